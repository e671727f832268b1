"""MR-Lasso: direct effects are allowed and penalised; IVW on the variants left without one (Rees et al. 2019).

doi 10.1371/journal.pone.0222362. The slope is projected out, so the problem is an ordinary lasso in the direct
effects, solved here by coordinate descent to the last digits.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from anmin.evidence.distributions import chi2_quantile
from anmin.evidence.mr.closing import cannot
from anmin.evidence.mr.model import Convention, Estimate
from anmin.evidence.mr.pair import Array, Pair
from anmin.evidence.mr.regression import ivw

_SWEEPS = 1_000


def lasso(pair: Pair, penalty: float | None = None, path: int = 100) -> Estimate:
    """IVW (multiplicative) on the variants whose direct effect the penalty sets to zero.

    The objective is ½ Σ (b_y − α − θ b_x)² / s_y² / J + λ Σ scale_j |α_j|, each column at its own scale, as the field
    writes it. Without a ``penalty`` it is chosen on a path of ``path`` values by heterogeneity: the least strict
    one before the residual standard error of the kept variants makes a significant jump.
    """
    convention = Convention(weights="first", spread="multiplicative", floor=1.0, detail="post-lasso IVW")
    if pair.count < 3:
        return cannot("lasso", pair.count, convention)
    x, y = _projected(pair)
    scale = np.sqrt(np.mean((x - x.mean(axis=0)) ** 2, axis=0))
    chosen = _chosen(pair, x, y, scale, path) if penalty is None else penalty
    direct = _descend(x, y, chosen * scale * pair.count)
    valid = np.flatnonzero(direct == 0.0)
    if len(valid) < 2:
        return cannot("lasso", pair.count, convention, "no_solution")
    found = ivw(pair.only(valid), "multiplicative")
    left_out = tuple(int(i) for i in np.flatnonzero(direct))
    return Estimate(
        method="lasso", n=pair.count, convention=convention, estimate=found.estimate, se=found.se, low=found.low,
        high=found.high, p=found.p, left_out=left_out, residual_se=found.residual_se, tuning=chosen,
    )  # fmt: skip


def _projected(pair: Pair) -> tuple[Array, Array]:
    b = pair.bx / pair.sy
    hat = np.eye(pair.count) - np.outer(b, b) / float(b @ b)
    return hat / pair.sy, hat @ (pair.by / pair.sy)


def _descend(x: Array, y: Array, strength: Array, start: Array | None = None) -> Array:
    gram, moment = x.T @ x, x.T @ y
    beta = np.zeros(len(moment)) if start is None else start.copy()
    # Relative to the data: an absolute bound would never be met by large numbers.
    precision = 1e-12 * math.sqrt(float(y @ y))
    for _ in range(_SWEEPS):
        largest = 0.0
        for j in range(len(beta)):
            pull = moment[j] - gram[j] @ beta + gram[j, j] * beta[j]
            new = math.copysign(max(0.0, abs(pull) - strength[j]), pull) / gram[j, j]
            largest = max(largest, abs(new - beta[j]) * math.sqrt(gram[j, j]))
            beta[j] = new
        if not largest > precision:
            break
    return beta


def _chosen(pair: Pair, x: Array, y: Array, scale: Array, path: int) -> float:
    """Along a rising penalty, the last before the residual standard error of the kept ones exceeds one and jumps.

    A jump is a rise by more than the 95 % point of chi-square with one degree of freedom over the number kept.
    """
    top = float(np.max(np.abs(x.T @ y) / (scale * pair.count)))
    direct: Array | None = None
    kept: list[tuple[float, int, float]] = []
    for value in top * np.logspace(0.0, -4.0, path):
        direct = _descend(x, y, value * scale * pair.count, direct)
        valid = np.flatnonzero(direct == 0.0)
        if len(valid) < 2:
            break
        kept.append((float(value), len(valid), float(ivw(pair.only(valid), "multiplicative").residual_se or 0.0)))
    kept.reverse()
    for (value, _, residual), (_, more, following) in pairwise(kept):
        if following > 1.0 and following - residual > chi2_quantile(0.95, 1) / more:
            return value
    return kept[-1][0]
