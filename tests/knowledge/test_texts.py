"""Sentences with places: filled in every language, numbers without a tail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anmin.knowledge.fold import fold
from anmin.knowledge.model import Text
from anmin.knowledge.texts import fill, places, show_number


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (2, "2"),
        (2.0, "2"),
        (0.5, "0.5"),
        (1418.6, "1419"),
        (1e6, "1000000"),
        (-0.001, "0"),
        (0.125, "0.12"),
        (-3, "-3"),
    ],
)
def test_numbers_have_no_tail(value: float, shown: str) -> None:
    assert show_number(value) == shown


def test_a_text_fills_a_place_with_its_own_words() -> None:
    text = Text(en="with {name}", zh_hant="與{name}", ja="{name}と")
    name = Text(en="magnesium", zh_hant="鎂", ja="マグネシウム")
    assert fill(text, {"name": name}) == Text(en="with magnesium", zh_hant="與鎂", ja="マグネシウムと")


def test_a_place_without_a_value_is_named() -> None:
    with pytest.raises(KeyError, match="far"):
        fill(Text(en="{near} {far}", zh_hant="{near}{far}", ja="{near}{far}"), {"near": 1})


@given(st.text(alphabet="ab{}_ 1", max_size=30))
def test_what_is_no_place_stays_as_it_is(sentence: str) -> None:
    params = {name: f"<{name}>" for name in places(sentence)}
    filled = fill(Text(en=sentence, zh_hant=sentence, ja=sentence), params)
    for name in params:
        assert "{" + name + "}" not in filled.en
    if not params:
        assert filled.en == sentence


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ｍｇ　Ｇｌｙｃｉｎａｔｅ", "mg glycinate"),
        ("ﾏｸﾞﾐｯﾄ", "マグミット"),
        ("まぐみっと", "マグミット"),
        ("L‐テアニン", "Lテアニン"),
        ("5-HTP", "5HTP"),
        ("S.Ciprofloxacin", "s ciprofloxacin"),
    ],
)
def test_ways_to_type_one_name(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("酸化", "水酸化"), ("鎂", "镁"), ("5-HTP", "HTP"), ("ハリ", "バリ")])
def test_different_names_stay_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)
