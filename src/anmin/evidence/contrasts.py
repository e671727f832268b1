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
from typing import TYPE_CHECKING, Literal

import msgspec
import numpy as np

from anmin.errors import InputError
from anmin.evidence.tau2 import highest

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]

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
        self.y = np.array([value for block in data for value in block.effects])
        self._parts = [np.array(block.covariance) for block in data]
        _, sizes, right = np.linalg.svd(design, full_matrices=False)
        kept = sizes > 1e-10 * max(1.0, float(sizes.max(initial=0.0)))
        self.space = right[kept]
        self._x = design @ self.space.T
        self.df = len(self.y) - int(kept.sum())

    def fit(self, method: Between = "REML") -> Fit:
        """The model at the estimated τ²; ``q`` is what is left at τ² = 0."""
        return self.at(self.tau2(method))

    def at(self, tau2: float) -> Fit:
        """The model at a given τ²."""
        y, x, _ = self._white(tau2)
        inverse = np.linalg.inv(x.T @ x)
        gamma = inverse @ (x.T @ y)
        return Fit(
            beta=self.space.T @ gamma,
            covariance=self.space.T @ inverse @ self.space,
            space=self.space,
            q=float(((y - x @ gamma) ** 2).sum()),
            df=self.df,
            tau2=tau2,
        )

    def tau2(self, method: Between) -> float:
        """Between-study variance, never below 0; 0 where no contrast is left over to tell it."""
        if self.df < 1 or method == "EE":
            return 0.0
        if method == "DL":
            return max(0.0, (self.at(0.0).q - self.df) / self._trace(0.0))
        typical = float(np.mean([np.trace(part) / len(part) for part in self._parts]))
        rough = float(self.y @ self.y) / self.df + typical
        return highest(lambda t: self._slope(t, method), lambda t: self.height(t, method), rough)

    def height(self, tau2: float, method: Between = "REML") -> float:
        """Log-likelihood (restricted for REML) at the best β, up to a constant."""
        y, x, logs = self._white(tau2)
        gram = x.T @ x
        left = y - x @ np.linalg.solve(gram, x.T @ y)
        return -0.5 * (logs + float(left @ left) + (np.linalg.slogdet(gram)[1] if method == "REML" else 0.0))

    def _white(self, tau2: float) -> tuple[Array, Array, float]:
        """Contrasts and design freed from their covariance, and its log-determinant."""
        y, x, logs, start = np.empty_like(self.y), np.empty_like(self._x), 0.0, 0
        for part in self._parts:
            rows = slice(start, start + len(part))
            root = np.linalg.cholesky(part + tau2 * _shared(len(part)))
            y[rows] = np.linalg.solve(root, self.y[rows])
            x[rows] = np.linalg.solve(root, self._x[rows])
            logs += 2.0 * float(np.log(np.diag(root)).sum())
            start = rows.stop
        return y, x, logs

    def _slope(self, tau2: float, method: Between) -> float:
        y, x, _ = self._white(tau2)
        left = y - x @ np.linalg.solve(x.T @ x, x.T @ y)
        pull, start = 0.0, 0
        for part in self._parts:
            rows = slice(start, start + len(part))
            root = np.linalg.cholesky(part + tau2 * _shared(len(part)))
            back = np.linalg.solve(root.T, left[rows])
            pull += float(back @ _shared(len(part)) @ back)
            start = rows.stop
        return 0.5 * (pull - self._trace(tau2, restricted=method == "REML"))

    def _trace(self, tau2: float, restricted: bool = True) -> float:
        """How much one unit of τ² adds to the expected sum of squares."""
        _, x, _ = self._white(tau2)
        whole, lost, start = 0.0, np.zeros((x.shape[1], x.shape[1])), 0
        for part in self._parts:
            rows = slice(start, start + len(part))
            root = np.linalg.cholesky(part + tau2 * _shared(len(part)))
            inner = np.linalg.solve(root, np.linalg.solve(root, _shared(len(part))).T)
            whole += float(np.trace(inner))
            lost += x[rows].T @ inner @ x[rows]
            start = rows.stop
        return whole - (float(np.trace(np.linalg.solve(x.T @ x, lost))) if restricted else 0.0)


def _shared(size: int) -> Array:
    """What one unit of τ² adds to contrasts against one arm: each 1, each pair a half."""
    return (np.eye(size) + np.ones((size, size))) / 2.0
