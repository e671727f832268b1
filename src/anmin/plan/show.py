"""The few points of the front that are worth showing beside the choice, and what would change the choice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Text
from anmin.person.model import Person
from anmin.plan import pick
from anmin.plan.believe import Believed
from anmin.plan.model import Regimen
from anmin.plan.pick import Taste
from anmin.plan.prices import currency_of
from anmin.plan.words import names_of


class Choice(NamedTuple):
    """The regimen that was picked, those shown beside it (it is the first of them), and the whole front."""

    chosen: Regimen
    shown: tuple[Regimen, ...]
    front: tuple[Regimen, ...]
    taste: Taste


def choose_shown(front: Sequence[Regimen], person: Person, believed: Believed, knowledge: Knowledge) -> Choice:
    """The person's pick, and up to ``plan.front-shown`` points that are each best at something."""
    unit, currency = believed.outcome.unit_code, currency_of(person, knowledge)
    dressed = tuple(replace(regimen, unit=unit, currency=currency) for regimen in front)
    taste = pick.taste_of(believed.matters(knowledge), knowledge)
    chosen = pick.pick(dressed, person, taste)
    shown: dict[tuple[str, ...], Regimen] = {}
    for trait, regimen in _points(dressed, chosen, taste):
        names = names_of(regimen.components, knowledge)
        if not regimen.components:
            names = knowledge.text("plan.trait.baseline", names=names)
        text = knowledge.text(f"plan.trait.{trait}", names=names)
        shown.setdefault(_ids(regimen), replace(regimen, label=text))
    most = round(knowledge.value("plan.front-shown"))
    habits = shown.pop(())
    first = (*list(shown.values())[: most - 1], habits) if chosen.components else (habits, *shown.values())[:most]
    return Choice(first[0], tuple(first), dressed, taste)


def _points(front: Sequence[Regimen], chosen: Regimen, taste: Taste) -> Iterator[tuple[str, Regimen]]:
    welcome = pick.welcome(front, taste)
    yield "chosen", chosen
    numbered = [regimen for regimen in welcome if regimen.gain > 0]  # a label speaks only of what has a number
    if numbered:
        yield "gain", pick.best(numbered, pick.most)
    priced = [regimen for regimen in welcome if regimen.cost is not None]
    yield "cheap", pick.best(priced, pick.cheapest(taste))
    if numbered:
        yield "sure", pick.best(numbered, pick.surest)
        yield "easy", pick.best(numbered, pick.easiest)
    yield "broad", pick.best(welcome, pick.broadest)
    yield "none", next(regimen for regimen in front if not regimen.components)


def changes(
    choice: Choice, person: Person, knowledge: Knowledge, with_capsules: Regimen | None = None
) -> tuple[Text, ...]:
    """What would make something else the choice. ``with_capsules``: the pick if capsules were fine."""
    taste, front = choice.taste, choice.front
    welcome = pick.welcome(front, taste)
    within = pick.affordable(welcome, person) or welcome
    leading = pick.weighty(within, taste)  # habits alone is always among them
    told: list[tuple[str, Regimen]] = []
    small = pick.best(within, pick.ranking(person, taste))
    told.append(("small", replace(small, components=tuple(x for x in small.components if pick.is_tiny(x, taste)))))
    if not choice.chosen.components:
        told.append(("also", pick.best(within, lambda regimen: (regimen.leads + regimen.gain > 0, -regimen.burden))))
    if person.budget_per_day is not None:
        told.append(("budget", pick.best(pick.weighty(welcome, taste), pick.ranking(person, taste))))
    if person.prefer == "one_thing":
        told.append(("things", pick.best(within, pick.balanced(taste))))
    else:
        told.append(("one", pick.best(leading, pick.one_thing(taste))))
    several = pick.best(within, pick.blend(taste))
    if person.prefer != "blend" and sum(bool(each.doses) for each in several.components) >= taste.blend:
        told.append(("blend", several))
    if person.cheapest:
        told.append(("effort", pick.best(within, pick.most)))
    else:
        told.append(("cheapest", pick.best(leading, pick.cheapest(taste))))
    if with_capsules is not None:
        told.append(("capsules", with_capsules))
    seen = {_ids(choice.chosen), ()}
    texts: list[Text] = []
    for kind, regimen in told:
        if _ids(regimen) in seen:
            continue
        seen.add(_ids(regimen))
        texts.append(_change(kind, regimen, choice.chosen, knowledge))
    return tuple(texts)


def _change(kind: str, regimen: Regimen, chosen: Regimen, knowledge: Knowledge) -> Text:
    names = names_of(regimen.components, knowledge)
    if kind == "budget":
        more = f"{regimen.known_cost - chosen.known_cost:.2f}".rstrip("0").rstrip(".")
        return knowledge.text("plan.change.budget", more=more, currency=regimen.currency or "", names=names)
    return knowledge.text(f"plan.change.{kind}", names=names)


def _ids(regimen: Regimen) -> tuple[str, ...]:
    return tuple(component.id for component in regimen.components)
