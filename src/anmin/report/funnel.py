"""A funnel plot: each study's effect against its precision, drawn only where there are three or more."""

from __future__ import annotations

from anmin.evidence.forest import Forest
from anmin.evidence.pool import pool
from anmin.evidence.small_studies import egger
from anmin.evidence.words import component_name, rounded
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Lang
from anmin.knowledge.texts import show_number
from anmin.report.chart import Axis, Chart, Line, Points, Rule, Table, Tick

_Z = 1.959963984540054
FEWEST = 3
"""A funnel of two points is a line."""

Study = tuple[str, float, float]


def points(forest: Forest) -> tuple[Study, ...]:
    """Label, effect and standard error of every single trial that has a size on the forest's scale."""
    return tuple(
        (line.label, line.value, (line.high - line.low) / (2.0 * _Z))
        for line in forest.lines
        if line.mark == "trial" and line.value is not None and line.low is not None and line.high is not None
    )


def verdict(studies: tuple[Study, ...], knowledge: Knowledge, lang: Lang) -> str:
    """What the funnel can tell, in a sentence; mostly that it cannot."""
    few = knowledge.value("evidence.funnel.few")
    if len(studies) < FEWEST:
        return knowledge.say("evidence.funnel.none", lang, k=len(studies), few=few)
    if len(studies) < few:
        return knowledge.say("evidence.funnel.few", lang, few=few)
    test = egger([effect for _, effect, _ in studies], [se * se for _, _, se in studies])
    return knowledge.say("evidence.funnel.many", lang, p=f"{test.slope_p:.2g}")


def funnel(forest: Forest, knowledge: Knowledge, lang: Lang) -> Chart | None:
    """The chart; None with fewer than three studies."""
    studies = points(forest)
    if len(studies) < FEWEST:
        return None
    centre = pool([effect for _, effect, _ in studies], [se * se for _, _, se in studies]).effect
    widest = 1.1 * max(se for _, _, se in studies)
    reach = max(_Z * widest, *(abs(effect - centre) for _, effect, _ in studies)) * 1.05
    name = component_name(forest.component, knowledge).get(lang)
    scale = f"{forest.name.get(lang)} ({forest.unit_name.get(lang)})"
    title = knowledge.say("evidence.funnel.title", lang, name=name, outcome=forest.name.get(lang), k=len(studies))
    error = knowledge.say("evidence.funnel.se", lang)
    return Chart(
        title=f"{title}。" if lang != "en" else f"{title}.",
        says=f"{knowledge.say('evidence.funnel.says', lang)} {verdict(studies, knowledge, lang)}",
        x=Axis(label=scale, low=centre - reach, high=centre + reach),
        y=Axis(label=error, low=-widest, high=0.0, ticks=_down(widest)),
        marks=(
            Line(x=(centre - _Z * widest, centre, centre + _Z * widest), y=(-widest, 0.0, -widest), tone="faint"),
            Rule(at=centre, label=knowledge.say("evidence.funnel.pool", lang), tone="main"),
            Points(
                x=tuple(effect for _, effect, _ in studies), y=tuple(-se for _, _, se in studies),
                label=knowledge.say("evidence.funnel.study", lang), tone="third",
            ),
        ),
        table=Table(
            heads=("", scale, error),
            rows=tuple((label, *(show_number(rounded(value)) for value in figures)) for label, *figures in studies),
        ),
        lang=lang,
    )  # fmt: skip


def _down(widest: float) -> tuple[Tick, ...]:
    """Ticks of an axis that grows downwards, without a minus."""
    return tuple(Tick(at=-widest * step / 4, label=show_number(widest * step / 4)) for step in range(5))
