"""Wald ratio, inverse-variance weighted and MR-Egger: weighted regressions of the outcome on the exposure effects.

IVW: Burgess et al. 2013 (doi 10.1002/gepi.21758); MR-Egger: Bowden et al. 2015 (doi 10.1093/ije/dyv080); penalised
weights: Rees et al. 2019 (doi 10.1371/journal.pone.0222362); the ratio's second-order variance: Thomas et al. 2007.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from anmin.evidence.distributions import chi2_p
from anmin.evidence.mr.closing import cannot, close, p_of
from anmin.evidence.mr.model import Convention, Estimate, Weights
from anmin.evidence.mr.pair import Array, Pair

Model = Literal["default", "fixed", "multiplicative"]

PENALTY = 100.0
"""Penalised regression multiplies a weight by min(1, 100 p) (Rees 2019)."""


def ratio_variance(pair: Pair, weights: Weights, covariance: float = 0.0) -> Array:
    """Variance of each ratio by/bx; ``covariance`` is the correlation of the two errors (sample overlap)."""
    if weights == "none":
        return np.ones(pair.count)
    first = pair.sy**2 / pair.bx**2
    if weights == "first":
        return first
    second = pair.by**2 * pair.sx**2 / pair.bx**4
    return first + second - 2.0 * covariance * pair.by * pair.sx * pair.sy / pair.bx**3


def wald(pair: Pair, weights: Weights = "first") -> Estimate:
    """The ratio of one variant; its standard error to the first or second order of the delta method."""
    convention = Convention(weights=weights)
    if pair.count != 1 or pair.bx[0] == 0.0:
        return cannot("wald", pair.count, convention, "no_solution")
    se = math.sqrt(float(ratio_variance(pair, weights)[0]))
    return close("wald", 1, float(pair.by[0] / pair.bx[0]), se, convention)


def ivw(
    pair: Pair,
    model: Model = "default",
    weights: Weights = "first",
    *,
    floor: float | None = 1.0,
    distribution: Literal["normal", "t"] = "normal",
    covariance: float = 0.0,
    penalised: bool = False,
) -> Estimate:
    """The weighted mean of the ratios.

    ``default``: multiplicative random effects from four variants on, else fixed. ``floor`` is the smallest residual
    standard error that multiplies the fixed one: 1 never narrows it, None lets under-dispersion narrow it.
    ``penalised`` weighs down variants far from the simple median of the ratios. ``covariance``: correlation of the
    errors of the two samples where they share people.
    """
    spread: Literal["fixed", "multiplicative"] = "multiplicative"
    if model == "fixed" or (model == "default" and pair.count < 4):
        spread = "fixed"
    floor = floor if spread == "multiplicative" else None
    detail = "penalised" if penalised else ""
    convention = Convention(weights=weights, distribution=distribution, floor=floor, spread=spread, detail=detail)
    name = "penalised_ivw" if penalised else "ivw"
    if not pair.count or not np.any(pair.bx):
        return cannot(name, pair.count, convention)
    w = 1.0 / (ratio_variance(pair, weights, covariance) * pair.bx**2)
    if penalised:
        centre = float(np.median(pair.by / pair.bx))
        w = w * penalties((pair.by - centre * pair.bx) ** 2 * w)
    information = float(np.sum(w * pair.bx**2))
    slope = float(np.sum(w * pair.bx * pair.by)) / information
    q, df = float(np.sum(w * (pair.by - slope * pair.bx) ** 2)), pair.count - 1
    residual = math.sqrt(q / df) if df else 1.0
    se = widening(residual, spread, floor) / math.sqrt(information)
    return close(
        name, pair.count, slope, se, convention, df,
        residual_se=residual, q=q if df else None, q_df=df if df else None, q_p=chi2_p(q, df) if df else None,
    )  # fmt: skip


def egger(
    pair: Pair,
    *,
    floor: float | None = 1.0,
    distribution: Literal["normal", "t"] = "t",
    penalised: bool = False,
) -> Estimate:
    """Regression with an intercept after turning every variant so that it raises the exposure.

    The intercept is the mean direct effect on the outcome; the slope is free of it if direct effects do not depend
    on how strong a variant is (InSIDE). Needs three variants. t on J − 2 degrees of freedom unless ``normal``.
    """
    detail = "penalised" if penalised else ""
    convention = Convention(
        weights="first", distribution=distribution, floor=floor, spread="multiplicative", detail=detail
    )
    name = "penalised_egger" if penalised else "egger"
    if pair.count < 3:
        return cannot(name, pair.count, convention)
    x, y, w = turned(pair, penalised)
    intercept, slope, intercept_var, slope_var = weighted_line(x, y, w)
    if not math.isfinite(slope):
        return cannot(name, pair.count, convention, "no_solution")
    df = pair.count - 2
    q = float(np.sum(w * (y - intercept - slope * x) ** 2))
    residual = math.sqrt(q / df)
    factor = widening(residual, "multiplicative", floor)
    intercept_se = factor * math.sqrt(intercept_var)
    return close(
        name, pair.count, slope, factor * math.sqrt(slope_var), convention, df,
        intercept=intercept, intercept_se=intercept_se, intercept_p=p_of(intercept, intercept_se, convention, df),
        residual_se=residual, q=q, q_df=df, q_p=chi2_p(q, df),
    )  # fmt: skip


def turned(pair: Pair, penalised: bool) -> tuple[Array, Array, Array]:
    """The variants turned so that each raises the exposure: effects on exposure and outcome, and weights, each (J,).

    ``penalised``: those far from the weighted line through all of them weigh less.
    """
    sign = np.where(pair.bx < 0, -1.0, 1.0)
    x, y, w = pair.bx * sign, pair.by * sign, pair.sy**-2.0
    if penalised:
        intercept, slope, *_ = weighted_line(x, y, w)
        w = w * penalties((y - intercept - slope * x) ** 2 * w)
    return x, y, w


def weighted_line(x: Array, y: Array, w: Array) -> tuple[float, float, float, float]:
    """Intercept, slope and their variances at a residual standard error of one."""
    total = float(np.sum(w))
    middle_x, middle_y = float(np.sum(w * x)) / total, float(np.sum(w * y)) / total
    sxx = float(np.sum(w * (x - middle_x) ** 2))
    if sxx <= 0.0:
        return math.nan, math.nan, math.nan, math.nan
    slope = float(np.sum(w * (x - middle_x) * (y - middle_y))) / sxx
    return middle_y - slope * middle_x, slope, 1.0 / total + middle_x**2 / sxx, 1.0 / sxx


def penalties(squared: Array) -> Array:
    """What penalised regression multiplies each weight by, from the squared standardised residuals."""
    return np.array([min(1.0, PENALTY * chi2_p(float(value), 1)) for value in squared])


def widening(residual: float, spread: str, floor: float | None) -> float:
    """The factor on a fixed standard error: one, or the residual standard error, not below ``floor``."""
    if spread == "fixed":
        return 1.0
    return residual if floor is None else max(residual, floor)
