"""What a forest plot shows: every study of one component and outcome, and the effect the plan uses."""

from __future__ import annotations

from typing import Literal

import msgspec

from anmin.evidence.derive import derive
from anmin.evidence.model import Effect, Estimate, Unit
from anmin.evidence.rows import KINDS, Row, credited, gain_of, people, rows
from anmin.evidence.words import unit_name
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Text
from anmin.knowledge.studies import Direction, OutcomeId, Study

Mark = Literal["trial", "pooled", "cohort", "used", "none"]


class ForestLine(msgspec.Struct, frozen=True, kw_only=True):
    """An effect with its interval (positive is better) or only a direction; ``share`` of the weight, 0 to 1."""

    label: str
    mark: Mark
    value: float | None = None
    low: float | None = None
    high: float | None = None
    share: float = 0.0
    n: int | None = None
    direction: Direction | Literal["mixed"] = "unclear"


class Forest(msgspec.Struct, frozen=True, kw_only=True):
    """The lines in order of the studies, the effect in use last. ``matters``: the difference that matters, if known."""

    component: str
    outcome: OutcomeId
    name: Text
    unit: Unit
    unit_name: Text
    matters: float | None
    lines: tuple[ForestLine, ...]


def forest(effect: Effect, knowledge: Knowledge) -> Forest:
    """Every study that speaks of the effect's component and outcome; rows that fit no unit keep their direction."""
    outcome = knowledge.outcomes[effect.outcome]
    found = [
        row for row in rows(knowledge) if (row.component, row.outcome.outcome) == (effect.component, effect.outcome)
    ]
    gains = [gain_of(row, outcome, knowledge) for row in found]
    widths = [1.0 / (gain.high - gain.low) ** 2 for gain in gains if gain is not None and gain.unit == effect.unit]
    heaviest = max(widths, default=1.0)
    lines = []
    for row, gain in zip(found, gains, strict=True):
        label, n = row.study.label, people(row)
        if gain is None or gain.unit != effect.unit:
            lines.append(ForestLine(label=label, mark="none", n=n, direction=row.outcome.direction))
            continue
        mark: Mark = (
            "pooled" if row.study.kind == "meta_analysis" else "cohort" if row.study.kind == "cohort" else "trial"
        )
        lines.append(
            ForestLine(
                label=label, mark=mark, value=gain.value, low=gain.low, high=gain.high,
                share=1.0 / (gain.high - gain.low) ** 2 / heaviest, n=n, direction=row.outcome.direction,
            )
        )  # fmt: skip
    if effect.gain is not None:
        lines.append(
            ForestLine(
                label="", mark="used", value=effect.gain, low=effect.low, high=effect.high, share=1.0, n=effect.n,
                direction=effect.direction,
            )
        )  # fmt: skip
    return Forest(
        component=effect.component,
        outcome=effect.outcome,
        name=outcome.name,
        unit=effect.unit,
        unit_name=unit_name(outcome, effect.unit),
        matters=knowledge.value(outcome.threshold) if outcome.threshold and effect.unit == outcome.unit_code else None,
        lines=tuple(lines),
    )


def studies_of(component: str, knowledge: Knowledge) -> list[Study]:
    """Every study in which a component was given, mixtures and reviews included."""
    return [
        study
        for study in knowledge.studies.values()
        if component in study.components or any(row.component == component for row in study.outcomes)
    ]


def mixed_rows(component: str, knowledge: Knowledge) -> list[tuple[Row, Estimate]]:
    """Results of mixtures that hold the component: shown beside it, credited to nobody."""
    found = []
    for study in knowledge.studies.values():
        if component not in study.components or len(study.components) == 1 or study.kind not in KINDS:
            continue
        for outcome in study.outcomes:
            made = derive(outcome, study)
            if (
                credited(study, outcome) is None
                and isinstance(made, Estimate)
                and outcome.outcome in knowledge.outcomes
            ):
                row = Row(component=component, study=study, outcome=outcome, estimate=made)
                found.append((row, made))
    return found
