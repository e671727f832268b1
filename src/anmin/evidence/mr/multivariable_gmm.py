"""Multivariable generalised method of moments: the errors of the exposures count, and direct effects may vary.

The continuously updated estimator minimises Q(θ) = Σ (b_y − b_x θ)² / Ω(θ), Ω = s_y² + θ' V θ + τ² (Hansen, Heaton and
Yaron 1996, doi 10.2307/1392442; for this use Patel et al. 2024, doi 10.1002/gepi.22551). Weak instruments bias it far
less than IVW. τ², the spread of direct effects, is where Q equals its degrees of freedom.
"""

from __future__ import annotations

import math

import numpy as np

from anmin.evidence.distributions import chi2_p, find_root
from anmin.evidence.mr.model import Convention
from anmin.evidence.mr.multivariable import (
    MultiEstimate,
    Several,
    canonical,
    effects,
    in_order_of,
    mv_cannot,
    weighted_squares,
)
from anmin.evidence.mr.multivariable_strength import ErrorModel
from anmin.evidence.mr.pair import Array

_ROUNDS = 200


def mv_gmm(data: Several, errors: ErrorModel, *, overdispersed: bool = True) -> MultiEstimate:
    """The minimiser of Q with SE from (X' Ω⁻¹ X)⁻¹. Needs J > K. ``tuning`` is τ.

    ``errors`` is in the order of ``data.names``. Without ``overdispersed`` τ² = 0 and Q is the test of agreement.
    """
    spread = "additive" if overdispersed else "fixed"
    convention = Convention(spread=spread, se="information", detail=f"continuously updated, errors {errors.covariance}")  # type: ignore[arg-type]
    if data.count <= data.width:
        return mv_cannot("mv_gmm", data, convention)
    order = canonical(data)
    at = [data.names.index(name) for name in order.names]
    v = errors.of[:, at][:, :, at]
    df = data.count - data.width

    def excess(tau2: float) -> float:
        slopes = minimiser(order, v, tau2)
        return math.inf if slopes is None else criterion(order, v, slopes, tau2) - df

    tau2 = 0.0
    if overdispersed and excess(0.0) > 0.0:
        high = float(np.max(order.by**2)) + 1e-300
        for _ in range(100):
            if excess(high) < 0.0:
                break
            high *= 4.0
        tau2 = find_root(excess, 0.0, high)
    slopes = minimiser(order, v, tau2)
    if slopes is None:
        return mv_cannot("mv_gmm", data, convention, "no_solution")
    information = weighted_squares(order.bx, order.by, 1.0 / omega(order, v, slopes, tau2))
    if information is None:
        return mv_cannot("mv_gmm", data, convention, "no_solution")
    q = criterion(order, v, slopes, tau2)
    found = effects(order, slopes, np.sqrt(np.diag(information[1])), convention)
    return MultiEstimate(
        method="mv_gmm", n=data.count, convention=convention, effects=in_order_of(data, found), tuning=math.sqrt(tau2),
        q=q, q_df=df, q_p=chi2_p(q, df) if not overdispersed else None,
    )  # fmt: skip


def omega(data: Several, v: Array, slopes: Array, tau2: float) -> Array:
    """The variance of each residual."""
    return np.asarray(data.sy**2 + np.einsum("k,jkl,l->j", slopes, v, slopes) + tau2)


def criterion(data: Several, v: Array, slopes: Array, tau2: float) -> float:
    """Q(θ)."""
    return float(np.sum((data.by - data.bx @ slopes) ** 2 / omega(data, v, slopes, tau2)))


def minimiser(data: Several, v: Array, tau2: float) -> Array | None:
    """The slopes with the smallest Q near those of weighted least squares: Newton steps, halved until Q falls.

    The gradient is exact; the bend is the part of it that never turns negative, so every step goes downhill.
    """
    start = weighted_squares(data.bx, data.by, 1.0 / (data.sy**2 + tau2))
    if start is None:
        return None
    slopes, q = start[0], criterion(data, v, start[0], tau2)
    for _ in range(_ROUNDS):
        w = omega(data, v, slopes, tau2)
        residual = data.by - data.bx @ slopes
        bent = np.einsum("jkl,l->jk", v, slopes)
        lean = data.bx + bent * (residual / w)[:, None]
        step = np.linalg.lstsq(lean.T @ (lean / w[:, None]), lean.T @ (residual / w), rcond=None)[0]
        for _ in range(60):
            following = slopes + step
            lower = criterion(data, v, following, tau2)
            if lower <= q:
                break
            step = step / 2.0
        else:
            return slopes
        settled = bool(np.all(np.abs(step) <= 1e-13 * (np.abs(following) + 1e-300)))
        slopes, q = following, lower
        if settled:
            break
    return slopes
