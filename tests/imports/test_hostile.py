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


SEEDS = (
    b'[{"logId": 1, "dateOfSleep": "2024-01-02", "startTime": "2024-01-01T23:00:00.000", "endTime": '
    b'"2024-01-02T07:00:00.000", "duration": 28800000, "minutesAsleep": 430, "levels": {"data": [{"dateTime": '
    b'"2024-01-01T23:00:00.000", "level": "light", "seconds": 28800}], "shortData": []}}]',
    b'{"data": [{"id": "a", "type": "long_sleep", "bedtime_start": "2024-01-01T23:00:00+08:00", "bedtime_end": '
    b'"2024-01-02T07:00:00+08:00", "total_sleep_duration": 20000, "sleep_phase_5_min": "1234"}]}',
    b'from,to,"light (s)","deep (s)","rem (s)","awake (s)",wake up\n2024-01-01T23:00:00+01:00,'
    b"2024-01-02T07:00:00+01:00,1,2,3,4,5\n",
    b"start,end,stage\n2024-01-01T23:00:00+01:00,2024-01-02T07:00:00+01:00,light\n",
    b"Cycle timezone,Sleep onset,Wake onset,Nap\nUTC-08:00,2024-01-01 23:00:00,2024-01-02 07:00:00,false\n",
)


@settings(max_examples=150, deadline=None)
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
    path = tmp_path_factory.getbasetemp() / "hurt.json"
    path.write_bytes(bytes(hurt) or b" ")
    with suppress(InputError):
        read_files([str(path)], Ask(RULES))


def test_every_format_has_its_own_name() -> None:
    assert len({format.id for format in FORMATS}) == len(FORMATS)
