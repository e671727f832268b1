"""`anmin bath`: the first line is the answer, exit codes, JSON, the figure, refusals, three languages."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from anmin.cli.bath import bath_command
from anmin.errors import AnminError, InputError
from anmin.knowledge.model import LANGS

SVG = "{http://www.w3.org/2000/svg}"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(bath_command, [*arguments])


@pytest.mark.parametrize("lang", LANGS)
def test_the_first_line_is_what_to_do_and_nothing_is_left_unsaid(lang: str, tmp_path: Path) -> None:
    file = tmp_path / "bath.svg"
    result = run("--example", "taiwan-34", "--fast", "--lang", lang, "--svg", str(file))
    assert result.exit_code == 0, result.output
    first = result.stdout.splitlines()[0]
    assert re.search(r"40\s?(°C|℃)", first)
    assert "22:30" in first
    assert "{" not in result.stdout
    for number in ("60", "90", "120", "38.9", "3.1"):
        assert number in result.stdout
    root = ET.fromstring(file.read_text(encoding="utf-8"))
    title, says = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert title.text
    assert re.search(r"0\.\d\d ?(°C|℃)", title.text), "the title states the finding"
    assert says is not None
    assert says.text
    table = root.find(f"{SVG}metadata")
    assert table is not None
    assert table.text
    assert len(table.text.splitlines()) > 5


def test_progress_goes_to_standard_error_only() -> None:
    result = run("--example", "taiwan-34", "--fast", "--lang", "en", "--json")
    assert "Comparing" in result.stderr
    answer = json.loads(result.stdout)
    assert answer["status"] == "bath"
    assert answer["proposed"]["bath"]["water_c"] <= answer["caps"]["max_c"]
    assert [each["end_min"] for each in answer["proposed"]["by_end"]] == [60, 90, 120]


def test_the_honest_sentences_are_there() -> None:
    text = " ".join(run("--example", "taiwan-34", "--fast", "--lang", "en", "--explain").stdout.split())
    assert "It is a sign, not proof" in text
    assert re.search(r"Nothing (peaks at|speaks for exactly) 90", text)
    assert "nobody has measured it" in text
    assert "1094" not in text or "1,094" in text


def test_somebody_alone_at_72_is_told_what_is_possible_instead() -> None:
    result = run("--example", "japan-72", "--lang", "en")
    assert result.exit_code == 4
    assert result.stdout.startswith("No bath for you tonight.")
    assert "seated shower" in result.stdout
    assert "°C" not in result.stdout, "no figure tempts"


def test_an_unread_medicine_comes_first() -> None:
    result = run("--example", "unknown-medicine", "--lang", "en")
    assert result.exit_code == 3
    assert "Zelmoravin" in result.stdout
    assert "under `medicines:`" in " ".join(result.stdout.split()), "where to write it"


def test_beside_a_red_flag_stands_nothing_but_where_to_go() -> None:
    result = run("--example", "snoring-pauses", "--lang", "en")
    assert result.exit_code == 4
    assert "instead" not in result.stdout


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_is_short_unless_asked_and_its_lines_agree(lang: str) -> None:
    short = run("--example", "taiwan-34", "--fast", "--lang", lang).stdout
    whole = run("--example", "taiwan-34", "--fast", "--lang", lang, "--explain").stdout
    assert "--explain" in short.splitlines()[-1]
    assert short.count("\n") < 60 < whole.count("\n")
    assert not any("\u2800" <= letter <= "\u28ff" for letter in short), "no curve"
    assert any("\u2800" <= letter <= "\u28ff" for letter in whole)
    first = short.splitlines()[0]
    assert not re.search("out by|前起身|までに", first), "any hour of a stretch is as good, so none is the latest"
    if lang != "en":
        assert not re.search(r"\((要旨を確認|讀過摘要)\)", short), "full-width brackets"


def test_near_bed_is_not_called_sooner() -> None:
    text = run("--example", "taiwan-34", "--fast", "--lang", "en", "--season", "winter").stdout
    assert "Closer to bed is better here" in " ".join(text.split())


def test_pregnancy_is_said_to_be_beyond_the_model() -> None:
    result = run("--example", "pregnant-29", "--fast", "--lang", "en")
    text = " ".join(result.stdout.split())
    assert result.exit_code == 0
    assert "at most 39 °C and 10 minutes" in text
    assert "knows nothing of your situation (pregnancy)" in text
    assert text.index("knows nothing") < text.index("hands and feet"), "before the figures that it weakens"


def test_a_hot_room_is_said_to_leave_nothing() -> None:
    result = run("--example", "taiwan-34", "--fast", "--lang", "en", "--season", "summer")
    assert "changes nothing" in result.stdout.splitlines()[0]


@pytest.mark.parametrize(
    "arguments", [("--room", "50"), ("--room", "nan"), ("--draws", "5"), ("--depth", "ears"), ("--season", "x")]
)
def test_what_cannot_be_is_refused_by_name(arguments: tuple[str, str]) -> None:
    result = run("--example", "taiwan-34", *arguments)
    if isinstance(result.exception, InputError):
        assert arguments[0] in str(result.exception)
        return
    assert result.exit_code == 2
    assert arguments[0] in result.stderr


def test_without_numba_fewer_draws_are_made_and_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("anmin.cli.bath.find_spec", lambda _: None)
    result = run("--example", "pregnant-29", "--draws", "20", "--lang", "en")
    assert result.exit_code == 0
    assert "without numba" in result.stdout


def test_a_profile_that_is_not_there_is_an_error_not_a_trace() -> None:
    result = run("nowhere.yaml")
    assert isinstance(result.exception, AnminError | OSError)
