"""The machine contract: what ``--json`` prints, with a JSON Schema made from these very types.

Stable: keys are added, never renamed or removed. Hours are hours, masses milligrams (elemental for minerals, the
free substance for others), clock times ``HH:MM``. Text is in the language asked for.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from anmin.knowledge.model import Action, Lang, Severity, Source
from anmin.person.model import Bath, Question
from anmin.plan.model import Line, Plan, Regimen
from anmin.safety.model import Assessment, Finding, LedgerLine, Verdict
from anmin.units.clock import show_clock


class SourceOut(msgspec.Struct, frozen=True, kw_only=True):
    """Where a fact was read, and how."""

    label: Annotated[str, Meta(description="what was read")]
    read_in: Annotated[str, Meta(description="how: full_text, abstract, label, regulator, secondary …")]
    url: str | None
    doi: str | None
    pmid: str | None


class FindingOut(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that speaks about this person and this substance.

    ``applies``: it is broken, or always holds, at these times and amounts. ``beside``: it is about something already
    taken, or a referral, and does not change the verdict.
    """

    rule: Annotated[str, Meta(description="id of the rule; `anmin why ID` shows it")]
    substance: str
    with_: Annotated[str, Meta(description="the medicine, condition, limit or other substance it is about")] = (
        msgspec.field(name="with")
    )
    severity: Annotated[Severity, Meta(description="contraindicated, major, moderate or minor")]
    action: Annotated[Action | Literal["stop", "ask"], Meta(description="what the rule asks for")]
    applies: Annotated[
        bool, Meta(description="broken or always holding at these times and amounts; false: checked and kept")
    ]
    beside: Annotated[
        bool, Meta(description="about something already taken, or a referral: does not change the verdict")
    ]
    hours_after_drug: Annotated[
        float | None, Meta(description="hours after a dose of the medicine before the supplement may come")
    ]
    hours_before_drug: Annotated[
        float | None, Meta(description="hours before the next dose by which the supplement must have been taken")
    ]
    cap_mg: Annotated[float | None, Meta(description="milligrams that may still be added today")]
    reason: str
    readings: Annotated[
        tuple[str, ...], Meta(description="what the sources say where they differ; the strictest counts")
    ]
    sources: tuple[SourceOut, ...]


class QuestionOut(msgspec.Struct, frozen=True, kw_only=True):
    """Something that must be answered first; ``blocks`` names substances, ``*`` all."""

    id: str
    field: Annotated[str, Meta(description="where the answer goes in the profile")]
    text: str
    why: Annotated[str, Meta(description="why it is asked")]
    options: Annotated[tuple[str, ...], Meta(description="answers to choose from, if any")]
    blocks: Annotated[tuple[str, ...], Meta(description='substances that wait for the answer; "*" is everything')]


class LedgerOut(msgspec.Struct, frozen=True, kw_only=True):
    """One nutrient over the day; food is in the total only where the limit counts it."""

    from_products_mg: Annotated[float, Meta(description="mg a day from supplements already taken")]
    from_medicines_mg: Annotated[float, Meta(description="mg a day from medicines that contain it")]
    from_plan_mg: Annotated[float, Meta(description="mg a day that are planned or asked about")]
    from_food_mg: Annotated[float, Meta(description="mg a day from food, where the limit counts it")]
    total_mg: float
    limit_mg: Annotated[float | None, Meta(description="the strictest limit that binds this person; null: none known")]
    limit_rule: Annotated[str | None, Meta(description="id of that limit")]
    over: bool


class BathOut(msgspec.Struct, frozen=True, kw_only=True):
    """A warm bath: °C, minutes in the water, and when to be out of it."""

    water_c: Annotated[float, Meta(description="water temperature, °C")]
    minutes: Annotated[float, Meta(description="minutes in the water")]
    start: Annotated[str, Meta(description="HH:MM into the water")]
    end: Annotated[str, Meta(description="HH:MM out of it")]


class DoseOut(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the evening that is taken by mouth."""

    substance: str
    form: Annotated[str | None, Meta(description="id of the magnesium compound")]
    amount_mg: Annotated[float | None, Meta(description="mg on the named basis")]
    basis: Literal["elemental", "compound", "free"] | None
    clock: Annotated[str, Meta(description="HH:MM")]
    what: Annotated[str, Meta(description="the line as a sentence")]
    why: Annotated[tuple[str, ...], Meta(description="reasons, most important first")]
    rules: Annotated[tuple[str, ...], Meta(description="ids of the rules that shaped the line")]


class OptionOut(msgspec.Struct, frozen=True, kw_only=True):
    """One undominated regimen. ``gain`` in ``unit``, on top of sleep habits; ``cost`` a day, None where a price is
    unknown; ``leads`` counts substances whose trials point the right way but print no size."""

    components: Annotated[tuple[str, ...], Meta(description="ids of what is taken or done")]
    label: str | None
    gain: Annotated[float, Meta(description="expected improvement in `unit`, on top of sleep habits")]
    unit: Annotated[str, Meta(description="unit of the outcome the complaint is about")]
    chance: Annotated[float, Meta(description="probability (0 to 1) of a difference that matters")]
    certainty: Annotated[str, Meta(description="none, very_low, low, moderate or high")]
    leads: Annotated[float, Meta(description="sum over substances whose trials point the right way but print no size")]
    cost: Annotated[float | None, Meta(description="a day, in `currency`; null: a price is unknown")]
    currency: str | None
    burden: Annotated[int, Meta(description="pieces to swallow plus steps to do")]


class CheckOut(msgspec.Struct, frozen=True, kw_only=True):
    """What ``anmin check --json`` prints."""

    verdict: Annotated[
        Verdict,
        Meta(description="gravest finding that applies: allow, consult, cap, separate, ask, avoid, block, stop"),
    ]
    findings: tuple[FindingOut, ...]
    questions: tuple[QuestionOut, ...]
    ledger: Annotated[dict[str, LedgerOut], Meta(description="by substance id")]
    lang: Lang
    data_version: Annotated[str, Meta(description="SHA-256 of the facts it rests on")]


class PlanOut(msgspec.Struct, frozen=True, kw_only=True):
    """What ``anmin plan --json`` prints."""

    status: Annotated[Literal["plan", "ask", "stop"], Meta(description="plan (exit 0), ask (exit 3) or stop (exit 4)")]
    headline: Annotated[str, Meta(description="the answer in one sentence")]
    questions: tuple[QuestionOut, ...]
    findings: tuple[FindingOut, ...]
    regimen: Annotated[tuple[DoseOut, ...], Meta(description="what is taken, on the clock")]
    bath: BathOut | None
    ledger: dict[str, LedgerOut]
    front: Annotated[
        tuple[OptionOut, ...], Meta(description="undominated regimens worth showing, the chosen one first")
    ]
    front_size: Annotated[int, Meta(description="how many undominated regimens there are")]
    changes: Annotated[tuple[str, ...], Meta(description="what would make another one the choice")]
    dropped: Annotated[tuple[str, ...], Meta(description="what was left out, and why")]
    expectations: Annotated[tuple[str, ...], Meta(description="what to expect, watch for and when to review")]
    safe_anyway: Annotated[tuple[str, ...], Meta(description="what is safe whatever the answer")]
    sources: tuple[SourceOut, ...]
    lang: Lang
    data_version: Annotated[str, Meta(description="SHA-256 of the facts it rests on")]


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
