"""The clock of one person: when melatonin starts, whether bed fits, what moving light would do."""

from __future__ import annotations

import msgspec

from anmin.body.clock import MODELS, ClockReading, Light, Span, dlmo_after_rise, night_of, reading, usual_light
from anmin.body.clock_light import DAY_H
from anmin.body.pressure import Pressure, pressure
from anmin.errors import InputError
from anmin.evidence.shipped import index
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Lang, Source, Text
from anmin.knowledge.texts import Filling
from anmin.person.model import Person
from anmin.plan.early import NIGHT_WORK
from anmin.report.page import Page
from anmin.units.clock import DAY, show_clock

_LATENCY = "sleep_onset_latency"


class Clock(msgspec.Struct, frozen=True, kw_only=True):
    """A span of the evening as times of day (``"21:30"``)."""

    earliest: str
    latest: str


class Shift(msgspec.Struct, frozen=True, kw_only=True):
    """Minutes by which melatonin onset moves, over the models; negative is earlier."""

    low_min: float
    high_min: float


class ClockAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What the models say, or ``refused``: why not (``shift`` work, or a ``night`` they were not made for)."""

    bed: str
    rise: str
    refused: str | None = None
    verdict: str | None = None
    """``fits``, ``maybe`` or ``early``."""
    melatonin: Clock | None = None
    easy_from: Clock | None = None
    by_model: dict[str, Clock] = msgspec.field(default_factory=dict)
    error_h: float | None = None
    evening_lux: tuple[float, ...] = ()
    day_lux: float | None = None
    dim_evening: Shift | None = None
    bright_morning: Shift | None = None
    hour_later: Shift | None = None
    pressure_at_bed: float | None = None
    pressure_from: str | None = None
    pressure_late: str | None = None


class ClockRun(msgspec.Struct, frozen=True, kw_only=True):
    """The answer with the curves behind it, for the figure."""

    answer: ClockAnswer
    read: ClockReading | None = None
    pressure: Pressure | None = None


def clock_run(
    person: Person, knowledge: Knowledge, *, evening_lux: float | None = None, day_lux: float | None = None
) -> ClockRun:
    """Run the models on the person's night. :class:`InputError` without bed and rise, or with impossible light."""
    if not person.bed_known:
        raise InputError("bed", None, "bed and rise in the profile, for example bed: '23:00', rise: '07:00'")
    plain = ClockAnswer(bed=show_clock(person.bed), rise=show_clock(person.rise))
    if NIGHT_WORK & set(person.conditions):
        return ClockRun(answer=msgspec.structs.replace(plain, refused="shift"))
    latency = person.scores.get("latency_min", 0.0)
    sleep, rise = (person.bed + latency) / 60 % DAY_H, person.rise / 60
    lights = _lights(evening_lux, day_lux, knowledge)
    try:
        night_of(sleep, rise, knowledge)
    except InputError:
        return ClockRun(answer=msgspec.structs.replace(plain, refused="night"))
    onsets = _Onsets(knowledge)
    read = reading(sleep, rise, knowledge, lights, onsets)
    dark_h = read.rise - read.sleep
    coldest = read.coldest.middle - (read.rise - DAY_H)
    usual = pressure(dark_h, coldest, knowledge)
    slow = pressure(dark_h, coldest, knowledge, knowledge.body_models["sleep-pressure"].span("tau_wake")[2])
    bed = read.sleep - latency / 60
    answer = msgspec.structs.replace(
        plain,
        verdict="fits" if bed >= read.easy_from.high else "early" if bed < read.easy_from.low else "maybe",
        melatonin=_clock(read.dlmo),
        easy_from=_clock(read.easy_from),
        by_model={name: _clock(span) for name, span in read.by_model.items()},
        error_h=read.error_h,
        evening_lux=tuple(light.evening for light in lights),
        day_lux=lights[0].day,
        pressure_at_bed=round(usual.at_bed, 2),
        pressure_from=_after_rise(usual.reaches_h, read),
        pressure_late=_after_rise(slow.reaches_h, read),
        **_shifts(dark_h, lights[-1], onsets, knowledge),
    )
    return ClockRun(answer=answer, read=read, pressure=usual)


