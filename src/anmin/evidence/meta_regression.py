"""Do effects change with dose, weeks or age? Mixed-effects meta-regression.

Between-study variance by REML, ML, DL or none, found in a bracket; normal or Knapp–Hartung tests (2003,
doi 10.1002/sim.1482). R² is the share of τ² that the moderators explain (Raudenbush 2009). NumPy is imported here,
and nowhere on the way of a plan.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import msgspec

from anmin.errors import InputError
from anmin.evidence.distributions import chi2_p, f_p, find_root, normal_p, normal_quantile, t_p, t_quantile
from anmin.evidence.pool import check
from anmin.evidence.tau2 import Method, tau2

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]


class Coefficient(msgspec.Struct, frozen=True, kw_only=True):
    """One coefficient with its error, test and 95 % interval."""

    value: float
    se: float
    statistic: float
    p: float
    low: float
    high: float


class Regression(msgspec.Struct, frozen=True, kw_only=True):
    """The line: ``coefficients`` start with the intercept. ``df`` None means the normal.

    ``moderators_*`` test all moderators together (chi-square, or F with Knapp–Hartung); ``q`` tests what is left.
    ``r2`` in percent, None where the studies do not differ without moderators.
    """

    k: int
    method: Method
    test: Literal["z", "knapp_hartung"]
    coefficients: tuple[Coefficient, ...]
    df: float | None
    tau2: float
    i2: float
    q: float
    q_p: float
    moderators: float
    moderators_p: float
    r2: float | None
    covariance: tuple[tuple[float, ...], ...]


class Prediction(msgspec.Struct, frozen=True, kw_only=True):
    """The line at one place: mean with interval, and where a new study is expected."""

    value: float
    se: float
    low: float
    high: float
    prediction_low: float
    prediction_high: float


def meta_regression(
    effects: Sequence[float],
    variances: Sequence[float],
    moderators: Sequence[Sequence[float]],
    *,
    method: Method = "REML",
    test: Literal["z", "knapp_hartung"] = "knapp_hartung",
) -> Regression:
    """Fit; one row of moderators a study. Needs more studies than coefficients, and moderators that vary."""
    import numpy as np

    y, v = check(effects, variances)
    if len(moderators) != len(y):
        raise InputError("moderators", len(moderators), f"one row for each of {len(y)} studies")
    if method not in ("EE", "DL", "ML", "REML"):
        raise InputError("method", method, "EE, DL, ML or REML for a regression")
    x = np.column_stack([np.ones(len(y)), np.asarray(moderators, dtype=float)])
    k, p = x.shape
    if not np.isfinite(x).all() or np.linalg.matrix_rank(x) < p:
        raise InputError("moderators", f"{p - 1} columns", "finite columns that vary and do not repeat each other")
    if k <= p:
        raise InputError("effects", k, f"more than {p} studies for {p} coefficients")
    ya, va = np.asarray(y), np.asarray(v)
    t2 = _tau2(ya, va, x, method)
    covariance, beta, rss = _solve(ya, va + t2, x)
    df = float(k - p) if test == "knapp_hartung" else None
    if df is not None:
        covariance *= rss / df
    crit = normal_quantile(0.975) if df is None else t_quantile(0.975, df)
    q = _solve(ya, va, x)[2]
    joint = float(beta[1:] @ np.linalg.solve(covariance[1:, 1:], beta[1:]))
    alone = tau2(y, v, method)
    return Regression(
        k=k,
        method=method,
        test=test,
        coefficients=tuple(
            _coefficient(float(b), math.sqrt(c), df, crit) for b, c in zip(beta, np.diag(covariance), strict=True)
        ),
        df=df,
        tau2=t2,
        i2=_i2(t2, va, x, q, method),
        q=q,
        q_p=chi2_p(q, k - p),
        moderators=joint if df is None else joint / (p - 1),
        moderators_p=chi2_p(joint, p - 1) if df is None else f_p(joint / (p - 1), p - 1, df),
        r2=max(0.0, 100.0 * (1.0 - t2 / alone)) if alone > 0.0 else None,
        covariance=tuple(tuple(float(cell) for cell in row) for row in covariance),
    )


def predict(fit: Regression, place: Sequence[float]) -> Prediction:
    """The line at one row of moderators; the prediction interval uses the same distribution as the test."""
    row = [1.0, *place]
    if len(row) != len(fit.coefficients):
        raise InputError("place", len(place), f"{len(fit.coefficients) - 1} moderators")
    value = sum(a * b.value for a, b in zip(row, fit.coefficients, strict=True))
    se = math.sqrt(sum(a * b * fit.covariance[i][j] for i, a in enumerate(row) for j, b in enumerate(row)))
    crit = normal_quantile(0.975) if fit.df is None else t_quantile(0.975, fit.df)
    reach = crit * math.sqrt(se * se + fit.tau2)
    return Prediction(
        value=value, se=se, low=value - crit * se, high=value + crit * se,
        prediction_low=value - reach, prediction_high=value + reach,
    )  # fmt: skip


def _solve(y: Array, total: Array, x: Array) -> tuple[Array, Array, float]:
    """(X'WX)⁻¹, coefficients, and the weighted residual sum of squares."""
    import numpy as np

    xw = x / total[:, None]
    covariance: Array = np.asarray(np.linalg.inv(x.T @ xw), dtype=np.float64)
    beta: Array = covariance @ (xw.T @ y)
    residual = y - x @ beta
    return covariance, beta, float(residual @ (residual / total))


def _tau2(y: Array, v: Array, x: Array, method: Method) -> float:
    if method == "EE":
        return 0.0
    if method == "DL":
        trace = float((1.0 / v).sum()) - _trace(x, v)
        free: int = x.shape[0] - x.shape[1]
        return max(0.0, (_solve(y, v, x)[2] - free) / trace)
    high = 4.0 * float(_solve(y, v * 0.0 + 1.0, x)[2]) + float(v.max())
    grid = [0.0, *(high * 4.0 ** (i - 14) for i in range(15))]
    while _slope(y, v, x, grid[-1], method) > 0.0:
        grid.append(grid[-1] * 4.0)
    slopes = [_slope(y, v, x, t, method) for t in grid]
    peaks = [0.0] if slopes[0] <= 0.0 else []
    for i in range(len(grid) - 1):
        if slopes[i] > 0.0 >= slopes[i + 1]:
            peaks.append(find_root(lambda t: _slope(y, v, x, t, method), grid[i], grid[i + 1]))
    return max(peaks, key=lambda t: _height(y, v, x, t, method))


def _trace(x: Array, total: Array) -> float:
    """Trace of the hat part of P = W - WX(X'WX)⁻¹X'W."""
    import numpy as np

    xw = x / total[:, None]
    return float(np.trace(np.linalg.solve(x.T @ xw, xw.T @ xw)))


def _slope(y: Array, v: Array, x: Array, t: float, method: Method) -> float:
    """Twice the slope of the (restricted) log-likelihood in τ²."""
    total = v + t
    _, beta, _ = _solve(y, total, x)
    residual = (y - x @ beta) / total
    traced = float((1.0 / total).sum()) - (_trace(x, total) if method == "REML" else 0.0)
    return float(residual @ residual) - traced


def _height(y: Array, v: Array, x: Array, t: float, method: Method) -> float:
    import numpy as np

    covariance, _, rss = _solve(y, v + t, x)
    height = -0.5 * (float(np.log(v + t).sum()) + rss)
    return height + 0.5 * float(np.linalg.slogdet(covariance)[1]) if method == "REML" else height


def _i2(t2: float, v: Array, x: Array, q: float, method: Method) -> float:
    df: int = x.shape[0] - x.shape[1]
    if method == "EE":
        return max(0.0, 100.0 * (q - df) / q) if q > 0.0 else 0.0
    within = df / (float((1.0 / v).sum()) - _trace(x, v))
    return 100.0 * t2 / (t2 + within)


def _coefficient(value: float, se: float, df: float | None, crit: float) -> Coefficient:
    statistic = value / se if se > 0.0 else 0.0
    p = normal_p(statistic) if df is None else t_p(statistic, df)
    return Coefficient(value=value, se=se, statistic=statistic, p=p, low=value - crit * se, high=value + crit * se)
