"""The published baths: what the error table promises."""

from __future__ import annotations

import doctest

import numpy as np
import pytest

from anmin.body.bath import evenings, simulate
from anmin.body.bath.fit import Fit, fit
from anmin.body.bath.parameters import best, draws
from anmin.body.bath.studies import read, runnable
from anmin.body.bath.validate import interval, verdict
from anmin.knowledge.load import load

KNOWLEDGE = load()


@pytest.fixture(scope="module")
def found() -> Fit:
    return fit(KNOWLEDGE)


def test_nine_published_rises_within_two_tenths_with_one_set_of_parameters(found: Fit) -> None:
    assert len(found.runs) == 9
    shipped = best(KNOWLEDGE)
    errors = [float(read(run, [shipped], KNOWLEDGE)[0]) - (run.point.value or 0.0) for run in found.runs]
    assert np.mean(np.abs(errors)) <= 0.20


def test_the_shipped_parameters_are_those_of_the_fit(found: Fit) -> None:
    chosen, shipped = found.candidates[found.chosen], best(KNOWLEDGE)
    assert (chosen.water_h, chosen.sweat) == (shipped.water_h, shipped.sweat)


def test_each_left_out_in_turn_stays_within_a_quarter_of_a_degree(found: Fit) -> None:
    assert np.abs(found.left_out()).mean() <= 0.25


def test_the_gradient_gain_lies_in_both_windows_of_tai_2021() -> None:
    windows = [run for run in runnable(KNOWLEDGE) if run.point.quantity == "gradient_gain"]
    assert len(windows) == 2
    for run in windows:
        value = float(read(run, [best(KNOWLEDGE)], KNOWLEDGE)[0])
        assert run.point.low is not None
        assert run.point.high is not None
        assert run.point.low <= value <= run.point.high, run.point.id


def test_no_bath_passes_what_nobody_passed_and_a_footbath_leaves_the_core_alone() -> None:
    for run in runnable(KNOWLEDGE):
        if run.point.quantity == "core_at_most" or run.point.id == "sung-footbath-2000":
            assert verdict(run.point, float(read(run, [best(KNOWLEDGE)], KNOWLEDGE)[0])) == "holds", run.point.id


def test_draws_repeat_and_stay_about_the_best() -> None:
    first, again = draws(KNOWLEDGE, 500, seed=3), draws(KNOWLEDGE, 500, seed=3)
    assert first == again
    assert first != draws(KNOWLEDGE, 500, seed=4)
    films = np.array([each.water_h for each in first])
    low, value, high = KNOWLEDGE.body_models["bath-parameters"].span("water_h")
    assert np.median(films) == pytest.approx(value, rel=0.08)
    assert 0.84 < np.mean((films > low) & (films < high)) < 0.95


def test_the_band_holds_most_of_the_points(found: Fit) -> None:
    spread = draws(KNOWLEDGE, 100)
    inside = [
        low <= (run.point.value or 0.0) <= high
        for run, (low, high) in ((run, interval(run, spread, KNOWLEDGE)) for run in found.runs)
    ]
    assert sum(inside) >= 7


@pytest.mark.parametrize("module", [simulate, evenings])
def test_examples_in_the_documentation_run(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]
