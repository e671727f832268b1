"""The schedules that a randomisation test compares with, as one array."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING

from anmin.trial.schedule import Design, Schedule, weekend_nights

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]

LISTED = 20_000
"""Up to so many schedules a randomisation test goes through all of them; the rest is memory, not truth."""

_ROUNDS = 200
"""How often so many are drawn until enough of them have balanced weekends."""


def reference(
    design: Design, schedule: Schedule, held: Callable[[int], int] = lambda arm: 0, most: int = LISTED
) -> Whole:
    """Every admissible schedule that moves arms only among blocks whose arms are ``held`` alike, (schedules, blocks).

    More than ``most``: a uniform sample of so many at most, and the drawn one first (Phipson & Smyth 2010, doi
    10.2202/1544-6115.1585: the drawn one must be counted, or p could be zero).
    """
    import numpy as np

    groups = _groups(design, schedule, held)
    if alternatives(design, schedule, held) <= most:
        contents = tuple(tuple(sorted(schedule[block] for block in group)) for group in groups)
        return _every(design, tuple(map(tuple, groups)), contents)
    rng = np.random.default_rng(20_040)
    mine = np.asarray(schedule, dtype=np.int64)[None, :]
    made, found = [mine], 0
    for _ in range(_ROUNDS):
        drawn = np.tile(mine, (most, 1))
        for group in groups:
            arms = np.asarray([schedule[block] for block in group])
            drawn[:, group] = arms[rng.random((most, len(group))).argsort(axis=1)]
        made.append(drawn[_balanced(design, drawn)][: most - found])
        found += len(made[-1])
        if found == most:
            break
    return np.vstack(made)


@lru_cache(maxsize=4)
def _every(design: Design, groups: tuple[tuple[int, ...], ...], contents: tuple[tuple[int, ...], ...]) -> Whole:
    """Every admissible way to lay the contents on their groups of blocks; not to be changed by whoever reads it."""
    import numpy as np

    options = [_arrangements(list(content)) for content in contents]
    rows = np.asarray([[arm for part in choice for arm in part] for choice in product(*options)], dtype=np.int64)
    every = np.empty_like(rows)
    every[:, [block for group in groups for block in group]] = rows
    kept = every[_balanced(design, every)]
    kept.flags.writeable = False
    return kept


def alternatives(design: Design, schedule: Schedule, held: Callable[[int], int]) -> int:
    """How many schedules that would be, weekends aside, exactly."""
    groups = _groups(design, schedule, held)
    return math.prod(_orders([schedule[block] for block in group]) for group in groups)


def _groups(design: Design, schedule: Schedule, held: Callable[[int], int]) -> list[list[int]]:
    """The blocks among which arms may change places."""
    k, n = len(design.arms), design.blocks
    runs = [range(at, at + k) for at in range(0, n, k)] if design.restriction == "cycles" else [range(n)]
    groups: list[list[int]] = []
    for run in runs:
        labels = sorted({held(schedule[block]) for block in run})
        groups.extend([block for block in run if held(schedule[block]) == label] for label in labels)
    return groups


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
