"""−log10 p far below where p underflows, and what instruments can find."""

from __future__ import annotations

import doctest
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anmin.evidence.mr import power, tails


@given(st.floats(0.01, 300.0))
def test_there_and_back(z: float) -> None:
    assert tails.z_of(tails.neg_log10_p(z)) == pytest.approx(z, rel=1e-9)


def test_the_two_ways_meet() -> None:
    assert tails.neg_log10_p(29.9999999) == pytest.approx(tails.neg_log10_p(30.0), rel=1e-7)
    assert math.isfinite(tails.z_of(5000.0))


def test_power_is_what_a_simulation_counts() -> None:
    se = power.se_of_log_odds(0.018, 400_000, 0.02)
    effect = power.smallest_effect(se)
    z = np.random.default_rng(1).normal(effect / se, 1.0, 200_000)
    assert np.mean(np.abs(z) > 1.959964) == pytest.approx(0.8, abs=0.005)
    assert power.power(effect, se) == pytest.approx(0.8, abs=1e-6)
    assert power.power(0.0, se) == pytest.approx(0.05)


def test_examples() -> None:
    for module in (tails, power):
        assert doctest.testmod(module).failed == 0
