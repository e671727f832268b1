"""The quadrature agrees with closed forms, with brute force, and with what a prior must do."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anmin.errors import InputError
from anmin.evidence.bayes import posterior
from anmin.evidence.pool import pool

Y, V = [-0.89, -1.59, -1.35, -1.44, -0.22, -0.79, -1.62, 0.01], [0.33, 0.19, 0.42, 0.02, 0.05, 0.007, 0.22, 0.004]


def test_without_heterogeneity_it_is_the_normal_posterior() -> None:
    made = posterior(Y, V, tau_scale=1e-6, spread=2.0)
    precision = 1 / 4 + sum(1 / v for v in V)
    assert made.mean == pytest.approx(sum(y / v for y, v in zip(Y, V, strict=True)) / precision, rel=1e-7)
    assert made.sd == pytest.approx(precision**-0.5, rel=1e-7)
    assert made.high - made.low == pytest.approx(2 * 1.959963984540054 * made.sd, rel=1e-6)


def test_against_brute_force_on_a_dense_plane() -> None:
    made = posterior(Y, V, tau_scale=0.5, spread=1.0)
    weight = total = square = taus = 0.0
    for i in range(400):
        tau = 3.0 * (i + 0.5) / 400
        for j in range(400):
            mu = -3.0 + 5.0 * (j + 0.5) / 400
            height = -0.5 * mu * mu - 0.5 * (tau / 0.5) ** 2
            height -= 0.5 * sum(
                (y - mu) ** 2 / (v + tau * tau) + math.log(v + tau * tau) for y, v in zip(Y, V, strict=True)
            )
            density = math.exp(height)
            weight, total, square = weight + density, total + density * mu, square + density * mu * mu
            taus += density * tau
    mean = total / weight
    assert made.mean == pytest.approx(mean, abs=1e-4)
    assert made.sd == pytest.approx(math.sqrt(square / weight - mean * mean), abs=1e-4)
    assert made.tau == pytest.approx(taus / weight, abs=1e-4)


def test_flat_priors_come_near_the_classical_pool() -> None:
    draw = random.Random(2)
    v = [draw.uniform(0.5, 2) for _ in range(40)]
    y = [draw.gauss(3.0, math.sqrt(1.0 + vi)) for vi in v]
    made, classical = posterior(y, v, tau_scale=100.0, spread=1e4), pool(y, v)
    assert made.mean == pytest.approx(classical.effect, abs=0.05)
    assert made.sd == pytest.approx(classical.se, rel=0.1)
    assert classical.tau2 is not None
    assert made.tau == pytest.approx(math.sqrt(classical.tau2), rel=0.15)


@settings(deadline=None, max_examples=20)
@given(st.floats(1, 20), st.floats(0.5, 6), st.floats(0.5, 10))
def test_a_sceptical_prior_pulls_and_never_past_nothing(effect: float, se: float, spread: float) -> None:
    tight = posterior([effect], [se * se], tau_scale=1.0, spread=spread)
    wide = posterior([effect], [se * se], tau_scale=1.0, spread=4 * spread)
    assert 0 < tight.mean < wide.mean < effect + 1e-9
    assert tight.next_above(0.0) <= tight.above(0.0) + 1e-9  # a new setting is less sure than the average
    assert tight.low < tight.mean < tight.high


@pytest.mark.parametrize("bad", [{"tau_scale": 0.0, "spread": 1.0}, {"tau_scale": 1.0, "spread": math.nan}])
def test_bad_priors_are_named(bad: dict[str, float]) -> None:
    with pytest.raises(InputError, match=r"tau_scale|spread"):
        posterior(Y, V, **bad)
