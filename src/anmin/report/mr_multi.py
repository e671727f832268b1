"""Several exposures, clumping and correlated variants as text."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence

from anmin.evidence.mr.candidates import Candidates
from anmin.evidence.mr.clump import Clumped, Fate
from anmin.evidence.mr.model import Estimate, Matched
from anmin.evidence.mr.multivariable import MultiEstimate
from anmin.evidence.mr.multivariable_analyse import MultiAnalysis
from anmin.evidence.mr.multivariable_strength import Strength
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Lang
from anmin.report.mr import answer_lines, convention, estimate_line, fate_words, why_not
from anmin.report.mr_words import ratio_words
from anmin.report.wrap import cells, listed, wrap

_WIDTH = 96
WEAK = 10.0
"""The field's mark for a weak instrument; it stands in the sentence that uses it."""
_SHOWN = 60
"""Fates told one by one; of a longer list those that are kept, and the others counted."""


def multi_page(analysis: MultiAnalysis, outcome: str, knowledge: Knowledge, lang: Lang) -> str:
    """The answer first, then every estimate, the strength of the instruments, agreement and every variant's fate."""
    say = knowledge.say
    title = say("mr.run_title", lang, exposure=" + ".join(analysis.exposures), outcome=outcome)
    if not analysis.used:
        return "\n".join([title, "", say("mr.nothing", lang), "", *_multi_fates(analysis, knowledge, lang)]) + "\n"
    answer = [*_answer(analysis, knowledge, lang), ""]
    lines = [*(answer if answer[:-1] else ()), title, "", say("mr.multi_estimates", lang)]
    for found in analysis.estimates:
        lines += _multi_estimate(found, knowledge, lang)
    lines += ["", say("mr.multi_strength", lang), *_strengths(analysis.strengths, analysis, knowledge, lang)]
    if analysis.q_a is not None:
        lines += _indented(
            say(
                "mr.multi_q_a", lang, q=f"{analysis.q_a.q:.1f}", df=analysis.q_a.df, p=f"{analysis.q_a.p:.2g}",
                covariance=say(f"mr.covariance.{analysis.q_a.covariance.replace(', ', '_')}", lang),
            )
        )  # fmt: skip
    return "\n".join([*lines, "", *_multi_fates(analysis, knowledge, lang)]) + "\n"


def clump_page(clumped: Clumped, read: Candidates, name: str, knowledge: Knowledge, lang: Lang) -> str:
    """How many are kept, the settings, and each variant's fate."""
    say = knowledge.say
    lines = wrap(say("mr.clump_answer", lang, kept=len(clumped.kept), count=read.count, file=name), _WIDTH)
    window = f"{clumped.kb:g}"
    lines += wrap(
        say(
            "mr.clump_how",
            lang,
            r2=f"{clumped.r2:g}",
            kb=window,
            p=f"{clumped.p:g}",
            ld=say(f"mr.ld.{clumped.ld}", lang),
        ),
        _WIDTH,
    )
    if clumped.noise_r2 is not None and clumped.noise_r2 > clumped.r2:
        lines += wrap(say("mr.clump_noise", lang, r2=f"{clumped.r2:g}", noise=f"{clumped.noise_r2:.2g}"), _WIDTH)
    if clumped.everywhere:
        lines += wrap(say("mr.clump_everywhere", lang), _WIDTH)
    if read.above:
        lines += wrap(say("mr.clump_above", lang, count=read.above), _WIDTH)
    if read.unusable:
        lines += wrap(say("mr.clump_unusable", lang, count=read.unusable), _WIDTH)
    told = [fate for fate in clumped.fates if fate.keep or len(clumped.fates) <= _SHOWN]
    lines += ["", *(_fate(fate, knowledge, lang) for fate in told)]
    if len(told) < len(clumped.fates):
        counts = Counter(fate.reason for fate in clumped.fates if not fate.keep)
        for reason, count in sorted(counts.items()):
            lines.append("  " + say("mr.fate", lang, fate=say(f"mr.clump.{reason}", lang), reason=f"{count:,}"))
    return "\n".join(lines) + "\n"


