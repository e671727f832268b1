"""Hours inside a line, in three languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anmin.errors import ProfileError
from anmin.knowledge.load import load
from anmin.person.day_times import clocks_of, find_hours
from anmin.units.clock import DAY, parse_clock, show_clock


def _clocks(text: str, bed: int | None = 23 * 60, rise: int | None = 7 * 60, dinner: int | None = None) -> list[str]:
    hours = find_hours(text, load(), "medicines[0]")
    return [show_clock(clock) for clock in clocks_of(hours, load(), bed=bed, rise=rise, dinner=dinner)]


@pytest.mark.parametrize(
    ("text", "clocks", "rest"),
    [
        ("levothyroxine 50 µg 23:00", ["23:00"], "levothyroxine 50 μg"),
        ("シプロキサン 200mg 8:00 20:00", ["08:00", "20:00"], "シプロキサン 200mg"),
        ("環丙沙星 早上8點 晚上8點", ["08:00", "20:00"], "環丙沙星"),
        ("rosuvastatin 5 mg at 7 pm", ["19:00"], "rosuvastatin 5 mg"),
        ("zolpidem 10.30 p.m.", ["22:30"], "zolpidem"),
        ("ゾルピデム 夜10時半", ["22:30"], "ゾルピデム"),
        ("アムロジピン 午後3時", ["15:00"], "アムロジピン"),
        ("安眠藥 晚上12點", ["00:00"], "安眠藥"),
        ("環丙沙星 早晨8點 晚間8點", ["08:00", "20:00"], "環丙沙星"),
        ("シプロキサン 夜間9時", ["21:00"], "シプロキサン"),
        ("rivaroxaban 晚7:30", ["19:30"], "rivaroxaban"),
        ("夜間の薬X 夜2時", ["02:00"], "の薬X"),
        ("aspirin 12 am 12pm", ["00:00", "12:00"], "aspirin"),
        ("ramipril 5 mg every morning, 8:05", ["08:05"], "ramipril 5 mg"),
    ],
)
def test_clock_times_are_found_and_taken_out(text: str, clocks: list[str], rest: str) -> None:
    hours = find_hours(text, load(), "medicines[0]")
    assert [show_clock(clock) for clock in hours.clocks] == clocks
    assert hours.rest == rest


@pytest.mark.parametrize(
    "text", ["ニフェジピン 3時間おき", "朝鮮人参", "medicine 1:2000", "nightingale 5 mg", "Mg 0.5 mg"]
)
def test_what_is_no_hour_is_left_alone(text: str) -> None:
    assert not find_hours(text, load(), "medicines[0]").found


@pytest.mark.parametrize("text", ["x 27:99", "x 8:5", "x 25時", "x 13 pm"])
def test_an_hour_no_day_has_is_an_error(text: str) -> None:
    with pytest.raises(ProfileError, match="00:00 to 23:59"):
        find_hours(text, load(), "medicines[0]")


def test_a_word_becomes_the_persons_own_hour() -> None:
    assert "23:00" in _clocks("amlodipine at bedtime")
    assert "23:00" in _clocks("睡前 amlodipine")
    assert "18:30" in _clocks("MgO 夕食後", dinner=parse_clock("18:30"))


@pytest.mark.parametrize(
    "text", ["x in the morning", "x 毎食後", "x 三餐飯後", "x at night", "x after dinner", "x bedtime"]
)
def test_a_vague_word_leaves_no_gap_longer_than_an_hour(text: str) -> None:
    """A rule's window is at least two hours wide, so hourly points close every hour the word may mean."""
    clocks = sorted(parse_clock(clock) for clock in _clocks(text, bed=None, rise=None))
    assert len(clocks) >= 2
    for word in find_hours(text, load(), "x").words:
        for part in load().day_times[word].parts or (word,):
            time = load().day_times[part]
            assert time.from_clock is not None
            assert time.below_clock is not None
            start = parse_clock(time.from_clock)
            for minute in range((parse_clock(time.below_clock) - start) % DAY + 1):
                inside = (start + minute) % DAY
                assert min((inside - clock) % DAY for clock in clocks) <= 60


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        hours = find_hours(text, load(), "medicines[0]")
    except ProfileError:
        return
    assert all(0 <= clock < DAY for clock in hours.clocks)
