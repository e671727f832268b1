"""Which evenings nobody could improve on, found exactly.

A regimen takes at most one component of a kind and at most five besides the habits, which are always there and cost
nothing. One regimen dominates another when it is at least as good in everything that counts (expected gain, chance of
a difference that matters, certainty, leads without a number, wishes, cost, burden) and better in something. What no
other dominates is the front.

How parts add up. No trial shows that a blend beats its parts, and one pair did not (doi 10.3177/jnsv.61.182). So the
best part counts in full and every further one with the share ``plan.further-part``:
``gain = best + share * (sum - best)``, and the same on the log scale for the chance that at least one part makes a
difference that matters. Both never fall when a part gets better, which is what makes the pruning below exact.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from anmin.plan.model import Certainty, Component, Regimen

MOST = 5
"""Components of a regimen at most, besides the habits."""

CERTAINTY: tuple[Certainty, ...] = ("none", "very_low", "low", "moderate", "high")
_SURE = len(CERTAINTY) - 1

Clashes = frozenset[frozenset[str]]
"""Pairs of component ids that do not fit into one evening."""


class _Part(NamedTuple):
    """What one component brings, higher is better except ``unknown``, ``cost`` and ``burden``."""

    component: Component
    gain: float
    hazard: float
    """-log(1 - chance): adds up over parts."""
    rank: int
    """Certainty of its number; a part without a number claims nothing, so it lowers nobody's certainty."""
    leads: tuple[tuple[str, float], ...]
    wanted: bool
    unknown: bool
    cost: float
    burden: int


class _Score(NamedTuple):
    """What counts of a regimen; every entry is better when higher. Compared entry by entry."""

    gain: float
    chance: float
    rank: int
    leads: float
    wanted: int
    known: int
    saving: float
    ease: int


def front(components: Iterable[Component], share: float, clashes: Clashes = frozenset()) -> tuple[Regimen, ...]:
    """One regimen for every undominated score, best gain first; the empty one (habits only) is always among them.

    ``share`` (0 to 1) is what a further part counts beside the best one. A price that is not known never wins: a
    regimen with more unknown prices is never the cheaper one.
    """
    parts = prune([_part(component) for component in components], clashes)
    scored = sorted(_enumerate(parts, share, clashes), key=_by_score, reverse=True)
    return tuple(_regimen(parts, chosen, score) for score, chosen in _undominated(scored))


def _part(component: Component) -> _Part:
    expected = component.expected
    gain = max(0.0, expected.gain) if expected else 0.0
    chance = min(expected.chance, 0.999) if expected else 0.0
    return _Part(
        component=component,
        gain=gain,
        hazard=-math.log1p(-chance),
        rank=CERTAINTY.index(expected.certainty) if expected else _SURE,
        leads=tuple(sorted(component.leads.items())),
        wanted=component.wanted,
        unknown=component.cost is None,
        cost=component.cost or 0.0,
        burden=component.pieces + component.steps,
    )


def prune(parts: Sequence[_Part], clashes: Clashes = frozenset()) -> list[_Part]:
    """Without the parts that cannot make a regimen better, the dominating ones first.

    Two kinds of part go. One that brings nothing: leaving it out only helps. One that another part of the same kind
    dominates, and which clashes with whatever the other clashes with: put the other in its place and no entry of the
    score falls, because each is monotone in every entry of a part.
    """
    useful = [part for part in parts if part.gain > 0 or part.leads or part.wanted]
    useful.sort(key=_strength, reverse=True)
    kept: list[_Part] = []
    for part in useful:
        if not any(
            other.component.kind == part.component.kind and _replaces(other, part, clashes) for other in kept
        ):
            kept.append(part)
    return kept


def _strength(part: _Part) -> tuple[float, ...]:
    # A dominating part sorts before the one it dominates, so one pass sees every pair in the right order.
    total = sum(value for _, value in part.leads)
    return (part.gain, part.hazard, part.rank, total, part.wanted, -part.unknown, -part.cost, -part.burden)


def _replaces(one: _Part, other: _Part, clashes: Clashes) -> bool:
    """Whether ``one`` may stand wherever ``other`` does without making anything worse."""
    if (
        one.gain < other.gain
        or one.hazard < other.hazard
        or one.rank < other.rank
        or one.wanted < other.wanted
        or one.unknown > other.unknown
        or one.cost > other.cost
        or one.burden > other.burden
    ):
        return False
    brought = dict(one.leads)
    if any(brought.get(substance, 0.0) < value for substance, value in other.leads):
        return False
    return not clashes or _partners(one, clashes) <= _partners(other, clashes)


def _partners(part: _Part, clashes: Clashes) -> set[str]:
    return {name for pair in clashes if part.component.id in pair for name in pair - {part.component.id}}


