"""The design: how many blocks of how many nights, and what that can answer, before the first night.

Block length follows from how long the effect takes to come and go; the number of blocks from how much the person's
nights differ. A design that cannot answer is not proposed: the proposal then says what would, or that only several
people together could.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from datetime import date

import msgspec

from anmin.errors import InputError
from anmin.knowledge.components import ComponentFact
from anmin.knowledge.load import Knowledge
from anmin.knowledge.studies import Outcome
from anmin.trial.chances import chance_of_worth_it
from anmin.trial.contrasts import smallest_joint_p
from anmin.trial.diary import Entry, derive
from anmin.trial.power import Appraisal, Spread, appraise, power_of
from anmin.trial.schedule import Design, Weekends, count

ARMS = ("without", "with")

MEASURED = {
    "sleep_onset_latency": "sol", "wake_after_sleep_onset": "waso", "total_sleep_time": "tst",
    "sleep_efficiency": "se_tib",
}  # fmt: skip
"""Outcomes that the diary gives, and the derivation that gives them."""


class Baseline(msgspec.Struct, frozen=True, kw_only=True):
    """How the person's nights vary, and how many of their own nights that rests on; ``low`` and ``high`` spread."""

    spread: Spread
    own_nights: int
    low: float
    high: float


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """A design with what it can answer.

    ``worth_it``: how often the trial would end in "worth it", by true gain. ``power_low_sd``/``power_high_sd``: power
    at the planned gain if nights differ as little, or as much, as is plausible. ``nights_needed``: nights for the
    wished power, by gain; None when even a thousand nights are too few. ``answers``: whether it may be started.
    """

    design: Design
    baseline: Baseline
    outcome: str
    unit: str
    matters: float
    aim: float
    appraisal: Appraisal
    worth_it: dict[float, float]
    power_low_sd: float
    power_high_sd: float
    nights_needed: dict[float, int | None]
    slow_nights: int | None
    answers: bool


def outcome_for(complaint: str, asked: str | None, knowledge: Knowledge) -> Outcome:
    """The outcome of the trial: the one asked for, else the first that the diary measures for this complaint."""
    if asked is not None:
        if asked not in MEASURED:
            raise InputError("--outcome", asked, ", ".join(MEASURED))
        return next(outcome for outcome in knowledge.outcomes.values() if outcome.id == asked)
    ranked = [outcome for outcome in knowledge.outcomes.values() if complaint in outcome.complaints]
    for outcome in sorted(ranked, key=lambda each: each.complaints[complaint]):
        if outcome.id in MEASURED:
            return outcome
    raise InputError("--outcome", complaint, f"an outcome that the diary measures: {', '.join(MEASURED)}")


def baseline_for(outcome: Outcome, nights: Sequence[Entry], tau_nights: float, knowledge: Knowledge) -> Baseline:
    """The spread of the person's nights: the general figures, pulled towards their own where there are enough."""
    prior = knowledge.judgments[f"trial.sd.{outcome.id}"]
    phi, missing = knowledge.value("trial.phi"), knowledge.value("trial.missing")
    sd, low, high = prior.value, prior.low or prior.value, prior.high or prior.value
    own = len(nights)
    if own < knowledge.value("trial.baseline_nights"):
        own = 0
    else:
        weight = knowledge.value("trial.prior_nights")
        values = [float(getattr(derive(entry), MEASURED[outcome.id])) for entry in nights]
        days = [entry.night.toordinal() for entry in nights]
        spread = statistics.stdev(values)

        def pulled(general: float) -> float:
            return math.sqrt((weight * general**2 + (own - 1) * spread**2) / (weight + own - 1))

        sd, low, high = pulled(sd), pulled(low), pulled(high)
        phi = (weight * phi + own * _lag_one(days, values)) / (weight + own)
        missing = (weight * missing + (days[-1] - days[0] + 1 - own)) / (weight + days[-1] - days[0] + 1)
    spread_of = Spread(sd=sd, phi=phi, missing=missing, tau_nights=tau_nights)
    return Baseline(spread=spread_of, own_nights=own, low=min(low, sd), high=max(high, sd))


def carry_over(fact: ComponentFact, knowledge: Knowledge) -> float:
    """Nights with which the effect of a component comes and goes."""
    slow = fact.nights is not None and fact.nights >= knowledge.value("trial.slow_from")
    return knowledge.value("trial.carry_over.slow" if slow else "trial.carry_over.quick")


def shape(
    blocks: int,
    tau_nights: float,
    knowledge: Knowledge,
    block_nights: int | None = None,
    *,
    arms: tuple[str, ...] = ARMS,
    factors: tuple[str, ...] = (),
    first: date | None = None,
) -> Design:
    """A design of so many blocks whose length and dropped nights follow from the carry-over.

    ``first``: the first evening; with it the weekends of the arms are balanced, to the tolerance of the data.
    """
    length = block_nights or max(1, math.ceil(knowledge.value("trial.block_per_carry_over") * tau_nights))
    dropped = min(math.ceil(tau_nights), length - 1)
    cycles = Design(
        arms=arms, blocks=blocks, block_nights=length, restriction="cycles", dropped=dropped, factors=factors
    )
    fine = smallest_joint_p(cycles) <= knowledge.value("trial.smallest_p")
    design = cycles if fine else msgspec.structs.replace(cycles, restriction="complete")
    if first is None:
        return design
    morning = (first.weekday() + 1) % 7
    for tolerance in range(round(knowledge.value("trial.weekend_tolerance")), design.nights):
        weekends = Weekends(first=morning, tolerance=tolerance)
        balanced = msgspec.structs.replace(design, weekends=weekends)
        if count(balanced):
            return balanced
    return design


