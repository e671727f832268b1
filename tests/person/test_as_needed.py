"""Medicines without a fixed hour, as people say it: never a part of the name, and no hour is asked for."""

from __future__ import annotations

import pytest

from anmin.knowledge.load import load
from anmin.person import examples
from anmin.person.as_needed import spelled_out
from anmin.person.model import Person
from anmin.person.profile import parse_profile
from anmin.person.understand import understand

LINES = (
    "普拿疼 偶爾", "普拿疼 有時候吃", "普拿疼 500 mg 痛的時候", "普拿疼，頭痛時", "普拿疼（需要時）",
    "頭痛時 ロキソニン",
    "ロキソニン たまに", "ロキソニン60mg 痛いとき", "ロキソニン 痛い時だけ", "ロキソニン 時々", "マイスリー 不眠時",
    "ibuprofen sometimes", "ibuprofen 400 mg when needed", "Ibuprofen now and then", "ibuprofen PRN",
)  # fmt: skip


def with_medicine(line: str, field: str = "medicines") -> Person:
    kept = [each for each in examples.text("taiwan-34").splitlines() if not each.startswith(f"{field}:")]
    return understand(parse_profile("\n".join([*kept, f"{field}: [{line}]"])), load())


@pytest.mark.parametrize("line", LINES)
def test_the_words_are_read_and_leave_the_name_alone(line: str) -> None:
    who = with_medicine(f"'{line}'")
    (medicine,) = who.medicines
    assert (medicine.status, medicine.as_needed, medicine.clocks_known) == ("recognised", True, False)
    assert not [question.id for question in who.questions if question.id.startswith("medicine")]


@pytest.mark.parametrize("line", [*LINES, "普拿疼", "Cipro", "シプロ"])
def test_no_question_offers_only_the_name_that_was_typed(line: str) -> None:
    for question in with_medicine(f"'{line}'").questions:
        assert question.options not in ((line,), (line.split()[0],))


@pytest.mark.parametrize("at", ["偶爾", "痛的時候", "たまに", "痛いとき", "sometimes", "when needed", "PRN", "頓服"])
def test_they_may_stand_for_the_hours(at: str) -> None:
    (medicine,) = with_medicine(f"{{name: ibuprofen, at: {at}}}").medicines
    assert medicine.as_needed


def test_a_product_that_is_a_medicine_is_read_the_same() -> None:
    (medicine,) = with_medicine("普拿疼 偶爾", "taking").medicines
    assert (medicine.typed, medicine.as_needed) == ("普拿疼", True)


def test_a_supplement_now_and_then_counts_at_any_hour() -> None:
    who = with_medicine("glycine 3 g 偶爾", "taking")
    assert [(dose.substance, dose.mg, dose.clock) for dose in who.taking] == [("glycine", 3000, None)]
    assert not any("unread" in question.id for question in who.questions)


@pytest.mark.parametrize("line", ["levothyroxine 50 µg 23:00", "普拿疼 早上8點", "ロキソニン 朝食後"])
def test_a_line_with_an_hour_stays_as_it_was(line: str) -> None:
    assert spelled_out(line, load()) == line
    assert not with_medicine(f"'{line}'").medicines[0].as_needed


def test_the_hour_question_says_how_to_write_it() -> None:
    (asked,) = [each for each in with_medicine("Cipro 500 mg").questions if each.id.startswith("medicine-hour")]
    assert "as needed" in asked.text.en
    assert "需要時" in asked.text.zh_hant
    assert "頓服" in asked.text.ja
