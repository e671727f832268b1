"""What a design can answer, before the first night: power, smallest p, carry-over bias, nights to sleep.

Power is that of generalised least squares with known φ on the nights that are analysed, averaged over admissible
schedules; trend and weekend are in the model, missing nights thin it out evenly.
"""

from __future__ import annotations

import math
import random
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from anmin.errors import InputError
from anmin.evidence.distributions import normal_cdf, normal_quantile
from anmin.trial.contrasts import Contrast, judged, smallest_joint_p
from anmin.trial.schedule import Design, Schedule, count, schedule_at

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_SCHEDULES = 64
"""Schedules that an average is taken over; the spread between schedules of one design is small."""


class Appraisal(msgspec.Struct, frozen=True, kw_only=True):
    """What a design can do. ``power`` by effect size in the unit of the outcome; ``carry_over_bias`` as a share of the
    steady effect (−0.1: the estimate is 10 % too small); ``smallest_p`` of the randomisation test."""

    nights: int
    analysed: int
    power: dict[float, float]
    smallest_p: float
    carry_over_bias: float


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """How one person's nights vary.

    ``sd``: night-to-night standard deviation in the unit of the outcome; ``phi``: correlation of one night with the
    next; ``missing``: share of nights lost; ``tau_nights``: time constant with which the effect builds up and fades.
    """

    sd: float
    phi: float
    missing: float
    tau_nights: float

    def __post_init__(self) -> None:
        """Refuse impossible numbers; names the field."""
        if not self.sd > 0:
            raise InputError("sd", self.sd, "a spread above zero")
        if not -1 < self.phi < 1:
            raise InputError("phi", self.phi, "between -1 and 1")
        if not 0 <= self.missing < 1:
            raise InputError("missing", self.missing, "a share from 0 to below 1")


def appraise(design: Design, spread: Spread, *, effects: tuple[float, ...], alpha: float) -> Appraisal:
    """What a design can answer about each of ``effects``, two-sided at ``alpha``, for the least sure of its contrasts.

    With several contrasts each is tested at its share of ``alpha`` (Šidák 1967, doi 10.1080/01621459.1967.10482935),
    which is a little stricter than the joint test that is used in the end.
    """
    error = _error(design, spread.phi) * spread.sd / math.sqrt(1 - spread.missing)
    return Appraisal(
        nights=design.nights,
        analysed=design.blocks * (design.block_nights - design.dropped),
        power={effect: _found(effect, error, alpha, len(judged(design))) for effect in effects},
        smallest_p=smallest_joint_p(design),
        carry_over_bias=_bias(design, spread.tau_nights),
    )


def power_of(design: Design, spread: Spread, effect: float, alpha: float) -> float:
    """The power of :func:`appraise` for one effect, without the rest."""
    error = _error(design, spread.phi) * spread.sd / math.sqrt(1 - spread.missing)
    return _found(effect, error, alpha, len(judged(design)))


def _found(effect: float, error: float, alpha: float, contrasts: int) -> float:
    reach = normal_quantile(1 - (1 - (1 - alpha) ** (1 / contrasts)) / 2)
    return normal_cdf(abs(effect) / error - reach) + normal_cdf(-abs(effect) / error - reach)


@lru_cache(maxsize=512)
def _error(design: Design, phi: float) -> float:
    """Standard error of the least sure contrast for unit variance, over schedules."""
    family = judged(design)
    squares = [0.0] * len(family)
    schedules = sampled(design)
    for schedule in schedules:
        table, _, kept = _nights(design, schedule)
        for place, error in enumerate(_standard_errors(table, kept, phi, family)):
            squares[place] += error * error / len(schedules)
    return math.sqrt(max(squares))


@lru_cache(maxsize=512)
def _bias(design: Design, tau_nights: float) -> float:
    """Share by which the worst contrast misses its steady effect, over schedules."""
    family = judged(design)
    missed = [0.0] * len(family)
    schedules = sampled(design)
    for schedule in schedules:
        table, given, kept = _nights(design, schedule)
        for place, bias in enumerate(_biases(given, table, kept, tau_nights, family)):
            missed[place] += bias / len(schedules)
    return min(missed)


def nights_for(design: Design, spread: Spread, target: float, effect: float, *, most: int, alpha: float) -> int | None:
    """The fewest nights (more blocks of the same length) that reach the power ``target``; None above ``most``."""
    arms = len(design.arms)
    for blocks in range(2 * arms, most // design.block_nights + 1, arms):
        longer = msgspec.structs.replace(design, blocks=blocks)
        if appraise(longer, spread, effects=(effect,), alpha=alpha).power[effect] >= target:
            return longer.nights
    return None


def sampled(design: Design) -> list[Schedule]:
    """Up to :data:`_SCHEDULES` admissible schedules, the same ones every time."""
    total = count(design)
    if total <= _SCHEDULES:
        return [schedule_at(design, rank) for rank in range(total)]
    rng = random.Random(total)
    return [schedule_at(design, rng.randrange(total)) for _ in range(_SCHEDULES)]


def _nights(design: Design, schedule: Schedule) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """The analysed nights: regressors (arms but the first, then covariates); which arm every night has, analysed or
    not, as 0/1 columns; and the numbers of the analysed nights."""
    import numpy as np

    given = np.repeat(np.eye(len(design.arms))[list(schedule)], design.block_nights, axis=0)
    night = np.arange(design.nights)
    kept = night[night % design.block_nights >= design.dropped]
    return np.column_stack([given[kept, 1:], covariates(kept, design)]), given, kept


def covariates(night: NDArray[np.int64], design: Design) -> Floats:
    """Intercept, trend and weekend of the nights, (nights, 3)."""
    import numpy as np

    weekend = [float(design.is_weekend(each)) for each in night.tolist()]
    return np.column_stack([np.ones(len(night)), night / max(int(night[-1]), 1) - 0.5, weekend])


def _standard_errors(table: Floats, kept: NDArray[np.int64], phi: float, family: tuple[Contrast, ...]) -> list[float]:
    """Standard error of each contrast for unit variance, AR(1) by the index of the night."""
    import numpy as np

    gap = np.diff(kept)
    power = phi**gap
    weight = np.sqrt(1 / (1 - power**2))
    white = np.vstack([table[:1], weight[:, None] * (table[1:] - power[:, None] * table[:-1])])
    inverse = np.linalg.pinv(white.T @ white)
    made = []
    for contrast in family:
        place = np.asarray(contrast.weights[1:])
        made.append(math.sqrt(float(place @ inverse[: len(place), : len(place)] @ place)))
    return made


def _biases(
    given: Floats, table: Floats, kept: NDArray[np.int64], tau_nights: float, family: tuple[Contrast, ...]
) -> list[float]:
    """Share by which least squares misses the steady effect of each contrast when it builds up and fades."""
    import numpy as np

    if tau_nights <= 0:
        return [0.0] * len(family)
    solve = np.linalg.pinv(table)
    made = []
    for contrast in family:
        response = build_up(given[:, list(contrast.on)].sum(axis=1), tau_nights)[kept]
        place = np.asarray(contrast.weights[1:])
        made.append(float(place @ (solve @ response)[: len(place)]) - 1.0)
    return made


def build_up(treated: Floats, tau_nights: float) -> Floats:
    """The share of the steady effect that is there on each night, with exponential build-up and fading."""
    import numpy as np

    if tau_nights <= 0:
        return treated.astype(np.float64)
    keep = math.exp(-1 / tau_nights)
    level, response = 0.0, np.empty(len(treated))
    for night, share in enumerate(treated):
        level = keep * level + (1 - keep) * float(share)
        response[night] = level
    return response