def _lights(evening: float | None, day: float | None, knowledge: Knowledge) -> tuple[Light, ...]:
    for name, lux in (("--evening-lux", evening), ("--day-lux", day)):
        if lux is not None and not 0 <= lux <= 200_000:
            raise InputError(name, lux, "0 to 200000 lux")
    usual = usual_light(knowledge)
    by_day = usual[0].day if day is None else day
    return tuple(Light(by_day, lux) for lux in ([each.evening for each in usual] if evening is None else [evening]))


class _Onsets:
    """Melatonin onsets that were reckoned once: the same day is asked for in several comparisons."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.known: dict[tuple[str, float, Light], float] = {}

    def __call__(self, model: str, dark_h: float, light: Light) -> float:
        key = (model, dark_h, light)
        if key not in self.known:
            self.known[key] = dlmo_after_rise(model, dark_h, light, self.knowledge)
        return self.known[key]


def _shifts(dark_h: float, light: Light, onsets: _Onsets, knowledge: Knowledge) -> dict[str, Shift]:
    """What dim evenings, morning light, and an hour later would do, over the models."""
    dim = knowledge.body_models["clock-evening"].number("home_dim_lux")
    morning = (knowledge.value("body.morning-h"), knowledge.value("body.morning-lux"))
    base = {name: onsets(name, dark_h, light) for name in MODELS}

    def moved(other: Light, hours: float = dark_h) -> Shift:
        found = [60 * (onsets(name, hours, other) - base[name]) for name in MODELS]
        return Shift(low_min=round(min(found)), high_min=round(max(found)))

    return {
        "dim_evening": moved(light._replace(evening=min(dim, light.evening))),
        "bright_morning": moved(light._replace(morning=morning)),
        "hour_later": moved(light, dark_h - 1),
    }


def _clock(span: Span) -> Clock:
    return Clock(earliest=clock_of(span.low), latest=clock_of(span.high))


def clock_of(hours: float) -> str:
    """An hour of the axis as a time of day, to five minutes: the models know no better."""
    return show_clock(5 * round(hours * 12) % DAY)


def _after_rise(hours: float | None, read: ClockReading) -> str | None:
    return None if hours is None else clock_of(read.rise - DAY_H + hours)


def clock_page(run: ClockRun, knowledge: Knowledge, lang: Lang) -> None:
    """Print the answer, the bed time, the models, light against supplements, and the day as a plot."""
    page = Page(knowledge, lang, room="body")
    evening = knowledge.body_models["clock-evening"]
    answer = run.answer
    if answer.refused is not None:
        _refusal(page, answer.refused)
        page.item(evening.validity.get(lang), sources=evening.sources)
        page.sources()
        return
    assert answer.melatonin is not None
    assert answer.easy_from is not None
    page.answer(
        page.say(
            "clock.answer", low=answer.melatonin.earliest, high=answer.melatonin.latest,
            easy_low=answer.easy_from.earliest, easy_high=answer.easy_from.latest,
        )
    )  # fmt: skip
    page.heading("clock.head_bed")
    fill: dict[str, Filling] = {"bed": answer.bed, "rise": answer.rise, "later": answer.easy_from.latest}
    fill = {"bed": answer.bed} if answer.verdict == "fits" else fill
    page.item(page.say(f"clock.bed_{answer.verdict}", **fill), sources=evening.sources[:1])
    page.item(page.say("clock.zone", hours=evening.number("wake_zone_h")), sources=evening.sources[1:2])
    _models(page, answer)
    _light(page, answer)
    _pressure(page, run)
    page.sources()
    page.footer(page.say("informs"))


def _refusal(page: Page, reason: str) -> None:
    knowledge = page.knowledge
    if reason == "shift":
        hours = knowledge.body_models["clock-evening"].number("error_night_work_h")
        page.answer(page.say("clock.refused_shift", hours=round(hours, 1)))
        return
    short, long = knowledge.value("body.sleep-shortest"), knowledge.value("body.sleep-longest")
    page.answer(page.say("clock.refused_night", short=short, long=long))


def _models(page: Page, answer: ClockAnswer) -> None:
    evening = page.knowledge.body_models["clock-evening"]
    page.heading("clock.head_models")
    for name, span in answer.by_model.items():
        row = page.knowledge.body_models[name]
        page.item(
            page.say("clock.model_line", name=row.name, low=span.earliest, high=span.latest), sources=row.sources[:1]
        )
    if len(answer.evening_lux) == 1:
        page.item(page.say("clock.light_told", lux=answer.evening_lux[0]))
    else:
        dim, bright = answer.evening_lux
        hours = evening.number("evening_h")
        page.item(page.say("clock.light_home", dim=dim, bright=bright, hours=hours), sources=evening.sources[3:4])
    page.item(page.say("clock.people", hours=answer.error_h or 0), sources=evening.sources[4:5])


def _light(page: Page, answer: ClockAnswer) -> None:
    knowledge = page.knowledge
    evening, seen = knowledge.body_models["clock-evening"], knowledge.body_points["home-light-dlmo"]
    page.heading("clock.head_light")
    if answer.dim_evening is not None and answer.dim_evening.high_min < 0:
        low, high = -answer.dim_evening.high_min, -answer.dim_evening.low_min
        measured = round(60 * (seen.value or 0))
        text = page.say("clock.dim", hours=evening.number("evening_h"), low=low, high=high, seen=measured)
        page.item(text, sources=seen.sources)
    if answer.bright_morning is not None:
        low, high = -answer.bright_morning.high_min, -answer.bright_morning.low_min
        minutes, lux = 60 * knowledge.value("body.morning-h"), knowledge.value("body.morning-lux")
        page.item(page.say("clock.morning", minutes=minutes, lux=lux, low=low, high=high))
    if answer.hour_later is not None:
        page.item(page.say("clock.late", low=answer.hour_later.low_min, high=answer.hour_later.high_min))
    items, sources = _supplements(knowledge, page.lang)
    if items:
        page.item(page.say("clock.supplements", items=page.say("clock.between").join(items)), sources=sources)


def _supplements(knowledge: Knowledge, lang: Lang) -> tuple[list[str], tuple[Source, ...]]:
    """Minutes until asleep as the evidence table has them, for what can be taken."""
    items: list[str] = []
    sources: list[Source] = []
    for (component, outcome), effect in index(knowledge).items():
        substance = knowledge.substances.get(component)
        if outcome != _LATENCY or substance is None or substance.kind not in ("supplement", "nutrient"):
            continue
        if effect.gain is None or effect.low is None or effect.high is None:
            continue
        fill: dict[str, float | Text] = {"name": substance.name, "gain": round(effect.gain)}
        items.append(
            knowledge.say("body.clock.supplement", lang, **fill, low=round(effect.low), high=round(effect.high))
        )
        sources += [source for study in effect.studies for source in knowledge.studies[study].sources[:1]]
    return items, tuple(dict.fromkeys(sources))


def _pressure(page: Page, run: ClockRun) -> None:
    from anmin.report.body_clock_chart import clock_chart
    from anmin.report.plot import plot

    answer, row = run.answer, page.knowledge.body_models["sleep-pressure"]
    page.heading("clock.head_pressure")
    never = page.say("clock.never")
    text = page.say(
        "clock.pressure", percent=round(100 * (answer.pressure_at_bed or 0)), clock=answer.pressure_from or never,
        late=answer.pressure_late or never,
    )  # fmt: skip
    page.item(text, sources=row.sources)
    page.item(page.say("holds_for", validity=row.validity))
    page.line()
    for line in plot(clock_chart(run, page.knowledge, page.lang), width=min(page.width, 72), height=10):
        page.line(line)
