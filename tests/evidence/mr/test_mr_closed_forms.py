"""Closed forms agree with MendelianRandomization 0.10.0 to 1e-8 wherever the convention is the same."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from mr_lipids import GOLDEN, TRAITS, pair, reference

from anmin.evidence.mr import diagnostics
from anmin.evidence.mr.debiased import divw, pivw
from anmin.evidence.mr.lasso import lasso
from anmin.evidence.mr.model import Estimate
from anmin.evidence.mr.pair import Pair
from anmin.evidence.mr.regression import egger, ivw, wald

CLOSE = 1e-8

IVW: dict[str, Callable[[Pair], Estimate]] = {
    "ivw_default_pen0_rob0": lambda p: ivw(p),
    "ivw_fixed_pen0_rob0": lambda p: ivw(p, "fixed"),
    "ivw_random_pen0_rob0": lambda p: ivw(p, "multiplicative"),
    "ivw_random_pen1_rob0": lambda p: ivw(p, penalised=True),
    "ivw_fixed_pen1_rob0": lambda p: ivw(p, "fixed", penalised=True),
    "ivw_delta": lambda p: ivw(p, weights="delta2"),
    "ivw_delta_psi03": lambda p: ivw(p, weights="delta2", covariance=0.3),
    "ivw_t": lambda p: ivw(p, distribution="t"),
    "divw": divw,
    "divw_nod": lambda p: divw(p, overdispersed=False),
    "lasso": lasso,
}


@pytest.mark.parametrize("trait", TRAITS)
@pytest.mark.parametrize("name", IVW)
def test_ivw_divw_and_lasso(trait: str, name: str) -> None:
    found, theirs = IVW[name](pair(trait)), reference(trait, name)
    for ours, key in (("estimate", "Estimate"), ("se", "StdError"), ("low", "CILower"), ("high", "CIUpper")):
        assert getattr(found, ours) == pytest.approx(theirs[key], abs=CLOSE)
    assert found.p == pytest.approx(theirs["Pvalue"], rel=1e-6)
    if name.startswith("ivw"):
        assert found.residual_se == pytest.approx(theirs["RSE"], abs=CLOSE)


@pytest.mark.parametrize("trait", TRAITS)
@pytest.mark.parametrize(("name", "options"), [
    ("egger_pen0_rob0", {"distribution": "normal"}), ("egger_t", {}),
    ("egger_pen1_rob0", {"distribution": "normal", "penalised": True}),
])  # fmt: skip
def test_egger(trait: str, name: str, options: dict[str, Any]) -> None:
    found, theirs = egger(pair(trait), **options), reference(trait, name)
    ours = (found.estimate, found.se, found.p, found.intercept, found.intercept_se, found.intercept_p)
    keys = ("Estimate", "StdError.Est", "Pvalue.Est", "Intercept", "StdError.Int", "Pvalue.Int")
    assert ours == pytest.approx(tuple(theirs[key] for key in keys), abs=CLOSE)
    assert diagnostics.i2_gx(pair(trait)) == pytest.approx(theirs["I.sq"], abs=CLOSE)


@pytest.mark.parametrize("trait", TRAITS)
@pytest.mark.parametrize("name", ["pivw", "pivw_nod"])
def test_pivw_estimate_and_error(trait: str, name: str) -> None:
    """Its p and interval there are a bootstrap of Fieller's; ours are normal, and say so."""
    found, theirs = pivw(pair(trait), overdispersed=name == "pivw"), reference(trait, name)
    assert (found.estimate, found.se) == pytest.approx((theirs["Estimate"], theirs["StdError"]), abs=CLOSE)
    assert found.tuning == pytest.approx(theirs["Condition"], abs=CLOSE)


@pytest.mark.parametrize("trait", ["ldlc", "trig"])
def test_lasso_at_a_given_penalty(trait: str) -> None:
    found, theirs = lasso(pair(trait), 0.3), reference(trait, "lasso_lambda0.3")
    assert (found.estimate, found.se) == pytest.approx((theirs["Estimate"], theirs["StdError"]), abs=CLOSE)


def test_leave_one_out_and_q() -> None:
    found = diagnostics.leave_one_out(pair("ldlc"))
    for ours, (estimate, se) in zip(found, GOLDEN["loo_ivw_ldlc"], strict=True):
        assert (ours.estimate, ours.se) == pytest.approx((estimate, se), abs=CLOSE)
    q, p = reference("ldlc", "ivw_fixed_pen0_rob0")["Heter.Stat"]
    whole = ivw(pair("ldlc"))
    assert (whole.q, whole.q_p) == pytest.approx((q, p), rel=1e-9)
    assert len(diagnostics.single_variants(pair("ldlc"))) == 28


@pytest.mark.parametrize("first", [1, 2, 3, 4])
def test_few_variants_answer_honestly(first: int) -> None:
    few, theirs = pair("ldlc", first), GOLDEN["edge"][f"first{first}"]
    found = ivw(few)
    assert (found.estimate, found.se) == pytest.approx(
        (theirs["ivw"]["Estimate"], theirs["ivw"]["StdError"]), abs=CLOSE
    )
    slope = egger(few, distribution="normal")
    if first < 3:
        assert slope.estimate is None
        assert slope.why_not == "too_few_variants"
    else:
        assert slope.estimate == pytest.approx(theirs["egger"]["Estimate"], abs=CLOSE)
        assert slope.se == pytest.approx(theirs["egger"]["StdError.Est"], abs=CLOSE)
    if first == 1:
        assert (found.estimate, found.se) == pytest.approx((wald(few).estimate, wald(few).se))


def test_a_floor_of_none_lets_the_error_shrink_and_one_does_not() -> None:
    """TwoSampleMR's mr_ivw_mre has no floor, so that under-dispersion gives less than the fixed error."""
    few = pair("ldlc", 4)
    fixed, floored, free = ivw(few, "fixed"), ivw(few), ivw(few, floor=None)
    assert floored.se == fixed.se
    assert free.se is not None
    assert fixed.se is not None
    assert free.se < fixed.se
    assert (floored.convention.floor, free.convention.floor) == (1.0, None)


def test_the_scale_of_the_exposure_divides_out() -> None:
    one = pair("trig")
    ten = Pair(bx=one.bx * 10, sx=one.sx * 10, by=one.by, sy=one.sy)
    for method in (ivw, egger, divw, pivw):
        first, second = method(one), method(ten)
        assert first.estimate is not None
        assert second.estimate == pytest.approx(first.estimate / 10, rel=1e-9)
        assert second.p == pytest.approx(first.p, rel=1e-6)


def test_steiger_needs_no_floor_for_p() -> None:
    strong = diagnostics.steiger(np.array([60.0]), 100_000, np.array([4.0]), 100_000)
    assert strong.as_assumed
    assert 300 < strong.neg_log10_p < math.inf
    turned = diagnostics.steiger(np.array([4.0]), 100_000, np.array([60.0]), 100_000)
    assert not turned.as_assumed
    assert turned.neg_log10_p == pytest.approx(strong.neg_log10_p)


def test_p_from_a_printed_interval() -> None:
    """OR 0.869 (0.763 to 0.990): p 0.0346, above 0.05/15."""
    middle, se, p = diagnostics.p_of_interval(0.869, 0.763, 0.990)
    assert (middle, se, p) == pytest.approx((-0.1404, 0.0664, 0.0346), abs=5e-5)
    assert p > 0.05 / 15
