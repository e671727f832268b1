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
from functools import lru_cache
from typing import Literal

import msgspec

from anmin.errors import InputError
from anmin.trial.counting import Balanced

Restriction = Literal["cycles", "complete"]
"""``cycles``: every run of k blocks holds each of the k arms once (pairs for two arms), every cycle is randomised,
the first too. ``complete``: each arm equally often, in any order."""

Schedule = tuple[int, ...]

MOST_NIGHTS = 3650
"""Nights of the longest design that is counted at all: ten years."""


class Weekends(msgspec.Struct, frozen=True, kw_only=True):
    """How evenly weekends are spread. ``first``: weekday of the first morning, Monday 0; ``tolerance``: the most by
    which the analysed weekend nights of any two arms may differ (mornings of Saturday and Sunday)."""

    first: int
    tolerance: int


class Design(msgspec.Struct, frozen=True, kw_only=True):
    """Arms, blocks and nights. ``dropped``: first nights of each block that are slept but not analysed (wash-in).

    ``factors``: in a factorial design the things that are with or without, and ``arms`` all their combinations,
    ``without`` first, the first factor changing fastest. ``weekends``: None where their balance was not asked for.
    """

    arms: tuple[str, ...]
    blocks: int
    block_nights: int
    restriction: Restriction = "cycles"
    dropped: int = 0
    factors: tuple[str, ...] = ()
    weekends: Weekends | None = None

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
        if self.factors and self.arms != combined(self.factors):
            raise InputError(
                "arms", self.arms, f"every combination of the factors: {', '.join(combined(self.factors))}"
            )
        if self.weekends is not None and not (0 <= self.weekends.first <= 6 and self.weekends.tolerance >= 0):
            raise InputError("weekends", self.weekends, "a weekday 0 to 6 and a tolerance of 0 or more")

    @property
    def nights(self) -> int:
        """Nights from the first to the last."""
        return self.blocks * self.block_nights

    def is_weekend(self, night: int) -> bool:
        """Whether the morning after a night (from 0) is of a weekend; a design without a date begins on a Monday."""
        first = 0 if self.weekends is None else self.weekends.first
        return (first + night) % 7 >= 5

    def is_analysed(self, night: int) -> bool:
        """Whether a night is not among the first of its block."""
        return night % self.block_nights >= self.dropped


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
    if design.weekends is not None:
        return _balanced(design).count
    k, n = len(design.arms), design.blocks
    if design.restriction == "cycles":
        return int(math.factorial(k) ** (n // k))
    return int(math.factorial(n) // math.factorial(n // k) ** k)


def schedule_at(design: Design, rank: int) -> Schedule:
    """The admissible schedule of a rank, 0 ≤ rank < :func:`count`; a bijection, so a uniform rank is a uniform draw."""
    if not 0 <= rank < count(design):
        raise InputError("rank", rank, f"0 to {count(design) - 1}")
    if design.weekends is not None:
        return _balanced(design).at(rank)
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
    if not total:
        assert design.weekends is not None
        raise InputError("weekends", design.weekends.tolerance, "a tolerance that some schedule keeps")
    rank = secrets.randbelow(total) if seed is None else random.Random(seed).randrange(total)
    return schedule_at(design, rank)


def all_schedules(design: Design) -> Iterator[Schedule]:
    """Every admissible schedule once, in rank order."""
    if design.weekends is not None:
        return iter(_balanced(design))
    return (schedule_at(design, rank) for rank in range(count(design)))


def smallest_p(design: Design) -> float:
    """The smallest two-sided p that a randomisation test of two arms can reach with this design.

    The set of schedules is closed under swapping the arms, so the most extreme statistic has a mirror image.

    >>> smallest_p(Design(arms=("A", "B"), blocks=8, block_nights=7))
    0.125
    """
    return 2 / max(count(design), 1)


def combined(factors: tuple[str, ...]) -> tuple[str, ...]:
    """The arms of a factorial design.

    >>> combined(("a", "b"))
    ('without', 'a', 'b', 'a+b')
    """
    subsets = [
        [name for place, name in enumerate(factors) if number >> place & 1] for number in range(2 ** len(factors))
    ]
    return tuple("+".join(subset) or "without" for subset in subsets)


def is_admissible(design: Design, schedule: Schedule) -> bool:
    """Whether a schedule is one of those that could have been drawn."""
    k, n = len(design.arms), design.blocks
    if len(schedule) != n or any(schedule.count(arm) != n // k for arm in range(k)):
        return False
    if design.restriction == "cycles" and any(len(set(schedule[at : at + k])) < k for at in range(0, n, k)):
        return False
    if design.weekends is None:
        return True
    nights = weekend_nights(design)
    sums = [sum(nights[block] for block in range(n) if schedule[block] == arm) for arm in range(k)]
    return max(sums) - min(sums) <= design.weekends.tolerance


def weekend_nights(design: Design) -> tuple[int, ...]:
    """Analysed weekend nights of every block."""
    made = []
    for block in range(design.blocks):
        nights = range(block * design.block_nights, (block + 1) * design.block_nights)
        made.append(sum(design.is_analysed(night) and design.is_weekend(night) for night in nights))
    return tuple(made)


@lru_cache(maxsize=64)
def _balanced(design: Design) -> Balanced:
    assert design.weekends is not None
    return Balanced(len(design.arms), weekend_nights(design), design.restriction == "cycles", design.weekends.tolerance)


def commit(schedule: Schedule, protocol: str, nonce: str | None = None) -> Commitment:
    """SHA-256 over schedule, nonce and protocol: shown before night 1, checked after the last."""
    nonce = nonce or secrets.token_hex(16)
    return Commitment(schedule=schedule, nonce=nonce, protocol=protocol, digest=_digest(schedule, nonce, protocol))


def is_genuine(commitment: Commitment) -> bool:
    """Whether schedule, nonce and protocol are the committed ones."""
    mine = _digest(commitment.schedule, commitment.nonce, commitment.protocol)
    return secrets.compare_digest(mine, commitment.digest)


def sealed_text(schedule: Schedule, nonce: str, protocol: str) -> bytes:
    """What the SHA-256 is taken of: schedule, nonce and protocol as one line of JSON."""
    return msgspec.json.encode([list(schedule), nonce, protocol])


def _digest(schedule: Schedule, nonce: str, protocol: str) -> str:
    return hashlib.sha256(sealed_text(schedule, nonce, protocol)).hexdigest()


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