def propose(
    fact: ComponentFact,
    outcome: Outcome,
    nights: Sequence[Entry],
    knowledge: Knowledge,
    *,
    matters: float | None = None,
    most_nights: int | None = None,
    blocks: int | None = None,
    block_nights: int | None = None,
    first: date | None = None,
) -> Proposal:
    """The smallest design that reaches the wished power, or the one asked for with ``blocks``, appraised.

    ``matters``: the smallest difference that matters, in the unit of the outcome. ``most_nights``: as many as the
    person is willing to give. ``first``: the first evening, if weekends are to be balanced.
    """
    asked = Asked(matters=matters, most_nights=most_nights, blocks=blocks, block_nights=block_nights, first=first)
    return propose_arms((fact,), ARMS, (), outcome, nights, knowledge, asked)


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What the person asks of a design; None leaves it to the planner. See :func:`propose`."""

    matters: float | None = None
    most_nights: int | None = None
    blocks: int | None = None
    block_nights: int | None = None
    first: date | None = None


def propose_arms(
    facts: Sequence[ComponentFact],
    arms: tuple[str, ...],
    factors: tuple[str, ...],
    outcome: Outcome,
    nights: Sequence[Entry],
    knowledge: Knowledge,
    asked: Asked,
) -> Proposal:
    """The same for several things: the slowest of them gives the length of the blocks, and what is said about power
    holds for the least sure of the contrasts."""
    assert outcome.threshold is not None
    value, k = knowledge.value, len(arms)
    matters = value(outcome.threshold) if asked.matters is None else asked.matters
    largest = knowledge.ranges["diary_sol"].high
    if not 0 < matters <= largest:
        raise InputError("--matters", matters, f"a difference above zero, at most {largest:g} {outcome.unit.en}")
    tau = max(carry_over(fact, knowledge) for fact in facts)
    baseline = baseline_for(outcome, nights, tau, knowledge)
    effects = tuple(matters * value(f"trial.effects.{size}") for size in ("small", "middle", "large"))
    alpha, aim, power = value("trial.randomisation_p"), effects[1], value("trial.power")

    def shaped(blocks: int) -> Design:
        return shape(blocks, tau, knowledge, asked.block_nights, arms=arms, factors=factors, first=asked.first)

    smallest = shaped(k)
    limit = round(value("trial.most_nights"))
    most = limit if asked.most_nights is None else min(asked.most_nights, limit)
    if most < smallest.nights:
        raise InputError("--nights", asked.most_nights, f"{smallest.nights} or more, a block of every arm")
    needed = {
        effect: _needed(smallest, baseline.spread, power, effect, round(value("trial.search_nights")), alpha)
        for effect in effects
    }
    blocks = asked.blocks
    if blocks is None:
        fitting = k * (most // smallest.nights)
        enough = needed[aim]
        blocks = fitting if enough is None else min(fitting, enough // smallest.block_nights)
        while smallest_joint_p(shaped(blocks)) > alpha and blocks < fitting:
            blocks += k
    if blocks * smallest.block_nights > limit:
        raise InputError("--blocks", blocks, f"at most {limit // smallest.block_nights}, which is {limit} nights")
    design = shaped(blocks)
    appraisal = appraise(design, baseline.spread, effects=effects, alpha=alpha)
    slow = max((fact.nights for fact in facts if fact.nights is not None), default=0)
    return Proposal(
        design=design,
        baseline=baseline,
        outcome=outcome.id,
        unit=outcome.unit_code,
        matters=matters,
        aim=aim,
        appraisal=appraisal,
        worth_it=chance_of_worth_it(
            design, baseline.spread, effects, matters=matters, sure=value("trial.sure_enough_to_help"), alpha=alpha
        ),
        power_low_sd=_power(design, baseline, baseline.low, aim, alpha),
        power_high_sd=_power(design, baseline, baseline.high, aim, alpha),
        nights_needed=needed,
        slow_nights=slow if slow > design.block_nights else None,
        answers=appraisal.smallest_p <= alpha
        and appraisal.power[aim] >= value("trial.least_power")
        and -appraisal.carry_over_bias <= value("trial.most_bias"),
    )


def _power(design: Design, baseline: Baseline, sd: float, aim: float, alpha: float) -> float:
    return power_of(design, msgspec.structs.replace(baseline.spread, sd=sd), aim, alpha)


def _needed(design: Design, spread: Spread, power: float, effect: float, most: int, alpha: float) -> int | None:
    """The fewest nights for the wished power and a p that small, by halving: more blocks of one length find more."""
    k = len(design.arms)
    low, high = 1, most // (k * design.block_nights)
    free = msgspec.structs.replace(design, weekends=None)

    def enough(cycles: int) -> bool:
        longer = msgspec.structs.replace(free, blocks=k * cycles, restriction="cycles")
        if smallest_joint_p(msgspec.structs.replace(longer, restriction="complete")) > alpha:
            return False
        return power_of(longer, spread, effect, alpha) >= power

    if not enough(high):
        return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle + 1, high)
    return k * low * design.block_nights


def _lag_one(days: Sequence[int], values: Sequence[float]) -> float:
    """Correlation of a night with the next over pairs that really follow each other, within −0.4 and 0.9."""
    mean = statistics.fmean(values)
    pairs = [(a - mean, b - mean) for a, b, d, e in zip(values, values[1:], days, days[1:], strict=False) if e - d == 1]
    total = sum((value - mean) ** 2 for value in values)
    if not pairs or total == 0:
        return 0.0
    return min(0.9, max(-0.4, sum(a * b for a, b in pairs) / len(pairs) / (total / len(values))))
