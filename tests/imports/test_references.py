"""A slow second reading of every format with stages: minute by minute, against the readers, on made-up nights.

The reference knows nothing of segments, episodes or painting: it holds one stage for each minute of the night, the
stage that counts most where several are written, and counts.
"""

from __future__ import annotations

import itertools
import json
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fit_files import clock, encode, file_id, level, sleep_event
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tracker_files import RULES, put

from anmin.imports.found import Ask
from anmin.imports.instants import asked_zone
from anmin.imports.registry import read_files

Piece = tuple[int, int, str]
"""First minute, minutes, stage."""

BED = datetime(2024, 1, 1, 14, 30, tzinfo=UTC)  # 22:30 in Taipei
RANK = ("awake", "rem", "deep", "light")
_NUMBERS = itertools.count()


def reference(pieces: list[Piece]) -> dict[str, float]:
    """Minutes of each stage and awake between falling asleep and the final awakening."""
    minutes = [
        next((stage for stage in RANK if any(a <= minute < a + n and s == stage for a, n, s in pieces)), "awake")
        for minute in range(max(a + n for a, n, _ in pieces))
    ]
    asleep = [minute for minute, stage in enumerate(minutes) if stage != "awake"]
    inside = minutes[asleep[0] : asleep[-1] + 1]
    counted = {stage: float(inside.count(stage)) for stage in RANK}
    return {**counted, "tst": float(len(asleep)), "onset": float(asleep[0]), "spt": float(len(inside))}


def at(minute: float) -> datetime:
    return BED + timedelta(minutes=minute)


def ms(minute: float) -> int:
    return int(at(minute).timestamp() * 1000)


def wall(minute: float) -> str:
    return f"{(at(minute) + timedelta(hours=8)).replace(tzinfo=None).isoformat()}"


def end_of(pieces: list[Piece]) -> int:
    return max(a + n for a, n, _ in pieces)


Writer = Callable[[Path, list[Piece]], list[str]]


def apple(folder: Path, pieces: list[Piece]) -> list[str]:
    names = {"light": "AsleepCore", "deep": "AsleepDeep", "rem": "AsleepREM", "awake": "Awake"}
    export = timedelta(hours=-7)  # exported elsewhere

    def text(minute: int) -> str:
        return f"{(at(minute) + export).replace(tzinfo=None)} -0700"

    records = "".join(
        f'<Record type="HKCategoryTypeIdentifierSleepAnalysis" sourceName="w" startDate="{text(a)}" '
        f'endDate="{text(a + n)}" value="HKCategoryValueSleepAnalysis{names[stage]}">'
        '<MetadataEntry key="HKTimeZone" value="Asia/Taipei"/></Record>'
        for a, n, stage in pieces
    )
    return put(folder, {"a.xml": f'<?xml version="1.0"?><HealthData>{records}</HealthData>'})


def takeout(folder: Path, pieces: list[Piece]) -> list[str]:
    head = "sleep_id,sleep_type,minutes_asleep,start_utc_offset,sleep_start,end_utc_offset,sleep_end,data_source\n"
    sleep = f"9,STAGES,1,+08:00,{_z(0)},+08:00,{_z(end_of(pieces))},W\n"
    names = {"awake": "AWAKE", "rem": "REM", "deep": "DEEP", "light": "LIGHT"}
    rows = "".join(f"9,{i},{names[s]},{_z(a)},{_z(a + n)}\n" for i, (a, n, s) in enumerate(pieces))
    stages = "sleep_id,sleep_stage_id,sleep_stage_type,sleep_stage_start,sleep_stage_end\n"
    return put(folder, {"UserSleeps_1.csv": head + sleep, "UserSleepStages_1.csv": stages + rows})


def _z(minute: int) -> str:
    return at(minute).strftime("%Y-%m-%dT%H:%M:%SZ")


