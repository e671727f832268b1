"""How much true effects differ between studies: estimators of τ² for a random-effects model with one mean.

``y`` are effects, ``v`` their sampling variances. Every estimator is exact to rounding: closed forms are evaluated,
the others are roots of their estimating equation, found inside a bracket, so none can fail to converge or stop early
(R's metafor stops at a step of 1e-5 by default; at its tight setting the two agree).

Sources: DerSimonian & Laird 1986 (doi 10.1016/0197-2456(86)90046-2); Hedges & Olkin 1985; Hunter & Schmidt 2004;
Sidik & Jonkman 2005 (doi 10.1111/j.1467-9876.2005.00489.x); Paule & Mandel 1982 (doi 10.6028/jres.087.022);
Viechtbauer 2005 on ML and REML (doi 10.3102/10769986030003261); Morris 1983 on empirical Bayes (equal to PM);
Viechtbauer 2007 on the Q-profile interval (doi 10.1002/sim.2514); median-unbiased: Viechtbauer 2021.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Literal

from anmin.evidence.distributions import chi2_quantile, find_root

Method = Literal["EE", "DL", "HE", "HS", "HSk", "SJ", "PM", "PMM", "EB", "ML", "REML"]
METHODS: tuple[Method, ...] = ("EE", "DL", "HE", "HS", "HSk", "SJ", "PM", "PMM", "EB", "ML", "REML")
"""``EE``: equal effects, τ² is 0 by decision. ``PMM``: the median-unbiased Paule–Mandel. ``HSk``: Hunter–Schmidt with
the small-sample correction."""

Numbers = Sequence[float]


def tau2(y: Numbers, v: Numbers, method: Method = "REML") -> float:
    """The estimate, never below 0; 0 for a single study, where nothing can be told."""
    if len(y) < 2 or method == "EE":
        return 0.0
    return max(0.0, _ESTIMATORS[method](y, v))


def weighted(y: Numbers, v: Numbers, t: float) -> tuple[float, float, float]:
    """Sum of weights, weighted mean, and weighted sum of squares about it, for τ² = ``t``."""
    total = moment = 0.0
    for yi, vi in zip(y, v, strict=True):
        w = 1.0 / (vi + t)
        total += w
        moment += w * yi
    mean = moment / total
    return total, mean, sum((yi - mean) ** 2 / (vi + t) for yi, vi in zip(y, v, strict=True))


def typical_variance(v: Numbers) -> float:
    """The variance of a typical study (Higgins & Thompson 2002, doi 10.1002/sim.1186)."""
    k, total = len(v), sum(1.0 / vi for vi in v)
    return (k - 1.0) * total / (total * total - sum(1.0 / (vi * vi) for vi in v))


def q_profile(y: Numbers, v: Numbers, level: float = 0.95) -> tuple[float, float]:
    """The interval of τ² in which Q is not extreme. (0, ∞) cannot occur: each end is a root or 0."""
    k = len(y)
    if k < 2:
        return 0.0, math.inf
    tail = (1.0 - level) / 2.0
    return _q_root(y, v, chi2_quantile(1.0 - tail, k - 1.0)), _q_root(y, v, chi2_quantile(tail, k - 1.0))


def _dl(y: Numbers, v: Numbers) -> float:
    total, _, q = weighted(y, v, 0.0)
    return (q - (len(y) - 1.0)) / (total - sum(1.0 / (vi * vi) for vi in v) / total)


def _he(y: Numbers, v: Numbers) -> float:
    return _variance(y) - sum(v) / len(v)


def _hs(y: Numbers, v: Numbers) -> float:
    total, _, q = weighted(y, v, 0.0)
    return (q - len(y)) / total


def _hsk(y: Numbers, v: Numbers) -> float:
    k = len(y)
    total, _, q = weighted(y, v, 0.0)
    return (q * k / (k - 1.0) - k) / total


def _sj(y: Numbers, v: Numbers) -> float:
    k = len(y)
    start = _variance(y) * (k - 1.0) / k
    if start == 0.0:
        return 0.0
    return start * weighted(y, v, start)[2] / (k - 1.0)


def _pm(y: Numbers, v: Numbers) -> float:
    return _q_root(y, v, len(y) - 1.0)


def _pmm(y: Numbers, v: Numbers) -> float:
    return _q_root(y, v, chi2_quantile(0.5, len(y) - 1.0))


def _q_root(y: Numbers, v: Numbers, wanted: float) -> float:
    """τ² where the weighted sum of squares falls to ``wanted``; it only falls, so the root is single."""
    if weighted(y, v, 0.0)[2] <= wanted:
        return 0.0
    high = _variance(y) + max(v)
    while weighted(y, v, high)[2] > wanted:
        high *= 2.0
    return find_root(lambda t: weighted(y, v, t)[2] - wanted, 0.0, high)


def _ml(y: Numbers, v: Numbers) -> float:
    return highest(lambda t: _ml_slope(y, v, t), lambda t: log_likelihood(y, v, t), _rough(y, v))


def _reml(y: Numbers, v: Numbers) -> float:
    return highest(lambda t: _reml_slope(y, v, t), lambda t: restricted_log_likelihood(y, v, t), _rough(y, v))


def _rough(y: Numbers, v: Numbers) -> float:
    return _variance(y) * len(y) / (len(y) - 1.0) + max(v)


def log_likelihood(y: Numbers, v: Numbers, t: float) -> float:
    """Log-likelihood at the best mean, constants included."""
    rss = weighted(y, v, t)[2]
    return -0.5 * (len(y) * math.log(2.0 * math.pi) + sum(math.log(vi + t) for vi in v) + rss)


def restricted_log_likelihood(y: Numbers, v: Numbers, t: float) -> float:
    """Restricted log-likelihood with the constant that metafor uses (½ log|X'X|)."""
    k = len(y)
    total, _, rss = weighted(y, v, t)
    logs = sum(math.log(vi + t) for vi in v)
    return -0.5 * ((k - 1.0) * math.log(2.0 * math.pi) - math.log(k) + logs + math.log(total) + rss)


def _ml_slope(y: Numbers, v: Numbers, t: float) -> float:
    mean = weighted(y, v, t)[1]
    slope = 0.0
    for yi, vi in zip(y, v, strict=True):
        w = 1.0 / (vi + t)
        slope += w * (w * (yi - mean) ** 2 - 1.0)
    return slope


def _reml_slope(y: Numbers, v: Numbers, t: float) -> float:
    total = moment = squares = 0.0
    for yi, vi in zip(y, v, strict=True):
        w = 1.0 / (vi + t)
        total += w
        moment += w * yi
        squares += w * w
    mean = moment / total
    slope = squares / total
    for yi, vi in zip(y, v, strict=True):
        w = 1.0 / (vi + t)
        slope += w * (w * (yi - mean) ** 2 - 1.0)
    return slope


_STEPS = 14


def highest(slope: Callable[[float], float], height: Callable[[float], float], rough: float) -> float:
    """The highest point of a likelihood over τ² ≥ 0; ``rough`` is a size that τ² hardly exceeds.

    Every change of its slope from up to down on a fine grid is a peak, refined inside its own bracket; the highest of
    the peaks and of 0 wins. A likelihood with two peaks, on which Newton's method ends where it happens to start, is
    therefore no difficulty.
    """
    grid = [0.0, *(rough * 4.0 ** (i - _STEPS) for i in range(_STEPS + 1))]
    while slope(grid[-1]) > 0.0:
        grid.append(grid[-1] * 4.0)
    slopes = [slope(t) for t in grid]
    peaks = [0.0] if slopes[0] <= 0.0 else []
    for (low, up), (end, down) in zip(
        zip(grid, slopes, strict=True), zip(grid[1:], slopes[1:], strict=True), strict=False
    ):
        if up > 0.0 >= down:
            peaks.append(find_root(slope, low, end))
    return peaks[0] if len(peaks) == 1 else max(peaks, key=height)


def _variance(y: Numbers) -> float:
    mean = sum(y) / len(y)
    return sum((yi - mean) ** 2 for yi in y) / (len(y) - 1.0)


_ESTIMATORS: dict[Method, Callable[[Numbers, Numbers], float]] = {
    "DL": _dl,
    "HE": _he,
    "HS": _hs,
    "HSk": _hsk,
    "SJ": _sj,
    "PM": _pm,
    "PMM": _pmm,
    "EB": _pm,
    "ML": _ml,
    "REML": _reml,
}
