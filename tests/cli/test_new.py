"""``anmin new``: at most twelve questions, a profile that reads back, and nothing overwritten."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from anmin.cli.new import new_command
from anmin.errors import InputError
from anmin.knowledge.load import load
from anmin.knowledge.model import LANGS
from anmin.person import examples
from anmin.person.interview import MOST, answer, is_asked, profile_of, steps
from anmin.person.profile import parse_profile, read_profile
from anmin.person.understand import understand

ANSWERS = {
    "age": "34",
    "sex": "女",
    "country": "台灣",
    "pregnant": "no",
    "kidney": "80 µmol/L",
    "conditions": "none",
    "medicines": "levothyroxine 50 µg 07:00; 環丙沙星 8:00 20:00",
    "taking": "none",
    "sleep": "難入睡，6週",
    "bed": "23:30 07:00",
    "alcohol": "no",
    "red_flags": "none",
}
TYPED = "\n".join(ANSWERS.values()) + "\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*args: str, typed: str = "") -> None:
    result = CliRunner().invoke(new_command, args, input=typed, catch_exceptions=False, standalone_mode=False)
    if result.exception:
        raise result.exception


def test_there_are_at_most_twelve_questions_each_with_its_reason() -> None:
    assert MOST == 12
    assert len(steps()) <= MOST
    for step in steps():
        for lang in LANGS:
            assert load().say(f"person.new.{step.id}", lang)
            assert load().say(f"person.new.why.{step.id}", lang)


def test_the_answers_make_a_profile_without_open_questions(folder: Path) -> None:
    run("--lang", "zh-Hant", typed=TYPED)
    who = understand(read_profile(folder / "profile.yaml"), load())
    assert who.questions == ()
    assert (who.age, who.sex, who.country, who.bed, who.rise) == (34, "female", "TW", 1410, 420)
    assert [medicine.clocks for medicine in who.medicines] == [(420,), (480, 1200)]
    assert who.duration_weeks == 6
    assert "# " in (folder / "profile.yaml").read_text(encoding="utf-8")


def test_every_question_may_be_skipped_and_is_then_asked_later(folder: Path) -> None:
    run(typed="\n" * MOST)
    asked = {question.id for question in understand(read_profile(folder / "profile.yaml"), load()).questions}
    assert {"age", "sex", "country", "medicines", "bed", "red_flags"} <= asked


def test_men_are_not_asked_about_pregnancy() -> None:
    nodes = {}
    for step in steps()[:2]:
        nodes.update(answer(step, {"age": "34", "sex": "male"}[step.id], nodes, load()))
    assert not is_asked(next(step for step in steps() if step.id == "pregnant"), nodes, load())
    assert profile_of(nodes, load()).age == 34


def test_a_warning_sign_is_answered_by_its_number(folder: Path) -> None:
    run(typed=TYPED.removesuffix("none\n") + "2\n")
    flags = read_profile(folder / "profile.yaml").red_flags or {}
    assert [name for name, up in flags.items() if up] == [list(flags)[1]]


def test_breastfeeding_is_an_answer_to_the_same_question() -> None:
    step = next(step for step in steps() if step.id == "pregnant")
    profile = profile_of(answer(step, "breastfeeding", {}, load()), load())
    assert (profile.pregnant, profile.breastfeeding) == ("no", True)


def test_nothing_is_overwritten_without_force(folder: Path) -> None:
    target = folder / "profile.yaml"
    target.write_text("age: 1\n", encoding="utf-8")
    with pytest.raises(InputError, match="--force"):
        run(typed=TYPED)
    with pytest.raises(InputError, match="--force"):
        run("--example", "cipro")
    assert target.read_text(encoding="utf-8") == "age: 1\n"
    run("--example", "cipro", "--force")
    assert target.read_text(encoding="utf-8") == examples.text("cipro")


def test_nothing_half_written_stays(folder: Path) -> None:
    with pytest.raises(InputError):
        run("--out", "missing/profile.yaml", typed=TYPED)
    with pytest.raises(InputError, match="end of the input"):
        run(typed="34\n")
    with pytest.raises(InputError, match="0 to 120 years"):
        run(typed="-3\n")
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("name", examples.names())
def test_every_example_can_be_written(folder: Path, name: str) -> None:
    run("--example", name, "--out", "who.yaml")
    assert read_profile(folder / "who.yaml") == parse_profile(examples.text(name))


def test_the_list_names_every_example_in_every_language() -> None:
    for lang in LANGS:
        result = CliRunner().invoke(new_command, ["--list", "--lang", lang])
        for name in examples.names():
            assert f"{name} " in result.output
            assert examples.describe(name, load()).get(lang) in result.output
