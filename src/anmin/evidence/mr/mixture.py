"""Contamination mixture (Burgess et al. 2020, doi 10.1038/s41467-019-14156-4), solved exactly.

A variant is valid (its ratio normal around θ) or not (normal around zero with the extra spread ψ); at each θ each is
what makes its ratio likelier. The profile likelihood is then a parabola between the points where a variant changes
sides, so its maximum and the ends of every interval follow in closed form; no grid is needed.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from anmin.evidence.distributions import chi2_p, chi2_quantile
from anmin.evidence.mr.closing import LEVEL, cannot
from anmin.evidence.mr.model import Convention, Estimate
from anmin.evidence.mr.pair import Array, Flags, Pair


def contamination_mixture(pair: Pair, psi: float | None = None) -> Estimate:
    """The likeliest θ, all parts of its 95 % likelihood interval, and the variants that count as invalid.

    ``psi`` defaults to 1.5 SD of the ratios. There is no standard error: the likelihood may have several peaks.
    Where the valid ratios spread more than their errors allow, interval and p both give way by the square of their
    residual standard error. (MendelianRandomization 0.10.0 widens the interval but multiplies the test statistic by
    the same factor, so that more scatter gives a smaller p.)
    """
    convention = Convention(weights="first", distribution="profile", spread="multiplicative", floor=1.0, detail="exact")
    if pair.count < 2 or not np.all(pair.bx):
        return cannot("contamination_mixture", pair.count, convention)
    ratio, variance = pair.by / pair.bx, pair.sy**2 / pair.bx**2
    spread = 1.5 * float(np.std(ratio, ddof=1)) if psi is None else psi
    invalid = -0.5 * ratio**2 / (variance + spread**2) - 0.5 * np.log(variance + spread**2)
    top = -0.5 * np.log(variance)
    reach = np.sqrt(np.maximum(0.0, 2.0 * variance * (top - invalid)))
    pieces = _pieces(ratio, variance, invalid, top, reach)
    best = max(pieces, key=lambda piece: piece.height)
    valid = np.abs(best.peak - ratio) <= reach
    spread_of_valid = _residual(ratio[valid], variance[valid])
    cut = best.height - 0.5 * chi2_quantile(LEVEL, 1) * spread_of_valid**2
    at_zero = _height(0.0, ratio, variance, invalid, top, reach)
    parts = _intervals(pieces, cut)
    return Estimate(
        method="contamination_mixture", n=pair.count, convention=convention, estimate=best.peak,
        low=parts[0][0], high=parts[-1][1], p=chi2_p(2.0 * (best.height - at_zero) / spread_of_valid**2, 1),
        intervals=parts, residual_se=spread_of_valid, 
        left_out=tuple(int(i) for i in np.flatnonzero(~valid)), tuning=spread,
    )  # fmt: skip


def _residual(ratio: Array, variance: Array) -> float:
    """Residual standard error of the valid ratios around their weighted mean, at least one."""
    if len(ratio) < 2:
        return 1.0
    w = 1.0 / variance
    mean = float((w * ratio).sum() / w.sum())
    return max(1.0, math.sqrt(float((w * (ratio - mean) ** 2).sum()) / (len(ratio) - 1)))


class _Piece:
    """A stretch of θ with one set of valid variants: the parabola a − ½ k (θ − m)²."""

    def __init__(self, low: float, high: float, valid: Flags, parts: tuple[Array, Array, Array, Array]) -> None:
        ratio, variance, invalid, top = parts
        w = 1.0 / variance[valid]
        self.low, self.high, self.k = low, high, float(w.sum())
        self.m = float((w * ratio[valid]).sum()) / self.k if self.k else 0.0
        self.a = float(top[valid].sum() + invalid[~valid].sum() - 0.5 * (w * (ratio[valid] - self.m) ** 2).sum())
        self.peak = min(max(self.m, low), high) if self.k else (low if math.isfinite(low) else high)
        self.height = self.at(self.peak)

    def at(self, theta: float) -> float:
        return self.a - 0.5 * self.k * (theta - self.m) ** 2 if self.k else self.a

    def above(self, cut: float) -> tuple[float, float] | None:
        """Where the parabola is at least ``cut`` within the stretch."""
        if self.height < cut:
            return None
        half = math.sqrt(2.0 * (self.a - cut) / self.k) if self.k else math.inf
        return max(self.low, self.m - half), min(self.high, self.m + half)


def _pieces(ratio: Array, variance: Array, invalid: Array, top: Array, reach: Array) -> list[_Piece]:
    edges = np.unique(np.concatenate([ratio - reach, ratio + reach]))
    ends = [-math.inf, *(float(edge) for edge in edges), math.inf]
    pieces = []
    for low, high in pairwise(ends):
        middle = 0.5 * (low + high)
        if math.isinf(low):
            middle = high - 1.0
        elif math.isinf(high):
            middle = low + 1.0
        pieces.append(_Piece(low, high, np.abs(middle - ratio) <= reach, (ratio, variance, invalid, top)))
    return pieces


def _height(theta: float, ratio: Array, variance: Array, invalid: Array, top: Array, reach: Array) -> float:
    inside = top - 0.5 * (theta - ratio) ** 2 / variance
    return float(np.sum(np.where(np.abs(theta - ratio) <= reach, inside, invalid)))


def _intervals(pieces: list[_Piece], cut: float) -> tuple[tuple[float, float], ...]:
    found: list[tuple[float, float]] = []
    for piece in pieces:
        part = piece.above(cut)
        if part is None:
            continue
        if found and part[0] - found[-1][1] <= 1e-12 * (1.0 + abs(part[0])):
            found[-1] = (found[-1][0], part[1])
        else:
            found.append(part)
    return tuple(found)
