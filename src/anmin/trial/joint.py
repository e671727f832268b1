"""All contrasts of a trial in one analysis: the exact AR(1) regression, and the joint randomisation test.

Model, given the arm of every night::

    y_t = α + Σ_a δ_a·[arm_t = a] + β·(t/n − ½) + ω·weekend_t + e_t

with e AR(1) on the night index, φ integrated on the grid of :mod:`anmin.trial.analysis`; a contrast of the δ has again
a mixture of t as its posterior. For two arms this is that module's model. The randomisation test is over the very
set that the schedule was drawn from, and keeps the common error of all judged contrasts (:func:`adjusted_p`).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING

import msgspec

from anmin.errors import InputError
from anmin.trial.analysis import Posterior, grid, whiten
from anmin.trial.contrasts import Contrast, held, judged
from anmin.trial.power import build_up
from anmin.trial.reference import reference
from anmin.trial.schedule import Design, Schedule

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]


class ArmNights(msgspec.Struct, frozen=True, kw_only=True):
    """The analysed nights: number of the night, outcome, number of the arm, 1 on weekends. Missing ones are absent."""

    index: tuple[int, ...]
    outcome: tuple[float, ...]
    arm: tuple[int, ...]
    weekend: tuple[int, ...]

    def __post_init__(self) -> None:
        """Refuse unequal lengths and nights out of order."""
        n = len(self.index)
        for name in ("outcome", "arm", "weekend"):
            if len(getattr(self, name)) != n:
                raise InputError(name, len(getattr(self, name)), f"as many as nights ({n})")
        if any(later <= earlier for earlier, later in zip(self.index, self.index[1:], strict=False)):
            raise InputError("index", self.index, "nights in rising order, each once")


class Fit(msgspec.Struct, frozen=True, kw_only=True):
    """The regression at every φ of the grid: ``weight`` (grid), ``coefficient`` (grid, arms but the first),
    ``covariance`` (grid, arms, arms) of those, common degrees of freedom."""

    weight: tuple[float, ...]
    coefficient: tuple[tuple[float, ...], ...]
    covariance: tuple[tuple[tuple[float, ...], ...], ...]
    df: int

    def posterior(self, contrast: Contrast) -> Posterior:
        """The posterior of one contrast, in the unit of the outcome."""
        import numpy as np

        weights = np.asarray(contrast.weights[1:])
        centre = np.asarray(self.coefficient) @ weights
        scale = np.sqrt(np.einsum("p,gpq,q->g", weights, np.asarray(self.covariance), weights))
        return Posterior(
            phi=tuple(grid()[0].tolist()),
            weight=self.weight,
            centre=tuple(centre.tolist()),
            scale=tuple(scale.tolist()),
            df=self.df,
        )


def fit(nights: ArmNights, arms: int, built_up: Floats | None = None) -> Fit:
    """The regression; :class:`InputError` when the nights cannot identify every arm.

    ``built_up``: instead of 0 and 1, the share of each arm's steady effect on each night, (nights, arms).
    """
    import numpy as np

    given = np.eye(arms)[np.asarray(nights.arm, dtype=np.int64)] if built_up is None else built_up
    table = np.column_stack([given[:, 1:], _covariates(nights)])
    n, p = table.shape
    q = arms - 1
    if n - p < 3 or np.linalg.matrix_rank(table) < p:
        raise InputError("nights", n, f"at least {p + 3} nights with every arm in them")
    phi, log_prior = grid()
    outcome = np.asarray(nights.outcome, dtype=np.float64)
    whitened, log_jacobian = whiten(np.column_stack([table, outcome]), np.asarray(nights.index), phi)
    x, y = whitened[:, :, :p], whitened[:, :, p]
    transposed = x.transpose(0, 2, 1)
    gram = transposed @ x
    inverse = np.linalg.inv(gram)
    solved = (inverse @ (transposed @ y[:, :, None]))[:, :, 0]
    residual = y - (x @ solved[:, :, None])[:, :, 0]
    rss = np.einsum("gn,gn->g", residual, residual)
    log_restricted = log_prior + log_jacobian - 0.5 * np.linalg.slogdet(gram)[1] - 0.5 * (n - p) * np.log(rss)
    weight = np.exp(log_restricted - log_restricted.max())
    weight /= weight.sum()
    covariance = (rss / (n - p))[:, None, None] * inverse[:, :q, :q]
    return Fit(
        weight=tuple(weight.tolist()),
        coefficient=tuple(map(tuple, solved[:, :q].tolist())),
        covariance=tuple(tuple(map(tuple, one)) for one in covariance.tolist()),
        df=n - p,
    )


def fit_built_up(nights: ArmNights, design: Design, schedule: Schedule, tau_nights: float) -> Fit:
    """The same with effects that build up and fade exponentially, so that the steady effect is estimated."""
    import numpy as np

    given = np.repeat(np.eye(len(design.arms))[list(schedule)], design.block_nights, axis=0)
    shares = np.column_stack([build_up(given[:, arm], tau_nights) for arm in range(len(design.arms))])
    return fit(nights, len(design.arms), shares[np.asarray(nights.index, dtype=np.int64)])


def adjusted_p(nights: ArmNights, design: Design, schedule: Schedule) -> dict[str, float]:
    """Two-sided p of every judged contrast, adjusted so that the whole family keeps its error exactly.

    Closed testing (Marcus, Peritz & Gabriel 1976, doi 10.1093/biomet/63.3.655): a contrast is as sure as the least
    sure of all joint hypotheses that contain it. Each joint hypothesis is tested by max-T over the schedules that
    leave in place whatever it says nothing about, which is exact whatever that does.
    """
    family = judged(design)
    made = dict.fromkeys((contrast.id for contrast in family), 0.0)
    for size in range(1, len(family) + 1):
        for together in combinations(family, size):
            schedules = reference(design, schedule, held(design, together))
            found = min(joint_p(nights, design, schedules, together).values())
            for contrast in together:
                made[contrast.id] = max(made[contrast.id], found)
    return made


def joint_p(nights: ArmNights, design: Design, schedules: Whole, family: Sequence[Contrast]) -> dict[str, float]:
    """Two-sided p of every contrast of the family, adjusted for all of them (single-step max-T).

    ``schedules``: (schedules, blocks) arm numbers, the drawn one among them, as
    :func:`~anmin.trial.reference.reference` gives them.
    """
    import numpy as np

    found = _statistics(nights, design, schedules, family)
    mine = _statistics(nights, design, drawn(nights, design), family)[0]
    largest = found.max(axis=1)
    return {
        contrast.id: float(np.mean(largest >= mine[place] - 1e-9 * max(1.0, mine[place])))
        for place, contrast in enumerate(family)
    }


def own_p(nights: ArmNights, design: Design, schedule: Schedule, contrast: Contrast) -> float:
    """Exact two-sided p of one contrast over the schedules that leave everything else where it was, not adjusted."""
    schedules = reference(design, schedule, held(design, (contrast,)))
    return joint_p(nights, design, schedules, [contrast])[contrast.id]


def block_means(nights: ArmNights, design: Design) -> tuple[Floats, Whole, Whole]:
    """Mean outcome of every block after the weekend, its arm, and its number, for blocks with a night."""
    import numpy as np

    blocks = np.asarray(nights.index, dtype=np.int64) // design.block_nights
    weekend = np.asarray(nights.weekend, dtype=np.float64)
    outcome, arm = np.asarray(nights.outcome, dtype=np.float64), np.asarray(nights.arm, dtype=np.int64)
    found = np.unique(blocks)
    if 0 < weekend.sum() < len(weekend):
        within = weekend - np.asarray([weekend[blocks == block].mean() for block in blocks])
        spread = float(within @ within)
        outcome = outcome - (float(within @ outcome) / spread if spread else 0.0) * weekend
    means = np.asarray([outcome[blocks == block].mean() for block in found])
    return means, np.asarray([arm[blocks == block][0] for block in found]), found


def drawn(nights: ArmNights, design: Design) -> Whole:
    """The drawn schedule as one row; a block without a night may hold anything."""
    import numpy as np

    row = np.zeros(design.blocks, dtype=np.int64)
    row[np.asarray(nights.index, dtype=np.int64) // design.block_nights] = nights.arm
    return row[None, :]


def _statistics(nights: ArmNights, design: Design, schedules: Whole, family: Sequence[Contrast]) -> Floats:
    """|contrast of arm means| over its standard deviation for unit noise, (schedules, contrasts).

    Infinite where a schedule leaves an arm without nights.
    """
    import numpy as np

    total, error = contrasts_under(nights, design, schedules, family)
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = np.nan_to_num(np.abs(total) / error, nan=np.inf, posinf=np.inf)
    return found


def contrasts_under(
    nights: ArmNights, design: Design, schedules: Whole, family: Sequence[Contrast]
) -> tuple[Floats, Floats]:
    """Contrasts of arm means of the residuals after trend and weekend, and their standard deviation for unit noise.

    Both (schedules, contrasts); not a number where a schedule leaves an arm without nights.
    """
    import numpy as np

    columns = _covariates(nights)
    outcome = np.asarray(nights.outcome, dtype=np.float64)
    residual = outcome - columns @ np.linalg.lstsq(columns, outcome, rcond=None)[0]
    block = np.asarray(nights.index, dtype=np.int64) // design.block_nights
    sums = np.bincount(block, weights=residual, minlength=design.blocks)
    counts = np.bincount(block, minlength=design.blocks).astype(np.float64)
    total = np.zeros((len(schedules), len(family)))
    variance = np.zeros_like(total)
    weights = np.asarray([contrast.weights for contrast in family])
    with np.errstate(divide="ignore", invalid="ignore"):
        for arm in range(len(design.arms)):
            here = (schedules == arm).astype(np.float64)
            many = here @ counts
            used = weights[:, arm] != 0
            total[:, used] += np.outer(here @ sums / many, weights[used, arm])
            variance[:, used] += np.outer(1 / many, weights[used, arm] ** 2)
        return total, np.sqrt(variance)


def _covariates(nights: ArmNights) -> Floats:
    """Intercept, trend over the whole trial, and weekend where it varies."""
    import numpy as np

    index = np.asarray(nights.index, dtype=np.float64)
    span = max(float(index[-1] - index[0]), 1.0) if len(index) else 1.0
    columns = [np.ones_like(index), (index - index[0]) / span - 0.5 if len(index) else index]
    weekend = np.asarray(nights.weekend, dtype=np.float64)
    if 0 < weekend.sum() < len(weekend):
        columns.append(weekend)
    return np.column_stack(columns)
