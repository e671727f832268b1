"""How often a design ends in "worth it", by simulation: the posterior and the randomisation test must both agree.

Simulated nights have autocorrelated noise, missed nights, and an effect that builds up and fades. Given φ everything is
linear in the nights, so that one matrix product per schedule tries many noises at once. The seed is fixed: the same
design gives the same figures.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from anmin.evidence.distributions import normal_quantile
from anmin.trial.power import Spread, build_up, covariates
from anmin.trial.schedule import Design, count, schedule_at

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_SCHEDULES, _NOISES, _COMPARED = 48, 40, 256
"""Schedules tried, noises for each, and schedules that the randomisation test compares with."""


def chance_of_worth_it(
    design: Design, spread: Spread, effects: tuple[float, ...], *, matters: float, sure: float, alpha: float
) -> dict[float, float]:
    """For each true gain, how often the trial ends in "worth it": P(gain > ``matters``) ≥ ``sure`` and p ≤ ``alpha``.

    Known φ and spread stand in for the posterior's own; two arms.
    """
    import numpy as np

    rng = np.random.default_rng(20_040)
    total = count(design)
    compared = np.asarray([schedule_at(design, int(rank)) for rank in _ranks(total, _COMPARED, rng)], dtype=np.float64)
    hits = dict.fromkeys(effects, 0.0)
    reach = normal_quantile(sure)
    for rank in rng.integers(0, total, _SCHEDULES).tolist() if total < 2**62 else _ranks(total, _SCHEDULES, rng):
        schedule = np.asarray(schedule_at(design, int(rank)), dtype=np.float64)
        kept = _kept(design, spread.missing, rng)
        sets = np.repeat(np.vstack([schedule, compared]), design.block_nights, axis=1)[:, kept]
        if not 0 < sets[0].sum() < len(kept):
            continue
        columns = covariates(kept, design)
        noise = spread.sd * _noise(design.nights, spread.phi, rng)[:, kept]
        response = build_up(np.repeat(schedule, design.block_nights), spread.tau_nights)[kept]
        weights, error = _estimator(sets[0], columns, kept, spread.phi)
        contrast = _contrasts(sets, columns)
        for effect in effects:
            nights = noise + effect * response
            gain = nights @ weights
            statistic = np.abs(nights @ contrast.T)
            reached = statistic[:, 1:] >= statistic[:, :1] * (1 - 1e-12)
            p = (1 + reached.sum(axis=1)) / (1 + len(compared)) if total > _COMPARED else reached.mean(axis=1)
            sure_enough = gain - matters >= reach * error * spread.sd
            hits[effect] += float(np.mean(sure_enough & (p <= alpha)))
    return {effect: hit / _SCHEDULES for effect, hit in hits.items()}


def _ranks(total: int, most: int, rng: np.random.Generator) -> list[int]:
    if total <= most:
        return list(range(total))
    import random

    source = random.Random(int(rng.integers(0, 2**31)))
    return [source.randrange(total) for _ in range(most)]


def _kept(design: Design, missing: float, rng: np.random.Generator) -> NDArray[np.int64]:
    import numpy as np

    night = np.arange(design.nights)
    analysed = night % design.block_nights >= design.dropped
    return night[analysed & (rng.random(design.nights) >= missing)]


def _noise(nights: int, phi: float, rng: np.random.Generator) -> Floats:
    import numpy as np

    noise = rng.standard_normal((_NOISES, nights))
    for night in range(1, nights):
        noise[:, night] = phi * noise[:, night - 1] + np.sqrt(1 - phi**2) * noise[:, night]
    return noise


def _estimator(treated: Floats, covariates: Floats, kept: NDArray[np.int64], phi: float) -> tuple[Floats, float]:
    """Weights of the nights in the generalised least squares estimate, and its standard error for unit variance."""
    import numpy as np

    gap = np.abs(kept[:, None] - kept[None, :])
    covariance = np.asarray(np.sign(phi) ** gap * np.abs(phi) ** gap) if phi else np.eye(len(kept))
    design = np.column_stack([treated, covariates])
    solved = np.linalg.solve(covariance, design)
    inverse = np.linalg.pinv(design.T @ solved)
    return (inverse @ solved.T)[0], math.sqrt(float(inverse[0, 0]))


def _contrasts(sets: Floats, covariates: Floats) -> Floats:
    """Rows that give each schedule's difference of arm means after trend and weekend."""
    import numpy as np

    on = sets.sum(axis=1, keepdims=True)
    off = sets.shape[1] - on
    with np.errstate(divide="ignore", invalid="ignore"):
        difference = np.nan_to_num(sets / on - (1 - sets) / off)
    basis = np.linalg.qr(covariates)[0]
    cleaned: Floats = difference - (difference @ basis) @ basis.T
    return cleaned
