"""Signs that small studies with dull results are missing, and what the pool might be without that.

None of these proves anything with a handful of studies; each says with how many it was computed. Egger 1997
(doi 10.1136/bmj.315.7109.629); PET-PEESE: Stanley & Doucouliagos 2014 (doi 10.1002/jrsm.1095); trim and fill: Duval &
Tweedie 2000 (doi 10.1111/j.0006-341X.2000.00455.x); rank test: Begg & Mazumdar 1994 (doi 10.2307/2533446).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import msgspec

from anmin.errors import InputError
from anmin.evidence.distributions import normal_p, t_p, t_quantile
from anmin.evidence.pool import Pooled, Test, check, pool
from anmin.evidence.tau2 import Method

Predictor = Literal["sei", "vi"]


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A straight line through effects against their standard error or variance, weighted by precision.

    ``intercept`` is the effect of an infinitely large study; its interval is on ``df`` degrees.
    """

    k: int
    df: float
    intercept: float
    intercept_se: float
    intercept_p: float
    low: float
    high: float
    slope: float
    slope_se: float
    slope_t: float
    slope_p: float


class Filled(msgspec.Struct, frozen=True, kw_only=True):
    """Trim and fill: how many studies seem to be missing on which side, and the pool with them filled in."""

    missing: int
    side: Literal["left", "right"]
    pooled: Pooled


class PetPeese(msgspec.Struct, frozen=True, kw_only=True):
    """Both lines, and the one that the rule picks: PEESE where PET's own intercept is clear of 0 (one-sided 5 %)."""

    pet: Line
    peese: Line
    picked: Literal["PET", "PEESE"]
    effect: float


def line(effects: Sequence[float], variances: Sequence[float], predictor: Predictor = "sei") -> Line:
    """Weighted least squares with a free error scale, t on k - 2 degrees; three studies or more."""
    y, v = check(effects, variances)
    if len(y) < 3:
        raise InputError("effects", len(y), "three or more for a line")
    x = [math.sqrt(vi) if predictor == "sei" else vi for vi in v]
    w = [1.0 / vi for vi in v]
    total = sum(w)
    mean_x = sum(wi * xi for wi, xi in zip(w, x, strict=True)) / total
    mean_y = sum(wi * yi for wi, yi in zip(w, y, strict=True)) / total
    sxx = sum(wi * (xi - mean_x) ** 2 for wi, xi in zip(w, x, strict=True))
    if sxx <= 1e-28 * total * mean_x**2:
        raise InputError("variances", v[0], "not all alike: a line needs studies of different size")
    slope = sum(wi * (xi - mean_x) * (yi - mean_y) for wi, xi, yi in zip(w, x, y, strict=True)) / sxx
    intercept = mean_y - slope * mean_x
    df = len(y) - 2.0
    scale = sum(wi * (yi - intercept - slope * xi) ** 2 for wi, xi, yi in zip(w, x, y, strict=True)) / df
    slope_se, intercept_se = math.sqrt(scale / sxx), math.sqrt(scale * (1.0 / total + mean_x**2 / sxx))
    half = t_quantile(0.975, df) * intercept_se
    return Line(
        k=len(y),
        df=df,
        intercept=intercept,
        intercept_se=intercept_se,
        intercept_p=_p(intercept, intercept_se, df),
        low=intercept - half,
        high=intercept + half,
        slope=slope,
        slope_se=slope_se,
        slope_t=slope / slope_se if slope_se > 0.0 else 0.0,
        slope_p=_p(slope, slope_se, df),
    )


def _p(value: float, se: float, df: float) -> float:
    return t_p(value / se, df) if se > 0.0 else 1.0


def egger(effects: Sequence[float], variances: Sequence[float]) -> Line:
    """Egger's test: the slope against the standard error, and its p."""
    return line(effects, variances, "sei")


def pet_peese(effects: Sequence[float], variances: Sequence[float]) -> PetPeese:
    """Both corrected effects and the rule's pick."""
    pet, peese = line(effects, variances, "sei"), line(effects, variances, "vi")
    clear = pet.intercept_p < 0.1
    return PetPeese(
        pet=pet, peese=peese, picked="PEESE" if clear else "PET", effect=(peese if clear else pet).intercept
    )


