"""The chance of too little magnesium, from reference intakes and what is eaten."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anmin.knowledge.load import load
from anmin.person.profile import parse_profile
from anmin.person.status import MagnesiumStatus, magnesium_status
from anmin.person.understand import understand


def status(text: str) -> MagnesiumStatus:
    return magnesium_status(understand(parse_profile(text), load()), load())


@pytest.mark.parametrize(("sex", "inadequate"), [("male", 0.57), ("female", 0.52)])
def test_the_share_of_us_adults_below_their_requirement_is_reproduced(sex: str, inadequate: float) -> None:
    """NHANES 2003-2018 (pmid 38718857): 43 % of men and 48 % of women meet the EAR from food."""
    assert status(f"age: 40\nsex: {sex}\ncountry: US").probability_inadequate == pytest.approx(inadequate, abs=0.04)


def test_an_intake_at_the_average_requirement_is_an_even_chance() -> None:
    found = status("age: 40\nsex: male\ncountry: US\ndiet: 350")
    assert found.need_mg == 350
    assert found.probability_inadequate == pytest.approx(0.5)


@given(st.integers(1, 1000), st.integers(1, 500))
def test_more_magnesium_never_means_a_greater_chance_of_a_lack(diet: int, more: int) -> None:
    base = "age: 40\nsex: male\ncountry: JP\n"
    less = status(f"{base}diet: {diet}")
    rich = status(f"{base}diet: {min(diet + more, 2000)}")
    assert rich.probability_inadequate <= less.probability_inadequate + 1e-9 or diet < 100


def test_what_is_taken_already_counts() -> None:
    base = "age: 40\nsex: male\ncountry: US\ndiet: 250\n"
    with_pills = status(base + "taking: [magnesium glycinate 200 mg elemental 21:00]")
    assert with_pills.intake_mg == 450
    assert with_pills.probability_inadequate < 0.2 < status(base).probability_inadequate


def test_pregnancy_adds_to_the_need() -> None:
    base = "age: 29\nsex: female\ncountry: JP\ndiet: 250\n"
    expecting, not_expecting = status(base + "pregnant: yes"), status(base + "pregnant: no")
    assert (expecting.need_mg or 0) - (not_expecting.need_mg or 0) == 30  # Japan DRI 2025


def test_a_country_without_an_average_requirement_says_who_stands_in() -> None:
    found = status("age: 40\nsex: female\ncountry: EU")
    assert found.need_mg == 265
    assert any("IOM" in note.en for note in found.notes)


def test_what_is_not_known_is_an_even_chance_and_said_so() -> None:
    for text in ("", "age: 40", "age: 40\nsex: male\ncountry: CN"):
        assert status(text).probability_inadequate == 0.5
        assert "not known" in status(text).basis.en


@pytest.mark.parametrize(
    ("medicine", "says"),
    [
        ("furosemide 20 mg 8:00", "Nothing is assumed"),
        ("omeprazole 20 mg 8:00", "lower the body"),
        ("aspirin 100 mg 8:00", ""),
    ],
)
def test_medicines_are_told_beside_the_figure_and_do_not_move_it(medicine: str, says: str) -> None:
    base = "age: 40\nsex: male\ncountry: US\n"
    found = status(base + f"medicines: [{medicine}]")
    assert found.probability_inadequate == status(base).probability_inadequate
    assert any(says in note.en for note in found.notes) is bool(says)


def test_a_low_blood_value_settles_it_and_sends_to_a_doctor() -> None:
    found = status("age: 40\nsex: male\ncountry: US\ndiet: 600\nserum_magnesium: 0.70 mmol/L")
    assert found.probability_inadequate == 1.0
    assert any("doctor" in note.en for note in found.notes)
    assert (
        status("age: 40\nsex: male\ncountry: US\ndiet: 600\nserum_magnesium: 0.75 mmol/L").probability_inadequate < 0.1
    )


def test_every_figure_names_its_sources() -> None:
    found = status("age: 40\nsex: male\ncountry: TW")
    assert found.sources