def correlated_page(
    matched: Sequence[Matched], estimates: Sequence[Estimate], names: tuple[str, str], knowledge: Knowledge, lang: Lang
) -> str:
    """The answer, the two estimates and every variant's fate."""
    say = knowledge.say
    lines = [*answer_lines(estimates, names, knowledge, lang), ""]
    if not estimates:
        lines += [say("mr.nothing", lang)]
    else:
        lines += [say("mr.estimates_plain", lang), *(estimate_line(each, knowledge, lang) for each in estimates)]
    lines += ["", say("mr.variants", lang)]
    for row in matched:
        lines.append(f"  {row.snp:<14} {fate_words(row, knowledge, lang)}")
    return "\n".join(lines) + "\n"


def _answer(analysis: MultiAnalysis, knowledge: Knowledge, lang: Lang) -> Iterator[str]:
    """IVW's effect of each exposure in a sentence."""
    first = next((each for each in analysis.estimates if each.method == "mv_ivw"), None)
    for effect in first.effects if first else ():
        yield from wrap(
            knowledge.say(
                "mr.multi_answer", lang, exposure=effect.exposure, ratio=ratio_words(effect.estimate),
                low=ratio_words(effect.low), high=ratio_words(effect.high), p=f"{effect.p:.2g}",
            ),
            _WIDTH,
        )  # fmt: skip


def _multi_estimate(found: MultiEstimate, knowledge: Knowledge, lang: Lang) -> Iterator[str]:
    name = knowledge.say(f"mr.method.{found.method}", lang)
    if not found.effects:
        yield f"  {_padded(name, 30)}{why_not(found, knowledge, lang)}"
        return
    yield f"  {name}   [{convention(found)}]"
    width = max(cells(effect.exposure) for effect in found.effects) + 2
    for effect in found.effects:
        numbers = f"{ratio_words(effect.estimate)} ({ratio_words(effect.low)}–{ratio_words(effect.high)})"
        yield f"    {_padded(effect.exposure, width)}{numbers:<24} p {effect.p:.3g}"
    if found.intercept is not None and found.intercept_p is not None:
        line = knowledge.say(
            "mr.multi_intercept", lang, intercept=f"{found.intercept:.4f}", p=f"{found.intercept_p:.2g}"
        )
        yield f"    {line}"


def _strengths(rows: Sequence[Strength], analysis: MultiAnalysis, knowledge: Knowledge, lang: Lang) -> Iterator[str]:
    for row in rows:
        conditional = "?" if row.conditional_f is None else f"{row.conditional_f:.1f}"
        yield from _indented(
            knowledge.say(
                "mr.multi_f", lang, exposure=row.exposure, used=row.used, associated=row.associated,
                p=f"{analysis.threshold:g}", f=f"{row.f:.1f}", conditional=conditional,
            )
        )  # fmt: skip
    weak = [row.exposure for row in rows if row.conditional_f is not None and row.conditional_f < WEAK]
    if weak:
        yield from _indented(knowledge.say("mr.multi_weak", lang, exposures=listed(weak, lang), least=f"{WEAK:g}"))


def _multi_fates(analysis: MultiAnalysis, knowledge: Knowledge, lang: Lang) -> Iterator[str]:
    say = knowledge.say
    yield say("mr.variants", lang)
    told = [row for row in analysis.matched if not row.keep or len(analysis.matched) <= _SHOWN]
    for row in told[: 10 * _SHOWN]:
        where = f" ({row.where})" if row.where else ""
        yield f"  {row.snp:<14} {fate_words(row, knowledge, lang)}{where}"
    if len(told) < len(analysis.matched):
        yield "  " + say("mr.fate", lang, fate=say("mr.kept", lang), reason=f"{len(analysis.used):,}")


def _fate(fate: Fate, knowledge: Knowledge, lang: Lang) -> str:
    told = knowledge.say(f"mr.clump.{fate.reason}", lang)
    if fate.reason == "clumped":
        away = (
            "" if fate.distance_kb is None or not math.isfinite(fate.distance_kb) else f", {fate.distance_kb:,.0f} kb"
        )
        told += f" {fate.by} (r² {fate.r2:.3g}{away})"
    strength = "" if fate.neg_log10_p is None else f"   −log10 p {fate.neg_log10_p:.1f}"
    return f"  {fate.snp:<14} {told}{strength}"


def _indented(sentence: str) -> list[str]:
    return [f"  {line}" for line in wrap(sentence, _WIDTH - 2)]


def _padded(text: str, width: int) -> str:
    return text + " " * max(1, width - cells(text))
