"""What a design can answer, before the first night: power, smallest p, carry-over bias, nights to sleep.

Power is that of generalised least squares with known φ on the nights that are analysed, averaged over admissible
schedules; trend and weekend are in the model, missing nights thin it out evenly.
"""

from __future__ import annotations

import math
import random
from typing import TYPE_CHECKING

import msgspec

from anmin.errors import InputError
from anmin.evidence.distributions import normal_cdf, normal_quantile
from anmin.trial.schedule import Design, count, schedule_at, smallest_p

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
    """What a two-arm design can answer about each of ``effects``, two-sided at ``alpha``."""
    errors, biases = [], []
    for schedule in _sample(design):
        treated, kept = _nights(design, schedule)
        errors.append(_standard_error(treated, kept, spread.phi))
        biases.append(_bias(treated, kept, spread.tau_nights))
    error = spread.sd * math.sqrt(sum(each * each for each in errors) / len(errors) / (1 - spread.missing))
    reach = normal_quantile(1 - alpha / 2)
    power = {
        effect: normal_cdf(abs(effect) / error - reach) + normal_cdf(-abs(effect) / error - reach) for effect in effects
    }
    return Appraisal(
        nights=design.nights,
        analysed=design.blocks * (design.block_nights - design.dropped),
        power=power,
        smallest_p=smallest_p(design),
        carry_over_bias=sum(biases) / len(biases),
    )


def nights_for(design: Design, spread: Spread, target: float, effect: float, *, most: int, alpha: float) -> int | None:
    """The fewest nights (more blocks of the same length) that reach the power ``target``; None above ``most``."""
    arms = len(design.arms)
    for blocks in range(2 * arms, most // design.block_nights + 1, arms):
        longer = msgspec.structs.replace(design, blocks=blocks)
        if appraise(longer, spread, effects=(effect,), alpha=alpha).power[effect] >= target:
            return longer.nights
    return None


def _sample(design: Design) -> list[tuple[int, ...]]:
    total = count(design)
    if total <= _SCHEDULES:
        return [schedule_at(design, rank) for rank in range(total)]
    rng = random.Random(total)
    return [schedule_at(design, rng.randrange(total)) for _ in range(_SCHEDULES)]


def _nights(design: Design, schedule: tuple[int, ...]) -> tuple[Floats, NDArray[np.int64]]:
    """Treatment of every night (0/1), and the indices of the nights that are analysed."""
    import numpy as np

    treated = np.repeat(np.asarray(schedule, dtype=np.float64), design.block_nights)
    night = np.arange(design.nights)
    return treated, night[night % design.block_nights >= design.dropped]


def _covariates(night: NDArray[np.int64]) -> Floats:
    import numpy as np

    return np.column_stack([np.ones(len(night)), night / max(int(night[-1]), 1) - 0.5, (night % 7 >= 5).astype(float)])


def _standard_error(treated: Floats, kept: NDArray[np.int64], phi: float) -> float:
    """Standard error of the effect for unit variance, AR(1) by the index of the night."""
    import numpy as np

    design = np.column_stack([treated[kept], _covariates(kept)])
    gap = np.diff(kept)
    power = phi**gap
    weight = np.sqrt(1 / (1 - power**2))
    white = np.vstack([design[:1], weight[:, None] * (design[1:] - power[:, None] * design[:-1])])
    return math.sqrt(float(np.linalg.pinv(white.T @ white)[0, 0]))


def _bias(treated: Floats, kept: NDArray[np.int64], tau_nights: float) -> float:
    """Share by which least squares misses the steady effect when the effect builds up and fades exponentially."""
    import numpy as np

    if tau_nights <= 0:
        return 0.0
    keep = math.exp(-1 / tau_nights)
    level, response = 0.0, np.empty_like(treated)
    for night, given in enumerate(treated):
        level = keep * level + (1 - keep) * float(given)
        response[night] = level
    design = np.column_stack([treated[kept], _covariates(kept)])
    return float(np.linalg.lstsq(design, response[kept], rcond=None)[0][0]) - 1.0
