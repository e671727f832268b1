"""A Mendelian randomization as one self-contained page: the answer first, figures, every number, the checklist."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape
from statistics import median

from anmin import __version__
from anmin.evidence.mr.analyse import Analysis
from anmin.evidence.mr.demo import Demo
from anmin.evidence.mr.instruments import usable_instruments
from anmin.evidence.mr.model import Estimate, Matched
from anmin.evidence.mr.power import smallest_effect
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Lang
from anmin.report.chart import Chart, Table
from anmin.report.html import STYLE, figure, items, page, table
from anmin.report.mr import convention, fate_words, why_not
from anmin.report.mr import published as published_lines
from anmin.report.mr import reach as reach_lines
from anmin.report.mr_words import answer, main_estimate, ratio_with_interval, ratio_words
from anmin.report.strobe import checklist


def report_page(
    analysis: Analysis,
    names: tuple[str, str],
    charts: dict[str, Chart],
    knowledge: Knowledge,
    lang: Lang,
    *,
    draws: int,
    seed: int,
    demo: Demo | None = None,
) -> str:
    """The document. ``names`` are those of exposure and outcome; with ``demo`` also the article's question."""
    title = knowledge.say("mr.title", lang)
    if demo is None:
        title = knowledge.say("mr.run_title", lang, exposure=names[0], outcome=names[1])
    body = [f'<p class="answer">{escape(answer(analysis, knowledge, lang, demo))}</p>', f"<h1>{escape(title)}</h1>"]
    if demo is not None:
        body += _opening(demo, knowledge, lang)
    body += _figures(charts, knowledge, lang)
    body += _methods(analysis, knowledge, lang, "mr.estimates_plain" if demo is None else "mr.estimates")
    body += _checks(analysis, knowledge, lang)
    body += _reach(analysis, knowledge, lang, demo)
    if demo is not None:
        body += _article(demo, knowledge, lang)
    body += _harmonisation(analysis.matched, knowledge, lang)
    body += _checklist(analysis, names, knowledge, lang, demo)
    body += _heading("mr_report.part.again", knowledge, lang)
    again = knowledge.say(
        "mr_report.again", lang, seed=str(seed), draws=str(draws), version=__version__, facts=knowledge.version[:12]
    )
    body += _paragraph(again)
    return page(title, body, lang, style=f"{STYLE}\ntd, th {{ overflow-wrap: break-word; }}")  # figures stay whole


def _opening(demo: Demo, knowledge: Knowledge, lang: Lang) -> list[str]:
    out = _paragraph(knowledge.say("mr.what", lang))
    if demo.synthetic:
        truth = f"{math.exp(knowledge.value('mr.demo.true-log-odds')):.3f}"
        out += _paragraph(knowledge.say("mr.synthetic", lang, file=demo.outcome_file, ratio=truth))
    return out + _paragraph(
        knowledge.say("mr.file", lang, rows=f"{demo.rows:,}", file=demo.outcome_file, dialect=demo.dialect)
    )


def _figures(charts: dict[str, Chart], knowledge: Knowledge, lang: Lang) -> list[str]:
    if not charts:
        return []
    return [
        *_heading("mr_report.part.figures", knowledge, lang),
        *(line for chart in charts.values() for line in figure(chart, knowledge)),
    ]


def _methods(analysis: Analysis, knowledge: Knowledge, lang: Lang, unit: str) -> list[str]:
    heads = ("mr_report.head.method", "mr_report.head.interval", "", "mr_report.head.convention")
    rows = tuple(_method(each, knowledge, lang) for each in analysis.estimates)
    shown = Table(heads=tuple(knowledge.say(head, lang) if head else "p" for head in heads), rows=rows)
    return _section("mr_report.part.methods", shown, knowledge, lang, knowledge.say(unit, lang))


def _method(each: Estimate, knowledge: Knowledge, lang: Lang) -> tuple[str, ...]:
    name = knowledge.say(f"mr.method.{each.method}", lang)
    if each.estimate is None or each.p is None:
        return name, why_not(each, knowledge, lang), "", convention(each)
    return name, ratio_with_interval(each), f"{each.p:.3g}", convention(each)


def _checks(analysis: Analysis, knowledge: Knowledge, lang: Lang) -> list[str]:
    heads = tuple(knowledge.say(f"mr_report.head.{name}", lang) for name in ("check", "result"))
    shown = Table(heads=heads, rows=tuple(_check_rows(analysis, knowledge, lang)))
    return _section("mr_report.part.checks", shown, knowledge, lang) if shown.rows else []


