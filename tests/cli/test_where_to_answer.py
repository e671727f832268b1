"""Where an answer goes is said in words; no ``taking[0]``, and the example for a take answers its question."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
from click.testing import CliRunner

from anmin.cli.main import cli
from anmin.knowledge.load import load
from anmin.knowledge.model import LANGS, Lang
from anmin.person import examples
from anmin.person.take import parse_take
from anmin.plan.components import Why


def run(*words: str) -> str:
    """What is shown, without the spaces and the ends of lines."""
    return re.sub(r"\s+", "", CliRunner().invoke(cli, [*words]).output)


@pytest.mark.parametrize("lang", LANGS)
def test_a_line_of_the_profile_is_quoted(tmp_path: Path, lang: str) -> None:
    kept = [each for each in examples.text("taiwan-34").splitlines() if not each.startswith("taking:")]
    file = tmp_path / "who.yaml"
    file.write_text("\n".join([*kept, "taking: [magnesium citrate 300 mg 21:00]"]), encoding="utf-8")
    shown = run("plan", str(file), "--lang", lang)
    assert "taking[0]" not in shown
    assert "magnesiumcitrate300mg21:00" in shown
    assert "taking" in shown


@pytest.mark.parametrize("lang", LANGS)
def test_a_take_is_to_be_written_again(lang: str) -> None:
    shown = run("check", "--example", "taiwan-34", "--take", "magnesium citrate 300 mg 21:00", "--lang", lang)
    assert '--take"magnesiumcitrate300mg21:00' in shown


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(
    ("kind", "line"),
    [("clock", "glycine 3 g"), ("basis", "magnesium citrate 300 mg 21:00"), ("bath_water", "warm bath 15 min 21:00"),
     ("bath_minutes", "warm bath 40 °C 21:00"), ("bath_hour", "warm bath 40 °C 15 min")],
)  # fmt: skip
def test_the_example_answers_the_question(kind: str, line: str, lang: Lang) -> None:
    knowledge = load()
    asked = {each.id: each for each in parse_take(line, knowledge, bed=1380).questions}
    assert f"take.{kind}" in asked
    shown = load().text(f"report.take_example_{kind}", line=asked[f"take.{kind}"].line).get(lang)
    for example in re.findall(r'--take "([^"]+)"', shown):
        again = parse_take(example, knowledge, bed=1380)
        assert f"take.{kind}" not in {each.id for each in again.questions}
        assert "take.unread_words" not in {each.id for each in again.questions}


@pytest.mark.parametrize("why", get_args(Why))
def test_a_trial_says_every_reason_for_which_a_plan_leaves_something_out(why: str) -> None:
    assert load().text(f"trial.not_offered_{why}", what="x").ja
