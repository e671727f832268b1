"""Constrained maximum likelihood with model averaging (cML-MA; Xue, Shen and Pan 2021, doi 10.1016/j.ajhg.2021.05.014).

K variants may have a direct effect of any size and then say nothing about θ. For each K the best θ minimises the
profile deviance over the J − K variants that fit best; the K are then weighed by BIC.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from anmin.evidence.mr.closing import cannot, close
from anmin.evidence.mr.likelihood import maximum_likelihood
from anmin.evidence.mr.model import Convention, Estimate
from anmin.evidence.mr.pair import Array, Pair

_ROUNDS = 500


@dataclass(frozen=True)
class _Fit:
    invalid: int
    theta: float
    se: float
    bic: float
    left_out: tuple[int, ...]


def cml(pair: Pair, people: float, averaged: bool = True) -> Estimate:
    """cML-MA-BIC (or the single best model) for ``people``, the smaller of the two sample sizes.

    ``left_out`` and ``tuning`` (K) are those of the model with the smallest BIC.
    """
    detail = "BIC average" if averaged else "best BIC"
    convention = Convention(se="information", detail=f"{detail}, n {people:g}")
    if pair.count < 3:
        return cannot("cml", pair.count, convention)
    theta, deviance = _candidates(pair)
    chosen = theta[np.arange(pair.count - 1), np.argmin(deviance, axis=1)]
    fits = [fit for k in range(pair.count - 1) if (fit := _best(pair, k, people, float(chosen[k]))) is not None]
    if not fits:
        return cannot("cml", pair.count, convention, "no_solution")
    best = min(fits, key=lambda fit: fit.bic)
    slope, se = best.theta, best.se
    if averaged:
        w = np.exp(-0.5 * (np.array([fit.bic for fit in fits]) - best.bic))
        w /= w.sum()
        slope = float(sum(x * fit.theta for x, fit in zip(w, fits, strict=True)))
        se = float(sum(x * math.hypot(fit.se, fit.theta - slope) for x, fit in zip(w, fits, strict=True)))
    return close("cml", pair.count, slope, se, convention, left_out=best.left_out, tuning=float(best.invalid))


def _candidates(pair: Pair) -> tuple[Array, Array]:
    """For every K (rows) and every start (columns): θ after refitting on the best J − K, and its trimmed deviance.

    One step maximises over the true effects, then over θ; neither can raise the deviance.
    """
    count = pair.count
    starts = np.concatenate([pair.by / pair.bx, [0.0]])
    theta = np.tile(starts, (count - 1, 1))
    kept_count = count - np.arange(count - 1)[:, None, None]
    for _ in range(_ROUNDS):
        kept = _rank(_deviances(pair, theta[..., None])) < kept_count
        truth = (pair.bx / pair.sx**2 + theta[..., None] * pair.by / pair.sy**2) / (
            1.0 / pair.sx**2 + theta[..., None] ** 2 / pair.sy**2
        )
        w = kept / pair.sy**2
        following = np.sum(w * truth * pair.by, axis=-1) / np.sum(w * truth**2, axis=-1)
        settled = bool(np.max(np.abs(following - theta)) < 1e-9)
        theta = following
        if settled:
            break
    deviance = _deviances(pair, theta[..., None])
    return theta, np.sum(np.where(_rank(deviance) < kept_count, deviance, 0.0), axis=-1)


def _rank(values: Array) -> Array:
    return np.asarray(np.argsort(np.argsort(values, axis=-1, kind="stable"), axis=-1, kind="stable"))


def _best(pair: Pair, invalid: int, people: float, theta: float) -> _Fit | None:
    """The exact optimum on the variants that fit ``theta`` best; refitted until the set stays."""
    kept = np.arange(pair.count)
    fit = None
    for _ in range(100):
        following = np.sort(np.argsort(_deviances(pair, theta), kind="stable")[: pair.count - invalid])
        if fit is not None and np.array_equal(following, kept):
            break
        kept = following
        fit = maximum_likelihood(pair.only(kept), "fixed")
        if fit.estimate is None:
            return None
        theta = fit.estimate
    if fit is None or fit.se is None:
        return None
    deviance = float(np.sum(_deviances(pair, theta)[kept]))
    left_out = tuple(int(i) for i in np.setdiff1d(np.arange(pair.count), kept))
    return _Fit(invalid, theta, fit.se, deviance + math.log(people) * invalid, left_out)


def _deviances(pair: Pair, theta: float | Array) -> Array:
    return np.asarray((pair.by - theta * pair.bx) ** 2 / (pair.sy**2 + theta**2 * pair.sx**2))