def trim_and_fill(
    effects: Sequence[float],
    variances: Sequence[float],
    *,
    estimator: Literal["L0", "R0", "Q0"] = "L0",
    method: Method = "REML",
    test: Test = "z",
    side: Literal["left", "right"] | None = None,
) -> Filled:
    """Trim the lopsided side, find the middle, fill in mirror images. Side: where Egger's line points unless given."""
    y, v = check(effects, variances)
    if side is None:
        side = missing_side(y, v, method)
    sign = -1.0 if side == "right" else 1.0
    pairs = sorted(zip([sign * yi for yi in y], v, strict=True), key=lambda pair: pair[0])
    ys, vs = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    k, before, missing, middle = len(ys), -1, 0, 0.0
    for _ in range(100):
        if missing == before:
            break
        before = missing
        middle = pool(ys[: k - missing], vs[: k - missing], method=method, test="z").effect
        missing = _missing([yi - middle for yi in ys], estimator)
    filled = [2.0 * middle - yi for yi in ys[k - missing :]] if missing else []
    whole = pool(
        [sign * yi for yi in ys + filled], vs + (vs[k - missing :] if missing else []), method=method, test=test
    )
    return Filled(missing=missing, side=side, pooled=whole)


def missing_side(y: Sequence[float], v: Sequence[float], method: Method) -> Literal["left", "right"]:
    """The side on which studies seem to be missing: away from where effects grow with their error."""
    from anmin.evidence.meta_regression import meta_regression

    slope = meta_regression(y, v, [[math.sqrt(vi)] for vi in v], method=method, test="z").coefficients[1]
    return "right" if slope.value < 0.0 else "left"


def _missing(centred: Sequence[float], estimator: Literal["L0", "R0", "Q0"]) -> int:
    k = len(centred)
    order = sorted(range(k), key=lambda i: abs(centred[i]))
    rank = {i: place for place, i in enumerate(order, start=1)}
    positive = float(sum(rank[i] for i in range(k) if centred[i] > 0.0))
    if estimator == "R0":
        found = k - max((rank[i] for i in range(k) if centred[i] < 0.0), default=k) - 1.0
    elif estimator == "L0":
        found = (4.0 * positive - k * (k + 1.0)) / (2.0 * k - 1.0)
    else:
        inside = 2.0 * k * k - 4.0 * positive + 0.25
        if inside < 0.0:
            raise InputError("estimator", estimator, "L0 or R0 for these studies: Q0 has no real value here")
        found = k - 0.5 - math.sqrt(inside)
    return min(max(0, round(found)), k - 2)


class Rank(msgspec.Struct, frozen=True, kw_only=True):
    """Kendall's τ between effects (freed from the pool) and variances; ``exact`` without ties and below 50 studies."""

    tau: float
    p: float
    exact: bool


def rank_test(effects: Sequence[float], variances: Sequence[float]) -> Rank:
    """Begg's rank test."""
    y, v = check(effects, variances)
    k = len(y)
    if k < 3:
        raise InputError("effects", k, "three or more for a rank test")
    total = sum(1.0 / vi for vi in v)
    mean = sum(yi / vi for yi, vi in zip(y, v, strict=True)) / total
    freed = [(yi - mean) / math.sqrt(vi - 1.0 / total) for yi, vi in zip(y, v, strict=True)]
    score = ties_x = ties_y = 0
    for i in range(k):
        for j in range(i):
            a, b = freed[i] - freed[j], v[i] - v[j]
            score += (a * b > 0.0) - (a * b < 0.0)
            ties_x, ties_y = ties_x + (a == 0.0), ties_y + (b == 0.0)
    pairs = k * (k - 1) // 2
    scale = math.sqrt(float((pairs - ties_x) * (pairs - ties_y)))
    exact = ties_x == ties_y == 0 and k < 50
    spread = math.sqrt(k * (k - 1.0) * (2.0 * k + 5.0) / 18.0)
    p = _kendall_p((pairs + score) // 2, k) if exact else normal_p(score / spread)
    return Rank(tau=score / scale if scale else 0.0, p=p, exact=exact)


def _kendall_p(concordant: int, k: int) -> float:
    """Two-sided exact p: the counts of permutations by their number of concordant pairs, by convolution."""
    counts = [1]
    for n in range(2, k + 1):
        wider = [0] * (len(counts) + n - 1)
        for shift in range(n):
            for i, count in enumerate(counts):
                wider[i + shift] += count
        counts = wider
    below, above = sum(counts[: concordant + 1]), sum(counts[concordant:])
    return min(1.0, 2.0 * min(below, above) / math.factorial(k))