def _enumerate(parts: Sequence[_Part], share: float, clashes: Clashes) -> list[tuple[_Score, tuple[int, ...]]]:
    """Every regimen of the parts that the exchange argument cannot rule out, with its score.

    Exchange: where ``a`` may replace ``b`` of another kind, a regimen that holds ``b`` and nothing of ``a``'s kind is
    no better than the one with ``a`` instead. So ``b`` is only added after something of ``a``'s kind.
    """
    kinds = {kind: number for number, kind in enumerate(dict.fromkeys(part.component.kind for part in parts))}
    kind_bit = [1 << kinds[part.component.kind] for part in parts]
    clash_bits = [
        sum(1 << j for j, other in enumerate(parts) if frozenset((part.component.id, other.component.id)) in clashes)
        if clashes
        else 0
        for part in parts
    ]
    needs = [
        _or(
            kind_bit[i]
            for i in range(j)
            if kind_bit[i] != kind_bit[j] and _replaces(parts[i], parts[j], clashes)
        )
        for j in range(len(parts))
    ]
    found: list[tuple[_Score, tuple[int, ...]]] = []
    lead_names = tuple(dict.fromkeys(name for part in parts for name, _ in part.leads))
    lead_of = [tuple(dict(part.leads).get(name, 0.0) for name in lead_names) for part in parts]
    nothing = (0.0,) * len(lead_names)

    def walk(
        start: int, chosen: tuple[int, ...], kinds_in: int, forbidden: int,
        gains: float, best: float, hazards: float, worst: float,
        rank: int, leads: tuple[float, ...], wanted: int, unknown: int, cost: float, burden: int,
    ) -> None:  # fmt: skip
        gain = best + share * (gains - best)
        chance = -math.expm1(-(worst + share * (hazards - worst)))
        lead = sum(value if value < 1.0 else 1.0 for value in leads)
        score = _Score(
            round(gain, 3), round(chance, 4), rank, round(lead, 3), wanted, -unknown, round(-cost, 4), -burden
        )
        found.append((score, chosen))
        if len(chosen) == MOST:
            return
        for i in range(start, len(parts)):
            if kind_bit[i] & kinds_in or forbidden >> i & 1 or needs[i] & ~kinds_in:
                continue
            part = parts[i]
            walk(
                i + 1, (*chosen, i), kinds_in | kind_bit[i], forbidden | clash_bits[i],
                gains + part.gain, part.gain if part.gain > best else best,
                hazards + part.hazard, part.hazard if part.hazard > worst else worst,
                part.rank if part.rank < rank else rank,
                tuple(map(float.__add__, leads, lead_of[i])) if part.leads else leads,
                wanted + part.wanted, unknown + part.unknown, cost + part.cost, burden + part.burden,
            )  # fmt: skip

    walk(0, (), 0, 0, 0.0, 0.0, 0.0, 0.0, _SURE, nothing, 0, 0, 0.0, 0)
    return found


def _or(bits: Iterable[int]) -> int:
    whole = 0
    for bit in bits:
        whole |= bit
    return whole


def _by_score(entry: tuple[_Score, tuple[int, ...]]) -> tuple[_Score, int]:
    return entry[0], -len(entry[1])


def _undominated(scored: Sequence[tuple[_Score, tuple[int, ...]]]) -> list[tuple[_Score, tuple[int, ...]]]:
    """The entries that none dominates. ``scored`` is sorted, so a dominating entry always comes earlier."""
    kept: list[tuple[_Score, tuple[int, ...]]] = []
    seen: list[_Score] = []
    for entry in scored:
        score = entry[0]
        _, chance, rank, leads, wanted, known, saving, ease = score
        for place, other in enumerate(seen):
            if (
                other[7] >= ease
                and other[2] >= rank
                and other[6] >= saving
                and other[1] >= chance
                and other[3] >= leads
                and other[5] >= known
                and other[4] >= wanted
            ):
                if place:  # what dominated once is likely to dominate the next one too
                    seen.insert(0, seen.pop(place))
                break
        else:
            kept.append(entry)
            seen.append(score)
    return kept


def _regimen(parts: Sequence[_Part], chosen: tuple[int, ...], score: _Score) -> Regimen:
    members = [parts[i] for i in chosen]
    numbered = any(part.gain > 0 for part in members)
    return Regimen(
        components=tuple(part.component for part in members),
        gain=score.gain,
        chance=score.chance,
        certainty=CERTAINTY[score.rank] if numbered or not members else "none",
        cost=None if score.known else -score.saving,
        known_cost=-score.saving,
        burden=-score.ease,
        leads=score.leads,
    )
