"""Normal, t, chi-square and F: tail areas and quantiles, to about 13 digits, with nothing but :mod:`math`.

The plan reads beliefs, so this room may not cost the import of a numerical library. Tail areas come from the
incomplete beta and gamma functions (continued fractions by Lentz's method; Press et al., *Numerical Recipes*, 3rd
ed., sections 6.2 and 6.4), quantiles from a bracketed search on them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from statistics import NormalDist

_NORMAL = NormalDist()
_TINY = 1e-300
_EPS = 1e-16
_TERMS = 10_000


def normal_cdf(z: float) -> float:
    """Area below ``z`` under the standard normal; accurate in the lower tail."""
    return 0.5 * math.erfc(-z / math.sqrt(2.0))


def normal_quantile(p: float) -> float:
    """``z`` with area ``p`` below it (0 < p < 1).

    >>> round(normal_quantile(0.975), 6)
    1.959964
    """
    z = _NORMAL.inv_cdf(p)
    # One Newton step takes the library's 1e-9 to full precision.
    density = math.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)
    return z - (normal_cdf(z) - p) / density if density > 0.0 else z


def normal_p(z: float) -> float:
    """Two-sided p of a normal statistic."""
    return math.erfc(abs(z) / math.sqrt(2.0))


def t_p(t: float, df: float) -> float:
    """Two-sided p of a t statistic with ``df`` degrees of freedom (infinity allowed)."""
    if math.isinf(df):
        return normal_p(t)
    return beta_inc(df / 2.0, 0.5, df / (df + t * t))


@lru_cache(maxsize=4096)
def t_quantile(p: float, df: float) -> float:
    """``t`` with area ``p`` below it.

    >>> round(t_quantile(0.975, 15), 4)
    2.1314
    """
    if math.isinf(df):
        return normal_quantile(p)
    if p == 0.5:
        return 0.0
    tail = min(p, 1.0 - p)
    t = _invert(lambda x: t_p(x, df) / 2.0, tail)
    return -t if p < 0.5 else t


def chi2_p(x: float, df: float) -> float:
    """Area above ``x`` under chi-square with ``df`` degrees of freedom; 1 at or below zero."""
    if x <= 0.0 or df <= 0.0:
        return 1.0
    return _gamma_upper(df / 2.0, x / 2.0)


@lru_cache(maxsize=4096)
def chi2_quantile(p: float, df: float) -> float:
    """``x`` with area ``p`` *below* it."""
    return _invert(lambda x: chi2_p(x, df), 1.0 - p)


def f_p(f: float, df1: float, df2: float) -> float:
    """Area above ``f`` under F with ``df1`` and ``df2`` degrees of freedom."""
    if f <= 0.0:
        return 1.0
    return beta_inc(df2 / 2.0, df1 / 2.0, df2 / (df2 + df1 * f))


def beta_inc(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function I_x(a, b)."""
    if x <= 0.0:
        return 0.0
    if x >= 1.0:
        return 1.0
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )  # fmt: skip
    if x < (a + 1.0) / (a + b + 2.0):
        return front * _beta_fraction(a, b, x) / a
    return 1.0 - front * _beta_fraction(b, a, 1.0 - x) / b


def _beta_fraction(a: float, b: float, x: float) -> float:
    c, d = 1.0, _inverse(1.0 - (a + b) * x / (a + 1.0))
    h = d
    for m in range(1, _TERMS):
        even = m * (b - m) * x / ((a + 2 * m - 1.0) * (a + 2 * m))
        d, c = _inverse(1.0 + even * d), _floor(1.0 + even / c)
        h *= d * c
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1.0))
        d, c = _inverse(1.0 + odd * d), _floor(1.0 + odd / c)
        step = d * c
        h *= step
        if abs(step - 1.0) < _EPS:
            break
    return h


def _gamma_upper(a: float, x: float) -> float:
    """The regularised upper incomplete gamma function Q(a, x)."""
    front = math.exp(-x + a * math.log(x) - math.lgamma(a))
    if x < a + 1.0:
        term = total = 1.0 / a
        for n in range(1, _TERMS):
            term *= x / (a + n)
            total += term
            if term < total * _EPS:
                break
        return 1.0 - front * total
    b = x + 1.0 - a
    c, d = 1.0 / _TINY, 1.0 / b
    h = d
    for n in range(1, _TERMS):
        an = -n * (n - a)
        b += 2.0
        d, c = _inverse(an * d + b), _floor(b + an / c)
        step = d * c
        h *= step
        if abs(step - 1.0) < _EPS:
            break
    return front * h


def _floor(x: float) -> float:
    return x if abs(x) > _TINY else _TINY


def _inverse(x: float) -> float:
    return 1.0 / _floor(x)


def _invert(tail: Callable[[float], float], area: float) -> float:
    """``x`` ≥ 0 where a falling tail area reaches ``area``: a bracket that grows, then safe secant steps."""
    high = 1.0
    while tail(high) > area and high < 1e300:
        high *= 2.0
    return find_root(lambda x: tail(x) - area, 0.0, high)


def find_root(f: Callable[[float], float], low: float, high: float) -> float:
    """Where ``f`` crosses zero between two ends of different sign, to the last digits.

    Chandrupatla's method (1997, doi 10.1016/S0965-9978(96)00051-8): inverse quadratic steps where safe, halving
    where not. It cannot leave the bracket and cannot fail.
    """
    a, b = high, low
    fa, fb = f(a), f(b)
    if fa == 0.0 or fb == 0.0:
        return a if fa == 0.0 else b
    t = 0.5
    for _ in range(400):
        x = a + t * (b - a)
        fx = f(x)
        if (fx > 0.0) == (fa > 0.0):
            c, fc = a, fa
        else:
            c, fc = b, fb
            b, fb = a, fa
        a, fa = x, fx
        best, smallest = (a, fa) if abs(fa) < abs(fb) else (b, fb)
        step = _ULP * (abs(best) + _TINY) / abs(b - c) if b != c else 1.0
        if smallest == 0.0 or step > 0.5:
            return best
        t = _inverse_quadratic(a, b, c, fa, fb, fc)
        t = min(1.0 - step, max(step, t))
    return best


_ULP = 2.3e-16


def _inverse_quadratic(a: float, b: float, c: float, fa: float, fb: float, fc: float) -> float:
    xi = (a - b) / (c - b)
    phi = (fa - fb) / (fc - fb) if fc != fb else 0.5
    if not (1.0 - math.sqrt(max(0.0, 1.0 - xi)) < phi < math.sqrt(max(0.0, xi))):
        return 0.5
    return fa / (fb - fa) * fc / (fb - fc) + (c - a) / (b - a) * fa / (fc - fa) * fb / (fc - fb)