def _check_rows(analysis: Analysis, knowledge: Knowledge, lang: Lang) -> Iterator[tuple[str, str]]:
    def named(check: str) -> str:
        return knowledge.say(f"mr_report.check.{check}", lang)

    by_name = {each.method: each for each in analysis.estimates}
    ivw, egger, presso, direction = by_name.get("ivw"), by_name.get("egger"), analysis.presso, analysis.direction
    if analysis.f:
        yield named("f"), f"{min(analysis.f):.1f}; {median(analysis.f):.1f}"
    if analysis.i2_gx is not None:
        yield named("i2"), f"{analysis.i2_gx:.3f}"
    if ivw is not None and ivw.q is not None and ivw.q_p is not None:
        yield named("q"), f"{ivw.q:.2f} (df {ivw.q_df}), p {ivw.q_p:.2g}"
    if egger is not None and egger.intercept is not None and egger.intercept_p is not None:
        yield named("intercept"), f"{egger.intercept:.4f}, p {egger.intercept_p:.2g}"
    if analysis.rucker is not None:
        yield named("rucker"), f"{analysis.rucker.chosen} (p {analysis.rucker.p_difference:.2g})"
    if presso is not None:
        outliers = ", ".join(analysis.used[i] for i in presso.outliers) or knowledge.say("mr.none", lang)
        said = f"p {presso.global_p:.3g}; {outliers}"
        if presso.least_outlier_p >= 0.05:
            least = f"{presso.least_outlier_p:.2g}"
            said += f" — {knowledge.say('mr_report.check.presso_blind', lang, draws=str(presso.draws), least=least)}"
        yield named("presso"), said
    if direction is not None:
        word = knowledge.say(f"mr_report.check.{'yes' if direction.as_assumed else 'no'}", lang)
        yield named("direction"), f"{word} ({direction.r2_exposure:.2g} / {direction.r2_outcome:.2g})"


def _reach(analysis: Analysis, knowledge: Knowledge, lang: Lang, demo: Demo | None) -> list[str]:
    main = main_estimate(analysis)
    if main is None or not main.se:
        return []
    smallest = smallest_effect(main.se, knowledge.value("mr.power.wanted"))
    sentence = knowledge.say(
        "mr_report.reach", lang, se=f"{main.se:.3f}", low=ratio_words(-smallest), high=ratio_words(smallest)
    )
    lines = [sentence, *(reach_lines(demo, knowledge, lang) if demo is not None else ())]
    return [*_heading("mr.power", knowledge, lang), *items(lines)]


def _article(demo: Demo, knowledge: Knowledge, lang: Lang) -> list[str]:
    """Why the published ratio does not stand, what else the variants touch, and what the whole is about."""
    out = [*_heading("mr.published", knowledge, lang), *items(list(published_lines(demo, knowledge, lang)))]
    instruments = usable_instruments(knowledge, "magnesium")
    touching = knowledge.say("mr.pleiotropy", lang, touching=len(demo.touching), count=len(instruments))
    heads = tuple(knowledge.say(f"mr_report.head.{name}", lang) for name in ("variant", "gene", "trait"))
    rows = tuple(
        (each.snp, each.gene, other.trait.get(lang), f"{other.p:.2g}")
        for each in instruments
        for other in each.other_traits
    )
    out += _section("mr.other_ways", Table(heads=(*heads, "p"), rows=rows), knowledge, lang, touching)
    out += _paragraph(knowledge.say("mr.meaning", lang))
    if demo.synthetic:
        out += _paragraph(knowledge.say("mr.real", lang))
    sources = {source for each in instruments for source in each.sources}
    named = sorted(f"{source.label} {source.doi or source.url or ''}".strip() for source in sources)
    return [*out, *_heading("report.sources", knowledge, lang), *items(named)]


def _harmonisation(matched: Sequence[Matched], knowledge: Knowledge, lang: Lang) -> list[str]:
    names = ("variant", "fate", "code", "alleles_exposure", "alleles_outcome", "frequencies")
    heads = tuple(knowledge.say(f"mr_report.head.{name}", lang) for name in names)
    shown = Table(heads=heads, rows=tuple(_variant(row, knowledge, lang) for row in matched))
    return _section("mr_report.part.harmonisation", shown, knowledge, lang)


def _variant(row: Matched, knowledge: Knowledge, lang: Lang) -> tuple[str, ...]:
    alleles = [
        "/".join(allele for allele in pair if allele)
        for pair in (
            (row.effect_allele, row.other_allele),
            (row.outcome_effect_allele, row.outcome_other_allele),
        )
    ]
    shares = " / ".join("–" if eaf is None else f"{eaf:.3f}" for eaf in (row.eaf_exposure, row.eaf_outcome))
    return row.snp, fate_words(row, knowledge, lang), row.reason, *alleles, shares


def _checklist(
    analysis: Analysis, names: tuple[str, str], knowledge: Knowledge, lang: Lang, demo: Demo | None
) -> list[str]:
    answers = checklist(analysis, names, knowledge, lang, demo)
    heads = tuple(knowledge.say(f"mr_report.head.{name}", lang) for name in ("item", "asks", "answer"))
    shown = Table(heads=heads, rows=tuple((each.number, each.asks, each.says) for each in answers))
    count = sum(1 for each in answers if each.answered)
    lead = knowledge.say("mr_report.checklist", lang, answered=str(count), items=str(len(answers)))
    return _section("mr_report.part.checklist", shown, knowledge, lang, lead)


def _section(heading: str, shown: Table, knowledge: Knowledge, lang: Lang, lead: str = "") -> list[str]:
    name = knowledge.say(heading, lang)
    return [*_heading(heading, knowledge, lang), *(_paragraph(lead) if lead else ()), *table(shown, name)]


def _heading(message: str, knowledge: Knowledge, lang: Lang) -> list[str]:
    return [f"<h2>{escape(knowledge.say(message, lang))}</h2>"]


def _paragraph(text: str) -> list[str]:
    return [f"<p>{escape(text)}</p>"]
