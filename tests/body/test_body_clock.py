"""What the clock says, against measurements and against itself."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anmin.body.clock import MODELS, Light, Span, clocks, dlmo_after_rise, reading, usual_light
from anmin.body.clock_light import day_of_light
from anmin.body.clock_orbit import settle
from anmin.body.clock_table import TABLE, build, quick_reading, version_of
from anmin.errors import InputError
from anmin.knowledge.load import load

nights = st.tuples(st.floats(20, 26), st.floats(4.5, 9.5))


def test_the_published_runs_of_250_lux_from_7_to_23() -> None:
    """DLMO 21.4 (Forger) and 21.3 (Hannay) after 14 days in the package; settled days lie within 0.15 h."""
    found = {name: 7 + dlmo_after_rise(name, 8, Light(250, 250), load()) for name in MODELS}
    assert found["clock-forger"] == pytest.approx(21.4, abs=0.15)
    assert found["clock-hannay"] == pytest.approx(21.3, abs=0.15)


def test_bright_home_light_delays_melatonin_about_as_far_as_was_measured() -> None:
    """Burgess & Molina 2014: 65 against 3 lux for four hours, 1.05 h later. The models span it."""
    point = load().body_points["home-light-dlmo"]
    dim, bright = usual_light(load())
    later = [dlmo_after_rise(m, 8, bright, load()) - dlmo_after_rise(m, 8, dim, load()) for m in MODELS]
    assert point.value is not None
    assert min(later) < point.value < max(later)
    assert sum(later) / len(later) == pytest.approx(point.value, abs=0.25)


def test_sleep_two_hours_later_moves_melatonin_like_the_two_groups_of_sletten_2010() -> None:
    early, late = reading(22.5, 6.5, load()), reading(0.5, 8.5, load())
    assert late.dlmo.middle - early.dlmo.middle == pytest.approx(2.0, abs=0.01)  # seen: 1.75, with free light


def test_melatonin_of_regular_sleepers_lies_in_the_span_with_its_error() -> None:
    """Sixteen young adults at their usual hours: DLMO 14 h after waking."""
    span = reading(23, 7, load())
    assert span.dlmo.low - span.error_h < 7 + 14 < span.dlmo.high + span.error_h


@settings(max_examples=25, deadline=None)
@given(nights)
def test_the_shipped_table_is_the_models(night: tuple[float, float]) -> None:
    sleep, hours = night[0] % 24, night[1]
    rise = (sleep + hours) % 24
    quick, whole = quick_reading(sleep, rise, load()), reading(sleep, rise, load())
    assert quick.dlmo.low == pytest.approx(whole.dlmo.low, abs=0.003)
    assert quick.dlmo.high == pytest.approx(whole.dlmo.high, abs=0.003)


def test_the_shipped_table_was_made_from_these_facts() -> None:
    import msgspec

    from anmin.body.clock_table import ClockTable

    shipped = msgspec.json.decode(TABLE.read_bytes(), type=ClockTable)
    assert shipped.version == version_of(load()), "run: python -m anmin.body.clock_table"
    made = build(load())
    for model in MODELS:
        for lux, column in made.onsets[model].items():
            assert shipped.onsets[model][lux] == pytest.approx(column, abs=1e-3)


@settings(max_examples=20, deadline=None)
@given(nights, st.floats(-3, 3))
def test_moving_the_whole_day_moves_everything_with_it(night: tuple[float, float], shift: float) -> None:
    sleep, hours = night
    one = quick_reading(sleep % 24, (sleep + hours) % 24, load())
    if sleep + shift >= 18 and sleep + shift + hours <= 36:
        two = quick_reading((sleep + shift) % 24, (sleep + shift + hours) % 24, load())
        assert two.dlmo.low - one.dlmo.low == pytest.approx(shift, abs=1e-6)


@settings(max_examples=10, deadline=None)
@given(st.floats(5, 10), st.floats(3, 200), st.floats(1.5, 20), st.sampled_from(MODELS))
def test_more_evening_light_never_brings_melatonin_forward(dark: float, lux: float, times: float, model: str) -> None:
    less, more = Light(250, lux), Light(250, min(lux * times, 250))
    if more.evening > less.evening:
        assert dlmo_after_rise(model, dark, more, load()) >= dlmo_after_rise(model, dark, less, load()) - 1e-6


@pytest.mark.parametrize("model", MODELS)
def test_half_hour_steps_are_close_enough(model: str) -> None:
    light = day_of_light(7.3, day_lux=250, evening_lux=40, evening_h=4, morning=(0.5, 5000))
    clock = clocks(load())[model]
    assert settle(clock, light).coldest_h == pytest.approx(settle(clock, light, 0.05).coldest_h, abs=0.005)


@pytest.mark.parametrize(("sleep", "rise"), [(23, 2), (20, 10), (8, 16), (3, 13.5), (12, 20)])
def test_nights_the_models_were_not_made_for_are_refused(sleep: float, rise: float) -> None:
    with pytest.raises(InputError, match="sleep"):
        reading(sleep, rise, load())


def test_a_clock_without_enough_light_says_so_instead_of_a_number() -> None:
    with pytest.raises(InputError, match="light"):
        settle(clocks(load())["clock-forger"], [(24.0, 0.0)])


def test_span_arithmetic() -> None:
    assert Span(20, 22).later(1) == (21, 23)
    assert Span(20, 22).middle == 21
