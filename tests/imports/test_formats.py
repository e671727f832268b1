"""Fitbit, Oura, Withings, WHOOP, Health Connect and tables: every trap known of them, on files made here."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from pathlib import Path

import pytest
from tracker_files import RULES, nights_by, put, zipped

from anmin.errors import InputError
from anmin.imports import fitbit, health_connect, oura, table, whoop, withings
from anmin.imports.found import Ask
from anmin.imports.instants import asked_zone, seconds_of
from anmin.imports.registry import read_files
from anmin.imports.spans import of_walls


def log(night: str, start: str, end: str, log_id: int = 1, **more: object) -> dict[str, object]:
    return {"logId": log_id, "dateOfSleep": night, "startTime": start, "endTime": end, "minutesToFallAsleep": 0,
            "efficiency": 95, "mainSleep": True, **more}  # fmt: skip


def levels(start: str, *parts: tuple[str, str, int], short: tuple[tuple[str, int], ...] = ()) -> dict[str, object]:
    data = [
        {"dateTime": f"{start[:10]}T{clock}.000", "level": level, "seconds": seconds} for clock, level, seconds in parts
    ]
    extra = [{"dateTime": f"{start[:10]}T{clock}.000", "level": "wake", "seconds": seconds} for clock, seconds in short]
    return {"data": data, "shortData": extra}


STAGED = levels(
    "2024-01-02", ("00:00:00", "light", 3600), ("01:00:00", "deep", 3600), ("02:00:00", "wake", 600),
    ("02:10:00", "rem", 3600), ("03:10:00", "light", 3000), short=(("00:30:00", 120),),
)  # fmt: skip


def test_fitbit_overlapping_chunks_are_one_night_with_short_wakings_laid_over(tmp_path: Path) -> None:
    night = log("2024-01-02", "2024-01-02T00:00:00.000", "2024-01-02T04:00:00.000", levels=STAGED, type="stages")
    files = {"sleep-2023-12-15.json": [night], "sleep-2024-01-01.json": [night]}
    found = nights_by(fitbit.FORMAT, put(tmp_path, files), "Asia/Taipei")
    (one,) = found.nights
    assert (one.tst, one.waso, one.deep, one.rem, one.awakenings) == (228, 12, 60, 60, 2)
    assert (one.known, one.wake.isoformat()) == ("inferred", "2024-01-02T04:00:00+08:00")


def test_fitbit_without_a_zone_is_kept_by_the_wall_clock_and_marked(tmp_path: Path) -> None:
    night = log("2024-01-02", "2024-01-01T23:00:00.000", "2024-01-02T07:00:00.000", minutesAsleep=430)
    (one,) = nights_by(fitbit.FORMAT, put(tmp_path, {"s.json": [night]})).nights
    assert (one.known, one.confidence, one.wake.tzinfo, one.tst) == ("unknown", "low", None, 430)


@pytest.mark.parametrize("zone", [None, "Europe/Berlin"])
def test_fitbit_duration_tells_of_the_hour_that_was_lost(tmp_path: Path, zone: str | None) -> None:
    night = log("2024-03-31", "2024-03-30T23:00:00.000", "2024-03-31T07:00:00.000", duration=7 * 3_600_000,
                minutesAsleep=400)  # fmt: skip
    (one,) = nights_by(fitbit.FORMAT, put(tmp_path, {"s.json": [night]}), zone).nights
    assert (one.tib, one.wake.hour, one.marks) == (420, 7, ("clock_change",))


def test_fitbit_naps_and_classic_logs(tmp_path: Path) -> None:
    main = log("2024-01-02", "2024-01-01T23:00:00.000", "2024-01-02T01:00:00.000", 1, levels={
        "data": [{"dateTime": "2024-01-01T23:00:00.000", "level": "asleep", "seconds": 3600},
                 {"dateTime": "2024-01-02T00:00:00.000", "level": "restless", "seconds": 600},
                 {"dateTime": "2024-01-02T00:10:00.000", "level": "asleep", "seconds": 3000}]})  # fmt: skip
    nap = log("2024-01-02", "2024-01-02T13:00:00.000", "2024-01-02T14:00:00.000", 2, mainSleep=False, minutesAsleep=55)
    found = nights_by(fitbit.FORMAT, put(tmp_path, {"s.json": {"sleep": [main, nap]}}))
    assert [(one.tst, one.basis) for one in found.nights] == [(110, "asleep")]
    assert [(one.tst, one.basis) for one in found.naps] == [(55, "totals")]


SLEEPS = "sleep_id,sleep_type,minutes_asleep,start_utc_offset,sleep_start,end_utc_offset,sleep_end,data_source\n"


def test_takeout_tables_give_the_offset_and_a_placeholder_does_not(tmp_path: Path) -> None:
    logs = [
        log("2024-01-02", "2024-01-01T23:00:00.000", "2024-01-02T07:00:00.000", 1, minutesAsleep=430),
        log("2024-01-03", "2024-01-02T23:00:00.000", "2024-01-03T07:00:00.000", 2, minutesAsleep=420),
        log("2024-01-04", "2024-01-03T23:00:00.000", "2024-01-04T07:00:00.000", 3, minutesAsleep=410),
    ]
    rows = (
        "901,STAGES,430,+08:00,2024-01-01T15:00:00Z,+08:00,2024-01-01T23:00:00Z,WATCH\n"  # offset as recorded
        "902,STAGES,420,+00:00,2024-01-02T23:00:00Z,+00:00,2024-01-03T07:00:00Z,WATCH\n"  # the wall clock in disguise
        "903,STAGES,410,+00:00,2024-01-03T15:00:00Z,+00:00,2024-01-03T23:00:00Z,WATCH\n"  # UTC, offset left out
        "904,STAGES,400,+08:00,2024-01-04 15:00:00+0000,+08:00,2024-01-04 23:00:00+0000,WATCH\n"  # no log
    )
    paths = put(tmp_path, {"s.json": logs, "UserSleeps_2024-01-01.csv": SLEEPS + rows})
    found = nights_by(fitbit.FORMAT, paths)
    assert [(one.tst, one.known, one.wake.hour) for one in found.nights] == [
        (430, "true", 7), (420, "unknown", 7), (410, "true", 7), (400, "true", 7),
    ]  # fmt: skip
    assert not found.naps
    assert nights_by(fitbit.FORMAT, paths[::-1]) == found


def test_takeout_stages_make_the_hypnogram(tmp_path: Path) -> None:
    stages = "sleep_id,sleep_stage_id,sleep_stage_type,sleep_stage_start,sleep_stage_end\n"
    rows = ("9,1,LIGHT,2024-01-01T15:00:00Z,2024-01-01T19:00:00Z\n9,2,AWAKE,2024-01-01T19:00:00Z,2024-01-01T19:30:00Z\n"
            "9,3,REM,2024-01-01T19:30:00Z,2024-01-01T23:00:00Z\n")  # fmt: skip
    sleep = "9,STAGES,430,+08:00,2024-01-01T15:00:00Z,+08:00,2024-01-01T23:00:00Z,WATCH\n"
    paths = put(tmp_path, {"UserSleeps_1.csv": SLEEPS + sleep, "UserSleepStages_1.csv": stages + rows})
    (one,) = nights_by(fitbit.FORMAT, paths).nights
    assert (one.tst, one.rem, one.waso, one.night.isoformat()) == (450, 210, 30, "2024-01-02")


def test_the_old_fitbit_table_has_twelve_hour_clocks(tmp_path: Path) -> None:
    text = (
        "Sleep\nStart Time,End Time,Minutes Asleep,Minutes Awake,Number of Awakenings,Time in Bed,Minutes REM Sleep,"
        "Minutes Light Sleep,Minutes Deep Sleep\n"
        '"2019-03-01 11:05PM","2019-03-02 6:35AM","420","30","3","450","90","250","80"\n'
        '"2019-03-03 12:10AM","2019-03-03 7:10AM","400","20","2","420","N/A","N/A","N/A"\n'
    )
    first, second = nights_by(fitbit.FORMAT, put(tmp_path, {"fitbit_export.csv": text})).nights
    assert (first.tst, first.rem, first.onset and first.onset.hour, first.awakenings) == (420, 90, 23, 3)
    assert (second.tst, second.rem) == (400, None)


def sleep(day: str, start: str, end: str, **more: object) -> dict[str, object]:
    return {"id": f"{day} {start}", "day": day, "type": "long_sleep", "bedtime_start": start, "bedtime_end": end,
            "latency": 600, "efficiency": None, **more}  # fmt: skip


def test_oura_phases_deleted_sleeps_and_naps(tmp_path: Path) -> None:
    documents = {
        "data": [
            sleep("2024-01-02", "2024-01-01T23:00:00+08:00", "2024-01-02T00:00:00.000+08:00",
                  sleep_phase_5_min="422211334222", heart_rate={"items": [None, 60]}),
            sleep("2024-01-02", "2024-01-02T01:00:00+08:00", "2024-01-02T09:00:00+08:00", type="deleted",
                  total_sleep_duration=27000),
            sleep("2024-01-02", "2024-01-02T14:00:00+08:00", "2024-01-02T14:30:00+08:00", type="late_nap",
                  total_sleep_duration=1500),
        ]
    }  # fmt: skip
    found = nights_by(oura.FORMAT, put(tmp_path, {"o.json": documents}))
    (night,) = found.nights
    assert (night.tst, night.deep, night.rem, night.light, night.waso) == (50, 10, 10, 30, 5)
    assert [nap.tst for nap in found.naps] == [25]


def test_oura_csv_of_the_account_page(tmp_path: Path) -> None:
    text = (
        "day,bedtime_start,bedtime_end,total_sleep_duration,light_sleep_duration,deep_sleep_duration,rem_sleep_duration,type\n"
        "2024-03-31,2024-03-30T23:00:00+01:00,2024-03-31T08:00:00+02:00,27000,15000,6000,6000,long_sleep\n"
    )
    (night,) = nights_by(oura.FORMAT, put(tmp_path, {"o.csv": text})).nights
    assert (night.tst, night.tib, night.basis, night.marks) == (450, 480, "totals", ("clock_change",))


GERMAN = (
    'von,bis,"leicht (s)","tief (s)","rem (s)","wach (s)",Aufwachen,"Duration to sleep (s)","Duration to wake up (s)"\n'
)
ENGLISH = (
    'from,to,"light (s)","deep (s)","rem (s)","awake (s)","wake up","Duration to sleep (s)","Duration to wake up (s)"\n'
)


@pytest.mark.parametrize("head", [GERMAN, ENGLISH])
def test_withings_headers_in_any_language(tmp_path: Path, head: str) -> None:
    row = "2024-10-26T23:00:00+02:00,2024-10-27T07:00:00+01:00,16200,7200,5400,3600,2,900,300\n"
    (night,) = nights_by(withings.FORMAT, put(tmp_path, {"sleep.csv": head + row})).nights
    assert (night.tst, night.light, night.awakenings, night.tib) == (480, 270, 2, 540)
    assert (night.spt, night.waso) == (520, 40)
    assert night.onset is not None
    assert (night.onset.isoformat(), night.wake.isoformat()) == (
        "2024-10-26T23:15:00+02:00",
        "2024-10-27T06:55:00+01:00",
    )


def test_withings_states_unsorted_with_lists_in_cells_beat_the_totals(tmp_path: Path) -> None:
    raw = (
        "start,duration,value\n"
        '2024-01-02T03:00:00+01:00,"[3600,600,3000]","[2,0,3]"\n'
        '2024-01-01T23:00:00+01:00,"[14400]","[1]"\n'
        '2024-01-02T05:00:00+01:00,"[60,60]","[1]"\n'
    )
    totals = ENGLISH + "2024-01-01T22:50:00+01:00,2024-01-02T05:10:00+01:00,15000,3600,3000,600,1,0,0\n"
    paths = put(tmp_path, {"raw_sleep-monitor_sleep-state.csv": raw, "sleep.csv": totals})
    (night,) = nights_by(withings.FORMAT, paths).nights
    assert (night.basis, night.light, night.deep, night.rem, night.waso) == ("stages", 240, 60, 50, 10)


WHOOP = (
    "Cycle start time,Cycle end time,Cycle timezone,Wake onset,Sleep onset,Asleep duration (min),"
    "Light sleep duration (min),Deep (SWS) duration (min),REM duration (min),Awake duration (min),Nap\n"
)


def test_whoop_offsets_naps_and_the_running_cycle(tmp_path: Path) -> None:
    rows = (
        "2024-01-01 23:00:00,,UTC-08:00,2024-01-02 07:00:00,2024-01-01 23:00:00,450,250,90,110,30,false\n"
        "2024-01-02 23:00:00,,GMT-5,2024-01-03 07:00:00,2024-01-02 23:30:00,420,240,80,100,30,false\n"
        "2024-01-02 23:00:00,,GMT-5,2024-01-03 14:00:00,2024-01-03 13:30:00,25,25,0,0,5,true\n"
        "2024-01-03 23:00:00,,UTC-08:00,,2024-01-03 23:00:00,,,,,,false\n"
        "2024-01-04 23:00:00,,UTC-08:00,2024-01-05 05:40:00,2024-01-05 05:00:00,35,35,0,0,5,true\n"
    )
    found = nights_by(whoop.FORMAT, put(tmp_path, {"sleeps.csv": WHOOP + rows}))
    assert [(one.tst, one.wake.isoformat()) for one in found.nights] == [
        (450, "2024-01-02T07:00:00-08:00"), (420, "2024-01-03T07:00:00-05:00"),
    ]  # fmt: skip
    assert [nap.tst for nap in found.naps] == [25, 35]  # a nap by its maker's word, even at five in the morning


def health_connect_db(path: Path, *, offsets: bool = True) -> None:
    with sqlite3.connect(path) as db:
        db.execute(
            "CREATE TABLE sleep_session_record_table (row_id INTEGER, uuid BLOB, start_time INTEGER, end_time INTEGER,"
            " start_zone_offset INTEGER, end_zone_offset INTEGER, app_info_id INTEGER, last_modified_time INTEGER)"
        )
        db.execute("CREATE TABLE sleep_stages_table (parent_key, stage_start_time, stage_end_time, stage_type)")
        db.execute("CREATE TABLE application_info_table (row_id INTEGER, package_name TEXT, app_name TEXT)")
        db.executemany("INSERT INTO application_info_table VALUES (?,?,?)", [(1, "a.b", "Ring"), (2, "c.d", None)])
        start = 1_704_121_200_000  # 2024-01-01 15:00 UTC
        hour = 3_600_000
        shift = 28_800 if offsets else None
        sessions = [
            (1, b"\x01", start, start + 8 * hour, shift, shift, 1, 5_000),
            (2, b"\x02", start - hour, start + 9 * hour, shift, shift, 2, 5_000),
            (3, b"\x03", start + 1000, start, shift, shift, 1, 5_000),
        ]
        db.executemany("INSERT INTO sleep_session_record_table VALUES (?,?,?,?,?,?,?,?)", sessions)
        stages = [(1, start, start + 4 * hour, 4), (1, start + 4 * hour, start + 5 * hour, 7),
                  (1, start + 5 * hour, start + 8 * hour, 6), (1, start, start + 8 * hour, 0)]  # fmt: skip
        db.executemany("INSERT INTO sleep_stages_table VALUES (?,?,?,?)", stages)
    db.close()


def test_health_connect_keeps_apps_apart(tmp_path: Path) -> None:
    path = tmp_path / "health_connect_export.db"
    health_connect_db(path)
    (night,) = nights_by(health_connect.FORMAT, [str(path)]).nights
    assert (night.source, night.also, night.tst, night.waso) == ("Ring", ("c.d",), 420, 60)
    assert night.wake.isoformat() == "2024-01-02T07:00:00+08:00"
    inside = put(tmp_path, {"h.zip": zipped({"health_connect_export.db": path.read_bytes()})})
    assert read_files(inside, Ask(RULES)).nights.nights == (night,)


def test_a_database_that_is_broken_or_hostile_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    health_connect_db(path)
    (tmp_path / "cut.db").write_bytes(path.read_bytes()[:6000])
    with pytest.raises(InputError):
        read_files([str(tmp_path / "cut.db")], Ask(RULES))
    with sqlite3.connect(tmp_path / "view.db") as db:  # a view that never ends is no table
        db.execute(
            "CREATE VIEW sleep_session_record_table AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM n)"
            " SELECT x AS row_id FROM n"
        )
    db.close()
    with pytest.raises(InputError):
        read_files([str(tmp_path / "view.db")], Ask(RULES))


def test_a_table_of_ones_own(tmp_path: Path) -> None:
    text = "Bedtime;Woke;Slept\n2024-01-01 23:00;2024-01-02 07:00;430\n2024-01-02 23:00;2024-01-03 07:00;400,5\n"
    (path,) = put(tmp_path, {"mine.csv": text})
    ask = Ask(RULES, asked_zone("Asia/Tokyo"), {"start": "Bedtime", "end": "Woke", "asleep": "Slept"})
    first, second = read_files([path], ask).nights.nights
    assert (first.tst, first.known) == (430, "inferred")
    assert second.tst == pytest.approx(400.5)
    with pytest.raises(InputError, match="column"):
        read_files([path], Ask(RULES, None, {"begin": "Bedtime"}))


def test_a_table_with_stages_and_zones(tmp_path: Path) -> None:
    text = (
        "start,end,stage,zone\n2024-03-10 00:30,2024-03-10 01:30,light,America/New_York\n"
        "2024-03-10 01:30,2024-03-10 07:00,rem,America/New_York\n"
    )
    (night,) = nights_by(table.FORMAT, put(tmp_path, {"t.csv": text})).nights
    assert (night.tst, night.known, night.marks) == (330, "true", ("clock_change",))


def test_two_makers_are_one_night_from_one_of_them_whatever_the_order(tmp_path: Path) -> None:
    files = {
        "o.json": [sleep("2024-01-02", "2024-01-01T23:00:00+08:00", "2024-01-02T07:00:00+08:00",
                         sleep_phase_5_min="2" * 96)],
        "f.json": [log("2024-01-02", "2024-01-01T23:20:00.000", "2024-01-02T06:50:00.000", minutesAsleep=430)],
    }  # fmt: skip
    paths = put(tmp_path, files)
    one, other = read_files(paths, Ask(RULES)), read_files([*paths[::-1], paths[0]], Ask(RULES))
    assert one.nights == other.nights
    (night,) = one.nights.nights
    assert (night.source, night.also, night.tst) == ("Oura", ("Fitbit",), 480)


def test_wall_clocks_within_the_hour_that_comes_twice() -> None:
    berlin = asked_zone("Europe/Berlin")
    first, last = seconds_of(datetime(2024, 10, 27, 2, 30)), seconds_of(datetime(2024, 10, 27, 2, 10))
    span = of_walls(first, last, berlin)
    assert (span.end - span.start, span.offset_start, span.offset_end) == (40 * 60, 7200, 3600)
