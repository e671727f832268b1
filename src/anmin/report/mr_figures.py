"""The figures of a Mendelian randomization: scatter, forest, funnel, leave-one-out; each title says the finding."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import msgspec
import numpy as np

from anmin.evidence.distributions import normal_quantile
from anmin.evidence.mr.analyse import Analysis
from anmin.evidence.mr.model import Estimate
from anmin.evidence.mr.pair import Pair, pair_of
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Lang
from anmin.report.chart import Axis, Chart, Line, Mark, Points, Rule, Table, Tick, Tone
from anmin.report.mr_words import main_estimate, ratio_with_interval, shows
from anmin.report.mr_words import ratio_words as ratio

_Z = normal_quantile(0.975)
_LINES: tuple[tuple[str, Tone], ...] = (
    ("ivw", "main"), ("egger", "second"), ("weighted_median", "third"), ("weighted_mode", "fourth")
)  # fmt: skip
MOST_ROWS = 60
"""Variants drawn in a forest; the table has all."""

_WIDEST = math.log(64.0)
"""A log odds ratio beyond this is cut off in a figure, not in its table."""


def figures(analysis: Analysis, knowledge: Knowledge, lang: Lang, *, made_up: bool = False) -> dict[str, Chart]:
    """Those figures that the number of variants allows, by name: two at least, three for leave-one-out.

    ``made_up``: every title says so, because a figure may travel without its page.
    """
    pair, main = pair_of(analysis.matched), main_estimate(analysis)
    if main is None or pair.count < 2:
        return {}
    found = {"scatter": _scatter(pair, analysis, main, knowledge, lang)}
    if len(analysis.single) == pair.count:
        found["forest"] = _forest(pair, analysis.single, main, knowledge, lang)
        found["funnel"] = _funnel(pair, analysis, main, knowledge, lang)
    if len(analysis.without_one) == pair.count:
        found["leave_one_out"] = _leave_one_out(pair, analysis.without_one, main, knowledge, lang)
    if made_up:
        for name, chart in found.items():
            title = knowledge.say("mr_report.made_up", lang, title=chart.title)
            found[name] = msgspec.structs.replace(chart, title=title)
    return found


def _scatter(pair: Pair, analysis: Analysis, main: Estimate, knowledge: Knowledge, lang: Lang) -> Chart:
    sign = np.where(pair.bx < 0.0, -1.0, 1.0)
    x, y = pair.bx * sign, pair.by * sign
    right = 1.08 * float(np.max(x + _Z * pair.sx))
    reach = 1.08 * float(np.max(np.abs(y) + _Z * pair.sy))
    marks: list[Mark] = [Rule(at=0.0, axis="y", tone="faint")]
    by_name = {each.method: each for each in analysis.estimates}
    for name, tone in _LINES:
        each = by_name.get(name)
        if each is None or each.estimate is None:
            continue
        start = each.intercept or 0.0
        label = f"{knowledge.say(f'mr.method.{name}', lang)} {ratio(each.estimate)}"
        marks.append(Line(x=(0.0, right), y=(start, start + right * each.estimate), label=label, tone=tone))
    marks.append(
        Points(
            x=_floats(x),
            y=_floats(y),
            x_low=_floats(x - _Z * pair.sx),
            x_high=_floats(x + _Z * pair.sx),
            y_low=_floats(y - _Z * pair.sy),
            y_high=_floats(y + _Z * pair.sy),
            tone="plain",
        )
    )
    say = knowledge.say
    found, reading = ratio_with_interval(main), shows(main, knowledge, lang)
    title = say("mr_report.scatter.title", lang, n=pair.count, numbers=found, shows=reading)
    label_x, label_y = say("mr_report.scatter.x", lang), say("mr_report.scatter.y", lang)
    return Chart(
        title=title,
        says=say("mr_report.scatter.says", lang),
        x=Axis(label=label_x, low=0.0, high=right),
        y=Axis(label=label_y, low=-reach, high=reach),
        marks=tuple(marks),
        table=Table(
            heads=(say("mr_report.head.variant", lang), label_x, label_y),
            rows=tuple(
                (name, f"{a:.4f} ± {_Z * sa:.4f}", f"{b:.4f} ± {_Z * sb:.4f}")
                for name, a, sa, b, sb in zip(pair.snps, x, pair.sx, y, pair.sy, strict=True)
            ),
        ),
        lang=lang,
    )  # fmt: skip


def _forest(pair: Pair, single: Sequence[Estimate], main: Estimate, knowledge: Knowledge, lang: Lang) -> Chart:
    alone = sum(1 for each in single if _leaves_out_one(each))
    title = knowledge.say(
        "mr_report.forest.title", lang, alone=alone, n=pair.count, numbers=ratio_with_interval(main),
        shows=shows(main, knowledge, lang),
    )  # fmt: skip
    return _rows_of_ratios(pair, single, main, title, "mr_report.forest", knowledge, lang)


def _leave_one_out(pair: Pair, without: Sequence[Estimate], main: Estimate, knowledge: Knowledge, lang: Lang) -> Chart:
    usable = [(name, each) for name, each in zip(pair.snps, without, strict=True) if each.estimate is not None]
    slopes = [each.estimate for _, each in usable if each.estimate is not None]
    deciding = [name for name, each in usable if _leaves_out_one(each) != _leaves_out_one(main)]
    title = knowledge.say(
        "mr_report.without.hangs" if deciding else "mr_report.without.steady", lang,
        low=ratio(min(slopes, default=0.0)), high=ratio(max(slopes, default=0.0)), names=", ".join(deciding[:5]),
    )  # fmt: skip
    return _rows_of_ratios(pair, without, main, title, "mr_report.without", knowledge, lang)


def _rows_of_ratios(
    pair: Pair, estimates: Sequence[Estimate], main: Estimate, title: str, room: str, knowledge: Knowledge, lang: Lang
) -> Chart:
    """One row a variant, the most precise first in the choice and by size in the drawing, and the pooled one below."""
    rows = [(name, each) for name, each in zip(pair.snps, estimates, strict=True) if each.estimate is not None]
    everything = (knowledge.say("mr_report.all", lang), main)
    drawn = sorted(rows, key=lambda row: row[1].se or math.inf)[:MOST_ROWS]
    drawn.sort(key=lambda row: row[1].estimate or 0.0)
    ends = [
        min(_WIDEST, max(-_WIDEST, end))
        for _, each in (*drawn, everything)
        for end in (each.low, each.high, 0.0)
        if end is not None
    ]
    air = 0.05 * (max(ends) - min(ends)) or 0.1
    marks: list[Mark] = [Rule(at=1.0, tone="plain")]
    marks.append(Rule(at=_place(main.estimate), tone="main", dashed=True))
    marks += [_row(at, each, "third", "square") for at, (_, each) in enumerate(drawn)]
    marks.append(_row(len(drawn), main, "main", "diamond"))
    label = knowledge.say("mr_report.ratio", lang)
    return Chart(
        title=title,
        says=knowledge.say(f"{room}.says", lang),
        x=Axis(label=label, low=math.exp(min(ends) - air), high=math.exp(max(ends) + air), log=True),
        y=Axis(
            label="", rows=tuple(name for name, _ in (*drawn, everything)),
            figures=tuple(ratio_with_interval(each) for _, each in (*drawn, everything)),
        ),
        marks=tuple(marks),
        table=Table(
            heads=(knowledge.say("mr_report.head.variant", lang), label, "p"),
            rows=tuple((name, ratio_with_interval(each), _p(each)) for name, each in (*rows, everything)),
        ),
        lang=lang,
    )  # fmt: skip


def _row(at: int, each: Estimate, tone: Tone, shape: Literal["square", "diamond"]) -> Points:
    return Points(
        x=(_place(each.estimate),), y=(float(at),), x_low=(_place(each.low),), x_high=(_place(each.high),),
        tone=tone, shape=shape, sizes=(7.0 if shape == "diamond" else 4.5,),
    )  # fmt: skip


def _funnel(pair: Pair, analysis: Analysis, main: Estimate, knowledge: Knowledge, lang: Lang) -> Chart:
    """Each variant's own estimate against how precise it is; lopsidedness is a sign of other ways."""
    assert main.estimate is not None
    slopes, errors = pair.by / pair.bx, pair.sy / np.abs(pair.bx)
    slopes = np.clip(slopes, -_WIDEST, _WIDEST)
    widest = 1.1 * float(np.max(errors))
    reach = min(_WIDEST, 1.05 * max(_Z * widest, float(np.max(np.abs(slopes - main.estimate)))))
    low, high = main.estimate - reach, main.estimate + reach
    marks: list[Mark] = [
        Line(
            x=tuple(math.exp(main.estimate + k * min(_Z * widest, reach)) for k in (-1, 0, 1)),
            y=(-min(widest, reach / _Z), 0.0, -min(widest, reach / _Z)),
            tone="faint",
        ),
        Rule(at=math.exp(main.estimate), tone="main"),
        Rule(at=1.0, tone="faint"),
        Points(x=_floats(np.exp(slopes)), y=_floats(-errors), tone="third"),
    ]
    egger = next((each for each in analysis.estimates if each.method == "egger"), None)
    p = egger.intercept_p if egger is not None else None
    say = knowledge.say
    title = say("mr_report.funnel.few", lang, n=pair.count)
    if p is not None:
        known = "lopsided" if p < 0.05 else "even" if pair.count >= knowledge.value("evidence.funnel.few") else "hidden"
        title = say(f"mr_report.funnel.{known}", lang, p=f"{p:.2g}", n=pair.count)
    error, label = say("mr_report.funnel.error", lang), say("mr_report.ratio", lang)
    return Chart(
        title=title,
        says=say("mr_report.funnel.says", lang),
        x=Axis(label=label, low=math.exp(low), high=math.exp(high), log=True),
        y=Axis(label=error, low=-widest, high=0.0, ticks=_down(widest)),
        marks=tuple(marks),
        table=Table(
            heads=(say("mr_report.head.variant", lang), label, error),
            rows=tuple((n, ratio(float(b)), f"{s:.3f}") for n, b, s in zip(pair.snps, slopes, errors, strict=True)),
        ),
        lang=lang,
    )  # fmt: skip


def _down(widest: float) -> tuple[Tick, ...]:
    """Ticks of an axis that grows downwards, without a minus."""
    return tuple(Tick(at=-widest * step / 4, label=f"{widest * step / 4:.2f}") for step in range(5))


def _leaves_out_one(each: Estimate) -> bool:
    return each.low is not None and each.high is not None and (each.low > 0.0 or each.high < 0.0)


def _place(log_odds: float | None) -> float:
    return math.exp(min(20.0, max(-20.0, log_odds or 0.0)))


def _p(each: Estimate) -> str:
    return "" if each.p is None else f"{each.p:.3g}"


def _floats(values: object) -> tuple[float, ...]:
    return tuple(float(value) for value in np.asarray(values, dtype=np.float64))
