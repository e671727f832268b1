"""Absorption, stores and kidneys against what was published, and the refusals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anmin.body.magnesium import absorbed_mg, factor, uptake
from anmin.body.magnesium_kidney import bound_egfr, times_higher, uptake_for_rise
from anmin.body.magnesium_stores import Stores
from anmin.errors import InputError
from anmin.knowledge.load import load

KNOWN = [each.name for each in load().body_models["magnesium-form-factor"].values if each.value is not None]


def _value(point: str) -> float:
    value = load().body_points[point].value
    assert value is not None
    return value


def test_fine_1991_ends_of_the_curve() -> None:
    """65 % at the lowest intake; 11 % at the highest (80 mEq added to a meal of 2.5 mEq, 12.15 mg each)."""
    assert absorbed_mg(2.5 * 12.1525, load()) / (2.5 * 12.1525) == pytest.approx(0.65, abs=0.01)
    assert absorbed_mg(80 * 12.15, load()) / (80 * 12.15) == pytest.approx(0.11, abs=0.01)


def test_sabatier_2003_tracer_of_70_mg() -> None:
    """0.48 ± 0.05 seen; the span of Km gives 0.39 to 0.52."""
    low, best, high = (absorbed_mg(70, load(), km) / 70 for km in (59.5, 41.6, 23.1))
    assert (round(low, 2), round(best, 2), round(high, 2)) == (0.39, 0.44, 0.52)
    assert low < _value("sabatier-2003-tracer") < high


def test_the_known_miss_a_meal_raised_absorption_and_the_model_lowers_it() -> None:
    assert _value("sabatier-2002-meal") > _value("sabatier-2002-water")
    alone = uptake(70, "citrate", load(), meal_mg=0)
    fed = uptake(70, "citrate", load())
    assert alone is not None
    assert fed is not None
    assert fed.best < alone.best


def test_48_trials_urine_lies_between_one_dose_and_two() -> None:
    """Extra urine magnesium 1.52 (1.20 to 1.83) mmol/d at about 365 mg a day."""
    found = [uptake(365, "citrate", load(), split=split) for split in (1, 2, 3)]
    mmol = [each.mmol(load()).best for each in found if each is not None]
    assert [round(x, 2) for x in mmol] == [1.42, 1.62, 1.75]
    assert mmol[0] < _value("zhang-2016-urine") < mmol[1]
    point = load().body_points["zhang-2016-urine"]
    assert point.low is not None
    assert point.high is not None
    assert all(point.low < x < point.high for x in mmol)


def test_serum_rises_by_0_04_and_is_there_at_twenty_weeks() -> None:
    course = Stores(load()).course(1.52, (1, 4, 12, 20, 40))
    assert [round(rise, 3) for rise in course.serum] == [0.022, 0.028, 0.035, 0.038, 0.040]
    assert Stores(load()).plateau(1.52) == pytest.approx(_value("zhang-2016-serum"))
    assert course.serum[3] / Stores(load()).plateau(1.52) > 0.94


def test_half_lives_of_the_three_pools() -> None:
    assert Stores(load()).half_lives_days() == pytest.approx((0.09, 2.8, 47.7), rel=0.03)


@given(st.floats(0.1, 20), st.floats(0.1, 60))
def test_nothing_is_lost_or_made(mmol: float, weeks: float) -> None:
    """What was taken up is stored or has left; urine never exceeds what comes in."""
    stores = Stores(load())
    grid = tuple(weeks * step / 400 for step in range(401))
    course = stores.course(mmol, grid)
    left = sum((a + b) / 2 for a, b in zip(course.urine, course.urine[1:], strict=False)) * weeks * 7 / 400
    assert course.stored[-1] + left == pytest.approx(mmol * weeks * 7, rel=0.02)
    assert max(course.urine) <= mmol * (1 + 1e-9)
    assert all(b >= a - 1e-12 for a, b in zip(course.serum, course.serum[1:], strict=False))


@given(st.floats(1, 450), st.integers(1, 6), st.sampled_from(KNOWN))
def test_splitting_never_lowers_uptake_and_never_exceeds_the_dose(dose: float, split: int, form: str) -> None:
    one, more = uptake(dose, form, load()), uptake(dose, form, load(), split=split)
    assert one is not None
    assert more is not None
    assert more.best >= one.best - 1e-9
    assert 0 < more.low <= more.best <= more.high <= dose


@given(st.floats(0.1, 972), st.floats(0.1, 972))
def test_more_magnesium_more_uptake_smaller_share(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert absorbed_mg(low, load()) <= absorbed_mg(high, load()) + 1e-9
    assert absorbed_mg(low, load()) / low >= absorbed_mg(high, load()) / high - 1e-9


@pytest.mark.parametrize("form", ["threonate", "taurate", "malate", "orotate_dihydrate", "nonsense"])
def test_a_form_without_human_figures_is_not_known(form: str) -> None:
    assert factor(form, load()) is None
    assert uptake(200, form, load()) is None


def test_eight_weeks_of_500_mg_oxide_raise_serum_by_hundredths() -> None:
    """What brute force can do: with the whole span of the form, between almost nothing and about 0.05 mmol/L."""
    taken = uptake(500, "oxide", load())
    assert taken is not None
    ends = [Stores(load()).course(mmol, (8,)).serum[0] for mmol in taken.mmol(load())]
    assert ends[0] < 0.01
    assert 0.015 < ends[1] < 0.03
    assert ends[2] < 0.06


def test_weak_kidneys_a_warning_and_never_a_dose() -> None:
    assert times_higher(15, load()) == pytest.approx(0.267 / 0.040, rel=0.01)
    assert bound_egfr(load()) == 60
    for egfr in (None, 1, 15, 29.9, 30, 45, 59.99, float("nan")):
        with pytest.raises(InputError, match="egfr"):
            uptake_for_rise(0.04, egfr, load())
    assert uptake_for_rise(0.04, 60, load()) == pytest.approx(1.52)


@pytest.mark.parametrize("dose", [-1, 973, float("nan"), float("inf")])
def test_doses_outside_the_study_are_refused(dose: float) -> None:
    with pytest.raises(InputError, match="dose"):
        absorbed_mg(dose, load())


@pytest.mark.parametrize("wrong", [{"gfr_fraction": 0.0}, {"gfr_fraction": 1.1}, {"gfr_fraction": float("nan")}])
def test_kidney_function_that_is_none_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(InputError, match="kidney"):
        Stores(load(), **wrong)
