"""IVW and MR-Egger for variants that are in linkage disequilibrium: generalised least squares.

Burgess, Dudbridge and Thompson 2016 (doi 10.1002/sim.6835); for MR-Egger, the same with an intercept. ``rho`` (J, J)
holds the signed correlations of the variants' effect alleles. When Egger turns a variant to raise the exposure, the
sign of its correlations turns with it.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from anmin.errors import InputError
from anmin.evidence.distributions import chi2_p
from anmin.evidence.mr.closing import cannot, close, p_of
from anmin.evidence.mr.model import Convention, Estimate
from anmin.evidence.mr.pair import Array, Pair
from anmin.evidence.mr.regression import Model, widening

_ROUNDING = 1e-6
"""How far a printed correlation matrix may be from symmetric with ones on its diagonal."""


def correlated_ivw(
    pair: Pair,
    rho: Array,
    model: Model = "default",
    *,
    floor: float | None = 1.0,
    distribution: Literal["normal", "t"] = "normal",
) -> Estimate:
    """The generalised least squares slope through the origin. ``default``: multiplicative from four variants on."""
    fixed = model == "fixed" or (model == "default" and pair.count < 4)
    convention = _convention(fixed, floor, distribution)
    if not pair.count or not np.any(pair.bx):
        return cannot("correlated_ivw", pair.count, convention)
    found = _generalised(pair.bx[:, None], pair.by, pair.sy, correlation(rho, pair.count))
    if found is None:
        return cannot("correlated_ivw", pair.count, convention, "no_solution")
    slope, covariance, q = found
    df = pair.count - 1
    residual = math.sqrt(q / df) if df else 1.0
    se = widening(residual, convention.spread, floor) * math.sqrt(covariance[0, 0])
    return close(
        "correlated_ivw", pair.count, slope[0], se, convention, df,
        residual_se=residual, q=q if df else None, q_df=df or None, q_p=chi2_p(q, df) if df else None,
    )  # fmt: skip


def correlated_egger(
    pair: Pair, rho: Array, *, floor: float | None = 1.0, distribution: Literal["normal", "t"] = "t"
) -> Estimate:
    """The generalised least squares line with an intercept. Needs three variants."""
    convention = _convention(False, floor, distribution)
    if pair.count < 3:
        return cannot("correlated_egger", pair.count, convention)
    sign = np.where(pair.bx < 0, -1.0, 1.0)
    design = np.column_stack([np.ones(pair.count), pair.bx * sign])
    found = _generalised(design, pair.by * sign, pair.sy, correlation(rho, pair.count) * np.outer(sign, sign))
    if found is None:
        return cannot("correlated_egger", pair.count, convention, "no_solution")
    (intercept, slope), covariance, q = found
    df = pair.count - 2
    residual = math.sqrt(q / df)
    intercept_se, se = widening(residual, convention.spread, floor) * np.sqrt(np.diag(covariance))
    return close(
        "correlated_egger", pair.count, slope, se, convention, df,
        intercept=float(intercept), intercept_se=float(intercept_se),
        intercept_p=p_of(float(intercept), float(intercept_se), convention, df),
        residual_se=residual, q=q, q_df=df, q_p=chi2_p(q, df),
    )  # fmt: skip


def correlation(rho: Array, count: int) -> Array:
    """``rho`` checked: (J, J), symmetric, ones on the diagonal, nothing beyond one; :class:`InputError` if not."""
    if rho.shape != (count, count):
        raise InputError("correlations", str(rho.shape), f"one row and column for each of the {count} variants used")
    if not np.all(np.isfinite(rho)):
        raise InputError("correlations", "a missing value", "numbers from -1 to 1")
    if np.max(np.abs(rho - rho.T), initial=0.0) > _ROUNDING:
        raise InputError("correlations", "row and column differ", "a symmetric matrix")
    if np.max(np.abs(np.diag(rho) - 1.0), initial=0.0) > _ROUNDING or np.max(np.abs(rho), initial=0.0) > 1 + _ROUNDING:
        raise InputError("correlations", float(np.max(np.abs(rho))), "ones on the diagonal, -1 to 1 elsewhere")
    return np.asarray((rho + rho.T) / 2.0)


def _generalised(x: Array, y: Array, s: Array, rho: Array) -> tuple[Array, Array, float] | None:
    """Coefficients, their covariance at a residual standard error of one, and Q.

    ``None`` where the correlations are no covariance (variants in complete disequilibrium, or a matrix of pieces).
    """
    try:
        root = np.linalg.cholesky(rho * np.outer(s, s))
        if float(np.min(np.diag(root) / s)) < 1e-7:
            return None
        x, y = np.linalg.solve(root, x), np.linalg.solve(root, y)
        covariance = np.linalg.inv(x.T @ x)
    except np.linalg.LinAlgError:
        return None
    slope = covariance @ (x.T @ y)
    return slope, np.asarray(covariance), float(np.sum((y - x @ slope) ** 2))


def _convention(fixed: bool, floor: float | None, distribution: Literal["normal", "t"]) -> Convention:
    return Convention(
        weights="first", distribution=distribution, floor=None if fixed else floor,
        spread="fixed" if fixed else "multiplicative", detail="correlated variants, signs turned with the alleles",
    )  # fmt: skip
