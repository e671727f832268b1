"""z and −log10 p into each other, also where p itself would underflow to zero."""

from __future__ import annotations

import math

from anmin.evidence.distributions import find_root, normal_p

_LN10 = math.log(10.0)


def neg_log10_p(z: float) -> float:
    """−log10 of the two-sided p of a normal statistic.

    >>> round(neg_log10_p(1.959963984540054), 6)
    1.30103
    >>> round(neg_log10_p(60.0), 1)
    783.6
    """
    z = abs(z)
    if z < 30.0:
        return -math.log10(normal_p(z))
    # Beyond 30 the asymptotic series of the tail is exact to the last digit.
    series = 1.0 - 1.0 / z**2 + 3.0 / z**4 - 15.0 / z**6 + 105.0 / z**8
    return (0.5 * z * z + math.log(z * math.sqrt(math.pi / 2.0)) - math.log(series)) / _LN10


def z_of(neg_log10: float) -> float:
    """|z| of a two-sided p given as −log10 p.

    >>> round(z_of(-math.log10(0.05)), 6)
    1.959964
    """
    if neg_log10 <= 0.0:
        return 0.0
    return find_root(lambda z: neg_log10_p(z) - neg_log10, 0.0, 3.0 + 2.2 * math.sqrt(neg_log10))
