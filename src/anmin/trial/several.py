"""Several things in one trial: each against nothing or each other, or two factors in all their combinations.

Every arm passes both doors like a plan. In a factorial trial each thing stands on the clock where it stands in the
fullest evening, so that it is the same thing in every arm; every combination is assessed, and what any rule speaks
about in the fullest one is not hidden in a capsule.
"""

from __future__ import annotations

from itertools import combinations
from typing import NamedTuple

import msgspec

from anmin.errors import InputError
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Text
from anmin.person.model import Bath, Dose, Person
from anmin.plan.components import Offers
from anmin.plan.make import sedating
from anmin.plan.model import Component
from anmin.plan.prices import currency_of
from anmin.plan.timetable import Evening, timetable
from anmin.safety.assess import assess
from anmin.safety.model import Assessment
from anmin.trial.arms import Arm, Refused, component_for, offered_to, open_because, triable
from anmin.trial.contrasts import WITHOUT
from anmin.trial.schedule import combined

MOST_ARMS, FACTORS = 4, 2


class Named(NamedTuple):
    """A thing as the person wrote it, ``glycine`` or ``glycine:3000``."""

    name: str
    component: str
    mg: float | None


class Several(msgspec.Struct, frozen=True, kw_only=True):
    """The things that are tried, by the name they go by, and the arms they make. ``factors``: empty but in a factorial
    trial."""

    things: dict[str, Arm]
    arms: tuple[str, ...]
    factors: tuple[str, ...]

    def in_arm(self, arm: str) -> tuple[Arm, ...]:
        """The things of one arm."""
        return tuple(thing for name, thing in self.things.items() if name in arm.split("+"))

    @property
    def blinded(self) -> bool:
        """Whether anything is hidden."""
        return any(thing.open_because is None for thing in self.things.values())


def read_names(text: str, option: str) -> tuple[Named, ...]:
    """The things of ``--arms`` or ``--factorial``; :class:`InputError` names what is wrong."""
    made = []
    for written in (word.strip() for word in text.split(",")):
        component, colon, amount = written.partition(":")
        try:
            mg = float(amount) if colon else None
        except ValueError:
            raise InputError(option, written, "names with an amount at most, such as glycine:3000") from None
        if not component or "+" in component or (mg is not None and not 0 < mg < float("inf")):
            raise InputError(option, written, "names such as glycine or glycine:3000, with commas between")
        made.append(Named(written, component, mg))
    if len({named.name for named in made}) < len(made):
        raise InputError(option, text, "each thing once")
    return tuple(made)


def arms_for(person: Person, text: str, knowledge: Knowledge) -> Several | Refused:
    """A trial of several arms; ``without`` is one of them if it is named."""
    names = read_names(text, "--arms")
    if not 2 <= len(names) <= MOST_ARMS:
        raise InputError("--arms", text, f"2 to {MOST_ARMS} names, {WITHOUT} among them if there is to be such an arm")
    found = _components(person, tuple(named for named in names if named.name != WITHOUT), knowledge)
    if isinstance(found, Refused):
        return found
    offered, components = found
    things = {}
    for name, component in components.items():
        checked = _evening((component,), offered, person, knowledge)
        if isinstance(checked, Refused):
            return checked
        things[name] = _arm(component, *checked, person, knowledge)
    return Several(things=things, arms=tuple(named.name for named in names), factors=())


def factors_for(person: Person, text: str, knowledge: Knowledge) -> Several | Refused:
    """A factorial trial of two things."""
    names = read_names(text, "--factorial")
    if len(names) != FACTORS or WITHOUT in (named.name for named in names):
        raise InputError("--factorial", text, f"{FACTORS} things, such as glycine,hot_bath")
    found = _components(person, names, knowledge)
    if isinstance(found, Refused):
        return found
    offered, components = found
    all_of_them = tuple(components.values())
    if len({component.kind for component in all_of_them}) < len(all_of_them):
        raise InputError("--factorial", text, "things of different kinds; --arms compares two of one kind")
    if frozenset(component.id for component in all_of_them) in offered.clashes:
        first, second = (knowledge.substances[knowledge.components[each.fact].substance].name for each in all_of_them)
        return Refused(status="stop", texts=(knowledge.text("trial.not_together", first=first, second=second),))
    full = _evening(all_of_them, offered, person, knowledge)
    if isinstance(full, Refused):
        return full
    evening, assessment = full
    for size in range(1, len(all_of_them)):
        for some in combinations(all_of_them, size):
            doses, bath = _part(some, evening)
            refused = _refused_by(assess(person, doses, bath, knowledge))
            if refused is not None:
                return refused
    things = {name: _arm(component, evening, assessment, person, knowledge) for name, component in components.items()}
    factors = tuple(components)
    return Several(things=things, arms=combined(factors), factors=factors)


def _components(
    person: Person, names: tuple[Named, ...], knowledge: Knowledge
) -> tuple[Offers, dict[str, Component]] | Refused:
    for named in names:
        triable(named.component, knowledge)
    offered = offered_to(person, knowledge)
    if isinstance(offered, Refused):
        return offered
    found = {}
    for named in names:
        component = component_for(person, named.component, named.mg, offered, knowledge)
        if isinstance(component, Refused):
            return component
        found[named.name] = component
    if len({component.id for component in found.values()}) < len(found):
        raise InputError("--arms", ", ".join(found), "things that differ in substance, form or amount")
    return offered, found


def _evening(
    components: tuple[Component, ...], offered: Offers, person: Person, knowledge: Knowledge
) -> tuple[Evening, Assessment] | Refused:
    evening = timetable(components, offered.where, sedating(knowledge), person)
    if evening is None:
        return Refused(status="stop", texts=(knowledge.text("trial.no_evening"),))
    assessment = assess(person, evening.doses, evening.bath, knowledge)
    return _refused_by(assessment) or (evening, assessment)


def _refused_by(assessment: Assessment) -> Refused | None:
    if assessment.verdict == "allow":
        return None
    findings = tuple(finding for finding in assessment.findings if finding.applies)
    texts: tuple[Text, ...] = tuple(finding.reason for finding in findings)
    questions = assessment.questions
    if assessment.verdict == "ask":
        return Refused(status="ask", texts=texts or tuple(one.text for one in questions), questions=questions)
    return Refused(status="stop", texts=texts, findings=findings)


def _part(components: tuple[Component, ...], evening: Evening) -> tuple[tuple[Dose, ...], Bath | None]:
    ids = {component.id for component in components}
    doses = tuple(placed.dose for placed in evening.placed if placed.component.id in ids)
    return doses, evening.bath if any(component.bath is not None for component in components) else None


def _arm(component: Component, evening: Evening, assessment: Assessment, person: Person, knowledge: Knowledge) -> Arm:
    doses, bath = _part((component,), evening)
    return Arm(
        component=component,
        fact=knowledge.components[component.fact],
        doses=doses,
        bath=bath,
        open_because=open_because(component, person, assessment, knowledge),
        currency=currency_of(person, knowledge),
    )
