"""The light of one day as stretches of constant lux, counted from rising."""

from __future__ import annotations

from typing import TypeAlias

from anmin.errors import InputError

Stretch: TypeAlias = tuple[float, float]
"""Hours, and the light at the eye in lux."""

DAY_H = 24.0


def day_of_light(
    dark_h: float, *, day_lux: float, evening_lux: float, evening_h: float, morning: Stretch = (0.0, 0.0)
) -> tuple[Stretch, ...]:
    """A day from rising to rising: morning light, day, evening, dark.

    ``dark_h``: hours of sleep in the dark. ``evening_lux`` holds for the last ``evening_h`` hours before it.
    :class:`InputError` for a night that leaves no day, or light that is negative.

    >>> day_of_light(8, day_lux=250, evening_lux=10, evening_h=4)
    ((12, 250), (4, 10), (8, 0.0))
    """
    if not 0 < dark_h < DAY_H - evening_h - morning[0]:
        raise InputError("sleep", dark_h, f"more than 0 and less than {DAY_H - evening_h - morning[0]:g} hours")
    if min(day_lux, evening_lux, morning[1]) < 0:
        raise InputError("lux", min(day_lux, evening_lux, morning[1]), "0 or more")
    lit = DAY_H - dark_h - evening_h - morning[0]
    stretches = (morning, (_whole(lit), day_lux), (evening_h, evening_lux), (dark_h, 0.0))
    return tuple(each for each in stretches if each[0] > 0)


def _whole(hours: float) -> float:
    return int(hours) if hours == int(hours) else hours
