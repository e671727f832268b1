"""Compiled kernels of the bootstraps; import only where Numba is at hand.

Sixty-four draws go side by side, so that every inner loop is a straight run over neighbouring numbers that the
compiler turns into vector instructions. Nothing is sorted: a rank is a count of the others below, a weighted rank a
sum of their weights. Single precision is enough, because only a spread over the draws is taken from it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

F = TypeVar("F", bound=Callable[..., Any])
Single = NDArray[np.float32]
Double = NDArray[np.float64]

_F = np.float32
_LANES = 64
_STEPS = 6
_ZERO, _HALF, _ONE = _F(0), _F(0.5), _F(1)
_C2, _C3, _C4, _C5 = _F(1 / 2), _F(1 / 6), _F(1 / 24), _F(1 / 120)
_FARTHEST, _SHARE = _F(20), _F(-1 / 32)
_NARROWEST, _NEWTON = _F(1e-8), _F(0.75)
_LOWEST, _HIGHEST, _TINY = _F(-1), _F(1e30), _F(1e-30)
_MAD = _F(1.4826)


def _compiled(function: F) -> F:
    """Compiled when first called and kept on disk; sums may be regrouped, NaN and infinity stay what they are."""
    return cast(F, njit(cache=True, nogil=True, fastmath={"contract", "nsz", "arcp", "reassoc"})(function))


@_compiled
def _bell(d: Any) -> Any:
    """exp(−d²/2), nothing below exp(−20): a short series at a thirty-second of the exponent, squared five times."""
    u = d * d * _HALF
    x = (u if u < _FARTHEST else _FARTHEST) * _SHARE
    e = _ONE + x * (_ONE + x * (_C2 + x * (_C3 + x * (_C4 + x * _C5))))
    e = e * e
    e = e * e
    e = e * e
    e = e * e
    e = e * e
    # Truly nothing: a far variant's share is multiplied by its squared distance when the slope bends.
    return e if u < _FARTHEST else _ZERO


@_compiled
def _row_medians(v: Single, rank: Single, middle: Single) -> None:
    """The median over the variants for each lane: v (J, lanes) → middle (lanes,)."""
    count = v.shape[0]
    for i in range(count):
        for b in range(_LANES):
            rank[i, b] = _ZERO
    for i in range(1, count):
        vi, ri = v[i], rank[i]
        for j in range(i):
            vj, rj = v[j], rank[j]
            for b in range(_LANES):
                above = _ONE if vj[b] <= vi[b] else _ZERO
                ri[b] += above
                rj[b] += _ONE - above
    low, high = _F((count - 1) // 2), _F(count // 2)
    for b in range(_LANES):
        middle[b] = _ZERO
    for i in range(count):
        vi, ri = v[i], rank[i]
        for b in range(_LANES):
            first = vi[b] if ri[b] == low else _ZERO
            second = vi[b] if ri[b] == high else _ZERO
            middle[b] += _HALF * (first + second)


@_compiled
def medians_of_draws(
    bx: Single, sx: Single, by: Single, sy: Single, weights: Single, normals_x: Single, normals_y: Single, out: Single
) -> None:
    """Weighted medians of redrawn ratios: weights (K, J), normals (J, D) → out (K, D)."""
    kinds, count = weights.shape
    draws = normals_x.shape[1]
    v, below = np.empty((count, _LANES), _F), np.empty((count, _LANES), _F)
    low_at, low = np.empty(_LANES, _F), np.empty(_LANES, _F)
    high_at, high = np.empty(_LANES, _F), np.empty(_LANES, _F)
    for start in range(0, draws, _LANES):
        size = min(_LANES, draws - start)
        for j in range(count):
            nx, ny, vj = normals_x[j], normals_y[j], v[j]
            for b in range(size):
                vj[b] = (by[j] + sy[j] * ny[start + b]) / (bx[j] + sx[j] * nx[start + b])
            for b in range(size, _LANES):
                vj[b] = _ZERO
        for k in range(kinds):
            half = _ZERO
            for j in range(count):
                own = _HALF * weights[k, j]
                half += own
                for b in range(_LANES):
                    below[j, b] = own
            for i in range(1, count):
                vi, under_i, wi = v[i], below[i], weights[k, i]
                for j in range(i):
                    vj, under_j, wj = v[j], below[j], weights[k, j]
                    for b in range(_LANES):
                        above = vj[b] <= vi[b]
                        under_i[b] += wj if above else _ZERO
                        under_j[b] += _ZERO if above else wi
            for b in range(_LANES):
                low_at[b], high_at[b], low[b], high[b] = _LOWEST, _HIGHEST, _ZERO, _ZERO
            for j in range(count):
                vj, under = v[j], below[j]
                for b in range(_LANES):
                    at = under[b]
                    nearer = (at < half) & (at > low_at[b])
                    beyond = (at >= half) & (at < high_at[b])
                    low_at[b] = at if nearer else low_at[b]
                    low[b] = vj[b] if nearer else low[b]
                    high_at[b] = at if beyond else high_at[b]
                    high[b] = vj[b] if beyond else high[b]
            for b in range(size):
                out[k, start + b] = low[b] + (high[b] - low[b]) * (half - low_at[b]) / (high_at[b] - low_at[b])


@_compiled
def _scale(v: Single, work: Single, rank: Single, width: Single) -> None:
    """Every lane in units of its own bandwidth, 0.9 min(SD, MAD) J^(−1/5)."""
    count = v.shape[0]
    mean, square = np.zeros(_LANES, _F), np.zeros(_LANES, _F)
    middle, spread = np.empty(_LANES, _F), np.empty(_LANES, _F)
    for j in range(count):
        vj = v[j]
        for b in range(_LANES):
            mean[b] += vj[b]
    for b in range(_LANES):
        mean[b] = mean[b] / _F(count)
    for j in range(count):
        vj = v[j]
        for b in range(_LANES):
            off = vj[b] - mean[b]
            square[b] += off * off
    _row_medians(v, rank, middle)
    for j in range(count):
        vj, wj = v[j], work[j]
        for b in range(_LANES):
            wj[b] = abs(vj[b] - middle[b])
    _row_medians(work, rank, spread)
    factor = _F(0.9 * count**-0.2)
    for b in range(_LANES):
        deviation, robust = np.sqrt(square[b] / _F(count - 1)), _MAD * spread[b]
        narrow = factor * (deviation if deviation < robust else robust)
        width[b] = narrow if narrow > _NARROWEST else _NARROWEST
        mean[b] = _ONE / width[b]
    for j in range(count):
        vj = v[j]
        for b in range(_LANES):
            vj[b] = vj[b] * mean[b]


@_compiled
def _densities(v: Single, weights: Single, heights: Single) -> None:
    """The density at every value of every lane, each pair of variants once: heights (K, J, lanes)."""
    kinds, count = weights.shape
    for k in range(kinds):
        for j in range(count):
            for b in range(_LANES):
                heights[k, j, b] = weights[k, j]
    first, last = heights[0], heights[kinds - 1]
    for i in range(1, count):
        vi, h0i, h1i, w0i, w1i = v[i], first[i], last[i], weights[0, i], weights[kinds - 1, i]
        for j in range(i):
            vj, h0j, h1j, w0j, w1j = v[j], first[j], last[j], weights[0, j], weights[kinds - 1, j]
            if kinds == 2:
                for b in range(_LANES):
                    bell = _bell(vi[b] - vj[b])
                    h0i[b] += bell * w0j
                    h0j[b] += bell * w0i
                    h1i[b] += bell * w1j
                    h1j[b] += bell * w1i
            else:
                for b in range(_LANES):
                    bell = _bell(vi[b] - vj[b])
                    h0i[b] += bell * w0j
                    h0j[b] += bell * w0i


@_compiled
def _climb(v: Single, weights: Single, at: Single, mass: Single) -> None:
    """One mean shift and five Newton steps of every lane, in place; ``mass`` is the height reached."""
    slope, bent = np.empty(_LANES, _F), np.empty(_LANES, _F)
    for step in range(_STEPS):
        for b in range(_LANES):
            mass[b], slope[b], bent[b] = _ZERO, _ZERO, _ZERO
        for j in range(v.shape[0]):
            vj, wj = v[j], weights[j]
            for b in range(_LANES):
                off = vj[b] - at[b]
                bell = _bell(off) * wj
                mass[b] += bell
                bell = bell * off
                slope[b] += bell
                bent[b] += bell * off
        for b in range(_LANES):
            shift = slope[b] / (mass[b] if mass[b] > _TINY else _TINY)
            if step >= 1:
                bend = mass[b] - bent[b]
                newton = slope[b] / (bend if bend > _ZERO else _ONE)
                shift = newton if (bend > _ZERO) & (abs(newton) <= _NEWTON) else shift
            at[b] += shift


@_compiled
def modes_of_draws(ratio: Single, error: Single, weights: Single, normals: Single, out: Single) -> None:
    """Modes of redrawn ratios: weights (K, J) with K 1 or 2, normals (J, D) → out (K, D)."""
    kinds, count = weights.shape
    draws = normals.shape[1]
    v, rank = np.empty((count, _LANES), _F), np.empty((count, _LANES), _F)
    heights, width = np.empty((kinds, count, _LANES), _F), np.empty(_LANES, _F)
    at, mass, first = np.empty(_LANES, _F), np.empty(_LANES, _F), np.empty(_LANES, _F)
    best, highest = np.empty(_LANES, _F), np.empty(_LANES, _F)
    for start in range(0, draws, _LANES):
        size = min(_LANES, draws - start)
        for j in range(count):
            nj, vj = normals[j], v[j]
            for b in range(size):
                vj[b] = ratio[j] + error[j] * nj[start + b]
            for b in range(size, _LANES):
                vj[b] = ratio[j]
        _scale(v, heights[0], rank, width)
        _densities(v, weights, heights)
        for k in range(kinds):
            for turn in range(2):
                # The second start is the highest value more than a bandwidth away from the first.
                for b in range(_LANES):
                    mass[b], at[b] = _LOWEST, _ZERO
                for j in range(count):
                    vj, hj = v[j], heights[k, j]
                    for b in range(_LANES):
                        apart = (turn == 0) | (abs(vj[b] - first[b]) > _ONE)
                        higher = apart & (hj[b] > mass[b])
                        mass[b] = hj[b] if higher else mass[b]
                        at[b] = vj[b] if higher else at[b]
                if turn == 0:
                    for b in range(_LANES):
                        first[b] = at[b]
                _climb(v, weights[k], at, mass)
                for b in range(_LANES):
                    better = (turn == 0) | (mass[b] > highest[b])
                    best[b] = at[b] if better else best[b]
                    highest[b] = mass[b] if better else highest[b]
            for b in range(size):
                out[k, start + b] = best[b] * width[b]


@_compiled
def presso_counts(
    bx: Double, sx: Double, sy: Double, slopes: Double, distance: Double, normals_x: Single, normals_y: Single,
    beyond: Double,
) -> int:  # fmt: skip
    """How many draws have at least the observed sum of distances; ``beyond`` (J,) counts each variant's own."""
    count, draws = normals_x.shape
    x, y = np.empty((count, _LANES)), np.empty((count, _LANES))
    xx, xy, total = np.empty(_LANES), np.empty(_LANES), np.empty(_LANES)
    observed = distance.sum()
    found = 0
    beyond[:] = 0.0
    for start in range(0, draws, _LANES):
        size = min(_LANES, draws - start)
        for b in range(_LANES):
            xx[b], xy[b], total[b] = 0.0, 0.0, 0.0
        for j in range(count):
            xj, yj, nx, ny, w = x[j], y[j], normals_x[j], normals_y[j], sy[j] ** -2
            for b in range(size):
                xj[b] = bx[j] + sx[j] * nx[start + b]
                yj[b] = slopes[j] * bx[j] + sy[j] * ny[start + b]
                xx[b] += w * xj[b] * xj[b]
                xy[b] += w * xj[b] * yj[b]
        for j in range(count):
            xj, yj, w = x[j], y[j], sy[j] ** -2
            own = 0.0
            for b in range(size):
                slope = (xy[b] - w * xj[b] * yj[b]) / (xx[b] - w * xj[b] * xj[b])
                off = yj[b] - slope * xj[b]
                total[b] += w * off * off
                alone = yj[b] - slopes[j] * xj[b]
                own += 1.0 if w * alone * alone >= distance[j] else 0.0
            beyond[j] += own
        for b in range(size):
            found += 1 if total[b] >= observed else 0
    return found
