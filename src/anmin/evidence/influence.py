"""How much a pooled effect owes to single studies: left out one by one, added one by one, and case diagnostics.

Viechtbauer & Cheung 2010, doi 10.1002/jrsm.11.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from anmin.evidence.pool import Pooled, Test, check, pool
from anmin.evidence.tau2 import Method, weighted


class Influence(msgspec.Struct, frozen=True, kw_only=True):
    """What one study does to the pool.

    ``residual``: its standardised distance from the pool of all others. ``shift``: how far the pool moves without it,
    in standard errors (DFFITS). ``distance``: Cook's. ``variance_ratio``: of the pooled mean without and with it.
    ``weight``: its share, percent.
    """

    residual: float
    shift: float
    distance: float
    variance_ratio: float
    tau2_without: float
    q_without: float
    weight: float


def leave_one_out(
    effects: Sequence[float],
    variances: Sequence[float],
    *,
    method: Method = "REML",
    test: Test = "hartung_knapp_ad_hoc",
) -> tuple[Pooled, ...]:
    """The pool without each study in turn; empty for a single one."""
    y, v = check(effects, variances)
    if len(y) < 2:
        return ()
    return tuple(
        pool(y[:i] + y[i + 1 :], v[:i] + v[i + 1 :], method=method, test=test) for i in range(len(y))
    )  # fmt: skip


def cumulative(
    effects: Sequence[float],
    variances: Sequence[float],
    *,
    method: Method = "REML",
    test: Test = "hartung_knapp_ad_hoc",
) -> tuple[Pooled, ...]:
    """The pool of the first, the first two … studies, in the given order."""
    y, v = check(effects, variances)
    return tuple(pool(y[:i], v[:i], method=method, test=test) for i in range(1, len(y) + 1))


def influence(
    effects: Sequence[float], variances: Sequence[float], *, method: Method = "REML"
) -> tuple[Influence, ...]:
    """Case diagnostics, by the normal test; empty for fewer than three studies."""
    y, v = check(effects, variances)
    if len(y) < 3:
        return ()
    whole = pool(y, v, method=method, test="z")
    return tuple(
        _one(y[i], v[i], whole, whole.weights[i], without, y[:i] + y[i + 1 :], v[:i] + v[i + 1 :])
        for i, without in enumerate(leave_one_out(y, v, method=method, test="z"))
    )


def _one(
    y: float, v: float, whole: Pooled, weight: float, without: Pooled, others: Sequence[float], spreads: Sequence[float]
) -> Influence:
    t2 = without.tau2 or 0.0
    return Influence(
        residual=(y - without.effect) / math.sqrt(v + t2 + without.se**2),
        shift=(whole.effect - without.effect) / math.sqrt(weight * (t2 + v)),
        distance=(whole.effect - without.effect) ** 2 / whole.se**2,
        variance_ratio=without.se**2 / whole.se**2,
        tau2_without=t2,
        q_without=weighted(others, spreads, 0.0)[2],
        weight=100.0 * weight,
    )
