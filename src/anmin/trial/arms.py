"""What a trial may compare: one component of a plan against nothing, past both doors of the gate.

Everything that stops or asks in a plan stops or asks here. A component that the plan would not offer to this person is
not offered to a trial; and nothing that any rule speaks about is ever hidden in a capsule.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from anmin.errors import GateError, InputError
from anmin.knowledge.components import ComponentFact
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Text
from anmin.person.model import Bath, Dose, Person, Question
from anmin.person.status import magnesium_status
from anmin.plan.believe import believe
from anmin.plan.components import Left, Offers, offers
from anmin.plan.make import open_questions, sedating
from anmin.plan.model import Component
from anmin.plan.prices import currency_of
from anmin.plan.timetable import timetable
from anmin.safety.assess import assess
from anmin.safety.model import Assessment, Finding
from anmin.safety.permit import permit
from anmin.safety.triage import triage

WHO_MAY = ("none", "monitor")
"""What a rule may ask of something that is hidden in a capsule: nothing."""


class Arm(msgspec.Struct, frozen=True, kw_only=True):
    """The component to be tried, on the clock, allowed by the second door.

    ``open_because``: why it cannot be blinded; None if it can. ``currency``: of the component's cost.
    """

    component: Component
    fact: ComponentFact
    doses: tuple[Dose, ...]
    bath: Bath | None
    open_because: Text | None
    currency: str | None = None

    @property
    def substance(self) -> str:
        """What is tried."""
        return self.fact.substance


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """Why there is no trial: a stop, open questions, or the gate's findings."""

    status: Literal["stop", "ask"]
    texts: tuple[Text, ...]
    findings: tuple[Finding, ...] = ()
    questions: tuple[Question, ...] = ()


def arm_for(person: Person, name: str, mg: float | None, knowledge: Knowledge) -> Arm | Refused:
    """The arm that tries ``name`` (a component, its kind or substance) at ``mg`` a day, or why not.

    :class:`InputError` when no component has that name, or none comes in that amount.
    """
    triable(name, knowledge)
    offered = offered_to(person, knowledge)
    if isinstance(offered, Refused):
        return offered
    component = component_for(person, name, mg, offered, knowledge)
    return component if isinstance(component, Refused) else _checked(component, offered, person, knowledge)


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """Something this person could try: the name to type, what it is, its amounts a day in mg (none for a bath)."""

    id: str
    kind: str
    name: Text
    mg: tuple[float, ...]


def choices(person: Person, knowledge: Knowledge) -> tuple[Choice, ...] | Refused:
    """Everything :func:`arm_for` would take for this person, what promises most first; or why there is no trial."""
    offered = offered_to(person, knowledge)
    if isinstance(offered, Refused):
        return offered
    taken = {dose.substance for dose in person.taking}
    made: dict[str, tuple[float, Choice]] = {}
    for id, fact in knowledge.components.items():
        named = {each.id for each in triable(id, knowledge)} if fact.what != "habits" else set()
        found = [component for component in offered.components if component.fact in named]
        if not found or fact.substance in taken:
            continue
        chosen = _chosen(found, None)
        # A name for several (magnesium) means the best of them, which is listed by its own name.
        if chosen.fact == id or chosen.fact not in made:
            mg = sorted({amount(component) for component in found if component.fact == chosen.fact} - {0.0})
            choice = Choice(id=id, kind=chosen.kind, name=_called(chosen, knowledge), mg=tuple(mg))
            made[chosen.fact] = (_promise(chosen), choice)
    return tuple(choice for _, choice in sorted(made.values(), key=lambda each: -each[0]))


def _called(component: Component, knowledge: Knowledge) -> Text:
    if component.bath is not None:
        return knowledge.text("plan.name.bath")
    dose = component.doses[0]
    return _name(dose.substance, knowledge) if dose.form is None else knowledge.forms[dose.form].name


def triable(name: str, knowledge: Knowledge) -> tuple[ComponentFact, ...]:
    """The components of that name, kind or substance; :class:`InputError` when none of them could be tried."""
    named = tuple(fact for fact in knowledge.components.values() if name in (fact.id, fact.kind, fact.substance))
    if not any(fact.what != "habits" for fact in named):
        allowed = (fact.id for fact in knowledge.components.values() if fact.what != "habits")
        raise InputError("--component", name, ", ".join(allowed))
    return named


