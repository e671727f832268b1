"""``anmin new``: ordinary answers in three languages, and what is said when one cannot be read."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from anmin.cli.new import new_command
from anmin.errors import InputError, ProfileError
from anmin.knowledge.load import load
from anmin.knowledge.model import LANGS
from anmin.person.interview import answer, profile_of, steps
from anmin.person.model import Person
from anmin.person.understand import understand

TYPED = {
    "age": "34", "sex": "女", "country": "台灣", "pregnant": "no", "kidney": "", "conditions": "none",
    "medicines": "none", "taking": "none", "sleep": "1", "bed": "23:30 07:00", "alcohol": "不喝", "red_flags": "none",
}  # fmt: skip


def run(*args: str, typed: str) -> None:
    result = CliRunner().invoke(new_command, args, input=typed, standalone_mode=False)
    if result.exception:
        raise result.exception


def said(step: str, typed: str) -> Person:
    nodes = answer(next(each for each in steps() if each.id == step), typed, {}, load())
    return understand(profile_of(nodes, load()), load())


@pytest.mark.parametrize(
    ("typed", "complaint", "weeks"),
    [
        ("躺很久睡不著", "falling_asleep", None), ("很難睡著", "falling_asleep", None),
        ("我很難睡著 三個月", "falling_asleep", 13), ("半夜一直醒，6週", "staying_asleep", 6),
        ("睡不著6週", "falling_asleep", 6), ("夜中に何度も目が覚める", "staying_asleep", None),
        ("途中覚醒 6週間", "staying_asleep", 6), ("早朝覚醒", "early_waking", None),
        ("寝つけない、2か月", "falling_asleep", 9), ("熟睡できない", "unrefreshing", None),
        ("can't fall asleep", "falling_asleep", None), ("I can’t fall asleep 6 weeks", "falling_asleep", 6),
        ("wake up at night, 10 weeks", "staying_asleep", 10), ("wake too early", "early_waking", None),
        ("tired in the morning", "unrefreshing", None), ("1", "falling_asleep", None), ("2", "staying_asleep", None),
        ("３ 6週", "early_waking", 6), ("4, 2 weeks", "unrefreshing", 2), ("1 16 weeks", "falling_asleep", 16),
    ],
)  # fmt: skip
def test_the_trouble_in_ones_own_words(typed: str, complaint: str, weeks: float | None) -> None:
    who = said("sleep", typed)
    assert who.complaint == complaint
    assert who.duration_weeks == (weeks if weeks is None else pytest.approx(weeks, rel=0.05))


@pytest.mark.parametrize("typed", ["失眠", "insomnia", "16 weeks", "6 weeks", "5", "睡不著 很久很久了"])
def test_what_leaves_the_trouble_open_is_asked_again(typed: str) -> None:
    with pytest.raises(ProfileError):
        said("sleep", typed)


@pytest.mark.parametrize(
    ("typed", "tonight"),
    [("不喝", False), ("沒喝", False), ("飲まない", False), ("飲みません", False), ("none", False), ("no", False),
     ("會喝", True), ("飲みます", True), ("20:30", True)],
)  # fmt: skip
def test_alcohol_in_ones_own_words(typed: str, tonight: bool) -> None:
    assert said("alcohol", typed).alcohol_tonight is tonight


@pytest.mark.parametrize(
    ("typed", "bed", "rise"),
    [
        ("十一點半", 1410, None), ("晚上十一點半 早上七點", 1410, 420), ("11點半睡 7點起床", 1410, 420),
        ("半夜十二點", 0, None), ("十二點", 0, None), ("夜11時半 朝6時", 1410, 360), ("凌晨一點", 60, None),
        ("早上八點 下午三點", 480, 900), ("8:00 15:00", 480, 900), ("11:30 pm to 7:00", 1410, 420),
        ("23:30", 1410, None), ("二點 九點", 120, 540),
    ],
)  # fmt: skip
def test_bed_times_as_they_are_spoken(typed: str, bed: int, rise: int | None) -> None:
    who = said("bed", typed)
    assert who.bed == bed
    assert rise is None or who.rise == rise


@pytest.mark.parametrize(("step", "typed", "line"), [("sleep", "失眠", 9), ("bed", "late", 10), ("age", "old", 1)])
def test_a_pipe_is_told_which_line_and_question(step: str, typed: str, line: int) -> None:
    lines = "\n".join({**TYPED, step: typed}.values()) + "\n"
    with pytest.raises(InputError, match=rf"line {line} of the input, the answer to question {line} \({step}\)"):
        run("--out", "-", typed=lines)


def test_every_question_can_be_asked_again_in_every_language() -> None:
    for step in steps():
        for lang in LANGS:
            help_ = load().text(f"person.new.help.{step.id}")
            assert help_.get(lang) in load().say("person.new.again", lang, typed="x", help=help_)
