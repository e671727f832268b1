"""Sleep as Android, Samsung, Garmin, Xiaomi, Gadgetbridge, Polar, Plees, sleepdiary, Open mHealth, EDF+."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tracker_files import RULES, found_by, nights_by, put

from anmin.errors import InputError
from anmin.imports import (
    edf,
    gadgetbridge,
    garmin,
    open_mhealth,
    plees,
    polar,
    samsung,
    sleep_as_android,
    sleepdiary,
    xiaomi,
)  # fmt: skip
from anmin.imports.found import Ask
from anmin.imports.registry import read_files


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1000


SAA = "Id,Tz,From,To,Sched,Hours,Rating,Comment,Framerate,Snore,Noise,Cycles,DeepSleep,LenAdjust,Geo"


def test_sleep_as_android_by_id_and_hours_through_the_repeated_hour(tmp_path: Path) -> None:
    start = ms("2024-10-26T22:30")  # 00:30 in Berlin; the wall clocks say seven hours, it was eight
    text = (
        f'{SAA},"0:30","0:40",Event,Event,Event\n'
        f'"{start}","Europe/Berlin","27. 10. 2024 0:30","27. 10. 2024 7:30","27. 10. 2024 7:30","8.0","0.0","a, b",'
        f'"10000","-1","-1.0","-1","-1.0","-1.0","","1.0","2.0","DEEP_START-{start + 3_600_000}",'
        f'"DEEP_END-{start + 7_200_000}","LUX-{start}-12.0","extra"\n'
        '"","","","","","","","","","","","","","","","3.0"\n'
        f'{SAA}\n"{ms("2024-10-27T22:00")}","Europe/Berlin","x","y","z","0.0","0.0","","","","","","","-1",""\n'
    )
    paths = put(tmp_path, {"sleep-export.csv": text})
    (night,) = nights_by(sleep_as_android.FORMAT, paths).nights
    assert (night.tst, night.deep, night.known, night.marks) == (480, 60, "true", ("clock_change",))
    assert night.wake.isoformat() == "2024-10-27T07:30:00+01:00"
    assert found_by(sleep_as_android.FORMAT, paths).left_out == {"no_length": 1}


PREFIX = "com.samsung.health.sleep."
SAMSUNG = f"sleep_score,{PREFIX}start_time,{PREFIX}end_time,{PREFIX}time_offset,{PREFIX}datauuid,\n"


def samsung_sleep(*rows: str, encoding: str = "utf-8-sig") -> bytes:
    body = "".join(f"80,{row},\n" for row in rows)
    return f"com.samsung.shealth.sleep,84,1\n{SAMSUNG}{body}".encode(encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_samsung_decides_by_which_reading_falls_into_the_night(tmp_path: Path, encoding: str) -> None:
    utc = samsung_sleep("2024-01-01 14:00:00.000,2024-01-01 22:00:00.000,UTC+0900,a", encoding=encoding)
    local = samsung_sleep("2024-01-01 23:00:00.000,2024-01-02 07:00:00.000,UTC+0900,b", encoding=encoding)
    for content, said in ((utc, "samsung_utc"), (local, "samsung_local")):
        paths = put(tmp_path, {"com.samsung.shealth.sleep.1.csv": content})
        found = found_by(samsung.FORMAT, paths)
        assert found.said == {said}
        (night,) = nights_by(samsung.FORMAT, paths).nights
        assert (night.tst, night.wake.isoformat()) == (480, "2024-01-02T07:00:00+09:00")


def test_samsung_stages_join_by_id_and_milliseconds_leave_nothing_open(tmp_path: Path) -> None:
    start, end = ms("2024-01-01T14:00"), ms("2024-01-01T22:00")
    stages = (
        "com.samsung.health.sleep_stage,1,1\nstart_time,end_time,sleep_id,stage,time_offset,\n"
        f"{start},{start + 4 * 3_600_000},a,40003,UTC+0900,\n{start + 4 * 3_600_000},{end},a,40004,UTC+0900,\n"
        f"{start},{end},other,40001,UTC+0900,\n"
    )
    files = {
        "com.samsung.health.sleep_stage.1.csv": stages,
        "com.samsung.shealth.sleep.1.csv": samsung_sleep(f"{start},{end},UTC+0900,a"),
    }
    paths = put(tmp_path, files)
    (night,) = nights_by(samsung.FORMAT, paths).nights
    assert (night.deep, night.rem, night.wake.hour) == (240, 240, 7)
    assert not found_by(samsung.FORMAT, paths).said


def garmin_sleep(kind: str | None = "ENHANCED_CONFIRMED_FINAL", **more: object) -> dict[str, object]:
    return {
        "calendarDate": "2024-01-02", "sleepWindowConfirmationType": kind,
        "sleepStartTimestampGMT": "2024-01-01T15:00:00.0", "sleepEndTimestampGMT": "2024-01-01T23:00:00.0",
        "deepSleepSeconds": 3600, "lightSleepSeconds": 18000, "remSleepSeconds": 5400, **more,
    }  # fmt: skip


def test_garmin_export_has_no_local_time_and_keeps_its_own_date(tmp_path: Path) -> None:
    nothing = garmin_sleep(None, sleepStartTimestampGMT=None, sleepEndTimestampGMT=None, deepSleepSeconds=None)
    paths = put(tmp_path, {"a_sleepData.json": [garmin_sleep(), garmin_sleep("OFF_WRIST"), nothing]})
    found = found_by(garmin.FORMAT, paths)
    assert (found.said, found.left_out) == ({"utc_clock"}, {"deleted": 2})
    (night,) = nights_by(garmin.FORMAT, paths).nights
    assert (night.night.isoformat(), night.known, night.tst) == ("2024-01-02", "unknown", 450)
    (told,) = nights_by(garmin.FORMAT, paths, "Asia/Taipei").nights
    assert (told.wake.isoformat(), told.known) == ("2024-01-02T07:00:00+08:00", "inferred")


def test_garmin_connect_gives_the_offset_by_a_wall_clock_as_if_it_were_utc(tmp_path: Path) -> None:
    dto = garmin_sleep(
        "enhanced_confirmed", sleepStartTimestampGMT=ms("2024-01-01T15:00"),
        sleepEndTimestampGMT=ms("2024-01-01T23:00"),
        sleepStartTimestampLocal=ms("2024-01-01T23:00"), sleepEndTimestampLocal=ms("2024-01-02T07:00"),
    )  # fmt: skip
    (night,) = nights_by(garmin.FORMAT, put(tmp_path, {"g.json": {"dailySleepDTO": dto}})).nights
    assert (night.wake.isoformat(), night.known) == ("2024-01-02T07:00:00+08:00", "true")


@pytest.mark.parametrize("escaped", [False, True])
def test_xiaomi_zones_are_quarters_of_an_hour(tmp_path: Path, escaped: bool) -> None:
    value = {"bedtime": ms("2024-01-01T17:30") // 1000, "wake_up_time": ms("2024-01-02T01:30") // 1000, "timezone": 22,
             "sleep_deep_duration": 60, "sleep_light_duration": 300, "sleep_rem_duration": 90}  # fmt: skip
    text = json.dumps(value).replace('"', '""')
    text = text.replace("_", "+AF8-") if escaped else text
    table = f'Uid,Sid,Key,Time,Value,UpdateTime\n1,band,heart_rate,1,{{}},1\n1,band,sleep,1,"{text}",1\n'
    (night,) = nights_by(xiaomi.FORMAT, put(tmp_path, {"x.csv": table})).nights
    assert (night.tst, night.deep, night.wake.isoformat()) == (450, 60, "2024-01-02T07:00:00+05:30")


def test_gadgetbridge_mixes_seconds_and_milliseconds_and_devices(tmp_path: Path) -> None:
    path = tmp_path / "Gadgetbridge"
    start, end = ms("2024-01-01T15:00"), ms("2024-01-01T23:00")
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE DEVICE (_id INTEGER, NAME TEXT)")
        db.execute("CREATE TABLE XIAOMI_SLEEP_TIME_SAMPLE (TIMESTAMP, DEVICE_ID, USER_ID, WAKEUP_TIME, IS_AWAKE)")
        db.execute("CREATE TABLE XIAOMI_SLEEP_STAGE_SAMPLE (TIMESTAMP, DEVICE_ID, USER_ID, STAGE)")
        db.executemany("INSERT INTO DEVICE VALUES (?,?)", [(1, "Band 8"), (2, "Watch")])
        db.executemany(
            "INSERT INTO XIAOMI_SLEEP_TIME_SAMPLE VALUES (?,?,1,?,1)",
            [(start, 1, end), (start // 1000, 2, end // 1000), (start, 1, None)],
        )
        stages = [
            (start, 1, 3),
            (start + 3_600_000, 1, 2),
            ((start + 7_200_000) // 1000, 1, 5),
            (start + 9_000_000, 1, 4),
        ]
        db.executemany("INSERT INTO XIAOMI_SLEEP_STAGE_SAMPLE VALUES (?,?,1,?)", stages)
    db.close()
    found = found_by(gadgetbridge.FORMAT, [str(path)], "Asia/Taipei")
    assert found.left_out == {"not_ended": 1}
    (night,) = nights_by(gadgetbridge.FORMAT, [str(path)], "Asia/Taipei").nights
    assert (night.source, night.light, night.deep, night.rem, night.waso) == ("Band 8", 60, 60, 330, 30)


def test_gadgetbridge_reads_what_is_still_in_the_write_ahead_log(tmp_path: Path) -> None:
    path = tmp_path / "g.db"
    db = sqlite3.connect(path)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("CREATE TABLE XIAOMI_SLEEP_TIME_SAMPLE (TIMESTAMP, DEVICE_ID, WAKEUP_TIME, LIGHT_SLEEP_DURATION)")
    db.execute(
        f"INSERT INTO XIAOMI_SLEEP_TIME_SAMPLE VALUES ({ms('2024-01-01T23:00')}, 1, {ms('2024-01-02T07:00')}, 400)"
    )
    db.commit()
    assert (tmp_path / "g.db-wal").stat().st_size
    before = sorted(one.name for one in tmp_path.iterdir())
    (night,) = nights_by(gadgetbridge.FORMAT, [str(path)]).nights
    assert night.tst == 400
    assert sorted(one.name for one in tmp_path.iterdir()) == before
    db.close()


def test_polar_cuts_a_last_wake_after_the_span(tmp_path: Path) -> None:
    changes = [("PT0S", "NONREM12"), ("PT4H", "NONREM3"), ("PT5H30M", "WAKE"), ("PT5H40M", "REM"), ("PT28860S", "WAKE")]
    held = {
        "sleepStart": "2024-03-30T23:00:00.000+01:00", "sleepEnd": "2024-03-31T08:00:00.000+02:00",
        "sleepStateChanges": [{"offsetFromStart": at, "state": state} for at, state in changes],
    }  # fmt: skip
    night = {"night": "2024-03-31", "sleepResult": {"hypnogram": held}}
    (one,) = nights_by(polar.FORMAT, put(tmp_path, {"sleep_result_1.json": [night, {"night": "x"}]})).nights
    assert (one.light, one.deep, one.rem, one.waso, one.marks) == (240, 90, 140, 10, ("clock_change",))


def test_plees_and_sleepdiary(tmp_path: Path) -> None:
    start, end = ms("2024-01-01T15:00"), ms("2024-01-01T23:00")
    plain = put(tmp_path, {"p.csv": f"sid,start,stop,rating,comment,wakes\r\n1,{start},{end},3,x,2\r\n2,5,4,0,,0\r\n"})
    (night,) = nights_by(plees.FORMAT, plain, "Asia/Taipei").nights
    assert (night.tst, night.awakenings, night.wake.hour, night.known) == (480, 2, 7, "inferred")
    assert found_by(plees.FORMAT, plain).said == {"utc_clock"}
    record = {"status": "asleep", "start": start, "end": end, "start_timezone": "Asia/Taipei"}
    diary = {"file_format": "Standard", "records": [record, {"status": "alarm", "start": 1}, {"status": "asleep"}]}
    (other,) = nights_by(sleepdiary.FORMAT, put(tmp_path, {"d.json": diary})).nights
    assert (other.tst, other.zone, other.known, other.wake.hour) == (480, "Asia/Taipei", "true", 7)


def test_open_mhealth_and_its_unused_latency(tmp_path: Path) -> None:
    body = {
        "effective_time_frame": {"time_interval": {
            "start_date_time": "2024-01-01T23:10:00+08:00", "end_date_time": "2024-01-02T07:00:00+08:00"}},
        "latency_to_sleep_onset": {"value": 10, "unit": "min"}, "total_sleep_time": {"value": 7.5, "unit": "h"},
        "is_main_sleep": True, "number_of_awakenings": 3,
    }  # fmt: skip
    point = {"header": {"schema_id": {"name": "sleep-episode"}}, "body": body}
    (night,) = nights_by(open_mhealth.FORMAT, put(tmp_path, {"o.json": [point]})).nights
    assert (night.tst, night.waso, night.awakenings, night.tib) == (450, 20, 3, 470)


def edf_file(annotations: list[tuple[int, int, str]], *, seconds: int | None = None) -> bytes:
    marks = "".join(f"+{at}\x15{length}\x14{label}\x14\x00" for at, length, label in annotations)
    block = b"+0\x14\x14\x00" + marks.encode()
    size = -(-len(block) // 2)
    signals = ["EDF Annotations", *(["EEG"] if seconds else [])]
    samples = [size, *([1] if seconds else [])]
    head = f"{'0':8}{'X':80}{'Startdate 24-APR-1989':80}24.04.8923.00.00{256 * (len(signals) + 1):<8}{'EDF+C':44}"
    head += f"{1:<8}{seconds or 0:<8}{len(signals):<4}"
    for width in (16, 80, 8, 8, 8, 8, 8, 80):
        head += "".join(f"{label if width == 16 else '':{width}}" for label in signals)
    head += "".join(f"{count:<8}" for count in samples) + "".join(f"{'':32}" for _ in signals)
    return head.encode() + block.ljust(2 * size, b"\x00") + b"\x00\x00" * (1 if seconds else 0)


STAGES = [(0, 30_000, "Sleep stage W"), (30_000, 600, "Sleep stage 1"), (30_600, 3600, "Sleep stage 4"),
          (34_200, 600, "Sleep stage W"), (34_800, 1800, "Sleep stage R"), (36_600, 600, "Movement time"),
          (37_200, 30, "Sleep stage N3"), (40_000, 46_000, "Sleep stage ?")]  # fmt: skip


def test_edf_stages_merge_and_end_with_the_signal(tmp_path: Path) -> None:
    (night,) = nights_by(edf.FORMAT, put(tmp_path, {"h.edf": edf_file(STAGES)})).nights
    assert (night.light, night.deep, night.rem, night.waso) == (10, 60.5, 30, 20)
    assert night.onset is not None
    assert (night.onset.isoformat(), night.known) == ("1989-04-25T07:20:00", "unknown")
    (cut,) = nights_by(edf.FORMAT, put(tmp_path, {"h.edf": edf_file(STAGES, seconds=35_400)})).nights
    assert (cut.deep, cut.rem) == (60, 10)
    with pytest.raises(InputError):
        nights_by(edf.FORMAT, put(tmp_path, {"h.edf": edf_file(STAGES)[:700]}))


def test_every_file_is_known_to_one_format_whatever_its_name(tmp_path: Path) -> None:
    files = {
        "1": [garmin_sleep()], "2": samsung_sleep("2024-01-01 14:00:00.000,2024-01-01 22:00:00.000,UTC+0900,a"),
        "3": f"{SAA}\n", "4": "sid,start,stop,rating\n", "5": edf_file(STAGES),
    }  # fmt: skip
    found = read_files(put(tmp_path, files), Ask(RULES))
    assert found.files == {"Garmin": 1, "Samsung Health": 1, "Sleep as Android": 1, "Plees Tracker": 1, "EDF+": 1}
