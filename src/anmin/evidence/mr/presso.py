"""MR-PRESSO: is there an outlier, which one, and does it matter? (Verbanck et al. 2018, doi 10.1038/s41588-018-0099-7).

p-values are (1 + k) / (1 + n), never zero and never a text; the seed is part of the result. The published program's
distortion null differs from its paper, so both are here, by name.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec
import numpy as np

from anmin.evidence.mr.model import Estimate
from anmin.evidence.mr.pair import Array, Pair, Rows
from anmin.evidence.mr.regression import ivw

Null = Literal["resampled", "equally_many_removed"]
"""``resampled``: as the program does it, the outliers stay and the others are drawn with replacement, J − outliers in
all. ``equally_many_removed``: as many of the other variants are taken away at random."""


_CELLS = 4_000_000
"""Redrawn effects at a time."""


class Presso(msgspec.Struct, frozen=True, kw_only=True):
    """The three tests. ``rss``: squared weighted distances from the slope of all other variants, summed."""

    rss: float
    global_p: float
    outlier_p: tuple[float, ...]
    """Of each variant, multiplied by their number (Bonferroni), at most one."""
    outliers: tuple[int, ...]
    corrected: Estimate | None
    distortion_percent: float | None
    distortion_p: float | None
    draws: int
    seed: int
    null: Null
    least_outlier_p: float = 0.0
    """The smallest p that so many draws can give one of so many variants; at ``level`` or above it none can stand out,
    however far away: more draws are needed."""


def presso(
    pair: Pair, *, draws: int = 1000, seed: int = 1, level: float = 0.05, null: Null = "resampled"
) -> Presso | None:
    """Global, outlier and distortion test; ``None`` below four variants, where nothing can be left out."""
    if pair.count < 4:
        return None
    random = np.random.default_rng(seed)
    w = pair.sy**-2
    slopes = leave_one_out_slopes(pair.bx, pair.by, w)
    distance = w * (pair.by - slopes * pair.bx) ** 2
    rss, reached, beyond = float(distance.sum()), 0, np.zeros(pair.count)
    for count in _blocks(draws, pair.count):
        x = random.normal(pair.bx, pair.sx, (count, pair.count))
        y = random.normal(slopes * pair.bx, pair.sy, (count, pair.count))
        expected = np.sum(w * (y - leave_one_out_slopes(x, y, w) * x) ** 2, axis=1)
        reached += int(np.sum(expected >= rss))
        beyond += np.sum(w * (y - slopes * x) ** 2 >= distance, axis=0)
    global_p = (1 + reached) / (1 + draws)
    outlier_p = np.minimum(1.0, (1 + beyond) / (1 + draws) * pair.count)
    outliers = np.flatnonzero(outlier_p < level) if global_p < level else np.array([], dtype=np.intp)
    corrected, percent, distortion_p = corrected_and_distortion(pair, outliers, null, draws, random)
    return Presso(
        rss=rss, global_p=global_p, outlier_p=tuple(float(p) for p in outlier_p),
        outliers=tuple(int(i) for i in outliers), corrected=corrected, distortion_percent=percent,
        least_outlier_p=min(1.0, pair.count / (1 + draws)),
        distortion_p=distortion_p, draws=draws, seed=seed, null=null,
    )  # fmt: skip


def corrected_and_distortion(
    pair: Pair, outliers: Rows, null: Null, draws: int, random: np.random.Generator
) -> tuple[Estimate | None, float | None, float | None]:
    """IVW without the outliers, how far they moved it in percent, and how often chance does as much."""
    rest = np.setdiff1d(np.arange(pair.count), outliers)
    if not len(outliers) or len(rest) < 2:
        return None, None, None
    return ivw(pair.only(rest), "multiplicative"), *_distortion(pair, outliers, rest, null, draws, random)


def leave_one_out_slopes(x: Array, y: Array, w: Array) -> Array:
    """IVW without each variant, in closed form; the last axis is the variants."""
    xy, xx = w * x * y, w * x * x
    return np.asarray((xy.sum(axis=-1, keepdims=True) - xy) / (xx.sum(axis=-1, keepdims=True) - xx))


def _distortion(
    pair: Pair, outliers: Rows, rest: Rows, null: Null, draws: int, random: np.random.Generator
) -> tuple[float, float]:
    """How far the outliers move the slope, in percent of the slope without them, and how often chance does as much."""
    w = pair.sy**-2
    xy, xx = w * pair.bx * pair.by, w * pair.bx**2
    everything = float(xy.sum() / xx.sum())
    without = float(xy[rest].sum() / xx[rest].sum())
    observed = (everything - without) / abs(without)
    count = pair.count - len(outliers)
    reached = 0
    for some in _blocks(draws, pair.count):
        if null == "resampled":
            drawn = random.choice(rest, size=(some, max(0, count - len(outliers))))
            index = np.concatenate([np.tile(outliers, (some, 1)), drawn], axis=1)[:, :count]
        else:
            shuffled = random.permuted(np.tile(rest, (some, 1)), axis=1)[:, : max(1, len(rest) - len(outliers))]
            index = np.concatenate([np.tile(outliers, (some, 1)), shuffled], axis=1)
        slopes = xy[index].sum(axis=1) / xx[index].sum(axis=1)
        expected = (everything - slopes) / np.abs(slopes)
        reached += int(np.sum(np.abs(expected) >= abs(observed)))
    return 100.0 * observed, (1 + reached) / (1 + draws)


def _blocks(draws: int, variants: int) -> Iterator[int]:
    """The draws in numbers that fit into memory."""
    size = max(1, _CELLS // variants)
    for start in range(0, draws, size):
        yield min(size, draws - start)
