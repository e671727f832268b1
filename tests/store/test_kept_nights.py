"""Imported nights in the log: nothing twice, nothing added up, no order, corrections stay, one undo an import."""

from __future__ import annotations

import io
import itertools
import json
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from log_places import Place

from anmin.cli.main import cli
from anmin.errors import InputError
from anmin.imports.found import Ask
from anmin.imports.instants import asked_zone
from anmin.imports.model import STAGES, Episode, Night, Stage, rules_of
from anmin.imports.paint import paint
from anmin.imports.registry import fingerprints, read_files
from anmin.knowledge.load import load
from anmin.store import measured, sleeps
from anmin.store.log import Log

RULES = rules_of(load())
FIRST = date(2024, 1, 1)


def run(log: str, *words: str) -> Result:
    made = CliRunner().invoke(cli, [*words, "--log", log, "--lang", "en"])
    if made.exception is not None and not isinstance(made.exception, SystemExit | InputError):
        raise made.exception
    return made


def bring(log: Log, paths: Sequence[str], zone: str | None = None) -> sleeps.Brought:
    ask = Ask(RULES, asked_zone(zone))
    imported = read_files(list(paths), ask)
    return sleeps.keep(log, imported.episodes, fingerprints(paths, ask), zone or "", RULES)


def exported(log: Log) -> bytes:
    target = io.BytesIO()
    log.export(target)
    return target.getvalue()


def fitbit(night: int, asleep: int = 430, log_id: int | None = None) -> dict[str, object]:
    evening, morning = FIRST + timedelta(days=night), FIRST + timedelta(days=night + 1)
    return {
        "logId": log_id or night + 1, "dateOfSleep": str(morning), "startTime": f"{evening}T23:00:00.000",
        "endTime": f"{morning}T07:00:00.000", "duration": 8 * 3_600_000, "minutesAsleep": asleep, "mainSleep": True,
    }  # fmt: skip


def apple(nights: range, source: str = "小林的 Apple\xa0Watch") -> str:
    records = []
    for night in nights:
        evening, morning = FIRST + timedelta(days=night), FIRST + timedelta(days=night + 1)
        for start, end, stage in (
            (f"{evening} 23:10:00", f"{morning} 03:00:00", "Core"),
            (f"{morning} 03:00:00", f"{morning} 03:20:00", "wake"),
            (f"{morning} 03:20:00", f"{morning} 06:50:00", "REM"),
        ):
            value = "Awake" if stage == "wake" else f"Asleep{stage}"
            records.append(
                f'<Record type="HKCategoryTypeIdentifierSleepAnalysis" sourceName="{source}" '
                f'creationDate="{morning} 08:00:00 +0800" startDate="{start} +0800" endDate="{end} +0800" '
                f'value="HKCategoryValueSleepAnalysis{value}">'
                '<MetadataEntry key="HKTimeZone" value="Asia/Taipei"/></Record>'
            )
    return f'<?xml version="1.0"?><HealthData>{"".join(records)}</HealthData>'


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """Two overlapping Fitbit chunks and two overlapping Apple exports."""
    contents = {
        "sleep-a.json": json.dumps([fitbit(night) for night in range(6)]),
        "sleep-b.json": json.dumps([fitbit(night) for night in range(4, 10)]),
        "export.xml": apple(range(3, 9)),
        "輸出.xml": apple(range(12)),
    }
    for name, text in contents.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return [str(tmp_path / name) for name in contents]


def test_the_same_files_again_add_nothing_and_change_no_byte(place: Place, files: list[str]) -> None:
    with Log(place("log")) as log:
        assert bring(log, files, "Asia/Taipei") == sleeps.Brought(added=22, same=0)
        before = exported(log)
        for again in (files, files[::-1], files[:1], files[2:]):
            assert bring(log, again, "Asia/Taipei").added == 0
        assert exported(log) == before


def test_files_may_come_in_any_order_together_or_one_by_one(place: Place, files: list[str]) -> None:
    expected = read_files(files, Ask(RULES, asked_zone("Asia/Taipei"))).nights
    assert len(expected.nights) == 12
    for number, order in enumerate(itertools.permutations(files)):
        if number % 5:
            continue
        with Log(place(f"log{number}")) as log:
            for path in order:
                bring(log, [path], "Asia/Taipei")
            assert sleeps.nights(log.fold(), RULES) == expected


