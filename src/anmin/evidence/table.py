"""The table the plan reads: for every component and outcome the best effect that the studies can give.

Best means, in this order: an interval that does not contradict itself, pooled before single, randomised before
watched, printed in the outcome's own unit before converted, what the person notices (diary) before instruments,
then more trials and more people. Two or more single trials that nobody pooled are pooled here. Where studies give no
usable size, what remains is the direction they point.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Literal

from anmin.evidence import certainty as grade
from anmin.evidence.model import Effect, Missing
from anmin.evidence.rows import Doses, Row, doses, gain_of, people, read_in, rows
from anmin.evidence.sized import from_best, from_pool, poolable
from anmin.knowledge.load import Knowledge
from anmin.knowledge.studies import Direction, Outcome, OutcomeId, Study


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


def effect_of(component: str, outcome: Outcome, group: list[Row], studied: Doses, knowledge: Knowledge) -> Effect:
    """The best effect of one component on one outcome out of all rows about it.

    ``studied`` is the span of doses in any study of the component, used where the chosen one states none.
    """
    usable = [(row, gain) for row in group if (gain := gain_of(row, outcome, knowledge)) is not None]
    if not usable:
        return _direction_of(component, outcome, group, studied, knowledge)
    trials = poolable(usable)
    if trials:
        return from_pool(component, outcome, trials, studied, knowledge)
    return from_best(component, outcome, usable, studied, knowledge)


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
        read_in=read_in(group[0]),
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
