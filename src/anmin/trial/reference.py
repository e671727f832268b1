"""The schedules that a randomisation test compares with, as one array."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import product
from typing import TYPE_CHECKING

from anmin.trial.schedule import Design, Schedule, weekend_nights

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]

LISTED = 20_000
"""Up to so many schedules a randomisation test goes through all of them; the rest is memory, not truth."""


def reference(design: Design, schedule: Schedule, held: Callable[[int], int] = lambda arm: 0) -> Whole:
    """Every admissible schedule that moves arms only among blocks whose arms are ``held`` alike, (schedules, blocks).

    More than :data:`LISTED`: a uniform sample of so many at most, and the drawn one first (Phipson & Smyth 2010,
    doi 10.2202/1544-6115.1585: the drawn one must be counted, or p could be zero).
    """
    import numpy as np

    k, n = len(design.arms), design.blocks
    runs = [range(at, at + k) for at in range(0, n, k)] if design.restriction == "cycles" else [range(n)]
    groups: list[list[int]] = []
    for run in runs:
        labels = sorted({held(schedule[block]) for block in run})
        groups.extend([block for block in run if held(schedule[block]) == label] for label in labels)
    if math.prod(_orders([schedule[block] for block in group]) for group in groups) <= LISTED:
        options = [_arrangements([schedule[block] for block in group]) for group in groups]
        rows = np.asarray([[arm for part in choice for arm in part] for choice in product(*options)], dtype=np.int64)
        made = np.empty_like(rows)
        made[:, [block for group in groups for block in group]] = rows
        return made[_balanced(design, made)]
    rng = np.random.default_rng(20_040)
    drawn = np.tile(np.asarray(schedule, dtype=np.int64), (LISTED, 1))
    for group in groups:
        arms = np.asarray([schedule[block] for block in group])
        drawn[:, group] = arms[rng.random((LISTED, len(group))).argsort(axis=1)]
    return np.vstack([np.asarray(schedule, dtype=np.int64)[None, :], drawn[_balanced(design, drawn)]])


def _balanced(design: Design, schedules: Whole) -> NDArray[np.bool_]:
    import numpy as np

    if design.weekends is None:
        return np.ones(len(schedules), dtype=bool)
    nights = np.asarray(weekend_nights(design))
    per_arm = np.column_stack([(schedules == arm) @ nights for arm in range(len(design.arms))])
    balanced: NDArray[np.bool_] = np.ptp(per_arm, axis=1) <= design.weekends.tolerance
    return balanced


def _orders(arms: Sequence[int]) -> int:
    return math.factorial(len(arms)) // math.prod(math.factorial(arms.count(arm)) for arm in set(arms))


def _arrangements(arms: list[int]) -> list[tuple[int, ...]]:
    """Every different order of a multiset."""
    if not arms:
        return [()]
    made: list[tuple[int, ...]] = []
    for first in sorted(set(arms)):
        rest = arms.copy()
        rest.remove(first)
        made.extend((first, *order) for order in _arrangements(rest))
    return made
