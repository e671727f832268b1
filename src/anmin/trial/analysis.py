"""One person's trial, analysed exactly: AR(1) regression with φ integrated on a grid, and the randomisation test.

Model, on minutes (or any outcome)::

    y_t = α + δ·z_t + β·(t/n − ½) + ω·weekend_t + e_t

with e AR(1) on the *night index*, so that a gap of g nights has correlation φ^g and a missed night needs no
imputation. Given φ, generalised least squares with the reference prior p(b, σ²) ∝ 1/σ² gives δ a t distribution with
n − p degrees of freedom; the restricted likelihood weighs the grid points, and the posterior of δ is a mixture of t.
No sampler, no seed: the same nights give the same bits.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from anmin.errors import InputError
from anmin.evidence.distributions import find_root

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

GRID = (-0.9, 0.96, 63)
"""Lowest φ, highest φ, number of points: nearly the whole stationary range, far beyond what nightly sleep data show."""


class Nights(msgspec.Struct, frozen=True, kw_only=True):
    """The analysed nights: index of the night, outcome, 1 where the treatment was given, 1 on weekends.

    Missing nights are absent. All four have the same length; ``index`` rises strictly.
    """

    index: tuple[int, ...]
    outcome: tuple[float, ...]
    treated: tuple[int, ...]
    weekend: tuple[int, ...]

    def __post_init__(self) -> None:
        """Refuse unequal lengths and nights out of order."""
        n = len(self.index)
        for name in ("outcome", "treated", "weekend"):
            if len(getattr(self, name)) != n:
                raise InputError(name, len(getattr(self, name)), f"as many as nights ({n})")
        if any(later <= earlier for earlier, later in zip(self.index, self.index[1:], strict=False)):
            raise InputError("index", self.index, "nights in rising order, each once")


class Posterior(msgspec.Struct, frozen=True, kw_only=True):
    """The effect as a mixture of t: ``weight``, ``centre`` and ``scale`` at each φ, common degrees of freedom."""

    phi: tuple[float, ...]
    weight: tuple[float, ...]
    centre: tuple[float, ...]
    scale: tuple[float, ...]
    df: int

    @property
    def mean(self) -> float:
        """Posterior mean of the effect, in the unit of the outcome."""
        return sum(w * c for w, c in zip(self.weight, self.centre, strict=True))

    @property
    def sd(self) -> float:
        """Posterior standard deviation; needs more than two degrees of freedom."""
        spread = self.df / (self.df - 2)
        second = sum(w * (c * c + s * s * spread) for w, c, s in zip(self.weight, self.centre, self.scale, strict=True))
        return math.sqrt(max(second - self.mean**2, 0.0))

    def below(self, value: float) -> float:
        """P(effect < value)."""
        import numpy as np

        weight, scale = np.asarray(self.weight), np.asarray(self.scale)
        share = float(weight @ _t_cdf((value - np.asarray(self.centre)) / scale, self.df))
        return min(1.0, max(0.0, share))

    def density(self, values: Sequence[float]) -> tuple[float, ...]:
        """The density of the effect at each value, per unit of the outcome."""
        import numpy as np

        weight, scale = np.asarray(self.weight), np.asarray(self.scale)
        t = (np.asarray(values, dtype=np.float64)[:, None] - np.asarray(self.centre)) / scale
        log_top = math.lgamma((self.df + 1) / 2) - math.lgamma(self.df / 2) - 0.5 * math.log(self.df * math.pi)
        each = np.exp(log_top - (self.df + 1) / 2 * np.log1p(t * t / self.df)) / scale
        return tuple((each @ weight).tolist())

    def quantile(self, probability: float) -> float:
        """The value below which the effect lies with this probability, to double precision."""
        low = high = self.mean
        reach = self.sd
        while self.below(low) > probability:
            low, reach = low - reach, 2 * reach
        while self.below(high) < probability:
            high, reach = high + reach, 2 * reach

        def miss(value: float) -> float:
            """The distance to the wished probability, zero where no double is nearer."""
            distance = self.below(value) - probability
            return 0.0 if abs(distance) < 4e-16 else distance

        return low if low == high else find_root(miss, low, high)

    def interval(self, level: float) -> tuple[float, float]:
        """The central interval of this level, for example 0.95."""
        tail = (1 - level) / 2
        return self.quantile(tail), self.quantile(1 - tail)


def _t_cdf(t: Floats, df: int) -> Floats:
    """The t distribution with whole degrees of freedom, as the finite sums 26.7.3 and 26.7.4 of Abramowitz & Stegun."""
    import numpy as np

    angle = np.arctan(t / math.sqrt(df))
    square, sine = df / (df + t * t), np.sin(angle)
    odd = df % 2
    k = np.arange(2 + odd, df - 1, 2)
    total = (1.0 if df > 1 else 0.0) + np.cumprod(square[:, None] * ((k - 1) / k)[None, :], axis=1).sum(axis=1)
    within = 2 / math.pi * (angle + sine * np.sqrt(square) * total) if odd else sine * total
    shown: Floats = 0.5 + 0.5 * within
    return shown


def grid() -> tuple[Floats, Floats]:
    """The values of φ, and the logarithm of their prior weight."""
    import numpy as np

    phi = np.linspace(*GRID[:2], GRID[2])
    return phi, -0.5 * np.log(1 - phi**2)


def posterior(nights: Nights) -> Posterior:
    """The posterior of the treatment's effect; :class:`InputError` when the nights cannot identify it."""
    import numpy as np

    if not nights.index:
        raise InputError("nights", 0, "some nights with both arms in them")
    design = design_of(nights, np.asarray(nights.treated, dtype=np.float64))
    n, p = design.shape
    if n - p < 3 or np.linalg.matrix_rank(design) < p:
        raise InputError("nights", n, f"at least {p + 3} nights with both arms in them")
    phi, log_prior = grid()
    outcome = np.asarray(nights.outcome, dtype=np.float64)
    whitened, log_jacobian = whiten(np.column_stack([design, outcome]), np.asarray(nights.index), phi)
    x, y = whitened[:, :, :p], whitened[:, :, p]
    gram = np.einsum("gnp,gnq->gpq", x, x)
    moment = np.einsum("gnp,gn->gp", x, y)
    inverse = np.linalg.inv(gram)
    coefficient = np.einsum("gpq,gq->gp", inverse, moment)
    residual = y - np.einsum("gnp,gp->gn", x, coefficient)
    rss = np.einsum("gn,gn->g", residual, residual)
    log_restricted = log_prior + log_jacobian - 0.5 * np.linalg.slogdet(gram)[1] - 0.5 * (n - p) * np.log(rss)
    weight = np.exp(log_restricted - log_restricted.max())
    weight /= weight.sum()
    scale = np.sqrt(rss / (n - p) * inverse[:, 1, 1])
    return Posterior(
        phi=tuple(phi.tolist()),
        weight=tuple(weight.tolist()),
        centre=tuple(coefficient[:, 1].tolist()),
        scale=tuple(scale.tolist()),
        df=n - p,
    )


