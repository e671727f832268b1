"""Keeping a trial blind, and finding out whether it was.

The schedule goes into a sealed file apart, under a commitment. A helper packs by the packing sheet, the person sleeps
by the code sheet. Afterwards the guesses are compared with the truth:

Bang index per arm (Bang 2004, doi 10.1016/j.cct.2003.10.016): share of right minus share of wrong guesses, −1 to 1;
0 is blind. James index (James 1996, PMID 8841652): 0 unblinded, 1 blind, with "don't know" counting most.
"""

from __future__ import annotations

import base64
import binascii
import math
import secrets
from collections.abc import Collection, Mapping
from typing import Literal

import msgspec

from anmin.errors import InputError
from anmin.trial.schedule import Commitment, Design, Schedule

MAX_SEALED = 256 * 1024
"""Bytes of a sealed file."""

_LETTERS = "ACDEFHJKLMNPRTUVWXY"
"""Without letters that are read as others."""


class Guess(msgspec.Struct, frozen=True, kw_only=True):
    """What the person thinks a block was: an arm of the design, or "unknown". ``sure``: 1 a little, 2 very; 0 with
    "unknown"."""

    block: int
    arm: str
    sure: Literal[0, 1, 2]


class Index(msgspec.Struct, frozen=True, kw_only=True):
    """An index with its standard error."""

    value: float
    error: float


class Blindness(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the blind held. ``p``: chance of as many right guesses or more by luck, of the ``said`` that chose."""

    right: int
    said: int
    unknown: int
    p: float
    bang_with: Index | None
    bang_without: Index | None
    james: float | None
    broken: bool


def codes(blocks: int) -> tuple[str, ...]:
    """A bag code for each block, all different, that says nothing about the arm."""
    made: list[str] = []
    while len(made) < blocks:
        code = "".join(secrets.choice(_LETTERS) for _ in range(3))
        if code not in made:
            made.append(code)
    return tuple(made)


def seal(commitment: Commitment) -> bytes:
    """The sealed file: encoded so that nobody reads it by accident. What protects it is the commitment."""
    inner = base64.b64encode(msgspec.json.encode(commitment)).decode()
    return msgspec.json.format(msgspec.json.encode({"anmin_sealed": 1, "digest": commitment.digest, "sealed": inner}))


def open_seal(data: bytes) -> Commitment:
    """The commitment in a sealed file; :class:`InputError` for anything else."""
    if len(data) > MAX_SEALED:
        raise InputError("sealed file", f"{len(data)} bytes", f"at most {MAX_SEALED >> 10} KiB")
    try:
        outer = msgspec.json.decode(data, type=dict[str, str | int])
        inner = base64.b64decode(str(outer["sealed"]), validate=True)
        return msgspec.json.decode(inner, type=Commitment)
    except (msgspec.MsgspecError, KeyError, binascii.Error, ValueError, RecursionError):
        raise InputError("sealed file", data[:20], "a sealed file that anmin wrote") from None


def nights_of_block(block: int, design: Design) -> tuple[int, int]:
    """First and last night of a block, both numbers from 1."""
    return block * design.block_nights + 1, (block + 1) * design.block_nights


def told_by(opened: Collection[int], design: Design) -> tuple[int, ...]:
    """The blocks that somebody who has opened some knows something of: in rounds all of the same round.

    >>> told_by([2], Design(arms=("without", "with"), blocks=6, block_nights=4))
    (2, 3)
    """
    size = len(design.arms) if design.restriction == "cycles" else 1
    rounds = {block // size for block in opened}
    return tuple(block for block in range(design.blocks) if block // size in rounds)


def blindness(schedule: Schedule, guesses: Mapping[int, Guess], alpha: float) -> Blindness:
    """Compare the guesses with the schedule (arm 1 is "with"); blocks without a guess are left out."""
    table = {"with": [0, 0, 0], "without": [0, 0, 0]}
    for block, guess in guesses.items():
        arm = "with" if schedule[block] else "without"
        table[arm][("with", "without", "unknown").index(guess.arm)] += 1
    right = table["with"][0] + table["without"][1]
    said = right + table["with"][1] + table["without"][0]
    p = sum(math.comb(said, hit) for hit in range(right, said + 1)) / 2**said
    return Blindness(
        right=right,
        said=said,
        unknown=table["with"][2] + table["without"][2],
        p=p,
        bang_with=bang(table["with"][0], table["with"][1], table["with"][2]),
        bang_without=bang(table["without"][1], table["without"][0], table["without"][2]),
        james=james(tuple(table["with"]), tuple(table["without"])),
        broken=p <= alpha,
    )


def bang(right: int, wrong: int, unknown: int) -> Index | None:
    """Bang's index of one arm; None without guesses.

    >>> index = bang(48, 4, 330)
    >>> round(index.value, 3), round(index.error, 3)
    (0.115, 0.018)
    """
    total = right + wrong + unknown
    if not total:
        return None
    p, q = right / total, wrong / total
    variance = (p * (1 - p) + q * (1 - q) + 2 * p * q) / total
    return Index(value=p - q, error=math.sqrt(variance))


def james(first: tuple[int, ...], second: tuple[int, ...]) -> float | None:
    """James's index from the guesses (with, without, unknown) in each arm; None without guesses.

    >>> round(james((48, 4, 330), (22, 30, 319)), 3)
    0.896
    """
    total = sum(first) + sum(second)
    if not total:
        return None
    unknown = (first[2] + second[2]) / total
    if unknown == 1:
        return 1.0
    arms = (sum(first) / total, sum(second) / total)
    unsure = (first[2] / total, second[2] / total)
    guessed = ((first[0] + second[0]) / total, (first[1] + second[1]) / total)
    known = 1 - unknown
    observed = (first[1] + second[0]) / total * 0.5 / known
    expected = 0.5 * sum(guessed[1 - arm] * (arms[arm] - unsure[arm]) for arm in (0, 1)) / known**2
    kappa = (observed - expected) / expected if expected else 0.0
    return (1 + unknown + known * kappa) / 2
