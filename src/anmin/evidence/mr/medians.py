"""Simple, weighted and penalised weighted median of the ratios (Bowden et al. 2016, doi 10.1002/gepi.21965)."""

from __future__ import annotations

from typing import Literal

import numpy as np

from anmin.evidence.distributions import chi2_p
from anmin.evidence.mr.closing import cannot, close
from anmin.evidence.mr.model import Convention, Estimate, Weights
from anmin.evidence.mr.pair import Array, Pair
from anmin.evidence.mr.regression import ratio_variance

PENALTY = 20.0
"""The penalised median multiplies a weight by min(1, 20 p) (Bowden 2016)."""


def median(
    pair: Pair,
    kind: Literal["simple", "weighted", "penalised"] = "weighted",
    weights: Weights = "first",
    *,
    draws: int = 1000,
    seed: int = 1,
) -> Estimate:
    """The median ratio; right when half of the weight is on valid variants. SE by parametric bootstrap.

    Effects are drawn anew around what was measured, weights stay as they are. Needs three variants.
    """
    used: Weights = "none" if kind == "simple" else weights
    convention = Convention(weights=used, se="bootstrap", draws=draws, seed=seed)
    if pair.count < 3 or not np.all(pair.bx):
        return cannot(f"{kind}_median", pair.count, convention)
    ratio = pair.by / pair.bx
    w = 1.0 / ratio_variance(pair, used)
    estimate = weighted_median(ratio, w)
    if kind == "penalised":
        p = np.array([chi2_p(float(value), 1) for value in w * (ratio - estimate) ** 2])
        w = w * np.minimum(1.0, PENALTY * p)
        estimate = weighted_median(ratio, w)
    random = np.random.default_rng(seed)
    x = random.normal(pair.bx, pair.sx, (draws, pair.count))
    y = random.normal(pair.by, pair.sy, (draws, pair.count))
    se = float(np.std(weighted_medians(y / x, np.broadcast_to(w, x.shape)), ddof=1))
    return close(f"{kind}_median", pair.count, estimate, se, convention)


def weighted_median(values: Array, weights: Array) -> float:
    """Where half of the weight is below, interpolated between the middles of the sorted weights."""
    return float(weighted_medians(values[None, :], weights[None, :])[0])


def weighted_medians(values: Array, weights: Array) -> Array:
    """The weighted median of each row; shapes (B, J) and (B, J)."""
    order = np.argsort(values, axis=1)
    sorted_values = np.take_along_axis(values, order, axis=1)
    sorted_weights = np.take_along_axis(weights, order, axis=1)
    middles = np.cumsum(sorted_weights, axis=1)
    half = 0.5 * middles[:, -1:]
    middles -= 0.5 * sorted_weights
    below = np.clip(np.sum(middles < half, axis=1, keepdims=True) - 1, 0, values.shape[1] - 2)
    m0, m1 = np.take_along_axis(middles, below, 1), np.take_along_axis(middles, below + 1, 1)
    v0, v1 = np.take_along_axis(sorted_values, below, 1), np.take_along_axis(sorted_values, below + 1, 1)
    share = np.divide(half - m0, m1 - m0, out=np.zeros_like(half), where=m1 > m0)
    return np.asarray((v0 + (v1 - v0) * share)[:, 0])
