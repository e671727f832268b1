"""The diary: nine answers, corrections that keep the old ones, CSV whole or not at all, missed nights missing."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from log_places import Place

from anmin.cli.main import cli
from anmin.errors import InputError
from anmin.knowledge.load import load
from anmin.store import diary, measured
from anmin.store.log import Log

NOW = datetime(2026, 12, 31, 12, tzinfo=UTC)
HEADER = "night,zone,into_bed,try_sleep,sol,awakenings,waso,final_wake,out_of_bed,quality,comment"
ROWS = (
    "2026-11-21,Asia/Taipei,22:45,23:10,35,2,25,06:20,06:50,3,",
    "2026-11-22,Asia/Taipei,23:00,23:00,20,0,0,07:00,07:10,4,=1+1",
    "2026-11-24,Asia/Taipei,00:30,00:40,15,1,10,06:30,06:30,,'quoted",
)
FULL = [
    "--zone", "Asia/Taipei", "--into-bed", "22:45", "--try-sleep", "23:10", "--sol", "35", "--awakenings", "2",
    "--waso", "25", "--final-wake", "06:20", "--out-of-bed", "06:50",
]  # fmt: skip


def csv_of(*rows: str) -> bytes:
    return "\n".join((HEADER, *rows, "")).encode()


def run(log: str, *words: str, text: str | None = None) -> Result:
    return CliRunner().invoke(cli, ["diary", *words, "--log", log, "--lang", "en"], input=text)


def test_a_night_by_options_is_derived_to_the_minute(place: Place) -> None:
    made = run(place("log"), "add", "--night", "2026-11-20", *FULL, "--json")
    assert made.exit_code == 0, made.output
    derived = json.loads(made.stdout)["derived"]
    assert (derived["tst"], derived["tib"], derived["sol"], derived["waso"]) == (370, 485, 35, 25)
    assert derived["late"] is True


def test_asking_takes_at_most_nine_answers(place: Place) -> None:
    answers = "22:45\n23:10\nabout half an hour\n35\n2\n25\n06:20\n06:50\n3\n"
    made = run(place("log"), "add", "--night", "2026-11-20", "--zone", "Asia/Taipei", text=answers)
    assert made.exit_code == 0, made.output
    assert "6:10" in made.stdout
    with Log(place("log")) as log:
        (entry,) = diary.entries(log.fold())
    assert (entry.sol, entry.quality, entry.taken) == (35, 3, None)


def test_nothing_is_written_when_answers_clash(place: Place) -> None:
    for wrong in (["--sol", "600"], ["--waso", "-1"], ["--out-of-bed", "22:40"], ["--sol", "nan"]):
        assert run(place("log"), "add", "--night", "2026-11-20", *FULL, *wrong).exit_code != 0
    assert run(place("log"), "add", "--night", "2126-11-20", *FULL).exit_code != 0
    with Log(place("log")) as log:
        assert not diary.entries(log.fold())


def test_undo_of_a_file_says_how_many_nights_it_takes_back(place: Place, tmp_path: Path) -> None:
    log, file = place("log"), tmp_path / "diary.csv"
    file.write_bytes(csv_of(*ROWS))
    run(log, "import", str(file))
    assert "3 nights that were brought in together" in run(log, "undo").stdout
    assert "3 nights" in run(log, "redo").stdout


def test_edit_keeps_the_old_answers_and_undo_brings_them_back(place: Place) -> None:
    log = place("log")
    assert run(log, "add", "--night", "2026-11-20", *FULL).exit_code == 0
    assert run(log, "add", "--night", "2026-11-20", *FULL).exit_code != 0
    assert run(log, "edit", "2026-11-20", "--sol", "50").exit_code == 0

    def sol() -> float:
        return float(json.loads(run(log, "list", "--json").stdout)["nights"][0]["answers"]["sol"])

    assert sol() == 50
    run(log, "undo")
    assert sol() == 35
    run(log, "redo")
    assert sol() == 50
    with Log(log) as opened:
        assert len([event for event in opened.history("night") if event.op == "put"]) == 2


def test_missed_nights_stay_missing_and_csv_comes_back_equal(place: Place) -> None:
    knowledge = load()
    with Log(place("log")) as log, Log(place("other")) as other:
        made = diary.bring(log, csv_of(*ROWS), "UTC", knowledge, NOW)
        assert (made.added, made.same, made.kept) == (3, 0, ())
        found = diary.entries(log.fold())
        assert diary.missing(found) == (date(2026, 11, 23),)
        assert [entry.comment for entry in found] == ["", "=1+1", "quoted"]
        text = diary.as_csv(found)
        assert "'=1+1" in text
        diary.bring(other, text.encode(), "UTC", knowledge, NOW)
        assert diary.entries(other.fold()) == found
        assert diary.bring(log, csv_of(*reversed(ROWS)), "UTC", knowledge, NOW).same == 3


def test_a_night_corrected_by_hand_stays_corrected(place: Place) -> None:
    knowledge = load()
    with Log(place("log")) as log:
        diary.bring(log, csv_of(*ROWS), "UTC", knowledge, NOW)
        diary.edit(log, date(2026, 11, 22), {"sol": 12.0}, knowledge)
        made = diary.bring(log, csv_of(*ROWS), "UTC", knowledge, NOW)
        assert made.kept == (date(2026, 11, 22),)
        assert diary.entries(log.fold())[1].sol == 12


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (b"\xff\xfe\x00", "UTF-8"),
        (b"night,sol\n2026-11-21,3\n", "header"),
        ((HEADER + ",=cmd\n").encode(), "columns"),
        (csv_of(ROWS[0], ROWS[1].replace("23:00", "25:00", 1)), "line 3"),
        (csv_of(ROWS[0], ROWS[0].replace(",35,", ",36,")), "once"),
        (csv_of(ROWS[0].replace("Asia/Taipei", "../../etc/passwd")), "zone"),
        (csv_of(ROWS[0] + ",extra"), "values"),
        (csv_of(ROWS[0].replace(",35,", ",inf,")), "sol"),
        (b"x" * (diary.MAX_BYTES + 1), "MiB"),
    ],
)
def test_a_broken_csv_adds_nothing_and_names_the_place(place: Place, data: bytes, named: str) -> None:
    with Log(place("log")) as log:
        with pytest.raises(InputError, match=named):
            diary.bring(log, data, "UTC", load(), NOW)
        assert log.fold().seq == 0


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"night\n2026-11-21\n",
        b"night,sol\n2026-11-21,3\n",
        b"night,tst\nnever,400\n",
        b"night,tst\n2026-11-21,nan\n",
        b"night,tst\n2026-11-21,-1\n",
        b"night,tst\n2026-11-21,400\n2026-11-21,401\n",
        b"night,tst,waso\n2026-11-21,400,5,30\n",  # 400,5 and 30 were meant
        b"night,tst,tst\n2026-11-21,400,401\n",
        b"\xff",
        b"x" * (measured.MAX_BYTES + 1),
    ],
)
def test_a_broken_tracker_file_adds_nothing(place: Place, data: bytes) -> None:
    with Log(place("log")) as log:
        with pytest.raises(InputError):
            measured.bring(log, data, "fitbit", load())
        assert log.fold().seq == 0


def test_trackers_are_never_added_up(place: Place) -> None:
    """Of two sources the one that saw more nights is used, alone."""
    with Log(place("log")) as log:
        measured.bring(log, b"night,tst\n2026-11-21,400\n2026-11-22,410\n", "fitbit", load())
        measured.bring(log, b"night,tst,waso\n2026-11-22,300,20\n", "oura", load())
        first, last = date(2026, 11, 1), date(2026, 11, 30)
        assert dict(measured.values(log.fold(), "tst", first, last, load())) == {
            date(2026, 11, 21): 400,
            date(2026, 11, 22): 410,
        }
        assert dict(measured.values(log.fold(), "waso", first, last, load())) == {date(2026, 11, 22): 20}


def test_totals_of_licensed_questionnaires_are_typed_in_within_their_scale(place: Place) -> None:
    log = place("log")
    assert run(log, "total", "ISI", "17", "--day", "2026-11-20").exit_code == 0
    assert run(log, "total", "ISI", "29", "--day", "2026-11-20").exit_code != 0
    assert json.loads(run(log, "list", "--json").stdout)["totals"] == [
        {"questionnaire": "isi", "day": "2026-11-20", "score": 17.0}
    ]


@pytest.mark.parametrize("lang", ["en", "zh-Hant", "ja"])
def test_the_list_speaks_three_languages(place: Place, lang: str) -> None:
    log = place("log")
    run(log, "add", "--night", "2026-11-20", *FULL)
    shown = CliRunner().invoke(cli, ["diary", "list", "--log", log, "--lang", lang])
    assert load().say("diary.column_tst", lang) in shown.stdout  # type: ignore[arg-type]


def test_export_and_restore_by_command(tmp_path: Path, place: Place) -> None:
    run(place("log"), "add", "--night", "2026-11-20", *FULL)
    assert run(place("log"), "export", str(tmp_path / "one.jsonl")).exit_code == 0
    assert run(place("new"), "restore", str(tmp_path / "one.jsonl")).exit_code == 0
    assert run(place("new"), "export", str(tmp_path / "two.jsonl")).exit_code == 0
    assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "two.jsonl").read_bytes()
