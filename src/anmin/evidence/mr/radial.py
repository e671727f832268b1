"""Radial IVW and radial MR-Egger (Bowden et al. 2018, doi 10.1093/ije/dyy101): each variant's share of Q in the open.

The regression of ratio × √w on √w is IVW again, but a point's distance from the line is the root of its own part of
Q, so variants that stand out can be tested one by one. ``modified`` weights let the error of the exposure grow with
the slope, 1 / ((s_y² + θ² s_x²) / b_x²), and are solved together with it (Bowden et al. 2019, doi 10.1093/ije/dyy258).
"""

from __future__ import annotations

import math
from typing import Literal

import msgspec
import numpy as np

from anmin.evidence.distributions import chi2_p
from anmin.evidence.mr.closing import cannot, close, p_of
from anmin.evidence.mr.likelihood import maximum_likelihood
from anmin.evidence.mr.model import Convention, Estimate
from anmin.evidence.mr.pair import Array, Pair
from anmin.evidence.mr.regression import ratio_variance, weighted_line, widening

RadialWeights = Literal["first", "delta2", "iterated", "exact"]
"""``iterated``: modified weights at the slope they give; ``exact``: the slope with the smallest modified Q."""

_ROUNDS = 1_000


class Radial(msgspec.Struct, frozen=True, kw_only=True):
    """A radial estimate, each variant's part of Q with its p, and those beyond ``level``."""

    estimate: Estimate
    parts: tuple[float, ...]
    p: tuple[float, ...]
    level: float
    outliers: tuple[int, ...]


def radial_ivw(pair: Pair, weights: RadialWeights = "iterated", level: float | None = None) -> Radial:
    """Radial IVW with multiplicative random effects, floor 1. ``level``: 0.05 / J (Bonferroni) unless given.

    The standard error takes the weights as known, as the field does; maximum likelihood gives the curvature's.
    """
    convention = _convention(weights, "normal")
    level = 0.05 / max(1, pair.count) if level is None else level
    if pair.count < 2 or not np.all(pair.bx):
        return _without(cannot("radial_ivw", pair.count, convention), level)
    solved = _solved(pair, weights)
    if solved is None:
        return _without(cannot("radial_ivw", pair.count, convention, "no_solution"), level)
    slope, w = solved
    df = pair.count - 1
    parts = w * (pair.by / pair.bx - slope) ** 2
    q = float(np.sum(parts))
    residual = math.sqrt(q / df)
    se = widening(residual, "multiplicative", 1.0) / math.sqrt(float(np.sum(w)))
    found = close(
        "radial_ivw", pair.count, slope, se, convention, df, residual_se=residual, q=q, q_df=df, q_p=chi2_p(q, df)
    )
    return _judged(found, parts, level)


def radial_egger(
    pair: Pair, weights: RadialWeights = "first", distribution: Literal["normal", "t"] = "t", level: float | None = None
) -> Radial:
    """Radial MR-Egger: the line with an intercept through (√w, ratio × √w). Needs three variants.

    Its answer does not depend on which allele is counted: turning one leaves the ratio, and so the point, unchanged.
    """
    convention = _convention(weights, distribution)
    level = 0.05 / max(1, pair.count) if level is None else level
    if pair.count < 3 or not np.all(pair.bx):
        return _without(cannot("radial_egger", pair.count, convention), level)
    solved = _solved(pair, weights)
    if solved is None:
        return _without(cannot("radial_egger", pair.count, convention, "no_solution"), level)
    x = np.sqrt(solved[1])
    y = x * pair.by / pair.bx
    intercept, slope, intercept_var, slope_var = weighted_line(x, y, np.ones(pair.count))
    if not math.isfinite(slope):
        return _without(cannot("radial_egger", pair.count, convention, "no_solution"), level)
    df = pair.count - 2
    parts = (y - intercept - slope * x) ** 2
    q = float(np.sum(parts))
    residual = math.sqrt(q / df)
    factor = widening(residual, "multiplicative", 1.0)
    intercept_se = factor * math.sqrt(intercept_var)
    found = close(
        "radial_egger", pair.count, slope, factor * math.sqrt(slope_var), convention, df,
        intercept=intercept, intercept_se=intercept_se, intercept_p=p_of(intercept, intercept_se, convention, df),
        residual_se=residual, q=q, q_df=df, q_p=chi2_p(q, df),
    )  # fmt: skip
    return _judged(found, parts, level)


def _solved(pair: Pair, weights: RadialWeights) -> tuple[float, Array] | None:
    """The slope of the IVW line and the weights of the ratios; ``None`` where modified weights have no solution."""
    ratio = pair.by / pair.bx
    if weights == "exact":
        exact = maximum_likelihood(pair).estimate
        return None if exact is None else (exact, _modified(pair, exact))
    w = 1.0 / ratio_variance(pair, "delta2" if weights == "delta2" else "first")
    slope = float(np.sum(w * ratio) / np.sum(w))
    if weights != "iterated":
        return slope, w
    for _ in range(_ROUNDS):
        w = _modified(pair, slope)
        following = float(np.sum(w * ratio) / np.sum(w))
        if abs(following - slope) <= 1e-14 * abs(following):
            return following, w
        slope = following
    return None


def _modified(pair: Pair, slope: float) -> Array:
    return np.asarray(pair.bx**2 / (pair.sy**2 + slope**2 * pair.sx**2))


def _judged(found: Estimate, parts: Array, level: float) -> Radial:
    p = tuple(chi2_p(float(part), 1) for part in parts)
    outliers = tuple(i for i, value in enumerate(p) if value < level)
    return Radial(estimate=found, parts=tuple(float(part) for part in parts), p=p, level=level, outliers=outliers)


def _without(found: Estimate, level: float) -> Radial:
    return Radial(estimate=found, parts=(), p=(), level=level, outliers=())


def _convention(weights: RadialWeights, distribution: Literal["normal", "t"]) -> Convention:
    detail = {"first": "", "delta2": "", "iterated": "modified weights, iterated", "exact": "modified weights, exact"}
    return Convention(
        weights=weights if weights in ("first", "delta2") else None, distribution=distribution, floor=1.0,
        spread="multiplicative", detail=", ".join(filter(None, ["radial", detail[weights]])),
    )  # fmt: skip
