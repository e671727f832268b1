"""The tail areas of :mod:`anmin.evidence.mr.tail_arrays` compiled; import only where Numba is at hand."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

F = TypeVar("F", bound=Callable[..., Any])
Array = NDArray[np.float64]

_TINY, _EPS, _TERMS = 1e-300, 4e-16, 10_000
_ROOT_HALF, _ROOT_PI = math.sqrt(0.5), math.sqrt(math.pi)


def _compiled(function: F) -> F:
    return cast(F, njit(cache=True, nogil=True, error_model="numpy")(function))


@_compiled
def _polynomial(coefficients: Array, x: Any) -> Any:
    total = coefficients[0]
    for k in range(1, len(coefficients)):
        total = total * x + coefficients[k]
    return total


@_compiled
def normal_log_p(z: Array, near: Array, middle: Array, far: Array, out: Array) -> None:
    """ln p of each z; the three ranges of coefficients as (2, terms), numerator first."""
    for k in range(len(z)):
        x = abs(z[k]) * _ROOT_HALF
        square = x * x
        if x <= 0.46875:
            out[k] = math.log(1.0 - x * _polynomial(near[0], square) / _polynomial(near[1], square))
        elif x <= 4.0:
            out[k] = math.log(_polynomial(middle[0], x) / _polynomial(middle[1], x)) - square
        else:
            inverse = 1.0 / square
            share = _polynomial(far[0], inverse) / _polynomial(far[1], inverse)
            out[k] = math.log((1.0 / _ROOT_PI - inverse * share) / x) - square


@_compiled
def beta_fractions(a: Array, b: Array, x: Array, out: Array) -> None:
    """Lentz's continued fraction of the incomplete beta function."""
    for k in range(len(a)):
        ak, bk, xk = a[k], b[k], x[k]
        d = 1.0 - (ak + bk) * xk / (ak + 1.0)
        d = 1.0 / (d if abs(d) > _TINY else _TINY)
        c, h = 1.0, d
        for m in range(1, _TERMS):
            at = ak + 2 * m
            even = m * (bk - m) * xk / ((at - 1.0) * at)
            odd = -(ak + m) * (ak + bk + m) * xk / (at * (at + 1.0))
            d, c = 1.0 + even * d, 1.0 + even / c
            d = 1.0 / (d if abs(d) > _TINY else _TINY)
            c = c if abs(c) > _TINY else _TINY
            h *= d * c
            d, c = 1.0 + odd * d, 1.0 + odd / c
            d = 1.0 / (d if abs(d) > _TINY else _TINY)
            c = c if abs(c) > _TINY else _TINY
            h *= d * c
            if abs(d * c - 1.0) < _EPS:
                break
        out[k] = h


@_compiled
def gamma_fractions(a: Array, x: Array, out: Array) -> None:
    """Lentz's continued fraction of the upper incomplete gamma function."""
    for k in range(len(a)):
        b = x[k] + 1.0 - a[k]
        c, d = 1.0 / _TINY, 1.0 / b
        h = d
        for n in range(1, _TERMS):
            an = -n * (n - a[k])
            b += 2.0
            d, c = an * d + b, b + an / c
            d = 1.0 / (d if abs(d) > _TINY else _TINY)
            c = c if abs(c) > _TINY else _TINY
            h *= d * c
            if abs(d * c - 1.0) < _EPS:
                break
        out[k] = h


@_compiled
def gamma_series(a: Array, x: Array, out: Array) -> None:
    """The series of the lower incomplete gamma function."""
    for k in range(len(a)):
        term = 1.0 / a[k]
        total = term
        for n in range(1, _TERMS):
            term *= x[k] / (a[k] + n)
            if total + term == total:
                break
            total += term
        out[k] = total