def offered_to(person: Person, knowledge: Knowledge) -> Offers | Refused:
    """What the first door leaves to this person; or the stop or the questions that come before any trial."""
    stops = triage(person, knowledge)
    if stops:
        return Refused(status="stop", texts=tuple(finding.reason for finding in stops), findings=stops)
    permitted = permit(person, knowledge)
    questions = open_questions(person, permitted, knowledge)
    if questions:
        return Refused(status="ask", texts=tuple(question.text for question in questions), questions=questions)
    believed = believe(person, knowledge, magnesium_status(person, knowledge).probability_inadequate)
    return offers(person, permitted, believed, knowledge)


def component_for(
    person: Person, name: str, mg: float | None, offered: Offers, knowledge: Knowledge
) -> Component | Refused:
    """The one component that a name and an amount mean, or why it is not offered."""
    named = triable(name, knowledge)
    substance = named[0].substance
    if any(dose.substance == substance for dose in person.taking):
        return Refused(status="stop", texts=(knowledge.text("trial.taken_already", what=_name(substance, knowledge)),))
    facts = {fact.id for fact in named}
    found = [component for component in offered.components if component.fact in facts]
    if not found:
        return _left([left for left in offered.left if left.substance == substance], substance, knowledge)
    return _chosen(found, mg)


def amount(component: Component) -> float:
    """Milligrams a day of a component; 0 for a bath."""
    return sum(dose.mg for dose in component.doses)


def _chosen(found: list[Component], mg: float | None) -> Component:
    """The amount asked for; else the one that promises most, and of equals the smallest."""
    if mg is not None:
        fitting = [component for component in found if abs(amount(component) - mg) < 1e-6]
        if not fitting:
            raise InputError("--mg", mg, ", ".join(f"{each:g}" for each in sorted({amount(one) for one in found})))
        found = fitting
    return max(found, key=lambda each: (_promise(each), -amount(each), -each.pieces, each.id))


def _promise(component: Component) -> float:
    return component.expected.gain if component.expected else sum(component.leads.values()) / 1000


def _checked(component: Component, offered: Offers, person: Person, knowledge: Knowledge) -> Arm | Refused:
    evening = timetable((component,), offered.where, sedating(knowledge), person)
    if evening is None:
        raise GateError(f"{component.id}: no timetable")
    assessment = assess(person, evening.doses, evening.bath, knowledge)
    if assessment.verdict != "allow":
        rules = ", ".join(finding.rule for finding in assessment.findings if finding.applies)
        raise GateError(f"{component.id}: {assessment.verdict} by {rules}")
    return Arm(
        component=component,
        fact=knowledge.components[component.fact],
        doses=evening.doses,
        bath=evening.bath,
        open_because=open_because(component, person, assessment, knowledge),
        currency=currency_of(person, knowledge),
    )


def open_because(component: Component, person: Person, assessment: Assessment, knowledge: Knowledge) -> Text | None:
    """Why the person must know what they take; None when both kinds can go into equal capsules."""
    if component.bath is not None:
        return knowledge.text("trial.open_bath")
    substances = {dose.substance for dose in component.doses}
    for finding in assessment.findings:
        if finding.substance in substances and finding.action not in WHO_MAY:
            return knowledge.text("trial.open_rule", what=finding.with_)
    if person.no_capsules:
        return knowledge.text("trial.open_powder")
    return None


def _left(left: list[Left], substance: str, knowledge: Knowledge) -> Refused:
    findings = tuple(dict.fromkeys(finding for each in left for finding in each.findings))
    why = left[0].why if left else "no_benefit"
    texts = [knowledge.text(f"trial.not_offered_{why}", what=_name(substance, knowledge))]
    return Refused(status="stop", texts=(*texts, *(finding.reason for finding in findings)), findings=findings)


def _name(substance: str, knowledge: Knowledge) -> Text:
    return knowledge.substances[substance].name
