"""Findings about one substance that hold whatever its hour and its amount: the ground that both doors stand on."""

from __future__ import annotations

from collections.abc import Iterator

from anmin.knowledge.model import Severity
from anmin.safety.bindings import bound
from anmin.safety.book import HOT_BATH
from anmin.safety.combine import with_medicines
from anmin.safety.findings import from_condition, from_interaction
from anmin.safety.ledger import status_rows
from anmin.safety.model import Finding
from anmin.safety.state import State, holds
from anmin.safety.unknown import about


def of_person(state: State, substance: str) -> Iterator[Finding]:
    """What the person's conditions, allergies and country say about a substance, and what they must be asked."""
    for rule in state.book.conditions_of(substance):
        if holds(rule, state):
            yield from_condition(rule, substance)
    yield from about(state, substance)
    if substance == HOT_BATH:
        return
    if substance in state.person.allergies:
        yield Finding(
            rule="allergy", substance=substance, with_=substance, severity="contraindicated", action="avoid",
            applies=True, reason=state.book.knowledge.text("safety.allergy"), sources=(),
        )  # fmt: skip
    for row in status_rows(state, substance):
        if row.status in SALE:
            severity, message = SALE[row.status]
            text = state.book.knowledge.text(message, country=row.jurisdiction)
            yield Finding(
                rule=row.id, substance=substance, with_=row.jurisdiction, severity=severity, action="consult",
                applies=True, reason=text, sources=row.sources,
            )  # fmt: skip


SALE: dict[str, tuple[Severity, str]] = {
    "prescription_only": ("moderate", "safety.prescription-only"),
    "unknown": ("minor", "safety.sale-unknown"),
}
"""Where a substance is not freely sold, or nobody here can say, a doctor or pharmacist comes first."""


def of_medicines(state: State, substance: str, alkaline: bool | None) -> Iterator[Finding]:
    """What the medicines say about a substance at any hour. Rows that spacing satisfies are left to each door.

    ``alkaline`` only matters for magnesium: None is an unknown salt, for which every row counts. A row about other
    salts is told, and does not apply.
    """
    for medicine in state.medicines:
        for row in bound(state.book, medicine.reach, substance):
            if not row.holds_for(alkaline):
                if row.rule is not state.book.fallback:
                    yield from_interaction(row, substance, medicine.typed, applies=False, binding=False)
            elif not row.timed:
                yield from_interaction(row, substance, medicine.typed, applies=True)
    yield from with_medicines(state, substance)
