"""``anmin medicine``: the answer first, in three languages, and the same in JSON."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from anmin.cli.medicine import medicine_command
from anmin.errors import InputError


def run(*arguments: str) -> Result:
    return CliRunner().invoke(medicine_command, [*arguments])


@pytest.mark.parametrize(
    ("arguments", "first", "code"),
    [
        (["Cipro", "--lang", "en"], "Cipro: read as ciprofloxacin (swallowed).", 0),
        (["シプロキサン", "--lang", "ja"], "「シプロキサン」をシプロフロキサシン（飲み薬）と読みました。", 0),
        (["環丙沙星 眼藥水", "--lang", "zh-Hant"], "「環丙沙星 眼藥水」讀成環丙沙星（眼用）。", 0),
        (["血壓藥", "--lang", "zh-Hant"], "「血壓藥」不夠清楚。這是一大類藥的統稱。您吃的是哪一種？", 3),
    ],
)
def test_the_first_line_is_the_answer(arguments: list[str], first: str, code: int) -> None:
    result = run(*arguments)
    assert (result.output.splitlines()[0], result.exit_code) == (first, code)


def test_an_unknown_name_is_not_checked() -> None:
    result = run("wonderweed", "--lang", "en")
    assert "not checked" in result.output
    assert result.exit_code == 3


def test_json_says_the_same() -> None:
    result = run("aspirin + Maalox", "--json")
    first, second = json.loads(result.output)["medicines"]
    assert (first["status"], first["route"]) == ("recognised", "oral")
    assert {"substance": "magnesium", "form": "hydroxide"} in second["contains"]


def test_every_argument_has_an_answer_and_none_is_lost() -> None:
    result = run("シプロ", "マイスリー", "--json")
    found = json.loads(result.output)["medicines"]
    assert [(each["typed"], each["status"]) for each in found] == [("シプロ", "question"), ("マイスリー", "recognised")]
    assert found[1]["atc"] == ["N05CF02"]
    assert result.exit_code == 3
    three = run("aspirin + Maalox", "wonderweed", "--json")
    assert [each["typed"] for each in json.loads(three.output)["medicines"]] == ["aspirin", "Maalox", "wonderweed"]
    assert three.exit_code == 3


def test_a_bad_line_is_an_input_error() -> None:
    assert isinstance(run("x" * 3000).exception, InputError)
