"""The table the plan reads: for every component and outcome the best effect that the studies can give.

Best means, in this order: an interval that does not contradict itself, pooled before single, randomised before
watched, printed in the outcome's own unit before converted, what the person notices (diary) before instruments,
then more trials and more people. Where studies give no usable size, what remains is the direction they point.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from typing import Literal, TypeAlias, cast

import msgspec

from anmin.evidence import certainty as grade
from anmin.evidence.derive import derive, standardised_arms
from anmin.evidence.effect_sizes import critical
from anmin.evidence.model import Basis, Effect, Estimate, Missing, Unit
from anmin.evidence.words import basis_text, describe
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import ReadIn, Text
from anmin.knowledge.studies import Direction, Outcome, OutcomeId, Study, StudyOutcome

_KINDS: dict[str, int] = {"meta_analysis": 2, "trial": 1, "cohort": 0}
_TOOLS = ("diary", "questionnaire", "mixed", "polysomnography", "eeg", "actigraphy", "wearable", "laboratory")


Doses: TypeAlias = tuple[float | None, float | None]
"""Smallest and largest dose a day, milligrams."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One printed result that speaks of one component, with what could be derived from it."""

    component: str
    study: Study
    outcome: StudyOutcome
    estimate: Estimate | Missing


class Gain(msgspec.Struct, frozen=True, kw_only=True):
    """An estimate in the unit of its outcome, positive when better."""

    unit: Unit
    value: float
    low: float
    high: float
    converted_with: str | None = None


def effects(knowledge: Knowledge) -> tuple[Effect, ...]:
    """Every effect, by component and then outcome in the order of the data."""
    by_pair: defaultdict[tuple[str, OutcomeId], list[Row]] = defaultdict(list)
    by_component: defaultdict[str, dict[str, Study]] = defaultdict(dict)
    for row in rows(knowledge):
        by_pair[row.component, row.outcome.outcome].append(row)
        by_component[row.component][row.study.id] = row.study
    order = {outcome: place for place, outcome in enumerate(knowledge.outcomes)}
    return tuple(
        effect_of(
            component, knowledge.outcomes[outcome], group, doses(component, by_component[component].values()), knowledge
        )
        for (component, outcome), group in sorted(
            by_pair.items(), key=lambda item: (item[0][0], order.get(item[0][1], 0))
        )
        if outcome in knowledge.outcomes
    )


def rows(knowledge: Knowledge) -> Iterable[Row]:
    """Every printed result that can be credited to one component."""
    for study in knowledge.studies.values():
        if study.kind not in _KINDS or study.route == "skin":
            continue
        for outcome in study.outcomes:
            component = credited(study, outcome)
            if component is not None:
                yield Row(component=component, study=study, outcome=outcome, estimate=derive(outcome, study))


def credited(study: Study, outcome: StudyOutcome) -> str | None:
    """The one component that a row speaks of; None for mixtures."""
    if outcome.component is not None:
        return None if "+" in outcome.component else outcome.component
    return study.components[0] if len(study.components) == 1 else None


def effect_of(component: str, outcome: Outcome, group: list[Row], studied: Doses, knowledge: Knowledge) -> Effect:
    """The best effect of one component on one outcome out of all rows about it.

    ``studied`` is the span of doses in any study of the component, used where the chosen one states none.
    """
    usable = []
    for row in group:
        gain = gain_of(row, outcome, knowledge)
        if gain is not None:
            usable.append((row, gain))
    if not usable:
        return _direction_of(component, outcome, group, studied, knowledge)
    best, gain = max(usable, key=lambda item: _rank(*item))
    return _sized(component, outcome, best, gain, studied, knowledge)


