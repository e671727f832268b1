"""MM-estimates of a linear regression (Yohai 1987, doi 10.1214/aos/1176350366), found without chance where possible.

An S-estimate that half of the rows may spoil gives the residual scale; an M-estimate at that scale then regains 95 %
of the efficiency of least squares. Both use Tukey's biweight. The standard errors are those of Croux, Dhaene and
Hoorelbeke (2003, Econometrics discussion paper 03.16), which hold when the spread differs between rows.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from anmin.evidence.distributions import find_root
from anmin.evidence.mr.pair import Array, Rows

TUNE_SCALE, TUNE_SLOPE = 1.547640, 4.685061
"""Biweight constants: half of the rows may be bad; 95 % efficiency at the normal."""
BREAKDOWN = 0.5
_ALL_SUBSETS = 5_000
_ROUNDS = 200
_KEPT_STARTS = 10


@dataclass(frozen=True, kw_only=True)
class Robust:
    """Coefficients (K,), their covariance (K, K), the residual scale, and the weight of each row between 0 and 1."""

    coefficients: Array
    covariance: Array
    scale: float
    weights: Array


def drawn_starts(count: int, width: int) -> bool:
    """Whether there are too many subsets of the rows to try each, so that chance picks the starts."""
    return math.comb(count, width) > _ALL_SUBSETS


def mm_regression(x: Array, y: Array, seed: int = 1) -> Robust | None:
    """The MM-estimate of ``y`` (J,) on ``x`` (J, K) without a constant; ``None`` where the rows do not determine it.

    Every subset of K rows is a start up to 5,000 of them; beyond that as many are drawn with ``seed``.
    """
    count, width = x.shape
    if count <= width or np.linalg.matrix_rank(x) < width:
        return None
    first = _s_estimate(x, y, seed)
    if first is None:
        return None
    start, scale = first
    if scale <= 0.0:
        return None
    slope = _reweighted(x, y, start, scale)
    covariance = _covariance(x, y - x @ start, y - x @ slope, scale)
    if covariance is None:
        return None
    weights = _weight((y - x @ slope) / scale, TUNE_SLOPE)
    return Robust(coefficients=slope, covariance=covariance, scale=scale, weights=weights)


def _s_estimate(x: Array, y: Array, seed: int) -> tuple[Array, float] | None:
    """The coefficients with the smallest M-scale of the residuals, and that scale."""
    starts = []
    for rows in _subsets(len(y), x.shape[1], seed):
        square = x[rows]
        if abs(np.linalg.det(square)) > 1e-12 * float(np.prod(np.linalg.norm(square, axis=1)) or 1.0):
            starts.append(np.linalg.solve(square, y[rows]))
    if not starts:
        return None
    # A start is as good as the median of its residuals; only the best are followed to the end.
    middles = [float(np.median(np.abs(y - x @ start))) for start in starts]
    order = np.argsort(middles, kind="stable")[: 5 * _KEPT_STARTS]
    followed = sorted((_improved(x, y, starts[i], 2, 1e-6) for i in order), key=lambda found: found[1])
    return min((_improved(x, y, found[0], _ROUNDS) for found in followed[:_KEPT_STARTS]), key=lambda found: found[1])


def _subsets(count: int, width: int, seed: int) -> Iterator[Rows]:
    if not drawn_starts(count, width):
        for rows in combinations(range(count), width):
            yield np.array(rows)
        return
    random = np.random.default_rng(seed)
    for _ in range(_ALL_SUBSETS):
        yield np.sort(random.choice(count, width, replace=False))


def _improved(x: Array, y: Array, start: Array, rounds: int, precision: float = 1e-15) -> tuple[Array, float]:
    """Reweighted steps at the M-scale of the current residuals; the scale never rises."""
    slope, scale = start, m_scale(y - x @ start, x.shape[1])
    for _ in range(rounds):
        if scale <= 0.0:
            break
        following = _least_squares(x, y, _weight((y - x @ slope) / scale, TUNE_SCALE))
        if following is None:
            break
        smaller = m_scale(y - x @ following, x.shape[1], scale)
        done = abs(scale - smaller) <= precision * scale and np.allclose(following, slope, rtol=1e-14, atol=0.0)
        slope, scale = following, smaller
        if done:
            break
    return slope, scale


def m_scale(residuals: Array, width: int, start: float | None = None) -> float:
    """σ with Σ ρ(r / σ) / (J − K) = ½; zero where so many residuals are zero that no σ does it."""
    size = np.abs(residuals)
    share = len(size) - width
    if np.count_nonzero(size > 0.0) <= BREAKDOWN * share:
        return 0.0
    wanted = share * BREAKDOWN

    def excess(sigma: float) -> float:
        return float(np.sum(_rho(size / sigma, TUNE_SCALE))) - wanted

    low = high = start or float(np.median(size)) / 0.6745 or float(np.max(size))
    while excess(low) <= 0.0 and low > 0.0:
        low /= 2.0
    while excess(high) > 0.0 and math.isfinite(high):
        high *= 2.0
    if not (low > 0.0 and math.isfinite(high)):
        return 0.0
    return find_root(excess, low, high)


def _reweighted(x: Array, y: Array, start: Array, scale: float) -> Array:
    slope = start
    for _ in range(_ROUNDS):
        following = _least_squares(x, y, _weight((y - x @ slope) / scale, TUNE_SLOPE))
        if following is None:
            break
        done = np.max(np.abs(following - slope)) <= 1e-14 * max(1e-300, float(np.max(np.abs(following))))
        slope = following
        if done:
            break
    return slope


def _least_squares(x: Array, y: Array, w: Array) -> Array | None:
    try:
        return np.asarray(np.linalg.solve((x.T * w) @ x, (x.T * w) @ y))
    except np.linalg.LinAlgError:
        return None


def _covariance(x: Array, first: Array, last: Array, scale: float) -> Array | None:
    """From the influence of a row on slope and scale together; ``first`` are the residuals that gave the scale."""
    count = len(last)
    r, r0 = last / scale, first / scale
    turn, lift = _psi_slope(r, TUNE_SLOPE), _rho_slope(r0, TUNE_SCALE)
    try:
        inverse = scale * np.linalg.inv((x.T * turn) @ x)
    except np.linalg.LinAlgError:
        return None
    through_scale = inverse @ (x.T @ (turn * r)) / float(np.mean(lift * r0))
    psi, chi = _psi(r, TUNE_SLOPE), _rho(r0, TUNE_SCALE)
    own = inverse @ ((x.T * psi**2) @ x) @ (count * inverse)
    mixed = np.outer(through_scale, (x.T @ (psi * chi)) @ inverse)
    spread = float(np.mean(chi**2 - BREAKDOWN**2)) * np.outer(through_scale, through_scale)
    found = (own - mixed - mixed.T + spread) / count
    return np.asarray(found) if np.all(np.isfinite(found)) and np.all(np.diag(found) > 0.0) else None


def _rho(u: Array, c: float) -> Array:
    """Tukey's biweight loss, one at and beyond ``c``."""
    return np.asarray(1.0 - (1.0 - np.minimum((u / c) ** 2, 1.0)) ** 3)


def _rho_slope(u: Array, c: float) -> Array:
    return np.where(np.abs(u) < c, 6.0 * u / c**2 * (1.0 - (u / c) ** 2) ** 2, 0.0)


def _psi(u: Array, c: float) -> Array:
    return u * _weight(u, c)


def _psi_slope(u: Array, c: float) -> Array:
    t = (u / c) ** 2
    return np.where(t < 1.0, (1.0 - t) * (1.0 - 5.0 * t), 0.0)


def _weight(u: Array, c: float) -> Array:
    return np.where(np.abs(u) < c, (1.0 - (u / c) ** 2) ** 2, 0.0)
