"""Canonical nights: invariants over anything a source may hold, and the cases that lose or double a night."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anmin.imports.model import SLEEP, STAGES, Episode, Night, Nights, Rules, Segment, Stage, rules_of
from anmin.imports.night import nights_of
from anmin.imports.paint import episodes_of, paint
from anmin.imports.sleeps import sleeps_of
from anmin.knowledge.load import load

RULES: Rules = rules_of(load())
START = int(datetime(2026, 3, 1, tzinfo=UTC).timestamp())


def at(text: str, zone: str = "UTC") -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp())


def offset(instant: int, zone: str) -> int:
    held = datetime.fromtimestamp(instant, ZoneInfo(zone)).utcoffset()
    assert held is not None
    return int(held.total_seconds())


def piece(
    start: str, end: str, stage: Stage = "asleep", zone: str = "UTC", source: str = "watch", written: int = 0
) -> Segment:
    first, last = at(start, zone), at(end, zone)
    return Segment(
        source=source, start=first, end=last, stage=stage, offset_start=offset(first, zone),
        offset_end=offset(last, zone), known="true", zone=zone, written=written,
    )  # fmt: skip


def read(*pieces: Segment) -> Nights:
    return nights_of(pieces, (), RULES)


def segments() -> st.SearchStrategy[list[Segment]]:
    one = st.builds(
        lambda source, start, length, stage, hours, written, known: Segment(
            source=source, start=START + 60 * start, end=START + 60 * (start + length), stage=stage,
            offset_start=3600 * hours, offset_end=3600 * hours, written=written and START + 60 * written, known=known,
        ),
        st.sampled_from(("watch", "phone", "ring")), st.integers(0, 5 * 1440), st.integers(1, 600),
        st.sampled_from(STAGES), st.sampled_from((-11, 0, 9, 14)),
        st.one_of(st.just(0), st.integers(1, 6 * 1440)), st.sampled_from(("true", "inferred", "unknown")),
    )  # fmt: skip
    return st.lists(one, max_size=25)


@settings(max_examples=150, deadline=None)
@given(segments(), st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing(pieces: list[Segment], rng: random.Random) -> None:
    once = nights_of(pieces, (), RULES)
    again = [*pieces, *pieces]
    rng.shuffle(again)
    assert nights_of(again, (), RULES) == once


@settings(max_examples=150, deadline=None)
@given(segments())
def test_minutes_add_up_and_no_source_is_added_to_another(pieces: list[Segment]) -> None:
    found = nights_of(pieces, (), RULES)
    for night in (*found.nights, *found.naps):
        assert night.source not in night.also
        if night.tst is None or night.spt is None or night.waso is None:
            assert night.basis == "in_bed"
            continue
        assert 0 <= night.tst <= night.spt + 1e-9
        assert night.spt <= night.tib + 1e-9
        assert night.tst + night.waso == pytest.approx(night.spt)
    for source in {piece.source for piece in pieces}:
        own = [piece for piece in pieces if piece.source == source and piece.stage in SLEEP]
        covered = {minute for piece in own for minute in range(piece.start // 60, piece.end // 60)}
        counted = sum(night.tst or 0 for night in (*found.nights, *found.naps) if night.source == source)
        assert counted <= len(covered) + 1e-9


@settings(max_examples=100, deadline=None)
@given(segments())
def test_sleeps_of_one_source_never_overlap(pieces: list[Segment]) -> None:
    for source in ("watch", "phone", "ring"):
        sleeps = sleeps_of(episodes_of([piece for piece in pieces if piece.source == source], RULES), RULES)
        assert all(one.end <= other.start for one, other in pairwise(sleeps))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 40), st.sampled_from(STAGES)), max_size=12))
def test_painting_is_the_highest_stage_at_every_minute(spans: list[tuple[int, int, Stage]]) -> None:
    held = [(start, start + length, stage) for start, length, stage in spans]
    runs = paint(held)
    for minute in range(101):
        here = [stage for start, end, stage in held if start <= minute < end]
        shown = [stage for start, end, stage in runs if start <= minute < end]
        assert shown == ([min(here, key=STAGES.index)] if here else [])


ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Taipei", "Pacific/Apia", "America/St_Johns")


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(ZONES), st.integers(0, 365), st.integers(21 * 60, 26 * 60), st.integers(300, 560),
)  # fmt: skip
def test_no_night_is_lost_or_doubled_through_the_year(zone: str, first: int, bed: int, length: int) -> None:
    pieces, expected = [], []
    for day in range(first, first + 12):
        evening = datetime(2026, 1, 1) + timedelta(days=day, minutes=bed)
        start = int(evening.replace(tzinfo=ZoneInfo(zone)).timestamp())
        end = start + 60 * length
        pieces.append(
            Segment(
                source="watch", start=start, end=end, stage="asleep", offset_start=offset(start, zone),
                offset_end=offset(end, zone), known="true", zone=zone,
            )
        )  # fmt: skip
        expected.append(datetime.fromtimestamp(end, ZoneInfo(zone)).date())
    found = read(*pieces)
    assert [night.night for night in found.nights] == expected
    assert all(night.tst == length for night in found.nights)
    assert not found.naps


def test_the_night_belongs_to_the_morning() -> None:
    (night,) = read(piece("2026-02-28T23:30", "2026-03-01T07:00")).nights
    assert night.night == date(2026, 3, 1)
    (night,) = read(piece("2026-03-01T00:30", "2026-03-01T07:00")).nights
    assert night.night == date(2026, 3, 1)


def test_the_hour_that_is_skipped_and_the_hour_that_is_repeated() -> None:
    spring, autumn = read(
        piece("2026-03-28T23:00", "2026-03-29T07:00", zone="Europe/Berlin"),
        piece("2026-10-24T23:00", "2026-10-25T07:00", zone="Europe/Berlin"),
    ).nights
    assert (spring.tst, autumn.tst) == (420, 540)
    assert spring.marks == autumn.marks == ("clock_change",)
    assert spring.wake.isoformat() == "2026-03-29T07:00:00+02:00"
    assert autumn.wake.isoformat() == "2026-10-25T07:00:00+01:00"


def test_naps_stay_apart_even_in_the_afternoon_window() -> None:
    found = read(
        piece("2026-03-01T23:00", "2026-03-02T07:00"), piece("2026-03-02T13:00", "2026-03-02T14:30"),
        piece("2026-03-02T23:00", "2026-03-03T07:00"),
    )  # fmt: skip
    assert [night.tst for night in found.nights] == [480, 480]
    assert [(nap.night.isoformat(), nap.tst) for nap in found.naps] == [("2026-03-02", 90)]


def test_a_split_night_is_one_night_and_an_evening_doze_is_not_part_of_it() -> None:
    usual = [piece(f"2026-03-{day:02}T23:00", f"2026-03-{day + 1:02}T07:00") for day in range(1, 8)]
    found = read(
        *usual, piece("2026-03-10T20:30", "2026-03-10T21:10"), piece("2026-03-10T23:00", "2026-03-11T02:00"),
        piece("2026-03-11T04:00", "2026-03-11T07:00"),
    )  # fmt: skip
    night = found.nights[-1]
    assert (night.tst, night.waso, night.spt, night.marks) == (360, 120, 480, ("split",))
    assert [nap.tst for nap in found.naps] == [40]


def test_two_records_close_together_are_one_sleep_at_any_hour() -> None:
    halves = [("2026-03-01T13:00", "2026-03-01T13:30"), ("2026-03-01T14:10", "2026-03-01T14:40")]
    episodes = [
        Episode(source="x", start=at(start), end=at(end), runs=((at(start), at(end), "asleep"),), known="true")
        for start, end in halves
    ]
    (nap,) = nights_of((), episodes, RULES).naps
    assert (nap.tst, nap.waso, nap.parts, nap.marks) == (60, 40, 2, ())


def test_a_second_short_sleep_of_the_same_night_is_no_second_night() -> None:
    found = read(piece("2026-03-01T23:00", "2026-03-02T02:00"), piece("2026-03-02T05:30", "2026-03-02T07:00"))
    assert [(one.night.day, one.tst) for one in found.nights] == [(2, 180)]
    assert [one.tst for one in found.naps] == [90]


def test_a_shift_worker_keeps_the_day_sleep_as_the_night() -> None:
    found = read(*(piece(f"2026-03-{day:02}T08:30", f"2026-03-{day:02}T15:00") for day in range(1, 6)))
    assert [night.night.day for night in found.nights] == [1, 2, 3, 4, 5]


def test_the_same_date_twice_over_the_date_line_is_two_nights() -> None:
    found = read(
        piece("2026-05-03T23:00", "2026-05-04T06:00", zone="Asia/Tokyo"),
        piece("2026-05-03T23:30", "2026-05-04T07:00", zone="Pacific/Honolulu"),
        piece("2026-05-04T23:30", "2026-05-05T07:00", zone="Pacific/Honolulu"),
    )
    assert [night.night.day for night in found.nights] == [4, 4, 5]
    assert not found.naps


def test_sources_are_ranked_and_never_added() -> None:
    watch = [
        piece("2026-03-01T23:20", "2026-03-02T03:00", "light"), piece("2026-03-02T03:00", "2026-03-02T06:40", "rem"),
    ]  # fmt: skip
    phone = piece("2026-03-01T22:50", "2026-03-02T07:10", "in_bed", source="phone")
    ring = piece("2026-03-01T23:00", "2026-03-02T07:00", "asleep", source="ring")
    (night,) = read(*watch, phone, ring).nights
    assert (night.source, night.also, night.tst) == ("watch", ("phone", "ring"), 440)
    (preferred,) = nights_of([*watch, phone, ring], (), RULES, prefer=("ring",)).nights
    assert (preferred.source, preferred.tst) == ("ring", 480)
    (only_bed,) = read(phone).nights
    assert (only_bed.tst, only_bed.waso, only_bed.basis, only_bed.confidence) == (None, None, "in_bed", "low")


def test_light_sleep_written_over_everything_does_not_hide_rem_and_deep() -> None:
    (night,) = read(
        piece("2026-03-01T23:00", "2026-03-02T07:00", "light"), piece("2026-03-02T01:00", "2026-03-02T02:00", "deep"),
        piece("2026-03-02T05:00", "2026-03-02T06:30", "rem"), piece("2026-03-02T03:00", "2026-03-02T03:10", "awake"),
    ).nights  # fmt: skip
    assert (night.tst, night.deep, night.rem, night.light, night.waso) == (470, 60, 90, 320, 10)
    assert night.awakenings == 1


def test_remnants_of_an_earlier_writing_are_left_out() -> None:
    first, second = at("2026-03-02T08:00"), at("2026-03-02T12:00")
    stale = piece("2026-03-01T22:30", "2026-03-01T23:00", "rem", written=first)
    night = [
        piece("2026-03-02T01:06", "2026-03-02T05:00", "light", written=second),
        piece("2026-03-02T05:00", "2026-03-02T08:42", "rem", written=second),
    ]
    found = read(stale, *night)
    assert [(one.tst, one.onset and one.onset.hour) for one in found.nights] == [(456, 1)]
    assert not found.naps
    following = [  # parts written while the night went on are no remnants of each other
        piece("2026-03-01T23:00", "2026-03-02T02:00", "light", written=at("2026-03-02T02:01")),
        piece("2026-03-02T02:05", "2026-03-02T07:00", "rem", written=at("2026-03-02T07:01")),
    ]
    assert [one.tst for one in read(*following).nights] == [475]


def test_a_wall_clock_without_zone_joins_the_night_it_overlaps() -> None:
    known = piece("2026-03-01T23:00", "2026-03-02T07:00", "light", zone="Asia/Tokyo")
    wall = Segment(
        source="band", start=at("2026-03-01T23:10"), end=at("2026-03-02T06:50"), stage="asleep", known="unknown"
    )
    (night,) = read(known, wall).nights
    assert (night.source, night.also) == ("watch", ("band",))
    (alone,) = read(wall).nights
    assert alone.wake == datetime(2026, 3, 2, 6, 50)
    assert alone.confidence == "low"


def test_totals_that_do_not_fit_are_cut_and_marked() -> None:
    start = at("2026-03-01T23:00")
    episode = Episode(source="x", start=start, end=start + 6 * 3600, totals=(("light", 7 * 3600),), known="true")
    (night,) = nights_of((), (episode,), RULES).nights
    assert (night.tst, night.waso, night.marks, night.confidence) == (360, 0, ("totals_do_not_fit",), "low")


def test_there_is_no_latency_to_fill_in() -> None:
    assert not [name for name in Night.__struct_fields__ if "latency" in name or name == "sol"]
