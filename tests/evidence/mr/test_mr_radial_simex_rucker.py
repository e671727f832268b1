"""Radial, SIMEX and Rücker: against exact optima, identities and what is true by construction."""

from __future__ import annotations

import math

import numpy as np
import pytest
from mr_lipids import DEFECTS, TRAITS, pair

from anmin.evidence.mr.diagnostics import i2_gx
from anmin.evidence.mr.pair import Pair
from anmin.evidence.mr.radial import radial_egger, radial_ivw
from anmin.evidence.mr.regression import egger, ivw
from anmin.evidence.mr.rucker import rucker, rucker_resampled
from anmin.evidence.mr.simex import egger_simex


def _drawn(count: int, noise: float, slope: float = 0.4, direct: float = 0.0, seed: int = 1) -> Pair:
    random = np.random.default_rng(seed)
    truth = random.uniform(0.02, 0.2, count)
    sx, sy = np.full(count, noise), np.full(count, 0.005)
    return Pair(
        bx=truth + random.normal(0, sx), sx=sx, by=direct + slope * truth + random.normal(0, sy), sy=sy
    )  # fmt: skip


@pytest.mark.parametrize("trait", TRAITS)
def test_radial_ivw_with_first_order_weights_is_ivw_and_its_parts_are_q(trait: str) -> None:
    found, plain = radial_ivw(pair(trait), "first"), ivw(pair(trait), "multiplicative")
    assert (found.estimate.estimate, found.estimate.se) == pytest.approx((plain.estimate, plain.se), rel=1e-12)
    assert math.fsum(found.parts) == pytest.approx(plain.q, rel=1e-12)
    assert found.outliers == tuple(i for i, p in enumerate(found.p) if p < 0.05 / 28)


@pytest.mark.parametrize("trait", TRAITS)
def test_exact_modified_weights_find_the_smallest_q(trait: str) -> None:
    """Modified Q is the profile deviance: its minimum is the exact maximum likelihood."""
    found = radial_ivw(pair(trait), "exact").estimate
    exact = DEFECTS["maximum_likelihood"]["values"][f"{trait}_chd"]
    assert found.estimate == pytest.approx(exact["exact"], abs=2e-8)
    assert found.q == pytest.approx(2 * exact["nll_exact"], rel=1e-10)


@pytest.mark.parametrize("trait", TRAITS)
def test_iterated_weights_are_the_weights_of_their_own_slope(trait: str) -> None:
    data, found = pair(trait), radial_ivw(pair(trait), "iterated").estimate
    assert found.estimate is not None
    w = data.bx**2 / (data.sy**2 + found.estimate**2 * data.sx**2)
    assert found.estimate == pytest.approx(float(np.sum(w * data.by / data.bx) / np.sum(w)), rel=1e-12)


def test_radial_egger_does_not_depend_on_which_allele_is_counted() -> None:
    data = pair("ldlc")
    sign = np.where(np.arange(28) % 3 == 0, -1.0, 1.0)
    turned = Pair(bx=data.bx * sign, sx=data.sx, by=data.by * sign, sy=data.sy)
    assert radial_egger(data) == radial_egger(turned)
    x, y = np.abs(data.bx) / data.sy, data.by * np.sign(data.bx) / data.sy
    slope, intercept = np.polyfit(x, y, 1)
    found = radial_egger(data).estimate
    assert (found.estimate, found.intercept) == pytest.approx((slope, intercept), rel=1e-9)


def test_a_planted_outlier_is_named() -> None:
    data = _drawn(40, 0.001)
    by = data.by.copy()
    by[7] += 0.05
    spoilt = Pair(bx=data.bx, sx=data.sx, by=by, sy=data.sy)
    assert radial_ivw(spoilt).outliers == (7,)
    assert radial_egger(spoilt).outliers == (7,)


def test_simex_takes_most_of_the_dilution_away() -> None:
    """Egger falls a fifth short of 0.4; the parabola gives most of it back."""
    diluted, freed = [], []
    for seed in range(20):
        data = _drawn(200, 0.035, seed=seed)
        assert (i2_gx(data) or 0) < 0.9
        diluted.append(egger(data).estimate)
        freed.append(egger_simex(data, draws=200, seed=seed).estimate)
    far, near = 0.4 - np.mean(np.array(diluted, float)), 0.4 - np.mean(np.array(freed, float))
    assert far > 0.07
    assert abs(near) < 0.35 * far


def test_simex_without_errors_is_egger_and_repeats_with_its_seed() -> None:
    data = _drawn(30, 0.01)
    exact = Pair(bx=data.bx, sx=np.zeros(30), by=data.by, sy=data.sy)
    found, plain = egger_simex(exact), egger(exact, floor=None)
    assert (found.estimate, found.se, found.intercept) == pytest.approx((plain.estimate, plain.se, plain.intercept))
    assert egger_simex(data) == egger_simex(data)
    assert egger_simex(data, seed=2).estimate != egger_simex(data).estimate
    assert egger_simex(pair("ldlc", 3)).why_not == "too_few_variants"


def test_simex_on_the_lipids_moves_away_from_zero() -> None:
    for trait in TRAITS:
        found, plain = egger_simex(pair(trait)).estimate, egger(pair(trait)).estimate
        assert found is not None
        assert plain is not None
        assert abs(found) > abs(plain)


@pytest.mark.parametrize(("direct", "chosen"), [(0.0, "ivw_fixed"), (0.02, "egger_fixed")])
def test_rucker_chooses_the_model_the_data_were_drawn_from(direct: float, chosen: str) -> None:
    data = _drawn(60, 1e-6, direct=direct)
    found = rucker(data)
    assert found is not None
    assert found.chosen == chosen
    drawn = rucker_resampled(data)
    assert drawn.low is not None
    assert drawn.high is not None
    assert drawn.low < 0.4 < drawn.high


def test_resampling_counts_every_choice_and_says_how_unsure_it_is() -> None:
    found = rucker_resampled(pair("ldlc"), draws=500)
    counts = [int(part.rsplit(" ", 1)[1]) for part in found.convention.detail.removeprefix("chosen: ").split(", ")]
    assert sum(counts) == 500
    assert min(counts[1], counts[3]) > 100  # IVW or Egger: these 28 variants do not settle it
    assert found.p is not None
    assert found.p > 1 / 501
    assert rucker_resampled(pair("ldlc", 3)).why_not == "too_few_variants"