def test_two_trackers_are_never_added_and_a_series_comes_from_one(place: Place, files: list[str]) -> None:
    with Log(place("log")) as log:
        bring(log, files, "Asia/Taipei")
        held = measured.every_night(log.fold(), load())
        assert {(one.source, one.tst) for one in held} == {("Fitbit", 430), ("小林的 Apple Watch", 440)}
        series = measured.values(log.fold(), "tst", date(2024, 1, 1), date(2024, 1, 31), load())
        assert len(series) == 12
        assert set(series.values()) == {440}
        nights = sleeps.nights(log.fold(), RULES).nights
        assert [night.tst for night in nights] == [440] * 12
        assert {night.also for night in nights[:10]} == {("Fitbit",)}


def test_where_a_night_comes_from_is_kept(place: Place, files: list[str], tmp_path: Path) -> None:
    log = place("log")
    assert run(log, "import", files[0], files[2], "--keep", "--zone", "Asia/Taipei").exit_code == 0
    shown = json.loads(run(log, "diary", "nights", "--json").stdout)
    by_source = {one["source"]: one for one in shown}
    watch, band = by_source["小林的 Apple Watch"], by_source["Fitbit"]
    prints = {one.name: one.sha256 for one in fingerprints([files[0], files[2]], Ask(RULES))}
    assert {one["name"]: one["sha256"] for one in watch["files"]} == prints  # one import, both of its files
    assert (watch["recorded"]["zone"], watch["recorded"]["known"], watch["recorded"]["basis"]) == (
        "Asia/Taipei", "true", "stages",
    )  # fmt: skip
    assert watch["recorded"]["confidence"] == "high"
    assert (band["recorded"]["known"], band["recorded"]["basis"], band["recorded"]["confidence"]) == (
        "inferred", "totals", "medium",
    )  # fmt: skip
    assert "sol" not in watch
    assert not [name for name in watch["recorded"] if "latency" in name or name == "sol"]
    with Log(log) as held:
        (kept,) = held.fold().current(sleeps.IMPORT).values()
        assert kept.read(sleeps.Import).zone == "Asia/Taipei"


def test_a_night_corrected_by_hand_stays_corrected(place: Place, files: list[str], tmp_path: Path) -> None:
    place_of = place("log")
    assert run(place_of, "import", *files[:2], "--keep", "--zone", "Asia/Taipei").exit_code == 0
    assert run(place_of, "diary", "correct", "2024-01-03", "--tst", "6:00").exit_code == 0
    assert run(place_of, "diary", "correct", "2024-01-04", "--leave-out").exit_code == 0
    changed = [fitbit(night, asleep=470) for night in range(12)]  # the maker has thought again
    (tmp_path / "later.json").write_text(json.dumps(changed))
    (tmp_path / "typed.csv").write_text("night,tst\n2024-01-03,111\n2024-01-05,222\n")
    assert run(place_of, "import", str(tmp_path / "later.json"), "--keep", "--zone", "Asia/Taipei").exit_code == 0
    assert run(place_of, "diary", "measured", str(tmp_path / "typed.csv"), "--source", "Fitbit").exit_code == 0
    with Log(place_of) as log:
        held = {one.night.day: one for one in measured.every_night(log.fold(), load())}
        assert (held[3].tst, held[3].by) == (360, "hand")
        assert held[3].recorded is not None
        assert held[3].recorded.tst == 470
        assert (held[4].left_out, held[4].tst) == (True, 430)
        assert (held[5].tst, held[5].by) == (222, "csv")
        assert (held[6].tst, held[6].by) == (470, "tracker")
        series = measured.values(log.fold(), "tst", FIRST, date(2024, 1, 31), load())
        assert (series[date(2024, 1, 3)], date(2024, 1, 4) in series) == (360, False)
        for _ in range(4):
            log.undo()
        assert {one.tst for one in measured.every_night(log.fold(), load())} == {430}


def test_a_correction_says_what_it_needs(place: Place, files: list[str]) -> None:
    place_of = place("log")
    run(place_of, "import", *files, "--keep", "--zone", "Asia/Taipei")
    for words in (
        ["2024-01-03", "--tst", "400"],  # two trackers saw it
        ["2024-01-03", "--tst", "5000", "--source", "Fitbit"],
        ["2024-01-03", "--source", "Fitbit"],
        ["2030-01-03", "--tst", "400"],
        ["2030-01-03", "--tst", "400", "--source", "a/b"],
        ["someday", "--tst", "400"],
    ):
        assert run(place_of, "diary", "correct", *words).exit_code != 0, words
    assert run(place_of, "diary", "correct", "2024-01-03", "--tst", "400", "--source", "Fitbit").exit_code == 0
    assert run(place_of, "diary", "correct", "2030-01-03", "--tst", "400", "--source", "Ring").exit_code == 0


