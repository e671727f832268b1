"""MR-Egger with simulation extrapolation (SIMEX): the slope freed of the dilution that errors in b_x cause.

More error of the same kind is added to |b_x|, √λ s_x at λ = ½, 1, 1½, 2; how the slope shrinks is followed by a
parabola back to λ = −1, where there would be no error (Cook and Stefanski 1994, doi 10.1080/01621459.1994.10476871;
for Mendelian randomization Bowden et al. 2016, doi 10.1093/ije/dyw220). Worth doing where I²_GX is below 0.9.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from anmin.evidence.mr.closing import cannot, close, p_of
from anmin.evidence.mr.model import Convention, Estimate
from anmin.evidence.mr.pair import Array, Pair
from anmin.evidence.mr.regression import egger

ADDED = (0.5, 1.0, 1.5, 2.0)
"""λ: how many times the error variance that is there already is added, as the method's authors do."""


def egger_simex(
    pair: Pair, *, draws: int = 1000, seed: int = 1, distribution: Literal["normal", "t"] = "t"
) -> Estimate:
    """MR-Egger, extrapolated by a parabola; SE by Stefanski and Cook's jackknife (1995), without a floor.

    The same draws serve every λ, each with its mirror image, so the curve is smooth and its mean exact to first
    order. Needs four variants; ``draws`` even.
    """
    draws += draws % 2
    convention = Convention(
        weights="first", distribution=distribution, spread="multiplicative", draws=draws, seed=seed,
        detail="SIMEX, parabola to λ = -1, jackknife SE",
    )  # fmt: skip
    naive = egger(pair, floor=None, distribution=distribution)
    if pair.count < 4 or naive.estimate is None or naive.se is None:
        return cannot("egger_simex", pair.count, convention, naive.why_not or "too_few_variants")
    sign = np.where(pair.bx < 0, -1.0, 1.0)
    half = np.random.default_rng(seed).normal(size=(draws // 2, pair.count))
    noise = np.concatenate([half, -half]) * pair.sx
    levels = [0.0, *ADDED]
    first = np.array([naive.intercept, naive.estimate, naive.intercept_se, naive.se], dtype=np.float64)
    means, variances = [first[:2]], [first[2:] ** 2]
    for level in ADDED:
        lines, errors = _lines(pair.bx * sign + math.sqrt(level) * noise, pair.by * sign, pair.sy**-2.0)
        means.append(lines.mean(axis=1))
        # What the model says of itself, less what the added noise alone moved.
        variances.append(errors.mean(axis=1) - lines.var(axis=1, ddof=1))
    intercept, slope = _backwards(levels, np.array(means))
    intercept_var, slope_var = _backwards(levels, np.array(variances))
    if slope_var <= 0.0 or intercept_var <= 0.0:
        return cannot("egger_simex", pair.count, convention, "no_solution")
    df, intercept_se = pair.count - 2, math.sqrt(intercept_var)
    return close(
        "egger_simex", pair.count, slope, math.sqrt(slope_var), convention, df,
        intercept=intercept, intercept_se=intercept_se, intercept_p=p_of(intercept, intercept_se, convention, df),
    )  # fmt: skip


def _lines(x: Array, y: Array, w: Array) -> tuple[Array, Array]:
    """Of each row of ``x`` (B, J): intercept and slope, and their variances; both (2, B)."""
    total = float(np.sum(w))
    middle_x, middle_y = (x @ w) / total, float(y @ w) / total
    away = x - middle_x[:, None]
    sxx = (away**2) @ w
    slope = (away @ (w * (y - middle_y))) / sxx
    intercept = middle_y - slope * middle_x
    q = ((y - intercept[:, None] - slope[:, None] * x) ** 2) @ w
    sigma2 = q / (len(y) - 2)
    variances = np.array([sigma2 * (1.0 / total + middle_x**2 / sxx), sigma2 / sxx])
    return np.array([intercept, slope]), variances


def _backwards(levels: list[float], values: Array) -> tuple[float, float]:
    """The parabola through each column of ``values``, read at −1."""
    bends = np.vander(np.array(levels), 3)
    found = np.linalg.lstsq(bends, values, rcond=None)[0]
    at = np.array([1.0, -1.0, 1.0]) @ found
    return float(at[0]), float(at[1])
