"""What could be done tonight: every form and amount the data know, inside what the first door permits.

Nothing leaves this module that the first door refuses, that an open question blocks, that is above the person's
ceiling, or that finds no hour; each of those is kept with its reason instead.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import combinations, product
from typing import Literal, NamedTuple

import msgspec

from anmin.evidence.belief import Belief
from anmin.knowledge.components import ComponentFact
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Form
from anmin.person.model import Bath, Dose, Person
from anmin.plan.bath_choice import Caps, is_studied
from anmin.plan.bath_table import advised, mildest
from anmin.plan.believe import Believed, belief_at, expected_of
from anmin.plan.choose import Clashes
from anmin.plan.model import Component
from anmin.plan.prices import cost_of
from anmin.plan.timetable import Places, bath_places, places
from anmin.safety.bath import meal_hours
from anmin.safety.combine import clashes as safety_clashes
from anmin.safety.model import Finding, Permission, Permitted

Why = Literal["refused", "question", "ceiling", "hour", "wish", "no_benefit", "form", "too_young", "alone"]


class Left(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is not offered tonight, and why. ``forms``: only these compounds are meant."""

    substance: str
    why: Why
    findings: tuple[Finding, ...] = ()
    questions: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()


class Offers(NamedTuple):
    """What may be chosen, where each may stand on the clock, what does not go together, and what was left out."""

    components: tuple[Component, ...]
    beliefs: dict[str, Belief]
    where: dict[str, Places]
    clashes: Clashes
    left: tuple[Left, ...]


class _Offer(NamedTuple):
    component: Component
    belief: Belief | None
    places: Places


class _Asking(NamedTuple):
    """Who asks, and all that is known: passed along instead of five arguments."""

    person: Person
    permitted: Permitted
    believed: Believed
    knowledge: Knowledge
    beliefs: dict[tuple[str, float], Belief | None]
    """What was worked out before, by substance and share of a studied dose."""

    def belief(self, substance: str, share: float) -> Belief | None:
        key = (substance, share)
        if key not in self.beliefs:
            self.beliefs[key] = belief_at(substance, share, self.believed, self.knowledge)
        return self.beliefs[key]


def offers(person: Person, permitted: Permitted, believed: Believed, knowledge: Knowledge) -> Offers:
    """Every component on offer to this person."""
    asking = _Asking(person, permitted, believed, knowledge, {})
    made: list[_Offer] = []
    left: list[Left] = []
    for fact in knowledge.components.values():
        for found in _found(fact, asking):
            if isinstance(found, Left):
                left.append(found)
            else:
                made.append(found)
    components = tuple(offer.component for offer in made)
    where = {offer.component.id: offer.places for offer in made}
    return Offers(
        components=components,
        beliefs={offer.component.id: offer.belief for offer in made if offer.belief is not None},
        where=where,
        clashes=_clashes(components, where, knowledge),
        left=tuple(left),
    )


def habits(believed: Believed, knowledge: Knowledge) -> Component:
    """The habits of CBT-I: always there, free, and first."""
    fact = next(fact for fact in knowledge.components.values() if fact.what == "habits")
    belief = belief_at(fact.substance, 1.0, believed, knowledge)
    return Component(
        id=fact.id, fact=fact.id, kind=fact.kind, doses=(), bath=None,
        expected=expected_of(belief, believed.evidence.get(fact.substance)), cost=0.0, pieces=0, steps=fact.steps,
        pathways=_pathways(fact, knowledge),
    )  # fmt: skip


def _found(fact: ComponentFact, asking: _Asking) -> Iterator[_Offer | Left]:
    if fact.what == "habits":
        return
    if fact.substance in asking.person.refuses or fact.kind in asking.person.refuses:
        yield Left(substance=fact.substance, why="wish")
    elif fact.age_from is not None and (asking.person.age is None or asking.person.age < fact.age_from):
        yield Left(substance=fact.substance, why="too_young")
    elif fact.what == "bath":
        yield from _baths(fact, asking)
    else:
        for form in _forms(fact, asking.knowledge):
            yield from _doses(fact, form, asking)


