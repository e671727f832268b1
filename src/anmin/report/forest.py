"""A forest plot: every study of one outcome on one scale, and the effect in use. Right of nothing is better."""

from __future__ import annotations

from typing import Literal

from anmin.evidence.forest import Forest, ForestLine, Mark
from anmin.evidence.words import component_name, rounded
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Lang
from anmin.knowledge.texts import show_number
from anmin.report.chart import Axis, Chart, Points, Rule, Table, Tone
from anmin.report.chart import Mark as Drawn
from anmin.report.plot import plot

_ARROWS = {"better": "→", "worse": "←", "none": "=", "unclear": "?", "mixed": "↔"}
_LOOKS: dict[Mark, tuple[Literal["square", "ring", "diamond"], Tone]] = {
    "trial": ("square", "third"), "cohort": ("ring", "second"), "pooled": ("diamond", "main"),
    "used": ("diamond", "main"),
}  # fmt: skip


def figures(line: ForestLine) -> str:
    """``17 (7.4, 27)``, or an arrow where only the direction is known."""
    if line.value is None or line.low is None or line.high is None:
        return _ARROWS[line.direction]
    value, low, high = (show_number(rounded(x)) for x in (line.value, line.low, line.high))
    return f"{value} ({low}, {high})"


def span(forest: Forest) -> tuple[float, float]:
    """The ends of the axis: every interval, nothing, and the difference that matters, with a little air."""
    ends = [0.0, forest.matters or 0.0]
    for line in forest.lines:
        ends += [end for end in (line.low, line.high) if end is not None]
    air = 0.05 * (max(ends) - min(ends)) or 1.0
    return min(ends) - air, max(ends) + air


def as_text(forest: Forest, knowledge: Knowledge, lang: Lang, width: int = 86) -> list[str]:
    """Lines of at most ``width`` cells: label, plot, figures; then the axis and its unit. No title."""
    return plot(forest_chart(forest, "", knowledge, lang), width)[1:]


def forest_chart(forest: Forest, title: str, knowledge: Knowledge, lang: Lang) -> Chart:
    """The chart. ``title`` says what it shows; its table holds every figure and how many people stand behind it."""
    low, high = span(forest)
    unit = forest.unit_name.get(lang)
    used = knowledge.say("evidence.page.in_use", lang)
    labels = tuple(used if line.mark == "used" else line.label for line in forest.lines)
    shown = tuple(figures(line) for line in forest.lines)
    heads = (knowledge.say("evidence.page.study", lang), f"{forest.name.get(lang)} ({unit})",
             knowledge.say("evidence.page.people", lang))  # fmt: skip
    people = tuple("" if line.n is None else str(line.n) for line in forest.lines)
    return Chart(
        title=title,
        says=knowledge.say(f"evidence.page.figure{'' if forest.matters else '_plain'}", lang),
        x=Axis(label=_axis_label(forest, knowledge, lang), low=low, high=high),
        y=Axis(label="", rows=labels, figures=shown),
        marks=(*_rules(forest), *_points(forest)),
        table=Table(heads=heads, rows=tuple(zip(labels, shown, people, strict=True))),
        lang=lang,
    )


def forest_title(forest: Forest, knowledge: Knowledge, lang: Lang) -> str:
    """``magnesium, time to fall asleep``."""
    names = component_name(forest.component, knowledge).get(lang), forest.name.get(lang)
    return (", " if lang == "en" else "、").join(names)


def _axis_label(forest: Forest, knowledge: Knowledge, lang: Lang) -> str:
    unit = forest.unit_name.get(lang)
    if not forest.matters:
        return knowledge.say("evidence.page.axis", lang, unit=unit)
    return knowledge.say("evidence.page.axis_matters", lang, unit=unit, matters=forest.matters)


def _rules(forest: Forest) -> list[Drawn]:
    rules: list[Drawn] = [Rule(at=0.0)]
    return [*rules, Rule(at=forest.matters, tone="fourth", dashed=True)] if forest.matters else rules


def _points(forest: Forest) -> list[Drawn]:
    found: list[Drawn] = []
    for row, line in enumerate(forest.lines):
        if line.value is None or line.low is None or line.high is None:
            continue
        shape, tone = _LOOKS[line.mark]
        found.append(
            Points(
                x=(line.value,), y=(float(row),), x_low=(line.low,), x_high=(line.high,),
                sizes=(4.0 + 4.0 * line.share,), shape=shape, tone=tone,
            )
        )  # fmt: skip
    return found
