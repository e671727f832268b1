"""``anmin dose``: the first line is the answer, in three languages, and the JSON says the same."""

from __future__ import annotations

import json
import re

import pytest
from click.testing import CliRunner, Result

from anmin.cli.dose import dose_command
from anmin.errors import InputError
from anmin.knowledge.model import LANGS


def run(*arguments: str) -> Result:
    return CliRunner().invoke(dose_command, [*arguments, *(() if "--lang" in arguments else ("--lang", "en"))])


@pytest.mark.parametrize(
    ("arguments", "first"),
    [
        (["200 mg Mg", "--as", "bisglycinate"], "200 mg of magnesium is 1,419 mg of magnesium bisglycinate."),
        (["200", "mg", "Mg", "--as", "bisglycinate"], "200 mg of magnesium is 1,419 mg of magnesium bisglycinate."),
        (["414 mg MgO", "--times", "2"], "2 × 414 mg of magnesium oxide hold 499 mg of magnesium."),
        (["500 mg MgO"], "500 mg of magnesium oxide holds 302 mg of magnesium."),
        (["--glycine", "3 g"],
         "3,000 mg of glycine from magnesium bisglycinate alone needs 486 mg of magnesium (3,445 mg of the compound)."),
        (["glycinate 18 %"],
         "A magnesium bisglycinate with 18 % magnesium is buffered: the pure compound holds at most 14.1 %."),
        (["glycinate 14 %"],
         "14 % magnesium fits magnesium bisglycinate: the pure compound holds 14.1 %, with water or filler less."),
        (["200 mg Mg"], "200 mg of magnesium is in each of these:"),
    ],
)  # fmt: skip
def test_the_first_line_is_the_answer(arguments: list[str], first: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    assert result.output.splitlines()[0] == first
    assert json.loads(run(*arguments, "--json").output)["answer"] == first


def test_what_follows_from_it() -> None:
    assert "1,235 mg of glycine: 41 % of the 3,000 mg" in run("200 mg Mg", "--as", "bisglycinate").output
    assert "add 1,765 mg of plain glycine" in run("200 mg Mg", "--as", "bisglycinate").output
    assert "over the daily limit in: CN, EU, JP, UK, US. Within it in: CA." in run("--glycine", "3 g").output
    assert "over the limit of 350 mg a day for JP" in run("414 mg MgO", "--times", "2", "--country", "jp").output
    assert "no official figure could be read" in run("414 mg MgO", "--times", "2", "--country", "TW").output
    assert "oxide is 8 % of the powder and brings 28 % of the magnesium" in run("glycinate 18 %").output


def test_the_table_prints_the_published_rows() -> None:
    rows = [re.split(r"\s{2,}", line.strip()) for line in run("--table").output.splitlines()]
    body = {row[0]: row[1:4] for row in rows if re.match(r"[\d.]+ mg$", row[0])}
    assert body["200 mg"] == ["1,419 mg", "1,235 mg", "41 %"]
    assert body["250 mg"] == ["1,774 mg", "1,544 mg", "51 %"]
    assert body["350 mg"] == ["2,483 mg", "2,162 mg", "72 %"]
    assert body["400 mg"] == ["2,838 mg", "2,471 mg", "82 %"]
    assert body["485.7 mg"] == ["3,445 mg", "3,000 mg", "100 %"]
    assert body["500 mg"] == ["3,547 mg", "3,089 mg", "103 %"]
    assert len(json.loads(run("--table", "--json").output)["rows"]) == len(body)


@pytest.mark.parametrize(
    "arguments",
    [
        ["200 mg Mg", "--as", "bisglycinate"],
        ["414 mg MgO", "--times", "2", "--country", "TW"],
        ["--glycine", "3 g"],
        ["--table"],
        ["glycinate 18 %"],
        ["200 mg Mg"],
    ],
)
def test_every_answer_has_three_languages(arguments: list[str]) -> None:
    outputs = [run(*arguments, "--lang", lang).output for lang in LANGS]
    assert len(set(outputs)) == 3
    english, chinese, japanese = outputs
    assert "{" not in english + chinese + japanese
    assert not re.search(r"[\u3040-\u30ff]", chinese)
    assert re.search(r"[\u3040-\u30ff]", japanese)
    for other in (chinese, japanese):
        assert sorted(re.findall(r"[\d,]{3,}", english)) == sorted(re.findall(r"[\d,]{3,}", other))


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["foo"],
        ["200 mg Mg", "--table"],
        ["200 mg Mg", "--as", "foo"],
        ["5 g Mg"],
        ["--glycine", "x"],
        ["--times", "0"],
    ],
)
def test_unusable_input_is_an_input_error(arguments: list[str]) -> None:
    result = run(*arguments)
    assert isinstance(result.exception, InputError), result.output
