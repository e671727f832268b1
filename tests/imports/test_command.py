"""``anmin import`` as a person meets it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from tracker_files import put

from anmin import imports
from anmin.cli.imports import import_command
from anmin.errors import InputError
from anmin.knowledge.load import load

OURA = {
    "id": "a", "type": "long_sleep", "bedtime_start": "2024-01-01T23:00:00+08:00", "ring_id": "=1+1",
    "bedtime_end": "2024-01-02T07:00:00+08:00", "total_sleep_duration": 27000, "latency": 900,
}  # fmt: skip
NAIVE = "start,end,asleep\n2024-01-02 23:00,2024-01-03 07:00,420\n"


@pytest.fixture
def paths(tmp_path: Path) -> list[str]:
    return put(tmp_path, {"o.json": [OURA], "t.csv": NAIVE})


def run(*words: str) -> str:
    result = CliRunner().invoke(import_command, words, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize("lang", ["en", "zh-Hant", "ja"])
def test_the_answer_comes_first_and_the_missing_latency_is_said_once(paths: list[str], lang: str) -> None:
    out = run(*paths, "--lang", lang)
    assert "2" in out.splitlines()[0]
    assert out.count(load().say("imports.no_latency", lang)) == 1  # type: ignore[arg-type]
    assert load().say("imports.said.zone_unknown", lang) in out  # type: ignore[arg-type]


def test_json_has_no_latency_and_says_why(paths: list[str]) -> None:
    out = json.loads(run(*paths, "--json", "--zone", "Asia/Taipei"))
    assert [night["tst"] for night in out["nights"]] == [450, 420]
    assert [night["known"] for night in out["nights"]] == ["true", "inferred"]
    assert out["sol"]["measured"] is False
    assert out["sol"]["reason"]
    assert "latency" not in json.dumps(out["nights"])


def test_csv_is_written_whole_and_holds_no_formula(paths: list[str], tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    run(*paths, "--csv", str(target))
    rows = list(csv.DictReader(target.read_text().splitlines()))
    assert [row["tst"] for row in rows] == ["450", "420"]
    assert rows[0]["device"] == "'=1+1"
    again = json.loads(run(str(target), "--json"))  # what was written can be read again
    assert [night["tst"] for night in again["nights"]] == [450, 420]


@pytest.mark.parametrize("night", ["9999-12-31 22:00,9999-12-31 23:59", "0001-01-01 00:00,0001-01-01 07:00"])
def test_a_date_that_no_calendar_can_place_is_left_out(tmp_path: Path, night: str) -> None:
    (tmp_path / "t.csv").write_text(f"{NAIVE}{night},100\n")
    for zone in ("Asia/Taipei", "America/New_York"):
        found = json.loads(run(str(tmp_path / "t.csv"), "--zone", zone, "--json"))
        assert [each["night"] for each in found["nights"]] == ["2024-01-03"]


def test_what_is_read_is_never_written_over(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text(NAIVE)
    (tmp_path / "link.csv").symlink_to(file)
    for target in (file, tmp_path / "link.csv"):
        with pytest.raises(InputError, match="--csv"):
            run(str(file), "--zone", "Asia/Taipei", "--csv", str(target))
    assert file.read_text() == NAIVE


def test_no_reason_and_no_remark_is_without_words() -> None:
    known = load().messages
    source = "".join(path.read_text() for path in Path(imports.__file__).parent.glob("*.py"))
    for name in known:
        head, _, last = name.rpartition(".")
        if head in ("imports.said", "imports.left_out"):
            assert f'"{last}"' in source, f"{name} is said nowhere"


def test_bad_zones_and_columns_are_named(paths: list[str]) -> None:
    for words in (["--zone", "Mars/Olympus"], ["--zone", "../etc"], ["--column", "x"]):
        with pytest.raises(InputError):
            CliRunner().invoke(import_command, [*paths, *words], catch_exceptions=False)
