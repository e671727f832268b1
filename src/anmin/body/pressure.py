"""Sleep pressure over a day: the two-process model.

    awake:  S' = (1 - S) / tau_wake        asleep:  S' = -S / tau_sleep
    sleep may begin at  upper + A C(t)     and ends at  lower + A C(t)

S runs from 0 to 1, t in hours, C is a sine that is lowest at the lowest core temperature (CBTmin). Borbély 1982, Daan,
Beersma & Borbély 1984 (doi 10.1152/ajpregu.1984.246.2.R161); numbers in the row ``sleep-pressure`` of
``body_models.yaml`` (doi 10.1038/s44323-025-00039-z). A picture of healthy adults: time constants of people differ by
half, and a plain sine leaves out the alert hours before bed.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from anmin.body.clock_light import DAY_H
from anmin.errors import InputError
from anmin.knowledge.load import Knowledge


class Pressure(NamedTuple):
    """The pressure of one settled day, counted from rising."""

    hours: tuple[float, ...]
    s: tuple[float, ...]
    ceiling: tuple[float, ...]
    """Where sleep may begin."""
    at_bed: float
    reaches_h: float | None
    """Hours after rising at which the pressure meets the ceiling; None when it does not before the next rising."""


def settled_at_rising(dark_h: float, tau_wake: float, tau_sleep: float) -> float:
    """S at rising when every day has ``dark_h`` hours of sleep: the fixed point of one day.

    >>> round(settled_at_rising(8, 18.2, 4.2), 3)
    0.093
    """
    asleep, awake = math.exp(-dark_h / tau_sleep), math.exp(-(DAY_H - dark_h) / tau_wake)
    return asleep * (1.0 - awake) / (1.0 - asleep * awake)


def pressure(dark_h: float, coldest_h: float, knowledge: Knowledge, tau_wake: float | None = None) -> Pressure:
    """The pressure from rising to the next rising, in steps of a quarter of an hour.

    ``dark_h``: hours of sleep; ``coldest_h``: CBTmin in hours after rising; ``tau_wake`` for another person's build-up.
    :class:`InputError` for a night of 0 or 24 hours.

    >>> from anmin.knowledge.load import load
    >>> day = pressure(8, 21.5, load())
    >>> round(day.at_bed, 2), round(day.reaches_h, 1)
    (0.62, 16.6)
    """
    if not 0 < dark_h < DAY_H:
        raise InputError("sleep", dark_h, "more than 0 and less than 24 hours")
    row = knowledge.body_models["sleep-pressure"]
    wake, asleep = tau_wake or row.number("tau_wake"), row.number("tau_sleep")
    start, awake_h = settled_at_rising(dark_h, wake, asleep), DAY_H - dark_h
    upper, swing = row.number("upper"), row.number("amplitude")

    def s_at(hour: float) -> float:
        if hour <= awake_h:
            return 1.0 - (1.0 - start) * math.exp(-hour / wake)
        return s_at(awake_h) * math.exp(-(hour - awake_h) / asleep)

    def ceiling_at(hour: float) -> float:
        return upper - swing * math.cos(2.0 * math.pi * (hour - coldest_h) / DAY_H)

    hours = tuple(step / 4 for step in range(round(DAY_H * 4) + 1))
    meets = None
    for step in range(1, round(DAY_H * 60)):  # still awake: what would happen if nobody went to bed
        if 1.0 - (1.0 - start) * math.exp(-step / 60 / wake) >= ceiling_at(step / 60):
            meets = step / 60
            break
    return Pressure(
        hours, tuple(map(s_at, hours)), tuple(map(ceiling_at, hours)), at_bed=s_at(awake_h), reaches_h=meets
    )


def free_sleep(knowledge: Knowledge, days: int = 30) -> tuple[float, float]:
    """Hours of sleep a day, and hours from CBTmin to waking, when nothing but the two processes decides.

    >>> from anmin.knowledge.load import load
    >>> hours, after = free_sleep(load())
    >>> 6 < hours < 9
    True
    """
    row = knowledge.body_models["sleep-pressure"]
    wake, asleep, swing = row.number("tau_wake"), row.number("tau_sleep"), row.number("amplitude")
    s, sleeping, slept, woke, h = 0.5, False, 0.0, 0.0, 1 / 60
    for step in range(round(days * DAY_H / h)):
        hour = step * h
        c = -math.cos(2.0 * math.pi * hour / DAY_H)  # CBTmin at hour 0 of every day
        s += h * (-s / asleep if sleeping else (1.0 - s) / wake)
        if sleeping and s <= row.number("lower") + swing * c:
            sleeping, woke = False, hour % DAY_H
        elif not sleeping and s >= row.number("upper") + swing * c:
            sleeping = True
        slept += h if sleeping and hour >= DAY_H * (days - 10) else 0.0
    return slept / 10, woke
