"""Forbidden stretches of the day, as half-open intervals of whole minutes.

A medicine taken at ``c`` every day forbids the supplement from less than ``after_h`` hours before ``c`` (the drug would
come too soon after it) to less than ``before_h`` hours after ``c``. Somebody who takes it daily took it yesterday and
takes it tomorrow, so the day is a circle. Only :mod:`anmin.safety.permit` uses this arithmetic; the second door
measures gaps instead, so that a mistake here cannot hide itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from anmin.units.clock import DAY

Interval = tuple[int, int]
"""``start`` to ``end`` (not included), minutes after midnight; ``start`` > ``end`` goes across midnight."""

WHOLE_DAY: Interval = (0, DAY)


def around(clock: int, before_h: float | None, after_h: float | None) -> tuple[Interval, ...]:
    """The minutes that one daily dose at ``clock`` forbids.

    >>> around(8 * 60, 2, 6)
    ((121, 600),)
    """
    ahead, behind = _minutes(after_h), _minutes(before_h)
    if not ahead and not behind:
        return ()
    # A minute on the very edge is kept on either side, except that the dose's own minute is never kept.
    start, end = clock - max(ahead, 1) + 1, clock + max(behind, 1)
    if end - start >= DAY:
        return (WHOLE_DAY,)
    return ((start % DAY, end % DAY or DAY),)


def _minutes(hours: float | None) -> int:
    return math.ceil(hours * 60 - 1e-9) if hours else 0


def merge(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """The same minutes in as few intervals as possible, in the order of the clock.

    >>> merge([(1380, 60), (30, 120), (600, 700)])
    ((600, 700), (1380, 120))
    """
    flat: list[Interval] = []
    for start, end in intervals:
        flat.extend([(start, end)] if start < end else [(start, DAY), (0, end)])
    joined: list[list[int]] = []
    for start, end in sorted(piece for piece in flat if piece[0] < piece[1]):
        if joined and start <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], end)
        else:
            joined.append([start, end])
    if len(joined) > 1 and joined[0][0] == 0 and joined[-1][1] == DAY:
        joined[-1][1] = joined.pop(0)[1]
    return tuple((start, end) for start, end in joined)


def inside(minute: int, intervals: Iterable[Interval]) -> bool:
    """Whether a minute of the day lies in one of the intervals."""
    return any(start <= minute < end if start < end else minute >= start or minute < end for start, end in intervals)
