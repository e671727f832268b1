"""Words that people write where a list, a date or an hour is expected."""

from __future__ import annotations

import json
from datetime import date

import pytest

from anmin.errors import ProfileError
from anmin.knowledge.load import load
from anmin.person.model import Person
from anmin.person.profile import parse_profile
from anmin.person.understand import understand


def somebody(**answers: object) -> Person:
    profile = parse_profile(json.dumps(answers, ensure_ascii=False))
    return understand(profile, load(), today=date(2026, 3, 1))


@pytest.mark.parametrize("word", ["none", "None.", "nil", "N/A", "n/a", "なし", "特になし", "無", "沒有", "no"])
@pytest.mark.parametrize("field", ["medicines", "conditions", "taking", "allergies"])
def test_a_list_with_a_word_for_nothing_is_empty(field: str, word: str) -> None:
    assert getattr(parse_profile(json.dumps({field: [word]}, ensure_ascii=False)), field) == ()


@pytest.mark.parametrize("field", ["medicines", "conditions", "taking", "allergies"])
def test_a_list_with_a_word_for_not_known_is_not_answered(field: str) -> None:
    assert getattr(parse_profile(json.dumps({field: ["unknown"]})), field) is None


def test_a_word_for_nothing_beside_something_is_no_answer_for_the_rest() -> None:
    assert somebody(medicines=["none", "cipro 08:00"]).medicines[-1].typed == "cipro"


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        ("today", 0),
        ("tomorrow", 1),
        ("明日", 1),
        ("明天", 1),
        ("後天", 2),
        ("the day after tomorrow", 2),
        ("in 3 days", 3),
    ],
)
def test_an_operation_may_be_tomorrow(typed: str, days: int) -> None:
    assert somebody(surgery=typed).surgery_in_days == days


@pytest.mark.parametrize("typed", ["24:00", "midnight", "深夜0時", "午夜", "半夜12點", "真夜中", "夜中の12時", "0:00"])
def test_midnight_is_an_hour(typed: str) -> None:
    assert parse_profile(json.dumps({"bed": typed}, ensure_ascii=False)).bed == "00:00"
    for line in ({"name": "cipro", "at": typed}, f"cipro {typed}"):
        (medicine,) = somebody(medicines=[line]).medicines
        assert (medicine.typed, medicine.clocks, medicine.clocks_known) == ("cipro", (0,), True)


@pytest.mark.parametrize(
    ("typed", "clock"), [("深夜1時", 60), ("半夜2點", 120), ("noon", 720), ("深夜11時", 1380), ("8:00", 480)]
)
def test_hours_of_the_night_and_noon(typed: str, clock: int) -> None:
    (medicine,) = somebody(medicines=[f"cipro {typed}"]).medicines
    assert (medicine.typed, medicine.clocks) == ("cipro", (clock,))


def test_a_bare_number_is_no_hour_and_told_how_to_write_it() -> None:
    with pytest.raises(ProfileError, match="8:00") as caught:
        somebody(medicines=[{"name": "cipro", "at": "8"}])
    assert "8:00" in caught.value.hint
    with pytest.raises(ProfileError):
        somebody(medicines=["cipro 24:30"])
