"""Studies as contrasts between treatments, and the linear model that explains them: the ground of network models.

A study with m treatments gives m - 1 independent contrasts. Their covariance follows from the variances of all its
pairwise differences, and between studies every pair differs by the same τ², so contrasts that share an arm share
half of it:

    y_s ~ Normal(X_s β, V_s + τ² (I + J) / 2)

Whatever ``X`` means (treatments, or the components they are made of), estimates, heterogeneity and tests follow here
by generalised least squares. A contrast that the studies do not determine is said to be so instead of being given the
smallest number that fits. Lu & Ades 2004 (doi 10.1002/sim.1875); Jackson, White & Riley 2012 on the method of moments
(doi 10.1002/sim.4239). NumPy is imported here, and nowhere on the way of a plan.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import msgspec
import numpy as np

from anmin.errors import InputError
from anmin.evidence.tau2 import highest

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[np.floating[Any]]

Between = Literal["EE", "DL", "ML", "REML"]
"""Estimators of the common τ²: none, moments, likelihood, restricted likelihood."""

_LARGEST = 1e6
_RATIO = 1e5
"""Beyond these, rounding would eat the answer; no real network comes near."""

_CONSISTENT = 0.01
"""How far the differences within one study may fail to add up (they are printed rounded), in its largest standard
error. Those against its first treatment are used."""


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """One printed difference: ``treatment`` minus ``other``. A study with m treatments gives all m(m-1)/2 of them."""

    study: str
    treatment: str
    other: str
    effect: float
    se: float


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """One study: its treatments, the differences of all others from the first, and their covariance."""

    study: str
    treatments: tuple[str, ...]
    effects: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]


class Fit(msgspec.Struct, frozen=True, kw_only=True):
    """Coefficients by the smallest norm, their covariance, the weighted residual sum of squares and its degrees."""

    beta: Array
    covariance: Array
    space: Array
    """Orthonormal rows: what of β the studies determine."""
    q: float
    df: int
    tau2: float

    def contrast(self, weights: Array) -> tuple[float, float] | None:
        """``weights``·β with its standard error; None where the studies do not determine it."""
        outside = weights - self.space.T @ (self.space @ weights)
        if np.linalg.norm(outside) > 1e-9 * max(1.0, float(np.linalg.norm(weights))):
            return None
        return float(weights @ self.beta), math.sqrt(max(0.0, float(weights @ self.covariance @ weights)))


def blocks(comparisons: Sequence[Comparison]) -> tuple[Block, ...]:
    """Studies in the order given, treatments within a study by name; :class:`InputError` for what does not fit."""
    by_study: dict[str, list[Comparison]] = {}
    for each in comparisons:
        _check(each)
        by_study.setdefault(each.study, []).append(each)
    if not by_study:
        raise InputError("comparisons", 0, "one comparison or more")
    errors = [each.se for each in comparisons]
    if max(errors) > _RATIO * min(errors):
        raise InputError("se", f"{min(errors):g} to {max(errors):g}", f"within a factor of {_RATIO:g}")
    return tuple(_block(study, found) for study, found in by_study.items())


def _check(each: Comparison) -> None:
    where = f"{each.study}: {each.treatment} : {each.other}"
    if not abs(each.effect) <= _LARGEST:
        raise InputError(where, each.effect, f"a finite effect, at most {_LARGEST:g}")
    if not 1.0 / _LARGEST <= each.se <= _LARGEST:
        raise InputError(where, each.se, f"a standard error above 0, from {1.0 / _LARGEST:g} to {_LARGEST:g}")
    if each.treatment == each.other:
        raise InputError(where, each.treatment, "two different treatments")


def _block(study: str, found: Sequence[Comparison]) -> Block:
    names = tuple(sorted({name for each in found for name in (each.treatment, each.other)}))
    size = len(names)
    place = {name: i for i, name in enumerate(names)}
    effect, variance = np.full((size, size), math.nan), np.full((size, size), math.nan)
    for i in range(size):
        effect[i, i] = variance[i, i] = 0.0
    for each in found:
        i, j = place[each.treatment], place[each.other]
        if not math.isnan(effect[i, j]):
            raise InputError(study, f"{each.treatment} : {each.other}", "each pair of a study once")
        effect[i, j], effect[j, i] = each.effect, -each.effect
        variance[i, j] = variance[j, i] = each.se * each.se
    if np.isnan(effect).any():
        raise InputError(study, len(found), f"all {size * (size - 1) // 2} pairs of its {size} treatments")
    gap = effect - (effect[:, :1] - effect[:, :1].T)
    if np.abs(gap).max() > _CONSISTENT * math.sqrt(variance.max()):
        raise InputError(study, float(np.abs(gap).max()), "differences that add up round every three of its treatments")
    shared = (variance[1:, :1] + variance[:1, 1:] - variance[1:, 1:]) / 2.0
    if np.linalg.eigvalsh(shared).min() <= 0.0:
        raise InputError(study, "standard errors", "such as a study with these treatments can have")
    return Block(
        study=study,
        treatments=names,
        effects=tuple(effect[1:, 0].tolist()),
        covariance=tuple(map(tuple, shared.tolist())),
    )


class Model:
    """The studies' contrasts with one design: a row of ``X`` for each contrast."""

    def __init__(self, data: Sequence[Block], design: Array) -> None:
        _, sizes, right = np.linalg.svd(design, full_matrices=False)
        kept = sizes > 1e-10 * max(1.0, float(sizes.max(initial=0.0)))
        self.space = right[kept]
        self._groups = _grouped(data, design @ self.space.T)
        self.df = sum(group.y.size for group in self._groups) - int(kept.sum())

    def fit(self, method: Between = "REML") -> Fit:
        """The model at the estimated τ²; ``q`` is what is left at that τ²."""
        return self.at(self.tau2(method))

    def at(self, tau2: float) -> Fit:
        """The model at a given τ²."""
        found = self._solved(tau2)
        inverse = np.linalg.inv(found.gram)
        return Fit(
            beta=self.space.T @ found.gamma,
            covariance=self.space.T @ inverse @ self.space,
            space=self.space,
            q=found.q,
            df=self.df,
            tau2=tau2,
        )

    def tau2(self, method: Between) -> float:
        """Between-study variance, never below 0; 0 where no contrast is left over to tell it."""
        if self.df < 1 or method == "EE":
            return 0.0
        if method == "DL":
            found = self._solved(0.0)
            return max(0.0, (found.q - self.df) / self._trace(found, restricted=True))
        typical = float(np.mean([np.trace(part) / len(part) for group in self._groups for part in group.covariance]))
        rough = sum(float((group.y**2).sum()) for group in self._groups) / self.df + typical
        return highest(lambda t: self._slope(t, method), lambda t: self.height(t, method), rough)

    def height(self, tau2: float, method: Between = "REML") -> float:
        """Log-likelihood (restricted for REML) at the best β, up to a constant."""
        found = self._solved(tau2)
        return -0.5 * (found.logs + found.q + (np.linalg.slogdet(found.gram)[1] if method == "REML" else 0.0))

    def _solved(self, tau2: float) -> _Solved:
        """Least squares of the contrasts freed from their covariance."""
        white: list[tuple[Array, Array, Array]] = []
        for group in self._groups:
            root = np.linalg.cholesky(group.covariance + tau2 * _shared(group.y.shape[1]))
            white.append((root, np.linalg.solve(root, group.y[..., None])[..., 0], np.linalg.solve(root, group.x)))
        gram = sum(np.einsum("sij,sik->jk", x, x) for _, _, x in white)
        gamma = np.linalg.solve(gram, sum(np.einsum("sij,si->j", x, y) for _, y, x in white))
        left = [y - x @ gamma for _, y, x in white]
        logs = sum(2.0 * float(np.log(np.diagonal(root, axis1=1, axis2=2)).sum()) for root, _, _ in white)
        q = sum(float((each**2).sum()) for each in left)
        return _Solved(
            gram=gram, gamma=gamma, q=q, logs=logs, roots=[root for root, _, _ in white], left=left,
            x=[x for _, _, x in white],
        )  # fmt: skip

    def _slope(self, tau2: float, method: Between) -> float:
        found = self._solved(tau2)
        pull = 0.0
        for root, left in zip(found.roots, found.left, strict=True):
            back = np.linalg.solve(root.transpose(0, 2, 1), left[..., None])[..., 0]
            pull += float(np.einsum("si,ij,sj->", back, _shared(left.shape[1]), back))
        return 0.5 * (pull - self._trace(found, restricted=method == "REML"))

    def _trace(self, found: _Solved, restricted: bool) -> float:
        """How much one unit of τ² adds to the expected sum of squares."""
        whole, lost = 0.0, np.zeros_like(found.gram)
        for root, x in zip(found.roots, found.x, strict=True):
            half = np.linalg.solve(root, np.broadcast_to(_shared(root.shape[1]), root.shape))
            inner = np.linalg.solve(root, half.transpose(0, 2, 1))
            whole += float(np.trace(inner, axis1=1, axis2=2).sum())
            lost += np.einsum("sij,sik,skl->jl", x, inner, x, optimize=True)
        return whole - (float(np.trace(np.linalg.solve(found.gram, lost))) if restricted else 0.0)