def health_connect(folder: Path, pieces: list[Piece]) -> list[str]:
    path = folder / "health_connect_export.db"
    path.unlink(missing_ok=True)
    codes = {"awake": 7, "light": 4, "deep": 5, "rem": 6}
    with sqlite3.connect(path) as db:
        db.execute(
            "CREATE TABLE sleep_session_record_table (row_id, start_time, end_time, start_zone_offset, end_zone_offset)"
        )
        db.execute("CREATE TABLE sleep_stages_table (parent_key, stage_start_time, stage_end_time, stage_type)")
        db.execute("INSERT INTO sleep_session_record_table VALUES (1,?,?,28800,28800)", (ms(0), ms(end_of(pieces))))
        rows = [(1, ms(a), ms(a + n), codes[stage]) for a, n, stage in pieces]
        db.executemany("INSERT INTO sleep_stages_table VALUES (?,?,?,?)", rows)
    db.close()
    return [str(path)]


def gadgetbridge(folder: Path, pieces: list[Piece]) -> list[str]:
    path = folder / "Gadgetbridge"
    path.unlink(missing_ok=True)
    codes = {"light": 2, "deep": 3, "rem": 4, "awake": 5}
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE COLMI_SLEEP_SESSION_SAMPLE (DEVICE_ID, TIMESTAMP, WAKEUP_TIME)")
        db.execute("CREATE TABLE COLMI_SLEEP_STAGE_SAMPLE (DEVICE_ID, TIMESTAMP, DURATION, STAGE)")
        db.execute("INSERT INTO COLMI_SLEEP_SESSION_SAMPLE VALUES (1,?,?)", (ms(0), ms(end_of(pieces))))
        rows = [(1, ms(a), n, codes[stage]) for a, n, stage in pieces]
        db.executemany("INSERT INTO COLMI_SLEEP_STAGE_SAMPLE VALUES (?,?,?,?)", rows)
    db.close()
    return [str(path)]


def samsung(folder: Path, pieces: list[Piece]) -> list[str]:
    codes = {"awake": 40001, "light": 40002, "deep": 40003, "rem": 40004}
    p = "com.samsung.health.sleep."
    table = f"com.samsung.shealth.sleep,84,1\n{p}start_time,{p}end_time,{p}time_offset,{p}datauuid,\n"
    table += f"{ms(0)},{ms(end_of(pieces))},UTC+0800,u,\n"
    stages = "com.samsung.health.sleep_stage,1,1\nstart_time,end_time,sleep_id,stage,time_offset,\n"
    stages += "".join(f"{ms(a)},{ms(a + n)},u,{codes[s]},UTC+0800,\n" for a, n, s in pieces)
    return put(folder, {"com.samsung.shealth.sleep.1.csv": table, "com.samsung.health.sleep_stage.1.csv": stages})


def withings(folder: Path, pieces: list[Piece]) -> list[str]:
    codes = {"awake": 0, "light": 1, "deep": 2, "rem": 3}
    rows = "".join(f'{wall(a)}+08:00,"[{60 * n}]","[{codes[s]}]"\n' for a, n, s in reversed(pieces))
    return put(folder, {"raw_tracker_sleep-state.csv": f"start,duration,value\n{rows}"})


def own_table(folder: Path, pieces: list[Piece]) -> list[str]:
    rows = "".join(f"{wall(a)},{wall(a + n)},{s},Asia/Taipei\n" for a, n, s in pieces)
    return put(folder, {"mine.csv": f"start,end,stage,zone\n{rows}"})


def fitbit(folder: Path, pieces: list[Piece]) -> list[str]:
    """Stages end to end; what is laid over them can only be short wakings."""
    names = {"awake": "wake"}
    base = {a: (a, n, s) for a, n, s in reversed(pieces) if s != "over"}
    data = [{"dateTime": wall(a) + ".000", "level": names.get(s, s), "seconds": 60 * n} for a, n, s in base.values()]
    short = [{"dateTime": wall(a) + ".000", "level": "wake", "seconds": 60 * n} for a, n, s in pieces if s == "over"]
    end = end_of(pieces)
    log = {"logId": 1, "dateOfSleep": wall(end)[:10], "startTime": wall(0) + ".000", "endTime": wall(end) + ".000",
           "duration": end * 60_000, "levels": {"data": data, "shortData": short}}  # fmt: skip
    return put(folder, {"sleep-1.json": [log]})


