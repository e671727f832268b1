"""Are the variants strong enough for each exposure beside the others, and do they agree? Conditional F and Q_A.

Sanderson, Spiller and Bowden 2021 (doi 10.1002/sim.9133), after Sanderson and Windmeijer 2016
(doi 10.1016/j.jeconom.2015.06.004). The errors of one variant's effects on two exposures are correlated where the
same people were measured; without their correlation it is taken as zero, and the result says so.
"""

from __future__ import annotations

from typing import Literal

import msgspec
import numpy as np

from anmin.errors import InputError
from anmin.evidence.distributions import chi2_p
from anmin.evidence.mr.correlated import correlation
from anmin.evidence.mr.multivariable import Several
from anmin.evidence.mr.pair import Array

GENOME_WIDE = 5e-8
"""The field's p below which a variant counts as associated."""

Covariance = Literal["zero", "given", "rebuilt", "rebuilt, given"]
"""Between the errors on two exposures: none; the given correlation of the traits; from the numbers of people."""


class Strength(msgspec.Struct, frozen=True, kw_only=True):
    """One exposure: variants used in all, those associated with it, its mean F and its conditional F.

    A conditional F below ten says that the variants hardly tell this exposure from the others.
    """

    exposure: str
    used: int
    associated: int
    f: float
    conditional_f: float | None
    covariance: Covariance


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """Q_A: heterogeneity about the multivariable estimate, the errors of the exposures counted in."""

    q: float
    df: int
    p: float
    covariance: Covariance


class ErrorModel(msgspec.Struct, frozen=True, kw_only=True):
    """The covariance of the K errors of each variant, (J, K, K), and where it came from."""

    of: Array
    covariance: Covariance


@np.errstate(all="ignore")
def error_model(data: Several, rho: Array | None = None, people: float | None = None) -> ErrorModel:
    """``rho`` (K, K): correlations of the exposures in the people measured, in the order of ``data.names``.

    Without ``people``: ρ s_k s_l. With the number of ``people`` of one exposure study the errors are rebuilt as those
    of all variants in one regression, less the variance they explain (Patel et al. 2024, doi 10.1002/gepi.22551).
    """
    given = np.eye(data.width) if rho is None else correlation(rho, data.width)
    if people is None:
        of = given * data.sx[:, :, None] * data.sx[:, None, :]
        return ErrorModel(of=of, covariance="zero" if rho is None else "given")
    if people <= data.count + 1:
        raise InputError("people", people, f"more than the {data.count} variants")
    size = people * data.sx**2 + data.bx**2
    standard = data.bx / np.sqrt(size)
    rest = given - standard.T @ standard
    root = np.sqrt(size)
    of = rest * root[:, :, None] * root[:, None, :] / (people - data.count + 1)
    return ErrorModel(of=of, covariance="rebuilt" if rho is None else "rebuilt, given")


def strengths(data: Several, errors: ErrorModel, threshold: float = GENOME_WIDE) -> tuple[Strength, ...]:
    """For each exposure the variants used, those with p below ``threshold``, mean F and conditional F."""
    found = []
    for k, name in enumerate(data.names):
        squared = (data.bx[:, k] / data.sx[:, k]) ** 2
        associated = sum(chi2_p(float(value), 1) < threshold for value in squared)
        found.append(
            Strength(
                exposure=name, used=data.count, associated=associated, f=float(np.mean(squared)),
                conditional_f=conditional_f(data, k, errors), covariance=errors.covariance,
            )
        )  # fmt: skip
    return tuple(found)


def conditional_f(data: Several, k: int, errors: ErrorModel) -> float | None:
    """Q of exposure ``k`` about its regression on the others, over J − K + 1; ``None`` where J is too small.

    The regression is unweighted, without an intercept, as in the paper.
    """
    df = data.count - data.width + 1
    if df <= 0:
        return None
    others = np.delete(np.arange(data.width), k)
    x = data.bx[:, others]
    contrast = np.zeros(data.width)
    contrast[k] = 1.0
    if len(others):
        length = np.linalg.norm(x, axis=0)
        if np.any(length == 0.0) or not np.all(np.isfinite(length)) or np.linalg.matrix_rank(x / length) < len(others):
            return None
        contrast[others] = -np.linalg.lstsq(x / length, data.bx[:, k], rcond=None)[0] / length
    variance = np.einsum("k,jkl,l->j", contrast, errors.of, contrast)
    if np.any(variance <= 0.0):
        return None
    return float(np.sum((data.bx @ contrast) ** 2 / variance)) / df


def q_a(data: Several, slopes: Array, errors: ErrorModel) -> Agreement | None:
    """Q_A at the given slopes, on J − K degrees of freedom (one program in the field takes one fewer)."""
    df = data.count - data.width
    variance = data.sy**2 + np.einsum("k,jkl,l->j", slopes, errors.of, slopes)
    if df <= 0 or np.any(variance <= 0.0):
        return None
    q = float(np.sum((data.by - data.bx @ slopes) ** 2 / variance))
    return Agreement(q=q, df=df, p=chi2_p(q, df), covariance=errors.covariance)
