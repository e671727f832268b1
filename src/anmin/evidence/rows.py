"""Printed results as rows that speak of one component, with what could be derived from each."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TypeAlias, cast

import msgspec

from anmin.evidence.derive import derive, standardised_arms
from anmin.evidence.effect_sizes import critical
from anmin.evidence.model import Estimate, Missing, Unit
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import ReadIn
from anmin.knowledge.studies import Outcome, Study, StudyOutcome

KINDS: dict[str, int] = {"meta_analysis": 2, "trial": 1, "cohort": 0}
"""Kinds of study that effects come from, the stronger with the higher number."""

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


def rows(knowledge: Knowledge) -> Iterable[Row]:
    """Every printed result that can be credited to one component."""
    for study in knowledge.studies.values():
        if study.kind not in KINDS or study.route == "skin":
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


def rank(row: Row, gain: Gain) -> tuple[float, ...]:
    """What makes one usable row better than another, most important first; see :mod:`anmin.evidence.table`."""
    outcome = row.outcome
    tool = len(_TOOLS) - _TOOLS.index(outcome.tool) if outcome.tool else 0
    return (
        not lopsided(outcome), KINDS[row.study.kind], gain.converted_with is None, gain.unit != "SD", tool,
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


def read_in(row: Row) -> ReadIn:
    """How the row was read: its own mark, or that of its study."""
    return row.outcome.read_in or row.study.sources[0].read_in
