"""Whatever is typed: doses, questions, or an InputError; nothing else, and never a lost word."""

from __future__ import annotations

import math

from hypothesis import example, given, settings
from hypothesis import strategies as st

from anmin.errors import InputError
from anmin.knowledge.load import load
from anmin.person.take import Taken, parse_take
from anmin.units.clock import DAY

FACTS = load()
_NAMES = [alias for row in (*FACTS.forms.values(), *FACTS.substances.values()) for alias in row.aliases]
_WORDS = [word for row in FACTS.choices["take.words"].words.values() for word in row]
_HOURS = [word for row in FACTS.day_times.values() for word in row.words]
_BITS = ["200 mg", "2 x", "330mg", "３グラム", "18 %", "22:30", "晚上10點", "9pm", "40C", "15 min", "30 min before bed"]
_BITS += [
    "1,000",
    "1.500",
    "2錠",
    "三顆",
    "+",
    ",",
    "、",
    "(",
    ")",
    "「",
    "as",
    "-",
    "–",
    "to",
    "半",
    "10 mmol",
    "mEq",
    "IU",
    "°",
]

pieces = st.sampled_from([*_NAMES, *_WORDS, *_HOURS, *_BITS]) | st.text(max_size=4)
phrases = st.builds(
    lambda parts, glue: glue.join(parts), st.lists(pieces, max_size=14), st.sampled_from([" ", "", " , "])
)
beds = st.integers(0, DAY - 1)


def taken_or_refused(text: str, bed: int) -> Taken | None:
    try:
        return parse_take(text, FACTS, bed=bed)
    except InputError:
        return None


@settings(max_examples=600, deadline=None)
@given(st.text(max_size=120) | phrases, beds)
@example("mg" * 250, 0)
@example("９" * 400, 0)
@example("(" * 500, 0)
@example("1,000,000,000,000,000 mg mg", 0)
@example("二" * 300 + "毫克 鎂", 0)
def test_any_text_is_read_asked_about_or_refused(text: str, bed: int) -> None:
    taken = taken_or_refused(text, bed)
    if taken is None:
        return
    assert taken.text == text
    for dose in taken.doses:
        assert math.isfinite(dose.mg)
        assert 0 <= dose.mg <= FACTS.ranges["one_dose_any_mg"].high
        assert dose.clock is None or 0 <= dose.clock < DAY
        assert dose.substance in FACTS.substances
        assert dose.form is None or (dose.substance == "magnesium" and dose.form in FACTS.forms)
        assert not any(mark in dose.label for mark in "\n\r\t\x00")
    ids = [question.id for question in taken.questions]
    assert len(ids) == len(set(ids))
    assert taken.doses or taken.bath or taken.questions


@settings(max_examples=150, deadline=None)
@given(phrases, st.sampled_from(["kava", "ZMA", "琥珀", "ホットミルク", "xyzzy 300 mg"]))
def test_an_unknown_word_never_goes_unnoticed(text: str, unknown: str) -> None:
    taken = taken_or_refused(f"{unknown} + {text}", 0)
    if taken is not None and "「" not in text:
        assert any(question.blocks for question in taken.questions)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(FACTS.forms)), st.integers(1, 2500))
def test_the_element_is_never_more_than_the_compound(form: str, mg: int) -> None:
    name = FACTS.forms[form].name.en
    element = parse_take(f"{name} {mg} mg elemental 22:00", FACTS, bed=0).doses[0]
    compound = parse_take(f"{name} {mg} mg compound 22:00", FACTS, bed=0).doses[0]
    unsaid = parse_take(f"{name} {mg} mg 22:00", FACTS, bed=0).doses[0]
    assert element.mg == mg
    assert compound.mg <= element.mg
    assert unsaid.mg == element.mg


@settings(max_examples=150, deadline=None)
@given(
    st.integers(1, 3000),
    st.integers(0, DAY - 1),
    st.sampled_from(["glycine", "甘胺酸", "グリシン"]),
    st.sampled_from(["mg", "毫克", "ミリグラム", "㎎"]),
)
def test_amount_and_hour_come_back_in_every_spelling(mg: int, clock: int, name: str, unit: str) -> None:
    hour, minute = divmod(clock, 60)
    for written in (f"{hour:02d}:{minute:02d}", f"{hour}時{minute}分", f"{hour}點{minute:02d}分"):
        for text in (
            f"{name} {mg}{unit} {written}",
            f"{written} {name} {mg:,} {unit}",
            f"{mg} {unit} {name} {written}",
        ):
            (dose,) = parse_take(text, FACTS, bed=0).doses
            assert (dose.substance, dose.mg, dose.clock) == ("glycine", mg, clock)
