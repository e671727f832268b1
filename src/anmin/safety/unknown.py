"""What nobody told, and what cannot go on without it: findings that ask instead of guessing.

The profile asks the same things as questions; the gate asks again, so that a person made in any other way is not let
through. Decisions where the rules are silent, all on the safe side: an unknown condition, product or medicine holds
back everything; a person of unknown sex may be pregnant between the ages of ``ranges.pregnancy_age``; naming a stage of
kidney disease is no eGFR, because a further disease must never silence a question.
"""

from __future__ import annotations

from collections.abc import Iterator

from anmin.knowledge.model import Severity
from anmin.knowledge.texts import Filling
from anmin.safety.atc import covers
from anmin.safety.bindings import Reach
from anmin.safety.book import HOT_BATH, MAGNESIUM, Rulebook
from anmin.safety.findings import ALL
from anmin.safety.model import Finding
from anmin.safety.state import State

_EXPECTING = frozenset({"pregnant", "trying_to_conceive"})


def ask(
    book: Rulebook, rule: str, substance: str, with_: str, severity: Severity = "moderate", **params: Filling
) -> Finding:
    """A finding that asks; its words are the message ``safety.<rule>``."""
    return Finding(
        rule=rule, substance=substance, with_=with_, severity=severity, action="ask", applies=True,
        reason=book.knowledge.text(f"safety.{rule}", **params), sources=(),
    )  # fmt: skip


def about_everything(state: State) -> Iterator[Finding]:
    """What is not known and could concern any substance."""
    book, person = state.book, state.person
    for medicine in state.medicines:
        if medicine.status == "unknown":
            yield ask(book, "unknown-medicine", ALL, medicine.typed, "major", name=medicine.typed)
        elif medicine.status == "question":
            yield ask(book, "ambiguous-medicine", ALL, medicine.typed, "major", name=medicine.typed)
    for name in person.unknown_conditions:
        yield ask(book, "unknown-condition", ALL, name, name=name)
    for name in person.unknown_products:
        yield ask(book, "unknown-product", ALL, name, name=name)
    if person.age is None:
        yield ask(book, "unknown-age", ALL, "age")


def about(state: State, substance: str) -> Iterator[Finding]:
    """What is not known and matters for one substance, or for the bath."""
    book, person = state.book, state.person
    if substance not in book.knowledge.substances:
        yield ask(book, "unknown-substance", substance, substance, name=substance)
    elif not book.judged(substance):
        yield ask(book, "not-judged", substance, substance, name=book.knowledge.substances[substance].name)
    if person.country is None and book.limits_of(substance):
        yield ask(book, "unknown-country", substance, "country")
    if _may_be_pregnant(state) and matters_in_pregnancy(book, substance):
        yield ask(book, "unknown-pregnancy", substance, "pregnant")
    if substance == MAGNESIUM and (hint := _kidney_hint(state)) is not None:
        yield ask(book, "unknown-kidney", substance, hint, name=hint)


def _may_be_pregnant(state: State) -> bool:
    person, ages = state.person, state.book.knowledge.ranges["pregnancy_age"]
    if person.pregnant is not None or person.pregnancy_week is not None or person.sex == "male":
        return False
    return person.age is None or ages.low <= person.age <= ages.high


def matters_in_pregnancy(book: Rulebook, substance: str) -> bool:
    """Whether a rule about a substance, or about the bath, turns on a pregnancy."""
    rules = book.conditions_of(substance)
    if substance == HOT_BATH:
        return True
    return any(not _EXPECTING.isdisjoint(rule.keys) for rule in rules)


def _kidney_hint(state: State) -> str | None:
    """A medicine or condition that makes the kidneys worth asking about, when nothing is known of them."""
    if state.person.egfr is not None:
        return None
    sets = state.book.knowledge.code_sets
    hints = [medicine.typed for medicine in state.medicines if hints_at_kidneys(medicine.reach, state.book)]
    return next(iter((*hints, *sorted(state.keys.intersection(sets["kidney-hint-conditions"].codes)))), None)


def hints_at_kidneys(medicine: Reach, book: Rulebook) -> bool:
    """Whether a medicine in the body makes the kidneys worth asking about."""
    codes = book.knowledge.code_sets["kidney-hint-medicines"].codes
    return medicine.body and any(covers(codes, code) for code in medicine.atc)
