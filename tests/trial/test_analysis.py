"""The analysis holds its error rate, is exact where an exact answer is known, and repeats to the bit."""

from __future__ import annotations

import numpy as np
import pytest

from anmin.errors import InputError
from anmin.evidence.distributions import t_p
from anmin.trial.analysis import Nights, _t_cdf, posterior, randomisation_p
from anmin.trial.schedule import Design, all_schedules, draw

PAIRS = Design(arms=("off", "on"), blocks=14, block_nights=4)


def simulate(seed: int, phi: float, effect: float = 0.0, missing: float = 0.1, sd: float = 20.0) -> Nights:
    """56 nights in 14 blocks of four, AR(1) noise, a trend of half and a weekend shift of 0.3 standard deviations."""
    rng = np.random.default_rng(seed)
    n = PAIRS.nights
    noise = np.empty(n)
    noise[0] = rng.standard_normal()
    for t in range(1, n):
        noise[t] = phi * noise[t - 1] + np.sqrt(1 - phi**2) * rng.standard_normal()
    treated = np.repeat(draw(PAIRS, seed), PAIRS.block_nights)
    weekend = (np.arange(n) % 7 >= 5).astype(int)
    outcome = 40 + sd * (noise + 0.5 * np.arange(n) / n + 0.3 * weekend) + effect * treated
    kept = np.flatnonzero(rng.random(n) >= missing)
    return Nights(
        index=tuple(kept.tolist()),
        outcome=tuple(outcome[kept].tolist()),
        treated=tuple(treated[kept].tolist()),
        weekend=tuple(weekend[kept].tolist()),
    )


def treated_sets(nights: Nights) -> np.ndarray:
    every = np.array(list(all_schedules(PAIRS)), dtype=float)
    return np.repeat(every, PAIRS.block_nights, axis=1)[:, list(nights.index)]


def test_without_autocorrelation_the_grid_point_zero_is_ordinary_least_squares() -> None:
    nights = simulate(1, 0.0)
    made = posterior(nights)
    at_zero = int(np.argmin(np.abs(np.array(made.phi))))
    assert made.phi[at_zero] == pytest.approx(0, abs=1e-12)
    index = np.array(nights.index, dtype=float)
    trend = (index - index[0]) / (index[-1] - index[0])
    design = np.column_stack([np.ones_like(index), nights.treated, trend, nights.weekend])
    solved, rss, *_ = np.linalg.lstsq(design, np.array(nights.outcome), rcond=None)
    error = np.sqrt(rss[0] / made.df * np.linalg.inv(design.T @ design)[1, 1])
    assert made.centre[at_zero] == pytest.approx(solved[1], rel=1e-10)
    assert made.scale[at_zero] == pytest.approx(error, rel=1e-10)


def test_each_grid_point_is_generalised_least_squares_with_the_full_covariance() -> None:
    nights = simulate(2, 0.4)
    made = posterior(nights)
    index = np.array(nights.index, dtype=float)
    design = np.column_stack([np.ones_like(index), nights.treated, index, nights.weekend])
    outcome = np.array(nights.outcome)
    log_likelihood = []
    for phi, centre in zip(made.phi, made.centre, strict=True):
        covariance = np.sign(phi) ** np.abs(index[:, None] - index) * np.abs(phi) ** np.abs(index[:, None] - index)
        np.fill_diagonal(covariance, 1.0)
        covariance /= 1 - phi**2
        inverse = np.linalg.inv(covariance)
        gram = design.T @ inverse @ design
        solved = np.linalg.solve(gram, design.T @ inverse @ outcome)
        assert centre == pytest.approx(solved[1], rel=1e-8)
        rest = outcome - design @ solved
        log_likelihood.append(
            -0.5 * np.linalg.slogdet(covariance)[1]
            - 0.5 * np.linalg.slogdet(gram)[1]
            - made.df / 2 * np.log(rest @ inverse @ rest)
            - 0.5 * np.log(1 - phi**2)  # the prior
        )
    weight = np.exp(np.array(log_likelihood) - max(log_likelihood))
    assert np.allclose(made.weight, weight / weight.sum(), rtol=1e-6, atol=1e-12)


def test_the_quantiles_invert_the_distribution_and_repeat_to_the_bit() -> None:
    made = posterior(simulate(3, 0.2))
    for probability in (0.025, 0.2, 0.5, 0.975):
        assert made.below(made.quantile(probability)) == pytest.approx(probability, abs=1e-12)
    assert made == posterior(simulate(3, 0.2))


@pytest.mark.parametrize("phi", [0.0, 0.3])
def test_five_percent_means_five_percent(phi: float) -> None:
    """400 null trials: the count of 95 % intervals that miss zero must lie in the binomial 99.9 % range of 5 %."""
    misses = sum(1 for seed in range(400) if not 0.025 < posterior(simulate(seed, phi)).below(0.0) < 0.975)
    assert 8 <= misses <= 36


def test_the_randomisation_test_is_exact_on_its_own_set() -> None:
    """Over every admissible schedule of one fixed series, p ≤ α in at most a share α of them: the definition."""
    nights = simulate(5, 0.5, missing=0.0)
    sets = treated_sets(nights)
    made = [
        randomisation_p(
            Nights(index=nights.index, outcome=nights.outcome, treated=tuple(map(int, row)), weekend=nights.weekend),
            sets,
        )
        for row in sets
    ]
    for alpha in (0.05, 0.1, 0.5):
        assert np.mean(np.array(made) <= alpha) <= alpha
    assert min(made) == pytest.approx(2 / len(sets))


def test_a_large_effect_is_found_and_its_sign_is_right() -> None:
    nights = simulate(6, 0.15, effect=-30.0)
    made = posterior(nights)
    assert made.interval(0.95)[1] < 0
    assert randomisation_p(nights, treated_sets(nights)) < 0.05


def test_too_few_nights_are_refused() -> None:
    with pytest.raises(InputError, match="nights"):
        posterior(Nights(index=(0, 1), outcome=(1.0, 2.0), treated=(0, 1), weekend=(0, 0)))


@pytest.mark.parametrize("df", [1, 2, 3, 4, 7, 36, 37, 51, 200])
def test_the_t_distribution_by_finite_sums_is_the_one_by_the_beta_function(df: int) -> None:
    points = np.array([-30.0, -4.0, -1.0, -0.01, 0.0, 0.3, 2.1, 8.0])
    by_beta = [1 - t_p(t, df) / 2 if t > 0 else t_p(t, df) / 2 for t in points.tolist()]
    assert _t_cdf(points, df) == pytest.approx(by_beta, abs=1e-12)
