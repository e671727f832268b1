"""What an audit hands out: findings, judged claims, and claims whose verdict has no ground."""

from __future__ import annotations

from collections import Counter
from typing import Literal

import msgspec

from anmin.knowledge.claims import Claim, Record, Verdict, Weight
from anmin.knowledge.model import Source, Text
from anmin.knowledge.rows import Row

Outcome = Literal["fits", "in_part", "against", "silent"]
By = Literal["arithmetic", "facts", "record"]
"""``arithmetic``: follows from the numbers of the claim. ``facts``: from a table here. ``record``: a person read it."""

WRONG: frozenset[Verdict] = frozenset({"contradicted", "computed_wrong"})
VERDICTS: tuple[Verdict, ...] = (
    "supported", "supported_with_caveat", "contradicted", "unverifiable", "computed_ok", "computed_wrong"
)  # fmt: skip
WEIGHTS: tuple[Weight, ...] = ("high", "moderate", "low", "none")
"""Gravest first."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What one check found: the outcome, the numbers in words, how anybody can check it, and where it was read."""

    kind: str
    by: By
    outcome: Outcome
    says: Text
    how: Text
    decides: bool
    sources: tuple[Source, ...] = ()


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """A claim and the place it was written, so that an error can name the line."""

    claim: Claim
    row: Row | None = None

    @property
    def line(self) -> int | None:
        """The line of the claim in its file."""
        return self.row.line() if self.row is not None else None


class Article(msgspec.Struct, frozen=True, kw_only=True):
    """The claims of one text, with the records that belong to them alone."""

    title: str
    claims: tuple[Placed, ...]
    records: dict[str, Record] = {}


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """A claim with what its checks found.

    ``verdict`` is what follows from the findings (None: nothing does yet). ``problem`` says why the verdict that the
    file states does not follow.
    """

    claim: Claim
    findings: tuple[Finding, ...]
    verdict: Verdict | None
    line: int | None = None
    problem: Text | None = None

    @property
    def computed(self) -> bool:
        """Whether a computation is among what decides."""
        return any(finding.decides and finding.by != "record" for finding in self.findings)


class Audit(msgspec.Struct, frozen=True, kw_only=True):
    """Every claim of an article, judged, in the order of the file."""

    title: str
    claims: tuple[Judged, ...]

    def counts(self) -> dict[Verdict, int]:
        """How many claims have which verdict, all verdicts named."""
        found = Counter(judged.verdict for judged in self.claims)
        return {verdict: found[verdict] for verdict in VERDICTS}

    def open(self) -> tuple[Judged, ...]:
        """Claims that nobody judged and no check decides."""
        return tuple(judged for judged in self.claims if judged.verdict is None)

    def problems(self) -> tuple[Judged, ...]:
        """Claims whose stated verdict does not follow from anything."""
        return tuple(judged for judged in self.claims if judged.problem is not None)

    def wrong(self) -> tuple[Judged, ...]:
        """Contradicted or computed wrong: what may cost safety first, then as they stand in the article."""
        return tuple(sorted((judged for judged in self.claims if judged.verdict in WRONG), key=gravest_first))


def gravest_first(judged: Judged) -> tuple[int, int, str]:
    """Key that sorts claims by safety weight, then by their place in the article."""
    return WEIGHTS.index(judged.claim.safety), judged.claim.article_line or 0, judged.claim.id
