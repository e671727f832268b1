"""The choice among baths: caps before everything, trials before the model, the mildest of the equally good."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anmin.knowledge.load import load
from anmin.plan.bath_choice import Caps, Cell, bath_fact, bath_timing, choose, grid, grid_ends

KNOWN = load()


def cell(water: float, minutes: float, end: float, gain: float, left: float = 0.0, level: str = "shoulders") -> Cell:
    return Cell(water, minutes, end, level, gain, left, gain - 0.2)


@given(
    max_c=st.floats(20, 60) | st.just(math.inf), max_minutes=st.floats(1, 120) | st.just(math.inf)
)  # fmt: skip
def test_nothing_above_a_cap_is_ever_compared(max_c: float, max_minutes: float) -> None:
    waters, minutes = grid(Caps(max_c=min(max_c, 41), max_minutes=max_minutes), KNOWN)
    assert waters
    assert minutes
    assert max(waters) <= max_c
    assert max(minutes) <= max_minutes


def test_where_the_caps_allow_it_only_baths_as_in_the_trials_are_compared() -> None:
    fact = bath_fact(KNOWN)
    waters, minutes = grid(Caps(max_c=41, max_minutes=15), KNOWN)
    assert min(waters) == fact.water_c == 40
    assert min(minutes) == fact.minutes == 10
    assert max(waters) == 41
    assert max(minutes) == 15
    waters, _ = grid(Caps(max_c=39, max_minutes=10), KNOWN)
    assert min(waters) < 39 == max(waters)


def test_the_hours_are_those_of_the_trials() -> None:
    assert (grid_ends(KNOWN)[0], grid_ends(KNOWN)[-1]) == (60, 120)


def test_the_mildest_within_the_band_of_the_best_is_proposed() -> None:
    cells = [cell(41, 15, 90, 0.60), cell(40, 15, 90, 0.50), cell(40, 10, 90, 0.41), cell(40, 10, 60, 0.45)]
    choice = choose(cells, KNOWN)
    assert (choice.cell.water_c, choice.cell.minutes) == (40, 10)
    assert choice.top.water_c == 41
    assert choice.ends == (60, 90)
    assert choice.cell.end_min == bath_timing(KNOWN).preferred_min


def test_a_bath_clearly_worse_than_the_best_is_not_taken_for_being_mild() -> None:
    choice = choose([cell(41, 15, 90, 0.60), cell(40, 10, 90, 0.30)], KNOWN)
    assert choice.cell.water_c == 41


def test_a_larger_gain_does_not_buy_a_core_that_is_still_warm() -> None:
    choice = choose([cell(41, 15, 60, 0.9, left=0.2), cell(40, 10, 90, 0.3, left=0.05)], KNOWN)
    assert choice.cell.water_c == 40
    assert choice.back


def test_where_no_core_is_back_the_coolest_core_counts_and_it_is_said() -> None:
    choice = choose([cell(41, 15, 60, 0.9, left=0.3), cell(40, 10, 120, 0.3, left=0.15)], KNOWN)
    assert choice.cell.water_c == 40
    assert not choice.back


def test_trials_come_before_the_model() -> None:
    choice = choose([cell(38, 15, 90, 0.9), cell(40, 10, 90, 0.3)], KNOWN)
    assert choice.cell.water_c == 40
    assert choice.studied
    assert not choose([cell(38, 15, 90, 0.9)], KNOWN).studied


def test_of_two_that_differ_only_in_depth_the_shallower_is_proposed() -> None:
    choice = choose([cell(40, 10, 90, 0.5), cell(40, 10, 90, 0.45, level="mid_thorax")], KNOWN)
    assert choice.cell.level == "mid_thorax"


@pytest.mark.parametrize("gain", [0.3, 0.5, 1.0])
def test_an_hour_clearly_worse_is_not_called_as_good(gain: float) -> None:
    cells = [cell(40, 10, 60, gain + 0.5), cell(40, 10, 90, gain)]
    assert choose(cells, KNOWN).ends == (60,)
