"""Maximum likelihood, RAPS and contamination mixture for many outcomes at once, each as for the single pair."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from anmin.evidence.distributions import chi2_quantile, normal_cdf
from anmin.evidence.mr.closing import LEVEL
from anmin.evidence.mr.likelihood import HUBER
from anmin.evidence.mr.many_table import Column, Outcomes, column, joined
from anmin.evidence.mr.model import Convention
from anmin.evidence.mr.pair import Array
from anmin.evidence.mr.tail_arrays import chi2_tails

LIKELIHOODS = ("maximum_likelihood", "raps", "contamination_mixture")

_CELLS = 16_000
"""Numbers of an outcome × variant block: it stays in the cache through all steps of a search."""

_ROUNDS = 200
_HALVINGS = 200


def likelihoods_many(outcomes: Outcomes, methods: Sequence[str]) -> dict[str, Column]:
    """Those of the three that are asked for."""
    solvers: dict[str, Callable[[Outcomes], Column]] = {
        "maximum_likelihood": _maximum_likelihood, "raps": _raps, "contamination_mixture": _mixture
    }  # fmt: skip
    size = max(1, _CELLS // max(1, len(outcomes.bx)))
    found = {}
    for name, solve in solvers.items():
        if name in methods:
            starts = range(0, max(1, len(outcomes.names)), size)
            found[name] = joined([solve(outcomes.rows(slice(at, at + size))) for at in starts])
    return found


class _Block:
    """Rows of outcomes; a missing variant has weight zero in ``here``."""

    def __init__(self, bx: Array, s: Array, by: Array, sy2: Array, here: Array) -> None:
        self.bx, self.s, self.by, self.sy2, self.here = bx, s, by, sy2, here

    @classmethod
    def of(cls, outcomes: Outcomes) -> _Block:
        here = outcomes.here
        sy2 = np.where(here, outcomes.sy, 1.0) ** 2
        return cls(outcomes.bx, outcomes.sx**2, np.where(here, outcomes.by, 0.0), sy2, here.astype(np.float64))

    def only(self, rows: NDArray[np.intp]) -> _Block:
        return _Block(self.bx, self.s, self.by[rows], self.sy2[rows], self.here[rows])

    def scale(self) -> Array:
        """The median of s_y / s_x of each row: about where a slope is as uncertain from either side."""
        sy = np.sqrt(self.sy2)
        ratio = np.where(self.s > 0.0, sy / np.sqrt(np.where(self.s > 0.0, self.s, 1.0)), 1.0)
        kept = (self.here > 0.0) | ~self.here.any(axis=1, keepdims=True)
        return np.asarray(np.nanmedian(np.where(kept, ratio, np.nan), axis=1))


Score = Callable[[_Block, Array, Array], Array]
"""Block of R rows, slopes (R,), τ² (R,) → values (R,)."""


def _profile_score(block: _Block, theta: Array, tau2: Array) -> Array:
    t = theta[:, None]
    ts = t * block.s
    variance = block.sy2 + t * ts
    residual = (block.by - t * block.bx) / variance
    return np.asarray(np.sum(block.here * residual * (block.bx + residual * ts), axis=1))


def _huber_terms(block: _Block, theta: Array, tau2: Array) -> tuple[Array, Array, Array]:
    """ψ(t), t and the variance of each variant."""
    t = theta[:, None]
    variance = block.sy2 + tau2[:, None] + t * t * block.s
    standard = (block.by - t * block.bx) / np.sqrt(variance)
    return np.minimum(np.maximum(standard, -HUBER), HUBER), standard, variance


def _slope_terms(block: _Block, theta: Array, tau2: Array) -> Array:
    psi, _, variance = _huber_terms(block, theta, tau2)
    guess = block.bx * (block.sy2 + tau2[:, None]) + theta[:, None] * block.by * block.s
    return np.asarray(block.here * psi * guess / (variance * np.sqrt(variance)))


def _slope_score(block: _Block, theta: Array, tau2: Array) -> Array:
    return np.asarray(_slope_terms(block, theta, tau2).sum(axis=1))


_DELTA = 2.0 * normal_cdf(HUBER) - 1.0
"""E[T ψ(T)] for a standard normal T."""


def _spread_terms(block: _Block, theta: Array, tau2: Array) -> Array:
    psi, standard, variance = _huber_terms(block, theta, tau2)
    return np.asarray(block.here * block.s * (standard * psi - _DELTA) / variance)


def _spread_score(block: _Block, tau2: Array, theta: Array) -> Array:
    return np.asarray(_spread_terms(block, theta, tau2).sum(axis=1))


def _falling_roots(block: _Block, score: Score, points: int) -> tuple[NDArray[np.intp], Array]:
    """Every root of the score that falls: the row of each and its slope, in order of row and slope."""
    none = np.zeros(len(block.by))
    scale = block.scale()
    line = np.tan(np.linspace(-math.pi / 2 + 1e-4, math.pi / 2 - 1e-4, points))
    values = np.stack([score(block, scale * at, none) for at in line], axis=1)
    rows, places = np.nonzero((values[:, :-1] > 0.0) & (values[:, 1:] <= 0.0))
    low, high = scale[rows] * line[places], scale[rows] * line[places + 1]
    return rows, _root(block.only(rows), score, low, high, np.zeros(len(rows)))


def _root(block: _Block, f: Score, low: Array, high: Array, other: Array) -> Array:
    """Where ``f`` falls through zero in each row, between two ends that enclose it.

    The Illinois variant of regula falsi with a halving every third step; a row that has settled is left alone, so
    that none depends on its company.
    """
    low, high = low.copy(), high.copy()
    found = np.empty(len(low))
    alive = np.arange(len(low))
    f_low, f_high = f(block, low, other), f(block, high, other)
    for turn in range(_HALVINGS):
        with np.errstate(all="ignore"):
            at = low - f_low * (high - low) / (f_high - f_low)
        halfway = 0.5 * (low + high)
        at = np.where((turn % 3 == 2) | ~(at > low) | ~(at < high), halfway, at)
        value = f(block, at, other)
        above = value > 0.0
        f_high = np.where(above, 0.5 * f_high, value)
        f_low = np.where(above, value, 0.5 * f_low)
        low, high = np.where(above, at, low), np.where(above, high, at)
        done = (value == 0.0) | (high - low <= 4e-16 * np.maximum(np.abs(low), np.abs(high)) + 1e-300)
        if done.any():
            found[alive[done]] = at[done]
            rest = np.flatnonzero(~done)
            alive, block, other = alive[rest], block.only(rest), other[rest]
            low, high, f_low, f_high = low[rest], high[rest], f_low[rest], f_high[rest]
        if not len(alive):
            return found
    found[alive] = 0.5 * (low + high)
    return found


def _best_of(rows: NDArray[np.intp], slopes: Array, loss: Array, count: int) -> NDArray[np.intp]:
    """For each of ``count`` rows the place of its smallest loss; −1 where it has no root."""
    chosen = np.full(count, -1, dtype=np.intp)
    # The single pair sorts stably by loss, so the first of equals wins.
    for place in np.lexsort((np.arange(len(rows)), loss))[::-1]:
        chosen[rows[place]] = place
    return chosen


def _filled(count: int, chosen: NDArray[np.intp], values: Array) -> Array:
    found = np.full(count, np.nan)
    has = chosen >= 0
    found[has] = values[chosen[has]]
    return found


def _maximum_likelihood(outcomes: Outcomes) -> Column:
    block, n = _Block.of(outcomes), outcomes.here.sum(axis=1)
    rows, slopes = _falling_roots(block, _profile_score, 800)
    at = block.only(rows)
    t = slopes[:, None]
    variance = at.sy2 + t * t * at.s
    residual = at.by - t * at.bx
    deviance = np.sum(at.here * residual**2 / variance, axis=1)
    first = at.bx**2 / variance + 4.0 * at.bx * residual * t * at.s / variance**2
    second = -(residual**2) * at.s / variance**2 + 4.0 * residual**2 * t**2 * at.s**2 / variance**3
    curvature = np.sum(at.here * (first + second), axis=1)
    chosen = _best_of(rows, slopes, deviance, len(n))
    q, df = _filled(len(n), chosen, deviance), n - 1
    with np.errstate(all="ignore"):
        se = np.maximum(1.0, np.sqrt(q / np.maximum(df, 1))) / np.sqrt(_filled(len(n), chosen, curvature))
    convention = Convention(spread="multiplicative", floor=1.0, se="information", detail="exact profile")
    q_df = np.where(df > 0, df, np.nan)
    return column(
        "maximum_likelihood", convention, _filled(len(n), chosen, slopes), se, n, 2,
        q=q, q_df=q_df, q_p=chi2_tails(q, np.where(df > 0, df, 1)).p,
    )  # fmt: skip


def _raps(outcomes: Outcomes) -> Column:
    """Huber's loss with over-dispersion; of several roots the one with the smallest loss.

    Slope and τ² are solved in turn; each slope is followed from its start, to the next falling root uphill.
    """
    everything, n = _Block.of(outcomes), outcomes.here.sum(axis=1)
    enough = np.flatnonzero(n >= 3)
    block = everything.only(enough)
    rows, slopes = _falling_roots(block, _slope_score, 400)
    slopes, tau2 = _settle(block.only(rows), slopes)
    at = block.only(rows)
    _, standard, variance = _huber_terms(at, slopes, tau2)
    size = np.abs(standard)
    rho = np.where(size <= HUBER, 0.5 * standard**2, HUBER * (size - 0.5 * HUBER))
    loss = np.sum(at.here * (rho + 0.5 * np.log(variance)), axis=1)
    chosen = _best_of(rows, slopes, loss, len(enough))
    has = np.flatnonzero(chosen >= 0)
    picked = chosen[has]
    estimate, se = np.full(len(n), np.nan), np.full(len(n), np.nan)
    estimate[enough[has]] = slopes[picked]
    se[enough[has]] = _sandwich(at.only(picked), slopes[picked], tau2[picked])
    convention = Convention(spread="additive", se="sandwich", detail="huber")
    return column("raps", convention, estimate, se, n, 3)


def _settle(block: _Block, slopes: Array) -> tuple[Array, Array]:
    """Slope and τ² that solve both equations, by turns from each starting slope."""
    slopes, tau2 = slopes.copy(), np.zeros(len(slopes))
    alive = np.arange(len(slopes))
    for _ in range(_ROUNDS):
        if not len(alive):
            break
        some = block.only(alive)
        before, before_tau2 = slopes[alive], tau2[alive]
        following = _tau2(some, before)
        at = _next_root(some, before, following)
        lost = np.isnan(at)
        slopes[alive] = np.where(lost, before, at)
        tau2[alive] = np.where(lost, before_tau2, following)
        settled = np.abs(at - before) <= 1e-12 * (1.0 + np.abs(before))
        settled &= np.abs(following - before_tau2) <= 1e-14 + 1e-12 * before_tau2
        alive = alive[~(settled | lost)]
    return slopes, tau2


def _tau2(block: _Block, theta: Array) -> Array:
    none = np.zeros(len(theta))
    found = np.zeros(len(theta))
    more = np.flatnonzero(_spread_score(block, none, theta) > 0.0)
    if len(more):
        some, at = block.only(more), theta[more]
        high = np.max(some.here * (some.by - at[:, None] * some.bx) ** 2, axis=1) + 1e-12
        for _ in range(500):
            short = _spread_score(some, high, at) > 0.0
            if not short.any():
                break
            high = np.where(short, 4.0 * high, high)
        found[more] = _root(some, _spread_score, none[more], high, at)
    return found


def _next_root(block: _Block, start: Array, tau2: Array) -> Array:
    """The falling root that the score points to from ``start``: steps that double, then the bracket; NaN if none."""
    score = _slope_score(block, start, tau2)
    sign = np.where(score > 0.0, 1.0, -1.0)
    step = 1e-6 * (1.0 + np.abs(start))
    near, far = start.copy(), start + sign * step
    crossed = np.zeros(len(start), dtype=np.bool_)
    for _ in range(60):
        going = np.flatnonzero(~crossed)
        if not len(going):
            break
        value = _slope_score(block.only(going), far[going], tau2[going])
        crossed[going] = (value > 0.0) != (sign[going] > 0.0)
        going = going[~crossed[going]]
        step[going] *= 2.0
        near[going], far[going] = far[going], far[going] + sign[going] * step[going]
    found = np.full(len(start), np.nan)
    has = np.flatnonzero(crossed)
    low, high = np.minimum(near, far)[has], np.maximum(near, far)[has]
    found[has] = _root(block.only(has), _slope_score, low, high, tau2[has])
    return found


def _sandwich(block: _Block, theta: Array, tau2: Array) -> Array:
    """A⁻¹ B A⁻ᵀ as for the single pair; without τ² only the slope's equation counts."""
    step = 1e-6 * np.where(theta != 0.0, np.abs(theta), 1.0)
    step2 = np.where(tau2 > 0.0, 1e-6 * tau2, 1.0)

    def change(f: Callable[[_Block, Array, Array], Array], by_slope: bool) -> Array:
        d1, d2 = (step, 0.0 * step) if by_slope else (0.0 * step, step2)
        up, down = f(block, theta + d1, tau2 + d2), f(block, theta - d1, np.maximum(tau2 - d2, 0.0))
        return np.asarray((up.sum(axis=1) - down.sum(axis=1)) / (2.0 * (step if by_slope else step2)))

    a, c = change(_slope_terms, True), change(_spread_terms, True)
    both = tau2 > 0.0
    b, d = np.where(both, change(_slope_terms, False), 0.0), np.where(both, change(_spread_terms, False), 1.0)
    c = np.where(both, c, 0.0)
    one, two = _slope_terms(block, theta, tau2), _spread_terms(block, theta, tau2)
    b11, b12, b22 = np.sum(one * one, axis=1), np.sum(one * two, axis=1), np.sum(two * two, axis=1)
    b12, b22 = np.where(both, b12, 0.0), np.where(both, b22, 0.0)
    determinant = a * d - b * c
    # First row of A⁻¹ is (d, −b) / determinant.
    return np.asarray(np.sqrt(d * d * b11 - 2.0 * d * b * b12 + b * b * b22) / np.abs(determinant))


