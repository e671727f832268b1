"""The consensus derivations, to the minute, across midnight and both clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anmin.errors import InputError
from anmin.trial.diary import Entry, derive


def clock(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


def entry(night: date = date(2026, 11, 23), zone: str = "Asia/Taipei", **changes: object) -> Entry:
    plain = Entry(
        night=night, zone=zone, into_bed=clock("22:45"), try_sleep=clock("23:10"), sol=35, awakenings=2, waso=25,
        final_wake=clock("06:20"), out_of_bed=clock("06:50"), quality=3, early=10,
    )  # fmt: skip
    return msgspec.structs.replace(plain, **changes)


def test_an_ordinary_night_by_hand() -> None:
    night = derive(entry())
    assert (night.tib, night.spt, night.tst, night.twak, night.twt) == (485, 395, 370, 30, 90)
    assert night.se_tib == pytest.approx(100 * 370 / 485)
    assert night.se_episode == pytest.approx(100 * 370 / (35 + 370 + 25 + 10))
    assert night.se_maintenance == pytest.approx(100 * 370 / 395)


def test_going_to_bed_after_midnight_is_the_same_night() -> None:
    night = derive(entry(into_bed=clock("00:30"), try_sleep=clock("00:40")))
    assert night.tib == 380
    assert night.into_bed.date() == night.night


@pytest.mark.parametrize(
    ("zone", "night", "tib"),
    [
        ("Europe/Paris", date(2026, 3, 29), 485 - 60),
        ("Europe/Paris", date(2026, 10, 25), 485 + 60),
        ("America/New_York", date(2026, 3, 8), 485 - 60),
        ("America/New_York", date(2026, 11, 1), 485 + 60),
        ("Asia/Tokyo", date(2026, 3, 29), 485),
    ],
)
def test_a_clock_change_inside_the_night_changes_real_minutes(zone: str, night: date, tib: int) -> None:
    assert derive(entry(night=night, zone=zone)).tib == tib


def test_an_entry_a_day_late_is_marked() -> None:
    woke = datetime(2026, 11, 22, 22, 20, tzinfo=UTC)
    assert not derive(entry(entered_at=woke.replace(hour=23))).late
    assert derive(entry(entered_at=woke.replace(day=24))).late


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"sol": 600}, "sol"),
        ({"waso": 396}, "waso"),
        ({"early": 31}, "early"),
        ({"zone": "Mars/Base"}, "zone"),
        ({"final_wake": 1500}, "clock"),
    ],
)
def test_answers_that_clash_name_the_answer(changes: dict[str, object], field: str) -> None:
    with pytest.raises(InputError, match=field):
        derive(entry(**changes))


@given(
    bed=st.integers(0, 1439),
    wait=st.integers(0, 120),
    sol=st.integers(0, 120),
    sleep=st.integers(0, 600),
    waso=st.integers(0, 300),
    up=st.integers(0, 120),
)
def test_the_pieces_of_any_night_add_up(bed: int, wait: int, sol: int, sleep: int, waso: int, up: int) -> None:
    final = bed + wait + sol + sleep + waso
    made = derive(
        entry(
            into_bed=bed, try_sleep=(bed + wait) % 1440, sol=sol, waso=waso, early=0,
            final_wake=final % 1440, out_of_bed=(final + up) % 1440,
        )
    )  # fmt: skip
    assert made.tst == sleep
    assert made.tst + made.waso == made.spt
    assert 0 <= made.tst <= made.spt <= made.tib == wait + sol + sleep + waso + up
