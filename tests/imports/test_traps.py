"""Traps of the formats that no other test here reproduces: repeats, clock changes, travel, summaries, bad bytes."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import tracemalloc
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tracker_files import RULES, nights_by, put, zipped

from anmin.errors import InputError
from anmin.imports import apple, fitbit, oura, samsung, withings, xiaomi
from anmin.imports.found import Ask
from anmin.imports.registry import read_files


def apple_record(
    start: datetime, minutes: int, zone: str = "", exported: str = "Europe/Berlin", stage: str = "Core"
) -> str:
    """As an export made on a summer's day in ``exported`` writes it."""
    shift = datetime(2026, 7, 1, tzinfo=ZoneInfo(exported)).utcoffset()
    assert shift is not None

    def text(instant: datetime) -> str:
        wall = (instant.astimezone(UTC) + shift).replace(tzinfo=None)
        hours = int(shift.total_seconds() // 3600)
        return f"{wall} {'-' if hours < 0 else '+'}{abs(hours):02d}00"

    end = start.astimezone(UTC) + timedelta(minutes=minutes)
    child = f'<MetadataEntry key="HKTimeZone" value="{zone}"/>' if zone else ""
    return (
        f'<Record type="HKCategoryTypeIdentifierSleepAnalysis" sourceName="Watch" startDate="{text(start)}" '
        f'endDate="{text(end)}" value="HKCategoryValueSleepAnalysisAsleep{stage}">{child}</Record>'
    )


def apple_file(*records: str) -> str:
    return f'<?xml version="1.0"?><HealthData>{"".join(records)}</HealthData>'


def test_apple_a_record_repeated_inside_a_correlation_counts_once(tmp_path: Path) -> None:
    one = apple_record(datetime(2026, 1, 5, 23, tzinfo=ZoneInfo("Asia/Taipei")), 480, "Asia/Taipei")
    inside = f'<Correlation type="x">{one}</Correlation>'
    (night,) = nights_by(apple.FORMAT, put(tmp_path, {"a.xml": apple_file(one, inside, one)})).nights
    assert (night.tst, night.parts) == (480, 1)


@pytest.mark.parametrize(("evening", "length"), [("2026-03-28", 420), ("2026-10-24", 540)])
def test_apple_both_clock_changes_exported_in_summer(tmp_path: Path, evening: str, length: int) -> None:
    """Asleep at 23:00, awake at 07:00 by the clock beside the bed, in the night of the change and those around it."""
    berlin = ZoneInfo("Europe/Berlin")
    first = datetime.fromisoformat(f"{evening}T23:00").replace(tzinfo=berlin)
    starts = [first + timedelta(days=day) for day in (-1, 0, 1)]
    minutes = [480, length, 480]
    records = [apple_record(at, n, "Europe/Berlin") for at, n in zip(starts, minutes, strict=True)]
    found = nights_by(apple.FORMAT, put(tmp_path, {"a.xml": apple_file(*records)}))
    assert [night.tst for night in found.nights] == minutes
    assert {(night.onset and night.onset.hour, night.wake.hour) for night in found.nights} == {(23, 7)}
    assert [night.marks for night in found.nights] == [(), ("clock_change",), ()]
    assert not found.naps


@pytest.mark.parametrize(("evening", "milliseconds"), [("2026-03-28", 7 * 3_600_000), ("2026-10-24", 9 * 3_600_000)])
def test_fitbit_both_clock_changes_by_wall_clocks_alone(tmp_path: Path, evening: str, milliseconds: int) -> None:
    logs = []
    for day in (-1, 0, 1):
        start = datetime.fromisoformat(f"{evening}T23:00:00") + timedelta(days=day)
        end = start + timedelta(hours=8)
        took = 8 * 3_600_000 if day else milliseconds
        logs.append({"logId": day + 5, "dateOfSleep": str(end.date()), "startTime": start.isoformat(),
                     "endTime": end.isoformat(), "duration": took, "minutesAsleep": took // 60_000 - 20})  # fmt: skip
    for zone in ("Europe/Berlin", None):
        found = nights_by(fitbit.FORMAT, put(tmp_path, {"s.json": logs}), zone)
        assert [night.tib for night in found.nights] == [480, milliseconds / 60_000, 480]
        assert [night.night.isoformat() for night in found.nights] == [log["dateOfSleep"] for log in logs]
        assert not found.naps


@pytest.mark.parametrize("home", ["Asia/Tokyo", "Pacific/Kiritimati", "Pacific/Honolulu"])
def test_travel_across_the_date_line_loses_and_doubles_nothing(tmp_path: Path, home: str) -> None:
    """Three nights at home, three on the other side, three at home again; every export line in Berlin's clock."""
    away = {"Asia/Tokyo": "America/Los_Angeles", "Pacific/Kiritimati": "Pacific/Pago_Pago"}.get(home, "Asia/Tokyo")
    records, expected = [], []
    at = datetime(2026, 5, 4, 23, tzinfo=ZoneInfo(home)).astimezone(UTC)
    for number in range(9):
        zone = ZoneInfo(away if 3 <= number < 6 else home)
        records.append(apple_record(at, 450, zone.key))
        expected.append((at + timedelta(minutes=450)).astimezone(zone))
        at += timedelta(hours=24 if number not in (2, 5) else 31)
    found = nights_by(apple.FORMAT, put(tmp_path, {"a.xml": apple_file(*records)}))
    assert sorted(night.wake for night in found.nights) == expected
    assert sum(night.tst or 0 for night in found.nights) == 9 * 450
    assert not found.naps


def test_oura_one_offset_cannot_follow_the_clock_but_minutes_and_date_hold(tmp_path: Path) -> None:
    sleep = {"id": "1", "day": "2026-03-29", "type": "long_sleep", "bedtime_start": "2026-03-28T23:00:00+01:00",
             "bedtime_end": "2026-03-29T06:00:00+01:00", "sleep_phase_5_min": "2" * 84, "latency": None,
             "heart_rate": {"interval": 300, "items": [None, 55]}, "hrv": None, "readiness": None}  # fmt: skip
    (night,) = nights_by(oura.FORMAT, put(tmp_path, {"o.json": [sleep]})).nights
    assert (night.tst, night.night.isoformat()) == (420, "2026-03-29")


def test_withings_states_with_offsets_that_change_in_the_night(tmp_path: Path) -> None:
    raw = (
        "start,duration,value\n"
        '2026-10-25T02:00:00+01:00,"[18000]","[2]"\n'  # the second two o'clock
        '2026-10-24T23:00:00+02:00,"[10800,3600]","[1,3]"\n'  # to the first three o'clock, which is two again
    )
    (night,) = nights_by(withings.FORMAT, put(tmp_path, {"raw_bed_sleep-state.csv": raw})).nights
    assert (night.light, night.rem, night.deep, night.waso) == (180, 60, 300, 0)
    assert (night.wake.isoformat(), night.marks) == ("2026-10-25T07:00:00+01:00", ("clock_change",))


def test_fitbit_numbers_of_the_maker_are_no_measurements(tmp_path: Path) -> None:
    log = {
        "logId": 1, "dateOfSleep": "2026-01-02", "startTime": "2026-01-01T23:00:00", "endTime": "2026-01-02T07:00:00",
        "duration": 28_800_000, "minutesAsleep": 430, "minutesToFallAsleep": 17, "efficiency": 12,
    }  # fmt: skip
    plain = {**log, "minutesToFallAsleep": 0, "efficiency": 99}
    assert nights_by(fitbit.FORMAT, put(tmp_path, {"a.json": [log]})) == nights_by(
        fitbit.FORMAT, put(tmp_path, {"b.json": [plain]})
    )


def test_fitbit_a_file_is_not_dated_by_its_name(tmp_path: Path) -> None:
    log = {
        "logId": 1, "dateOfSleep": "2026-01-20", "startTime": "2026-01-19T23:00:00", "endTime": "2026-01-20T07:00:00",
        "minutesAsleep": 430,
    }  # fmt: skip
    (night,) = nights_by(fitbit.FORMAT, put(tmp_path, {"sleep-2025-12-28.json": [log]})).nights
    assert night.night.isoformat() == "2026-01-20"


def test_xiaomi_daily_summaries_beside_the_sleeps_are_not_added(tmp_path: Path) -> None:
    target = io.StringIO()
    table = csv.writer(target)
    table.writerow(["Uid", "Sid", "Key", "Time", "Value", "UpdateTime"])
    value = {"bedtime": 1_767_279_600, "wake_up_time": 1_767_308_400, "timezone": 32, "sleep_light_duration": 450}
    table.writerow(["1", "band", "sleep", "1", json.dumps(value), "1"])
    report = io.StringIO()
    rows = csv.writer(report)
    rows.writerow(["Uid", "Sid", "Tag", "Key", "Time", "Value", "UpdateTime"])
    rows.writerow(["1", "band", "daily_report", "sleep", "1", json.dumps({"total_duration": 450}), "1"])
    paths = put(tmp_path, {"a_hlth_center_fitness_data.csv": target.getvalue(),
                           "a_hlth_center_aggregated_fitness_data.csv": report.getvalue()})  # fmt: skip
    found = read_files(paths, Ask(RULES))
    assert found.files == {"Xiaomi Mi Fitness": 1}
    assert [night.tst for night in found.nights.nights] == [450]


def test_xiaomi_a_sleep_updated_later_replaces_itself(tmp_path: Path) -> None:
    target = io.StringIO()
    table = csv.writer(target)
    table.writerow(["Uid", "Sid", "Key", "Time", "Value", "UpdateTime"])
    for minutes, updated in ((300, 1_767_310_000), (420, 1_767_320_000), (330, 1_767_305_000)):
        value = {
            "bedtime": 1_767_279_600,
            "wake_up_time": 1_767_308_400,
            "timezone": 32,
            "sleep_light_duration": minutes,
        }
        table.writerow(["1", "band", "sleep", "1", json.dumps(value), str(updated)])
    (night,) = nights_by(xiaomi.FORMAT, put(tmp_path, {"x.csv": target.getvalue()})).nights
    assert night.tst == 420


LATIN = "comment;ä".encode("latin-1")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("withings.csv", b'from,to,"light (s)","deep (s)","rem (s)","awake (s)",wake up\n' + LATIN),
        ("whoop.csv", b"Cycle timezone,Sleep onset,Wake onset,REM duration (min),Nap\n" + LATIN),
        ("samsung.csv", b"com.samsung.shealth.sleep,84,1\nstart_time,end_time,\n" + LATIN),
        ("xiaomi.csv", b"Uid,Sid,Key,Time,Value,UpdateTime\n" + LATIN),
        ("takeout.csv", b"sleep_id,sleep_start,start_utc_offset,minutes_asleep\n" + LATIN),
        ("saa.csv", b"Id,Tz,From,To,Sched,Hours\n" + LATIN),
        ("plees.csv", b"sid,start,stop,rating\n" + LATIN),
        ("own.csv", b"start,end,stage\n" + LATIN),
        ("fitbit.json", b'[{"logId": 1, "dateOfSleep": "\xff\xfe"}]'),
        ("polar.json", b'[{"sleepWake": [{"sleepStateChanges": {"sleepWakeStateChangeModels": "\xff"}}]}]'),
        ("samsung.json", b'[{"status": 1, "start_time": 1, "binning_period": "\xff"}]'),
        ("half.csv", "start,end,stage\n1,2,é".encode("utf-16")[:-1]),
    ],
)
def test_bytes_in_another_encoding_are_an_error_that_says_so(tmp_path: Path, name: str, content: bytes) -> None:
    with pytest.raises(InputError) as caught:
        read_files(put(tmp_path, {name: content}), Ask(RULES))
    assert "UTF" in str(caught.value) or "JSON" in str(caught.value)
    with pytest.raises(InputError):
        read_files(put(tmp_path, {"a.zip": zipped({name: content})}), Ask(RULES))


def packed_stream(path: Path, name: str, head: bytes, block: bytes, times: int) -> str:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open(name, "w") as member:
        member.write(head)
        for _ in range(times):
            member.write(block)
    return str(path)


@pytest.mark.parametrize(
    ("name", "head", "block", "times"),
    [
        ("sleep-1.json", b'[{"logId": 1, "dateOfSleep": 2}', b",[]" * 40_000, 130),
        ("sleep-1.json", b'[{"logId": 1, "dateOfSleep": "', b" " * 1_000_000, 200),
        ("own.csv", b"start,end,stage\n", b"x" * 1_000_000, 120),
        ("a.fit", b"\x0e\x10\x54\x08\xff\xff\xff\x0f.FIT", bytes(1_000_000), 200),
    ],
)
def test_bombs_of_other_formats_end_in_bounded_memory(
    tmp_path: Path, name: str, head: bytes, block: bytes, times: int
) -> None:
    path = packed_stream(tmp_path / "bomb.zip", name, head, block, times)
    tracemalloc.start()
    try:
        with pytest.raises(InputError):
            read_files([path], Ask(RULES))
        assert tracemalloc.get_traced_memory()[1] < 320 << 20
    finally:
        tracemalloc.stop()


def test_rows_without_end_are_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("anmin.imports.tables.MAX_ROWS", 10_000)
    for block in (b"1,2,3\n", b"\n"):
        path = packed_stream(tmp_path / "bomb.zip", "own.csv", b"start,end,stage\n", block * 10_001, 1)
        with pytest.raises(InputError, match="rows"):
            read_files([path], Ask(RULES))


def test_a_database_that_unpacks_without_end_is_stopped(tmp_path: Path) -> None:
    path = packed_stream(
        tmp_path / "bomb.zip", "health_connect_export.db", b"SQLite format 3\x00", bytes(1_000_000), 200
    )
    with pytest.raises(InputError):
        read_files([path], Ask(RULES))


def test_every_seed_cut_anywhere_is_an_error_or_fewer_nights(tmp_path: Path) -> None:
    from test_hostile import SEEDS

    def count(content: bytes) -> int:
        path = tmp_path / "raw_sleep-state"
        path.write_bytes(content)
        try:
            found = read_files([str(path)], Ask(RULES)).nights
        except InputError:
            return 0
        return len(found.nights) + len(found.naps)

    for seed in SEEDS:
        for place in range(1, len(seed), max(1, len(seed) // 40)):
            assert count(seed[:place]) <= 1


def test_samsung_without_any_offset_is_unknown_and_said(tmp_path: Path) -> None:
    row = "2026-01-01 23:00:00.000,2026-01-02 07:00:00.000,a,"
    table = f"com.samsung.shealth.sleep,84,1\nstart_time,end_time,datauuid,\n{row}\n"
    found = read_files(put(tmp_path, {"com.samsung.shealth.sleep.1.csv": table}), Ask(RULES))
    assert [(night.known, night.confidence) for night in found.nights.nights] == [("unknown", "low")]
    assert "zone_unknown" in found.said
    assert samsung.FORMAT.name in found.files


def test_a_gadgetbridge_file_named_like_nothing_is_known_by_its_tables(tmp_path: Path) -> None:
    rows: list[tuple[Any, ...]] = [(1_767_279_600 + 60 * minute, 1, 120) for minute in range(400)]
    with sqlite3.connect(tmp_path / "export") as db:
        db.execute("CREATE TABLE HUAMI_EXTENDED_ACTIVITY_SAMPLE (TIMESTAMP, DEVICE_ID, RAW_KIND)")
        db.executemany("INSERT INTO HUAMI_EXTENDED_ACTIVITY_SAMPLE VALUES (?,?,?)", rows)
    db.close()
    inside = put(tmp_path, {"a.zip": zipped({"files/Gadgetbridge": (tmp_path / "export").read_bytes()})})
    found = read_files(inside, Ask(RULES))
    assert found.files == {"Gadgetbridge": 1}
    assert [night.tst for night in (*found.nights.nights, *found.nights.naps)] == [400]
