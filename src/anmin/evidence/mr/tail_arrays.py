"""p-values of whole arrays, with −log10 p beside p so that nothing underflows.

The same functions as :mod:`anmin.evidence.distributions`, to about 12 digits, but for arrays: a scan over many
exposures has hundreds of thousands of them. The scaled complementary error function is Cody's (1969, doi
10.1090/S0025-5718-1969-0247736-4); the incomplete beta and gamma functions are continued fractions by Lentz's method.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from anmin.evidence.distributions import t_quantile
from anmin.evidence.mr.pair import Array, Flags

_LN10 = math.log(10.0)
_TERMS = 10_000
_EPS = 4e-16
_TINY = 1e-300
_CHUNK = 4096
"""Numbers worked on at a time, so that all steps of a polynomial stay in the fastest cache."""

# Cody's coefficients: numerator and denominator of each of his three ranges, highest power first.
_NEAR = (
    (1.85777706184603153e-1, 3.16112374387056560e0, 1.13864154151050156e2, 3.77485237685302021e2,
     3.20937758913846947e3),
    (1.0, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3),
)  # fmt: skip
_MIDDLE = (
    (2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594e0, 6.61191906371416295e1,
     2.98635138197400131e2, 8.81952221241769090e2, 1.71204761263407058e3, 2.05107837782607147e3,
     1.23033935479799725e3),
    (1.0, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3,
     3.29079923573345963e3, 4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3),
)  # fmt: skip
_FAR = (
    (1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1,
     1.60837851487422766e-2, 6.58749161529837803e-4),
    (1.0, 2.56852019228982242e0, 1.87295284992346047e0, 5.27905102951428412e-1, 6.05183413124413191e-2,
     2.33520497626869185e-3),
)  # fmt: skip


class Tails:
    """Two-sided p-values and their −log10, of one shape; NaN where the statistic is."""

    __slots__ = ("_log_p",)

    def __init__(self, log_p: Array) -> None:
        self._log_p = log_p

    @property
    def p(self) -> Array:
        """Zero where it is smaller than the smallest double."""
        return np.asarray(np.exp(self._log_p))

    @property
    def neg_log10_p(self) -> Array:
        """Never infinite for a finite statistic."""
        return np.asarray(np.abs(self._log_p) / _LN10)


def normal_tails(z: ArrayLike) -> Tails:
    """Two-sided, of a normal statistic."""
    return Tails(_normal_log_p(np.asarray(z, dtype=np.float64)))


def t_tails(t: ArrayLike, df: ArrayLike) -> Tails:
    """Two-sided, of a t statistic with ``df`` > 0 degrees of freedom; the shapes of both go together."""
    size, freedom = np.broadcast_arrays(np.abs(np.asarray(t, dtype=np.float64)), np.asarray(df, dtype=np.float64))
    return Tails(_t_log_p(size.ravel(), freedom.ravel()).reshape(size.shape))


def _t_log_p(t: Array, df: Array) -> Array:
    found = np.full(t.shape, np.nan)
    found[np.isinf(t) & (df > 0.0)] = -math.inf
    sound = np.isfinite(t) & (df > 0.0)
    t, df = t[sound], df[sound]
    a, b = 0.5 * df, 0.5
    grown = np.log1p(t * t / df)
    with np.errstate(divide="ignore"):
        front = _per(df, lambda d: math.lgamma(0.5 * d + b) - math.lgamma(0.5 * d) - math.lgamma(b))
        front += -a * grown + np.log(t) - 0.5 * np.log(df) - 0.5 * grown
    x, y = df / (df + t * t), t * t / (df + t * t)
    direct = x < (a + 1.0) / (a + b + 2.0)
    log_p = np.zeros(len(t))
    log_p[direct] = front[direct] + np.log(_beta_fraction(a[direct], np.full(direct.sum(), b), x[direct]) / a[direct])
    rest = ~direct & (t > 0.0)
    other = np.exp(front[rest]) * _beta_fraction(np.full(rest.sum(), b), a[rest], y[rest]) / b
    log_p[rest] = np.log1p(-other)
    found[sound] = log_p
    return found


def chi2_tails(x: ArrayLike, df: ArrayLike) -> Tails:
    """Area above ``x`` under chi-square with ``df`` degrees of freedom; 1 at or below zero."""
    twice, freedom = np.broadcast_arrays(np.asarray(x, dtype=np.float64), np.asarray(df, dtype=np.float64))
    return Tails(_chi2_log_p(0.5 * twice.ravel(), 0.5 * freedom.ravel()).reshape(twice.shape))


def _chi2_log_p(y: Array, a: Array) -> Array:
    found = np.full(y.shape, np.nan)
    found[(y <= 0.0) | (a <= 0.0)] = 0.0
    sound = np.isfinite(y) & (y > 0.0) & (a > 0.0)
    a, y = a[sound], y[sound]
    front = -y + a * np.log(y) - _per(a, math.lgamma)
    far = y >= a + 1.0
    log_q = np.empty(len(y))
    log_q[far] = front[far] + np.log(_gamma_fraction(a[far], y[far]))
    log_q[~far] = np.log1p(-np.exp(front[~far]) * _gamma_series(a[~far], y[~far]))
    found[sound] = log_q
    return found


def t_quantiles(p: float, df: NDArray[Any]) -> Array:
    """The quantile for each number of degrees of freedom; NaN where there are none."""
    return _per(np.asarray(df, dtype=np.float64), lambda d: t_quantile(p, d) if d > 0.0 else math.nan)


def erfcx(x: Array) -> Array:
    """exp(x²) erfc(x) for x ≥ 0."""
    found = np.empty_like(x)
    near, far = x <= 0.46875, x > 4.0
    middle = ~(near | far)
    if near.any():
        part = x[near]
        square = part * part
        found[near] = np.exp(square) * (1.0 - part * _ratio(_NEAR, square))
    if middle.any():
        found[middle] = _ratio(_MIDDLE, x[middle])
    if far.any():
        part = x[far]
        with np.errstate(over="ignore"):
            inverse = 1.0 / (part * part)
        found[far] = (1.0 / math.sqrt(math.pi) - inverse * _ratio(_FAR, inverse)) / part
    return found


def _ratio(pair: tuple[tuple[float, ...], tuple[float, ...]], x: Array) -> Array:
    top, bottom = (np.full_like(x, coefficients[0]) for coefficients in pair)
    for above, below in zip(pair[0][1:], pair[1][1 : len(pair[0])], strict=True):
        top *= x
        top += above
        bottom *= x
        bottom += below
    return np.asarray(top / bottom)


def _per(values: Array, f: Callable[[float], float]) -> Array:
    """``f`` of each value, called once for each different one."""
    different, which = np.unique(values, return_inverse=True)
    return np.array([f(float(value)) for value in different])[which.reshape(values.shape)]


@cache
def _compiled() -> Any:
    """The compiled kernels, or ``None`` without Numba; the same for one number and for many, so that no p depends on
    its company."""
    try:
        from anmin.evidence.mr import tail_kernels_numba
    except ImportError:
        return None
    return tail_kernels_numba


def _normal_log_p(x: Array) -> Array:
    quick, z = _compiled(), np.ascontiguousarray(x).ravel()
    found = np.empty(z.size)
    if quick is not None:
        quick.normal_log_p(z, *(np.array(pair) for pair in (_NEAR, _MIDDLE, _FAR)), found)
        return found.reshape(x.shape)
    z = np.abs(z) / math.sqrt(2.0)
    with np.errstate(all="ignore"):
        for start in range(0, z.size, _CHUNK):
            part = z[start : start + _CHUNK]
            found[start : start + _CHUNK] = np.log(erfcx(part)) - part * part
    return found.reshape(x.shape)


def _beta_fraction(a: Array, b: Array, x: Array) -> Array:
    quick = _compiled()
    if quick is None:
        return _beta_fraction_by_rows(a, b, x)
    found = np.empty(len(a))
    quick.beta_fractions(a, b, x, found)
    return found


def _gamma_fraction(a: Array, x: Array) -> Array:
    quick = _compiled()
    if quick is None:
        return _gamma_fraction_by_rows(a, x)
    found = np.empty(len(a))
    quick.gamma_fractions(a, x, found)
    return found


def _gamma_series(a: Array, x: Array) -> Array:
    quick = _compiled()
    if quick is None:
        return _gamma_series_by_rows(a, x)
    found = np.empty(len(a))
    quick.gamma_series(a, x, found)
    return found


def _beta_fraction_by_rows(a: Array, b: Array, x: Array) -> Array:
    """Every row stops changing when it has settled, so that none depends on its company."""
    ab = a + b
    c, d = np.ones_like(a), _inverse(1.0 - ab * x / (a + 1.0))
    h = d.copy()
    moving = np.ones(len(a), dtype=np.bool_)
    for m in range(1, _TERMS):
        at = a + 2 * m
        even = m * (b - m) * x / ((at - 1.0) * at)
        odd = -(a + m) * (ab + m) * x / (at * (at + 1.0))
        d, c = _inverse(1.0 + even * d), _floor(1.0 + even / c)
        step = d * c
        d, c = _inverse(1.0 + odd * d), _floor(1.0 + odd / c)
        last = d * c
        if not _go_on(h, moving, step * last, last):
            break
    return h


def _gamma_fraction_by_rows(a: Array, x: Array) -> Array:
    b = x + 1.0 - a
    c, d = np.full_like(a, 1.0 / _TINY), 1.0 / b
    h = d.copy()
    moving = np.ones(len(a), dtype=np.bool_)
    for n in range(1, _TERMS):
        an, b = -n * (n - a), b + 2.0
        d, c = _inverse(an * d + b), _floor(b + an / c)
        step = d * c
        if not _go_on(h, moving, step, step):
            break
    return h


def _go_on(h: Array, moving: Flags, factor: Array, last: Array) -> bool:
    """Multiplies the rows still moving; those whose last factor is one have settled."""
    np.multiply(h, factor, out=h, where=moving)
    moving &= ~(np.abs(last - 1.0) < _EPS)
    return bool(moving.any())


def _gamma_series_by_rows(a: Array, x: Array) -> Array:
    term = 1.0 / a
    total = term.copy()
    for n in range(1, _TERMS):
        term = term * x / (a + n)
        before = total
        total = before + term
        if np.array_equal(before, total):
            break
    return total


def _floor(x: Array) -> Array:
    x[np.abs(x) <= _TINY] = _TINY
    return x


def _inverse(x: Array) -> Array:
    return np.asarray(1.0 / _floor(x))
