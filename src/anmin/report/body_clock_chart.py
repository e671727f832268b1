"""The figure of the clock: a day with light, melatonin onset, night and sleep pressure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anmin.body.clock_light import DAY_H
from anmin.errors import InputError
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Lang
from anmin.knowledge.texts import Filling
from anmin.report.chart import Axis, Chart, Line, Points, Region, Rule, Table, Tick
from anmin.units.clock import parse_clock, show_clock

if TYPE_CHECKING:
    from anmin.report.body_clock import ClockRun

_EVERY_H = 3
_LIGHT = 0.97
"""Height of the strip that shows the light."""


def clock_chart(run: ClockRun, knowledge: Knowledge, lang: Lang) -> Chart:
    """From rising to rising. :class:`InputError` where the models were refused and nothing can be drawn."""
    answer, read, day = run.answer, run.read, run.pressure
    if read is None or day is None or answer.melatonin is None or answer.easy_from is None:
        raise InputError("--svg", answer.refused, "a night the models were made for")

    def say(message: str, **params: Filling) -> str:
        return knowledge.say(f"body.chart.{message}", lang, **params)

    woke = read.rise - DAY_H
    dusk = read.sleep - knowledge.body_models["clock-evening"].number("evening_h")
    dim, bright = min(answer.evening_lux), max(answer.evening_lux)
    evening = f"{dim:g}" if dim == bright else say("clock.span", low=f"{dim:g}", high=f"{bright:g}")
    hours = tuple(woke + each for each in day.hours)
    bed = parse_clock(answer.bed) / 60
    bed += DAY_H if bed < woke else 0.0
    first = int(woke // _EVERY_H + 1) * _EVERY_H
    shown = tuple(Tick(at=at, label=show_clock(at * 60)) for at in range(first, int(read.rise) + 1, _EVERY_H))
    melatonin = say("clock.span", low=answer.melatonin.earliest, high=answer.melatonin.latest)
    easy = say("clock.span", low=answer.easy_from.earliest, high=answer.easy_from.latest)
    return Chart(
        title=say("clock", low=answer.melatonin.earliest, high=answer.melatonin.latest, bed=answer.bed),
        says=say("clock_says"),
        x=Axis(label=say("clock.time"), low=woke, high=read.rise, ticks=shown),
        y=Axis(label=say("clock.pressure"), low=0.0, high=1.0),
        marks=(
            Region(low=read.dlmo.low, high=read.dlmo.high, tone="third"),
            Region(low=read.sleep, high=read.rise, label=say("clock.night"), tone="faint"),
            Line(
                x=(woke, dusk), y=(_LIGHT, _LIGHT), label=say("clock.day_light", lux=answer.day_lux or 0),
                tone="fourth", dashed=False, width=5.0,
            ),
            Line(
                x=(dusk, read.sleep), y=(_LIGHT, _LIGHT), label=say("clock.evening_light", lux=evening), tone="fourth"
            ),
            Line(x=hours, y=day.s, label=say("clock.s")),
            Points(
                x=(read.dlmo.middle,), y=(0.03,), x_low=(read.dlmo.low,), x_high=(read.dlmo.high,),
                label=f"{say('clock.dlmo')} {melatonin}", tone="third", shape="diamond",
            ),
            Line(x=hours, y=day.ceiling, label=say("clock.ceiling"), tone="second"),
            Rule(at=bed, label=f"{say('clock.bed')} {answer.bed}", tone="plain"),
        ),
        table=Table(
            heads=("", say("clock.time")),
            rows=(
                (say("clock.dlmo"), melatonin),
                (say("clock.easy"), easy),
                (say("clock.bed"), answer.bed),
                (say("clock.night"), say("clock.span", low=show_clock(round(read.sleep * 60)), high=answer.rise)),
                *((say("clock.s"), f"{show_clock(round(hour * 60))}: {s:.2f}")
                  for hour, s in list(zip(hours, day.s, strict=True))[::12]),
            ),
        ),
        lang=lang,
    )  # fmt: skip