def fit(folder: Path, pieces: list[Piece]) -> list[str]:
    codes = {"awake": 1, "light": 2, "deep": 3, "rem": 4}
    begin = int(BED.timestamp())
    levels = [level(begin + 60 * (a + n), codes[s]) for a, n, s in pieces]
    return put(folder, {"a.fit": encode([file_id(), clock(begin, 28_800), sleep_event(begin), *levels])})


def polar(folder: Path, pieces: list[Piece]) -> list[str]:
    names = {"awake": "WAKE", "light": "NONREM12", "deep": "NONREM3", "rem": "REM"}
    changes = [{"offsetFromStart": f"PT{a // 60}H{a % 60}M", "state": names[s]} for a, n, s in pieces]
    held = {"sleepStart": f"{wall(0)}+08:00", "sleepEnd": f"{wall(end_of(pieces))}+08:00", "sleepStateChanges": changes}
    return put(folder, {"sleep_result_1.json": [{"sleepResult": {"hypnogram": held}}]})


@st.composite
def hypnograms(draw: st.DrawFn) -> list[Piece]:
    """End to end from minute 0, two to ten hours, with some sleep."""
    parts = draw(st.lists(st.tuples(st.integers(1, 55), st.sampled_from(RANK)), min_size=4, max_size=16))
    pieces, minute = [], 0
    for minutes, stage in [*parts, (60, "light")]:
        pieces.append((minute, minutes, stage))
        minute += minutes
    return pieces


@st.composite
def over(draw: st.DrawFn, stages: tuple[str, ...]) -> list[Piece]:
    """The same with pieces laid over it."""
    pieces = draw(hypnograms())
    end = end_of(pieces)
    laid = draw(st.lists(st.tuples(st.integers(0, end - 2), st.integers(1, 40), st.sampled_from(stages)), max_size=5))
    return pieces + [(a, min(n, end - a), stage) for a, n, stage in laid]


def agree(writer: Writer, folder: Path, written: list[Piece], meant: list[Piece]) -> None:
    expected = reference(meant)
    paths = writer(folder, written)
    found = read_files(paths, Ask(RULES, asked_zone("Asia/Taipei"))).nights
    sleeps = [*found.nights, *found.naps]
    assert len(sleeps) == 1, (written, sleeps)
    (night,) = sleeps
    got = {"rem": night.rem, "deep": night.deep, "light": night.light, "tst": night.tst, "spt": night.spt}
    assert got == {name: expected[name] for name in got}, written
    assert night.onset is not None
    assert night.onset.isoformat() == f"{wall(expected['onset'])}+08:00"
    assert night.waso == expected["awake"]


LAYERED: tuple[Writer, ...] = (apple, takeout, health_connect, gadgetbridge, samsung, withings, own_table)


@pytest.mark.parametrize("writer", LAYERED)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=over(RANK))
def test_stages_that_may_lie_over_each_other(writer: Writer, tmp_path: Path, pieces: list[Piece]) -> None:
    agree(writer, tmp_path, pieces, pieces)


@pytest.mark.parametrize("writer", [fit, polar])
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=hypnograms())
def test_stages_end_to_end(writer: Writer, tmp_path: Path, pieces: list[Piece]) -> None:
    agree(writer, tmp_path, pieces, pieces)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=over(("over",)))
def test_fitbit_short_wakings(tmp_path: Path, pieces: list[Piece]) -> None:
    agree(fitbit, tmp_path, pieces, [(a, n, "awake" if s == "over" else s) for a, n, s in pieces])


@settings(max_examples=60, deadline=None)
@given(pieces=over(RANK))
def test_the_reference_itself_counts_every_minute_once(pieces: list[Piece]) -> None:
    counted = reference(pieces)
    assert counted["rem"] + counted["deep"] + counted["light"] == counted["tst"]
    assert counted["tst"] + counted["awake"] == counted["spt"]
    assert json.dumps(counted)
