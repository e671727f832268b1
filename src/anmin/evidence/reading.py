"""A Bayesian reading of an effect in the plan's own words: with settings that may differ, and as a sceptic sees it.

The studies are those the effect rests on, each with its best row, as for the pool. The error of a published pool
already holds how its trials differ, so τ is asked about single trials only. The priors are judgments, in differences
that matter (``evidence.bayes.*``; the sceptic's is that of the belief).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import cast

import msgspec

from anmin.evidence.bayes import Posterior, posterior
from anmin.evidence.distributions import normal_quantile
from anmin.evidence.effect_sizes import critical
from anmin.evidence.model import Effect, Estimate
from anmin.evidence.rows import gain_of, rank, rows
from anmin.knowledge.load import Knowledge


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """The mean effect after each prior, and the chance that it reaches what ``matters``. ``settled``: out of a
    published pool, in which the differences between trials are counted already."""

    k: int
    settled: bool
    matters: float
    flat: Posterior
    sceptical: Posterior

    def chances(self) -> tuple[float, float]:
        """Chance of a mean effect that matters: with the flat prior, and for the sceptic."""
        return self.flat.above(self.matters), self.sceptical.above(self.matters)


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """A reading in numbers: mean, 95 % interval and chance of a mean that matters, with each prior."""

    outcome: str
    k: int
    settled: bool
    matters: float
    flat: tuple[float, float, float, float]
    sceptical: tuple[float, float, float, float]


def summary(effect: Effect, knowledge: Knowledge) -> Summary | None:
    """The reading of an effect without its posterior's parts; None where there is no reading."""
    found = reading(effect, knowledge)
    if found is None:
        return None
    flat, sceptical = (
        (after.mean, after.low, after.high, chance)
        for after, chance in zip((found.flat, found.sceptical), found.chances(), strict=True)
    )
    return Summary(
        outcome=effect.outcome, k=found.k, settled=found.settled, matters=found.matters, flat=flat, sceptical=sceptical
    )  # fmt: skip


def reading(effect: Effect, knowledge: Knowledge) -> Reading | None:
    """The reading; None where no study prints a size in the outcome's unit, or no difference is known to matter."""
    outcome = knowledge.outcomes[effect.outcome]
    if effect.gain is None or outcome.threshold is None or effect.unit != outcome.unit_code:
        return None
    found = sizes(effect, knowledge)
    if not found:
        return None
    matters = knowledge.value(outcome.threshold)
    settled = all(knowledge.studies[study].kind == "meta_analysis" for study in effect.studies)
    flat, sceptical = (
        _after(found, knowledge.value(prior) * matters, settled, matters, knowledge)
        for prior in ("evidence.bayes.flat", "evidence.belief.prior_sceptical")
    )
    return Reading(k=len(found), settled=settled, matters=matters, flat=flat, sceptical=sceptical)


def _after(
    found: Sequence[tuple[float, float]], spread: float, settled: bool, matters: float, knowledge: Knowledge
) -> Posterior:
    if not settled:
        scale = knowledge.value("evidence.bayes.tau_scale") * matters
        return posterior([gain for gain, _ in found], [se * se for _, se in found], tau_scale=scale, spread=spread)
    precision = 1.0 / spread**2 + sum(1.0 / se**2 for _, se in found)
    mean, sd = sum(gain / se**2 for gain, se in found) / precision, math.sqrt(1.0 / precision)
    half = normal_quantile(0.975) * sd
    return Posterior(
        mean=mean, sd=sd, low=mean - half, high=mean + half, tau=0.0, parts=((1.0, mean, sd),), taus=(0.0,)
    )


def sizes(effect: Effect, knowledge: Knowledge) -> list[tuple[float, float]]:
    """Gain and standard error of each study that the effect rests on, in the effect's unit, by its best row."""
    outcome = knowledge.outcomes[effect.outcome]
    usable = [
        (row, gain)
        for row in rows(knowledge)
        if (row.component, row.outcome.outcome) == (effect.component, effect.outcome)
        and row.study.id in effect.studies
        and (gain := gain_of(row, outcome, knowledge)) is not None
        and gain.unit == effect.unit
    ]
    best = {row.study.id: (row, gain) for row, gain in sorted(usable, key=lambda item: rank(*item))}
    return [
        (gain.value, (gain.high - gain.low) / (2.0 * critical(cast(Estimate, row.estimate).df)))
        for row, gain in best.values()
    ]
