"""From an estimate and its standard error to interval and p, by the distribution the convention names."""

from __future__ import annotations

from typing import Any

from anmin.evidence.distributions import normal_p, normal_quantile, t_p, t_quantile
from anmin.evidence.mr.model import Convention, Estimate

LEVEL = 0.95


def close(
    method: str, n: int, estimate: float, se: float, convention: Convention, df: float = 0, **rest: Any
) -> Estimate:
    """The result with a 95 % interval and a two-sided p; ``df`` counts only where the distribution is t."""
    estimate, se = float(estimate), float(se)
    quantile = t_quantile(0.5 + LEVEL / 2, df) if convention.distribution == "t" else normal_quantile(0.5 + LEVEL / 2)
    return Estimate(
        method=method, n=n, convention=convention, estimate=estimate, se=se,
        low=estimate - quantile * se, high=estimate + quantile * se,
        p=p_of(estimate, se, convention, df), **rest,
    )  # fmt: skip


def p_of(estimate: float, se: float, convention: Convention, df: float = 0) -> float:
    """Two-sided p of an estimate against zero."""
    if se <= 0.0:
        return 0.0 if estimate else 1.0
    return t_p(estimate / se, df) if convention.distribution == "t" else normal_p(estimate / se)


def cannot(method: str, n: int, convention: Convention, why: str = "too_few_variants") -> Estimate:
    """No number, and why."""
    return Estimate(method=method, n=n, convention=convention, why_not=why)  # type: ignore[arg-type]
