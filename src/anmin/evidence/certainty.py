"""How sure an effect is: GRADE's five domains, from judgments in the data and from the figures themselves.

Randomised evidence starts high, observed evidence low; each domain takes up to two steps away, with its reason.
Source: GRADE handbook; the bounds (how many people are few, what I² is considerable) are judgments in the data.
"""

from __future__ import annotations

from collections.abc import Sequence

from anmin.evidence.model import CERTAINTIES, Certainty, Reason
from anmin.knowledge.load import Knowledge
from anmin.knowledge.studies import Domain, OutcomeId, Study, StudyOutcome
from anmin.knowledge.texts import Filling


def reasons(
    studies: Sequence[Study],
    row: StudyOutcome | None,
    outcome: OutcomeId,
    n: int | None,
    spans_zero: bool,
    knowledge: Knowledge,
    i2: float | None = None,
) -> tuple[Reason, ...]:
    """Every reason to be less sure of an effect that rests on these studies; no ``row``: no size is printed."""
    found = _judged(studies, outcome, knowledge)
    found += _design(studies, row, knowledge)
    found += _imprecision(n, spans_zero, knowledge) if row is not None else []
    if i2 is not None and i2 >= knowledge.value("evidence.grade.i2_considerable"):
        found.append(_reason("inconsistency", 1, "trials_disagree", knowledge, i2=round(i2)))
    if studies and all(study.maker_funded for study in studies):
        found.append(_reason("publication_bias", 1, "maker", knowledge))
    return tuple(found)


def certainty(found: Sequence[Reason], randomised: bool) -> Certainty:
    """The level that is left: each domain counts with its gravest reason, two steps at most."""
    domains: dict[Domain, int] = {}
    for reason in found:
        domains[reason.domain] = min(2, max(domains.get(reason.domain, 0), reason.down))
    start = CERTAINTIES.index("high" if randomised else "low")
    return CERTAINTIES[max(0, start - sum(domains.values()))]


def randomised(studies: Sequence[Study], row: StudyOutcome | None) -> bool:
    """Whether the evidence is a randomised comparison. A pooled analysis of trials counts as one."""
    if row is not None and row.contrast != "between":
        return False
    return bool(studies) and all(study.kind == "meta_analysis" or study.randomised for study in studies)


def not_randomised(knowledge: Knowledge) -> Reason:
    """Why a watched comparison starts low; counted by the start already, so it takes no step."""
    return _reason("risk_of_bias", 0, "observational", knowledge)


def _judged(studies: Sequence[Study], outcome: OutcomeId, knowledge: Knowledge) -> list[Reason]:
    found: dict[str, Reason] = {}
    for study in studies:
        for judgment in study.judged:
            if judgment.outcome in (None, outcome):
                found[judgment.reason] = Reason(
                    domain=judgment.domain, down=judgment.down, why=knowledge.text(judgment.reason)
                )
    return list(found.values())


def _design(studies: Sequence[Study], row: StudyOutcome | None, knowledge: Knowledge) -> list[Reason]:
    if row is not None and row.contrast == "within":
        return [_reason("risk_of_bias", 1, "change_only", knowledge)]
    trials = [study for study in studies if study.kind == "trial"]
    oral = [study.blinding for study in trials if study.route == "oral"]
    if any(blinding in ("single", "open") for blinding in oral):
        return [_reason("risk_of_bias", 1, "not_double_blind", knowledge)]
    if None in oral:
        return [_reason("risk_of_bias", 1, "blinding_unknown", knowledge)]
    return []


def _imprecision(n: int | None, spans_zero: bool, knowledge: Knowledge) -> list[Reason]:
    found: list[Reason] = []
    few = knowledge.value("evidence.grade.people_few")
    very_few = knowledge.value("evidence.grade.people_very_few")
    if n is None:
        found.append(_reason("imprecision", 1, "unknown_people", knowledge))
    elif n < few:
        down = 2 if n < very_few or spans_zero else 1
        found.append(_reason("imprecision", down, "few_people", knowledge, n=n))
    if spans_zero:
        found.append(_reason("imprecision", 1, "spans_nothing", knowledge))
    return found


def _reason(domain: Domain, down: int, name: str, knowledge: Knowledge, **params: Filling) -> Reason:
    return Reason(domain=domain, down=down, why=knowledge.text(f"evidence.certainty.{name}", **params))
