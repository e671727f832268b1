"""Robust and penalised IVW and MR-Egger (Rees et al. 2019, doi 10.1371/journal.pone.0222362).

Least squares gives way to the MM-estimate, which a few invalid variants cannot pull; ``penalised`` weighs variants
far from the others down first. The S-estimate behind it is searched from every subset, not from drawn ones, so the
result has no chance in it up to 5,000 subsets.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from anmin.evidence.mr.closing import cannot, close, p_of
from anmin.evidence.mr.mm import drawn_starts, mm_regression
from anmin.evidence.mr.model import Convention, Estimate
from anmin.evidence.mr.pair import Array, Pair
from anmin.evidence.mr.regression import Model, penalties, turned, widening


def robust_ivw(
    pair: Pair, model: Model = "default", *, penalised: bool = False, floor: float | None = 1.0, seed: int = 1
) -> Estimate:
    """The robust weighted mean of the ratios. Needs three variants.

    The regression's own standard error holds the residual scale; ``fixed`` divides it out, ``multiplicative`` (the
    default from four variants on) only where it is below ``floor``.
    """
    fixed = model == "fixed" or (model == "default" and pair.count < 4)
    convention = _convention(fixed, floor, penalised, "normal", seed if drawn_starts(pair.count, 1) else None)
    name = _name("ivw", penalised)
    if pair.count < 3 or not np.all(pair.bx):
        return cannot(name, pair.count, convention)
    w = pair.sy**-2.0
    if penalised:
        centre = float(np.median(pair.by / pair.bx))
        w = w * penalties((pair.by - centre * pair.bx) ** 2 * w)
    found = mm_regression((pair.bx * np.sqrt(w))[:, None], pair.by * np.sqrt(w), seed)
    if found is None:
        return cannot(name, pair.count, convention, "no_solution")
    factor = widening(found.scale, "fixed" if fixed else "multiplicative", floor) / found.scale
    se = float(np.sqrt(found.covariance[0, 0])) * factor
    return close(
        name, pair.count, float(found.coefficients[0]), se, convention,
        residual_se=found.scale, left_out=_refused(found.weights),
    )  # fmt: skip


def robust_egger(
    pair: Pair,
    *,
    penalised: bool = False,
    floor: float | None = 1.0,
    distribution: Literal["normal", "t"] = "t",
    seed: int = 1,
) -> Estimate:
    """The robust line with an intercept, variants turned so that they raise the exposure. Needs four variants."""
    convention = _convention(False, floor, penalised, distribution, seed if drawn_starts(pair.count, 2) else None)
    name = _name("egger", penalised)
    if pair.count < 4:
        return cannot(name, pair.count, convention)
    x, y, w = turned(pair, penalised)
    root = np.sqrt(w)
    found = mm_regression(np.column_stack([root, x * root]), y * root, seed)
    if found is None:
        return cannot(name, pair.count, convention, "no_solution")
    factor = widening(found.scale, "multiplicative", floor) / found.scale
    intercept_se, se = (float(value) * factor for value in np.sqrt(np.diag(found.covariance)))
    intercept, slope = (float(value) for value in found.coefficients)
    df = pair.count - 2
    return close(
        name, pair.count, slope, se, convention, df,
        intercept=intercept, intercept_se=intercept_se, intercept_p=p_of(intercept, intercept_se, convention, df),
        residual_se=found.scale, left_out=_refused(found.weights),
    )  # fmt: skip


def _refused(weights: Array) -> tuple[int, ...]:
    """Variants that the biweight gives no weight at all."""
    return tuple(int(i) for i in np.flatnonzero(weights == 0.0))


def _name(line: str, penalised: bool) -> str:
    return f"{'penalised_' if penalised else ''}robust_{line}"


def _convention(
    fixed: bool, floor: float | None, penalised: bool, distribution: Literal["normal", "t"], seed: int | None
) -> Convention:
    return Convention(
        weights="first", distribution=distribution, floor=None if fixed else floor,
        spread="fixed" if fixed else "multiplicative", se="sandwich", seed=seed,
        detail="MM biweight" + (", penalised" if penalised else ""),
    )  # fmt: skip
