"""Measuring the hours between a medicine and a supplement, the way one would on a clock face.

The second door's own arithmetic. It shares none with :mod:`anmin.safety.windows`, on purpose.
"""

from __future__ import annotations

from collections.abc import Iterable

_A_DAY = 1440


def is_kept(
    supplement: int, drug: Iterable[int], hours_after_drug: float | None, hours_before_drug: float | None
) -> bool:
    """Whether a supplement at one time of day keeps its distance from every dose of a drug that is taken every day.

    ``hours_after_drug``: how long after the last dose of the drug it may come; ``hours_before_drug``: how long before
    the next one it must have been taken. Both are looked at for every dose: yesterday's, today's and tomorrow's.

    >>> is_kept(22 * 60 + 30, [8 * 60, 20 * 60], 2, 6), is_kept(4 * 60, [8 * 60, 20 * 60], 2, 6)
    (True, False)
    """
    for dose in drug:
        for day in (-_A_DAY, 0, _A_DAY):
            since = (supplement - (dose + day)) / 60
            if since >= 0 and since < (hours_after_drug or 0):
                return False
            if since <= 0 and -since < (hours_before_drug or 0):
                return False
    return True
