"""Several exposures at once: what the multivariable estimators take and return, with IVW and MR-Egger.

Burgess and Thompson 2015 (doi 10.1093/aje/kwu283); MR-Egger: Rees et al. 2017 (doi 10.1002/sim.7492). An effect is
that of one exposure while the others stay. The order in which exposures are named changes no number: whatever needs
a choice (which exposure Egger turns the variants by, how draws are dealt) names it or takes the names in their order.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec
import numpy as np

from anmin.errors import InputError
from anmin.evidence.distributions import chi2_p
from anmin.evidence.mr.closing import close, p_of
from anmin.evidence.mr.mm import drawn_starts, mm_regression
from anmin.evidence.mr.model import Convention
from anmin.evidence.mr.pair import Array, Flags, Rows
from anmin.evidence.mr.regression import Model, widening


@dataclass(frozen=True, kw_only=True)
class Several:
    """Effects of J variants on K exposures, ``bx`` and ``sx`` (J, K), and on the outcome, ``by`` and ``sy`` (J,)."""

    names: tuple[str, ...]
    bx: Array
    sx: Array
    by: Array
    sy: Array
    snps: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse exposures that cannot be told apart by name."""
        if len(set(self.names)) != len(self.names) or not self.names:
            raise InputError("exposures", list(self.names), "at least one, each with a name of its own")

    @property
    def count(self) -> int:
        """J, the number of variants."""
        return len(self.by)

    @property
    def width(self) -> int:
        """K, the number of exposures."""
        return len(self.names)

    def only(self, rows: Rows | Flags) -> Several:
        """The same with some of the variants."""
        snps = tuple(np.array(self.snps)[rows]) if self.snps else ()
        return Several(
            names=self.names, bx=self.bx[rows], sx=self.sx[rows], by=self.by[rows], sy=self.sy[rows], snps=snps
        )

    def in_order(self, names: Sequence[str]) -> Several:
        """The same with the exposures in this order."""
        at = [self.names.index(name) for name in names]
        return Several(names=tuple(names), bx=self.bx[:, at], sx=self.sx[:, at], by=self.by, sy=self.sy, snps=self.snps)


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """The direct effect of one exposure."""

    exposure: str
    estimate: float
    se: float
    low: float
    high: float
    p: float


