"""Correlated variants: calcium and fasting glucose, six variants, against MendelianRandomization 0.10.0."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from mr_lipids import GOLDEN, pair

from anmin.errors import InputError
from anmin.evidence.mr.correlated import correlated_egger, correlated_ivw
from anmin.evidence.mr.pair import Array, Pair
from anmin.evidence.mr.regression import egger, ivw

CLOSE = 1e-8


def _calcium() -> tuple[Pair, Array]:
    table = GOLDEN["input_correlated"]
    bx, sx, by, sy = (np.array(table[name]) for name in ("calcium", "calciumse", "fastgluc", "fastglucse"))
    return Pair(bx=bx, sx=sx, by=by, sy=sy), np.array(table["rho"])


@pytest.mark.parametrize(("name", "model"), [("default", "default"), ("fixed", "fixed"), ("random", "multiplicative")])
def test_ivw(name: str, model: Any) -> None:
    theirs = GOLDEN["correlated"][f"ivw_correl_{name}"]
    found = correlated_ivw(*_calcium(), model)
    expected = (theirs["Estimate"], theirs["StdError"], theirs["RSE"], *theirs["Heter.Stat"])
    assert (found.estimate, found.se, found.residual_se, found.q, found.q_p) == pytest.approx(expected, abs=CLOSE)


def test_egger() -> None:
    theirs = GOLDEN["correlated"]["egger_correl"]
    found = correlated_egger(*_calcium(), distribution="normal")
    ours = (found.estimate, found.se, found.intercept, found.intercept_se, found.intercept_p, found.q)
    keys = ("Estimate", "StdError.Est", "Intercept", "StdError.Int", "Pvalue.Int")
    assert ours == pytest.approx((*(theirs[key] for key in keys), theirs["Heter.Stat"][0]), abs=CLOSE)


def test_maximum_likelihood_there_ignores_the_correlations() -> None:
    """The reference's maxlik returns one number with and without its matrix: a fact about it, not a target."""
    known = GOLDEN["correlated"]
    assert known["maxlik_correl"]["Estimate"] == known["maxlik_fixed"]["Estimate"]


def test_no_correlation_is_the_ordinary_estimate() -> None:
    data, none = pair("trig"), np.eye(28)
    for found, plain in ((correlated_ivw(data, none), ivw(data)), (correlated_egger(data, none), egger(data))):
        assert (found.estimate, found.se, found.p) == pytest.approx((plain.estimate, plain.se, plain.p), rel=1e-10)


@pytest.mark.parametrize("method", [correlated_ivw, correlated_egger])
def test_the_allele_that_is_counted_does_not_matter(method: Any) -> None:
    """Turning an allele turns its effects and its correlations; Egger has to turn the correlations back."""
    data, rho = _calcium()
    sign = np.array([1, -1, 1, -1, -1, 1.0])
    turned = Pair(bx=data.bx * sign, sx=data.sx, by=data.by * sign, sy=data.sy)
    one, two = method(data, rho), method(turned, rho * np.outer(sign, sign))
    assert (one.estimate, one.se, one.q) == pytest.approx((two.estimate, two.se, two.q), rel=1e-10)


def test_what_is_no_correlation_matrix_is_refused() -> None:
    data, rho = _calcium()
    lopsided, beyond, holed = rho.copy(), rho.copy(), rho.copy()
    lopsided[0, 1] += 0.1
    beyond[0, 1] = beyond[1, 0] = 1.5
    holed[0, 1] = holed[1, 0] = np.nan
    for bad in (rho[:5, :5], lopsided, beyond, holed, rho * 2):
        with pytest.raises(InputError, match="correlations"):
            correlated_ivw(data, bad)


def test_a_variant_that_stands_twice_has_no_solution() -> None:
    data = _calcium()[0].only(np.array([0, 1, 2, 2]))
    rho = np.eye(4)
    rho[2, 3] = rho[3, 2] = 1.0
    assert correlated_ivw(data, rho).why_not == "no_solution"
    assert correlated_egger(data, rho).why_not == "no_solution"
