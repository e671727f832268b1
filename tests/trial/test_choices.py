"""`anmin trial design` without a thing to try says what may be tried, and each of them can be."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from anmin.cli.trial import trial_group
from anmin.knowledge.load import load
from anmin.knowledge.model import Lang
from anmin.person import examples
from anmin.person.profile import parse_profile
from anmin.person.understand import understand
from anmin.trial.arms import Refused, arm_for, choices


@pytest.mark.parametrize("name", sorted(examples.names()))
def test_what_is_offered_can_be_tried_under_its_name(name: str) -> None:
    knowledge = load()
    person = understand(parse_profile(examples.text(name), name), knowledge)
    found = choices(person, knowledge)
    if isinstance(found, Refused):
        assert isinstance(arm_for(person, "glycine", None, knowledge), Refused)
        return
    listed = {choice.id: choice for choice in found}
    for id, fact in knowledge.components.items():
        if fact.what == "habits":
            continue
        arm = arm_for(person, id, None, knowledge)
        if isinstance(arm, Refused):
            assert id not in listed
            continue
        assert arm.component.fact in listed
        if id in listed:
            assert arm.component.fact == id
            assert listed[id].mg == () or sum(dose.mg for dose in arm.component.doses) in listed[id].mg


@pytest.mark.parametrize("lang", ["en", "zh-Hant", "ja"])
def test_the_command_lists_them_and_its_examples_run(lang: Lang, tmp_path: Path) -> None:
    run = CliRunner(env={"ANMIN_LOG": str(tmp_path / "log.db")})
    made = run.invoke(trial_group, ["design", "--example", "taiwan-34", "--lang", lang], catch_exceptions=False)
    assert made.exit_code == 2
    knowledge = load()
    for substance in ("glycine", "l_theanine"):
        row = next(line for line in made.stdout.splitlines() if line.startswith(f"  {substance} "))
        assert knowledge.substances[substance].name.get(lang) in row
    commands = [line.partition("anmin trial ")[2] for line in made.stdout.splitlines() if "anmin trial " in line]
    assert len(commands) == 2
    for command in commands:
        done = run.invoke(trial_group, [*shlex.split(command), "--lang", lang], catch_exceptions=False)
        assert done.exit_code in (0, 4)
        assert done.stdout


def test_a_machine_gets_the_names(tmp_path: Path) -> None:
    run = CliRunner(env={"ANMIN_LOG": str(tmp_path / "log.db")})
    made = run.invoke(trial_group, ["start", "--example", "taiwan-34", "--json"], catch_exceptions=False)
    assert made.exit_code == 2
    found = json.loads(made.stdout)
    assert found["status"] == "choose"
    assert {"component": "glycine", "name": "glycine", "mg": [1500.0, 2000.0, 3000.0]} in found["choices"]