class _Group(msgspec.Struct, frozen=True):
    """The studies with equally many contrasts: ``y`` (S, m), ``covariance`` (S, m, m), ``x`` (S, m, rank)."""

    y: Array
    covariance: Array
    x: Array


class _Solved(msgspec.Struct, frozen=True, kw_only=True):
    """Least squares at one τ²: per group the roots of the covariance, the residuals and the design freed from it."""

    gram: Array
    gamma: Array
    q: float
    logs: float
    roots: Sequence[Array]
    left: Sequence[Array]
    x: Sequence[Array]


def _grouped(data: Sequence[Block], x: Array) -> list[_Group]:
    starts, start = [], 0
    for block in data:
        starts.append(start)
        start += len(block.effects)
    groups = []
    for size in sorted({len(block.effects) for block in data}):
        own = [(block, at) for block, at in zip(data, starts, strict=True) if len(block.effects) == size]
        groups.append(
            _Group(
                np.array([block.effects for block, _ in own]), np.array([block.covariance for block, _ in own]),
                np.array([x[at : at + size] for _, at in own]),
            )
        )  # fmt: skip
    return groups


def _shared(size: int) -> Array:
    """What one unit of τ² adds to contrasts against one arm: each 1, each pair a half."""
    return (np.eye(size) + np.ones((size, size))) / 2.0
