"""Four words for one person: worth it, no effect that matters, worse, or not enough nights.

"Worth it" needs both answers to agree: the exact posterior and the randomisation test, because only the second keeps
its error rate when bad weeks break the model.
"""

from __future__ import annotations

import math
from typing import Literal

import msgspec

from anmin.errors import InputError
from anmin.evidence.distributions import normal_quantile
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Text
from anmin.trial.analysis import Posterior

Word = Literal["worth_it", "no_effect", "worse", "not_enough"]


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """The word, how sure, and what it rests on. ``gain`` is positive when better, in the unit of the outcome.

    ``nights_more``: further nights of the same kind after which 80 % of such trials would be settled; None if settled.
    """

    word: Word
    probability: float
    gain: float
    low: float
    high: float
    matters: float
    randomisation_p: float
    nights_more: int | None
    text: Text


class Regions(msgspec.Struct, frozen=True, kw_only=True):
    """Chances that the gain is more than what matters, less than half of it either way, and below zero.

    They need not add up to one: the second and third overlap, and between half and whole lies nothing.
    """

    better: float
    nothing: float
    worse: float


def regions(effect: Posterior, matters: float, lower_is_better: bool, knowledge: Knowledge) -> Regions:
    """Where the effect lies, as the verdict asks."""

    def above(gain: float) -> float:
        return effect.below(-gain) if lower_is_better else 1 - effect.below(gain)

    half = matters * knowledge.value("trial.nothing_share")
    return Regions(better=above(matters), nothing=above(-half) - above(half), worse=1 - above(0.0))


def judge(
    effect: Posterior,
    randomisation_p: float,
    *,
    nights: int,
    matters: float,
    lower_is_better: bool,
    knowledge: Knowledge,
    unit: Text | str = "min",
    alpha: float | None = None,
) -> Verdict:
    """The verdict on one effect. ``matters``: the smallest difference that matters, declared before night 1.

    ``alpha``: the level of the randomisation test, if the protocol declared another than the usual one.
    """
    if not (math.isfinite(matters) and matters > 0):
        raise InputError("matters", matters, "a difference above zero, in the unit of the outcome")
    value = knowledge.value
    alpha = value("trial.randomisation_p") if alpha is None else alpha
    sign = -1.0 if lower_is_better else 1.0
    found = regions(effect, matters, lower_is_better, knowledge)
    better, nothing, worse = found.better, found.nothing, found.worse
    low, high = sorted(sign * bound for bound in effect.interval(0.95))
    word: Word
    if better >= value("trial.sure_enough_to_help") and randomisation_p <= alpha:
        word, probability = "worth_it", better
    elif nothing >= value("trial.sure_enough_of_nothing"):
        word, probability = "no_effect", nothing
    elif worse >= value("trial.sure_enough_of_harm"):
        word, probability = "worse", worse
    else:
        word, probability = "not_enough", max(better, nothing, worse)
    gain = sign * effect.mean
    more = _nights_more(effect.sd, gain, nights, matters) if word == "not_enough" else None
    return Verdict(
        word=word,
        probability=probability,
        gain=gain,
        low=low,
        high=high,
        matters=matters,
        randomisation_p=randomisation_p,
        nights_more=more,
        text=knowledge.text(
            f"trial.verdict_{word}",
            unit=unit,
            gain=f"{gain:.0f}",
            low=f"{low:.0f}",
            high=f"{high:.0f}",
            chance=whole_percent(probability),
            matters=f"{matters:g}",
            nights=more or 0,
        ),
    )


def whole_percent(share: float) -> str:
    """A probability in whole per cent, never 0 or 100: nothing that was estimated is certain."""
    return "<1" if share < 0.01 else ">99" if share > 0.99 else f"{100 * share:.0f}"


def _nights_more(sd: float, gain: float, nights: int, matters: float) -> int:
    """Nights until the standard error is small against the nearer clear answer (it falls as 1/√nights)."""
    distance = max(abs(gain - matters), matters / 2)
    wanted = distance / (normal_quantile(0.8) + normal_quantile(0.8))
    return max(1, math.ceil(nights * ((sd / wanted) ** 2 - 1)))
