"""Files that come off the device itself: FIT, Gadgetbridge's tables, Samsung's sidecars, Polar's changes of state."""

from __future__ import annotations

import builtins
import io
import random
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fit_files import clock, encode, file_id, level, sleep_event
from hypothesis import given, settings
from hypothesis import strategies as st
from tracker_files import RULES, found_by, nights_by, put, zipped

from anmin.errors import InputError
from anmin.imports import gadgetbridge, garmin_fit, polar, samsung
from anmin.imports.found import Ask
from anmin.imports.model import Night
from anmin.imports.registry import read_files


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


BED, UP = at("2024-01-01T15:00"), at("2024-01-01T23:00")
HOUR = 3600


def fit(*, event: bool = True, offset: int | None = 8 * HOUR) -> bytes:
    """Two hours light, one deep, half an hour awake, one REM, something unmeasurable, the rest light."""
    levels = ((2, 2.0), (3, 3.0), (1, 3.5), (4, 4.5), (0, 5.0), (2, 8.0))
    head = [file_id(), *([clock(BED, offset)] if offset is not None else []), *([sleep_event(BED)] if event else [])]
    return encode([*head, *(level(BED + int(HOUR * hours), stage) for stage, hours in levels), sleep_event(UP, 1)])


def test_fit_levels_end_where_they_are_written(tmp_path: Path) -> None:
    (night,) = nights_by(garmin_fit.FORMAT, put(tmp_path, {"1_SLEEP_DATA.fit": fit()})).nights
    assert (night.light, night.deep, night.rem, night.tst, night.waso) == (300, 60, 60, 420, 60)
    assert (night.source, night.known, night.wake.isoformat()) == ("Garmin", "true", "2024-01-02T07:00:00+08:00")
    inside = put(tmp_path, {"a.zip": zipped({"DI_CONNECT/1.fit": fit()})})
    assert read_files(inside, Ask(RULES)).nights.nights == (night,)


def test_fit_without_the_event_or_the_clock_counts_and_claims_less(tmp_path: Path) -> None:
    (night,) = nights_by(garmin_fit.FORMAT, put(tmp_path, {"a.fit": fit(event=False, offset=None)}), None).nights
    assert (night.light, night.known, night.confidence) == (180, "unknown", "low")
    paths = put(tmp_path, {"a.fit": fit(offset=None)})
    assert found_by(garmin_fit.FORMAT, paths).said == {"utc_clock"}
    (told,) = nights_by(garmin_fit.FORMAT, paths, "Asia/Tokyo").nights
    assert (told.known, told.wake.isoformat()) == ("inferred", "2024-01-02T08:00:00+09:00")
    (unset,) = nights_by(garmin_fit.FORMAT, put(tmp_path, {"a.fit": fit(offset=8 * HOUR + 400)})).nights
    assert unset.known == "unknown"  # a clock that is off by minutes names no zone


def test_fit_and_the_accounts_json_of_one_night_are_one_night(tmp_path: Path) -> None:
    sleep = {
        "sleepWindowConfirmationType": "ENHANCED_CONFIRMED", "calendarDate": "2024-01-02", "deepSleepSeconds": 3600,
        "lightSleepSeconds": 21600, "sleepStartTimestampGMT": "2024-01-01T15:00:00.0",
        "sleepEndTimestampGMT": "2024-01-01T23:00:00.0",
    }  # fmt: skip
    found = read_files(put(tmp_path, {"a.fit": fit(), "x_sleepData.json": [sleep]}), Ask(RULES, None)).nights
    assert [(night.tst, night.basis) for night in found.nights] == [(420, "stages")]


