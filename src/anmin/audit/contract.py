"""What ``anmin audit --json`` prints. Keys are added, never renamed; text is in the language asked for."""

from __future__ import annotations

import msgspec

from anmin.audit.model import VERDICTS, Audit, By, Finding, Judged, Outcome
from anmin.knowledge.claims import ClaimKind, Verdict, Weight
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Lang, Source


class FindingOut(msgspec.Struct, frozen=True, kw_only=True):
    """What one check found; ``decides`` false: shown beside the claim only."""

    check: str
    by: By
    outcome: Outcome
    decides: bool
    says: str
    how_to_check: str
    sources: tuple[Source, ...]


class ClaimOut(msgspec.Struct, frozen=True, kw_only=True):
    """One claim. ``verdict`` follows from the findings, ``stated`` stands in the file, ``problem`` says why not."""

    id: str
    article_line: int | None
    topic: str
    kind: ClaimKind
    text: str
    verdict: Verdict | None
    stated: Verdict | None
    first_verdict: Verdict | None
    right: str | None
    note: str | None
    safety: Weight
    computed: bool
    problem: str | None
    findings: tuple[FindingOut, ...]


class AuditOut(msgspec.Struct, frozen=True, kw_only=True):
    """The whole audit: counts, and every claim in the order of the article."""

    version: str
    article: str
    lang: Lang
    claims_checked: int
    computed: int
    wrong: tuple[str, ...]
    open: tuple[str, ...]
    problems: tuple[str, ...]
    counts: dict[str, int]
    by_kind: dict[str, dict[str, int]]
    claims: tuple[ClaimOut, ...]


def audit_out(audit: Audit, knowledge: Knowledge, lang: Lang) -> AuditOut:
    """The audit in one language. ``wrong`` names claims, what matters for safety first."""
    return AuditOut(
        version=knowledge.version,
        article=audit.title,
        lang=lang,
        claims_checked=len(audit.claims),
        computed=sum(judged.computed for judged in audit.claims),
        wrong=tuple(judged.claim.id for judged in audit.wrong()),
        open=tuple(judged.claim.id for judged in audit.open()),
        problems=tuple(judged.claim.id for judged in audit.problems()),
        counts={str(verdict): count for verdict, count in audit.counts().items()},
        by_kind=by_kind(audit),
        claims=tuple(claim_out(judged, lang) for judged in audit.claims),
    )


def by_kind(audit: Audit) -> dict[str, dict[str, int]]:
    """For each kind of claim how many have which verdict; kinds in the order they first appear."""
    kinds = dict.fromkeys(judged.claim.kind for judged in audit.claims)
    return {
        kind: {verdict: sum(judged.claim.kind == kind and judged.verdict == verdict for judged in audit.claims)
               for verdict in VERDICTS}
        for kind in kinds
    }  # fmt: skip


def claim_out(judged: Judged, lang: Lang) -> ClaimOut:
    """One claim in one language."""
    claim = judged.claim
    return ClaimOut(
        id=claim.id,
        article_line=claim.article_line,
        topic=claim.topic,
        kind=claim.kind,
        text=claim.text.get(lang),
        verdict=judged.verdict,
        stated=claim.verdict,
        first_verdict=claim.first_verdict,
        right=claim.right.get(lang) if claim.right else None,
        note=claim.caveat.get(lang) if claim.caveat else None,
        safety=claim.safety,
        computed=judged.computed,
        problem=judged.problem.get(lang) if judged.problem else None,
        findings=tuple(_finding_out(finding, lang) for finding in judged.findings),
    )


def _finding_out(finding: Finding, lang: Lang) -> FindingOut:
    return FindingOut(
        check=finding.kind,
        by=finding.by,
        outcome=finding.outcome,
        decides=finding.decides,
        says=finding.says.get(lang),
        how_to_check=finding.how.get(lang),
        sources=finding.sources,
    )