def _doses(fact: ComponentFact, form: Form | None, asking: _Asking) -> Iterator[_Offer | Left]:
    permission = _permission(fact.substance, form, asking.permitted)
    forms = (form.id,) if form else ()
    if permission is None or permission.refused_by:
        yield Left(substance=fact.substance, why="refused", findings=permission.refused_by if permission else ())
        return
    if permission.open_questions:
        yield Left(substance=fact.substance, why="question", questions=permission.open_questions)
        return
    if not (asking.believed.useful(fact.substance) or _brings_glycine(form, asking.believed)):
        yield Left(substance=fact.substance, why="no_benefit")
        return
    if asking.person.no_capsules and not (form.id in fact.powder_forms if form else fact.powder):
        yield Left(substance=fact.substance, why="form", forms=forms)
        return
    room = places(fact.substance, permission, asking.person, asking.knowledge, fact.other_hours)
    if not room.doses:
        yield Left(substance=fact.substance, why="hour", findings=permission.forbidden_by, forms=forms)
        return
    amounts = _amounts(fact, permission, room, asking)
    if not amounts:
        yield Left(substance=fact.substance, why="ceiling", forms=forms)
    for amount in amounts:
        yield _offer(fact, form, amount, permission, room, asking)


def _amounts(fact: ComponentFact, permission: Permission, room: Places, asking: _Asking) -> tuple[float, ...]:
    ceiling = permission.ceiling_mg if permission.ceiling_mg is not None else math.inf
    if permission.max_single_mg is not None:
        ceiling = min(ceiling, permission.max_single_mg * room.doses)
    age, value = asking.person.age, asking.knowledge.value
    if fact.kind == "magnesium" and (age is None or age >= value("plan.start-low-age")):
        ceiling = min(ceiling, value("plan.start-low-mg"))
    return tuple(level for level in fact.levels_mg if level <= ceiling + 1e-9)


def _offer(
    fact: ComponentFact, form: Form | None, amount: float, permission: Permission, room: Places, asking: _Asking
) -> _Offer:
    person, believed, knowledge = asking.person, asking.believed, asking.knowledge
    parts = 1 if permission.max_single_mg is None else max(1, math.ceil(amount / permission.max_single_mg - 1e-9))
    dose = Dose(
        substance=fact.substance, mg=amount / parts, form=form.id if form else None, origin="plan",
        alkaline=form.alkaline if form else None,
    )  # fmt: skip
    weighed = amount / form.magnesium_fraction if form and form.magnesium_fraction else amount
    share = share_of(fact, amount) * (1.0 if fact.tried else knowledge.value("plan.untried-form"))
    belief = asking.belief(fact.substance, share)
    component = Component(
        id=f"{fact.substance}:{form.id}:{amount:g}" if form else f"{fact.substance}:{amount:g}",
        fact=fact.id,
        kind=fact.kind,
        doses=(dose,) * parts,
        bath=None,
        expected=expected_of(belief, believed.evidence.get(fact.substance)),
        cost=cost_of(fact.substance, form.id if form else None, amount, person, knowledge),
        pieces=parts * _pieces(weighed / parts, fact.piece_mg),
        steps=fact.steps * parts,
        pathways=_pathways(fact, knowledge),
        leads=_leads(fact, form, amount, believed, knowledge),
        wanted=fact.substance in person.wants or (form is not None and form.id in person.wants),
    )
    return _Offer(component, belief if component.expected is not None else None, room)


def _leads(
    fact: ComponentFact, form: Form | None, amount: float, believed: Believed, knowledge: Knowledge
) -> dict[str, float]:
    leads = {}
    if own := believed.lead(fact.substance):
        leads[fact.substance] = round(own * share_of(fact, amount), 3)
    if form is not None and form.glycine_per_magnesium and (lead := believed.lead("glycine")):
        glycine = knowledge.components["glycine"]
        leads["glycine"] = round(lead * share_of(glycine, amount * form.glycine_per_magnesium), 3)
    return leads


def share_of(fact: ComponentFact, amount: float) -> float:
    """The part of a studied dose that an amount is, at most 1."""
    return round(min(1.0, amount / fact.full_from_mg), 3) if fact.full_from_mg else 1.0


def _pieces(weighed: float, piece: float | None) -> int:
    """How many pieces hold an amount; two percent short of full is full, as 414 mg of the oxide are 249.7 of 250."""
    return max(1, math.ceil(weighed / piece - 0.02)) if piece else 1


def _brings_glycine(form: Form | None, believed: Believed) -> bool:
    return form is not None and form.glycine_per_magnesium is not None and believed.lead("glycine") > 0


def _forms(fact: ComponentFact, knowledge: Knowledge) -> list[Form | None]:
    """The compounds a row speaks of; a single None for what has no forms."""
    if fact.kind != "magnesium":
        return [None]
    named = {name for other in knowledge.components.values() for name in other.forms}
    return [
        form
        for form in knowledge.forms.values()
        if form.oral
        and form.plannable
        and form.magnesium_fraction is not None
        and (form.id in fact.forms if fact.forms else form.id not in named)
    ]


