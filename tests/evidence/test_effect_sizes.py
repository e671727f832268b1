"""Each route from print to effect, against published worked examples and against simulation."""

from __future__ import annotations

import math
import random
import statistics

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anmin.errors import InputError
from anmin.evidence import effect_sizes as es
from anmin.evidence.derive import derive
from anmin.evidence.model import Estimate, Missing
from anmin.knowledge.load import Knowledge


def test_ferracioli_oda_interval_gives_its_printed_z() -> None:
    se = es.se_from_interval(4.37, 9.75)
    assert se == pytest.approx(1.37, abs=0.005)
    assert 7.06 / se == pytest.approx(5.15, abs=0.02)  # printed 5.15


@pytest.mark.parametrize(
    ("difference", "sd", "p", "t"), [(-24, 25, 0.002, 3.84), (22, 32, 0.01, 2.75), (2.4, 3.9, 0.03, 2.46)]
)
def test_langan_evans_paired_spreads_give_their_printed_p(difference: float, sd: float, p: float, t: float) -> None:
    from anmin.evidence.distributions import t_p

    effect, se = es.paired_difference(difference, sd, 16)
    assert abs(effect / se) == pytest.approx(t, abs=0.005)
    assert t_p(effect / se, 15) == pytest.approx(p, abs=0.005)


def test_mah_pitre_errors() -> None:
    assert es.se_from_interval(-27.27, -7.44) == pytest.approx(5.059, abs=0.001)
    assert es.se_from_interval(-5.99, 38.12) == pytest.approx(11.253, abs=0.001)


def test_handbook_worked_examples() -> None:
    # Cochrane Handbook 6.5.2.2: n 25, mean 32.1, 95 % interval 30.0 to 34.2 gives an SD of 5.09 with t 2.064
    assert es.sd_from_interval(30.0, 34.2, 25) == pytest.approx(5.09, abs=0.01)
    # Handbook 6.3.1: risk difference 0.03 with p 0.008 gives Z 2.652 and SE 0.011
    assert es.se_from_p(0.03, 0.008) == pytest.approx(0.0113, abs=0.0001)


def test_hedges_factor_is_exact() -> None:
    assert es.small_sample_factor(2) == pytest.approx(math.sqrt(1 / math.pi), rel=1e-12)  # Γ(1) / Γ(1/2)
    assert es.small_sample_factor(20) == pytest.approx(1 - 3 / (4 * 20 - 1), abs=2e-4)


def test_perez_pinero_standardised_effect(knowledge: Knowledge) -> None:
    g, _ = es.standardised_difference(6.5, 1.6, 33, 5.5, 2.1, 38)
    assert g == pytest.approx(0.53, abs=0.01)
    by_t, _ = es.standardised_from_t(2.223, 33, 38)
    assert by_t == pytest.approx(g, abs=0.01)


@settings(deadline=None)
@given(st.floats(0.5, 20), st.floats(0.5, 20), st.floats(-0.99, 0.99))
def test_correlation_and_spread_of_change_undo_each_other(before: float, after: float, r: float) -> None:
    change = es.sd_of_change(before, after, r)
    assert es.correlation_of_change(before, after, change) == pytest.approx(r, abs=1e-6)


@settings(deadline=None)
@given(st.floats(-50, 50), st.floats(0.1, 20), st.floats(4, 200))
def test_interval_p_and_error_agree(effect: float, se: float, df: float) -> None:
    from anmin.evidence.distributions import t_p

    crit = es.critical(df)
    assert es.se_from_interval(effect - crit * se, effect + crit * se, df) == pytest.approx(se, rel=1e-9)
    p = t_p(effect / se, df)
    if 1e-9 < p < 0.999:
        assert es.se_from_p(effect, p, df) == pytest.approx(se, rel=1e-6)


def test_medians_recover_mean_and_spread_of_a_normal() -> None:
    draw = random.Random(3)
    ranges, quartiles, five = [], [], []
    for _ in range(300):
        values = sorted(draw.gauss(20, 6) for _ in range(41))
        q1, median, q3 = values[10], values[20], values[30]
        ranges.append(es.mean_sd_from_range(values[0], median, values[-1], 41))
        quartiles.append(es.mean_sd_from_quartiles(q1, median, q3, 41))
        five.append(es.mean_sd_from_five(values[0], q1, median, q3, values[-1], 41))
    for found in (ranges, quartiles, five):
        assert statistics.fmean(mean for mean, _ in found) == pytest.approx(20, abs=0.3)
        assert statistics.fmean(sd for _, sd in found) == pytest.approx(6, abs=0.3)


def test_log_moments_and_ratio() -> None:
    draw = random.Random(5)
    mu, sigma = es.log_moments(40, 25)
    values = [math.exp(draw.gauss(mu, sigma)) for _ in range(200_000)]
    assert statistics.fmean(values) == pytest.approx(40, rel=0.01)
    assert statistics.stdev(values) == pytest.approx(25, rel=0.03)
    ratio, se = es.log_ratio_of_means(30, 12, 40, 40, 16, 40)
    assert ratio == pytest.approx(math.log(0.75))
    assert se == pytest.approx(math.sqrt(2 * 0.4**2 / 40))


def test_odds_ratio_with_an_empty_cell() -> None:
    effect, se = es.log_odds_ratio(0, 10, 5, 5)
    assert effect == pytest.approx(math.log(0.5 * 5.5 / (10.5 * 5.5)))
    assert math.isfinite(se)


@pytest.mark.parametrize(
    "call",
    [
        lambda: es.se_from_interval(2, 1),
        lambda: es.se_from_p(1.0, 0.0),
        lambda: es.sd_from_se(1.0, 1),
        lambda: es.mean_difference(1, -1, 10, 1, 1, 10),
        lambda: es.sd_of_change(1, 1, 2),
        lambda: es.log_ratio_of_means(-1, 1, 10, 1, 1, 10),
        lambda: es.standardised_difference(1, 0, 10, 1, 0, 10),
        lambda: es.mean_sd_from_range(3, 2, 9, 20),
        lambda: es.log_odds_ratio(-1, 1, 1, 1),
    ],
)
def test_impossible_input_is_an_error_with_a_name(call: object) -> None:
    with pytest.raises(InputError, match="allowed"):
        call()  # type: ignore[operator]


def test_what_cannot_be_derived_says_why(knowledge: Knowledge) -> None:
    wanted = {
        ("byun-2018", 0): "not_between",  # both figures of the active arm only
        ("inagawa-2006", 0): "no_size",
        ("yamatsu-2015", 0): "no_spread",  # -5.3 min without interval, spread, p or people
        ("sutanto-2022", 1): "not_between",  # a regression slope
    }
    for (study_id, row), reason in wanted.items():
        study = knowledge.studies[study_id]
        made = derive(study.outcomes[row], study)
        assert isinstance(made, Missing), study_id
        assert made.reason == f"evidence.missing.{reason}"
        assert made.reason in knowledge.messages


def test_every_route_names_its_source(knowledge: Knowledge) -> None:
    routes = set()
    for study in knowledge.studies.values():
        for outcome in study.outcomes:
            made = derive(outcome, study)
            if isinstance(made, Estimate):
                assert "Handbook" in made.source or "doi" in made.source
                assert made.se > 0
                routes.add(made.route)
    assert routes >= {"interval", "paired", "p", "arms", "changes"}
