"""Schedules of a self-trial: counted exactly, drawn uniformly, committed before the first night.

A schedule is a tuple of arm numbers, one a block. The set of admissible schedules is known exactly, so that the
randomisation test can use the very set the schedule was drawn from (Edgington & Onghena, *Randomization Tests*).
"""

from __future__ import annotations

import hashlib
import math
import random
import secrets
from collections.abc import Iterator
from typing import Literal

import msgspec

from anmin.errors import InputError

Restriction = Literal["cycles", "complete"]
"""``cycles``: every run of k blocks holds each of the k arms once (pairs for two arms), every cycle is randomised,
the first too. ``complete``: each arm equally often, in any order."""

Schedule = tuple[int, ...]

MOST_NIGHTS = 3650
"""Nights of the longest design that is counted at all: ten years."""


class Design(msgspec.Struct, frozen=True, kw_only=True):
    """Arms, blocks and nights. ``dropped``: first nights of each block that are slept but not analysed (wash-in)."""

    arms: tuple[str, ...]
    blocks: int
    block_nights: int
    restriction: Restriction = "cycles"
    dropped: int = 0

    def __post_init__(self) -> None:
        """Refuse a design that has no admissible schedule; names the field."""
        k = len(self.arms)
        if k < 2 or len(set(self.arms)) != k:
            raise InputError("arms", self.arms, "two or more different arms")
        if self.blocks < k or self.blocks % k:
            raise InputError("blocks", self.blocks, f"a multiple of the number of arms ({k})")
        if self.block_nights < 1:
            raise InputError("block_nights", self.block_nights, "one night or more")
        if self.nights > MOST_NIGHTS:
            raise InputError("blocks", self.blocks, f"at most {MOST_NIGHTS} nights altogether")
        if not 0 <= self.dropped < self.block_nights:
            raise InputError("dropped", self.dropped, f"0 to {self.block_nights - 1}")

    @property
    def nights(self) -> int:
        """Nights from the first to the last."""
        return self.blocks * self.block_nights


class Commitment(msgspec.Struct, frozen=True, kw_only=True):
    """What is stored sealed before night 1. ``digest`` may be shown; the rest opens it."""

    schedule: Schedule
    nonce: str
    protocol: str
    digest: str


def count(design: Design) -> int:
    """Number of admissible schedules, exactly.

    >>> count(Design(arms=("A", "B"), blocks=14, block_nights=4))
    128
    """
    k, n = len(design.arms), design.blocks
    if design.restriction == "cycles":
        return int(math.factorial(k) ** (n // k))
    return int(math.factorial(n) // math.factorial(n // k) ** k)


def schedule_at(design: Design, rank: int) -> Schedule:
    """The admissible schedule of a rank, 0 ≤ rank < :func:`count`; a bijection, so a uniform rank is a uniform draw."""
    if not 0 <= rank < count(design):
        raise InputError("rank", rank, f"0 to {count(design) - 1}")
    k, n = len(design.arms), design.blocks
    if design.restriction == "cycles":
        blocks: list[int] = []
        for _ in range(n // k):
            rank, within = divmod(rank, math.factorial(k))
            blocks.extend(_permutation_at(k, within))
        return tuple(blocks)
    return _multiset_at([n // k] * k, rank)


def draw(design: Design, seed: int | None = None) -> Schedule:
    """A uniform draw over *all* admissible schedules; reproducible with a seed, from the system's entropy without."""
    total = count(design)
    rank = secrets.randbelow(total) if seed is None else random.Random(seed).randrange(total)
    return schedule_at(design, rank)


def all_schedules(design: Design) -> Iterator[Schedule]:
    """Every admissible schedule once, in rank order."""
    return (schedule_at(design, rank) for rank in range(count(design)))


def smallest_p(design: Design) -> float:
    """The smallest two-sided p that a randomisation test of two arms can reach with this design.

    The set of schedules is closed under swapping the arms, so the most extreme statistic has a mirror image.

    >>> smallest_p(Design(arms=("A", "B"), blocks=8, block_nights=7))
    0.125
    """
    return 2 / count(design)


def commit(schedule: Schedule, protocol: str, nonce: str | None = None) -> Commitment:
    """SHA-256 over schedule, nonce and protocol: shown before night 1, checked after the last."""
    nonce = nonce or secrets.token_hex(16)
    return Commitment(schedule=schedule, nonce=nonce, protocol=protocol, digest=_digest(schedule, nonce, protocol))


def is_genuine(commitment: Commitment) -> bool:
    """Whether schedule, nonce and protocol are the committed ones."""
    mine = _digest(commitment.schedule, commitment.nonce, commitment.protocol)
    return secrets.compare_digest(mine, commitment.digest)


def _digest(schedule: Schedule, nonce: str, protocol: str) -> str:
    message = msgspec.json.encode([list(schedule), nonce, protocol])
    return hashlib.sha256(message).hexdigest()


def _permutation_at(k: int, rank: int) -> list[int]:
    left = list(range(k))
    order = []
    for position in range(k, 0, -1):
        index, rank = divmod(rank, math.factorial(position - 1))
        order.append(left.pop(index))
    return order


def _multiset_at(counts: list[int], rank: int) -> Schedule:
    counts = list(counts)
    order = []
    for remaining in range(sum(counts), 0, -1):
        ways_left = math.factorial(remaining - 1)
        for arm, held in enumerate(counts):
            if not held:
                continue
            counts[arm] -= 1
            ways = ways_left
            for each in counts:
                ways //= math.factorial(each)
            if rank < ways:
                order.append(arm)
                break
            rank -= ways
            counts[arm] += 1
    return tuple(order)
