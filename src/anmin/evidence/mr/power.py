"""What a set of instruments can find: power and the smallest odds ratio (Burgess 2014, doi 10.1093/ije/dyu005)."""

from __future__ import annotations

import math

from anmin.evidence.distributions import normal_cdf, normal_quantile


def se_of_log_odds(r2: float, people: float, case_share: float) -> float:
    """Standard error of the log odds ratio per SD of the exposure: 1 / √(n r² k (1 − k)).

    ``r2``: share of the exposure's variance that the instruments explain together.

    >>> round(se_of_log_odds(0.02, 10_000, 0.5), 4)
    0.1414
    """
    return 1.0 / math.sqrt(people * r2 * case_share * (1.0 - case_share))


def power(effect: float, se: float, level: float = 0.05) -> float:
    """Chance that a true ``effect`` gives a two-sided p below ``level``.

    >>> round(power(2.8016, 1.0), 3)
    0.8
    """
    cut = normal_quantile(1.0 - level / 2.0)
    shift = abs(effect) / se
    return normal_cdf(shift - cut) + normal_cdf(-shift - cut)


def smallest_effect(se: float, wanted: float = 0.8, level: float = 0.05) -> float:
    """The effect found with chance ``wanted``; its exponential is the smallest detectable odds ratio above one."""
    return (normal_quantile(1.0 - level / 2.0) + normal_quantile(wanted)) * se