def gain_of(row: Row, outcome: Outcome, knowledge: Knowledge) -> Gain | None:
    """The estimate in the outcome's unit; None where there is none or the unit cannot be reached."""
    estimate, better = row.estimate, row.outcome.better
    if isinstance(estimate, Missing) or better is None:
        return None
    if estimate.metric == "MD" and outcome.unit_code == "SD":
        estimate = standardised_arms(row.outcome, row.study) or Missing(reason="evidence.missing.unit")
        if isinstance(estimate, Missing):
            return None
    half = critical(estimate.df) * estimate.se
    sign = 1.0 if better == "higher" else -1.0
    ends = sorted((sign * (estimate.effect - half), sign * (estimate.effect + half)))
    value = sign * estimate.effect
    if estimate.metric == "log_ratio":
        reference = f"evidence.reference.{outcome.id}"
        start = knowledge.value(reference)
        value, low, high = (start * -math.expm1(-x) for x in (value, *ends))
        return Gain(unit=outcome.unit_code, value=value, low=low, high=high, converted_with=reference)
    if estimate.metric == "SMD" and outcome.unit_code != "SD":
        if outcome.sd is None:
            return Gain(unit="SD", value=value, low=ends[0], high=ends[1])
        sd = knowledge.value(outcome.sd)
        return Gain(
            unit=outcome.unit_code, value=value * sd, low=ends[0] * sd, high=ends[1] * sd, converted_with=outcome.sd
        )
    return Gain(unit=outcome.unit_code, value=value, low=ends[0], high=ends[1])


def lopsided(outcome: StudyOutcome) -> bool:
    """Whether a printed interval is not centred on its effect, beyond rounding (5 % of its width)."""
    if None in (outcome.effect, outcome.low, outcome.high) or outcome.metric not in ("MD", "SMD", "log_ratio"):
        return False
    effect, low, high = cast(float, outcome.effect), cast(float, outcome.low), cast(float, outcome.high)
    return abs((low + high) / 2.0 - effect) > 0.05 * (high - low)


def _rank(row: Row, gain: Gain) -> tuple[float, ...]:
    outcome = row.outcome
    tool = len(_TOOLS) - _TOOLS.index(outcome.tool) if outcome.tool else 0
    return (
        not lopsided(outcome), _KINDS[row.study.kind], gain.converted_with is None, gain.unit != "SD", tool,
        outcome.k or row.study.k or 1, people(row) or 0,
    )  # fmt: skip


def people(row: Row) -> int | None:
    """How many people stand behind a row: its own number, the sum of its arms, or the study's."""
    arms = [arm.n for arm in row.outcome.arms if arm.role != "other" and arm.n is not None]
    summed = (max(arms) if row.study.crossover else sum(arms)) if len(arms) == 2 else None
    return row.outcome.n or summed or row.study.n_analysed or row.study.n_randomised


def doses(component: str, studies: Iterable[Study]) -> Doses:
    """Smallest and largest dose of the component that these studies state."""
    stated = [
        mg for study in studies if study.route == "oral" for dose in study.doses if dose.substance == component
        for mg in (dose.mg, dose.mg_high) if mg is not None
    ]  # fmt: skip
    return (min(stated), max(stated)) if stated else (None, None)


