"""Tail areas and quantiles against values that are known independently of this code."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anmin.evidence.distributions import (
    chi2_p,
    chi2_quantile,
    f_p,
    find_root,
    normal_p,
    normal_quantile,
    t_p,
    t_quantile,
)


def test_normal_matches_published_digits() -> None:
    # Abramowitz & Stegun, table 26.5 and 26.1
    assert normal_quantile(0.975) == pytest.approx(1.959963984540054, abs=1e-14)
    assert normal_quantile(0.9995) == pytest.approx(3.290526731491926, abs=1e-13)
    assert normal_p(1.959963984540054) == pytest.approx(0.05, rel=1e-14)


@pytest.mark.parametrize("t", [0.01, 0.7, 2.5, 12.0, 300.0])
def test_t_with_one_and_two_degrees_has_a_closed_form(t: float) -> None:
    assert t_p(t, 1) == pytest.approx(2 * math.atan2(1, t) / math.pi, rel=1e-12)
    assert t_p(t, 2) == pytest.approx(2 / (2 + t * t) / (1 + t / math.sqrt(2 + t * t)), rel=1e-9)


@pytest.mark.parametrize(("df", "wanted"), [(1, 12.706204736174694), (2, 4.302652729749462), (12, 2.17881282966723)])
def test_t_quantile(df: float, wanted: float) -> None:
    assert t_quantile(0.975, df) == pytest.approx(wanted, rel=1e-12)
    assert t_quantile(0.025, df) == pytest.approx(-wanted, rel=1e-12)


@pytest.mark.parametrize("x", [1e-6, 0.4, 3.0, 40.0, 400.0])
def test_chi_square_with_two_degrees_is_exponential(x: float) -> None:
    assert chi2_p(x, 2) == pytest.approx(math.exp(-x / 2), rel=1e-12)
    assert chi2_p(x, 1) == pytest.approx(normal_p(math.sqrt(x)), rel=1e-11)


@settings(deadline=None)
@given(st.floats(0.001, 0.999), st.floats(0.5, 300))
def test_quantiles_undo_areas(p: float, df: float) -> None:
    assert chi2_p(chi2_quantile(p, df), df) == pytest.approx(1 - p, rel=1e-9)
    t = t_quantile(p, df)
    assert t_p(t, df) == pytest.approx(2 * min(p, 1 - p), rel=1e-9)


@settings(deadline=None)
@given(st.floats(0.01, 50), st.integers(1, 60))
def test_f_with_one_numerator_degree_is_t_squared(t: float, df: int) -> None:
    assert f_p(t * t, 1, df) == pytest.approx(t_p(t, df), rel=1e-9)


@settings(deadline=None)
@given(st.floats(-1e6, 1e6))
def test_root_is_found_wherever_it_lies(root: float) -> None:
    found = find_root(lambda x: math.atan(x - root), -2e6, 3e6)
    assert found == pytest.approx(root, rel=1e-12, abs=1e-9)