def randomisation_p(nights: Nights, treated_sets: Floats) -> float:
    """Exact two-sided p over the admissible schedules.

    ``treated_sets``: (schedules, nights) array of 0/1, every admissible schedule on the analysed nights, the drawn
    one among them. Statistic: difference of arm means of the residuals after trend and weekend. Valid for any
    error process.
    """
    import numpy as np

    signed, every = differences(nights, treated_sets)
    observed, reached = abs(signed), np.nan_to_num(np.abs(every), nan=np.inf)
    tolerance = 1e-9 * max(1.0, observed)
    return float(np.mean(reached >= observed - tolerance))


def differences(nights: Nights, treated_sets: Floats) -> tuple[float, Floats]:
    """The difference of arm means (treated less untreated, after trend and weekend) as drawn, and under every schedule.

    Not a number under a schedule that leaves an arm without a night.
    """
    import numpy as np

    covariates = np.delete(design_of(nights, np.zeros(len(nights.index))), 1, axis=1)
    outcome = np.asarray(nights.outcome, dtype=np.float64)
    residual = outcome - covariates @ np.linalg.lstsq(covariates, outcome, rcond=None)[0]

    def difference(treated: Floats) -> Floats:
        on = treated.sum(axis=-1)
        off = treated.shape[-1] - on
        with np.errstate(invalid="ignore", divide="ignore"):
            gap: Floats = treated @ residual / on - (1 - treated) @ residual / off
        return gap

    drawn = difference(np.asarray(nights.treated, dtype=np.float64)[None, :])
    return float(drawn[0]), difference(treated_sets)


def design_of(nights: Nights, treated: Floats) -> Floats:
    """The regressors, (nights, 3 or 4): intercept, treatment, trend, weekend (left out where it never varies)."""
    import numpy as np

    index = np.asarray(nights.index, dtype=np.float64)
    span = max(float(index[-1] - index[0]), 1.0) if len(index) else 1.0
    columns = [np.ones_like(index), treated, (index - index[0]) / span - 0.5]
    weekend = np.asarray(nights.weekend, dtype=np.float64)
    if 0 < weekend.sum() < len(weekend):
        columns.append(weekend)
    return np.column_stack(columns)


def whiten(table: Floats, index: NDArray[np.int64], phi: Floats) -> tuple[Floats, Floats]:
    """The rows freed of AR(1) noise for each φ, and what the density of the outcome gains by it.

    ``table``: a row a night (nights, columns), ``index`` its number, so that a missing night widens the gap;
    ``phi``: autocorrelations of neighbouring nights, (grid,), within (−1, 1). Returns the copies, (grid, nights,
    columns), whose errors are independent and of one variance, and log |V|^(−1/2) with V the correlation matrix,
    (grid,).
    """
    import numpy as np

    gap = np.diff(index)
    power = phi[:, None] ** gap[None, :]
    weight = np.sqrt((1 - phi[:, None] ** 2) / (1 - power**2))
    first = np.sqrt(1 - phi**2)
    whitened = np.empty((len(phi), *table.shape))
    whitened[:, 0, :] = first[:, None] * table[0]
    whitened[:, 1:, :] = weight[:, :, None] * (table[None, 1:, :] - power[:, :, None] * table[None, :-1, :])
    return whitened, np.log(first) + np.log(weight).sum(axis=1)
