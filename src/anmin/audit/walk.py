"""The audit itself: every claim through its checks, and the verdict that follows.

audit(article, knowledge) -> Audit
    findings = each check, computed            # arithmetic, tables of facts, what was read
    verdict  = what follows from the findings  # never what the file wishes
    problem  = the file states another verdict, or one without any ground
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from anmin.audit import arithmetic, figures, reading, tables
from anmin.audit.book import Book
from anmin.audit.model import Article, Audit, Finding, Judged, Placed
from anmin.errors import ClaimError, InputError
from anmin.knowledge import claims as kinds
from anmin.knowledge.claims import Check, Claim, Verdict
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Lang, Text

_CHECKS: dict[type[Check], Callable[[Any, Book], Finding]] = {
    kinds.Stoichiometry: arithmetic.stoichiometry,
    kinds.DoseNeeded: arithmetic.dose_needed,
    kinds.PFromInterval: arithmetic.p_from_interval,
    kinds.Bonferroni: arithmetic.bonferroni,
    kinds.Temperature: arithmetic.temperature,
    kinds.Figure: figures.figure,
    kinds.Order: figures.order,
    kinds.Change: figures.change,
    kinds.Margin: figures.margin,
    kinds.Shell: figures.shell,
    kinds.Scaling: figures.scaling,
    kinds.Dilution: figures.dilution,
    kinds.DoseLimit: tables.dose_limit,
    kinds.LimitValue: tables.limit_value,
    kinds.Window: tables.window,
    kinds.Rule: tables.rule,
    kinds.Hour: tables.hour,
    kinds.Bath: tables.bath,
    kinds.StudyFigure: tables.study_figure,
    kinds.Effect: tables.effect,
    kinds.Pooled: tables.pooled,
    kinds.Largest: tables.largest,
    kinds.Read: reading.read,
    kinds.NotFound: reading.not_found,
}


def shipped(knowledge: Knowledge, lang: Lang = "en") -> Article:
    """The article this project began with: its 164 claims, in our own words."""
    title = knowledge.say("audit.article", lang)
    return Article(title=title, claims=tuple(Placed(claim=claim) for _, claim in sorted(knowledge.claims.items())))


def audit(article: Article, knowledge: Knowledge) -> Audit:
    """Every claim judged. :class:`~anmin.errors.ClaimError` where a check cannot be computed at all."""
    book = Book(knowledge=knowledge, records={**knowledge.records, **article.records})
    return Audit(title=article.title, claims=tuple(judge(placed, book) for placed in article.claims))


def judge(placed: Placed, book: Book) -> Judged:
    """One claim through all of its checks."""
    findings = tuple(_find(placed, place, check, book) for place, check in enumerate(placed.claim.checks))
    verdict = follows(findings)
    return Judged(
        claim=placed.claim,
        findings=findings,
        verdict=verdict,
        line=placed.line,
        problem=_problem(placed.claim, verdict, book.knowledge),
    )


def follows(findings: Iterable[Finding]) -> Verdict | None:
    """The verdict that follows from what decides: arithmetic first, then the worst of the rest; None from nothing."""
    deciding = [finding for finding in findings if finding.decides]
    reckoned = {finding.outcome for finding in deciding if finding.by == "arithmetic"}
    if reckoned:
        return "computed_ok" if reckoned == {"fits"} else "computed_wrong"
    outcomes = {finding.outcome for finding in deciding}
    if "against" in outcomes:
        return "contradicted"
    if "in_part" in outcomes:
        return "supported_with_caveat"
    if "fits" in outcomes:
        return "supported"
    return "unverifiable" if outcomes else None


def _problem(claim: Claim, verdict: Verdict | None, knowledge: Knowledge) -> Text | None:
    if claim.verdict is None or claim.verdict == verdict:
        return None
    stated = knowledge.text(f"knowledge.verdict.{claim.verdict}")
    if verdict is None:
        return knowledge.text("audit.problem.no_ground", stated=stated)
    return knowledge.text("audit.problem.other", stated=stated, follows=knowledge.text(f"knowledge.verdict.{verdict}"))


def _find(placed: Placed, place: int, check: Check, book: Book) -> Finding:
    try:
        return _CHECKS[type(check)](check, book)
    except InputError as error:
        field, value, allowed, hint = error.field, error.value, error.allowed, error.hint
    except (ArithmeticError, ValueError) as error:
        field, value, allowed, hint = "", str(error), "numbers that can be reckoned with", ""
    at = f"{placed.claim.id}.checks[{place}]{f'.{field}' if field else ''}"
    row = placed.row
    line = row.line("checks", place, field) if row else None
    raise ClaimError(at, value, allowed, hint, file=row.file if row else "", line=line)
