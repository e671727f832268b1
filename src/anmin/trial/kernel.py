"""The exact analysis, compiled: the same posterior and randomisation test as ``trial.analysis``, for many trials.

Needs the extra ``fast`` (Numba). One trial alone is quicker without it, since loading the compiler takes longer than
the analysis; simulation, calibration and pooling of many trials are what this is for. Every sum runs in a fixed order
on one thread, so that the same nights give the same bits.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from anmin.errors import InputError
from anmin.trial.analysis import Nights, Posterior, design_of, grid

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


class Compiled(Posterior, frozen=True, kw_only=True):
    """The same mixture, read by compiled code."""

    def below(self, value: float) -> float:
        """P(effect < value)."""
        return below(value, np.asarray(self.weight), np.asarray(self.centre), np.asarray(self.scale), self.df)


class Kernels(NamedTuple):
    """The compiled functions; arrays in, arrays out."""

    posterior: Callable[..., None]
    below: Callable[..., float]
    reached: Callable[..., float]


def posterior(nights: Nights) -> Compiled:
    """As :func:`anmin.trial.analysis.posterior`, compiled; the two agree to rounding (tested to 1e-10)."""
    design = design_of(nights, np.asarray(nights.treated, dtype=np.float64))
    n, p = design.shape
    if n - p < 3 or np.linalg.matrix_rank(design) < p:
        raise InputError("nights", n, f"at least {p + 3} nights with both arms in them")
    phi, weight, centre, scale = solve(design, np.asarray(nights.outcome), np.asarray(nights.index, dtype=np.int64))
    return Compiled(
        phi=tuple(phi.tolist()), weight=tuple(weight.tolist()), centre=tuple(centre.tolist()),
        scale=tuple(scale.tolist()), df=n - p,
    )  # fmt: skip


def solve(design: Floats, outcome: Floats, index: NDArray[np.int64]) -> tuple[Floats, Floats, Floats, Floats]:
    """φ, weight, centre and scale of the mixture for a design (nights, columns) whose second column is the treatment.

    The columns must be independent and three fewer than the nights at most: not checked here.
    """
    phi, log_prior = grid()
    weight, centre, scale = np.empty_like(phi), np.empty_like(phi), np.empty_like(phi)
    kernels().posterior(design, outcome, index, phi, log_prior, weight, centre, scale)
    return phi, weight, centre, scale


def below(value: float, weight: Floats, centre: Floats, scale: Floats, df: int) -> float:
    """P(effect < value) of a mixture."""
    return float(kernels().below(value, weight, centre, scale, df))


def randomisation_p(nights: Nights, blocks: NDArray[np.int64], schedules: Floats) -> float:
    """As :func:`anmin.trial.analysis.randomisation_p` for two arms that keep to blocks.

    ``blocks``: the block of each analysed night; ``schedules``: (schedules, blocks) of 0 and 1, the drawn one among
    them. A schedule is constant within a block, so that sums of blocks are all the statistic needs.
    """
    covariates = np.delete(design_of(nights, np.zeros(len(nights.index))), 1, axis=1)
    outcome = np.asarray(nights.outcome, dtype=np.float64)
    residual = outcome - covariates @ np.linalg.lstsq(covariates, outcome, rcond=None)[0]
    treated = np.asarray(nights.treated, dtype=np.float64)
    return float(kernels().reached(residual, treated, blocks, schedules))


@cache
def kernels() -> Kernels:
    """Compile once and keep on disk; :class:`InputError` without the extra."""
    try:
        from numba import njit
    except ImportError:
        raise InputError("extra", "fast", "pip install 'anmin[fast]' (Numba) for the compiled analysis") from None
    quick = njit(cache=True, nogil=True, fastmath=False)
    return Kernels(quick(_posterior), quick(_below), quick(_reached))


def _posterior(
    design: Any, outcome: Any, index: Any, phi: Any, log_prior: Any, weight: Any, centre: Any, scale: Any
) -> None:  # pragma: no cover - compiled
    """Whiten, form the normal equations, factorise (Cholesky), for each φ; then weigh the grid points."""
    n, p = design.shape
    gram, moment = np.empty((p, p)), np.empty(p)
    solved, column = np.empty(p), np.empty(p)
    row = np.empty(p)
    log_restricted = np.empty(len(phi))
    for g in range(len(phi)):
        gram[:] = 0.0
        moment[:] = 0.0
        f = phi[g]
        log_jacobian, total = 0.0, 0.0
        for t in range(n):
            if t == 0:
                scaled, carried = np.sqrt(1.0 - f * f), 0.0
            else:
                carried = f ** (index[t] - index[t - 1])
                scaled = np.sqrt((1.0 - f * f) / (1.0 - carried * carried))
            log_jacobian += np.log(scaled)
            before = max(t - 1, 0)
            for a in range(p):
                row[a] = scaled * (design[t, a] - carried * design[before, a])
            y = scaled * (outcome[t] - carried * outcome[before])
            total += y * y
            for a in range(p):
                moment[a] += row[a] * y
                for b in range(a + 1):
                    gram[a, b] += row[a] * row[b]
        log_determinant = 0.0
        for a in range(p):
            for b in range(a + 1):
                held = gram[a, b]
                for k in range(b):
                    held -= gram[a, k] * gram[b, k]
                gram[a, b] = np.sqrt(held) if a == b else held / gram[b, b]
            log_determinant += 2.0 * np.log(gram[a, a])
        for a in range(p):
            held = moment[a]
            for k in range(a):
                held -= gram[a, k] * solved[k]
            solved[a] = held / gram[a, a]
        for a in range(p - 1, -1, -1):
            held = solved[a]
            for k in range(a + 1, p):
                held -= gram[k, a] * solved[k]
            solved[a] = held / gram[a, a]
        rss = 0.0
        for t in range(n):
            if t == 0:
                scaled, carried = np.sqrt(1.0 - f * f), 0.0
            else:
                carried = f ** (index[t] - index[t - 1])
                scaled = np.sqrt((1.0 - f * f) / (1.0 - carried * carried))
            before = max(t - 1, 0)
            rest = outcome[t] - carried * outcome[before]
            for a in range(p):
                rest -= solved[a] * (design[t, a] - carried * design[before, a])
            rss += scaled * scaled * rest * rest
        for a in range(p):
            held = 1.0 if a == 1 else 0.0
            for k in range(a):
                held -= gram[a, k] * column[k]
            column[a] = held / gram[a, a]
        variance = 0.0
        for a in range(p):
            variance += column[a] * column[a]
        log_restricted[g] = log_prior[g] + log_jacobian - 0.5 * log_determinant - 0.5 * (n - p) * np.log(rss)
        centre[g] = solved[1]
        scale[g] = np.sqrt(rss / (n - p) * variance)
    top, mass = log_restricted.max(), 0.0
    for g in range(len(phi)):
        weight[g] = np.exp(log_restricted[g] - top)
        mass += weight[g]
    for g in range(len(phi)):
        weight[g] /= mass


def _below(value: Any, weight: Any, centre: Any, scale: Any, df: Any) -> Any:  # pragma: no cover - compiled
    """The finite sums 26.7.3 and 26.7.4 of Abramowitz & Stegun, over the mixture."""
    total = 0.0
    odd = df % 2
    for g in range(len(weight)):
        t = (value - centre[g]) / scale[g]
        angle = np.arctan(t / np.sqrt(df))
        square, sine = df / (df + t * t), np.sin(angle)
        term = np.sqrt(square) if odd else 1.0
        held = term if df > 1 else 0.0
        for k in range(2 + odd, df - 1, 2):
            term = term * square * ((k - 1) / k)
            held += term
        within = 2 / np.pi * (angle + sine * held) if odd else sine * held
        total += weight[g] * (0.5 + 0.5 * within)
    return min(1.0, max(0.0, total))


def _reached(residual: Any, treated: Any, blocks: Any, schedules: Any) -> Any:  # pragma: no cover - compiled
    """The share of schedules whose difference of means is as large as the observed one."""
    count = schedules.shape[1]
    sums, sizes = np.zeros(count), np.zeros(count)
    whole, nights = 0.0, len(residual)
    on, off, size = 0.0, 0.0, 0.0
    for t in range(nights):
        sums[blocks[t]] += residual[t]
        sizes[blocks[t]] += 1.0
        whole += residual[t]
        if treated[t] > 0.5:
            on += residual[t]
            size += 1.0
        else:
            off += residual[t]
    observed = abs(on / size - off / (nights - size))
    bar = observed - 1e-9 * max(1.0, observed)
    hits = 0
    for s in range(schedules.shape[0]):
        on, size = 0.0, 0.0
        for b in range(count):
            if schedules[s, b] > 0.5:
                on += sums[b]
                size += sizes[b]
        if size == 0.0 or size == nights or abs(on / size - (whole - on) / (nights - size)) >= bar:
            hits += 1
    return hits / schedules.shape[0]
