"""Files made to hurt end in a clear error, quickly and in bounded memory."""

from __future__ import annotations

import random
import tracemalloc
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tracker_files import RULES, put, zipped

from anmin.errors import InputError
from anmin.imports.found import Ask
from anmin.imports.registry import FORMATS, read_files

HEAD = b'<?xml version="1.0"?><HealthData>'


def refused(paths: list[str]) -> InputError:
    with pytest.raises(InputError) as caught:
        read_files(paths, Ask(RULES))
    return caught.value


def test_a_zip_bomb_is_stopped_in_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("export.xml", "w") as member:
        member.write(HEAD)
        for _ in range(200):
            member.write(b" " * (1 << 20))
    tracemalloc.start()
    assert "unpacks" in str(refused([str(path)]))
    assert tracemalloc.get_traced_memory()[1] < 16 << 20
    tracemalloc.stop()


@pytest.mark.parametrize("name", ["../../etc/cron.d/x.json", "/etc/x.json", "..\\x.json", "C:\\x.json"])
def test_names_that_lead_out_of_the_archive_are_refused(tmp_path: Path, name: str) -> None:
    assert "stay inside" in str(refused(put(tmp_path, {"a.zip": zipped({name: "{}"})})))


def test_a_damaged_archive_a_locked_one_and_an_empty_file(tmp_path: Path) -> None:
    whole = zipped({"export.xml": HEAD + b"x" * 50_000 + b"</HealthData>"})
    bad = bytearray(whole)
    bad[60] ^= 0xFF
    locked = bytearray(whole)
    locked[6] |= 1
    locked[whole.index(b"PK\x01\x02") + 8] |= 1
    for content in (whole[:100], bytes(bad), bytes(locked), b"", b"PK\x03\x04"):
        refused(put(tmp_path, {"a.zip": content}))


@pytest.mark.parametrize(
    "content",
    ["hello", "{}", "[" * 100_000, '{"logId": 1, "dateOfSleep": ', b"\xff\xfe\x00\xd8", "a,b\n1,2\n", b"\x00" * 100],
)
def test_what_is_no_export_is_said_to_be_none(tmp_path: Path, content: str | bytes) -> None:
    assert "file" in str(refused(put(tmp_path, {"a.json": content})))


def test_no_such_file_and_no_file_at_all(tmp_path: Path) -> None:
    refused([str(tmp_path / "missing.zip")])
    refused(["/dev/zero"])
    refused(["a\x00b"])


EDF = (
    f"{'0':8}{'':80}{'':80}24.04.2423.00.00{512:<8}{'EDF+C':44}{1:<8}{0:<8}{1:<4}{'EDF Annotations':16}"
    f"{'':80}{'':8}{'':8}{'':8}{'':8}{'':8}{'':80}{20:<8}{'':32}"
).encode() + b"+0\x14\x14\x00+0\x1530\x14Sleep stage N2\x14\x00".ljust(40, b"\x00")