def test_fit_needs_its_extra_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.startswith("fitdecode"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(InputError, match="extra `fit`"):
        read_files(put(tmp_path, {"a.fit": fit()}), Ask(RULES))


@settings(max_examples=200, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(1, 6))
def test_damaged_fit_files_are_errors_or_nights(
    tmp_path_factory: pytest.TempPathFactory, rng: random.Random, hits: int
) -> None:
    from fit_files import crc

    whole = fit()
    hurt = bytearray(whole)
    for _ in range(hits):
        kind, place = rng.randrange(3), rng.randrange(len(hurt))
        if kind == 0:
            hurt[place] = rng.randrange(256)
        elif kind == 1:
            del hurt[place : place + rng.randrange(9)]
        else:
            hurt[place:place] = rng.randbytes(rng.randrange(5))
    if rng.random() < 0.7 and len(hurt) > 20:  # a file that means harm has its checksums right
        body = bytes(hurt[14:-2])
        head = bytes(whole[:4]) + len(body).to_bytes(4, "little") + b".FIT"
        head += crc(head).to_bytes(2, "little")
        hurt = bytearray(head + body + crc(head + body).to_bytes(2, "little"))
    path = tmp_path_factory.getbasetemp() / "hurt.fit"
    path.write_bytes(bytes(hurt) or b" ")
    with suppress(InputError):
        read_files([str(path)], Ask(RULES))


def test_a_fit_file_too_large_is_refused(tmp_path: Path) -> None:
    large = put(tmp_path, {"a.fit": fit() + bytes(garmin_fit.MAX_BYTES)})
    with pytest.raises(InputError, match="MiB"):
        read_files(large, Ask(RULES))


def bridge(path: Path, statements: Iterable[tuple[str, Iterable[tuple[Any, ...]]]]) -> list[str]:
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE DEVICE (_id INTEGER, NAME TEXT)")
        db.execute("INSERT INTO DEVICE VALUES (1, 'Mine')")
        for table, rows in statements:
            db.execute(f"CREATE TABLE {table}")
            name, _, columns = table.partition(" ")
            marks = ",".join("?" * (columns.count(",") + 1))
            db.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)
    db.close()
    return [str(path)]


def one_night(paths: list[str]) -> Night:
    (night,) = nights_by(gadgetbridge.FORMAT, paths, "Asia/Taipei").nights
    return night


