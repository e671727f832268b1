"""How often a design ends in "worth it", by simulation: the posterior and the randomisation test must both agree.

Simulated nights have autocorrelated noise, missed nights, and an effect that builds up and fades. Given φ everything is
linear in the nights, so that one matrix product per schedule tries many noises at once. The seed is fixed: the same
design gives the same figures.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from anmin.evidence.distributions import normal_quantile
from anmin.trial.contrasts import Contrast, held, judged
from anmin.trial.power import Spread, build_up, covariates
from anmin.trial.reference import reference
from anmin.trial.schedule import Design, draw

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

_SCHEDULES, _NOISES, _COMPARED = 48, 40, 256
"""Schedules tried, noises for each, and schedules that the randomisation test compares with."""


def chance_of_worth_it(
    design: Design, spread: Spread, effects: tuple[float, ...], *, matters: float, sure: float, alpha: float
) -> dict[float, float]:
    """For each true gain, how often the trial ends in "worth it": P(gain > ``matters``) ≥ ``sure`` and p ≤ ``alpha``.

    Known φ and spread stand in for the posterior's own. With several contrasts: how often the first one does, when it
    is the only one that works.
    """
    import numpy as np

    rng = np.random.default_rng(20_040)
    family = judged(design)
    first = family[0]
    hits = dict.fromkeys(effects, 0.0)
    reach = normal_quantile(sure)
    for seed in range(_SCHEDULES):
        drawn = draw(design, seed)
        schedule = np.asarray(drawn, dtype=np.int64)
        kept = _kept(design, spread.missing, rng)
        arms = np.eye(len(design.arms))[np.repeat(schedule, design.block_nights)]
        if not arms[kept].sum(axis=0).all():
            continue
        columns = covariates(kept, design)
        noise = spread.sd * _noise(design.nights, spread.phi, rng)[:, kept]
        response = build_up(arms[:, list(first.on)].sum(axis=1), spread.tau_nights)[kept]
        weights, error = _estimator(arms[kept, 1:], columns, kept, spread.phi, first)
        tests: list[tuple[tuple[Contrast, ...], Whole]] = [
            ((first,), reference(design, drawn, held(design, (first,)), _COMPARED))
        ]
        if len(family) > 1:
            tests.append((family, reference(design, drawn, most=_COMPARED)))
        rows = [(_rows(schedule[None, :], design, kept, columns, (first,)), _rows(sets, design, kept, columns, some))
                for some, sets in tests]  # fmt: skip
        for effect in effects:
            nights = noise + effect * response
            p = np.zeros(len(nights))
            for mine, others in rows:
                largest = np.abs(np.einsum("tn,scn->tsc", nights, others)).max(axis=2)
                statistic = np.abs(nights @ mine[0, 0])[:, None]
                p = np.maximum(p, (largest >= statistic * (1 - 1e-12)).mean(axis=1))
            sure_enough = nights @ weights - matters >= reach * error * spread.sd
            hits[effect] += float(np.mean(sure_enough & (p <= alpha)))
    return {effect: hit / _SCHEDULES for effect, hit in hits.items()}


def _kept(design: Design, missing: float, rng: np.random.Generator) -> Whole:
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


def _estimator(given: Floats, columns: Floats, kept: Whole, phi: float, contrast: Contrast) -> tuple[Floats, float]:
    """Weights of the nights in the generalised least squares estimate, and its standard error for unit variance."""
    import numpy as np

    gap = np.abs(kept[:, None] - kept[None, :])
    covariance = np.asarray(np.sign(phi) ** gap * np.abs(phi) ** gap) if phi else np.eye(len(kept))
    design = np.column_stack([given, columns])
    solved = np.linalg.solve(covariance, design)
    inverse = np.linalg.pinv(design.T @ solved)
    place = np.zeros(design.shape[1])
    place[: given.shape[1]] = contrast.weights[1:]
    weights: Floats = place @ inverse @ solved.T
    return weights, math.sqrt(float(place @ inverse @ place))


def _rows(schedules: Whole, design: Design, kept: Whole, columns: Floats, family: Sequence[Contrast]) -> Floats:
    """Rows that give the contrasts of arm means after trend and weekend, (schedules, contrasts, nights)."""
    import numpy as np

    arms = np.eye(len(design.arms))[schedules[:, kept // design.block_nights]]
    many = arms.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.nan_to_num(arms / many[:, None, :])
        error = np.sqrt(np.nan_to_num(1 / many) @ (np.asarray([one.weights for one in family]) ** 2).T)
    contrast = np.einsum("sna,ca->scn", shares, np.asarray([one.weights for one in family])) / error[:, :, None]
    basis = np.linalg.qr(columns)[0]
    cleaned: Floats = contrast - (contrast @ basis) @ basis.T
    return cleaned
