"""Figures of magnesium: uptake by dose and form, weeks of repletion, and two studies that get two figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anmin.body.magnesium import absorbed_mg, factor
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Lang
from anmin.knowledge.texts import Filling
from anmin.report.chart import Axis, Band, Chart, Line, Points, Rule, Table

if TYPE_CHECKING:
    from anmin.report.body_magnesium import MagnesiumAnswer

_STEPS = 50


def uptake_chart(knowledge: Knowledge, lang: Lang) -> Chart:
    """Magnesium taken up from one dose on an empty stomach: a soluble salt, and oxide with its span."""

    def say(message: str, **params: Filling) -> str:
        return knowledge.say(f"body.chart.mg.{message}", lang, **params)

    top = knowledge.body_models["magnesium-absorption"].number("drawn_to_mg")
    doses = tuple(top * step / _STEPS for step in range(1, _STEPS + 1))
    soluble = tuple(absorbed_mg(dose, knowledge) for dose in doses)
    low, best, high = factor("oxide", knowledge) or (0.0, 0.0, 0.0)
    shown = [round(top * share) for share in (0.2, 0.4, 0.6, 1.0)]
    rows = tuple(
        (f"{dose}", *(f"{absorbed_mg(dose, knowledge) * share:.0f}" for share in (1.0, low, best, high)))
        for dose in shown
    )
    return Chart(
        title=say(
            "uptake", small=shown[0], small_share=round(100 * absorbed_mg(shown[0], knowledge) / shown[0]),
            large=shown[-1], large_share=round(100 * absorbed_mg(shown[-1], knowledge) / shown[-1]),
        ),
        says=say("uptake_says"),
        x=Axis(label=say("dose"), low=0, high=top),
        y=Axis(label=say("taken"), low=0, high=1.1 * soluble[-1]),
        marks=(
            Band(
                x=doses, low=tuple(low * each for each in soluble), high=tuple(high * each for each in soluble),
                label=say("oxide_span"), tone="second",
            ),
            Line(x=doses, y=soluble, label=say("soluble")),
            Line(x=doses, y=tuple(best * each for each in soluble), label=say("oxide"), tone="second"),
        ),
        table=Table(
            heads=(say("dose"), say("soluble"), *(f"{say('oxide')} {share:g}" for share in (low, best, high))),
            rows=rows,
        ),
        lang=lang,
    )  # fmt: skip


def stores_chart(answer: MagnesiumAnswer, knowledge: Knowledge, lang: Lang) -> Chart:
    """Serum week by week from where the person stands, with the usual range."""

    def say(message: str, **params: Filling) -> str:
        return knowledge.say(f"body.chart.mg.{message}", lang, **params)

    band = knowledge.body_models["magnesium-serum-band"]
    usual, asked, top = band.number("low"), band.number("proposed_low"), band.number("high")
    start = answer.serum_start_mmol_l or usual
    weeks = tuple(each.week for each in answer.course)
    best = tuple(start + each.serum_mmol_l.best for each in answer.course)
    last = answer.course[-1].serum_mmol_l
    rows = tuple(
        (f"{each.week:.3g}", f"{start + each.serum_mmol_l.best:.3f}", f"{each.urine_mmol_d:.2f}")
        for each in answer.course[::4]
    )
    return Chart(
        title=say("weeks", rise=f"{last.best:.3f}", weeks=answer.weeks),
        says=say("weeks_says", start=start),
        x=Axis(label=say("week"), low=0, high=max(answer.weeks, 1)),
        y=Axis(label=say("serum"), low=min(0.7, start - 0.02), high=max(1.0, start + last.high + 0.02)),
        marks=(
            Band(x=(0, max(answer.weeks, 1)), low=(usual, usual), high=(top, top), label=say("usual"), tone="good"),
            Rule(at=asked, axis="y", label=say("proposed"), tone="good", dashed=True),
            Band(
                x=weeks, low=tuple(start + each.serum_mmol_l.low for each in answer.course),
                high=tuple(start + each.serum_mmol_l.high for each in answer.course), label=say("span"),
            ),
            Line(x=weeks, y=best, label=say("serum")),
        ),
        table=Table(heads=(say("week"), say("serum"), say("urine")), rows=rows),
        lang=lang,
    )  # fmt: skip


def two_studies(knowledge: Knowledge, lang: Lang) -> tuple[Chart, Chart]:
    """Two figures, one for each study and method: 23.5 % and 4 % never stand on one axis."""

    def say(message: str, **params: Filling) -> str:
        return knowledge.say(f"body.chart.mg.{message}", lang, **params)

    points = knowledge.body_points
    chelate, oxide = (100 * (points[f"schuette-1994-{name}"].value or 0) for name in ("chelate", "oxide"))
    urine = 100 * (points["firoz-2001-oxide"].value or 0)
    first = _rows(
        say("schuette"), say("schuette_says"), say("absorbed_isotope"), 30.0,
        ((say("chelate_row"), chelate), (say("oxide_row"), oxide)), lang,
    )  # fmt: skip
    second = _rows(
        say("firoz", percent=round(urine)), say("firoz_says"), say("in_urine"), 10.0, ((say("oxide_row"), urine),), lang
    )
    return first, second


def _rows(title: str, says: str, axis: str, top: float, rows: tuple[tuple[str, float], ...], lang: Lang) -> Chart:
    return Chart(
        title=title,
        says=says,
        x=Axis(label=axis, low=0, high=top),
        y=Axis(label="", rows=tuple(name for name, _ in rows), figures=tuple(f"{value:g} %" for _, value in rows)),
        marks=(Points(x=tuple(value for _, value in rows), y=tuple(float(at) for at in range(len(rows)))),),
        table=Table(heads=("", axis), rows=tuple((name, f"{value:g}") for name, value in rows)),
        lang=lang,
    )