class MultiEstimate(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One estimator over all exposures. ``n``: variants used. Without effects, ``why_not`` says why."""

    method: str
    n: int
    convention: Convention
    effects: tuple[Effect, ...] = ()
    intercept: float | None = None
    intercept_se: float | None = None
    intercept_p: float | None = None
    q: float | None = None
    q_df: int | None = None
    q_p: float | None = None
    residual_se: float | None = None
    left_out: tuple[int, ...] = ()
    tuning: float | None = None
    why_not: Literal["", "too_few_variants", "too_many_variants", "no_solution", "beyond_numbers"] = ""

    def of(self, exposure: str) -> Effect:
        """The effect of one exposure."""
        return next(each for each in self.effects if each.exposure == exposure)


def mv_ivw(
    data: Several,
    model: Model = "default",
    *,
    floor: float | None = 1.0,
    distribution: Literal["normal", "t"] = "normal",
) -> MultiEstimate:
    """Weighted regression of the outcome on all exposures without an intercept. Needs J > K.

    ``default``: multiplicative random effects where J − K leaves at least three, else fixed.
    """
    fixed = model == "fixed" or (model == "default" and data.count - data.width < 3)
    convention = _convention(fixed, floor, distribution)
    if data.count <= data.width:
        return mv_cannot("mv_ivw", data, convention)
    solved = weighted_squares(data.bx, data.by, data.sy**-2.0)
    if solved is None:
        return mv_cannot("mv_ivw", data, convention, "no_solution")
    slopes, covariance, q = solved
    df = data.count - data.width
    residual = math.sqrt(q / df)
    errors = widening(residual, convention.spread, floor) * np.sqrt(np.diag(covariance))
    return MultiEstimate(
        method="mv_ivw", n=data.count, convention=convention, effects=effects(data, slopes, errors, convention, df),
        residual_se=residual, q=q, q_df=df, q_p=chi2_p(q, df),
    )  # fmt: skip


def mv_robust(data: Several, *, floor: float | None = 1.0, seed: int = 1) -> MultiEstimate:
    """The same by MM-regression, which a few invalid variants cannot pull. Needs J > K + 1."""
    drawn = drawn_starts(data.count, data.width)
    convention = Convention(
        weights="first", floor=floor, spread="multiplicative", se="sandwich", seed=seed if drawn else None,
        detail="MM biweight",
    )  # fmt: skip
    if data.count <= data.width + 1:
        return mv_cannot("mv_robust", data, convention)
    order = canonical(data)
    found = mm_regression(order.bx / order.sy[:, None], order.by / order.sy, seed)
    if found is None:
        return mv_cannot("mv_robust", data, convention, "no_solution")
    errors = widening(found.scale, "multiplicative", floor) / found.scale * np.sqrt(np.diag(found.covariance))
    return MultiEstimate(
        method="mv_robust", n=data.count, convention=convention, residual_se=found.scale,
        effects=in_order_of(data, effects(order, found.coefficients, errors, convention)),
        left_out=tuple(int(i) for i in np.flatnonzero(found.weights == 0.0)),
    )  # fmt: skip


def mv_egger(
    data: Several,
    orient: str | None = None,
    *,
    floor: float | None = 1.0,
    distribution: Literal["normal", "t"] = "t",
) -> MultiEstimate:
    """The same with an intercept, the variants turned so that they raise the exposure ``orient``. Needs J > K + 1.

    The answer depends on that exposure, so it is named; without one the first by name is taken.
    """
    orient = min(data.names) if orient is None else orient
    if orient not in data.names:
        raise InputError("orient", orient, ", ".join(data.names))
    convention = _convention(False, floor, distribution, f"oriented to {orient}")
    if data.count <= data.width + 1:
        return mv_cannot("mv_egger", data, convention)
    sign = np.where(data.bx[:, data.names.index(orient)] < 0, -1.0, 1.0)
    design = np.column_stack([np.ones(data.count), data.bx * sign[:, None]])
    solved = weighted_squares(design, data.by * sign, data.sy**-2.0)
    if solved is None:
        return mv_cannot("mv_egger", data, convention, "no_solution")
    slopes, covariance, q = solved
    df = data.count - data.width - 1
    residual = math.sqrt(q / df)
    errors = widening(residual, "multiplicative", floor) * np.sqrt(np.diag(covariance))
    intercept, intercept_se = float(slopes[0]), float(errors[0])
    return MultiEstimate(
        method="mv_egger", n=data.count, convention=convention,
        effects=effects(data, slopes[1:], errors[1:], convention, df),
        intercept=intercept, intercept_se=intercept_se, intercept_p=p_of(intercept, intercept_se, convention, df),
        residual_se=residual, q=q, q_df=df, q_p=chi2_p(q, df),
    )  # fmt: skip


def weighted_squares(x: Array, y: Array, w: Array) -> tuple[Array, Array, float] | None:
    """Coefficients, their covariance at a residual standard error of one, and Q; ``None`` if not determined.

    Each column is brought to length one first, so that exposures in small units are no singular matrix.
    """
    root = np.sqrt(w)
    length = np.linalg.norm(x * root[:, None], axis=0)
    if not np.all(np.isfinite(length)) or np.any(length == 0.0):
        return None
    scaled = x * root[:, None] / length
    if np.linalg.cond(scaled) > 1e8:
        return None
    q_matrix, r_matrix = np.linalg.qr(scaled)
    inverse = np.linalg.inv(r_matrix) / length[:, None]
    slopes = inverse @ (q_matrix.T @ (y * root))
    return np.asarray(slopes), np.asarray(inverse @ inverse.T), float(np.sum(w * (y - x @ slopes) ** 2))


def effects(data: Several, slopes: Array, errors: Array, convention: Convention, df: float = 0) -> tuple[Effect, ...]:
    """Each exposure's slope with interval and p."""
    found = []
    for name, slope, error in zip(data.names, slopes, errors, strict=True):
        one = close("mv", data.count, float(slope), float(error), convention, df)
        assert one.low is not None
        assert one.high is not None
        assert one.p is not None
        found.append(Effect(exposure=name, estimate=float(slope), se=float(error), low=one.low, high=one.high, p=one.p))
    return tuple(found)


def canonical(data: Several) -> Several:
    """The exposures in the order of their names, so that draws and searches do not depend on the order given."""
    return data.in_order(sorted(data.names))


def in_order_of(data: Several, found: tuple[Effect, ...]) -> tuple[Effect, ...]:
    """The effects in the order in which ``data`` names its exposures."""
    by_name = {each.exposure: each for each in found}
    return tuple(by_name[name] for name in data.names)


def mv_cannot(
    method: str,
    data: Several,
    convention: Convention,
    why: Literal["too_few_variants", "no_solution"] = "too_few_variants",
) -> MultiEstimate:
    """No number, and why."""
    return MultiEstimate(method=method, n=data.count, convention=convention, why_not=why)


def _convention(fixed: bool, floor: float | None, distribution: Literal["normal", "t"], detail: str = "") -> Convention:
    return Convention(
        weights="first", distribution=distribution, floor=None if fixed else floor,
        spread="fixed" if fixed else "multiplicative", detail=detail,
    )  # fmt: skip
