"""What a person's own trials change in what is believed for the next plan.

A result speaks only about the outcome that the complaint is about. What it found enters the belief
(:mod:`anmin.evidence.own`); a component that did nothing that matters, or harm, is not offered again.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from anmin.evidence.belief import Facts, belief_of
from anmin.evidence.own import OwnResult, learn
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Text
from anmin.plan.believe import Believed, Evidence

_NO_GOOD = ("no_effect", "worse")


def with_results(believed: Believed, results: Sequence[OwnResult], knowledge: Knowledge) -> Believed:
    """The beliefs with the person's own results in them; of several on one substance, the last counts."""
    evidence, used = dict(believed.evidence), dict(believed.results)
    for own in results:
        known = evidence.get(own.substance)
        if known is None or own.outcome != believed.outcome.id or own.unit != believed.outcome.unit_code:
            continue
        facts = Facts(age=believed.age, low_magnesium=believed.low_magnesium, now=believed.now)
        after = learn(belief_of(known.effect, facts, knowledge, believed.mode), own, own.share, knowledge)
        promising = own.word not in _NO_GOOD and after.mean > 0
        effect = msgspec.structs.replace(known.effect, text=told(own, knowledge))
        evidence[own.substance] = Evidence(effect=effect, numbered=promising)
        used[own.substance] = own
    return msgspec.structs.replace(believed, evidence=evidence, results=used)


def told(own: OwnResult, knowledge: Knowledge) -> Text:
    """One sentence on a result."""
    unit = next(outcome.unit for outcome in knowledge.outcomes.values() if outcome.id == own.outcome)
    name = knowledge.substances[own.substance].name
    message = "dropped" if own.word in _NO_GOOD else "firm" if own.firm else "infirm"
    return knowledge.text(f"trial.plan_{message}", what=name, nights=str(own.nights), gain=f"{own.gain:.0f}", unit=unit)
