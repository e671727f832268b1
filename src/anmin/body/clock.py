"""When melatonin rises, as a range, and when bed comes easily.

Three oscillators under the same light differ, home light differs, and people differ; so the onset of melatonin in dim
light (DLMO) is told as the span of the models over the light that was told, or over the light people make at home
(Burgess & Molina 2014). DLMO is CBTmin minus 7 h by construction. Sleep is tried too early before DLMO or within an
hour after it (Flynn-Evans 2017); in the three hours before DLMO sleep comes hardest (Shekleton 2013, the wake
maintenance zone). Parameters: ``clock-*`` of ``body_models.yaml``. Valid for sleep at night on regular days; nothing is
said otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from anmin.body.clock_forger import forger
from anmin.body.clock_hannay import hannay
from anmin.body.clock_light import DAY_H, Stretch, day_of_light
from anmin.body.clock_orbit import Clock, settle
from anmin.errors import InputError
from anmin.knowledge.load import Knowledge

MODELS = ("clock-forger", "clock-hcl", "clock-hannay")


class Light(NamedTuple):
    """The light of somebody's days, in lux at the eye."""

    day: float
    evening: float
    morning: Stretch = (0.0, 0.0)
    """Hours and lux straight after rising."""


Onset: TypeAlias = Callable[[str, float, Light], float]
"""Model, hours of darkness and light → hours from rising to DLMO."""


class Span(NamedTuple):
    """Times of day in hours; above 24 is after midnight of the same evening."""

    low: float
    high: float

    def later(self, hours: float) -> Span:
        """The span moved by some hours."""
        return Span(self.low + hours, self.high + hours)

    @property
    def middle(self) -> float:
        """Half way."""
        return (self.low + self.high) / 2


class ClockReading(NamedTuple):
    """What the models say about one schedule."""

    sleep: float
    """Hour of falling asleep the schedule has, on the axis of the spans (18 to 42)."""
    rise: float
    """Hour of rising after it."""
    dlmo: Span
    by_model: dict[str, Span]
    error_h: float
    """How far people on regular schedules lie from such models on average."""
    hardest: Span
    """The hours before melatonin in which sleep comes hardest: from first to last of the models."""
    easy_from: Span
    """From when on bed comes easily: by the earliest and by the latest model."""
    coldest: Span


def usual_light(knowledge: Knowledge) -> tuple[Light, ...]:
    """The lights reckoned with when none was told: home light as dim and as bright as people make it."""
    evening = knowledge.body_models["clock-evening"]
    day = knowledge.value("body.day-lux")
    return tuple(Light(day, evening.number(name)) for name in ("home_dim_lux", "home_bright_lux"))


def clocks(knowledge: Knowledge) -> dict[str, Clock]:
    """The oscillators by the id of their row."""
    rows = knowledge.body_models
    return {name: hannay(rows[name]) if name == "clock-hannay" else forger(rows[name]) for name in MODELS}


def dlmo_after_rise(model: str, dark_h: float, light: Light, knowledge: Knowledge) -> float:
    """Hours from rising to DLMO in one model on its settled day.

    >>> from anmin.knowledge.load import load
    >>> round(dlmo_after_rise("clock-forger", 8, Light(250, 250), load()), 1)  # rising at 7:00: 21:30
    14.5
    """
    evening = knowledge.body_models["clock-evening"]
    stretches = day_of_light(
        dark_h, day_lux=light.day, evening_lux=light.evening, evening_h=evening.number("evening_h"),
        morning=light.morning,
    )  # fmt: skip
    return (settle(clocks(knowledge)[model], stretches).coldest_h - evening.number("cbt_to_dlmo_h")) % DAY_H


def reading(
    sleep: float, rise: float, knowledge: Knowledge, lights: tuple[Light, ...] = (), onset: Onset | None = None
) -> ClockReading:
    """What the models say for somebody asleep from ``sleep`` to ``rise`` (hours of the day).

    ``lights``: what was told of the light; empty for :func:`usual_light`. ``onset`` stands in for
    :func:`dlmo_after_rise` where a caller keeps what was reckoned before. :class:`InputError` for a night outside
    4 to 12 h, or one that is not at night.
    """
    dark_h, slept = night_of(sleep, rise, knowledge)
    lights = lights or usual_light(knowledge)
    run = onset or (lambda model, hours, light: dlmo_after_rise(model, hours, light, knowledge))
    woke = slept + dark_h - DAY_H  # the rising before this evening
    by_model = {}
    for model in MODELS:
        found = [woke + run(model, dark_h, light) for light in lights]
        by_model[model] = Span(min(found), max(found))
    return reading_of(slept, dark_h, by_model, knowledge)


def reading_of(slept: float, dark_h: float, by_model: dict[str, Span], knowledge: Knowledge) -> ClockReading:
    """The reading behind the onsets of each model."""
    evening = knowledge.body_models["clock-evening"]
    dlmo = Span(min(each.low for each in by_model.values()), max(each.high for each in by_model.values()))
    return ClockReading(
        sleep=slept,
        rise=slept + dark_h,
        dlmo=dlmo,
        by_model=by_model,
        error_h=evening.number("error_regular_h"),
        hardest=Span(dlmo.low - evening.number("wake_zone_h"), dlmo.high),
        easy_from=dlmo.later(evening.number("gate_h")),
        coldest=dlmo.later(evening.number("cbt_to_dlmo_h")),
    )


def night_of(sleep: float, rise: float, knowledge: Knowledge) -> tuple[float, float]:
    """Hours asleep, and the hour of falling asleep counted on past midnight (18 to 36).

    :class:`InputError` for a night the models were not made for.
    """
    dark_h = (rise - sleep) % DAY_H
    short, long = knowledge.value("body.sleep-shortest"), knowledge.value("body.sleep-longest")
    if not short <= dark_h <= long:
        raise InputError("sleep", f"{dark_h:g} h", f"{short:g} to {long:g} hours of sleep")
    first = knowledge.value("body.night-from")
    slept = sleep % DAY_H if sleep % DAY_H >= first else sleep % DAY_H + DAY_H
    if slept + dark_h > first + 1.5 * 12:  # past noon
        raise InputError("sleep", f"{sleep % DAY_H:g} to {rise % DAY_H:g} h", "sleep at night, ended by noon")
    return dark_h, slept
