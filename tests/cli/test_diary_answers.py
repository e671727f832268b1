"""``anmin diary``: answers as people write them, errors in their language, and what undo says."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from anmin.cli.main import cli
from anmin.errors import InputError
from anmin.knowledge.model import LANGS
from anmin.store import diary
from anmin.store.log import Log
from anmin.units.durations import parse_minutes

NIGHT = ("--night", "2026-11-20", "--zone", "Asia/Taipei")
FULL = ("--into-bed", "22:45", "--try-sleep", "23:10", "--awakenings", "2", "--final-wake", "5時半", "--out-of-bed",
        "06:50")  # fmt: skip


def run(log: Path, *words: str, lang: str = "en", text: str | None = None) -> Result:
    return CliRunner().invoke(cli, ["diary", *words, "--log", str(log), "--lang", lang], input=text)


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [("30", 30), ("３０分", 30), ("30 min", 30), ("30分くらい", 30), ("1時間半", 90), ("1 h 20", 80), ("半小時", 30),
     ("半個小時", 30), ("十五分鐘", 15), ("1.5 hours", 90), ("0", 0)],
)  # fmt: skip
def test_minutes_are_read_as_people_write_them(typed: str, minutes: float) -> None:
    assert parse_minutes(typed) == minutes


@pytest.mark.parametrize("typed", ["", "soon", "-5", "nan", "1:30", "inf", "1e9", "分", "30分" * 30])
def test_other_words_are_no_minutes(typed: str) -> None:
    with pytest.raises(InputError):
        parse_minutes(typed)


def test_options_and_questions_take_units(tmp_path: Path) -> None:
    made = run(tmp_path / "log.db", "add", *NIGHT, *FULL, "--sol", "30分", "--waso", "1 h 5 min")
    assert made.exit_code == 0, made.output
    asked = run(
        tmp_path / "log.db", "add", "--night", "2026-11-21", "--zone", "Asia/Taipei",
        text="夜10時45分\n23:10\n35分\n2回\n25 min\n5時半\n６時\n３\n",
    )  # fmt: skip
    assert asked.exit_code == 0, asked.output
    with Log(tmp_path / "log.db") as log:
        first, second = diary.entries(log.fold())
    assert (first.sol, first.waso, first.final_wake) == (30, 65, 330)
    assert (second.into_bed, second.sol, second.awakenings, second.waso, second.quality) == (1365, 35, 2, 25, 3)


@pytest.mark.parametrize("lang", LANGS)
def test_an_unreadable_answer_is_asked_again_in_the_same_language(tmp_path: Path, lang: str) -> None:
    typed = "late\n22:45\n23:10\nlong\n35\noften\n2\n25\n06:20\n06:50\nfine\n3\n"
    made = run(tmp_path / "log.db", "add", *NIGHT, lang=lang, text=typed)
    assert made.exit_code == 0, made.output
    assert "could not convert" not in made.output
    assert "invalid literal" not in made.output
    again = {"en": "cannot be read as minutes", "zh-Hant": "看不出是幾分鐘", "ja": "分として読めません"}[lang]
    assert again in made.output


def test_undo_says_in_words_what_it_took_back(tmp_path: Path) -> None:
    log = tmp_path / "log.db"
    assert run(log, "add", *NIGHT, *FULL, "--sol", "30", "--waso", "20").exit_code == 0
    assert "取り消しました：2026-11-20の夜の記録" in run(log, "undo", lang="ja").stdout
    assert "2026-11-20 早上為止那一晚的紀錄" in run(log, "redo", lang="zh-Hant").stdout
    assert run(log, "total", "isi", "9", "--day", "2026-11-20").exit_code == 0
    assert "the ISI total of 2026-11-20" in run(log, "undo").stdout


def test_a_plan_without_a_file_says_what_to_give() -> None:
    made = CliRunner().invoke(cli, ["plan"])
    assert made.exit_code == 2
    assert "--example NAME" in made.output
    assert "None" not in made.output


def test_a_trial_makes_its_folder(tmp_path: Path) -> None:
    place = tmp_path / "new" / "place"
    words = ("trial", "start", "--example", "taiwan-34", "--outcome", "sleep_onset_latency", "--component", "glycine",
             "--nights", "56", "--first", "2026-12-01", "--today", "2026-12-01", "--seed", "3",
             "--log", str(tmp_path / "log.db"))  # fmt: skip
    made = CliRunner().invoke(cli, [*words, "--folder", str(place)])
    assert made.exit_code == 0, made.output
    assert len(list(place.glob("*.sealed"))) == 1
    (tmp_path / "file").write_text("")
    refused = CliRunner().invoke(cli, [*words, "--folder", str(tmp_path / "file" / "x")])
    assert isinstance(refused.exception, InputError)
