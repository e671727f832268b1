"""What the gate asks, as questions about fields that a profile really has, and nothing asked twice."""

from __future__ import annotations

from collections.abc import Iterable

from anmin.person.model import Person, Question
from anmin.safety.model import Finding

_FIELDS = {
    "unknown-age": "age",
    "unknown-country": "country",
    "unknown-pregnancy": "pregnant",
    "unknown-kidney": "kidney.egfr",
    "ckd-unknown-65": "kidney.egfr",
    "unknown-condition": "conditions",
    "unknown-product": "taking",
    "unknown-substance": "taking",
    "not-judged": "taking",
    "unknown-medicine": "medicines",
    "ambiguous-medicine": "medicines",
}
"""The field of the profile that answers what a rule asks."""

_LISTS = frozenset({"medicines", "conditions", "taking"})
"""Fields with several entries, each of which may raise a question of its own."""


def field_of(finding: Finding, person: Person) -> str:
    """Where in the profile the answer belongs; a rule that asks because of a medicine is answered there."""
    known = _FIELDS.get(finding.rule)
    if known is not None:
        return known
    typed = {medicine.typed for medicine in person.medicines}
    return "medicines" if finding.with_ in typed else "taking"


def question_of(finding: Finding, person: Person) -> Question:
    """A finding that asks, as a question."""
    return Question(
        id=finding.rule, field=field_of(finding, person), text=finding.reason, why=finding.reason,
        blocks=(finding.substance,),
    )  # fmt: skip


def with_findings(asked: Iterable[Question], findings: Iterable[Finding], person: Person) -> dict[str, Question]:
    """The profile's questions by id, and after them what only the gate asks."""
    found = {question.id: question for question in asked}
    for finding in findings:
        question = question_of(finding, person)
        if not any(_is_same(question, finding, other) for other in found.values()):
            found.setdefault(question.id, question)
    return found


def _is_same(question: Question, finding: Finding, other: Question) -> bool:
    """Whether another question already asks for this: the same field, and in a list the same entry."""
    return question.field == other.field and (question.field not in _LISTS or finding.with_ in other.text.en)
