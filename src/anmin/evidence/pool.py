"""Several studies as one: the random-effects mean with its interval, its heterogeneity and its prediction interval.

Every result names its conventions. One study is answered as itself, two with the wide interval that one degree of
freedom gives; neither gets a prediction interval.

The Hartung–Knapp interval (Hartung & Knapp 2001, doi 10.1002/sim.1009) is the default, with the *ad hoc* rule that its
variance factor is never below 1: without it, studies that happen to agree give an interval narrower than if τ² were 0
(Jackson 2017, doi 10.1002/sim.7411). Prediction intervals follow Higgins, Thompson & Spiegelhalter 2009
(doi 10.1111/j.1467-985X.2008.00552.x) with t on k - 2 degrees; other degrees can be asked for.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import msgspec

from anmin.errors import InputError
from anmin.evidence.distributions import chi2_p, normal_p, normal_quantile, t_p, t_quantile
from anmin.evidence.tau2 import (
    Method,
    log_likelihood,
    q_profile,
    restricted_log_likelihood,
    tau2,
    typical_variance,
    weighted,
)

Test = Literal["z", "hartung_knapp", "hartung_knapp_ad_hoc"]
PredictionDf = Literal["k-2", "k-1", "normal"]


class Pooled(msgspec.Struct, frozen=True, kw_only=True):
    """A pooled effect and everything that says how it was made.

    ``df`` belongs to ``test`` (None: normal). ``i2`` is τ² over τ² plus the typical within-study variance (Higgins &
    Thompson 2002), in percent; for equal effects it comes from Q. ``prediction`` is where the true effect of a new
    study is expected, on ``prediction_df`` (None: normal); absent with fewer than three studies.
    ``tau2_low``/``tau2_high``: Q-profile. Heterogeneity of one study is None: it cannot be told.
    """

    k: int
    method: Method
    test: Test
    effect: float
    se: float
    statistic: float | None
    df: float | None
    p: float | None
    low: float
    high: float
    q: float
    q_p: float
    tau2: float | None
    tau2_low: float | None
    tau2_high: float | None
    i2: float | None
    h2: float | None
    prediction_low: float | None
    prediction_high: float | None
    prediction_df: float | None
    weights: tuple[float, ...]
    level: float = 0.95
    log_likelihood: float | None = None


def pool(
    effects: Sequence[float],
    variances: Sequence[float],
    *,
    method: Method = "REML",
    test: Test = "hartung_knapp_ad_hoc",
    level: float = 0.95,
    prediction: PredictionDf = "k-2",
) -> Pooled:
    """Pool effects with known sampling variances; :class:`InputError` for what is not finite or not above 0."""
    y, v = check(effects, variances)
    if not 0.0 < level < 1.0:
        raise InputError("level", level, "between 0 and 1")
    k = len(y)
    t2 = tau2(y, v, method)
    total, mean, q = weighted(y, v, t2)
    se, df, used = _error(total, q, k, test)
    statistic = mean / se if se > 0.0 else None
    half = _quantile(df, level) * se
    prediction_df = {"k-2": k - 2.0, "k-1": k - 1.0, "normal": None}[prediction]
    reach = _quantile(prediction_df, level) * math.sqrt(t2 + se * se) if k >= 3 else None
    q0 = weighted(y, v, 0.0)[2]
    ends = q_profile(y, v, level) if k >= 2 and method != "EE" else (None, None)
    i2, h2 = _inconsistency(t2, q0, v, method)
    return Pooled(
        k=k,
        method=method,
        test=used,
        effect=mean,
        se=se,
        statistic=statistic,
        df=df,
        p=None if statistic is None else normal_p(statistic) if df is None else t_p(statistic, df),
        low=mean - half,
        high=mean + half,
        q=q0,
        q_p=chi2_p(q0, k - 1.0),
        tau2=t2 if k >= 2 else None,
        tau2_low=ends[0],
        tau2_high=ends[1],
        i2=i2,
        h2=h2,
        prediction_low=None if reach is None else mean - reach,
        prediction_high=None if reach is None else mean + reach,
        prediction_df=prediction_df if reach is not None else None,
        weights=tuple(1.0 / (vi + t2) / total for vi in v),
        level=level,
        log_likelihood=_height(y, v, t2, method) if k >= 2 else None,
    )


def check(effects: Sequence[float], variances: Sequence[float]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Both as tuples of floats, or :class:`InputError`."""
    y, v = tuple(map(float, effects)), tuple(map(float, variances))
    if not y or len(y) != len(v):
        raise InputError("effects", len(y), f"one or more, as many as variances ({len(v)})")
    for i, (yi, vi) in enumerate(zip(y, v, strict=True)):
        if not math.isfinite(yi):
            raise InputError(f"effects[{i}]", yi, "a finite number")
        if not (vi > 0.0 and math.isfinite(vi)):
            raise InputError(f"variances[{i}]", vi, "a finite number above 0")
    return y, v


def _error(total: float, q: float, k: int, test: Test) -> tuple[float, float | None, Test]:
    """Standard error, degrees of freedom and the test in force (one study leaves only the normal)."""
    if test == "z" or k < 2:
        return math.sqrt(1.0 / total), None, "z"
    factor = q / (k - 1.0)
    if test == "hartung_knapp_ad_hoc":
        factor = max(1.0, factor)
    return math.sqrt(factor / total), k - 1.0, test


def _quantile(df: float | None, level: float) -> float:
    p = 0.5 + level / 2.0
    return normal_quantile(p) if df is None else t_quantile(p, df) if df > 0.0 else math.inf


def _inconsistency(t2: float, q0: float, v: Sequence[float], method: Method) -> tuple[float | None, float | None]:
    k = len(v)
    if k < 2:
        return None, None
    if method == "EE":
        return max(0.0, 100.0 * (q0 - (k - 1.0)) / q0) if q0 > 0.0 else 0.0, q0 / (k - 1.0)
    within = typical_variance(v)
    return 100.0 * t2 / (t2 + within), t2 / within + 1.0


def _height(y: Sequence[float], v: Sequence[float], t2: float, method: Method) -> float:
    return restricted_log_likelihood(y, v, t2) if method == "REML" else log_likelihood(y, v, t2)
