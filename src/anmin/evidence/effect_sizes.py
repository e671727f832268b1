"""From what a paper prints to an effect and its standard error.

Every route is one function that names its formula: *Handbook* is the Cochrane Handbook for Systematic Reviews of
Interventions, version 6.5. Effects are active minus comparator. Impossible input (an SD below zero, fewer than two
people) is an :class:`~anmin.errors.InputError` naming the argument; what merely is not printed is never guessed.
"""

from __future__ import annotations

import math

from anmin.errors import InputError
from anmin.evidence.distributions import normal_quantile, t_quantile

HANDBOOK = "Cochrane Handbook 6.5"


def _people(name: str, n: float) -> float:
    if not n >= 2:
        raise InputError(name, n, "2 or more")
    return n


def _spread(name: str, value: float) -> float:
    if not (value >= 0.0 and math.isfinite(value)):
        raise InputError(name, value, "0 or more")
    return value


def critical(df: float = math.inf, level: float = 0.95) -> float:
    """The two-sided critical value: normal for infinite ``df``, else t."""
    p = 0.5 + level / 2.0
    return normal_quantile(p) if math.isinf(df) else t_quantile(p, df)


def se_from_interval(low: float, high: float, df: float = math.inf, level: float = 0.95) -> float:
    """Standard error from a confidence interval (Handbook 6.3.1 and, with t, 6.5.2.2).

    >>> round(se_from_interval(4.37, 9.75), 2)
    1.37
    """
    if not low <= high:
        raise InputError("interval", (low, high), "low end first")
    return (high - low) / (2.0 * critical(df, level))


def se_from_p(effect: float, p: float, df: float = math.inf) -> float:
    """Standard error from an effect and its two-sided p (Handbook 6.5.2.3). A bound on p gives the largest SE.

    >>> round(se_from_p(-1.6, 0.049), 2)
    0.81
    """
    if not 0.0 < p < 1.0:
        raise InputError("p", p, "between 0 and 1")
    return abs(effect) / critical(df, 1.0 - p)


def sd_from_se(se: float, n: float) -> float:
    """SD of one arm from the standard error of its mean (Handbook 6.5.2.2)."""
    return _spread("se", se) * math.sqrt(_people("n", n))


def sd_from_interval(low: float, high: float, n: float, level: float = 0.95) -> float:
    """SD of one arm from the interval of its mean, with t on n - 1 degrees (Handbook 6.5.2.2)."""
    return sd_from_se(se_from_interval(low, high, _people("n", n) - 1.0, level), n)


def sd_of_change(sd_before: float, sd_after: float, r: float) -> float:
    """SD of the change of one arm from both SDs and their correlation (Handbook 6.5.2.8)."""
    if not -1.0 <= r <= 1.0:
        raise InputError("r", r, "-1 to 1")
    variance = sd_before**2 + sd_after**2 - 2.0 * r * sd_before * sd_after
    return math.sqrt(max(variance, 0.0))


def correlation_of_change(sd_before: float, sd_after: float, sd_change: float) -> float:
    """The correlation that three printed SDs imply (Handbook 6.5.2.8)."""
    return (sd_before**2 + sd_after**2 - sd_change**2) / (2.0 * sd_before * sd_after)


def pooled_sd(sd1: float, n1: float, sd2: float, n2: float) -> float:
    """The SD within arms (Handbook 6.5.2.3)."""
    _people("n1", n1), _people("n2", n2)
    return math.sqrt(((n1 - 1.0) * _spread("sd1", sd1) ** 2 + (n2 - 1.0) * _spread("sd2", sd2) ** 2) / (n1 + n2 - 2.0))


def mean_difference(m1: float, sd1: float, n1: float, m2: float, sd2: float, n2: float) -> tuple[float, float]:
    """Difference of two means and its SE, variances not assumed equal (Handbook 6.5.1.1; 10.3.1 for the variance)."""
    se = math.sqrt(_spread("sd1", sd1) ** 2 / _people("n1", n1) + _spread("sd2", sd2) ** 2 / _people("n2", n2))
    return m1 - m2, se


def standardised_difference(m1: float, sd1: float, n1: float, m2: float, sd2: float, n2: float) -> tuple[float, float]:
    """Hedges' g with the exact small-sample factor and its SE (Hedges 1981, doi 10.3102/10769986006002107)."""
    sd = pooled_sd(sd1, n1, sd2, n2)
    if sd == 0.0:
        raise InputError("sd", 0.0, "some spread in at least one arm")
    g = small_sample_factor(n1 + n2 - 2.0) * (m1 - m2) / sd
    return g, math.sqrt(1.0 / n1 + 1.0 / n2 + g * g / (2.0 * (n1 + n2)))


def small_sample_factor(df: float) -> float:
    """Hedges' J, exactly: Γ(df/2) / (√(df/2) Γ((df-1)/2))."""
    return math.exp(math.lgamma(df / 2.0) - math.lgamma((df - 1.0) / 2.0)) / math.sqrt(df / 2.0)


