"""Which evenings nobody could improve on, found exactly.

A regimen takes at most one component of a kind and at most five besides the habits, which are always there and cost
nothing. One regimen dominates another when it is at least as good in everything that counts (expected gain, chance of
a difference that matters, certainty, leads without a number, wishes, cost, burden) and better in something. What no
other dominates is the front.

Why this is exact although not every combination is looked at. Gain, chance and certainty come from the components
with a number alone, and parts are not simply added there (:func:`anmin.evidence.belief.combine`), so *every*
combination of those is looked at. Everything else adds up. Two sets with the same gain, chance and certainty keep
their order when the same third thing joins both, so a set that is dominated among the numbered, or among the others,
can go before the two are crossed; and so can a component that another of its kind equals in what it may do and
betters in the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import NamedTuple

from anmin.plan.model import Certainty, Component, Regimen

MOST = 5
"""Components of a regimen at most, besides the habits."""

CERTAINTY: tuple[Certainty, ...] = ("none", "very_low", "low", "moderate", "high")
SURE = len(CERTAINTY) - 1

Clashes = frozenset[frozenset[str]]
"""Pairs of component ids that do not fit into one evening."""


class Effect(NamedTuple):
    """What a set of components may do together. Nothing claimed is nothing unsure."""

    gain: float
    chance: float
    rank: int = SURE
    """Place of its certainty in :data:`CERTAINTY`."""


Together = Callable[[tuple[Component, ...]], Effect]
"""What several components with a number may do together."""


class Score(NamedTuple):
    """What counts of a regimen; every entry is better when higher, and compared entry by entry."""

    gain: float
    chance: float
    rank: int
    leads: float
    wanted: int
    thrift: tuple[int, float]
    """Minus the number of unknown prices, then minus the known cost: an unknown price never wins."""
    ease: int


class _Set(NamedTuple):
    """Some components together, with what adds up and what does not."""

    members: tuple[Component, ...]
    effect: Effect
    leads: tuple[float, ...]
    wanted: int
    unknown: int
    cost: float
    burden: int
    names: frozenset[str]
    banned: frozenset[str]
    """Ids that clash with a member."""


_NOTHING = Effect(0.0, 0.0)


def front(components: Iterable[Component], together: Together, clashes: Clashes = frozenset()) -> tuple[Regimen, ...]:
    """One regimen for every undominated score, best gain first; habits alone (no component) is always among them."""
    offered = list(components)
    leads = tuple(dict.fromkeys(name for component in offered for name in component.leads))
    numbered_kinds = {component.kind for component in offered if component.expected is not None}
    numbered = [component for component in offered if component.kind in numbered_kinds]
    others = [component for component in offered if component.kind not in numbered_kinds]
    first = prune(_combinations(_singles(numbered, leads, clashes), together, leads))
    second = prune(_combinations(_singles(others, leads, clashes), None, leads))
    found: list[tuple[Score, _Set]] = []
    for one in first:
        for other in second:
            if len(one.members) + len(other.members) <= MOST and not (one.banned & other.names):
                both = _joined(one, other, one.effect)
                found.append((score_of(both), both))
    found.sort(key=lambda entry: (entry[0], -len(entry[1].members)), reverse=True)
    return tuple(_regimen(chosen, score) for score, chosen in undominated(found))


def score_of(chosen: _Set) -> Score:
    """The score of a set, rounded so that noise in the last digit decides nothing."""
    effect = chosen.effect
    return Score(
        round(effect.gain, 3),
        round(effect.chance, 4),
        effect.rank,
        round(sum(value if value < 1.0 else 1.0 for value in chosen.leads), 3),
        chosen.wanted,
        (-chosen.unknown, -round(chosen.cost, 4)),
        -chosen.burden,
    )


def _singles(components: Sequence[Component], leads: tuple[str, ...], clashes: Clashes) -> list[list[_Set]]:
    """For every kind its components as sets of one, without those that another of the kind betters or that bring
    nothing (leaving those out only helps)."""
    kinds: dict[str, list[_Set]] = {}
    banned: dict[str, set[str]] = {}
    for one, other in map(tuple, clashes):
        banned.setdefault(one, set()).add(other)
        banned.setdefault(other, set()).add(one)
    for component in components:
        if component.expected is None and not component.leads and not component.wanted:
            continue
        kinds.setdefault(component.kind, []).append(
            _Set(
                members=(component,),
                effect=_NOTHING,
                leads=tuple(component.leads.get(name, 0.0) for name in leads),
                wanted=int(component.wanted),
                unknown=int(component.cost is None),
                cost=component.cost or 0.0,
                burden=component.pieces + component.steps,
                names=frozenset((component.id,)),
                banned=frozenset(banned.get(component.id, ())),
            )
        )
    return [_within_kind(options) for options in kinds.values()]


def _within_kind(options: Sequence[_Set]) -> list[_Set]:
    alike: dict[object, list[_Set]] = {}
    for option in options:
        component = option.members[0]
        expected = component.expected
        may_do = (expected.gain, expected.low, expected.high, expected.chance, expected.certainty) if expected else None
        alike.setdefault((may_do, component.pathways), []).append(option)
    return [kept for group in alike.values() for kept in prune(group)]


def _combinations(kinds: Sequence[Sequence[_Set]], together: Together | None, leads: tuple[str, ...]) -> list[_Set]:
    """Every choice of at most one set of each kind, at most :data:`MOST` in all."""
    sets = [_Set((), _NOTHING, (0.0,) * len(leads), 0, 0, 0.0, 0, frozenset(), frozenset())]
    for options in kinds:
        sets += [
            _joined(one, option, _NOTHING)
            for one in sets
            if len(one.members) < MOST
            for option in options
            if not (one.banned & option.names)
        ]
    if together is None:
        return sets
    return [one._replace(effect=_effect(one.members, together)) for one in sets]


def _effect(members: tuple[Component, ...], together: Together) -> Effect:
    numbered = tuple(component for component in members if component.expected is not None)
    return together(numbered) if numbered else _NOTHING


def _joined(one: _Set, other: _Set, effect: Effect) -> _Set:
    return _Set(
        one.members + other.members,
        effect,
        tuple(map(float.__add__, one.leads, other.leads)),
        one.wanted + other.wanted,
        one.unknown + other.unknown,
        one.cost + other.cost,
        one.burden + other.burden,
        one.names | other.names,
        one.banned | other.banned,
    )


def prune(sets: Sequence[_Set]) -> list[_Set]:
    """The sets that no other one dominates, whatever is added to both. The order is kept among equals."""
    ordered = sorted(sets, key=_strength, reverse=True)
    kept: list[_Set] = []
    for one in ordered:
        for place, other in enumerate(kept):
            if _replaces(other, one):
                if place:  # what dominated once is likely to dominate the next one too
                    kept.insert(0, kept.pop(place))
                break
        else:
            kept.append(one)
    return kept


def _strength(one: _Set) -> tuple[object, ...]:
    # A dominating set sorts before what it dominates, so that one pass sees each pair in the right order.
    return (
        one.effect, sum(one.leads), one.wanted, -one.unknown, -one.cost, -one.burden, -len(one.members),
        -len(one.banned),
    )  # fmt: skip


def _replaces(one: _Set, other: _Set) -> bool:
    """Whether ``one`` may stand wherever ``other`` does without making anything worse."""
    return (
        one.burden <= other.burden
        and (one.unknown, one.cost) <= (other.unknown, other.cost)
        and one.effect.gain >= other.effect.gain
        and one.effect.chance >= other.effect.chance
        and one.effect.rank >= other.effect.rank
        and one.wanted >= other.wanted
        and len(one.members) <= len(other.members)
        and all(mine >= its for mine, its in zip(one.leads, other.leads, strict=True))
        and one.banned <= other.banned
    )


def undominated(scored: Sequence[tuple[Score, _Set]]) -> list[tuple[Score, _Set]]:
    """The entries that none dominates, one for each score. ``scored`` is sorted, best first, so that a dominating
    entry always comes earlier."""
    kept: list[tuple[Score, _Set]] = []
    seen: list[Score] = []
    for entry in scored:
        _, chance, rank, leads, wanted, thrift, ease = entry[0]
        for place, other in enumerate(seen):
            if (
                other[6] >= ease
                and other[2] >= rank
                and other[5] >= thrift
                and other[1] >= chance
                and other[3] >= leads
                and other[4] >= wanted
            ):
                if place:
                    seen.insert(0, seen.pop(place))
                break
        else:
            kept.append(entry)
            seen.append(entry[0])
    return kept


def _regimen(chosen: _Set, score: Score) -> Regimen:
    members = tuple(sorted(chosen.members, key=attrgetter("kind")))
    claims = not members or any(component.expected is not None for component in members)
    return Regimen(
        components=members,
        gain=score.gain,
        chance=score.chance,
        certainty=CERTAINTY[score.rank] if claims else "none",
        cost=None if score.thrift[0] else abs(score.thrift[1]),
        known_cost=abs(score.thrift[1]),
        burden=-score.ease,
        leads=score.leads,
    )
