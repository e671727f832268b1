"""`anmin facts` and `anmin why` as a person and as a program use them."""

import json

import pytest
from click.testing import CliRunner, Result

from anmin.cli.facts import facts_command, why_command
from anmin.errors import UnknownId


def _facts(*args: str) -> Result:
    return CliRunner().invoke(facts_command, list(args))


def _why(*args: str) -> Result:
    return CliRunner().invoke(why_command, list(args))


@pytest.mark.parametrize(
    ("lang", "word"), [("en", "Medicines with supplements"), ("zh-Hant", "藥物與保健品"), ("ja", "薬とサプリ")]
)
def test_a_word_is_answered_in_the_language_asked(lang: str, word: str) -> None:
    result = _facts("ciprofloxacin", "--lang", lang)
    assert result.exit_code == 0
    assert word in result.output
    assert "mg-ciprofloxacin" in result.output


def test_several_words_are_one_search() -> None:
    assert "bisglycinate" in _facts("Mg", "glycinate", "--lang", "en").output


def test_nothing_found_is_said_and_never_called_safe() -> None:
    result = _facts("qqqzzz", "--lang", "en")
    assert result.exit_code == 1
    assert "does not mean that it is safe" in result.output


def test_a_long_list_is_cut_and_says_so() -> None:
    short, everything = _facts("magnesium", "--lang", "en"), _facts("magnesium", "--all", "--lang", "en")
    assert "--all" in short.output
    assert len(everything.output) > 2 * len(short.output)


def test_json_holds_groups_with_ids() -> None:
    out = json.loads(_facts("酸化マグネシウム", "--json", "--lang", "ja").output)
    assert out["word"] == "酸化マグネシウム"
    assert len(out["version"]) == 64
    assert out["groups"][0]["hits"][0] == {"id": "oxide", "title": "酸化マグネシウム", "summary": "MgO, 60.3% Mg"}


def test_the_overview_counts_every_kind() -> None:
    out = json.loads(_facts("--json").output)
    assert out["kinds"]["forms"] == 29
    assert "29" in _facts("--lang", "en").output


def test_coverage_counts_and_names_the_weak() -> None:
    out = json.loads(_facts("--coverage", "--json").output)
    assert out["weak"] == []
    row = next(topic for topic in out["topics"] if topic["kind"] == "interactions")
    assert row["rows"] == sum(row["grounds"].values())
    text = _facts("--coverage", "--lang", "en").output
    assert "No serious or forbidden row stands on weak pages alone" in text


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ["Sources", "What it drives", "official label"]),
        ("zh-Hant", ["來源", "影響到"]),
        ("ja", ["出典", "左右するもの"]),
    ],
)
def test_why_shows_sources_and_what_it_drives(lang: str, words: list[str]) -> None:
    result = _why("mg-ciprofloxacin", "--lang", lang)
    assert result.exit_code == 0
    for word in words:
        assert word in result.output


def test_why_json_keeps_every_source_as_it_was_read() -> None:
    out = json.loads(_why("mg-ciprofloxacin", "--json", "--lang", "en").output)
    [fact] = out["facts"]
    assert {source["read_in"] for source in fact["sources"]} >= {"label_republished", "abstract"}
    assert {"kind": "timing", "id": "timing-magnesium", "title": "magnesium"} in fact["drives"]


def test_an_unknown_id_is_an_input_error_with_a_hint() -> None:
    result = _why("mg-ciprofloxacine")
    assert isinstance(result.exception, UnknownId)
    assert "mg-ciprofloxacin" in str(result.exception)
