"""The bootstraps' kernels in NumPy: the same arguments and, to Monte Carlo error, the same results as compiled.

Memory is bounded: blocks of draws shrink as the number of variants grows, and beyond a few hundred variants the matrix
of all pairs is made in stripes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anmin.evidence.mr.modes import MAD_TO_SD
from anmin.evidence.mr.pair import Array

Single = NDArray[np.float32]

_CELLS = 120_000
"""Numbers in the matrix of pairs at a time: half a megabyte, which stays in the cache."""

_ROWS = 4_000_000
"""Redrawn ratios at a time."""

_CACHED = 20000
"""Redrawn effects at a time, where a dozen arrays of them are worked on together."""


def medians_of_draws(
    bx: Single, sx: Single, by: Single, sy: Single, weights: Single, normals_x: Single, normals_y: Single, out: Single
) -> None:
    """Weighted medians of redrawn ratios: weights (K, J), normals (J, D) → out (K, D)."""
    block = max(1, _ROWS // len(bx))
    for start in range(0, normals_x.shape[1], block):
        some = slice(start, start + block)
        drawn = (by[:, None] + sy[:, None] * normals_y[:, some]) / (bx[:, None] + sx[:, None] * normals_x[:, some])
        drawn = np.ascontiguousarray(drawn.T, dtype=np.float64)
        for k, kind in enumerate(weights):
            out[k, some] = row_medians(drawn, kind.astype(np.float64))


def row_medians(values: Array, weights: Array) -> Array:
    """Weighted medians of each row (B, J) for one set of weights (J,).

    The variant's number rides in the lowest bits of its value, so that a plain sort carries it along; the value loses
    one part in 10¹² or less.
    """
    count = len(weights)
    mask = (1 << max(1, (count - 1).bit_length())) - 1
    keys = np.ascontiguousarray(values).view(np.int64)
    keys = (keys & ~mask) | np.arange(count)
    ordered = keys.view(np.float64)
    ordered.sort(axis=1)
    sorted_weights = weights[keys & mask]
    middles = np.cumsum(sorted_weights, axis=1)
    middles -= 0.5 * sorted_weights
    half = 0.5 * float(weights.sum())
    above = np.clip(np.argmax(middles >= half, axis=1), 1, count - 1)
    rows = np.arange(len(values))
    m0, m1 = middles[rows, above - 1], middles[rows, above]
    v0, v1 = ordered[rows, above - 1], ordered[rows, above]
    return np.asarray(v0 + (v1 - v0) * (half - m0) / (m1 - m0))


def modes_of_draws(ratio: Single, error: Single, weights: Single, normals: Single, out: Single) -> None:
    """Modes of redrawn ratios: weights (K, J), normals (J, D) → out (K, D).

    All kinds of weight share one matrix of pairs. To about 1e-4 of the bandwidth, which an SD of draws cannot see.
    """
    count = len(ratio)
    block = max(1, _CELLS // count**2)
    table = np.ascontiguousarray(weights.T)
    for start in range(0, normals.shape[1], block):
        some = slice(start, start + block)
        values = np.ascontiguousarray((ratio[:, None] + error[:, None] * normals[:, some]).T)
        width = _widths(values)[:, None]
        values /= width
        out[:, some] = (_tops(values, table) * width).T


def _widths(rows: Single) -> Single:
    """0.9 min(SD, MAD) J^(−1/5) of each row."""
    count = rows.shape[1]
    deviations = np.abs(rows - _row_middles(rows)[:, None])
    spread = np.minimum(rows.std(axis=1, ddof=1), np.float32(MAD_TO_SD) * _row_middles(deviations))
    return np.asarray(np.maximum(np.float32(1e-8), np.float32(0.9 * count**-0.2) * spread))


def _row_middles(rows: Single) -> Single:
    ordered = np.sort(rows, axis=1)
    count = rows.shape[1]
    return np.asarray(np.float32(0.5) * (ordered[:, (count - 1) // 2] + ordered[:, count // 2]))


def _heights(scaled: Single, weights: Single) -> Single:
    """The density at each value: (B, J) and (J, K) → (B, J, K), in stripes where the matrix of pairs is large."""
    size, count = scaled.shape
    heights = np.empty((size, count, weights.shape[1]), dtype=np.float32)
    stripe = max(1, min(count, _CELLS // (size * count)))
    kernel = np.empty((size, stripe, count), dtype=np.float32)
    for start in range(0, count, stripe):
        part = scaled[:, start : start + stripe]
        distance = kernel[:, : part.shape[1]]
        np.subtract(part[:, :, None], scaled[:, None, :], out=distance)
        np.multiply(distance, distance, out=distance)
        distance *= np.float32(-0.5)
        np.exp(distance, out=distance)
        heights[:, start : start + stripe] = distance @ weights
    return heights


def _tops(scaled: Single, weights: Single) -> Single:
    """Scaled rows (B, J) and weights (J, K) → the highest point of each (B, K)."""
    size = len(scaled)
    rows = np.arange(size)
    heights = _heights(scaled, weights)
    first = scaled[rows[:, None], heights.argmax(axis=1)]
    # A second peak: the highest value more than a bandwidth away from the first.
    far = np.abs(scaled[:, :, None] - first[:, None, :]) > np.float32(1.0)
    second = scaled[rows[:, None], np.where(far, heights, np.float32(-1.0)).argmax(axis=1)]
    # Variants first, so that every inner loop is as long as the block.
    starts = np.concatenate([first.T.ravel(), second.T.ravel()])
    kinds = weights.shape[1]
    points = np.ascontiguousarray(np.tile(scaled.T, (1, 2 * kinds)))
    table = np.ascontiguousarray(np.tile(np.repeat(weights, size, axis=1), (1, 2)))
    at, reached = _climb(starts, points, table)
    at, reached = at.reshape(2, kinds, size), reached.reshape(2, kinds, size)
    return np.asarray(np.where(reached[1] > reached[0], at[1], at[0]).T)


def _climb(at: Single, points: Single, weights: Single) -> tuple[Single, Single]:
    """One mean shift and five Newton steps from each start: shapes (M,), (J, M), (J, M) → places and heights."""
    mass = np.zeros_like(at)
    distance, bell = np.empty_like(points), np.empty_like(points)
    for step in range(6):
        np.subtract(points, at, out=distance)
        np.multiply(distance, distance, out=bell)
        bell *= np.float32(-0.5)
        np.exp(bell, out=bell)
        bell *= weights
        mass = bell.sum(axis=0)
        bell *= distance
        slope = bell.sum(axis=0)
        shift = slope / np.maximum(mass, np.float32(1e-30))
        if step >= 1:
            bell *= distance
            bend = mass - bell.sum(axis=0)
            newton = slope / np.where(bend > 0, bend, np.float32(1.0))
            sound = (bend > 0) & (np.abs(newton) <= np.float32(0.75))
            shift = np.where(sound, newton, shift)
        at = at + shift
    return at, mass


def presso_counts(
    bx: Array, sx: Array, sy: Array, slopes: Array, distance: Array, normals_x: Single, normals_y: Single, beyond: Array
) -> int:
    """How many draws have at least the observed sum of distances; ``beyond`` (J,) counts each variant's own."""
    block = max(1, _CACHED // len(bx))
    observed, found = float(distance.sum()), 0
    beyond[:] = 0.0
    w = sy[:, None] ** -2
    for start in range(0, normals_x.shape[1], block):
        x = bx[:, None] + sx[:, None] * normals_x[:, start : start + block]
        y = (slopes * bx)[:, None] + sy[:, None] * normals_y[:, start : start + block]
        alone = y - slopes[:, None] * x
        alone *= alone
        alone *= w
        beyond += np.count_nonzero(alone >= distance[:, None], axis=1)
        wx = w * x
        xx = wx * x
        wx *= y
        slope = wx.sum(axis=0) - wx
        slope /= xx.sum(axis=0) - xx
        slope *= x
        y -= slope
        y *= y
        y *= w
        found += int(np.count_nonzero(y.sum(axis=0) >= observed))
    return found
