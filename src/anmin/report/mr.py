"""A Mendelian randomization as text."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from anmin.evidence.mr.analyse import Analysis
from anmin.evidence.mr.demo import PUBLISHED, Demo
from anmin.evidence.mr.instruments import usable_instruments
from anmin.evidence.mr.model import Estimate, Matched
from anmin.evidence.mr.multivariable import MultiEstimate
from anmin.evidence.mr.multivariable_tables import SeveralMatched
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Lang
from anmin.report.mr_beside import beside_sentences, seventeen
from anmin.report.mr_words import answer, ratio_words
from anmin.report.wrap import cells, listed, wrap

_WIDTH = 96


def demo_page(demo: Demo, knowledge: Knowledge, lang: Lang) -> str:
    """The worked example: answer, data, variants, estimates, what could be found, the published result, other ways."""
    say = knowledge.say
    truth = math.exp(knowledge.value("mr.demo.true-log-odds"))
    blocks = [answer(demo.analysis, knowledge, lang, demo), say("mr.title", lang), say("mr.what", lang)]
    if demo.synthetic:
        blocks.append(say("mr.synthetic", lang, file=demo.outcome_file, ratio=f"{truth:.3f}"))
    blocks.append(say("mr.file", lang, rows=f"{demo.rows:,}", file=demo.outcome_file, dialect=demo.dialect))
    lines = [line for block in blocks for line in (*wrap(block, _WIDTH), "")]
    lines += analysis_lines(demo.analysis, knowledge, lang, "mr.estimates", demo.explained)
    lines += ["", say("mr.power", lang), *_all(reach(demo, knowledge, lang))]
    lines += ["", say("mr.published", lang), *_all(published(demo, knowledge, lang))]
    lines += ["", say("mr.other_ways", lang), *_other_ways(demo, knowledge, lang)]
    lines += ["", *wrap(say("mr.meaning", lang), _WIDTH)]
    if demo.synthetic:
        lines += ["", *wrap(say("mr.real", lang), _WIDTH)]
    return "\n".join(lines) + "\n"


def run_page(analysis: Analysis, names: tuple[str, str], knowledge: Knowledge, lang: Lang) -> str:
    """Any two tables: the answer, then all of it."""
    lines = [*answer_lines(analysis.estimates, names, knowledge, lang), ""]
    return "\n".join([*lines, *analysis_lines(analysis, knowledge, lang, "mr.estimates_plain")]) + "\n"


def answer_lines(
    estimates: Sequence[Estimate], names: tuple[str, str], knowledge: Knowledge, lang: Lang
) -> list[str]:  # fmt: skip
    """The first estimate in a sentence, or that there is none; ``names``: exposure and outcome."""
    first = estimates[0] if estimates else None
    if first is None or first.estimate is None or first.low is None or first.high is None or first.p is None:
        return wrap(knowledge.say("mr.run_none", lang, exposure=names[0], outcome=names[1]), _WIDTH)
    sentence = knowledge.say(
        "mr.run_answer", lang, exposure=names[0], outcome=names[1], ratio=ratio_words(first.estimate),
        low=ratio_words(first.low), high=ratio_words(first.high), p=f"{first.p:.2g}",
        method=knowledge.say(f"mr.method.{first.method}", lang),
    )  # fmt: skip
    return wrap(sentence, _WIDTH)


def fate_words(row: Matched | SeveralMatched, knowledge: Knowledge, lang: Lang) -> str:
    """What became of a variant and why."""
    fate = knowledge.say("mr.kept" if row.keep else "mr.left_out", lang)
    return knowledge.say("mr.fate", lang, fate=fate, reason=knowledge.say(f"mr.reason.{row.reason}", lang))


def analysis_lines(
    analysis: Analysis, knowledge: Knowledge, lang: Lang, heading: str, explained: float | None = None
) -> list[str]:
    """Every variant's fate, every estimate with its convention, agreement and outliers."""
    say = knowledge.say
    lines = [say("mr.variants", lang)]
    for row in analysis.matched:
        lines.append(f"  {row.snp:<14} {fate_words(row, knowledge, lang)}")
    if not analysis.estimates:
        return [*lines, "", say("mr.nothing", lang)]
    if explained is not None:
        weakest = f"{min(analysis.f):.0f}"
        lines += _indented(say("mr.strength", lang, percent=f"{100 * explained:.1f}", weakest=weakest))
    lines += ["", say(heading, lang), *(estimate_line(each, knowledge, lang) for each in analysis.estimates)]
    lines += _agreement(analysis, knowledge, lang)
    return lines


def estimate_line(found: Estimate, knowledge: Knowledge, lang: Lang) -> str:
    """One estimator: name, ratio with interval, p and convention, or why there is no number."""
    name = knowledge.say(f"mr.method.{found.method}", lang)
    name += " " * max(1, 31 - cells(name))
    if found.estimate is None or found.low is None or found.high is None or found.p is None:
        return f"  {name}{why_not(found, knowledge, lang)}"
    numbers = f"{ratio_words(found.estimate)} ({ratio_words(found.low)}–{ratio_words(found.high)})"
    return f"  {name}{numbers:<24} p {found.p:.3g}   [{convention(found)}]"


