"""The machine contract: what ``--json`` prints, with a JSON Schema made from these very types.

Stable: keys are added, never renamed or removed. Hours are hours, masses milligrams (elemental for minerals, the
free substance for others), clock times ``HH:MM``. Text is in the language asked for.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from anmin.knowledge.model import Action, Lang, Severity, Source
from anmin.person.model import Bath, Question
from anmin.plan.model import Line, Plan, Regimen
from anmin.safety.model import Assessment, Finding, LedgerLine, Verdict
from anmin.units.clock import show_clock


class SourceOut(msgspec.Struct, frozen=True, kw_only=True):
    """Where a fact was read, and how."""

    label: str
    read_in: str
    url: str | None
    doi: str | None
    pmid: str | None


class FindingOut(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that speaks about this person and this substance.

    ``applies``: it is broken, or always holds, at these times and amounts. ``beside``: it is about something already
    taken, or a referral, and does not change the verdict.
    """

    rule: str
    substance: str
    with_: str = msgspec.field(name="with")
    severity: Severity
    action: Action | Literal["stop", "ask"]
    applies: bool
    beside: bool
    hours_after_drug: float | None
    hours_before_drug: float | None
    cap_mg: float | None
    reason: str
    readings: tuple[str, ...]
    sources: tuple[SourceOut, ...]


class QuestionOut(msgspec.Struct, frozen=True, kw_only=True):
    """Something that must be answered first; ``blocks`` names substances, ``*`` all."""

    id: str
    field: str
    text: str
    why: str
    options: tuple[str, ...]
    blocks: tuple[str, ...]


class LedgerOut(msgspec.Struct, frozen=True, kw_only=True):
    """One nutrient over the day; food is in the total only where the limit counts it."""

    from_products_mg: float
    from_medicines_mg: float
    from_plan_mg: float
    from_food_mg: float
    total_mg: float
    limit_mg: float | None
    limit_rule: str | None
    over: bool


class BathOut(msgspec.Struct, frozen=True, kw_only=True):
    """A warm bath: °C, minutes in the water, and when to be out of it."""

    water_c: float
    minutes: float
    start: str
    end: str


