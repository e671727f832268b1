"""What holds for whatever somebody types."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anmin.errors import InputError
from anmin.knowledge.drugs import Drug
from anmin.knowledge.load import load
from anmin.medicines.index import all_names, index_of
from anmin.medicines.model import Reading
from anmin.medicines.normalise import clean, key, normalise
from anmin.medicines.read import LONGEST, read_medicine
from anmin.medicines.several import LONGEST_LINE, read_medicines
from anmin.medicines.words import without_maker, without_measures

DRUGS: dict[str, Drug] = load().drugs
NAMES = sorted({name for drug in DRUGS.values() if drug.kind == "drug" for name in all_names(drug)})
LETTERS = "abcdefghijklmnopqrstuvwxyzアイウエオカキクサシスタチツテトナニネノマミムメラリルレロン酸鈉氯沙坦普利他汀"

anything = st.text(max_size=60) | st.text(alphabet="アムロジピン錠mg5 /+()「」、cipro血壓藥ー", max_size=40)
names = st.sampled_from(NAMES)


def _same(one: Reading, other: Reading) -> bool:
    return (one.status, one.why, one.atc, one.route, one.drugs) == (
        other.status, other.why, other.atc, other.route, other.drugs
    )  # fmt: skip


@given(anything)
@settings(max_examples=400, deadline=None)
def test_nothing_but_an_input_error_comes_out(typed: str) -> None:
    for read in (read_medicine, read_medicines):
        with suppress(InputError):
            read(typed, load())


@given(anything)
@settings(max_examples=400, deadline=None)
def test_normalising_twice_changes_nothing(typed: str) -> None:
    once = normalise(typed)
    assert normalise(once) == once
    assert clean(clean(typed)) == clean(typed)


@given(names)
@settings(max_examples=200, deadline=None)
def test_width_case_and_kana_do_not_matter(name: str) -> None:
    wide = "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in name)
    kana = "".join(chr(ord(each) - 0x60) if "ァ" <= each <= "ヶ" else each for each in name)
    for other in (wide, kana, name.upper(), f"  {name}　"):
        assert _same(read_medicine(name, load()), read_medicine(other, load())), (name, other)


LATIN_EXTRA = [" 500 mg", " 5mg tablets", " 0.25㎎", " 10 mg twice daily", " (generic)", " 20 mg capsules at bedtime"]
JAPANESE_EXTRA = ["錠5mg", "錠10mg「トーワ」", "カプセル20mg", " 1日2回", " 寝る前"]
CHINESE_EXTRA = ["錠5毫克", "膠囊 20 毫克", "膜衣錠", " 每天一次", " 飯後"]


@given(names, st.data())
@settings(max_examples=400, deadline=None)
def test_strength_and_form_never_change_the_reading(name: str, data: st.DataObject) -> None:
    has_kana = any("ァ" <= each <= "ヶ" for each in name)
    extras = LATIN_EXTRA if name.isascii() else JAPANESE_EXTRA if has_kana else CHINESE_EXTRA
    typed = name + data.draw(st.sampled_from(extras))
    plain, dressed = read_medicine(name, load()), read_medicine(typed, load())
    if (
        plain.status == "recognised"
        and key(without_measures(without_maker(clean(typed)))) not in index_of(load()).exact
    ):
        assert _same(plain, dressed), (typed, plain, dressed)


@given(names, st.integers(0, 30), st.sampled_from(LETTERS), st.sampled_from(["change", "drop", "add", "swap"]))
@settings(max_examples=600, deadline=None)
def test_a_slip_of_one_letter_is_never_taken_as_another_medicine(name: str, at: int, letter: str, how: str) -> None:
    """Unless the slip is itself, letter for letter, the name of that other medicine."""
    at %= len(name)
    if how == "change":
        typed = name[:at] + letter + name[at + 1 :]
    elif how == "drop":
        typed = name[:at] + name[at + 1 :]
    elif how == "add":
        typed = name[:at] + letter + name[at:]
    else:
        typed = name[:at] + name[at + 1 : at + 2] + name[at] + name[at + 2 :]
    if not normalise(typed) or len(typed) > LONGEST:
        return
    before, after = read_medicine(name, load()), read_medicine(typed, load())
    if after.status == "recognised" and not set(after.drugs) <= set(before.drugs):
        whole = {normalise(each) for drug in after.drugs for each in all_names(DRUGS[drug])}
        found = normalise(typed)
        assert any(part in whole for part in (found, *_parts(typed))), (name, typed, after)


def _parts(typed: str) -> list[str]:
    """The typed text without one word at its ends, and its parts: what a reading may rest on."""
    words = clean(typed).replace("/", " ").replace("・", " ").replace("-", " ").split()
    cut = [normalise(typed)[a:b] for a in range(6) for b in (None, -1, -2, -3, -4, -5, -6)]
    return [*map(normalise, words), *cut]


@given(st.text(alphabet="bcdfghjkmpqvwxz", min_size=6, max_size=14))
@settings(max_examples=200, deadline=None)
def test_a_nonsense_word_is_never_recognised(word: str) -> None:
    reading = read_medicine(word, load())
    assert reading.status != "recognised"


@pytest.mark.parametrize("typed", ["", "   ", "「」", "・・・", "a" * (LONGEST + 1)])
def test_empty_and_overlong_names_are_input_errors(typed: str) -> None:
    with pytest.raises(InputError, match="medicine"):
        read_medicine(typed, load())


def test_overlong_lines_are_input_errors() -> None:
    with pytest.raises(InputError):
        read_medicines("x" * (LONGEST_LINE + 1), load())
    with pytest.raises(InputError):
        read_medicines("; ".join(["aspirin"] * 51), load())
