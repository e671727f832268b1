"""Times of day as written in three languages, and gaps across midnight."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anmin.errors import ClockError, InputError
from anmin.units.clock import DAY, minutes_from, parse_clock, show_clock


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("22:30", "22:30"), ("２２：３０", "22:30"), ("0:05", "00:05"), ("10.30 pm", "22:30"), ("10:30 p.m.", "22:30"),
        ("9pm", "21:00"), ("9 PM", "21:00"), ("12am", "00:00"), ("12 pm", "12:00"), ("12:15 am", "00:15"),
        ("22時30分", "22:30"), ("22時", "22:00"), ("22時半", "22:30"), ("午後9時", "21:00"), ("午前0時", "00:00"),
        ("午後21時", "21:00"), ("夜10時", "22:00"), ("夜の11時半", "23:30"), ("夜1時", "01:00"), ("24時", "00:00"),
        ("晚上10點半", "22:30"), ("晚上12點", "00:00"), ("下午1點05分", "13:05"), ("中午12點", "12:00"),
        ("凌晨12點", "00:00"), ("早上8點", "08:00"), ("21点", "21:00"), 
        ("晚上十點半", "22:30"), ("下午三點", "15:00"), ("晚上一點", "01:00"), ("二十二時", "22:00"),
        ("22.30", "22:30"), ("午後0時", "12:00"), ("午後0時30分", "12:30"), ("夜0時", "00:00"), ("中午1點", "13:00"),
        ("傍晚6點", "18:00"), ("夕方の6時", "18:00"), ("夜中2時", "02:00"), ("晩の9時", "21:00"), ("0:30 am", "00:30"),
    ],
)  # fmt: skip
def test_reads_what_people_write(text: str, clock: str) -> None:
    assert show_clock(parse_clock(text)) == clock


@pytest.mark.parametrize(
    "text",
    [
        "",
        "24:00",
        "25時",
        "22:60",
        "22",
        "-1:00",
        "13pm",
        "0pm",
        "0:30 pm",
        "22:3",
        "22:300",
        "22:",
        "half past",
        "午前9時pm",
        "1" * 99,
    ],
)
def test_refuses_what_no_day_has(text: str) -> None:
    with pytest.raises(ClockError):
        parse_clock(text)


@given(st.integers(0, DAY - 1))
def test_shown_clocks_read_back(minute: int) -> None:
    assert parse_clock(show_clock(minute)) == minute
    assert parse_clock(f"{minute // 60}時{minute % 60:02d}分") == minute


@given(st.integers(0, DAY - 1), st.integers(0, DAY - 1))
def test_the_gap_forwards_leads_from_one_to_the_other(earlier: int, later: int) -> None:
    gap = minutes_from(earlier, later)
    assert 0 <= gap < DAY
    assert (earlier + gap) % DAY == later
    assert gap == 0 or gap + minutes_from(later, earlier) == DAY


@given(st.text(max_size=20))
def test_any_text_is_a_time_or_an_input_error(text: str) -> None:
    with contextlib.suppress(InputError):
        assert 0 <= parse_clock(text) < DAY
