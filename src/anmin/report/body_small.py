"""The NMDA receptor and the plasma curves: what is known as a figure, what is not as a sentence."""

from __future__ import annotations

import msgspec

from anmin.body.kinetics import Curve, curve, substances
from anmin.body.synapse import change_percent, open_fraction, pill_change_percent
from anmin.errors import InputError
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Lang
from anmin.knowledge.texts import Filling
from anmin.report.chart import Axis, Chart, Line, Points, Region, Table, Tone
from anmin.report.page import Page
from anmin.report.plot import plot

_INFUSIONS = ("fuchs-buder-1997", "brewer-2001", "wong-2009")


class SynapseAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Open share at normal magnesium, what a pill does at most, and the slider: a lack of so many per cent."""

    normal_mmol_l: float
    voltage_mv: float
    open_percent: float
    pill_brain_percent: float
    pill_open_percent: float
    lack_percent: float
    lack_open_percent: float
    infusion_low_percent: float
    infusion_high_percent: float


def synapse_answer(knowledge: Knowledge, lack_percent: float | None = None) -> SynapseAnswer:
    """The figures for a lack of ``lack_percent`` (0 to 60); :class:`InputError` otherwise."""
    lack_percent = knowledge.value("body.lack-shown") if lack_percent is None else lack_percent
    if not 0 <= lack_percent <= 60:
        raise InputError("--lack", lack_percent, "0 to 60 per cent")
    row = knowledge.body_models["nmda-block"]
    normal, volts = row.number("brain_mg"), row.number("resting_mv")
    pill, opened = pill_change_percent(knowledge)
    seen = [knowledge.body_points[name] for name in _INFUSIONS]
    return SynapseAnswer(
        normal_mmol_l=normal,
        voltage_mv=volts,
        open_percent=100 * open_fraction(normal, volts, knowledge),
        pill_brain_percent=pill,
        pill_open_percent=opened,
        lack_percent=lack_percent,
        lack_open_percent=change_percent(-lack_percent, knowledge),
        infusion_low_percent=min(each.low if each.low is not None else each.value or 0 for each in seen),
        infusion_high_percent=max(each.high if each.high is not None else each.value or 0 for each in seen),
    )


def synapse_chart(answer: SynapseAnswer, knowledge: Knowledge, lang: Lang) -> Chart:
    """Open share against magnesium, with the slider as a stretch and the pill beside normal."""

    def say(message: str, **params: Filling) -> str:
        return knowledge.say(f"body.chart.{message}", lang, **params)

    low, normal, high = knowledge.body_models["nmda-block"].span("brain_mg")
    foot, top = 0.4 * normal, 1.6 * normal
    amounts = tuple(foot + (top - foot) * step / 100 for step in range(101))

    def opened(mg: float) -> float:
        return 100 * open_fraction(mg, answer.voltage_mv, knowledge)

    lacking, pill = normal * (1 - answer.lack_percent / 100), normal * (1 + answer.pill_brain_percent / 100)
    rows = tuple(
        (f"{name} {mg:.2f}", f"{opened(mg):.2f}")
        for name, mg in ((say("nmda.lack"), lacking), (say("nmda.normal"), normal), (say("nmda.pill"), pill))
    )
    return Chart(
        title=say("nmda"),
        says=say("nmda_says", mv=answer.voltage_mv),
        x=Axis(label=say("nmda.mg"), low=foot, high=top),
        y=Axis(label=say("nmda.open"), low=0, high=1.1 * opened(foot)),
        marks=(
            Region(low=low, high=high, label=say("nmda.usual"), tone="good"),
            Region(low=min(lacking, low), high=low, label=say("nmda.lack"), tone="bad"),
            Line(x=amounts, y=tuple(map(opened, amounts)), label=say("nmda.curve")),
            Points(
                x=(normal,), y=(opened(normal),), label=f"{say('nmda.normal')} {opened(normal):.2f} %", shape="ring"
            ),
            Points(x=(pill,), y=(opened(pill),), label=f"{say('nmda.pill')} {opened(pill):.2f} %", tone="second"),
        ),
        table=Table(heads=(say("nmda.mg"), say("nmda.open")), rows=rows),
        lang=lang,
    )


def synapse_page(answer: SynapseAnswer, knowledge: Knowledge, lang: Lang) -> None:
    """Print the figures, the plot and what was not measured."""
    page = Page(knowledge, lang, room="body")
    row = knowledge.body_models["nmda-block"]
    page.answer(page.say("synapse.answer", most=answer.pill_brain_percent, opened=round(-answer.pill_open_percent, 1)))
    open_now = round(answer.open_percent, 1)
    page.item(
        page.say("synapse.now", mg=answer.normal_mmol_l, mv=answer.voltage_mv, open=open_now), sources=row.sources[:1]
    )
    lack, more = answer.lack_percent, round(answer.lack_open_percent)
    page.item(page.say("synapse.slider", percent=lack, change=more))
    infused = tuple(source for name in _INFUSIONS for source in knowledge.body_points[name].sources)
    page.item(
        page.say(
            "synapse.infusions", low=answer.infusion_low_percent, high=answer.infusion_high_percent,
            most=answer.pill_brain_percent,
        ),
        sources=infused,
    )  # fmt: skip
    page.item(page.say("synapse.gaba"))
    page.item(page.say("holds_for", validity=row.validity))
    page.line()
    for line in plot(synapse_chart(answer, knowledge, lang), width=min(page.width, 72), height=10):
        page.line(line)
    page.sources()
    page.footer(page.say("informs"))


class KineticsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The curves that human data give, and the substances for which they give none."""

    curves: tuple[Curve, ...]
    without: tuple[str, ...]


