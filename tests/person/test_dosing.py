"""How much magnesium, compound and glycine an amount is. Molar masses: Mg 24.305, glycine 75.07, MgO 40.30."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anmin.errors import AmountError, InputError, UnknownId
from anmin.knowledge.load import load
from anmin.knowledge.model import Form
from anmin.person.dosing import DoseAnswer, adult_limits, answer_dose, answer_glycine, read_glycine, strictest, table

FACTS = load()


def rounded(answer: DoseAnswer) -> tuple[float, ...]:
    return tuple(round(value) for value in (answer.magnesium_mg, answer.compound_mg, answer.glycine_mg) if value)


@pytest.mark.parametrize(
    ("text", "form", "expected"),
    [
        ("200 mg Mg", "bisglycinate", (200, 1419, 1235)), ("250 mg Mg", "bisglycinate", (250, 1774, 1544)),
        ("350 mg Mg", "甘胺酸鎂", (350, 2483, 2162)), ("400 mg Mg", "magnesium glycinate", (400, 2838, 2471)),
        ("485.7 mg Mg", "bisglycinate", (486, 3446, 3000)), ("500 mg Mg", "グリシン酸マグネシウム", (500, 3547, 3089)),
        ("10 mmol Mg", "oxide", (243, 403)), ("200 mg magnesium", "citrate", (200, 1237)),
    ],
)  # fmt: skip
def test_element_to_compound(text: str, form: str, expected: tuple[float, ...]) -> None:
    assert rounded(answer_dose(text, FACTS, as_form=form)) == expected


@pytest.mark.parametrize(
    ("text", "times", "magnesium"),
    [("414 mg MgO", 2, 499.3), ("酸化マグネシウム 330mg", 1, 199.0), ("氧化鎂 500 毫克", 1, 301.5),
     ("1,000 mg magnesium bisglycinate", 1, 141.0), ("MgO 414 mg elemental", 1, 414.0), ("2 x 330 mg MgO", 1, 398.0)],
)  # fmt: skip
def test_compound_to_element(text: str, times: int, magnesium: float) -> None:
    assert answer_dose(text, FACTS, times=times).magnesium_mg == pytest.approx(magnesium, abs=0.05)


def test_three_grams_of_glycine_need_more_magnesium_than_all_limits_but_one_allow() -> None:
    """486 mg of magnesium; only Canada's licensing maximum of 500 mg is higher."""
    answer = answer_glycine(FACTS)
    assert answer.target_mg == 3000
    assert answer.magnesium_mg == pytest.approx(485.7, abs=0.05)
    assert (answer.over, answer.within) == (("CN", "EU", "JP", "UK", "US"), ("CA",))


@pytest.mark.parametrize(
    ("country", "limit", "add"),
    [("US", 350, 838), ("JP", 350, 838), ("EU", 250, 1456), ("UK", 400, 529), ("TW", 250, 1456), (None, 250, 1456)],
)
def test_the_stack_keeps_the_limit_of_the_country(country: str | None, limit: float, add: float) -> None:
    stack = read_glycine("3 g", FACTS, country=country).stack
    assert stack is not None
    assert stack.element.value == limit
    assert round(stack.to_add.value) == add
    assert stack.from_chelate.value + stack.to_add.value == pytest.approx(3000)


def test_a_label_above_the_pure_share_is_buffered_and_brings_less_glycine() -> None:
    answer = answer_dose("magnesium glycinate 1000 mg (18 % Mg)", FACTS)
    pure = answer_dose("180 mg Mg", FACTS, as_form="bisglycinate")
    assert answer.buffer is not None
    assert answer.buffer.buffered
    assert answer.magnesium_mg == pytest.approx(180)
    assert answer.glycine_mg is not None
    assert pure.glycine_mg is not None
    # what is chelate in the powder: 91.55 % of 1000 mg, of which 87.07 % is glycine once freed
    assert answer.glycine_mg == pytest.approx(0.91552 * 1000 * 0.87074, rel=1e-3)
    assert answer.glycine_mg < pure.glycine_mg
    for text, buffered in (("glycinate 14.1 %", False), ("glycinate 14.3 %", True), ("glycinate 10 % Mg", False)):
        read = answer_dose(text, FACTS).buffer
        assert read is not None
        assert read.buffered is buffered


def test_the_table_has_a_row_for_every_limit_and_for_the_amount_of_the_trials() -> None:
    rows = table(FACTS)
    shown = [round(row.magnesium_mg or 0, 1) for row in rows]
    assert shown == sorted(shown)
    assert set(shown) >= {200, 250, 350, 400, 485.7, 500}
    assert {limit.value_mg for limit in adult_limits(FACTS)} <= set(shown)
    shares = {round(row.magnesium_mg or 0): round(100 * row.share) for row in rows}
    assert shares.items() >= {200: 41, 250: 51, 350: 72, 400: 82, 486: 100, 500: 103}.items()


def test_a_limit_of_a_country_is_that_of_its_own_rows() -> None:
    assert strictest(FACTS, "JP").value_mg == 350
    assert strictest(FACTS, "EU").value_mg == 250
    assert strictest(FACTS, None).value_mg == min(limit.value_mg or 0 for limit in adult_limits(FACTS))
    with pytest.raises(UnknownId):
        strictest(FACTS, "XX")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "foo",
        "200",
        "Mg",
        "200 mg zinc",
        "200 mg Mg + 3 g glycine",
        "5 g Mg",
        "-1 mg Mg",
        "glycinate 70 %",
        "kava 3 g",
    ],
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        answer_dose(text, FACTS)


@pytest.mark.parametrize(
    ("as_form", "error"), [("foo", UnknownId), ("dimagnesium_malate", AmountError), ("zinc", UnknownId)]
)
def test_a_compound_that_cannot_be_reckoned_is_refused(as_form: str, error: type[InputError]) -> None:
    with pytest.raises(error):
        answer_dose("200 mg Mg", FACTS, as_form=as_form)


@settings(deadline=None)
@given(
    st.sampled_from([form for form in FACTS.forms.values() if form.formula]), st.integers(1, 2999), st.integers(1, 9)
)
def test_there_and_back_again(form: Form, mg: int, times: int) -> None:
    there = answer_dose(f"{mg} mg Mg", FACTS, as_form=form.id)
    back = answer_dose(f"{there.compound_mg:.6f} mg {form.name.en} compound", FACTS, times=times)
    assert there.magnesium_mg == mg
    assert back.magnesium_mg == pytest.approx(mg * times, rel=1e-6)
