"""Debiased and penalised IVW: right where many variants are weak.

dIVW: Ye, Shao and Kang 2021 (doi 10.1214/20-AOS2027); pIVW: Xu et al. 2023 (doi 10.1111/biom.13732).
"""

from __future__ import annotations

import math

import numpy as np

from anmin.evidence.mr.closing import cannot, close
from anmin.evidence.mr.model import Convention, Estimate
from anmin.evidence.mr.pair import Pair


def divw(pair: Pair, overdispersed: bool = True) -> Estimate:
    """IVW with the denominator freed of the exposure's own error. ``tuning`` is the condition that should exceed 20."""
    convention = Convention(weights="first", spread="additive" if overdispersed else "fixed", se="information")
    strength = _strength(pair)
    if pair.count < 2 or strength <= 0.0:
        return cannot("divw", pair.count, convention, "too_few_variants" if pair.count < 2 else "no_solution")
    slope = float(np.sum(pair.bx * pair.by / pair.sy**2)) / strength
    tau2 = _tau2(pair, slope) if overdispersed else 0.0
    se = _error(pair, slope, tau2) / strength
    return close("divw", pair.count, slope, se, convention, tuning=condition(pair))


def pivw(pair: Pair, overdispersed: bool = True, penalty: float = 1.0) -> Estimate:
    """dIVW with a penalty that keeps the denominator away from zero. Normal interval."""
    convention = Convention(
        weights="first", spread="additive" if overdispersed else "fixed", se="information", detail=f"lambda {penalty:g}"
    )
    if pair.count < 2:
        return cannot("pivw", pair.count, convention)
    strength, w2 = _strength(pair), pair.sy**-4
    numerator = float(np.sum(pair.bx * pair.by / pair.sy**2))
    variance = float(np.sum(w2 * (4.0 * (pair.bx**2 - pair.sx**2) * pair.sx**2 + 2.0 * pair.sx**4)))
    covariance = float(np.sum(2.0 * w2 * pair.bx * pair.by * pair.sx**2))
    if variance <= 0.0:
        return cannot("pivw", pair.count, convention, "no_solution")
    penalised = strength / 2.0 + math.copysign(math.sqrt(strength**2 / 4.0 + penalty * variance), strength)
    slope = (numerator + covariance / variance * (penalised - strength)) / penalised
    tau2 = _tau2(pair, slope) if overdispersed else 0.0
    se = _error(pair, slope, tau2) / abs(penalised)
    return close("pivw", pair.count, slope, se, convention, tuning=condition(pair))


def condition(pair: Pair) -> float:
    """(mean F − 1) √J: above 20 the debiased estimate is close to normal."""
    return float(np.mean(pair.bx**2 / pair.sx**2) - 1.0) * math.sqrt(pair.count)


def _strength(pair: Pair) -> float:
    return float(np.sum((pair.bx**2 - pair.sx**2) / pair.sy**2))


def _tau2(pair: Pair, slope: float) -> float:
    excess = (pair.by - slope * pair.bx) ** 2 - pair.sy**2 - slope**2 * pair.sx**2
    return max(0.0, float(np.sum(excess / pair.sy**2) / np.sum(pair.sy**-2)))


def _error(pair: Pair, slope: float, tau2: float) -> float:
    first = pair.bx**2 / pair.sy**2 * (1.0 + tau2 / pair.sy**2)
    second = slope**2 * pair.sx**2 / pair.sy**4 * (pair.bx**2 + pair.sx**2)
    return math.sqrt(float(np.sum(first + second)))
