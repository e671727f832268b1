"""Robust and penalised regression against R's lmrob: its numbers are facts, its search stops at 1e-7 of the slope."""

from __future__ import annotations

import math

import numpy as np
import pytest
from mr_lipids import TRAITS, pair, reference

from anmin.evidence.mr.mm import BREAKDOWN, TUNE_SCALE, drawn_starts, m_scale, mm_regression
from anmin.evidence.mr.pair import Pair
from anmin.evidence.mr.regression import egger, ivw
from anmin.evidence.mr.robust import robust_egger, robust_ivw

LOOSE = 4e-6
"""lmrob refines its scale to about 1e-6 of itself and says so; ours goes on to the last digits."""


@pytest.mark.parametrize("trait", TRAITS)
@pytest.mark.parametrize("penalised", [False, True])
def test_robust_ivw(trait: str, penalised: bool) -> None:
    for model, ours in (("fixed", "fixed"), ("random", "multiplicative")):
        theirs = reference(trait, f"ivw_{model}_pen{penalised:d}_rob1")
        found = robust_ivw(pair(trait), ours, penalised=penalised)  # type: ignore[arg-type]
        expected = (theirs["Estimate"], theirs["StdError"], theirs["RSE"])
        assert (found.estimate, found.se, found.residual_se) == pytest.approx(expected, rel=LOOSE)
        assert found.convention.se == "sandwich"
        assert found.residual_se is not None
        # The S-estimate has the smallest scale: a deterministic search may not end above a drawn one.
        assert found.residual_se <= theirs["RSE"] * (1 + 1e-10)


@pytest.mark.parametrize("trait", TRAITS)
@pytest.mark.parametrize("penalised", [False, True])
def test_robust_egger(trait: str, penalised: bool) -> None:
    theirs = reference(trait, f"egger_pen{penalised:d}_rob1")
    found = robust_egger(pair(trait), penalised=penalised, distribution="normal")
    ours = (found.estimate, found.se, found.intercept, found.intercept_se, found.residual_se)
    keys = ("Estimate", "StdError.Est", "Intercept", "StdError.Int", "RSE")
    assert ours == pytest.approx(tuple(theirs[key] for key in keys), rel=LOOSE)
    assert found.residual_se is not None
    assert found.residual_se <= theirs["RSE"] * (1 + 1e-10)


def test_one_wild_variant_pulls_least_squares_and_not_the_robust_line() -> None:
    random = np.random.default_rng(4)
    bx, s = random.uniform(0.05, 0.2, 30), np.full(30, 0.01)
    by = 0.5 * bx + random.normal(0, 0.01, 30)
    clean = Pair(bx=bx, sx=s / 2, by=by, sy=s)
    by = by.copy()
    by[np.argsort(bx)[-3:]] -= 1.0
    spoilt = Pair(bx=bx, sx=s / 2, by=by, sy=s)
    before, after, plain = robust_ivw(clean).estimate, robust_ivw(spoilt), ivw(spoilt).estimate
    assert before is not None
    assert after.estimate is not None
    assert plain is not None
    assert abs(after.estimate - before) < 0.05
    assert abs(plain - before) > 0.5
    assert set(after.left_out) == set(np.argsort(bx)[-3:])
    line, wild = robust_egger(spoilt).estimate, egger(spoilt).estimate
    assert line is not None
    assert wild is not None
    assert abs(line - 0.5) < 0.2 < abs(wild - 0.5)


def test_the_scale_solves_its_equation_and_follows_its_unit() -> None:
    values = np.random.default_rng(2).normal(size=50)
    scale = m_scale(values, 2)
    rho = 1.0 - (1.0 - np.minimum((values / scale / TUNE_SCALE) ** 2, 1.0)) ** 3
    assert float(np.sum(rho)) / 48 == pytest.approx(BREAKDOWN, abs=1e-13)
    assert m_scale(1e6 * values, 2) == pytest.approx(1e6 * scale, rel=1e-12)
    assert m_scale(np.zeros(10), 1) == 0.0


def test_few_or_exact_variants_are_refused_with_a_reason() -> None:
    assert robust_ivw(pair("ldlc", 2)).why_not == "too_few_variants"
    assert robust_egger(pair("ldlc", 3)).why_not == "too_few_variants"
    x = np.array([0.1, 0.2, 0.3, 0.4])
    exact = Pair(bx=x, sx=x / 10, by=2 * x, sy=x / 10)
    assert robust_ivw(exact).why_not == "no_solution"
    assert mm_regression(np.zeros((5, 1)), np.ones(5)) is None


def test_a_seed_counts_only_where_there_are_too_many_subsets_to_try() -> None:
    assert not drawn_starts(28, 2)
    assert drawn_starts(400, 2)
    assert robust_egger(pair("trig")).convention.seed is None
    assert robust_egger(pair("trig"), seed=1) == robust_egger(pair("trig"), seed=2)
    assert math.comb(28, 2) == 378


def test_penalised_least_squares_has_its_own_name() -> None:
    assert ivw(pair("trig"), penalised=True).method == "penalised_ivw"
    assert egger(pair("trig"), penalised=True).method == "penalised_egger"