@pytest.mark.parametrize(("maker", "unit", "codes"), [("CMF", 1, (1, 2, 3, 9)), ("COLMI", 60, (3, 2, 4, 5))])
@pytest.mark.parametrize("scale", [1, 1000])
def test_gadgetbridge_stages_with_durations(
    tmp_path: Path, maker: str, unit: int, codes: tuple[int, ...], scale: int
) -> None:
    deep, light, rem, awake = codes
    stages = ((0, 2, light), (2, 1, deep), (3, 1, awake), (4, 3, rem), (7, 9, light))  # the last runs over the end
    paths = bridge(
        tmp_path / "Gadgetbridge",
        [
            (f"{maker}_SLEEP_SESSION_SAMPLE (TIMESTAMP, DEVICE_ID, USER_ID, WAKEUP_TIME)",
             [(BED * scale, 1, 1, UP * scale), (UP * scale + 1, 1, 1, None)]),
            (f"{maker}_SLEEP_STAGE_SAMPLE (TIMESTAMP, DEVICE_ID, USER_ID, DURATION, STAGE)",
             [((BED + HOUR * start) * scale, 1, 1, HOUR * hours // unit, stage) for start, hours, stage in stages]),
        ],
    )  # fmt: skip
    night = one_night(paths)
    assert (night.source, night.light, night.deep, night.rem, night.waso) == ("Mine", 180, 60, 180, 60)
    assert found_by(gadgetbridge.FORMAT, paths).left_out["not_ended"] == 1


def test_gadgetbridge_garmin_stages_end_where_they_are_written(tmp_path: Path) -> None:
    paths = bridge(
        tmp_path / "g.db",
        [
            ("GARMIN_SLEEP_STAGE_SAMPLE (TIMESTAMP, DEVICE_ID, USER_ID, STAGE)",
             [((BED + HOUR * hours) * 1000, 1, 1, stage) for hours, stage in ((2, 2), (3, 3), (4, 1), (5, 4), (7, 2))]),
            ("GARMIN_EVENT_SAMPLE (TIMESTAMP, DEVICE_ID, USER_ID, EVENT, EVENT_TYPE)",
             [(BED * 1000, 1, 1, 74, 0), ((BED + 900) * 1000, 1, 1, 3, 0)]),
        ],
    )  # fmt: skip
    night = one_night(paths)
    assert (night.light, night.deep, night.rem, night.waso) == (240, 60, 60, 60)


def test_gadgetbridge_huami_minutes_are_sleep_without_stages(tmp_path: Path) -> None:
    minutes = [(BED + 60 * minute, 1, 1, 120 if not 100 <= minute < 130 else 80, 90, 90) for minute in range(480)]
    shuffled = random.Random(5).sample(minutes, len(minutes))
    paths = bridge(
        tmp_path / "h.db",
        [("HUAMI_EXTENDED_ACTIVITY_SAMPLE (TIMESTAMP, DEVICE_ID, USER_ID, RAW_KIND, DEEP_SLEEP, REM_SLEEP)", shuffled)],
    )
    night = one_night(paths)
    assert (night.tst, night.waso, night.rem, night.basis) == (450, 30, None, "asleep")


def test_gadgetbridge_tables_that_lie_are_errors_or_nights(tmp_path: Path) -> None:
    paths = bridge(
        tmp_path / "lies.db",
        [
            ("CMF_SLEEP_SESSION_SAMPLE (TIMESTAMP, DEVICE_ID, USER_ID, WAKEUP_TIME)",
             [("x", None, 1, b"y"), (2**62, 1, 1, 3)]),
            ("CMF_SLEEP_STAGE_SAMPLE (TIMESTAMP, DEVICE_ID, USER_ID, DURATION, STAGE)",
             [(BED, 1, 1, "x", 2), (BED, 1, 1, 2**62, 2), (BED, 1, 1, -5, "z")]),
            ("GARMIN_SLEEP_STAGE_SAMPLE (TIMESTAMP, DEVICE_ID, USER_ID, STAGE)",
             [(None, None, 1, None), (-(2**63), 1, 1, 4)]),
            ("HUAMI_EXTENDED_ACTIVITY_SAMPLE (TIMESTAMP, DEVICE_ID, RAW_KIND)", [("x", 1, 120), (2**62, 1, 120)]),
        ],
    )  # fmt: skip
    assert not found_by(gadgetbridge.FORMAT, paths).episodes
    wrong = [("CMF_SLEEP_STAGE_SAMPLE (STAGE)", []), ("CMF_SLEEP_SESSION_SAMPLE (A)", [(1,)])]
    lacking = bridge(tmp_path / "lacking.db", [*wrong, ("HUAMI_EXTENDED_ACTIVITY_SAMPLE (A)", [])])
    with pytest.raises(InputError):
        read_files(lacking, Ask(RULES))


PREFIX = "com.samsung.health.sleep."


def samsung_csv(kind: str, *rows: str) -> str:
    head = f"{PREFIX}start_time,{PREFIX}end_time,{PREFIX}time_offset,{PREFIX}datauuid,"
    return f"com.samsung.shealth.{kind},84,1\n{head}\n" + "".join(f"{row},\n" for row in rows)


def test_samsung_merged_sleeps_are_used_only_where_their_own_are_missing(tmp_path: Path) -> None:
    own = samsung_csv("sleep", "2024-01-01 14:00:00.000,2024-01-01 18:00:00.000,UTC+0900,a",
                      "2024-01-01 19:00:00.000,2024-01-01 22:00:00.000,UTC+0900,b")  # fmt: skip
    merged = samsung_csv("sleep_combined", "2024-01-01 14:00:00.000,2024-01-01 22:00:00.000,UTC+0900,c",
                         "2024-01-02 14:00:00.000,2024-01-02 22:00:00.000,UTC+0900,d")  # fmt: skip
    files = {"com.samsung.shealth.sleep.1.csv": own, "com.samsung.shealth.sleep_combined.1.csv": merged}
    paths = put(tmp_path, files)
    first, second = nights_by(samsung.FORMAT, paths).nights
    assert (first.tst, first.waso, first.parts) == (420, 60, 2)
    assert second.tst == 480
    assert nights_by(samsung.FORMAT, paths[::-1]).nights == (first, second)


@pytest.mark.parametrize(
    ("written", "clock"), [("2024-01-01 03:00:00.000", "utc"), ("2024-01-01 03:00:00.000", "local")]
)
def test_samsung_bins_settle_what_the_table_leaves_open(tmp_path: Path, written: str, clock: str) -> None:
    """At three in the afternoon or at three in the night? By the rule it is the night; the bins may know better."""
    true_start = at("2024-01-01T03:00") - (9 * HOUR if clock == "local" else 0)
    bins = [
        {"status": 40, "start_time": (true_start + 600 * number) * 1000, "binning_period": 10} for number in range(24)
    ]
    name = "jsons/com.samsung.shealth.sleep_data/1/1.com.samsung.shealth.sleep_data.sleep_status.json"
    table = samsung_csv("sleep", f"{written},2024-01-01 07:00:00.000,UTC+0900,a")
    paths = put(tmp_path, {name: bins, "com.samsung.shealth.sleep.1.csv": table})
    found = found_by(samsung.FORMAT, paths)
    assert not found.said
    assert [episode.start for episode in found.episodes] == [true_start]
    (guessed,) = found_by(samsung.FORMAT, paths[1:]).episodes
    assert guessed.start == at("2024-01-01T03:00") - 9 * HOUR
    assert found_by(samsung.FORMAT, paths[1:]).said == {"samsung_local"}


def polar_night(night: str, *changes: tuple[str, str]) -> dict[str, Any]:
    models = []
    for text, state in changes:
        hours, minutes = map(int, text.split(":"))
        models.append({"millisInDay": (60 * hours + minutes) * 60_000, "state": state})
    return {
        "night": night,
        "sleepWake": [{"deviceId": "1", "sleepStateChanges": {"sleepWakeStateChangeModels": models}}],
    }


@pytest.mark.parametrize("last", ["7:00", "31:00"])
def test_polar_changes_of_state_before_and_after_midnight(tmp_path: Path, last: str) -> None:
    """The counter starts anew at midnight in some files and runs on in others."""
    early = {"7:00": ("2:00", "2:30"), "31:00": ("26:00", "26:30")}[last]
    nights = [
        polar_night("2024-01-02", ("23:00", "SLEEP"), (early[0], "WAKE"), (early[1], "SLEEP"), (last, "WAKE")),
        polar_night("2024-01-03", ("0:30", "SLEEP"), ("7:30", "WAKE")),
        polar_night("x", ("1:00", "SLEEP"), ("2:00", "WAKE")),
    ]
    paths = put(tmp_path, {"sleep_wake_1.json": nights})
    first, second = nights_by(polar.FORMAT, paths, "Asia/Taipei").nights
    assert (first.tst, first.waso, first.onset and first.onset.isoformat()) == (450, 30, "2024-01-01T23:00:00+08:00")
    assert (first.wake.isoformat(), second.tst, second.night.day) == ("2024-01-02T07:00:00+08:00", 420, 3)
    assert found_by(polar.FORMAT, paths).left_out == {"no_times": 1}


def test_polar_hypnogram_is_used_where_both_tell_of_a_night(tmp_path: Path) -> None:
    held = {"sleepStart": "2024-01-01T23:00:00+08:00", "sleepEnd": "2024-01-02T07:00:00+08:00",
            "sleepStateChanges": [{"offsetFromStart": "PT0S", "state": "NONREM12"},
                                  {"offsetFromStart": "PT4H", "state": "REM"}]}  # fmt: skip
    files = {
        "sleep_result_1.json": [{"night": "2024-01-02", "sleepResult": {"hypnogram": held}}],
        "sleep_wake_1.json": [polar_night("2024-01-02", ("23:00", "SLEEP"), ("7:00", "WAKE"))],
    }
    (night,) = nights_by(polar.FORMAT, put(tmp_path, files), "Asia/Taipei").nights
    assert (night.rem, night.tst) == (240, 480)


SEEDS: tuple[Callable[[], object], ...] = (
    lambda: [polar_night("2024-01-02", ("23:00", "SLEEP"), ("7:00", "WAKE"))],
    lambda: [{"status": 40, "start_time": BED * 1000, "binning_period": 10}],
    lambda: samsung_csv("sleep_combined", "2024-01-01 14:00:00.000,2024-01-01 22:00:00.000,UTC+0900,c"),
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(SEEDS), st.randoms(use_true_random=False), st.integers(1, 8))
def test_damage_is_an_input_error_or_a_night(
    tmp_path_factory: pytest.TempPathFactory, seed: Callable[[], object], rng: random.Random, hits: int
) -> None:
    from tracker_files import packed

    hurt = bytearray(packed(seed()))
    for _ in range(hits):
        place = rng.randrange(len(hurt))
        hurt[place : place + rng.randrange(3)] = rng.choice(
            (b"", b"null", b"-1", b"1e400", b"9" * 20, b'"', b"[", b"\xff")
        )
    path = tmp_path_factory.getbasetemp() / "hurt.json"
    path.write_bytes(bytes(hurt) or b" ")
    with suppress(InputError):
        read_files([str(path)], Ask(RULES))


def test_the_encoder_of_these_tests_is_read_by_the_library_alone() -> None:
    import fitdecode

    with fitdecode.FitReader(io.BytesIO(fit()), check_crc=fitdecode.CrcCheck.RAISE) as reader:
        names = [frame.name for frame in reader if frame.frame_type == fitdecode.FIT_FRAME_DATA]
    assert names.count("sleep_level") == 6


def test_a_damaged_database_is_an_error_or_fewer_nights(tmp_path: Path) -> None:
    from test_references import gadgetbridge as bands
    from test_references import health_connect

    pieces = [(0, 60, "light"), (60, 60, "deep"), (120, 200, "rem")]
    whole = [Path(writer(tmp_path, pieces)[0]).read_bytes() for writer in (bands, health_connect)]
    rng = random.Random(4)
    path = tmp_path / "hurt.db"
    for _ in range(150):
        hurt = bytearray(rng.choice(whole))
        for _ in range(rng.randrange(1, 12)):
            place = rng.randrange(len(hurt)) if rng.random() < 0.6 else rng.randrange(100, 4096)  # or in its schema
            hurt[place : place + 4] = rng.randbytes(4)
        path.write_bytes(bytes(hurt if rng.random() < 0.9 else hurt[: rng.randrange(200, len(hurt))]))
        with suppress(InputError):
            read_files([str(path)], Ask(RULES))
