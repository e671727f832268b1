"""Rücker's choice between IVW and MR-Egger, and how sure that choice is.

Rücker et al. 2011 (doi 10.1093/biostatistics/kxq046); for Mendelian randomization Bowden et al. 2017
(doi 10.1002/sim.7221). Four models stand in a row: IVW and Egger, each with fixed or multiplicative random effects.
"""

from __future__ import annotations

import msgspec
import numpy as np

from anmin.evidence.distributions import chi2_p, chi2_quantile
from anmin.evidence.mr.closing import cannot, close
from anmin.evidence.mr.model import Convention, Estimate
from anmin.evidence.mr.pair import Array, Pair
from anmin.evidence.mr.regression import egger, ivw

MODELS = ("ivw_fixed", "ivw_random", "egger_fixed", "egger_random")


class Rucker(msgspec.Struct, frozen=True, kw_only=True):
    """The model that the falls of Q choose."""

    q_ivw: float
    q_egger: float
    p_difference: float
    chosen: str


def rucker(pair: Pair, level: float = 0.05) -> Rucker | None:
    """IVW unless the intercept takes away significantly much heterogeneity, each fixed or random by its own Q."""
    one, two = ivw(pair, "fixed"), egger(pair)
    if one.q is None or two.q is None or one.q_p is None or two.q_p is None:
        return None
    p = chi2_p(max(0.0, one.q - two.q), 1)
    name, q_p = ("egger", two.q_p) if p < level else ("ivw", one.q_p)
    chosen = f"{name}_{'random' if q_p < level else 'fixed'}"
    return Rucker(q_ivw=one.q, q_egger=two.q, p_difference=p, chosen=chosen)


def rucker_resampled(pair: Pair, *, draws: int = 1000, seed: int = 1, level: float = 0.05) -> Estimate:
    """The median of the chosen models' slopes when the variants are drawn anew with replacement.

    The interval holds the middle 95 % of the slopes; SE is their standard deviation. The convention's detail counts
    how often each model was chosen, so an unsure choice can be seen. Needs four variants.
    """
    convention = Convention(weights="first", distribution="bootstrap", se="bootstrap", draws=draws, seed=seed)
    if pair.count < 4:
        return cannot("rucker", pair.count, convention)
    random = np.random.default_rng(seed)
    times = random.multinomial(pair.count, np.full(pair.count, 1.0 / pair.count), size=draws).astype(np.float64)
    # Fewer than three different variants leave no line with an intercept.
    times = times[np.sum(times > 0.0, axis=1) >= 3]
    slopes, chosen = _chosen(pair, times, level)
    usable = np.isfinite(slopes)
    slopes, chosen = slopes[usable], chosen[usable]
    if len(slopes) < 2:
        return cannot("rucker", pair.count, convention, "no_solution")
    counts = ", ".join(f"{name} {int(np.sum(chosen == k))}" for k, name in enumerate(MODELS))
    convention = msgspec.structs.replace(convention, detail=f"chosen: {counts}")
    found = close("rucker", pair.count, float(np.median(slopes)), float(np.std(slopes, ddof=1)), convention)
    low, high = (float(value) for value in np.quantile(slopes, [0.025, 0.975]))
    beyond = min(int(np.sum(slopes <= 0.0)), int(np.sum(slopes >= 0.0)))
    return msgspec.structs.replace(found, low=low, high=high, p=min(1.0, 2.0 * (beyond + 1) / (len(slopes) + 1)))


def _chosen(pair: Pair, times: Array, level: float) -> tuple[Array, Array]:
    """For each row of ``times`` (B, J), how often a variant is in: the chosen model's slope, and which model."""
    sign = np.where(pair.bx < 0, -1.0, 1.0)
    x, y, w = pair.bx * sign, pair.by * sign, times / pair.sy**2
    sxx, sxy = w @ x**2, w @ (x * y)
    straight = sxy / sxx
    q_straight = np.sum(w * (y - straight[:, None] * x) ** 2, axis=1)
    total = np.sum(w, axis=1)
    middle_x, middle_y = (w @ x) / total, (w @ y) / total
    away = sxx - total * middle_x**2
    slope = (sxy - total * middle_x * middle_y) / np.where(away > 1e-12 * sxx, away, np.nan)
    intercept = middle_y - slope * middle_x
    q_slope = np.sum(w * (y - intercept[:, None] - slope[:, None] * x) ** 2, axis=1)
    df = pair.count - 1
    with_intercept = q_straight - q_slope > chi2_quantile(1.0 - level, 1)
    heterogeneous = np.where(
        with_intercept, q_slope > chi2_quantile(1.0 - level, df - 1), q_straight > chi2_quantile(1.0 - level, df)
    )
    return np.where(with_intercept, slope, straight), 2 * with_intercept + heterogeneous
