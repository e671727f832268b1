"""Schedules whose weekends are balanced: counted exactly, listed, and found by rank.

A schedule is built step by step (a whole cycle, or one block), and what matters for the rest is only how many weekend
nights each arm has so far, less the smallest. Counting the ways to finish from there (dynamic programming) gives the
exact number of admissible schedules and a bijection from ranks, so that a uniform rank is a uniform draw over all.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

Step = tuple[int, ...]
State = tuple[tuple[int, ...], tuple[int, ...]]
"""Blocks still to give to each arm (empty for cycles), and weekend nights of each arm above the smallest."""


class Balanced:
    """The schedules of ``arms`` arms whose weekend nights differ by at most ``tolerance`` between any two arms.

    ``weekend``: analysed weekend nights of every block. ``cycles``: every run of ``arms`` blocks holds each arm once;
    else every arm equally often, in any order.
    """

    def __init__(self, arms: int, weekend: tuple[int, ...], cycles: bool, tolerance: int) -> None:
        self._arms, self._weekend, self._cycles, self._tolerance = arms, weekend, cycles, tolerance
        self._steps = len(weekend) // arms if cycles else len(weekend)
        self._orders = tuple(permutations(range(arms))) if cycles else tuple((arm,) for arm in range(arms))
        self._known: dict[tuple[int, State], int] = {}

    @property
    def count(self) -> int:
        """How many there are, exactly."""
        return self._ways(0, self._start())

    def at(self, rank: int) -> tuple[int, ...]:
        """The schedule of a rank, 0 ≤ rank < :attr:`count`."""
        made: list[int] = []
        state = self._start()
        for step in range(self._steps):
            for order in self._orders:
                after = self._after(step, state, order)
                ways = 0 if after is None else self._ways(step + 1, after)
                if rank < ways:
                    assert after is not None
                    made.extend(order)
                    state = after
                    break
                rank -= ways
        return tuple(made)

    def __iter__(self) -> Iterator[tuple[int, ...]]:
        """Every one, in rank order."""
        return self._from(0, self._start())

    def _start(self) -> State:
        blocks = len(self._weekend) // self._arms
        return (() if self._cycles else (blocks,) * self._arms), (0,) * self._arms

    def _from(self, step: int, state: State) -> Iterator[tuple[int, ...]]:
        if step == self._steps:
            yield ()
            return
        for order in self._orders:
            after = self._after(step, state, order)
            if after is not None and self._ways(step + 1, after):
                for rest in self._from(step + 1, after):
                    yield order + rest

    def _after(self, step: int, state: State, order: Step) -> State | None:
        left, nights = list(state[0]), list(state[1])
        for place, arm in enumerate(order):
            if not self._cycles:
                if not left[arm]:
                    return None
                left[arm] -= 1
            nights[arm] += self._weekend[step * len(order) + place]
        least = min(nights)
        return tuple(left), tuple(each - least for each in nights)

    def _ways(self, step: int, state: State) -> int:
        if step == self._steps:
            return int(max(state[1]) <= self._tolerance)
        key = (step, state)
        if key not in self._known:
            found = 0
            for order in self._orders:
                after = self._after(step, state, order)
                if after is not None:
                    found += self._ways(step + 1, after)
            self._known[key] = found
        return self._known[key]
