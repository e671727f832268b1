"""MR-Lasso: direct effects are allowed and penalised; IVW on the variants left without one (Rees et al. 2019).

doi 10.1371/journal.pone.0222362. The slope is projected out, so the problem is an ordinary lasso in the direct
effects, solved here exactly by an active set.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from anmin.evidence.distributions import chi2_quantile
from anmin.evidence.mr.closing import cannot
from anmin.evidence.mr.model import Convention, Estimate
from anmin.evidence.mr.pair import Array, Pair, Rows
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
    problem = projected(pair.bx[:, None], pair.by, pair.sy)

    def spread(kept: Rows) -> float:
        return float(ivw(pair.only(kept), "multiplicative").residual_se or 0.0)

    chosen = chosen_penalty(problem, spread, 2, path) if penalty is None else penalty
    direct = direct_effects(problem, chosen)
    valid = np.flatnonzero(direct == 0.0)
    if len(valid) < 2:
        return cannot("lasso", pair.count, convention, "no_solution")
    found = ivw(pair.only(valid), "multiplicative")
    left_out = tuple(int(i) for i in np.flatnonzero(direct))
    return Estimate(
        method="lasso", n=pair.count, convention=convention, estimate=found.estimate, se=found.se, low=found.low,
        high=found.high, p=found.p, left_out=left_out, residual_se=found.residual_se, tuning=chosen,
    )  # fmt: skip


@dataclass(frozen=True)
class Problem:
    """The lasso in the direct effects, slopes projected out: ``x`` (J, J), ``y`` (J,), each column's scale (J,)."""

    x: Array
    y: Array
    scale: Array


def projected(bx: Array, by: Array, sy: Array, *, centred: bool = True) -> Problem:
    """The problem for exposures ``bx`` (J, K). ``centred``: a column's scale is its standard deviation, as the field
    has it; else its root mean square, which does not change with the allele that is counted.
    """
    basis = np.linalg.qr(bx / sy[:, None])[0]
    hat = np.eye(len(by)) - basis @ basis.T
    x = hat / sy
    away = x - x.mean(axis=0) if centred else x
    return Problem(x, hat @ (by / sy), np.sqrt(np.mean(away**2, axis=0)))


def direct_effects(problem: Problem, penalty: float, start: Array | None = None) -> Array:
    """The direct effects at one penalty; exactly zero where the penalty wins.

    An active set: the effects that are not zero solve a linear system; one that would change its sign leaves, the one
    whose zero is contradicted most enters. ``start`` is a solution at another penalty.
    """
    strength = penalty * problem.scale * len(problem.y)
    gram, moment = problem.x.T @ problem.x, problem.x.T @ problem.y
    beta = np.zeros(len(moment)) if start is None else start.copy()
    sign = np.sign(beta)
    for _ in range(10 * len(beta) + 100):
        active = np.flatnonzero(sign)
        target = _solved(gram, moment - strength * sign, active)
        if target is None:
            break
        turning = active[np.sign(target[active]) != sign[active]]
        if len(turning):
            share = beta[turning] / (beta[turning] - target[turning])
            beta = beta + float(np.min(share)) * (target - beta)
            leaving = turning[np.argmin(share)]
            beta[leaving] = sign[leaving] = 0.0
            continue
        beta = target
        pull = moment - gram @ beta
        excess = np.where(sign == 0.0, np.abs(pull) - strength * (1.0 + 1e-10), -np.inf)
        entering = int(np.argmax(excess))
        if not excess[entering] > 0.0:
            return beta
        sign[entering] = math.copysign(1.0, pull[entering])
    return _descend(gram, moment, strength, beta, problem.y)


def _solved(gram: Array, moment: Array, active: Rows) -> Array | None:
    """The effects of the active set, others zero; ``None`` where they are not determined."""
    found = np.zeros(len(moment))
    if len(active):
        system = gram[np.ix_(active, active)]
        try:
            root = np.linalg.cholesky(system)
        except np.linalg.LinAlgError:
            return None
        if float(np.min(np.diag(root) ** 2 / np.diag(system))) < 1e-10:
            return None
        found[active] = np.linalg.solve(system, moment[active])
    return found


def _descend(gram: Array, moment: Array, strength: Array, start: Array, y: Array) -> Array:
    """Coordinate descent, which needs no system that can be solved."""
    beta = start.copy()
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


def chosen_penalty(problem: Problem, spread: Callable[[Rows], float], least: int, path: int) -> float:
    """Along a rising penalty, the last before the residual standard error of the kept ones exceeds one and jumps.

    A jump is a rise by more than the 95 % point of chi-square with one degree of freedom over the number kept.
    ``spread`` gives the residual standard error of the kept variants, of which there are at least ``least``.
    """
    top = float(np.max(np.abs(problem.x.T @ problem.y) / (problem.scale * len(problem.y))))
    direct: Array | None = None
    kept: list[tuple[float, int, float]] = []
    for value in top * np.logspace(0.0, -4.0, path):
        direct = direct_effects(problem, float(value), direct)
        valid = np.flatnonzero(direct == 0.0)
        if len(valid) < least:
            break
        kept.append((float(value), len(valid), spread(valid)))
    kept.reverse()
    for (value, _, residual), (_, more, following) in pairwise(kept):
        if following > 1.0 and following - residual > chi2_quantile(0.95, 1) / more:
            return value
    return kept[-1][0]
