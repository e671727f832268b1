"""What each component may do for this person's main complaint.

The complaint is about one outcome (rank 1 in the data); only a number on that outcome is a number here, taken from
:mod:`anmin.evidence.belief`. A component whose trials point the right way without a number, or on a related scale, is
a *lead*: it never counts like a measured effect. Without a study there is nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from anmin.evidence.belief import Belief, Facts, Mode, belief_of, combine
from anmin.evidence.model import Effect
from anmin.evidence.own import OwnResult, learn
from anmin.evidence.shipped import index
from anmin.knowledge.load import Knowledge
from anmin.knowledge.studies import Outcome
from anmin.person.model import Person
from anmin.plan.choose import CERTAINTY, Together
from anmin.plan.choose import Effect as SetEffect
from anmin.plan.model import Component, Expected

_TOLD = {"sleep_onset_latency": "latency_min", "isi": "isi", "psqi": "psqi"}
"""Where the profile tells the value of an outcome today."""


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one substance for one complaint: a row with a number, a lead, or a row that says no.

    ``lead`` is 1 on the outcome that the complaint is about and 1 / rank on a related one; 0 is no lead.
    """

    effect: Effect
    numbered: bool = False
    lead: float = 0.0


class Believed(msgspec.Struct, frozen=True, kw_only=True):
    """What is known for this person: the outcome in question, its evidence by substance, and what moves it."""

    outcome: Outcome
    evidence: Mapping[str, Evidence]
    low_magnesium: float | None
    age: float | None
    now: float | None = None
    """The outcome today, in its unit, where the person told it."""
    mode: Mode = "pooled"
    results: Mapping[str, OwnResult] = msgspec.field(default_factory=dict)
    """By substance, what the person's own finished trials found on this outcome (see :mod:`anmin.plan.own`)."""

    def lead(self, substance: str) -> float:
        """How well trials point the right way without a usable number, 0 to 1."""
        known = self.evidence.get(substance)
        return known.lead if known is not None else 0.0

    def matters(self, knowledge: Knowledge) -> float:
        """The smallest difference of the outcome that matters."""
        return knowledge.value(self.outcome.threshold) if self.outcome.threshold is not None else 1.0

    def useful(self, substance: str) -> bool:
        """Whether anything speaks for it."""
        known = self.evidence.get(substance)
        return known is not None and (known.numbered or known.lead > 0)


def believe(
    person: Person, knowledge: Knowledge, low_magnesium: float | None = None, mode: Mode = "pooled"
) -> Believed:
    """The evidence that speaks to the person's complaint.

    ``low_magnesium``: chance that intake is too low; ``mode``: how far small trials are trusted.
    """
    ranked = outcomes_of(person.complaint, knowledge)
    table = index(knowledge)
    found = {
        substance: verdict
        for substance in sorted({fact.substance for fact in knowledge.components.values()})
        if (verdict := _verdict(substance, ranked, table)) is not None
    }
    return Believed(
        outcome=ranked[0],
        evidence=found,
        low_magnesium=low_magnesium,
        age=person.age,
        now=person.scores.get(_TOLD.get(ranked[0].id, "")),
        mode=mode,
    )


def outcomes_of(complaint: str, knowledge: Knowledge) -> list[Outcome]:
    """The outcomes that speak about a complaint, the one it is about first."""
    speaking = [outcome for outcome in knowledge.outcomes.values() if complaint in outcome.complaints]
    return sorted(speaking, key=lambda outcome: outcome.complaints[complaint])


def belief_at(substance: str, share: float, believed: Believed, knowledge: Knowledge) -> Belief | None:
    """The belief at a share (0 to 1) of a studied dose; None without a number."""
    known = believed.evidence.get(substance)
    if known is None or not known.numbered:
        return None
    full = known.effect.dose_low_mg
    facts = Facts(
        dose_mg=full * share if full is not None else None,
        age=believed.age,
        low_magnesium=believed.low_magnesium,
        now=believed.now,
    )
    before, own = belief_of(known.effect, facts, knowledge, believed.mode), believed.results.get(substance)
    return before if own is None else learn(before, own, share, knowledge)


def expected_of(belief: Belief | None, evidence: Evidence | None) -> Expected | None:
    """A belief as the plan shows it; None where it promises nothing."""
    if belief is None or evidence is None or belief.expected() <= 0:
        return None
    low, high = belief.interval()
    return Expected(
        outcome=belief.outcome, unit=belief.unit, gain=round(belief.expected(), 3), low=round(low, 3),
        high=round(high, 3), chance=round(belief.chance(), 4), certainty=belief.certainty,
        studies=evidence.effect.studies,
    )  # fmt: skip


def together(beliefs: Mapping[str, Belief], knowledge: Knowledge) -> Together:
    """How components with a number act together: correlated and sub-additive, as the evidence room says."""

    def effect(members: tuple[Component, ...]) -> SetEffect:
        # Parts with the same mean weigh by their order, so the order must not hang on who names them first.
        parts = sorted(
            ((beliefs[component.id], component.pathways) for component in members),
            key=lambda part: (-part[0].mean, -part[0].sd, part[0].certainty, part[1]),
        )
        whole = combine([belief for belief, _ in parts], [frozenset(ways) for _, ways in parts], knowledge)
        return SetEffect(whole.expected(), whole.chance(), CERTAINTY.index(whole.certainty))

    return effect


def _verdict(substance: str, ranked: list[Outcome], table: Mapping[tuple[str, str], Effect]) -> Evidence | None:
    """The first outcome, in the order of the complaint, on which the studies of a substance say something clear."""
    for place, outcome in enumerate(ranked):
        effect = table.get((substance, outcome.id))
        if effect is None:
            continue
        if place == 0 and effect.gain is not None and effect.unit == outcome.unit_code:
            return Evidence(effect=effect, numbered=effect.gain > 0)
        if effect.direction != "unclear":
            return Evidence(effect=effect, lead=1 / (place + 1) if effect.direction == "better" else 0.0)
    return None
