"""What to ask of instruments before believing an estimate: strength, agreement, direction, single variants."""

from __future__ import annotations

import math
from collections.abc import Callable

import msgspec
import numpy as np

from anmin.evidence.distributions import normal_p
from anmin.evidence.mr.model import Estimate
from anmin.evidence.mr.pair import Array, Pair
from anmin.evidence.mr.regression import ivw, wald
from anmin.evidence.mr.tails import neg_log10_p


def f_statistics(pair: Pair) -> Array:
    """F of each variant with the exposure, (b_x / s_x)²; below ten a variant is called weak."""
    return np.asarray((pair.bx / pair.sx) ** 2)


def i2_gx(pair: Pair) -> float | None:
    """I²_GX (Bowden 2016, doi 10.1093/ije/dyw220): how far Egger's slope is from dilution; 1 is none.

    Of the weighted effects |b_x| / s_y with errors s_x / s_y. ``None`` below two variants.
    """
    if pair.count < 2:
        return None
    y, s = np.abs(pair.bx) / pair.sy, pair.sx / pair.sy
    w = s**-2.0
    q = float(np.sum(w * (y - np.sum(w * y) / np.sum(w)) ** 2))
    return max(0.0, (q - (pair.count - 1)) / q) if q > 0.0 else 0.0


def single_variants(pair: Pair) -> tuple[Estimate, ...]:
    """The Wald ratio of each variant alone."""
    return tuple(wald(pair.only(np.array([i]))) for i in range(pair.count))


def leave_one_out(pair: Pair, method: Callable[[Pair], Estimate] = ivw) -> tuple[Estimate, ...]:
    """The estimate without each variant in turn."""
    everything = np.arange(pair.count)
    return tuple(method(pair.only(everything[everything != i])) for i in range(pair.count))


class Direction(msgspec.Struct, frozen=True, kw_only=True):
    """Steiger's test (Hemani 2017, doi 10.1371/journal.pgen.1007081): which trait do the variants explain better?"""

    r2_exposure: float
    r2_outcome: float
    as_assumed: bool
    neg_log10_p: float


def explained(z: float, n: float) -> float:
    """Share of a trait's variance that a variant explains, from its z and the number of people."""
    return z * z / (z * z + n - 2.0)


def steiger(z_exposure: Array, n_exposure: float, z_outcome: Array, n_outcome: float) -> Direction:
    """Direction over all variants together. Works from z, so that no p needs to be cut off at 1e-300.

    For a disease the outcome's r² is on the observed scale, which is smaller than on the scale of liability.
    """
    first = sum(explained(float(z), n_exposure) for z in z_exposure)
    second = sum(explained(float(z), n_outcome) for z in z_outcome)
    difference = math.atanh(min(math.sqrt(first), 1.0 - 1e-15)) - math.atanh(min(math.sqrt(second), 1.0 - 1e-15))
    z = difference / math.sqrt(1.0 / (n_exposure - 3.0) + 1.0 / (n_outcome - 3.0))
    return Direction(r2_exposure=first, r2_outcome=second, as_assumed=first > second, neg_log10_p=neg_log10_p(z))


def p_of_interval(ratio: float, low: float, high: float) -> tuple[float, float, float]:
    """Log ratio, its standard error and two-sided p from a ratio with a 95 % interval, as papers print it."""
    middle, se = math.log(ratio), (math.log(high) - math.log(low)) / (2.0 * 1.959963984540054)
    return middle, se, normal_p(middle / se)