def test_one_undo_takes_a_whole_import_back_and_a_hundred_steps_work(place: Place, tmp_path: Path) -> None:
    paths = []
    for night in range(60):
        path = tmp_path / f"{night}.json"
        path.write_text(json.dumps([fitbit(night), fitbit(night + 100), fitbit(night + 200)]))
        paths.append(str(path))
    with Log(place("log")) as log:
        seen = [sleeps.episodes(log.fold(), RULES)]
        for night, path in enumerate(paths):
            bring(log, [path], "Asia/Taipei")
            seen.append(sleeps.episodes(log.fold(), RULES))
            measured.correct(
                log, FIRST + timedelta(days=night + 1), None, {"tst": 300.0}, load(), leave_out=False
            )  # fmt: skip
        for back in range(60):
            log.undo()
            log.undo()
            assert sleeps.episodes(log.fold(), RULES) == seen[59 - back]
        assert log.undo() is None
        for _ in range(120):
            assert log.redo() is not None
        assert log.redo() is None
        assert sleeps.episodes(log.fold(), RULES) == seen[-1]
        first = exported(log)
        with Log(place("other")) as other:
            other.restore(io.BytesIO(first))
            assert exported(other) == first
            assert measured.every_night(other.fold(), load()) == measured.every_night(log.fold(), load())


def test_the_zone_told_last_places_a_night_without_one(place: Place, files: list[str]) -> None:
    with Log(place("log")) as log:

        def clocks() -> set[tuple[str, str]]:
            return {(night.known, f"{night.wake:%H:%M%z}") for night in sleeps.nights(log.fold(), RULES).nights}

        bring(log, files[:1])
        assert clocks() == {("unknown", "07:00")}
        for zone, offset in (("Asia/Taipei", "+0800"), ("Asia/Tokyo", "+0900"), ("Asia/Taipei", "+0800")):
            assert bring(log, files[:1], zone).added == 6
            assert bring(log, files[:1], zone).added == 0
            assert clocks() == {("inferred", f"07:00{offset}")}
            assert len(sleeps.nights(log.fold(), RULES).nights) == 6
        bring(log, files[:1])  # saying nothing takes nothing away
        assert clocks() == {("inferred", "07:00+0800")}
        log.undo()


def test_a_remnant_in_an_earlier_export_goes_when_the_night_was_rewritten(place: Place, tmp_path: Path) -> None:
    """The first export holds an onset that the maker moved; the second the night as moved; in either order."""

    def export(*parts: tuple[str, str, str]) -> str:
        records = "".join(
            f'<Record type="HKCategoryTypeIdentifierSleepAnalysis" sourceName="w" creationDate="{written} +0800" '
            f'startDate="{start} +0800" endDate="{end} +0800" value="HKCategoryValueSleepAnalysisAsleepCore"/>'
            for start, end, written in parts
        )
        return f'<?xml version="1.0"?><HealthData>{records}</HealthData>'

    early = export(("2026-03-01 22:30:00", "2026-03-01 23:00:00", "2026-03-02 08:00:00"))
    late = export(("2026-03-02 01:06:00", "2026-03-02 08:42:00", "2026-03-02 12:00:00"))
    before = export(("2026-02-28 23:00:00", "2026-03-01 07:00:00", "2026-03-01 07:05:00"))  # another night stays
    paths = []
    for name, text in (("early.xml", early), ("late.xml", late), ("before.xml", before)):
        (tmp_path / name).write_text(text)
        paths.append(str(tmp_path / name))
    for number, order in enumerate(itertools.permutations(paths)):
        with Log(place(f"log{number}")) as log:
            for path in order:
                bring(log, [path])
            found = sleeps.nights(log.fold(), RULES)
            assert [night.tst for night in found.nights] == [480, 456]
            assert not found.naps


def test_a_date_that_a_tracker_has_twice_is_in_no_series(place: Place) -> None:
    def slept(start: str, offset: int) -> Episode:
        begin = int(datetime.fromisoformat(start).replace(tzinfo=UTC).timestamp()) - offset
        end = begin + 7 * 3600
        return Episode(source="w", start=begin, end=end, offset_start=offset, offset_end=offset, known="true",
                       runs=((begin, end, "light"),))  # fmt: skip

    east, west = slept("2026-05-03T23:30", 9 * 3600), slept("2026-05-03T23:30", -10 * 3600)
    after = slept("2026-05-04T23:30", -10 * 3600)
    with Log(place("log")) as log:
        sleeps.keep(log, [west, after, east], [], "", RULES)
        assert len(sleeps.nights(log.fold(), RULES).nights) == 3
        series = measured.values(log.fold(), "tst", date(2026, 5, 1), date(2026, 5, 9), load())
        assert series == {date(2026, 5, 5): 420}


