"""Which point of the front the person's wishes pick, and what would change it.

Wishes that leave things out (refused substances, no capsules) have already narrowed what is offered. Here: what the
person wants comes first, then one thing, a blend or the lowest cost, then the best balance of what may be gained
against what is to be done every night. A guideline's advice against a substance outweighs everything but the wish
for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from anmin.knowledge.load import Knowledge
from anmin.person.model import Person
from anmin.plan.choose import CERTAINTY
from anmin.plan.model import Component, Regimen

Rank = Callable[[Regimen], tuple[float, ...]]
"""Sorts regimens, best highest."""


class Taste(NamedTuple):
    """The judgments that weigh gain against effort."""

    matters: float
    lead: float
    effort: float
    blend: int
    discouraged: frozenset[str]
    """Kinds of component that a guideline advises against."""
    least_chance: float = 0.0
    least_gain: float = 0.0
    """What promises less than both is no plan; ``least_gain`` is a share of the difference that matters."""


def taste_of(matters: float, knowledge: Knowledge) -> Taste:
    """The judgments from the data. ``matters``: the difference that matters, in the unit of the gain."""
    return Taste(
        matters=matters,
        lead=knowledge.value("plan.lead-worth"),
        effort=knowledge.value("plan.effort-worth"),
        blend=round(knowledge.value("plan.blend-parts")),
        discouraged=frozenset(fact.kind for fact in knowledge.components.values() if fact.against is not None),
        least_chance=knowledge.value("plan.least-chance"),
        least_gain=knowledge.value("plan.least-gain"),
    )


def worth(regimen: Regimen, taste: Taste) -> float:
    """Gain in units of the difference that matters, a little for leads, less what the evening asks."""
    return regimen.gain / taste.matters + taste.lead * regimen.leads - taste.effort * regimen.burden


def pick(front: Sequence[Regimen], person: Person, taste: Taste) -> Regimen:
    """The regimen the person's wishes pick. Never empty-handed: habits alone is on every front."""
    return best(affordable(weighty(welcome(front, taste), taste), person) or front, ranking(person, taste))


def best(regimens: Iterable[Regimen], rank: Rank) -> Regimen:
    """The highest of a ranking."""
    return max(regimens, key=rank)


def ranking(person: Person, taste: Taste) -> Rank:
    """What the person asked for, most important first."""
    if person.prefer == "one_thing":
        return one_thing(taste)
    if person.prefer == "blend":
        return blend(taste)
    return cheapest(taste) if person.cheapest else balanced(taste)


def balanced(taste: Taste) -> Rank:
    """Wanted things, then the best balance."""
    return lambda regimen: (_wanted(regimen), worth(regimen, taste), *_thrift(regimen))


def one_thing(taste: Taste) -> Rank:
    """As little as can be beyond one thing."""
    return lambda regimen: (
        -max(0, len(regimen.components) - 1), _wanted(regimen), worth(regimen, taste), *_thrift(regimen),
    )  # fmt: skip


def blend(taste: Taste) -> Rank:
    """Several things at once, along as many ways as there are; then the balance."""
    return lambda regimen: (
        _wanted(regimen), min(taste.blend, _taken(regimen)), len(ways(regimen)), worth(regimen, taste),
        *_thrift(regimen),
    )  # fmt: skip


def cheapest(taste: Taste) -> Rank:
    """Of what promises anything, the lowest known cost."""
    return lambda regimen: (
        _wanted(regimen), regimen.gain > 0 or regimen.leads > 0, *_thrift(regimen), worth(regimen, taste),
    )  # fmt: skip


def most(regimen: Regimen) -> tuple[float, ...]:
    """The largest expected gain, whatever it asks."""
    return (regimen.gain, regimen.chance, regimen.leads, -regimen.burden, *_thrift(regimen))


def surest(regimen: Regimen) -> tuple[float, ...]:
    """The best ground under a number."""
    return (regimen.gain > 0, CERTAINTY.index(regimen.certainty), regimen.gain, -regimen.burden, *_thrift(regimen))


def easiest(regimen: Regimen) -> tuple[float, ...]:
    """Of what promises a number, the least to do."""
    return (regimen.gain > 0, -regimen.burden, regimen.gain, *_thrift(regimen))


def broadest(regimen: Regimen) -> tuple[float, ...]:
    """The most ways of working at once."""
    return (len(ways(regimen)), regimen.leads, regimen.gain, -regimen.burden, *_thrift(regimen))


def ways(regimen: Regimen) -> frozenset[str]:
    """The pathways that a regimen covers."""
    return frozenset(way for component in regimen.components for way in component.pathways)


def welcome(front: Sequence[Regimen], taste: Taste) -> list[Regimen]:
    """Without what a guideline advises against, unless it is wanted."""
    return [regimen for regimen in front if not any(_unwelcome(each, taste) for each in regimen.components)]


def weighty(regimens: Iterable[Regimen], taste: Taste) -> list[Regimen]:
    """Without a part whose measured gain and chance are both too small to lead with, unless it is wanted."""
    return [regimen for regimen in regimens if not any(is_tiny(each, taste) for each in regimen.components)]


def is_tiny(component: Component, taste: Taste) -> bool:
    """Whether what a component promises is too small for a headline. What has no number is not judged by numbers."""
    expected = component.expected
    if expected is None or component.wanted:
        return False
    return expected.chance < taste.least_chance and expected.gain < taste.least_gain * taste.matters


def affordable(regimens: Sequence[Regimen], person: Person) -> list[Regimen]:
    """What the known part of the cost leaves within the budget. Unknown prices stay in, and are told."""
    budget = person.budget_per_day  # in the plan's currency, which is the person's
    if budget is None:
        return list(regimens)
    return [regimen for regimen in regimens if regimen.known_cost <= budget + 1e-9]


def _unwelcome(component: Component, taste: Taste) -> bool:
    return component.kind in taste.discouraged and not component.wanted


def _wanted(regimen: Regimen) -> int:
    return sum(component.wanted for component in regimen.components)


def _taken(regimen: Regimen) -> int:
    return sum(bool(component.doses) for component in regimen.components)


def _thrift(regimen: Regimen) -> tuple[float, float]:
    unknown = sum(component.cost is None for component in regimen.components)
    return (-unknown, -regimen.known_cost)
