"""What one person may expect of one component: a joint prior, in closed form.

Before any study a component is thought to do, on average, no more than about one difference that matters (ω), as
likely bad as good. What the studies say is blurred by its standard error and by doubt, and pulled towards nothing by
the share that the normal model gives:

    pull     = ω² / (ω² + SE² + doubt²)
    average  = pull · printed effect,  its error pull · SE
    response ~ Normal(factor · average, (factor · spread)²), never more than the room that is left
    spread²  = error² + between settings² + between people²

Doubt pulls and adds no spread: in a chance of a large gain, what is not known would otherwise count as hope, and a
trial of twelve people would beat one of a thousand. How people differ has a fixed part (of the difference that
matters) and a part that grows with the average. All of these are judgments with a reason (``evidence.belief.*``).

``factor`` is the share of a studied dose, the person's magnesium status and age. The three readings differ in ω only:
``sceptical`` halves it, ``enthusiast`` takes the printed figure without any pull.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import msgspec

from anmin.evidence.model import Certainty, Effect
from anmin.evidence.shipped import index
from anmin.knowledge.load import Knowledge
from anmin.knowledge.studies import OutcomeId

Mode = Literal["sceptical", "pooled", "enthusiast"]
MODES: tuple[Mode, ...] = ("sceptical", "pooled", "enthusiast")

_Z = 1.959963984540054


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What of a person moves a belief. ``dose_mg`` a day (elemental for minerals; None for a bath or habits).

    ``low_magnesium``: chance (0 to 1) that intake is too low. ``now``: the outcome today, in its unit, where known.
    """

    dose_mg: float | None = None
    age: float | None = None
    low_magnesium: float | None = None
    now: float | None = None


class Belief(msgspec.Struct, frozen=True, kw_only=True):
    """A person's response, positive when better: normal with ``mean`` and ``sd``, cut off at ``room``.

    ``threshold`` is the smallest difference that matters, in the same unit.
    """

    component: str
    outcome: OutcomeId
    unit: str
    mean: float
    sd: float
    room: float
    threshold: float
    certainty: Certainty
    factor: float = 1.0

    def chance(self, threshold: float | None = None) -> float:
        """Chance that the response is at least ``threshold`` (default: the difference that matters)."""
        bound = self.threshold if threshold is None else threshold
        if bound > self.room:
            return 0.0
        if self.sd == 0.0:
            return 1.0 if self.mean >= bound else 0.0
        return 0.5 * math.erfc((bound - self.mean) / (self.sd * math.sqrt(2.0)))

    def expected(self) -> float:
        """The expected response with the cut-off at ``room``."""
        if self.sd == 0.0 or math.isinf(self.room):
            return min(self.mean, self.room)
        z = (self.room - self.mean) / self.sd
        below = 0.5 * math.erfc(-z / math.sqrt(2.0))
        density = math.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)
        return self.mean * below - self.sd * density + self.room * (1.0 - below)

    def interval(self) -> tuple[float, float]:
        """Central 95 % interval of the response, cut off at ``room``."""
        return min(self.mean - _Z * self.sd, self.room), min(self.mean + _Z * self.sd, self.room)


def belief(
    component: str, outcome: OutcomeId, facts: Facts, knowledge: Knowledge, mode: Mode = "pooled"
) -> Belief | None:
    """The belief about one component and outcome; None where no study gives a size, or none can matter."""
    effect = index(knowledge).get((component, outcome))
    return None if effect is None else belief_of(effect, facts, knowledge, mode)


def belief_of(effect: Effect, facts: Facts, knowledge: Knowledge, mode: Mode = "pooled") -> Belief | None:
    """The same from an effect at hand."""
    rules = knowledge.outcomes[effect.outcome]
    if effect.gain is None or effect.low is None or effect.high is None or rules.threshold is None:
        return None
    if effect.unit != rules.unit_code:
        return None
    matters = knowledge.value(rules.threshold)
    se = (effect.high - effect.low) / (2.0 * _Z)
    pull = pull_of(se, effect.certainty, matters, knowledge, mode)
    mean = pull * effect.gain
    settings = knowledge.value("evidence.belief.between_settings") * mean
    people = math.hypot(
        knowledge.value("evidence.belief.between_people") * matters,
        knowledge.value("evidence.belief.between_people_share") * mean,
    )
    factor = factor_of(effect, facts, knowledge)
    return Belief(
        component=effect.component,
        outcome=effect.outcome,
        unit=effect.unit,
        mean=factor * mean,
        sd=factor * math.sqrt((pull * se) ** 2 + settings**2 + people**2),
        room=room(effect.outcome, facts, knowledge),
        threshold=matters,
        certainty=effect.certainty,
        factor=factor,
    )