_IMPORTER = """
import sys
from anmin.imports.model import Episode, rules_of
from anmin.knowledge.load import load
from anmin.store import sleeps
from anmin.store.log import Log
rules, log, number = rules_of(load()), Log(sys.argv[1]), int(sys.argv[2])
while True:
    starts = [1_600_000_000 + 86_400 * (100 * number + night) for night in range(50)]
    made = [Episode(source="w", start=one, end=one + 25_200, runs=((one, one + 25_200, "light"),)) for one in starts]
    sleeps.keep(log, made, [], "", rules)
    number += 1
    print(number, flush=True)
"""


def test_kill_nine_leaves_whole_imports_and_every_confirmed_one(place: Place) -> None:
    rng = random.Random(3)
    path, confirmed = place("log"), 0
    for _ in range(5):
        done = [sys.executable, "-c", _IMPORTER, path, str(confirmed)]
        writer = subprocess.Popen(done, stdout=subprocess.PIPE, text=True)
        assert writer.stdout is not None
        said = writer.stdout.readline()
        time.sleep(rng.uniform(0, 0.1))
        writer.send_signal(signal.SIGKILL)
        said += writer.stdout.read()
        writer.wait()
        confirmed = int([line for line in said.splitlines(keepends=True) if line.endswith("\n")][-1])
        with Log(path) as log:
            found = sleeps.episodes(log.fold(), RULES)
            assert len(found) % 50 == 0
            assert len(found) >= 50 * confirmed
            confirmed = len(found) // 50


@given(st.lists(st.tuples(st.integers(0, 5000), st.integers(1, 3000), st.sampled_from(STAGES)), max_size=30))
def test_a_hypnogram_is_its_runs(spans: list[tuple[int, int, Stage]]) -> None:
    start = 1_700_000_000
    runs = paint((start + at, start + at + length, stage) for at, length, stage in spans)
    episode = Episode(source="x", start=start, end=start + 86_400, runs=runs)
    assert sleeps.runs_of(start, sleeps.hypnogram(episode)) == runs


@pytest.mark.parametrize("text", ["X30", "L", "30", "L30 R30", "L30R", "L9999999", "L1800\n"])
def test_a_hypnogram_that_is_none_is_refused(place: Place, text: str) -> None:
    kept = sleeps.Kept(episode=Episode(source="x", start=0, end=60), hypnogram=text)
    with Log(place("log")) as log:
        log.put(sleeps.SLEEP, "2024-01-01/x", kept)
        with pytest.raises(InputError, match="hypnogram"):
            sleeps.episodes(log.fold(), RULES)


def test_ten_years_are_read_back_quickly_enough_to_ask_each_morning(place: Place) -> None:
    starts = [1_400_000_000 + 86_400 * night for night in range(3650)]
    stages: tuple[Stage, ...] = ("light", "deep", "light", "rem")
    made = [
        Episode(source="w", start=start, end=start + 25_200, known="true",
                runs=tuple((start + 900 * at, start + 900 * (at + 1), stages[at % 4]) for at in range(28)))
        for start in starts
    ]  # fmt: skip
    with Log(place("log")) as log:
        sleeps.keep(log, made, [], "", RULES)
        assert max(len(bytes(event.value)) for event in log.fold().current(sleeps.SLEEP).values()) < 1024
        begun = time.process_time()
        nights = sleeps.nights(log.fold(), RULES).nights
        assert time.process_time() - begun < 5  # a hang would be minutes; it is a tenth of this
    assert len(nights) == 3650
    assert isinstance(msgspec.json.decode(msgspec.json.encode(nights[0]), type=Night), Night)


def test_a_source_that_is_not_there_is_named_as_such(tmp_path: Path) -> None:
    place = str(tmp_path / "log.db")
    assert run(place, "diary", "correct", "2026-11-21", "--tst", "6:40", "--source", "oura").exit_code == 0
    found = run(place, "diary", "nights", "--source", "fitbit")
    assert isinstance(found.exception, InputError)
    assert "oura" in str(found.exception)
