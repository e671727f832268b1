"""Sleep pressure, the NMDA receptor, plasma curves; and every worked example of the models' files."""

from __future__ import annotations

import doctest
import importlib
import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anmin.body.kinetics import curve, peak_after, substances
from anmin.body.pressure import free_sleep, pressure, settled_at_rising
from anmin.body.synapse import change_percent, open_fraction, pill_change_percent
from anmin.errors import InputError, UnknownId
from anmin.knowledge.load import load

FILES = (
    "clock_light", "clock_forger", "clock_hannay", "clock_orbit", "clock", "pressure", "synapse", "kinetics",
    "magnesium", "magnesium_stores", "magnesium_kidney",
)  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_the_worked_examples_of_a_model_hold(name: str) -> None:
    tried = doctest.testmod(importlib.import_module(f"anmin.body.{name}"))
    assert tried.failed == 0
    assert tried.attempted or name == "clock_orbit"


def test_published_changes_of_the_receptor() -> None:
    for change, wanted in ((1, -0.91), (5, -4.4), (11, -9.2), (19, -14.9), (21, -16.2), (-20, 22.6)):
        assert change_percent(change, load()) == pytest.approx(wanted, abs=0.06)


def test_a_pill_changes_the_brain_by_one_per_cent_at_most_and_no_infusion_study_says_more_than_a_quarter() -> None:
    most, opened = pill_change_percent(load())
    assert most <= 1
    assert -1 < opened < 0
    seen = [load().body_points[name] for name in ("fuchs-buder-1997", "brewer-2001", "wong-2009")]
    assert max(each.high or each.value or 0 for each in seen) <= 25


@given(st.floats(0, 5), st.floats(-100, 40))
def test_more_magnesium_closes_and_more_voltage_opens(mg: float, volts: float) -> None:
    here = open_fraction(mg, volts, load())
    assert 0 <= here <= 1
    assert open_fraction(mg + 0.1, volts, load()) < here
    assert open_fraction(mg, volts + 1, load()) >= here


@pytest.mark.parametrize(("mg", "volts"), [(-0.1, -60), (float("nan"), -60), (1, 500), (1, float("nan"))])
def test_impossible_neurons_are_refused(mg: float, volts: float) -> None:
    with pytest.raises(InputError):
        open_fraction(mg, volts, load())


def test_theanine_peaks_where_it_was_seen_without_being_told() -> None:
    theanine = curve("l_theanine", load())
    assert theanine is not None
    assert theanine.solved == ""
    assert theanine.peak_min == pytest.approx(50, abs=2)


def test_melatonin_needs_a_lag_that_was_not_printed() -> None:
    melatonin = curve("melatonin", load())
    assert melatonin is not None
    assert peak_after(6.0, 53.7) == pytest.approx(21.4, abs=0.1)  # seen: 40.8
    assert melatonin.solved == "lag_min"
    assert melatonin.peak_min == pytest.approx(40.8)
    assert 0.12 < melatonin.share(40.8 + 4 * 53.7) / 0.5 < 0.2  # four half-lives after the peak


def test_gaba_peaks_inside_the_printed_half_hour_to_hour() -> None:
    gaba = curve("gaba", load())
    assert gaba is not None
    assert 30 <= gaba.peak_min <= 60


@pytest.mark.parametrize("name", ["glycine", "l_tryptophan"])
def test_without_human_figures_there_is_no_curve(name: str) -> None:
    assert curve(name, load()) is None


def test_unknown_substances_are_named() -> None:
    with pytest.raises(UnknownId, match="melatonin"):
        curve("moonstone", load())


@pytest.mark.parametrize("name", [name for name in substances(load()) if curve(name, load()) is not None])
def test_curves_rise_once_and_fall(name: str) -> None:
    made = curve(name, load())
    assert made is not None
    shares = [made.share(minute) for minute in range(0, 1200, 3)]
    top = shares.index(max(shares))
    assert max(shares) <= 1 + 1e-9
    assert all(b >= a for a, b in pairwise(shares[: top + 1]))
    assert all(b <= a for a, b in pairwise(shares[top:]))
    assert made.share(made.below(0.25)) == pytest.approx(0.25, abs=1e-6)


def test_two_processes_alone_sleep_about_a_night_and_wake_in_the_morning() -> None:
    hours, after_coldest = free_sleep(load())
    assert 7 < hours < 9
    assert 0 < after_coldest < 6


@given(st.floats(3, 12), st.floats(14, 27), st.floats(1.2, 5))
def test_pressure_repeats_itself_every_day(dark: float, wake: float, asleep: float) -> None:
    start = settled_at_rising(dark, wake, asleep)
    bed = 1 - (1 - start) * math.exp(-(24 - dark) / wake)
    assert bed * math.exp(-dark / asleep) == pytest.approx(start)
    assert 0 < start < bed < 1


def test_slower_building_pressure_meets_the_ceiling_later() -> None:
    usual, slow = pressure(8, 21.5, load()), pressure(8, 21.5, load(), tau_wake=26.4)
    assert usual.reaches_h is not None
    assert slow.reaches_h is None or slow.reaches_h > usual.reaches_h


@pytest.mark.parametrize("dark", [0, 24, -1, float("nan")])
def test_a_day_without_night_is_refused(dark: float) -> None:
    with pytest.raises(InputError):
        pressure(dark, 21, load())