def pull_of(se: float, certainty: Certainty, matters: float, knowledge: Knowledge, mode: Mode) -> float:
    """The share (0 to 1) of a printed effect that is believed."""
    if mode == "enthusiast":
        return 1.0
    prior = knowledge.value(f"evidence.belief.prior_{mode}") * matters
    doubt = knowledge.value(f"evidence.belief.doubt_{certainty}") * matters
    return prior * prior / (prior * prior + se * se + doubt * doubt)


def factor_of(effect: Effect, facts: Facts, knowledge: Knowledge) -> float:
    """How much of the average effect this person's dose, magnesium status and age leave."""
    return dose_share(effect, facts.dose_mg) * _status(effect, facts, knowledge) * _age(effect, facts, knowledge)


def dose_share(effect: Effect, dose_mg: float | None) -> float:
    """The share of the smallest studied dose, at most 1: nothing is added above what was studied."""
    if dose_mg is None or effect.dose_low_mg is None:
        return 1.0
    return max(0.0, min(1.0, dose_mg / effect.dose_low_mg))


def _status(effect: Effect, facts: Facts, knowledge: Knowledge) -> float:
    if effect.component != "magnesium" or facts.low_magnesium is None:
        return 1.0
    low = knowledge.value("evidence.belief.magnesium_low")
    enough = knowledge.value("evidence.belief.magnesium_enough")
    return facts.low_magnesium * low + (1.0 - facts.low_magnesium) * enough


def _age(effect: Effect, facts: Facts, knowledge: Knowledge) -> float:
    if facts.age is None or effect.age_low is None or facts.age >= effect.age_low:
        return 1.0
    return knowledge.value("evidence.belief.younger_than_studied")


def room(outcome: OutcomeId, facts: Facts, knowledge: Knowledge) -> float:
    """How far an outcome can still improve; infinite where today's value or the best possible is not known."""
    best = knowledge.judgments.get(f"evidence.best.{outcome}")
    if facts.now is None or best is None:
        return math.inf
    better = knowledge.outcomes[outcome].better
    return max(0.0, facts.now - best.value if better == "lower" else best.value - facts.now)


def combine(beliefs: Sequence[Belief], pathways: Sequence[frozenset[str]], knowledge: Knowledge) -> Belief:
    """Several components together: correlated, sub-additive, and within the room that is left.

    The best part counts in full, every further one with a share that is smaller where it works along a pathway that
    is already taken. ``pathways`` holds those of each component, in the same order. All parts must speak of one
    outcome (``ValueError`` otherwise).
    """
    if not beliefs or len(beliefs) != len(pathways):
        raise ValueError("beliefs: one or more are needed, each with its pathways")
    if len({part.outcome for part in beliefs}) != 1:
        raise ValueError("beliefs: parts of different outcomes cannot be combined")
    order = sorted(range(len(beliefs)), key=lambda i: beliefs[i].mean, reverse=True)
    weights = _weights(order, pathways, knowledge)
    parts = [beliefs[i] for i in order]
    ways = [pathways[i] for i in order]
    apart = knowledge.value("evidence.belief.correlation")
    shared = knowledge.value("evidence.belief.correlation_shared")
    variance = 0.0
    for i, one in enumerate(parts):
        for j, other in enumerate(parts):
            rho = 1.0 if i == j else shared if ways[i] & ways[j] else apart
            variance += rho * weights[i] * weights[j] * one.sd * other.sd
    first = parts[0]
    levels: tuple[Certainty, ...] = ("very_low", "low", "moderate", "high")
    return Belief(
        component="+".join(part.component for part in parts),
        outcome=first.outcome,
        unit=first.unit,
        mean=sum(weight * part.mean for weight, part in zip(weights, parts, strict=True)),
        sd=math.sqrt(variance),
        room=min(part.room for part in parts),
        threshold=first.threshold,
        certainty=min((part.certainty for part in parts), key=levels.index),
    )


def _weights(order: Sequence[int], pathways: Sequence[frozenset[str]], knowledge: Knowledge) -> list[float]:
    further = knowledge.value("evidence.belief.further_part")
    again = knowledge.value("evidence.belief.further_part_shared")
    weights, taken = [1.0], set(pathways[order[0]])
    for i in order[1:]:
        weights.append(again if pathways[i] & taken else further)
        taken |= pathways[i]
    return weights