def _mixture(outcomes: Outcomes) -> Column:
    """The exact profile: between two places where a variant changes sides it is a parabola."""
    parts = [_mixture_of(outcomes.rows(slice(at, at + 1))) for at in range(len(outcomes.names))]
    if not parts:
        parts = [_mixture_of(outcomes)]
    return joined(parts)


def _mixture_of(outcomes: Outcomes) -> Column:
    convention = Convention(weights="first", distribution="profile", spread="multiplicative", floor=1.0, detail="exact")
    n = outcomes.here.sum(axis=1)
    found = np.full((6, len(n)), np.nan)
    for row in np.flatnonzero(n >= 2):
        found[:, row] = _profile(outcomes, int(row))
    estimate, p, neg_log10_p, low, high, _ = found
    return Column(
        method="contamination_mixture", convention=convention, estimate=estimate, se=np.full(len(n), np.nan), p=p,
        neg_log10_p=neg_log10_p, low=low, high=high, n=n.astype(np.int64),
    )  # fmt: skip


def _profile(outcomes: Outcomes, row: int) -> tuple[float, ...]:
    kept = outcomes.here[row]
    ratio = outcomes.by[row, kept] / outcomes.bx[kept]
    variance = (outcomes.sy[row, kept] / outcomes.bx[kept]) ** 2
    spread = 1.5 * float(np.std(ratio, ddof=1))
    wide = variance + spread**2
    invalid, top = -0.5 * ratio**2 / wide - 0.5 * np.log(wide), -0.5 * np.log(variance)
    reach = np.sqrt(np.maximum(0.0, 2.0 * variance * (top - invalid)))
    edges = np.unique(np.concatenate([ratio - reach, ratio + reach]))
    low, high = np.concatenate([[-math.inf], edges]), np.concatenate([edges, [math.inf]])
    middle = np.concatenate([[edges[0] - 1.0], 0.5 * (edges[1:] + edges[:-1]), [edges[-1] + 1.0]])
    valid = np.abs(middle[:, None] - ratio) <= reach
    w = 1.0 / variance
    k = np.sum(np.where(valid, w, 0.0), axis=1)
    some = k > 0.0
    m = np.where(some, np.sum(np.where(valid, w * ratio, 0.0), axis=1) / np.where(some, k, 1.0), 0.0)
    inside = top - 0.5 * w * (ratio - m[:, None]) ** 2
    a = np.sum(np.where(valid, inside, invalid), axis=1)
    peak = np.where(some, np.minimum(np.maximum(m, low), high), np.where(np.isfinite(low), low, high))
    height = np.where(some, a - 0.5 * k * (peak - m) ** 2, a)
    best = int(np.argmax(height))
    near = np.abs(peak[best] - ratio) <= reach
    factor = 1.0
    if near.sum() >= 2:
        mean = float((w[near] * ratio[near]).sum() / w[near].sum())
        factor = max(1.0, float((w[near] * (ratio[near] - mean) ** 2).sum()) / (int(near.sum()) - 1))
    cut = height[best] - 0.5 * chi2_quantile(LEVEL, 1) * factor
    at_zero = float(np.sum(np.where(np.abs(ratio) <= reach, top - 0.5 * w * ratio**2, invalid)))
    up = height >= cut
    with np.errstate(all="ignore"):
        half = np.where(some, np.sqrt(np.maximum(0.0, 2.0 * (a - cut) / np.where(some, k, 1.0))), math.inf)
    lower, upper = np.maximum(low, m - half)[up].min(), np.minimum(high, m + half)[up].max()
    tails = chi2_tails(2.0 * (height[best] - at_zero) / factor, 1)
    return float(peak[best]), float(tails.p), float(tails.neg_log10_p), float(lower), float(upper), factor