def standardised_from_t(t: float, n1: float, n2: float) -> tuple[float, float]:
    """Hedges' g from a two-sample t statistic (Handbook 6.5.2.3; Borenstein 2009, doi 10.1002/9780470743386)."""
    d = t * math.sqrt(1.0 / _people("n1", n1) + 1.0 / _people("n2", n2))
    g = small_sample_factor(n1 + n2 - 2.0) * d
    return g, math.sqrt(1.0 / n1 + 1.0 / n2 + g * g / (2.0 * (n1 + n2)))


def paired_difference(difference: float, sd_difference: float, n: float) -> tuple[float, float]:
    """A crossover from the mean and SD of the differences within people (Handbook 23.2.7.1).

    >>> effect, se = paired_difference(-24, 25, 16)
    >>> round(effect / se, 2)
    -3.84
    """
    return difference, _spread("sd_difference", sd_difference) / math.sqrt(_people("n", n))


def crossover_difference(m1: float, sd1: float, m2: float, sd2: float, n: float, r: float) -> tuple[float, float]:
    """A crossover from both periods' SDs and a stated or imputed correlation (Handbook 23.2.7.2)."""
    return paired_difference(m1 - m2, sd_of_change(sd1, sd2, r), n)


def log_ratio_of_means(m1: float, sd1: float, n1: float, m2: float, sd2: float, n2: float) -> tuple[float, float]:
    """Log of the ratio of two positive means and its SE.

    Hedges 1999, doi 10.1890/0012-9658(1999)080[1150:TMAORR]2.0.CO;2.
    """
    if not (m1 > 0.0 and m2 > 0.0):
        raise InputError("means", (m1, m2), "above 0")
    se = math.sqrt(sd1**2 / (_people("n1", n1) * m1**2) + sd2**2 / (_people("n2", n2) * m2**2))
    return math.log(m1 / m2), se


def log_moments(mean: float, sd: float) -> tuple[float, float]:
    """Mean and SD on the log scale of a log-normal with this raw mean and SD.

    Higgins 2008, doi 10.1002/sim.3427, method 1.
    """
    if not mean > 0.0:
        raise InputError("mean", mean, "above 0")
    variance = math.log1p((_spread("sd", sd) / mean) ** 2)
    return math.log(mean) - variance / 2.0, math.sqrt(variance)


def log_odds_ratio(a: float, b: float, c: float, d: float) -> tuple[float, float]:
    """Log odds ratio of events a of a+b against c of c+d and its SE; 0.5 is added to all cells if one is empty
    (Handbook 10.4.4.1 and 10.4.4.2)."""
    if min(a, b, c, d) < 0:
        raise InputError("counts", (a, b, c, d), "0 or more")
    if min(a, b, c, d) == 0:
        a, b, c, d = a + 0.5, b + 0.5, c + 0.5, d + 0.5
    return math.log(a * d / (b * c)), math.sqrt(1.0 / a + 1.0 / b + 1.0 / c + 1.0 / d)


def mean_sd_from_range(low: float, median: float, high: float, n: int) -> tuple[float, float]:
    """Mean (Luo 2018, doi 10.1177/0962280216669183, scenario 1) and SD (Wan 2014, doi 10.1186/1471-2288-14-135)
    from minimum, median, maximum."""
    _ordered(low, median, high)
    w = 4.0 / (4.0 + _people("n", n) ** 0.75)
    mean = w * (low + high) / 2.0 + (1.0 - w) * median
    return mean, (high - low) / (2.0 * normal_quantile((n - 0.375) / (n + 0.25)))


def mean_sd_from_quartiles(q1: float, median: float, q3: float, n: int) -> tuple[float, float]:
    """Mean (Luo 2018, scenario 2) and SD (Wan 2014) from the quartiles and the median."""
    _ordered(q1, median, q3)
    w = 0.7 + 0.39 / _people("n", n)
    mean = w * (q1 + q3) / 2.0 + (1.0 - w) * median
    return mean, (q3 - q1) / (2.0 * normal_quantile((0.75 * n - 0.125) / (n + 0.25)))


def mean_sd_from_five(low: float, q1: float, median: float, q3: float, high: float, n: int) -> tuple[float, float]:
    """Mean (Luo 2018, scenario 3) and SD (Wan 2014, scenario 3) from the five-number summary."""
    _ordered(low, q1, median, q3, high)
    w1 = 2.2 / (2.2 + _people("n", n) ** 0.75)
    w2 = 0.7 - 0.72 / n**0.55
    mean = w1 * (low + high) / 2.0 + w2 * (q1 + q3) / 2.0 + (1.0 - w1 - w2) * median
    by_range = (high - low) / (2.0 * normal_quantile((n - 0.375) / (n + 0.25)))
    by_quartiles = (q3 - q1) / (2.0 * normal_quantile((0.75 * n - 0.125) / (n + 0.25)))
    return mean, (by_range + by_quartiles) / 2.0


def _ordered(*values: float) -> None:
    if list(values) != sorted(values):
        raise InputError("summary", values, "rising values")