def _permission(substance: str, form: Form | None, permitted: Permitted) -> Permission | None:
    alkaline = form.alkaline if form else None
    given = permitted.substances.get(substance, ())
    return next((each for each in given if each.alkaline is None or each.alkaline == alkaline), None)


def _pathways(fact: ComponentFact, knowledge: Knowledge) -> tuple[str, ...]:
    return knowledge.substances[fact.substance].pathways


def _baths(fact: ComponentFact, asking: _Asking) -> Iterator[_Offer | Left]:
    person, bath, believed, knowledge = asking.person, asking.permitted.bath, asking.believed, asking.knowledge
    if person.bathing in ("shower", "neither"):
        yield Left(substance=fact.substance, why="wish")
        return
    if bath.refused_by:
        yield Left(substance=fact.substance, why="refused", findings=bath.refused_by)
        return
    if person.bathes_alone and is_elderly(person, knowledge):
        yield Left(substance=fact.substance, why="alone")
        return
    if bath.open_questions:
        yield Left(substance=fact.substance, why="question", questions=bath.open_questions)
        return
    if not believed.useful(fact.substance) or fact.water_c is None or fact.minutes is None:
        yield Left(substance=fact.substance, why="no_benefit")
        return
    caps = Caps(max_c=bath.max_c, max_minutes=bath.max_minutes)
    row, model = mildest(person, caps, knowledge), advised(person, caps, knowledge)
    # Of somebody whom the model does not know, it may only make the bath milder.
    most = (fact.water_c, fact.minutes) if model is None else (bath.max_c, bath.max_minutes)
    wanted = (row.water_c, row.minutes) if row is not None else most
    water, minutes = min(wanted[0], most[0], bath.max_c), min(wanted[1], most[1], bath.max_minutes)
    meal = meal_hours(person, minutes, knowledge)
    room = bath_places(bath, person, knowledge, (row.near, row.far) if row is not None else None, meal)
    if not room.window:
        yield Left(substance=fact.substance, why="hour")
        return
    studied = is_studied(water, minutes, fact)
    belief = belief_at(fact.substance, 1.0, believed, knowledge) if studied else None
    component = Component(
        id=fact.id, fact=fact.id, kind=fact.kind, doses=(), bath=Bath(water_c=water, minutes=minutes, end=person.bed),
        expected=expected_of(belief, believed.evidence.get(fact.substance)), cost=0.0, pieces=0, steps=fact.steps,
        pathways=_pathways(fact, knowledge),
        leads={fact.substance: believed.lead(fact.substance) or 0.5} if belief is None else {},
        wanted=fact.substance in person.wants,
    )  # fmt: skip
    yield _Offer(component, belief if component.expected is not None else None, room)


def is_elderly(person: Person, knowledge: Knowledge) -> bool:
    """Whether the row ``elderly`` holds: most who drown in the tub are of that age."""
    threshold = knowledge.conditions["elderly"].threshold
    start = threshold.age_from if threshold is not None else None
    return start is not None and person.age is not None and person.age >= start


def _clashes(components: tuple[Component, ...], where: Mapping[str, Places], knowledge: Knowledge) -> Clashes:
    """Pairs that do not fit into one evening: what the rules keep apart, and what sedates but could only be taken
    before the bath."""
    apart = _apart(knowledge)
    by_substance: dict[str, list[str]] = {}
    for component in components:
        if component.doses:
            by_substance.setdefault(component.doses[0].substance, []).append(component.id)
    found: set[frozenset[str]] = set()
    for one, other in combinations(by_substance, 2):
        if frozenset((one, other)) in apart:
            found.update(frozenset(pair) for pair in product(by_substance[one], by_substance[other]))
    for bath in components:
        if bath.bath is not None:
            found.update(
                frozenset((bath.id, dose.id))
                for dose in components
                if dose.doses and _only_before_the_bath(bath, dose, where, knowledge)
            )
    return frozenset(found)


_LAST: list[tuple[Knowledge, frozenset[frozenset[str]]]] = []


def _apart(knowledge: Knowledge) -> frozenset[frozenset[str]]:
    """What the rules keep apart; remembered for the facts that were asked about last."""
    if not _LAST or _LAST[0][0] is not knowledge:
        _LAST[:] = [(knowledge, safety_clashes(knowledge))]
    return _LAST[0][1]


def _only_before_the_bath(bath: Component, dose: Component, where: Mapping[str, Places], knowledge: Knowledge) -> bool:
    if not knowledge.substances[dose.doses[0].substance].sedating:
        return False
    return min(where[dose.id].window, default=math.inf) > max(where[bath.id].window)
