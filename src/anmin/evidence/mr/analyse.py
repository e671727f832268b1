"""One exposure, one outcome: every estimator and every check, from the harmonised variants."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
import numpy as np

from anmin.evidence.mr import diagnostics
from anmin.evidence.mr.constrained import cml
from anmin.evidence.mr.debiased import divw, pivw
from anmin.evidence.mr.lasso import lasso
from anmin.evidence.mr.likelihood import maximum_likelihood, raps
from anmin.evidence.mr.medians import median
from anmin.evidence.mr.mixture import contamination_mixture
from anmin.evidence.mr.model import Estimate, Matched
from anmin.evidence.mr.modes import mode
from anmin.evidence.mr.pair import Pair, pair_of
from anmin.evidence.mr.presso import Presso, presso
from anmin.evidence.mr.regression import egger, ivw, wald


class Analysis(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that one pair of tables can say. Leave-one-out and single variants follow ``used``."""

    matched: tuple[Matched, ...]
    used: tuple[str, ...]
    estimates: tuple[Estimate, ...]
    single: tuple[Estimate, ...] = ()
    without_one: tuple[Estimate, ...] = ()
    f: tuple[float, ...] = ()
    i2_gx: float | None = None
    rucker: diagnostics.Rucker | None = None
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
        direction = diagnostics.steiger(pair.bx / pair.sx, people_exposure, pair.by / pair.sy, people_outcome)
    return Analysis(
        matched=rows, used=pair.snps, estimates=tuple(estimates(pair, people_exposure, people_outcome, draws, seed)),
        single=diagnostics.single_variants(pair),
        without_one=diagnostics.leave_one_out(pair) if pair.count > 2 else (),
        f=tuple(float(value) for value in diagnostics.f_statistics(pair)), i2_gx=diagnostics.i2_gx(pair),
        rucker=diagnostics.rucker(pair) if pair.count > 2 else None, direction=direction,
        presso=presso(pair, draws=draws, seed=seed),
    )  # fmt: skip


def estimates(
    pair: Pair, people_exposure: float | None, people_outcome: float | None, draws: int, seed: int
) -> Iterable[Estimate]:
    """The estimators that the number of variants allows, IVW first."""
    if pair.count == 1:
        yield wald(pair)
        return
    yield ivw(pair)
    yield egger(pair)
    for kind in ("simple", "weighted", "penalised"):
        yield median(pair, kind, draws=draws, seed=seed)
    yield mode(pair, "simple", draws=draws, seed=seed)
    yield mode(pair, "weighted", draws=draws, seed=seed)
    yield maximum_likelihood(pair)
    yield divw(pair)
    yield pivw(pair)
    yield raps(pair, "huber")[0]
    yield contamination_mixture(pair)
    if people_exposure and people_outcome:
        yield cml(pair, min(people_exposure, people_outcome))
    with np.errstate(all="ignore"):
        yield lasso(pair)
