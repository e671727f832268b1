"""The multivariable median: least absolute deviations of the outcome on all exposures (Grant and Burgess 2021).

doi 10.1002/sim.9156. The line through K of the variants that no step along an edge improves is found by pivoting,
for all bootstrap draws at once.
"""

from __future__ import annotations

import numpy as np

from anmin.evidence.mr.model import Convention
from anmin.evidence.mr.multivariable import MultiEstimate, Several, canonical, effects, in_order_of, mv_cannot
from anmin.evidence.mr.pair import Array, Flags, Rows

_BLOCK = 200
"""Draws solved together; bounds the memory."""
_PIVOTS = 500


def mv_median(data: Several, *, draws: int = 1000, seed: int = 1) -> MultiEstimate:
    """The slopes with the smallest Σ |residual| / s_y²; SE by parametric bootstrap. Needs J > K + 1."""
    convention = Convention(weights="first", se="bootstrap", draws=draws, seed=seed, detail="least absolute deviations")
    if data.count <= data.width + 1:
        return mv_cannot("mv_median", data, convention)
    order = canonical(data)
    w = order.sy**-2.0
    slopes = least_absolute(order.bx[None], order.by[None], w)[0]
    random = np.random.default_rng(seed)
    found = []
    for start in range(0, draws, _BLOCK):
        size = min(_BLOCK, draws - start)
        x = random.normal(order.bx, order.sx, (size, *order.bx.shape))
        y = random.normal(order.by, order.sy, (size, order.count))
        found.append(least_absolute(x, y, w))
    errors = np.std(np.concatenate(found), axis=0, ddof=1)
    if not np.all(np.isfinite(slopes)) or not np.all(np.isfinite(errors)):
        return mv_cannot("mv_median", data, convention, "no_solution")
    return MultiEstimate(
        method="mv_median", n=data.count, convention=convention,
        effects=in_order_of(data, effects(order, slopes, errors, convention)),
    )  # fmt: skip


def least_absolute(x: Array, y: Array, w: Array) -> Array:
    """The minimisers of Σ w |y − x β| for ``x`` (B, J, K), ``y`` (B, J) and ``w`` (J,): (B, K), NaN if undetermined."""
    lengths = np.linalg.norm(x, axis=1, keepdims=True)
    x = x / np.where(lengths > 0.0, lengths, 1.0)
    basis, usable = _first_basis(x)
    slopes = np.full(basis.shape, np.nan)
    at = np.flatnonzero(usable)
    basis = basis[at]
    for _ in range(_PIVOTS):
        if not len(at):
            break
        inverse, current, residual = _vertex(x[at], y[at], basis)
        slopes[at] = current
        leaving, entering, better = _step(x[at] @ inverse, residual, basis, w)
        basis = basis.copy()
        basis[np.arange(len(at)), leaving] = entering
        at, basis = at[better], basis[better]
    return slopes / np.where(lengths[:, 0] > 0.0, lengths[:, 0], np.nan)


def _first_basis(x: Array) -> tuple[Rows, Flags]:
    """K independent rows of each problem, the longest first; and whether there are any."""
    rest = x.copy()
    basis = np.zeros((len(x), x.shape[2]), dtype=np.intp)
    usable = np.ones(len(x), dtype=bool)
    for k in range(x.shape[2]):
        size = np.linalg.norm(rest, axis=2)
        basis[:, k] = np.argmax(size, axis=1)
        longest = size[np.arange(len(x)), basis[:, k]]
        usable &= longest > 1e-9
        row = rest[np.arange(len(x)), basis[:, k]] / np.where(longest > 0.0, longest, 1.0)[:, None]
        rest = rest - (rest @ row[:, :, None]) * row[:, None, :]
    return basis, usable


def _vertex(x: Array, y: Array, basis: Rows) -> tuple[Array, Array, Array]:
    """The inverse of the chosen rows, the slopes through them, and every residual, exactly zero on them."""
    inverse = np.linalg.inv(np.take_along_axis(x, basis[:, :, None], axis=1))
    slopes = (inverse @ np.take_along_axis(y, basis, axis=1)[:, :, None])[:, :, 0]
    residual = y - (x @ slopes[:, :, None])[:, :, 0]
    np.put_along_axis(residual, basis, 0.0, axis=1)
    return np.asarray(inverse, dtype=np.float64), slopes, residual


def _step(along: Array, residual: Array, basis: Rows, w: Array) -> tuple[Rows, Rows, Flags]:
    """Which row leaves, which enters, and whether that improves anything; ``along`` (B, J, K) are the edges.

    Along an edge the sum falls until the weights of the residuals that have changed sign make up for the slope.
    """
    rows = np.arange(len(basis))
    own = w[basis]
    pull = np.einsum("bj,bjk->bk", w * np.sign(residual), along)
    resting = np.einsum("bj,bjk->bk", w * (residual == 0.0), np.abs(along)) - own
    gain = np.abs(pull) - own - np.maximum(resting, 0.0)
    leaving = np.argmax(gain, axis=1)
    fall = gain[rows, leaving]
    edge = along[rows, :, leaving] * np.sign(pull[rows, leaving])[:, None]
    reach = np.divide(residual, edge, out=np.full_like(residual, np.inf), where=np.abs(edge) > 1e-14)
    reach = np.where(reach > 0.0, reach, np.inf)
    order = np.argsort(reach, axis=1, kind="stable")
    crossed = np.cumsum(2.0 * np.take_along_axis(w * np.abs(edge), order, axis=1), axis=1)
    stop = np.minimum(np.sum(crossed < fall[:, None], axis=1), order.shape[1] - 1)
    entering = order[rows, stop]
    better = (fall > 1e-12 * np.sum(w * np.abs(edge), axis=1)) & np.isfinite(reach[rows, entering])
    return leaving, entering, better