SEEDS = (
    b'[{"logId": 1, "dateOfSleep": "2024-01-02", "startTime": "2024-01-01T23:00:00.000", "endTime": '
    b'"2024-01-02T07:00:00.000", "duration": 28800000, "minutesAsleep": 430, "levels": {"data": [{"dateTime": '
    b'"2024-01-01T23:00:00.000", "level": "light", "seconds": 28800}], "shortData": []}}]',
    b'{"data": [{"id": "a", "type": "long_sleep", "bedtime_start": "2024-01-01T23:00:00+08:00", "bedtime_end": '
    b'"2024-01-02T07:00:00+08:00", "total_sleep_duration": 20000, "sleep_phase_5_min": "1234"}]}',
    b'from,to,"light (s)","deep (s)","rem (s)","awake (s)",wake up\n2024-01-01T23:00:00+01:00,'
    b"2024-01-02T07:00:00+01:00,1,2,3,4,5\n",
    b"start,end,stage\n2024-01-01T23:00:00+01:00,2024-01-02T07:00:00+01:00,light\n",
    b"Cycle timezone,Sleep onset,Wake onset,REM duration (min),Nap\n"
    b"UTC-08:00,2024-01-01 23:00:00,2024-01-02 07:00:00,9,false\n",
    b'[{"sleepWindowConfirmationType": "ENHANCED_CONFIRMED", "calendarDate": "2024-01-02", "sleepStartTimestampGMT": '
    b'1704121200000, "sleepEndTimestampGMT": "2024-01-01T23:00:00.0", "sleepStartTimestampLocal": 1704150000000, '
    b'"sleepEndTimestampLocal": 1704178800000, "deepSleepSeconds": 3600, "awakeCount": 2}]',
    b"com.samsung.shealth.sleep,84,1\ncom.samsung.health.sleep.start_time,com.samsung.health.sleep.end_time,"
    b"com.samsung.health.sleep.time_offset,datauuid,\n2024-01-01 14:00:00.000,1704146400000,UTC+0900,a,\n",
    b'Uid,Sid,Key,Time,Value,UpdateTime\n1,2,sleep,3,"{""bedtime"": 1704121200, ""wake_up_time"": 1704150000, '
    b'""timezone"": 32, ""sleep_deep_duration"": 60, ""awake_count"": 1}",4\n',
    b"Id,Tz,From,To,Sched,Hours\n1704121200000,Asia/Taipei,a,b,c,8.0,d,e,f,g,h,i,j,k,l,DEEP_START-1704124800000\n",
    b'[{"night": "x", "sleepResult": {"hypnogram": {"sleepStart": "2024-01-01T23:00:00+01:00", "sleepEnd": '
    b'"2024-01-02T07:00:00+01:00", "sleepStateChanges": [{"offsetFromStart": "PT1H2M3S", "state": "REM"}]}}}]',
    b"sid,start,stop,rating\n1,1704121200000,1704150000000,3\n",
    b'{"records": [{"status": "asleep", "start": 1704121200000, "end": 1704150000000, '
    b'"start_timezone": "Asia/Seoul"}]}',
    b'{"effective_time_frame": {"time_interval": {"start_date_time": "2024-01-01T23:10:00+08:00", "duration": '
    b'{"value": 8, "unit": "h"}}}, "total_sleep_time": {"value": 7.5, "unit": "h"}, "is_main_sleep": true}',
    b"sleep_id,sleep_type,minutes_asleep,start_utc_offset,sleep_start,end_utc_offset,sleep_end\n9,STAGES,430,+08:00,"
    b"2024-01-01T15:00:00Z,+08:00,2024-01-01T23:00:00Z\n",
    b'start,duration,value\n2024-01-01T23:00:00+01:00,"[14400,60]","[1,2]"\n',
    EDF,
)


def test_the_seeds_are_whole(tmp_path: Path) -> None:
    for number, seed in enumerate(SEEDS):
        name = "raw_sleep-state" if seed.startswith(b"start,duration") else "seed"
        nights = read_files(put(tmp_path, {f"{name}{number}": seed}), Ask(RULES)).nights
        assert len(nights.nights) + len(nights.naps) == 1, seed


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(SEEDS), st.randoms(use_true_random=False), st.integers(1, 8))
def test_damage_is_an_input_error_or_a_night_never_a_defect(
    tmp_path_factory: pytest.TempPathFactory, seed: bytes, rng: random.Random, hits: int
) -> None:
    hurt = bytearray(seed)
    for _ in range(hits):
        kind, at = rng.randrange(3), rng.randrange(len(hurt))
        if kind == 0:
            hurt[at] = rng.choice(b'0123456789",:-[]{}\x00\xff')
        elif kind == 1:
            del hurt[at : at + rng.randrange(6)]
        else:
            hurt[at:at] = bytes(rng.choice((b"null", b"-1", b"1e400", b"99999999999999999999", b'"', b"[[", b"9")))
    path = tmp_path_factory.getbasetemp() / "raw_sleep-state"
    path.write_bytes(bytes(hurt) or b" ")
    with suppress(InputError):
        read_files([str(path)], Ask(RULES))


def test_every_format_has_its_own_name() -> None:
    assert len({format.id for format in FORMATS}) == len(FORMATS)