def kinetics_answer(knowledge: Knowledge) -> KineticsAnswer:
    """Every substance with a row, sorted into curve and no curve."""
    found = {name: curve(name, knowledge) for name in substances(knowledge)}
    return KineticsAnswer(
        curves=tuple(each for each in found.values() if each is not None),
        without=tuple(name for name, each in found.items() if each is None),
    )


def kinetics_chart(answer: KineticsAnswer, knowledge: Knowledge, lang: Lang) -> Chart:
    """The curves as shares of their peaks; for tryptophan the peak alone."""

    def say(message: str, **params: Filling) -> str:
        return knowledge.say(f"body.chart.{message}", lang, **params)

    top = 480.0
    minutes = tuple(top * step / 120 for step in range(121))
    tones: tuple[Tone, ...] = ("main", "second", "third", "fourth")
    lines = tuple(
        Line(
            x=minutes, y=tuple(100 * each.share(minute) for minute in minutes),
            label=knowledge.substances[each.substance].name.get(lang), tone=tones[at % 4],
        )
        for at, each in enumerate(answer.curves)
    )  # fmt: skip
    peaks = [(name, _peak(name, knowledge)) for name in answer.without]
    dots = tuple(
        Points(
            x=(peak,), y=(100.0,), label=say("kinetics.peak_only", name=_named(name, knowledge, lang)),
            tone="fourth", shape="diamond",
        )
        for name, peak in peaks
        if peak is not None
    )  # fmt: skip
    seen = [each.peak_min for each in answer.curves] + [peak for _, peak in peaks if peak is not None]
    shown = (30, 60, 120, 240, 480)
    rows = tuple(
        (_named(each.substance, knowledge, lang), *(f"{100 * each.share(minute):.0f}" for minute in shown))
        for each in answer.curves
    )
    return Chart(
        title=say("kinetics", first=round(min(seen)), last=round(max(seen))),
        says=say("kinetics_says"),
        x=Axis(label=say("kinetics.minutes"), low=0, high=top),
        y=Axis(label=say("kinetics.share"), low=0, high=105),
        marks=(*lines, *dots),
        table=Table(heads=(say("kinetics.share"), *(str(minute) for minute in shown)), rows=rows),
        lang=lang,
    )


def _peak(substance: str, knowledge: Knowledge) -> float | None:
    return knowledge.body_models[f"kinetics-{substance}"].get("tmax_min").value


def _named(substance: str, knowledge: Knowledge, lang: Lang) -> str:
    return knowledge.substances[substance].name.get(lang)


def kinetics_page(answer: KineticsAnswer, knowledge: Knowledge, lang: Lang) -> None:
    """Print when each curve peaks and falls, why some have none, and the plot."""
    page = Page(knowledge, lang, room="body")
    join = ", " if lang == "en" else "、"
    page.answer(
        page.say(
            "kinetics.answer",
            with_curve=join.join(_named(each.substance, knowledge, lang) for each in answer.curves),
            without=join.join(_named(name, knowledge, lang) for name in answer.without),
        )
    )
    for each in answer.curves:
        name, row = _named(each.substance, knowledge, lang), knowledge.body_models[f"kinetics-{each.substance}"]
        page.item(
            page.say("kinetics.line", name=name, peak=round(each.peak_min), quarter=_hours(each.below(0.25), page)),
            sources=row.sources,
        )
        if each.solved:
            page.item(page.say("kinetics.solved", name=name, what=page.say(f"kinetics.{each.solved}")), indent=4)
    for missing in answer.without:
        row = knowledge.body_models[f"kinetics-{missing}"]
        known = {key: value for key, value in row.numbers().items() if key.endswith("_fold")}
        fill: dict[str, Filling] = {key.removesuffix("_fold"): value for key, value in known.items()}
        why = page.say(f"kinetics.{missing}", **fill)
        page.item(page.say("kinetics.none", name=_named(missing, knowledge, lang), why=why), sources=row.sources)
    low, _, high = knowledge.body_models["kinetics-melatonin"].span("bioavailability")
    page.item(page.say("kinetics.melatonin", low=100 * low, high=100 * high))
    page.item(page.say("kinetics.brain"))
    page.line()
    for line in plot(kinetics_chart(answer, knowledge, lang), width=min(page.width, 72), height=10):
        page.line(line)
    page.sources()
    page.footer(page.say("informs"))


def _hours(minutes: float, page: Page) -> str:
    hours, rest = divmod(round(minutes), 60)
    return page.say("kinetics.hours", hours=hours, minutes=rest)
