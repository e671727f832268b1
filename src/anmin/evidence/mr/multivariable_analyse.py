"""Several exposures, one outcome: every multivariable estimator, and how strong and agreed the instruments are."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec
import numpy as np

from anmin.evidence.mr.analyse import MAX_SEARCHED
from anmin.evidence.mr.model import Convention
from anmin.evidence.mr.multivariable import MultiEstimate, Several, mv_egger, mv_ivw, mv_robust
from anmin.evidence.mr.multivariable_gmm import mv_gmm
from anmin.evidence.mr.multivariable_lasso import mv_lasso
from anmin.evidence.mr.multivariable_median import mv_median
from anmin.evidence.mr.multivariable_strength import (
    GENOME_WIDE,
    Agreement,
    ErrorModel,
    Strength,
    error_model,
    q_a,
    strengths,
)
from anmin.evidence.mr.multivariable_tables import SeveralMatched
from anmin.evidence.mr.pair import Array


class MultiAnalysis(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that several exposures and one outcome can say. MR-Egger stands once for each orientation.

    ``threshold``: the p below which ``strengths`` counts a variant as associated with an exposure.
    """

    exposures: tuple[str, ...]
    matched: tuple[SeveralMatched, ...]
    used: tuple[str, ...]
    estimates: tuple[MultiEstimate, ...]
    strengths: tuple[Strength, ...]
    threshold: float
    q_a: Agreement | None = None


def analyse_several(
    data: Several,
    matched: tuple[SeveralMatched, ...] = (),
    *,
    rho: Array | None = None,
    people: float | None = None,
    draws: int = 1000,
    seed: int = 1,
) -> MultiAnalysis:
    """All estimators. ``rho`` and ``people`` as in :func:`.multivariable_strength.error_model`."""
    errors = error_model(data, rho, people if data.count else None)
    found = tuple(_estimates(data, errors, draws, seed)) if data.count else ()
    agreement = None
    first = next((each for each in found if each.method == "mv_ivw" and each.effects), None)
    with np.errstate(all="ignore"):
        strength = strengths(data, errors) if data.count else ()
        if first is not None:
            agreement = q_a(data, np.array([each.estimate for each in first.effects]), errors)
    return MultiAnalysis(
        exposures=data.names, matched=matched, used=data.snps, estimates=found, q_a=agreement, threshold=GENOME_WIDE,
        strengths=strength,
    )  # fmt: skip


def _estimates(data: Several, errors: ErrorModel, draws: int, seed: int) -> Iterator[MultiEstimate]:
    methods: list[tuple[str, Callable[[], MultiEstimate]]] = [
        ("mv_ivw", lambda: mv_ivw(data)),
        *(("mv_egger", lambda name=name: mv_egger(data, name)) for name in data.names),
        ("mv_median", lambda: mv_median(data, draws=draws, seed=seed)),
        ("mv_robust", lambda: mv_robust(data, seed=seed)),
        ("mv_lasso", lambda: mv_lasso(data)),
        ("mv_gmm", lambda: mv_gmm(data, errors)),
    ]
    for name, method in methods:
        if name == "mv_lasso" and data.count > MAX_SEARCHED:
            limit = Convention(detail=f"at most {MAX_SEARCHED} variants")
            yield MultiEstimate(method=name, n=data.count, convention=limit, why_not="too_many_variants")
            continue
        yield _sound(name, data, method)


def _sound(name: str, data: Several, method: Callable[[], MultiEstimate]) -> MultiEstimate:
    """The result, or the reason why the numbers of a file go beyond what floating point can hold."""
    with np.errstate(all="ignore"):
        try:
            found = method()
        except (ArithmeticError, np.linalg.LinAlgError, ValueError) as error:
            convention = Convention(detail=str(error) or type(error).__name__)
            return MultiEstimate(method=name, n=data.count, convention=convention, why_not="beyond_numbers")
    if all(np.all(np.isfinite([each.estimate, each.se, each.p])) for each in found.effects):
        return found
    return MultiEstimate(method=name, n=data.count, convention=found.convention, why_not="beyond_numbers")
