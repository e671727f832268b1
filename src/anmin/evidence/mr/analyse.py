"""One exposure, one outcome: every estimator and every check, from the harmonised variants."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import TypeVar

import msgspec
import numpy as np

from anmin.evidence.mr import diagnostics
from anmin.evidence.mr.closing import cannot
from anmin.evidence.mr.constrained import cml
from anmin.evidence.mr.debiased import divw, pivw
from anmin.evidence.mr.lasso import lasso
from anmin.evidence.mr.likelihood import maximum_likelihood, raps
from anmin.evidence.mr.medians import median
from anmin.evidence.mr.mixture import contamination_mixture
from anmin.evidence.mr.model import Convention, Estimate, Matched
from anmin.evidence.mr.modes import mode
from anmin.evidence.mr.pair import Pair, pair_of
from anmin.evidence.mr.presso import Presso, presso
from anmin.evidence.mr.radial import Radial, radial_egger, radial_ivw
from anmin.evidence.mr.regression import egger, ivw, wald
from anmin.evidence.mr.robust import robust_egger, robust_ivw
from anmin.evidence.mr.rucker import Rucker, rucker, rucker_resampled
from anmin.evidence.mr.simex import egger_simex

T = TypeVar("T")

MAX_SEARCHED = 150
"""Lasso and constrained likelihood search over which variants are valid; beyond this many they are left out."""


class Analysis(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that one pair of tables can say. Leave-one-out and single variants follow ``used``."""

    matched: tuple[Matched, ...]
    used: tuple[str, ...]
    estimates: tuple[Estimate, ...]
    single: tuple[Estimate, ...] = ()
    without_one: tuple[Estimate, ...] = ()
    radial: Radial | None = None
    f: tuple[float, ...] = ()
    i2_gx: float | None = None
    rucker: Rucker | None = None
    direction: diagnostics.Direction | None = None
    presso: Presso | None = None


def analyse(
    matched: Iterable[Matched],
    *,
    people_exposure: float | None = None,
    people_outcome: float | None = None,
    draws: int = 1000,
    seed: int = 1,
) -> Analysis:
    """All estimators; with the numbers of people also the direction (Steiger) and constrained likelihood."""
    rows = tuple(matched)
    pair = pair_of(rows)
    if not pair.count:
        return Analysis(matched=rows, used=(), estimates=())
    direction = None
    if people_exposure and people_outcome:
        people = (people_exposure, people_outcome)
        direction = _sound(
            lambda: diagnostics.steiger(pair.bx / pair.sx, people[0], pair.by / pair.sy, people[1])
        )  # fmt: skip
    return Analysis(
        matched=rows, used=pair.snps, estimates=tuple(estimates(pair, people_exposure, people_outcome, draws, seed)),
        single=_sound(lambda: diagnostics.single_variants(pair)) or (),
        without_one=(_sound(lambda: diagnostics.leave_one_out(pair)) or ()) if pair.count > 2 else (),
        radial=_sound(lambda: radial_ivw(pair)) if pair.count > 1 else None,
        f=_sound(lambda: tuple(float(value) for value in diagnostics.f_statistics(pair))) or (),
        i2_gx=_sound(lambda: diagnostics.i2_gx(pair)),
        rucker=_sound(lambda: rucker(pair)) if pair.count > 2 else None, direction=direction,
        presso=_sound(lambda: presso(pair, draws=draws, seed=seed)),
    )  # fmt: skip


def estimates(
    pair: Pair, people_exposure: float | None, people_outcome: float | None, draws: int, seed: int
) -> Iterable[Estimate]:
    """The estimators that the number of variants allows, IVW first."""
    methods: dict[str, Callable[[], Estimate]] = {"wald": lambda: wald(pair)}
    if pair.count > 1:
        methods = {
            "ivw": lambda: ivw(pair),
            "egger": lambda: egger(pair),
            "simple_median": lambda: median(pair, "simple", draws=draws, seed=seed),
            "weighted_median": lambda: median(pair, "weighted", draws=draws, seed=seed),
            "penalised_median": lambda: median(pair, "penalised", draws=draws, seed=seed),
            "simple_mode": lambda: mode(pair, "simple", draws=draws, seed=seed),
            "weighted_mode": lambda: mode(pair, "weighted", draws=draws, seed=seed),
            "maximum_likelihood": lambda: maximum_likelihood(pair),
            "divw": lambda: divw(pair),
            "pivw": lambda: pivw(pair),
            "raps": lambda: raps(pair, "huber")[0],
            "contamination_mixture": lambda: contamination_mixture(pair),
            "lasso": lambda: lasso(pair),
            "penalised_ivw": lambda: ivw(pair, penalised=True),
            "robust_ivw": lambda: robust_ivw(pair, seed=seed),
            "penalised_robust_ivw": lambda: robust_ivw(pair, penalised=True, seed=seed),
            "radial_ivw": lambda: radial_ivw(pair).estimate,
            "penalised_egger": lambda: egger(pair, penalised=True),
            "robust_egger": lambda: robust_egger(pair, seed=seed),
            "penalised_robust_egger": lambda: robust_egger(pair, penalised=True, seed=seed),
            "radial_egger": lambda: radial_egger(pair).estimate,
            "egger_simex": lambda: egger_simex(pair, draws=draws, seed=seed),
            "rucker": lambda: rucker_resampled(pair, draws=draws, seed=seed),
        }
        if people_exposure and people_outcome:
            people = min(people_exposure, people_outcome)
            methods["cml"] = lambda: cml(pair, people)
    if pair.count > MAX_SEARCHED:
        for name in ("lasso", "cml"):
            if methods.pop(name, None) is not None:
                limit = Convention(detail=f"at most {MAX_SEARCHED} variants")
                yield cannot(name, pair.count, limit, "too_many_variants")
    for name, method in methods.items():
        yield attempt(name, pair.count, method)


def attempt(name: str, count: int, method: Callable[[], Estimate]) -> Estimate:
    """The estimate, or the reason why the numbers of a file go beyond what floating point can hold."""
    with np.errstate(all="ignore"):
        try:
            found = method()
        except (ArithmeticError, np.linalg.LinAlgError, ValueError) as error:
            return cannot(name, count, Convention(detail=str(error) or type(error).__name__), "beyond_numbers")
    if _finite(found):
        return found
    detail = f"estimate {found.estimate}, SE {found.se}, p {found.p}"
    return cannot(name, count, msgspec.structs.replace(found.convention, detail=detail), "beyond_numbers")


def _sound(call: Callable[[], T]) -> T | None:
    """The result, or ``None`` where the numbers of a file go beyond what floating point can hold."""
    with np.errstate(all="ignore"):
        try:
            return call()
        except (ArithmeticError, np.linalg.LinAlgError, ValueError):
            return None


def _finite(found: Estimate) -> bool:
    numbers = (found.estimate, found.se, found.p)
    return all(number is None or math.isfinite(number) for number in numbers)
