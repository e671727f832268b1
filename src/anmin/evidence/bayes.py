"""A Bayesian reading of the same pool: what the mean effect is, given a prior for it and for τ.

    yᵢ ~ Normal(θᵢ, vᵢ),  θᵢ ~ Normal(μ, τ²),  μ ~ Normal(centre, spread²),  τ ~ HalfNormal(scale)

μ is integrated out in closed form and τ by Simpson's rule over the stretch that holds the posterior, so the answer is
the same on every machine and needs no sampler. The posterior of μ is then a mixture of normals. Half-normal τ: Gelman
2006 (doi 10.1214/06-BA117A); a sceptical prior for the mean: Spiegelhalter 1994 (doi 10.2307/2983527).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from anmin.errors import InputError
from anmin.evidence.distributions import find_root, normal_cdf
from anmin.evidence.pool import check

_COARSE, _FINE = 240, 800
_DROP = 32.0
"""Where the log-density is this far below its peak, nothing is left that shows in twelve digits."""


class Posterior(msgspec.Struct, frozen=True, kw_only=True):
    """Mean effect after the studies; ``parts``: weight, mean and SD of each normal in it; ``tau``: its mean."""

    mean: float
    sd: float
    low: float
    high: float
    tau: float
    parts: tuple[tuple[float, float, float], ...]
    taus: tuple[float, ...]

    def above(self, bound: float) -> float:
        """Chance that the mean effect is above ``bound``."""
        return sum(weight * normal_cdf((mean - bound) / sd) for weight, mean, sd in self.parts)

    def next_above(self, bound: float) -> float:
        """Chance that the true effect of a new study is above ``bound``."""
        return sum(
            weight * normal_cdf((mean - bound) / math.hypot(sd, tau))
            for (weight, mean, sd), tau in zip(self.parts, self.taus, strict=True)
        )


def posterior(
    effects: Sequence[float],
    variances: Sequence[float],
    *,
    tau_scale: float,
    spread: float,
    centre: float = 0.0,
    level: float = 0.95,
) -> Posterior:
    """Combine studies with the priors; all scales in the unit of the effects and above 0."""
    y, v = check(effects, variances)
    for name, value in (("tau_scale", tau_scale), ("spread", spread)):
        if not (value > 0.0 and math.isfinite(value)):
            raise InputError(name, value, "a finite number above 0")
    low, high = _stretch(y, v, tau_scale, centre, spread)
    taus = [low + (high - low) * i / _FINE for i in range(_FINE + 1)]
    found = [_at(tau, y, v, tau_scale, centre, spread) for tau in taus]
    top = max(height for height, _, _ in found)
    raw = [
        math.exp(height - top) * (1.0 if i in (0, _FINE) else 4.0 if i % 2 else 2.0)
        for i, (height, _, _) in enumerate(found)
    ]
    total = sum(raw)
    parts = tuple((weight / total, mean, sd) for weight, (_, mean, sd) in zip(raw, found, strict=True))
    mean = sum(weight * part for weight, part, _ in parts)
    variance = sum(weight * (sd * sd + (part - mean) ** 2) for weight, part, sd in parts)
    tail = (1.0 - level) / 2.0
    return Posterior(
        mean=mean,
        sd=math.sqrt(variance),
        low=_quantile(parts, tail),
        high=_quantile(parts, 1.0 - tail),
        tau=sum(weight * tau for (weight, _, _), tau in zip(parts, taus, strict=True)),
        parts=parts,
        taus=tuple(taus),
    )


def _at(
    tau: float, y: Sequence[float], v: Sequence[float], scale: float, centre: float, spread: float
) -> tuple[float, float, float]:
    """Log-density of τ (up to a constant), and mean and SD of μ given it."""
    precision, moment = 1.0 / (spread * spread), centre / (spread * spread)
    logs = square = 0.0
    for yi, vi in zip(y, v, strict=True):
        w = 1.0 / (vi + tau * tau)
        precision += w
        moment += w * yi
        logs += math.log(w)
        square += w * yi * yi
    mean = moment / precision
    height = 0.5 * (logs - math.log(precision) - square + moment * mean) - 0.5 * (tau / scale) ** 2
    return height, mean, math.sqrt(1.0 / precision)


def _stretch(y: Sequence[float], v: Sequence[float], scale: float, centre: float, spread: float) -> tuple[float, float]:
    """Where τ has any posterior to speak of, inside nine prior scales."""
    grid = [9.0 * scale * i / _COARSE for i in range(_COARSE + 1)]
    heights = [_at(tau, y, v, scale, centre, spread)[0] for tau in grid]
    top = max(heights)
    kept = [i for i, height in enumerate(heights) if height > top - _DROP]
    return grid[max(0, kept[0] - 1)], grid[min(_COARSE, kept[-1] + 1)]


def _quantile(parts: Sequence[tuple[float, float, float]], p: float) -> float:
    low = min(mean - 12.0 * sd for _, mean, sd in parts)
    high = max(mean + 12.0 * sd for _, mean, sd in parts)
    return find_root(lambda x: sum(w * normal_cdf((x - mean) / sd) for w, mean, sd in parts) - p, low, high)
