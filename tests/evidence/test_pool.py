"""Pooling agrees with R's metafor (tests/golden) wherever the convention is the same.

Where R was run at tight tolerance the two agree to about 1e-13. Two things differ on purpose. With one study nothing is
said about heterogeneity and there is no prediction interval, where metafor says 0. And a few lists (predictions of a
regression, leave-one-out, influence, REML trim-and-fill) were stored at R's default tolerance, whose Fisher scoring
stops at a step of 1e-5 in τ²; there our figure is the root, which ``test_estimates_solve_their_equation`` shows.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anmin.errors import InputError
from anmin.evidence.influence import cumulative, influence, leave_one_out
from anmin.evidence.meta_regression import meta_regression, predict
from anmin.evidence.pool import Pooled, Test, pool
from anmin.evidence.small_studies import egger, line, pet_peese, rank_test, trim_and_fill
from anmin.evidence.tau2 import METHODS, Method, restricted_log_likelihood, tau2, weighted

GOLDEN: dict[str, Any] = json.loads((Path(__file__).parents[1] / "golden" / "meta-analysis.json").read_text())
SETS: dict[str, Any] = {**GOLDEN["datasets"], **GOLDEN["degenerate"]}
TESTS: dict[str, Test] = {"z": "z", "knha": "hartung_knapp", "adhoc": "hartung_knapp_ad_hoc"}
FITS = [(name, fit) for name, data in SETS.items() for fit in data["fit"]]


def inputs(name: str) -> tuple[list[float], list[float]]:
    data = SETS[name]["input"]
    one = not isinstance(data["yi"], list)
    return ([data["yi"]], [data["vi"]]) if one else (data["yi"], data["vi"])


def near(got: float | None, wanted: float | None, rel: float = 1e-8, floor: float = 1e-12) -> None:
    assert got is not None
    assert wanted is not None
    assert got == pytest.approx(wanted, rel=rel, abs=floor)


@pytest.mark.parametrize(("name", "fit"), FITS)
def test_fits_agree_with_metafor(name: str, fit: str) -> None:
    wanted = SETS[name]["fit"][fit]
    y, v = inputs(name)
    test = TESTS[fit.split("_")[1]]
    got = pool(y, v, method=wanted["method"], test=test, prediction="normal" if test == "z" else "k-1")
    near(got.effect, wanted["beta"])
    near(got.se, wanted["se"])
    near(got.low, wanted["ci_lb"])
    near(got.high, wanted["ci_ub"])
    if wanted["zval"] is not None:
        near(got.statistic, wanted["zval"])
        near(got.p, wanted["pval"], rel=3e-8)  # a tail multiplies the last digit of the statistic
    near(got.q, wanted["QE"])
    near(got.q_p, wanted["QEp"])
    if got.k > 1:
        near(got.tau2, wanted["tau2"])
        near(got.i2, wanted["I2"])
        near(got.h2, wanted["H2"])
    if got.k > 2 and wanted["pred"]["pi_lb"] is not None:
        near(got.prediction_low, wanted["pred"]["pi_lb"])
        near(got.prediction_high, wanted["pred"]["pi_ub"])
    if wanted["logLik"] is not None and got.k > 1:
        near(got.log_likelihood, wanted["logLik"], floor=1e-9)


@pytest.mark.parametrize("name", ["bcg", "hackshaw1998"])
@pytest.mark.parametrize(
    "method", [method for method in METHODS if method not in ("EE", "DL", "HE", "HS", "HSk", "SJ")]
)
def test_estimates_solve_their_equation(name: str, method: Method) -> None:
    y, v = inputs(name)
    t = tau2(y, v, method)
    if method in ("PM", "EB"):
        assert weighted(y, v, t)[2] == pytest.approx(len(y) - 1, rel=1e-12)
    if method == "REML":
        step = 1e-4 * t
        heights = [restricted_log_likelihood(y, v, x) for x in (t - step, t, t + step)]
        assert heights[1] == max(heights)


@pytest.mark.parametrize("name", ["bcg", "hackshaw1998"])
def test_q_profile_and_prediction_on_k_minus_2(name: str) -> None:
    y, v = inputs(name)
    for method in ("REML", "DL"):
        wanted = SETS[name][f"confint_Qprofile_{method}"]
        got = pool(y, v, method=method)  # type: ignore[arg-type]
        near(got.tau2_low, wanted["tau^2 ci.lb"], rel=1e-7)
        near(got.tau2_high, wanted["tau^2 ci.ub"], rel=1e-7)
    riley = SETS[name]["predict_riley_t"]
    got = pool(y, v, test="z", prediction="k-2")
    near(got.prediction_low, riley["pi_lb"], rel=1e-7)  # made by R at its default tolerance
    near(got.prediction_high, riley["pi_ub"], rel=1e-7)
    assert got.prediction_df == len(y) - 2


@pytest.mark.parametrize("name", ["bcg", "hackshaw1998"])
def test_small_study_lines(name: str) -> None:
    y, v = inputs(name)
    wanted = SETS[name]["regtest"]
    for predictor, found in (("sei", egger(y, v)), ("vi", line(y, v, "vi"))):
        golden = wanted[f"lm_{predictor}"]
        near(found.slope_t, golden["zval"])
        near(found.slope_p, golden["pval"])
        near(found.intercept, golden["est"])
        near(found.low, golden["ci_lb"])
        near(found.high, golden["ci_ub"])
        assert found.df == golden["dfs"]
    both = pet_peese(y, v)
    for part, key in ((both.pet, "pet_lm"), (both.peese, "peese_lm")):
        golden = SETS[name][key]
        near(part.intercept, golden["Estimate"][0])
        near(part.intercept_se, golden["Std. Error"][0])
        near(part.intercept_p, golden["Pr(>|t|)"][0])
    rank = rank_test(y, v)
    near(rank.tau, SETS[name]["ranktest"]["tau"])
    near(rank.p, SETS[name]["ranktest"]["pval"])


@pytest.mark.parametrize("name", ["bcg", "hackshaw1998"])
@pytest.mark.parametrize("method", ["EE", "DL", "REML"])
@pytest.mark.parametrize("estimator", ["L0", "R0", "Q0"])
def test_trim_and_fill(name: str, method: Method, estimator: Any) -> None:
    y, v = inputs(name)
    wanted = SETS[name]["trimfill"][f"{method}_{estimator}"]
    got = trim_and_fill(y, v, estimator=estimator, method=method)
    assert (got.missing, got.side) == (wanted["k0"], wanted["side"])
    # These REML fits were stored at R's default tolerance (1e-5 on τ²), the others are closed forms.
    rel = 2e-5 if method == "REML" else 1e-8
    near(got.pooled.effect, wanted["beta"], rel=rel)
    near(got.pooled.se, wanted["se"], rel=rel)
    near(got.pooled.tau2, wanted["tau2"], rel=rel)


@pytest.mark.parametrize("name", ["bcg", "hackshaw1998"])
def test_leave_one_out_cumulative_and_influence(name: str) -> None:
    y, v = inputs(name)
    for found, key in ((leave_one_out(y, v, test="z"), "leave1out_REML"), (cumulative(y, v, test="z"), "cumul_REML")):
        golden = SETS[name][key]
        for i, one in enumerate(found):
            near(one.effect, golden["estimate"][i], rel=2e-6)  # stored at R's default tolerance
            near(one.se, golden["se"][i], rel=2e-5)
            near(one.tau2 or 0.0, golden["tau2"][i], rel=2e-4, floor=1e-6)
    golden = SETS[name]["influence_REML"]
    for i, case in enumerate(influence(y, v)):
        near(case.residual, golden["rstudent"][i], rel=2e-5, floor=1e-6)
        near(case.shift, golden["dffits"][i], rel=2e-4, floor=1e-5)
        near(case.distance, golden["cook.d"][i], rel=2e-4, floor=1e-6)
        near(case.variance_ratio, golden["cov.r"][i], rel=2e-5)
        near(case.q_without, golden["QE.del"][i])
        near(case.weight, golden["weight"][i], rel=2e-5)


def moderators(key: str) -> list[list[float]]:
    raw = SETS["bcg"]["raw"]
    if key == "ablat":
        return [[x] for x in raw["ablat"]]
    if key == "ablat_year":
        return [[a, b] for a, b in zip(raw["ablat"], raw["year"], strict=True)]
    return [[float(x == "random"), float(x == "systematic")] for x in raw["alloc"]]


@pytest.mark.parametrize("fit", list(SETS["bcg"]["metareg"]))
@pytest.mark.parametrize("key", ["ablat", "ablat_year", "alloc"])
def test_meta_regression(fit: str, key: str) -> None:
    wanted = SETS["bcg"]["metareg"][fit][key]
    y, v = inputs("bcg")
    test = "z" if fit.endswith(" z") else "knapp_hartung"
    got = meta_regression(y, v, moderators(key), method=wanted["method"], test=test)  # type: ignore[arg-type]
    rel = 1e-7 if key == "ablat_year" else 1e-8  # years near 1950 lose a digit to cancellation, in R as here
    for i, one in enumerate(got.coefficients):
        near(one.value, wanted["beta"][i], rel=rel)
        near(one.se, wanted["se"][i], rel=rel)
        near(one.p, wanted["pval"][i], rel=1e-6)
        near(one.low, wanted["ci_lb"][i], rel=rel)
    near(got.tau2, wanted["tau2"], rel=rel)
    near(got.i2, wanted["I2"], rel=rel)
    near(got.q, wanted["QE"], rel=rel)
    near(got.moderators, wanted["QM"], rel=1e-7)
    near(got.moderators_p, wanted["QMp"], rel=1e-6)
    if wanted["R2"] is not None and wanted["method"] != "EE":
        near(got.r2, wanted["R2"], rel=1e-7)


def test_meta_regression_predicts_like_metafor() -> None:
    y, v = inputs("bcg")
    wanted = SETS["bcg"]["predict_ablat"]
    fit = meta_regression(y, v, moderators("ablat"), test="z")
    tight = SETS["bcg"]["metareg"]["REML z"]["ablat"]["beta"]
    for i, place in enumerate(wanted["newmods"]):
        made = predict(fit, [place])
        near(made.value, tight[0] + tight[1] * place)
        near(made.value, wanted["pred"][i], rel=1e-4)  # this list was stored at R's default tolerance
        near(made.se, wanted["se"][i], rel=1e-4)
        near(made.prediction_low, wanted["pi_lb"][i], rel=1e-4)


def test_one_study_is_itself_and_says_what_cannot_be_told() -> None:
    one = pool([0.3], [0.04])
    assert (one.effect, one.se, one.test) == (0.3, pytest.approx(0.2), "z")
    assert (one.tau2, one.i2, one.prediction_low) == (None, None, None)


def test_two_studies_get_one_degree_of_freedom_and_no_prediction() -> None:
    two = pool([0.3, 0.5], [0.04, 0.02])
    assert two.df == 1
    assert two.high - two.low > 2.0  # t on one degree: 12.7 standard errors
    assert two.prediction_low is None


numbers = st.floats(-1e3, 1e3, allow_nan=False)
spreads = st.floats(-4, 4).map(lambda x: 10.0**x)
studies = st.lists(st.tuples(numbers, spreads), min_size=2, max_size=12)


@settings(max_examples=150, deadline=None)
@given(studies, st.sampled_from(METHODS))
def test_no_estimator_fails_or_depends_on_order_or_scale(data: list[tuple[float, float]], method: Method) -> None:
    y, v = [d[0] for d in data], [d[1] for d in data]
    made = pool(y, v, method=method)
    assert made.tau2 is not None
    assert math.isfinite(made.effect)
    assert made.tau2 >= 0.0
    assert min(y) - 1e-9 <= made.effect <= max(y) + 1e-9
    again = pool(y[::-1], v[::-1], method=method)
    assert again.effect == pytest.approx(made.effect, rel=1e-6, abs=1e-6)
    bigger = pool([8.0 * yi for yi in y], [64.0 * vi for vi in v], method=method)
    assert bigger.tau2 == pytest.approx(64.0 * made.tau2, rel=1e-5, abs=1e-4)


@settings(deadline=None)
@given(studies)
def test_the_ad_hoc_rule_never_narrows(data: list[tuple[float, float]]) -> None:
    y, v = [d[0] for d in data], [d[1] for d in data]
    plain, wide = (pool(y, v, method="DL", test=test) for test in ("hartung_knapp", "hartung_knapp_ad_hoc"))
    assert wide.se >= plain.se
    assert wide.se >= pool(y, v, method="DL", test="z").se * (1 - 1e-12)


@pytest.mark.parametrize(
    ("y", "v"),
    [([], []), ([1.0], [0.0]), ([1.0], [-1.0]), ([math.nan], [1.0]), ([1.0, 2.0], [1.0]), ([1.0], [math.inf])],
)
def test_bad_input_is_named(y: list[float], v: list[float]) -> None:
    with pytest.raises(InputError, match=r"effects|variances"):
        pool(y, v)


def test_lines_need_studies_of_different_size() -> None:
    with pytest.raises(InputError, match="different size"):
        egger([0.1, 0.2, 0.4], [0.1, 0.1, 0.1])
    with pytest.raises(InputError, match="three or more"):
        egger([0.1, 0.2], [0.1, 0.2])
    with pytest.raises(InputError, match="more than"):
        meta_regression([0.1, 0.2], [0.1, 0.2], [[1.0], [2.0]])


def test_pooled_is_frozen_data() -> None:
    import msgspec

    made = pool(*inputs("bcg"))
    assert msgspec.json.decode(msgspec.json.encode(made), type=Pooled) == made
