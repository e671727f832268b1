"""Every nutrient summed over a day, against the strictest limit that binds the person.

Decisions where the rules are silent, all on the safe side:

- Country not known: every country's limits bind. Age not known: the limits of every age bind. A person outside the
  ages of all rows of their country gets the strictest of those rows.
- A country that has no number for a substance adds no limit; where another body's number stands in for one that could
  not be read, that is a row of the data ("project default") and says so.
- A limit per kilogram needs a weight; without one it cannot be worked out and the person counts as outside its ages.
- Where a limit counts food and nobody knows how much the person eats of it, ``safety.food.<substance>`` stands in.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from anmin.errors import AmountError
from anmin.knowledge.model import Limit, Severity, Source
from anmin.person.model import Dose, Person
from anmin.safety.book import MAGNESIUM
from anmin.safety.model import LedgerLine
from anmin.safety.state import State, holds

TOLERANCE_MG = 1e-6
"""Two sums of the same doses may differ in the last binary digits; nobody can weigh a nanogram."""


class Bound(NamedTuple):
    """A limit that binds a person for one substance."""

    rule: str
    mg: float
    counts_food: bool
    where: str
    severity: Severity
    sources: tuple[Source, ...]


def check_doses(doses: Iterable[Dose]) -> None:
    """Refuse amounts and times that are none: :class:`AmountError`."""
    for dose in doses:
        if not (math.isfinite(dose.mg) and dose.mg >= 0):
            raise AmountError(f"{dose.substance}.mg", dose.mg, "a finite number of milligrams, 0 or more")
        if dose.clock is not None and not 0 <= dose.clock < 24 * 60:
            raise AmountError(f"{dose.substance}.clock", dose.clock, "minutes after midnight, 0 to 1439")


def binding_limit(state: State, substance: str) -> Bound | None:
    """The strictest daily limit that binds the person; None when no number does."""
    person, book = state.person, state.book
    bounds = [
        Bound(row.id, mg, row.scope == "all", f"{row.body} ({row.jurisdiction})", "major", row.sources)
        for row, mg in _rows(book.limits_of(substance), person)
    ]
    bounds.extend(
        Bound(rule.id, rule.cap_mg, False, "", rule.severity, rule.sources)
        for rule in book.conditions_of(substance)
        if rule.cap_mg is not None and holds(rule, state)
    )
    food = food_mg(state, substance)
    return min(bounds, key=lambda bound: (bound.mg - food * bound.counts_food, bound.rule), default=None)


def single_limit(state: State, substance: str) -> tuple[float, Limit] | None:
    """The largest single dose that binds the person, with its row; None when no row names one."""
    rows = [row for row, _ in _rows(state.book.limits_of(substance), state.person) if row.max_single_mg is not None]
    row = min(rows, key=lambda row: (row.max_single_mg or 0.0, row.id), default=None)
    return (row.max_single_mg, row) if row is not None and row.max_single_mg is not None else None


def status_rows(state: State, substance: str) -> tuple[Limit, ...]:
    """The rows that say how a substance may be sold where the person lives; unknown country: everywhere."""
    country = state.person.country
    return tuple(
        row for row in state.book.limits_of(substance) if row.status and (country is None or country in row.countries)
    )


def _rows(limits: Sequence[Limit], person: Person) -> list[tuple[Limit, float]]:
    own = [
        (row, mg)
        for row in limits
        if row.binding
        and (person.country in row.countries if person.country is not None else row.countries)
        and (mg := _value(row, person)) is not None
    ]
    fitting = [(row, mg) for row, mg in own if _fits(row, person.age)]
    return fitting or own


def _value(row: Limit, person: Person) -> float | None:
    if row.value_mg is not None:
        return row.value_mg
    if row.value_mg_per_kg is not None and person.weight_kg is not None:
        return row.value_mg_per_kg * person.weight_kg
    return None


def _fits(row: Limit, age: int | None) -> bool:
    if age is None:
        return True
    return (row.age_from is None or age >= row.age_from) and (row.age_below is None or age < row.age_below)


def food_mg(state: State, substance: str) -> float:
    """What the person eats of a substance in a day, as far as anybody knows."""
    if substance == MAGNESIUM and state.person.diet_mg is not None:
        return state.person.diet_mg
    usual = state.book.knowledge.judgments.get(f"safety.food.{substance}")
    return usual.value if usual is not None else 0.0


def ledger(state: State, doses: Sequence[Dose]) -> tuple[LedgerLine, ...]:
    """One line for each substance of the day: what is taken already, and ``doses`` on top."""
    day = (*state.person.taking, *doses)
    return tuple(_line(state, substance, day) for substance in dict.fromkeys(dose.substance for dose in day))


def _line(state: State, substance: str, day: Sequence[Dose]) -> LedgerLine:
    parts = {"product": 0.0, "medicine": 0.0, "plan": 0.0}
    for dose in day:
        if dose.substance == substance:
            parts[dose.origin] += dose.mg
    limit = binding_limit(state, substance)
    food = food_mg(state, substance) if limit is not None and limit.counts_food else 0.0
    total = sum(parts.values()) + food
    return LedgerLine(
        substance=substance,
        from_products_mg=parts["product"],
        from_medicines_mg=parts["medicine"],
        from_plan_mg=parts["plan"],
        total_mg=total,
        limit_mg=limit.mg if limit else None,
        limit_rule=limit.rule if limit else None,
        over=limit is not None and total > limit.mg + TOLERANCE_MG,
        from_food_mg=food,
    )
