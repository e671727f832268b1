"""One exposure, many outcomes: the same estimators over an outcome × variant matrix.

Closed forms take the whole matrix at once. Bootstraps go outcome by outcome with blocks that fit the processor's
cache, in single precision for the error only; every point estimate is in double precision and equal to that of the
single pair. An outcome's result depends on its own numbers, its name and the seed: not on the order, the company or the
number of workers.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from anmin.errors import InputError
from anmin.evidence.distributions import normal_p, normal_quantile, t_p, t_quantile
from anmin.evidence.mr.medians import weighted_medians
from anmin.evidence.mr.model import Convention
from anmin.evidence.mr.modes import MAD_TO_SD, bandwidths, mad, modes
from anmin.evidence.mr.pair import Array, Flags

METHODS = ("ivw", "egger", "weighted_median", "simple_mode", "weighted_mode")
_BLOCK = 48


@dataclass(frozen=True, kw_only=True)
class Outcomes:
    """Effects of the same J variants on O outcomes, for the exposure's alleles; NaN where an outcome lacks one.

    Shapes: ``bx``, ``sx`` (J,); ``by``, ``sy`` (O, J). ``names`` are unique.
    """

    bx: Array
    sx: Array
    by: Array
    sy: Array
    names: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Column:
    """One method over all outcomes, arrays of shape (O,); NaN where an outcome has too few variants."""

    method: str
    convention: Convention
    estimate: Array
    se: Array
    p: Array
    low: Array
    high: Array
    n: NDArray[np.int64]


def analyse_many(
    outcomes: Outcomes,
    methods: Sequence[str] = METHODS,
    *,
    draws: int = 1000,
    seed: int = 1,
    shared: bool = True,
    workers: int = 1,
) -> dict[str, Column]:
    """Every method for every outcome.

    ``shared``: one set of standard normal draws serves all outcomes, which makes their Monte Carlo errors alike and
    saves drawing anew; otherwise each outcome has its own, seeded by its name. :class:`InputError` for arrays that do
    not fit together.
    """
    _check(outcomes, methods)
    if workers > 1 and len(outcomes.names) > workers:
        return _spread_out(outcomes, methods, draws, seed, shared, workers)
    here = np.isfinite(outcomes.by) & np.isfinite(outcomes.sy) & (outcomes.sy > 0.0) & (outcomes.bx != 0.0)
    n = here.sum(axis=1)
    found = {}
    if "ivw" in methods:
        found["ivw"] = _ivw(outcomes, here, n)
    if "egger" in methods:
        found["egger"] = _egger(outcomes, here, n)
    wanted = [name for name in methods if name not in found]
    if wanted:
        found |= _drawn(outcomes, here, n, wanted, draws, seed, shared)
    return {name: found[name] for name in methods}


def _spread_out(
    outcomes: Outcomes, methods: Sequence[str], draws: int, seed: int, shared: bool, workers: int
) -> dict[str, Column]:
    """Slices of the outcomes in processes of their own, put together in order."""
    slices = [
        slice(int(rows[0]), int(rows[-1]) + 1) for rows in np.array_split(np.arange(len(outcomes.names)), workers)
    ]
    parts = [
        Outcomes(bx=outcomes.bx, sx=outcomes.sx, by=outcomes.by[rows], sy=outcomes.sy[rows], names=outcomes.names[rows])
        for rows in slices
    ]
    call = partial(analyse_many, methods=tuple(methods), draws=draws, seed=seed, shared=shared)
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        done = list(pool.map(call, parts))
    return {name: _joined([part[name] for part in done]) for name in methods}


def _joined(parts: Sequence[Column]) -> Column:
    return Column(
        method=parts[0].method, convention=parts[0].convention,
        estimate=np.concatenate([part.estimate for part in parts]), se=np.concatenate([part.se for part in parts]),
        p=np.concatenate([part.p for part in parts]), low=np.concatenate([part.low for part in parts]),
        high=np.concatenate([part.high for part in parts]), n=np.concatenate([part.n for part in parts]),
    )  # fmt: skip


def _check(outcomes: Outcomes, methods: Sequence[str]) -> None:
    for name in methods:
        if name not in METHODS:
            raise InputError("methods", name, ", ".join(METHODS))
    shape = (len(outcomes.names), len(outcomes.bx))
    if outcomes.by.shape != shape or outcomes.sy.shape != shape or len(outcomes.sx) != shape[1]:
        raise InputError("outcomes", outcomes.by.shape, f"matrices of {shape[0]} outcomes and {shape[1]} variants")
    if len(set(outcomes.names)) != shape[0]:
        raise InputError("outcomes", "a name stands twice", "unique names")


def _ivw(outcomes: Outcomes, here: Flags, n: NDArray[Any]) -> Column:
    x, y, w = _prepared(outcomes, here)
    with np.errstate(all="ignore"):
        xx = np.sum(w * x * x, axis=1)
        slope = np.sum(w * x * y, axis=1) / xx
        q = np.sum(w * (y - slope[:, None] * x) ** 2, axis=1)
        # Multiplicative random effects from four variants on, never narrower than fixed.
        residual = np.where(n >= 4, np.maximum(1.0, np.sqrt(q / np.maximum(n - 1, 1))), 1.0)
        se = residual / np.sqrt(xx)
    convention = Convention(weights="first", spread="multiplicative", floor=1.0)
    return _column("ivw", convention, slope, se, n, 1)


def _egger(outcomes: Outcomes, here: Flags, n: NDArray[Any]) -> Column:
    x, y, w = _prepared(outcomes, here)
    y, x = y * np.sign(x), np.abs(x)
    with np.errstate(all="ignore"):
        total = w.sum(axis=1, keepdims=True)
        dx = x - (w * x).sum(axis=1, keepdims=True) / total
        dy = y - (w * y).sum(axis=1, keepdims=True) / total
        sxx = np.sum(w * dx * dx, axis=1)
        slope = np.sum(w * dx * dy, axis=1) / sxx
        q = np.sum(w * (dy - slope[:, None] * dx) ** 2, axis=1)
        se = np.maximum(1.0, np.sqrt(q / (n - 2.0))) / np.sqrt(sxx)
    convention = Convention(weights="first", distribution="t", spread="multiplicative", floor=1.0)
    return _column("egger", convention, slope, se, n, 3, df=n - 2)


def _prepared(outcomes: Outcomes, here: Flags) -> tuple[Array, Array, Array]:
    x = np.broadcast_to(outcomes.bx, here.shape)
    y = np.where(here, outcomes.by, 0.0)
    w = np.where(here, np.where(here, outcomes.sy, 1.0) ** -2.0, 0.0)
    return x, y, w


def _drawn(
    outcomes: Outcomes, here: Flags, n: NDArray[Any], wanted: list[str], draws: int, seed: int, shared: bool
) -> dict[str, Column]:
    count = here.shape[1]
    common = _normals(np.random.default_rng(seed), draws, count) if shared else None
    estimate = {name: np.full(len(n), np.nan) for name in wanted}
    se = {name: np.full(len(n), np.nan) for name in wanted}

    def one(row: int) -> None:
        kept = here[row]
        if n[row] < 3:
            return
        normals = common
        if normals is None:
            own = zlib.crc32(outcomes.names[row].encode())
            normals = _normals(np.random.default_rng([seed, own]), draws, count)
        values = (outcomes.bx[kept], outcomes.sx[kept], outcomes.by[row, kept], outcomes.sy[row, kept])
        for name, (point, error) in _one(values, normals[:, :, kept], wanted).items():
            estimate[name][row], se[name][row] = point, error

    for row in range(len(n)):
        one(row)
    detail = "draws shared by all outcomes" if shared else "draws of each outcome's own"
    found = {}
    for name in wanted:
        weights: Literal["first", "delta2"] = "first" if name == "weighted_median" else "delta2"
        convention = Convention(weights=weights, se="bootstrap", draws=draws, seed=seed, detail=detail)
        found[name] = _column(name, convention, estimate[name], se[name], n, 3)
    return found


def _normals(random: np.random.Generator, draws: int, count: int) -> NDArray[np.float32]:
    """Standard normals for the exposure and the outcome (or the ratio): shape (2, draws, J)."""
    return random.standard_normal((2, draws, count), dtype=np.float32)


def _one(
    values: tuple[Array, Array, Array, Array], normals: NDArray[np.float32], wanted: list[str]
) -> dict[str, tuple[float, float]]:
    bx, sx, by, sy = values
    ratio, first = by / bx, (sy / bx) ** 2
    found: dict[str, tuple[float, float]] = {}
    if "weighted_median" in wanted:
        w = 1.0 / first
        drawn = (by + sy * normals[1]) / (bx + sx * normals[0])
        point = float(weighted_medians(ratio[None], w[None])[0])
        found["weighted_median"] = (point, float(np.std(_medians(drawn, w), ddof=1)))
    kinds = [name for name in ("simple_mode", "weighted_mode") if name in wanted]
    if kinds:
        variance = first + by**2 * sx**2 / bx**4
        equal = np.full(len(bx), 1.0 / len(bx))
        inverse = 1.0 / variance
        weights = {"simple_mode": equal, "weighted_mode": inverse / inverse.sum()}
        width = bandwidths(ratio[None])
        table = np.stack([weights[name] for name in kinds], axis=1)
        tops = _modes_of_draws(ratio, np.sqrt(variance), normals[1], table)
        for column, name in enumerate(kinds):
            point = float(modes(ratio[None], weights[name][None], width)[0])
            found[name] = (point, float(mad(tops[None, :, column])[0]))
    return found


def _medians(values: Array, weights: Array) -> Array:
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


def _modes_of_draws(ratio: Array, error: Array, normals: NDArray[np.float32], table: Array) -> Array:
    """Modes of redrawn ratios for each column of weights: (draws, J) and (J, K) → (draws, K).

    All kinds of weight share one kernel matrix. To about 1e-4 of the bandwidth, which an SD of draws cannot see.
    """
    centre = float(np.median(ratio))
    values = ((ratio - centre) + error * normals).astype(np.float32)
    weights = table.astype(np.float32)
    width = _widths(values)[:, None]
    values /= width
    tops = np.empty((len(values), table.shape[1]))
    kernel = np.empty((_BLOCK, len(ratio), len(ratio)), dtype=np.float32)
    for start in range(0, len(values), _BLOCK):
        block = values[start : start + _BLOCK]
        tops[start : start + _BLOCK] = _block_tops(block, weights, kernel[: len(block)])
    return tops * width + centre


def _widths(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """0.9 min(SD, MAD) J^(−1/5) of each row."""
    count = rows.shape[1]
    deviations = np.abs(rows - _row_medians(rows)[:, None])
    spread = np.minimum(rows.std(axis=1, ddof=1), np.float32(MAD_TO_SD) * _row_medians(deviations))
    return np.asarray(np.maximum(np.float32(1e-8), np.float32(0.9 * count**-0.2) * spread))


def _row_medians(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    ordered = np.sort(rows, axis=1)
    count = rows.shape[1]
    return np.asarray(np.float32(0.5) * (ordered[:, (count - 1) // 2] + ordered[:, count // 2]))


def _block_tops(
    scaled: NDArray[np.float32], weights: NDArray[np.float32], kernel: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Scaled rows (B, J) and weights (J, K) → tops (B, K); ``kernel`` (B, J, J) is memory to work in."""
    size, count = scaled.shape
    rows = np.arange(size)
    np.subtract(scaled[:, :, None], scaled[:, None, :], out=kernel)
    _bell(kernel)
    heights = (kernel.reshape(-1, count) @ weights).reshape(size, count, -1)
    first = scaled[rows[:, None], heights.argmax(axis=1)]
    # A second peak: the highest value more than a bandwidth away from the first.
    far = np.abs(scaled[:, :, None] - first[:, None, :]) > np.float32(1.0)
    second = scaled[rows[:, None], np.where(far, heights, np.float32(-1.0)).argmax(axis=1)]
    # Variants first, so that every inner loop is as long as the block.
    starts = np.concatenate([first.T.ravel(), second.T.ravel()])
    kinds = weights.shape[1]
    points = np.ascontiguousarray(np.tile(scaled.T, (1, 2 * kinds)))
    table = np.ascontiguousarray(np.tile(np.repeat(weights, size, axis=1), (1, 2)))
    at, reached = _climb_fast(starts, points, table)
    at, reached = at.reshape(2, kinds, size), reached.reshape(2, kinds, size)
    return np.asarray(np.where(reached[1] > reached[0], at[1], at[0]).T)


def _climb_fast(
    at: NDArray[np.float32], points: NDArray[np.float32], weights: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
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


def _bell(distance: NDArray[np.float32]) -> None:
    """exp(−d²/2) in place."""
    np.multiply(distance, distance, out=distance)
    distance *= np.float32(-0.5)
    np.exp(distance, out=distance)


def _column(
    method: str, convention: Convention, estimate: Array, se: Array, n: NDArray[Any], least: int, df: Any = None
) -> Column:
    enough = n >= least
    estimate, se = np.where(enough, estimate, np.nan), np.where(enough, se, np.nan)
    p, quantile = np.full(len(n), np.nan), np.full(len(n), np.nan)
    for row in np.flatnonzero(enough & np.isfinite(estimate) & (se > 0.0)):
        z = float(estimate[row] / se[row])
        if df is None:
            p[row], quantile[row] = normal_p(z), normal_quantile(0.975)
        else:
            p[row], quantile[row] = t_p(z, float(df[row])), t_quantile(0.975, float(df[row]))
    return Column(
        method=method, convention=convention, estimate=estimate, se=se, p=p, low=estimate - quantile * se,
        high=estimate + quantile * se, n=n.astype(np.int64),
    )  # fmt: skip
