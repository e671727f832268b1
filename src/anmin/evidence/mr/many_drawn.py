"""Medians and modes of many outcomes: exact points, standard errors by bootstrap, outcome by outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from anmin.errors import InputError
from anmin.evidence.mr.many_table import Column, Outcomes, column, seeded
from anmin.evidence.mr.medians import PENALTY, weighted_medians
from anmin.evidence.mr.model import Convention, Weights
from anmin.evidence.mr.modes import bandwidths, mad, modes
from anmin.evidence.mr.pair import Array, Flags
from anmin.evidence.mr.tail_arrays import normal_tails

MEDIANS = ("simple_median", "weighted_median", "penalised_median")
MODES = ("simple_mode", "weighted_mode")

Single = NDArray[np.float32]
Engine = Literal["auto", "numba", "numpy"]

MOST_NORMALS = 100_000_000
"""Variants × draws that are kept at a time: four hundred megabytes each for exposure and outcome."""

_CELLS = 4_000_000


class Kernels(Protocol):
    """What a module of kernels offers; both are told apart by speed only."""

    medians_of_draws: Callable[..., None]
    modes_of_draws: Callable[..., None]
    presso_counts: Callable[..., int]


@cache
def kernels(engine: Engine = "auto") -> Kernels:
    """The compiled kernels where Numba is installed, else those in NumPy.

    :class:`InputError` where ``numba`` is asked for and missing.
    """
    if engine != "numpy":
        try:
            from anmin.evidence.mr import many_kernels_numba

            return many_kernels_numba
        except ImportError:
            if engine == "numba":
                raise InputError("engine", "numba", "pip install 'anmin[fast]'") from None
    from anmin.evidence.mr import many_kernels_numpy

    return many_kernels_numpy


def compiled(engine: Engine) -> bool:
    """Whether the kernels let other threads run meanwhile."""
    return kernels(engine).__name__.endswith("numba")  # type: ignore[attr-defined,no-any-return]


class Normals:
    """Standard normals for the exposure and the outcome, (2, J, draws): one set for all outcomes or one for each."""

    def __init__(self, outcomes: Outcomes, draws: int, seed: int, shared: bool) -> None:
        count = len(outcomes.bx)
        if draws * count > MOST_NORMALS:
            raise InputError("draws", draws, f"at most {MOST_NORMALS // max(count, 1)} with {count} variants")
        self.shape, self.seed, self.exposure, self.shared = (2, count, draws), seed, outcomes.exposure, shared
        self._common = self._made(seeded(seed, outcomes.exposure)) if shared else None
        self.detail = "draws shared by all outcomes" if shared else "draws of each outcome's own"

    def of(self, name: str) -> Single:
        """Those of one outcome."""
        return self._common if self._common is not None else self._made(seeded(self.seed, self.exposure, name))

    def _made(self, random: np.random.Generator) -> Single:
        return random.standard_normal(self.shape, dtype=np.float32)


def drawn_many(
    outcomes: Outcomes, methods: Sequence[str], normals: Normals, engine: Engine = "auto"
) -> dict[str, Column]:
    """Those of the medians and modes that are asked for; three variants at least."""
    here = outcomes.here
    n = here.sum(axis=1)
    medians = [name for name in MEDIANS if name in methods]
    tops = [name for name in MODES if name in methods]
    points, weights = _points(outcomes, here, n, [*medians, *tops])
    errors = {name: np.full(len(n), np.nan) for name in (*medians, *tops)}
    use = kernels(engine)
    draws = normals.shape[2]
    for row in np.flatnonzero(n >= 3):
        kept = here[row]
        some = normals.of(outcomes.names[row])
        if not kept.all():
            some = np.ascontiguousarray(some[:, kept])
        bx, sx = outcomes.bx[kept], outcomes.sx[kept]
        by, sy = outcomes.by[row, kept], outcomes.sy[row, kept]
        if medians:
            out = np.empty((len(medians), draws), dtype=np.float32)
            table = _single(np.stack([weights[name][row, kept] for name in medians]))
            use.medians_of_draws(_single(bx), _single(sx), _single(by), _single(sy), table, some[0], some[1], out)
            for k, name in enumerate(medians):
                errors[name][row] = np.std(out[k], ddof=1, dtype=np.float64)
        if tops:
            out = np.empty((len(tops), draws), dtype=np.float32)
            table = _single(np.stack([weights[name][row, kept] for name in tops]))
            ratio = by / bx
            # Around their middle, so that single precision loses nothing.
            centred, error = _single(ratio - np.median(ratio)), _single(np.sqrt(_second(bx, sx, by, sy)))
            use.modes_of_draws(centred, error, table, some[1], out)
            for k, name in enumerate(tops):
                errors[name][row] = float(mad(out[k : k + 1].astype(np.float64))[0])
    found = {}
    for name in (*medians, *tops):
        convention = Convention(
            weights=_WEIGHTS[name], se="bootstrap", draws=draws, seed=normals.seed, detail=normals.detail
        )
        found[name] = column(name, convention, points[name], errors[name], n, 3)
    return found


_WEIGHTS: dict[str, Weights] = {
    "simple_median": "none", "weighted_median": "first", "penalised_median": "first",
    "simple_mode": "delta2", "weighted_mode": "delta2",
}  # fmt: skip


def _single(values: Array) -> Single:
    return np.ascontiguousarray(values, dtype=np.float32)


def _second(bx: Array, sx: Array, by: Array, sy: Array) -> Array:
    """Variance of a ratio to the second order of the delta method."""
    return np.asarray(sy**2 / bx**2 + by**2 * sx**2 / bx**4)


def _points(
    outcomes: Outcomes, here: Flags, n: NDArray[Any], names: Sequence[str]
) -> tuple[dict[str, Array], dict[str, Array]]:
    """Estimates (O,) and weights (O, J) that sum to one; outcomes with equally many variants go together."""
    points = {name: np.full(len(n), np.nan) for name in names}
    weights = {name: np.zeros(here.shape) for name in names}
    for rows in _alike(n):
        kept = here[rows]
        count = int(n[rows[0]])
        bx, sx = (np.broadcast_to(each, kept.shape)[kept].reshape(-1, count) for each in (outcomes.bx, outcomes.sx))
        by, sy = (each[rows][kept].reshape(-1, count) for each in (outcomes.by, outcomes.sy))
        ratio = by / bx
        for name in names:
            points[name][rows], w = _point(name, ratio, bx, sx, by, sy)
            scaled = np.zeros(kept.shape)
            scaled[kept] = (w / w.sum(axis=1, keepdims=True)).ravel()
            weights[name][rows] = scaled
    return points, weights


def _alike(n: NDArray[Any]) -> Iterator[NDArray[np.intp]]:
    """Rows with the same number of variants, three at least, few enough at a time for memory."""
    for count in np.unique(n[n >= 3]):
        rows = np.flatnonzero(n == count)
        size = max(1, _CELLS // int(count))
        for start in range(0, len(rows), size):
            yield rows[start : start + size]


def _point(name: str, ratio: Array, bx: Array, sx: Array, by: Array, sy: Array) -> tuple[Array, Array]:
    """The estimate of each row and the weights that its bootstrap uses."""
    if name.endswith("mode"):
        w = np.ones_like(ratio) if name == "simple_mode" else 1.0 / _second(bx, sx, by, sy)
        w = w / w.sum(axis=1, keepdims=True)
        return modes(ratio, w, bandwidths(ratio)), w
    w = np.ones_like(ratio) if name == "simple_median" else (bx / sy) ** 2
    found = weighted_medians(ratio, w)
    if name == "penalised_median":
        w = w * np.minimum(1.0, PENALTY * normal_tails(np.sqrt(w) * (ratio - found[:, None])).p)
        found = weighted_medians(ratio, w)
    return found, w