def _sized(component: str, outcome: Outcome, row: Row, gain: Gain, studied: Doses, knowledge: Knowledge) -> Effect:
    estimate = cast(Estimate, row.estimate)
    study, printed = row.study, row.outcome
    n = people(row)
    found = grade.reasons([study], printed, outcome.id, n, gain.low < 0.0 < gain.high, knowledge)
    level = grade.certainty(found, grade.randomised([study], printed))
    if not grade.randomised([study], printed) and study.kind != "trial":
        found += (grade.not_randomised(knowledge),)
    basis: Basis = "pooled" if study.kind == "meta_analysis" else "cohort" if study.kind == "cohort" else "trial"
    own = doses(component, [study])
    low, high = own if own != (None, None) else studied
    k = printed.k or study.k if basis == "pooled" else 1
    half = critical(estimate.df) * estimate.se
    words = describe(
        outcome, gain.unit, gain.value, gain.low, gain.high, level, basis_text(basis, k, n, study, knowledge), knowledge
    )
    return Effect(
        component=component,
        outcome=outcome.id,
        metric=estimate.metric,
        unit=gain.unit,
        gain=gain.value,
        low=gain.low,
        high=gain.high,
        direction="better" if gain.low > 0.0 else "worse" if gain.high < 0.0 else "unclear",
        certainty=level,
        basis=basis,
        studies=(study.id,),
        k=k,
        n=n,
        read_in=_read_in(row),
        text=words,
        dose_low_mg=low,
        dose_high_mg=high,
        population=study.population,
        maker_funded=bool(study.maker_funded),
        reasons=found,
        notes=tuple(_notes(row, gain, outcome, knowledge)),
        printed=estimate.effect,
        printed_low=estimate.effect - half,
        printed_high=estimate.effect + half,
        converted_with=gain.converted_with,
        route=estimate.route,
        low_magnesium=bool(study.low_magnesium),
        age_low=study.age_low,
    )


def _notes(row: Row, gain: Gain, outcome: Outcome, knowledge: Knowledge) -> Iterable[Text]:
    if gain.converted_with is not None:
        value = knowledge.value(gain.converted_with)
        ratio = cast(Estimate, row.estimate).metric == "log_ratio"
        name = "evidence.note.converted_ratio" if ratio else "evidence.note.converted_sd"
        yield knowledge.text(name, start=value) if ratio else knowledge.text(name, sd=value, unit=outcome.unit)
    if _read_in(row) == "secondary":
        yield knowledge.text("evidence.note.second_hand")
    if row.outcome.contrast == "within":
        yield knowledge.text("evidence.note.from_change")
    yield from row.study.doubts


def _read_in(row: Row) -> ReadIn:
    return row.outcome.read_in or row.study.sources[0].read_in


def _direction_of(component: str, outcome: Outcome, group: list[Row], studied: Doses, knowledge: Knowledge) -> Effect:
    told = [row for row in group if _compares(row) and row.outcome.direction != "unclear"]
    direction = _agree([row.outcome.direction for row in told])
    group = told or group
    studies = list({row.study.id: row.study for row in group}.values())
    counted = [people(row) for row in group]
    own = doses(component, studies)
    low, high = own if own != (None, None) else studied
    found = grade.reasons(studies, None, outcome.id, None, False, knowledge)
    labels = ", ".join(study.label for study in studies)
    metric: Literal["MD", "SMD"] = "SMD" if outcome.unit_code == "SD" else "MD"
    return Effect(
        component=component,
        outcome=outcome.id,
        metric=metric,
        unit=outcome.unit_code,
        gain=None,
        low=None,
        high=None,
        direction=direction,
        certainty="very_low",
        basis="direction",
        studies=tuple(study.id for study in studies),
        k=len(studies),
        n=sum(count for count in counted if count) or None,
        read_in=_read_in(group[0]),
        text=knowledge.text(f"evidence.effect.points_{direction}", name=outcome.name, studies=labels),
        dose_low_mg=low,
        dose_high_mg=high,
        population=studies[0].population if len(studies) == 1 else None,
        maker_funded=all(bool(study.maker_funded) for study in studies),
        reasons=found,
        notes=tuple({reason.reason: knowledge.text(reason.reason) for reason in _missing(group)}.values()),
    )


def _missing(group: Iterable[Row]) -> Iterable[Missing]:
    for row in group:
        if isinstance(row.estimate, Missing):
            yield row.estimate


def _compares(row: Row) -> bool:
    """Whether a row is a comparison at all: a change over time points nowhere."""
    return row.outcome.contrast == "between" or (row.outcome.contrast == "association" and row.study.kind == "cohort")


def _agree(directions: list[Direction]) -> Direction | Literal["mixed"]:
    told = set(directions)
    if not told:
        return "unclear"
    return told.pop() if len(told) == 1 else "mixed"