def why_not(found: Estimate | MultiEstimate, knowledge: Knowledge, lang: Lang) -> str:
    """Why there is no number; with the limit or the trouble met where that is the reason."""
    said = knowledge.say(f"mr.why_not.{found.why_not}", lang)
    detail = found.convention.detail if found.why_not in ("too_many_variants", "beyond_numbers") else ""
    return f"{said} ({detail})" if detail else said


def convention(found: Estimate | MultiEstimate) -> str:
    """The convention in the field's own short words, the same in every language."""
    how = found.convention
    parts: list[str] = [how.distribution]
    if how.weights:
        parts.append(f"weights {how.weights}")
    if how.spread != "fixed":
        parts.append(how.spread + (f" floor {how.floor:g}" if how.floor is not None else ""))
    if how.se != "closed":
        parts.append(how.se + (f" {how.draws} seed {how.seed}" if how.draws else ""))
    if how.detail:
        parts.append(how.detail)
    return "; ".join(parts)


def _agreement(analysis: Analysis, knowledge: Knowledge, lang: Lang) -> Iterator[str]:
    by_name = {found.method: found for found in analysis.estimates}
    one, two = by_name.get("ivw"), by_name.get("egger")
    if one is not None and two is not None and one.q_p is not None and two.intercept_p is not None:
        sentence = knowledge.say(
            "mr.agree", lang, q=f"{one.q:.1f}", df=one.q_df or 0, p=f"{one.q_p:.2g}",
            intercept=f"{two.intercept:.3f}", intercept_p=f"{two.intercept_p:.2g}",
        )  # fmt: skip
        yield from _indented(sentence)
    yield from _radial_and_rucker(analysis, knowledge, lang)
    test = analysis.presso
    if test is not None:
        names = listed((analysis.used[i] for i in test.outliers), lang) or knowledge.say("mr.none", lang)
        sentence = knowledge.say(
            "mr.presso", lang, p=f"{test.global_p:.3g}", draws=test.draws, seed=test.seed, outliers=names
        )
        yield from _indented(sentence)


def _radial_and_rucker(analysis: Analysis, knowledge: Knowledge, lang: Lang) -> Iterator[str]:
    if analysis.radial is not None and analysis.radial.parts:
        names = listed((analysis.used[i] for i in analysis.radial.outliers), lang) or knowledge.say("mr.none", lang)
        yield from _indented(knowledge.say("mr.radial", lang, level=f"{analysis.radial.level:.2g}", outliers=names))
    if analysis.rucker is not None:
        choice, spread = analysis.rucker.chosen.split("_")
        yield from _indented(
            knowledge.say(
                "mr.rucker", lang, fall=f"{analysis.rucker.q_ivw - analysis.rucker.q_egger:.1f}",
                p=f"{analysis.rucker.p_difference:.2g}", chosen=knowledge.say(f"mr.method.{choice}", lang),
                spread=knowledge.say(f"mr.spread.{spread}", lang),
            )
        )  # fmt: skip


def reach(demo: Demo, knowledge: Knowledge, lang: Lang) -> Iterator[str]:
    """What the instruments find, a sentence for each share of cases."""
    for row in demo.reach:
        yield knowledge.say(
            "mr.reach", lang, cases=f"{100 * row.case_share:.2g}", people=f"{demo.people:,.0f}",
            ratio=ratio_words(demo.published.log_odds), percent=f"{100 * row.power:.0f}",
            low=f"{math.exp(-row.smallest):.2f}", high=f"{math.exp(row.smallest):.2f}",
        )  # fmt: skip


def published(demo: Demo, knowledge: Knowledge, lang: Lang) -> Iterator[str]:
    """Why the published result does not stand after so many tries, and what stood beside it."""
    row, verdict = knowledge.mr_results[PUBLISHED], demo.published
    yield knowledge.say(
        "mr.bonferroni", lang, ratio=f"{row.ratio:.3f}", low=f"{row.low:.3f}", high=f"{row.high:.3f}",
        snps=row.snps or "?", p=f"{verdict.p:.4f}", tests=verdict.tests, needed=f"{verdict.needed:.4f}",
    )  # fmt: skip
    chance = 1.0 - 0.95**verdict.tests
    yield knowledge.say("mr.chance", lang, tests=verdict.tests, percent=f"{100 * chance:.0f}")
    yield seventeen(demo, knowledge, lang)
    yield from beside_sentences(demo, knowledge, lang)


def _all(sentences: Iterator[str]) -> list[str]:
    return [line for sentence in sentences for line in _indented(sentence)]


def _other_ways(demo: Demo, knowledge: Knowledge, lang: Lang) -> Iterator[str]:
    instruments = usable_instruments(knowledge, "magnesium")
    yield from _indented(
        knowledge.say("mr.pleiotropy", lang, touching=len(demo.touching), count=len(instruments))
    )  # fmt: skip
    for each in instruments:
        for other in each.other_traits:
            yield f"    {each.snp:<12} {each.gene:<11} {other.trait.get(lang)}, p {other.p:.2g}"


def _indented(sentence: str) -> list[str]:
    return [f"  {line}" for line in wrap(sentence, _WIDTH - 2)]