class DoseOut(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the evening that is taken by mouth."""

    substance: str
    form: str | None
    amount_mg: float | None
    basis: Literal["elemental", "compound", "free"] | None
    clock: str
    what: str
    why: tuple[str, ...]
    rules: tuple[str, ...]


class OptionOut(msgspec.Struct, frozen=True, kw_only=True):
    """One undominated regimen. ``gain`` in ``unit``, on top of sleep habits; ``cost`` a day, None where a price is
    unknown; ``leads`` counts substances whose trials point the right way but print no size."""

    components: tuple[str, ...]
    label: str | None
    gain: float
    unit: str
    chance: float
    certainty: str
    leads: float
    cost: float | None
    currency: str | None
    burden: int


class CheckOut(msgspec.Struct, frozen=True, kw_only=True):
    """What ``anmin check --json`` prints."""

    verdict: Verdict
    findings: tuple[FindingOut, ...]
    questions: tuple[QuestionOut, ...]
    ledger: dict[str, LedgerOut]
    lang: Lang
    data_version: str


class PlanOut(msgspec.Struct, frozen=True, kw_only=True):
    """What ``anmin plan --json`` prints."""

    status: Literal["plan", "ask", "stop"]
    headline: str
    questions: tuple[QuestionOut, ...]
    findings: tuple[FindingOut, ...]
    regimen: tuple[DoseOut, ...]
    bath: BathOut | None
    ledger: dict[str, LedgerOut]
    front: tuple[OptionOut, ...]
    front_size: int
    changes: tuple[str, ...]
    dropped: tuple[str, ...]
    expectations: tuple[str, ...]
    safe_anyway: tuple[str, ...]
    sources: tuple[SourceOut, ...]
    lang: Lang
    data_version: str


def check_out(assessment: Assessment, lang: Lang, data_version: str) -> CheckOut:
    """The assessment in the contract's shape."""
    return CheckOut(
        verdict=assessment.verdict,
        findings=tuple(_finding(finding, lang) for finding in assessment.findings),
        questions=tuple(_question(question, lang) for question in assessment.questions),
        ledger=_ledger(assessment.ledger),
        lang=lang,
        data_version=data_version,
    )


def plan_out(plan: Plan, lang: Lang, data_version: str) -> PlanOut:
    """The plan in the contract's shape."""
    return PlanOut(
        status=plan.status,
        headline=plan.headline.get(lang),
        questions=tuple(_question(question, lang) for question in plan.questions),
        findings=tuple(_finding(finding, lang) for finding in plan.findings),
        regimen=tuple(_dose(line, lang) for line in plan.lines if line.amount_mg is not None),
        bath=bath_out(plan.bath),
        ledger=_ledger(plan.ledger),
        front=tuple(_option(regimen, lang) for regimen in plan.front),
        front_size=plan.front_size,
        changes=tuple(text.get(lang) for text in plan.changes),
        dropped=tuple(text.get(lang) for text in plan.dropped),
        expectations=tuple(text.get(lang) for text in plan.expectations),
        safe_anyway=tuple(text.get(lang) for text in plan.safe_anyway),
        sources=tuple(_source(source) for source in plan.sources),
        lang=lang,
        data_version=data_version,
    )


def schema(of: type[msgspec.Struct]) -> dict[str, Any]:
    """The JSON Schema (2020-12) of one of the contract's types."""
    return msgspec.json.schema(of)


def _source(source: Source) -> SourceOut:
    return SourceOut(label=source.label, read_in=source.read_in, url=source.url, doi=source.doi, pmid=source.pmid)


def _finding(finding: Finding, lang: Lang) -> FindingOut:
    return FindingOut(
        rule=finding.rule,
        substance=finding.substance,
        with_=finding.with_,
        severity=finding.severity,
        action=finding.action,
        applies=finding.applies,
        beside=finding.beside,
        hours_after_drug=finding.hours_after_drug,
        hours_before_drug=finding.hours_before_drug,
        cap_mg=finding.cap_mg,
        reason=finding.reason.get(lang),
        readings=finding.readings,
        sources=tuple(_source(source) for source in finding.sources),
    )


def _question(question: Question, lang: Lang) -> QuestionOut:
    return QuestionOut(
        id=question.id,
        field=question.field,
        text=question.text.get(lang),
        why=question.why.get(lang),
        options=question.options,
        blocks=question.blocks,
    )


def _ledger(lines: tuple[LedgerLine, ...]) -> dict[str, LedgerOut]:
    return {
        line.substance: LedgerOut(
            from_products_mg=line.from_products_mg,
            from_medicines_mg=line.from_medicines_mg,
            from_plan_mg=line.from_plan_mg,
            from_food_mg=line.from_food_mg,
            total_mg=line.total_mg,
            limit_mg=line.limit_mg,
            limit_rule=line.limit_rule,
            over=line.over,
        )
        for line in lines
    }


def bath_out(bath: Bath | None) -> BathOut | None:
    """The bath with the time to get in, so that nobody has to subtract at night."""
    if bath is None:
        return None
    return BathOut(
        water_c=bath.water_c,
        minutes=bath.minutes,
        start=show_clock(int(bath.end - bath.minutes)),
        end=show_clock(bath.end),
    )


def _dose(line: Line, lang: Lang) -> DoseOut:
    return DoseOut(
        substance=line.substance or "",
        form=line.form,
        amount_mg=line.amount_mg,
        basis=line.basis,
        clock=show_clock(line.clock),
        what=line.what.get(lang),
        why=tuple(text.get(lang) for text in line.why),
        rules=line.rules,
    )


def _option(regimen: Regimen, lang: Lang) -> OptionOut:
    return OptionOut(
        components=tuple(component.id for component in regimen.components),
        label=regimen.label.get(lang) if regimen.label else None,
        gain=regimen.gain,
        unit=regimen.unit,
        chance=regimen.chance,
        certainty=regimen.certainty,
        leads=regimen.leads,
        cost=regimen.cost,
        currency=regimen.currency,
        burden=regimen.burden,
    )
