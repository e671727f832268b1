"""What must hold whatever the parameters: balances, signs, orders."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anmin.body.bath import kernel_numpy
from anmin.body.bath import rows as r
from anmin.body.bath.environment import phase_row
from anmin.body.bath.evenings import evening
from anmin.body.bath.model import Body, Parameters, Phase
from anmin.body.bath.parameters import best
from anmin.body.bath.set_point import neutral_c, predicted_mean_vote
from anmin.body.bath.simulate import settle, simulate
from anmin.body.bath.sites import rectal, wrist_gradient
from anmin.errors import InputError
from anmin.knowledge.load import load

KNOWLEDGE = load()
BEST = best(KNOWLEDGE)
BODY = Body(age=40, height_m=1.68, weight_kg=62)
CAPACITIES = tuple(range(r.CAP_ARTERY, r.CAP_SKIN + 1, r.N))


def _rise(water: float, minutes: float, level: Any = "shoulders", body: Body = BODY, **more: Any) -> float:
    phases = [Phase(minutes=30, clo=0.5), Phase(minutes=minutes, water_c=water, level=level, **more)]
    course = simulate([body], [phases], [BEST], KNOWLEDGE, every=1)
    core = rectal(course)[:, 0]
    return float(core[-1] - core[30])


def _heat(w: Any) -> Any:
    """Heat content (J) of every lane; segments without a layer hold a placeholder that does not count."""
    total = w[r.CAP_BLOOD] * w[r.BLOOD]
    for layer, capacity in enumerate(CAPACITIES):
        for i in range(r.N):
            if capacity == r.CAP_SUPERFICIAL and i < 5:
                continue
            total = total + w[capacity + i] * w[r.ARTERY + r.N * layer + i]
    return total


@settings(max_examples=12, deadline=None)
@given(
    water=st.floats(25, 43), depth=st.sampled_from(["none", "feet", "waist", "shoulders"]), air=st.floats(10, 35),
    film=st.floats(0, 100), age=st.integers(20, 90),
)  # fmt: skip
def test_heat_is_neither_made_nor_lost_in_a_step(water: float, depth: Any, air: float, film: float, age: int) -> None:
    w = settle([Body(age=age)], KNOWLEDGE, "numpy")
    w[r.PER_SECOND], w[r.WATER_H], w[r.FLOW_LIMIT] = 1 / 60, 80.0, 300.0
    row = phase_row(Phase(minutes=10, air_c=air, water_c=water, level=depth, film_g=film), KNOWLEDGE)
    kernel_numpy.enter(w, row[None], np.array([0]))
    kernel_numpy.exchange(w)
    for _ in range(5):
        before, water_before = _heat(w), w[r.FILM : r.FILM + r.N].sum()
        kernel_numpy.step(w)
        flow = w[r.HEAT_MADE] - w[r.HEAT_BREATH] - w[r.HEAT_DRY] - w[r.HEAT_WET]
        assert _heat(w) - before == pytest.approx(60 * flow, abs=0.01)
        assert w[r.FILM : r.FILM + r.N].min() >= 0
        assert w[r.FILM : r.FILM + r.N].sum() <= water_before + 1e-12


def test_after_a_day_in_one_room_heat_made_is_heat_lost() -> None:
    room = Phase(minutes=1440, air_c=24, clo=0.6)
    still = msgspec.structs.replace(BEST, circadian_c=0.0)
    course = simulate([BODY], [[room]], [still], KNOWLEDGE, every=60, step_s=300, totals=True)
    last = {name: float(values[-1, 0]) for name, values in course.totals.items()}
    assert last["made_w"] == pytest.approx(last["breath_w"] + last["dry_w"] + last["wet_w"], abs=0.5)


def test_nothing_evaporates_under_water_and_nothing_condenses_on_skin() -> None:
    all_in = Phase(minutes=30, water_c=41, level=dict.fromkeys(r.SEGMENTS, 1.0))
    steam = Phase(minutes=30, air_c=42, humidity=100)
    for phase in (all_in, steam):
        course = simulate([BODY], [[phase]], [BEST], KNOWLEDGE, every=1, totals=True)
        assert np.abs(course.totals["wet_w"][1:]).max() == pytest.approx(0, abs=1e-9)


@settings(max_examples=8, deadline=None)
@given(water=st.floats(36, 41.5), more=st.floats(0.3, 1.5), minutes=st.integers(5, 40), longer=st.integers(3, 20))
def test_warmer_and_longer_warms_more(water: float, more: float, minutes: int, longer: int) -> None:
    assert _rise(water + more, minutes) > _rise(water, minutes)
    if water > 38:
        assert _rise(water, minutes + longer) > _rise(water, minutes)


def test_deeper_warms_more_and_stirred_water_too() -> None:
    depths = [_rise(40, 20, level) for level in ("none", "feet", "waist", "mid_thorax", "shoulders")]
    assert all(less < more for less, more in pairwise(depths[1:]))
    assert _rise(40, 20, stir=2.0) > _rise(40, 20)


def test_a_wet_skin_and_a_cold_room_cool() -> None:
    def last(**more: Any) -> Any:
        phases = evening(KNOWLEDGE, water_c=40, bath_min=15, to_bed_min=60, **more)
        return simulate([BODY], [phases], [BEST], KNOWLEDGE, every=15)

    towel, dripping, coated, cold = last(film_g=20), last(film_g=100), last(coating_min=30), last(room_c=16, clo=0.3)
    assert wrist_gradient(dripping, KNOWLEDGE)[-1, 0] < wrist_gradient(towel, KNOWLEDGE)[-1, 0] - 0.2
    assert rectal(coated)[-1, 0] > rectal(towel)[-1, 0] + 0.03
    assert cold.skin[-1].mean() < towel.skin[-1].mean() - 1


def test_the_evening_wave_lowers_the_core_and_can_be_left_out() -> None:
    room = Phase(minutes=300, air_c=24, clo=0.6)
    still, wave = (
        rectal(simulate([BODY], [[room]], [Parameters(water_h=60, circadian_c=size)], KNOWLEDGE, start_hour=20,
                        every=300))[-1, 0]
        for size in (0.0, 0.4)
    )  # fmt: skip
    assert -0.5 < wave - still < -0.15


def test_a_minute_is_short_enough() -> None:
    phases = evening(KNOWLEDGE, water_c=40, bath_min=15, to_bed_min=60)
    rises = []
    for step in (60.0, 10.0):
        course = simulate([BODY], [phases], [BEST], KNOWLEDGE, step_s=step, every=round(60 / step))
        rises.append((rectal(course) - rectal(course)[60])[:, 0])
    assert np.abs(rises[0] - rises[1]).max() < 0.05
    assert np.abs(rises[0] - rises[1])[-30:].max() < 0.015


def test_a_naked_resting_body_is_content_near_thirty_degrees() -> None:
    room = neutral_c(56.0, KNOWLEDGE)
    assert 27 < room < 31
    assert abs(predicted_mean_vote(room, 56.0, KNOWLEDGE)) < 0.001
    assert predicted_mean_vote(room + 3, 56.0, KNOWLEDGE) > 0.3


@pytest.mark.parametrize(
    ("phase", "field"),
    [
        (Phase(minutes=-1), "minutes"),
        (Phase(minutes=10, water_c=60, level="waist"), "water_c"),
        (Phase(minutes=10, level="waist"), "water_c"),
        (Phase(minutes=10, water_c=40, level={"tail": 1.0}), "level"),
        (Phase(minutes=10, water_c=40, level={"head": 1.5}), "level"),
        (Phase(minutes=10, air_c=float("nan")), "air_c"),
        (Phase(minutes=10, clo={"chest": -1.0}), "clo"),
        (Phase(minutes=float("inf")), "minutes"),
        (Phase(minutes=10, humidity=120), "humidity"),
        (Phase(minutes=10, film_g=-3.0), "film_g"),
    ],
)
def test_what_cannot_be_is_named(phase: Phase, field: str) -> None:
    with pytest.raises(InputError) as caught:
        simulate([BODY], [[phase]], [BEST], KNOWLEDGE)
    assert caught.value.field == field


@pytest.mark.parametrize("body", [Body(height_m=0), Body(weight_kg=float("nan")), Body(age=4), Body(fat_percent=99)])
def test_a_body_that_cannot_be_is_named(body: Body) -> None:
    with pytest.raises(InputError):
        simulate([body], [[Phase(minutes=5)]], [BEST], KNOWLEDGE)
