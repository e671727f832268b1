"""Simple and weighted mode of the ratios (Hartwig et al. 2017, doi 10.1093/ije/dyx102).

The most frequent ratio is right when the largest group of variants that agree is valid. The mode is the exact
highest point of the smoothed density; ``grid`` points instead (512 in R) is a named option.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from anmin.evidence.mr.closing import cannot, close
from anmin.evidence.mr.model import Convention, Estimate, Weights
from anmin.evidence.mr.pair import Array, Pair
from anmin.evidence.mr.regression import ratio_variance

MAD_TO_SD = 1.4826
"""Scales a median absolute deviation to the SD of a normal; four digits, as every implementation has it."""

_STEPS = 60
_BLOCK = 32
_CELLS = 4_000_000
"""Rows worked on at a time, so that what they need stays in the processor's cache."""


def mode(
    pair: Pair,
    kind: Literal["simple", "weighted"] = "weighted",
    weights: Weights = "delta2",
    *,
    phi: float = 1.0,
    grid: int | None = None,
    distribution: Literal["normal", "t"] = "normal",
    draws: int = 1000,
    seed: int = 1,
) -> Estimate:
    """The mode with bandwidth ``phi`` × 0.9 min(SD, MAD) J^(−1/5); its SE is the MAD of redrawn ratios' modes.

    ``weights`` names the variance of the ratios, both for weighting and for redrawing them. Needs two variants.
    """
    detail = f"phi {phi:g}, {'exact' if grid is None else f'grid {grid}'}"
    convention = Convention(
        weights=weights, distribution=distribution, se="bootstrap", draws=draws, seed=seed, detail=detail
    )
    if pair.count < 2 or not np.all(pair.bx):
        return cannot(f"{kind}_mode", pair.count, convention)
    ratio, variance = pair.by / pair.bx, ratio_variance(pair, weights)
    w = 1.0 / variance if kind == "weighted" else np.ones(pair.count)
    w = w / w.sum()
    width = bandwidths(ratio[None, :], phi)
    best = modes(ratio[None, :], w[None, :], width) if grid is None else _on_grid(ratio, w, float(width[0]), grid)
    again = np.random.default_rng(seed).normal(ratio, np.sqrt(variance), (draws, pair.count))
    se = float(mad(modes(again, np.broadcast_to(w, again.shape), bandwidths(again, phi), thorough=False)[None, :])[0])
    return close(
        f"{kind}_mode", pair.count, float(best[0]), se, convention, pair.count - 1, tuning=float(width[0])
    )  # fmt: skip


def bandwidths(values: Array, phi: float = 1.0) -> Array:
    """The bandwidth of each row (B, J) → (B,)."""
    spread = np.minimum(np.std(values, axis=1, ddof=1), mad(values))
    return np.asarray(np.maximum(1e-8, phi * 0.9 * spread * values.shape[1] ** -0.2))


def mad(values: Array) -> Array:
    """Median absolute deviation of each row, scaled to the SD of a normal."""
    middle = np.median(values, axis=1, keepdims=True)
    return np.asarray(MAD_TO_SD * np.median(np.abs(values - middle), axis=1))


def modes(values: Array, weights: Array, width: Array, *, thorough: bool = True) -> Array:
    """Highest point of the density of each row: shapes (B, J), (B, J), (B,) → (B,).

    The density is measured where a peak can be (by the values, ``thorough``: also between and beside them), and the
    highest peaks are climbed by mean shift, which never descends, and then by Newton. Without ``thorough`` (for
    redrawn ratios) the top is found to a millionth of the bandwidth and two peaks are tried instead of four.
    """
    order = np.argsort(values, axis=1)
    middle = np.median(values, axis=1)
    scaled = (np.take_along_axis(values, order, axis=1) - middle[:, None]) / width[:, None]
    sorted_weights = np.take_along_axis(weights, order, axis=1)
    found = np.empty(len(values))
    size = max(1, min(_BLOCK, _CELLS // values.shape[1] ** 2))
    for start in range(0, len(values), size):
        rows = slice(start, start + size)
        found[rows] = _tops(scaled[rows], sorted_weights[rows], thorough)
    return np.asarray(found * width + middle)


def _tops(scaled: Array, w: Array, thorough: bool) -> Array:
    starts = scaled
    if thorough:
        between = 0.5 * (scaled[:, 1:] + scaled[:, :-1])
        starts = np.sort(np.concatenate([scaled - 0.5, scaled, scaled + 0.5, between], axis=1), axis=1)
    heights = _heights(starts.astype(np.float32), scaled.astype(np.float32), w.astype(np.float32))
    edge = np.full((len(heights), 1), -1.0, dtype=heights.dtype)
    before, after = np.hstack([edge, heights[:, :-1]]), np.hstack([heights[:, 1:], edge])
    peaks = np.where((heights >= before) & (heights >= after), heights, -1.0)
    count = min(4 if thorough else 2, peaks.shape[1])
    chosen = np.argpartition(peaks, -count, axis=1)[:, -count:]
    at = _climb(np.take_along_axis(starts, chosen, axis=1), scaled, w, 1e-13 if thorough else 1e-6)
    best = np.argmax(_heights(at, scaled, w), axis=1)
    return np.asarray(at[np.arange(len(at)), best])


def _heights(at: NDArray[Any], scaled: NDArray[Any], w: NDArray[Any]) -> NDArray[Any]:
    """The density at each place: shapes (B, C), (B, J), (B, J) → (B, C); in stripes where that matrix is large."""
    found = np.empty(at.shape, dtype=at.dtype)
    stripe = max(1, _CELLS // max(1, scaled.size))
    for start in range(0, at.shape[1], stripe):
        some = slice(start, start + stripe)
        bell = at[:, some, None] - scaled[:, None, :]
        bell *= bell
        bell *= np.asarray(-0.5, dtype=bell.dtype)
        np.exp(bell, out=bell)
        found[:, some] = np.matmul(bell, w[:, :, None])[:, :, 0]
    return found


def _climb(at: Array, scaled: Array, w: Array, precision: float) -> Array:
    """To the top of each peak; one that has arrived stays, so that no row depends on its company."""
    moving = np.ones(at.shape, dtype=np.bool_)
    for step in range(_STEPS):
        distance = scaled[:, None, :] - at[:, :, None]
        bell = np.exp(-0.5 * distance * distance)
        mass = np.matmul(bell, w[:, :, None])[:, :, 0]
        bell *= distance
        slope = np.matmul(bell, w[:, :, None])[:, :, 0]
        shift = slope / np.maximum(mass, 1e-300)
        if step >= 2:
            # Newton where the density bends downwards; otherwise the mean shift, which cannot go down.
            bell *= distance
            bend = np.matmul(bell, w[:, :, None])[:, :, 0] - mass
            newton = np.divide(-slope, bend, out=shift.copy(), where=bend < 0)
            shift = np.where(np.abs(newton) <= 3.0 * np.abs(shift) + 1e-12, newton, shift)
        at = np.where(moving, at + shift, at)
        moving &= ~(np.abs(shift) < precision * (1.0 + np.abs(at)))
        if not moving.any():
            break
    return at


def _on_grid(ratio: Array, w: Array, width: float, points: int) -> Array:
    line = np.linspace(ratio.min() - 3.0 * width, ratio.max() + 3.0 * width, points)
    heights = np.exp(-0.5 * ((line[:, None] - ratio) / width) ** 2) @ w
    return np.array([line[int(np.argmax(heights))]])
