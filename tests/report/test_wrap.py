"""Nothing is lost, nothing is too wide, no line begins with closing punctuation."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from anmin.report.wrap import cells, wrap

WORDS = st.text(st.sampled_from("ab 鎂，。（）カナ、magnesium 500"), max_size=200)


@given(WORDS, st.integers(8, 60))
def test_nothing_is_lost_and_nothing_is_too_wide(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    longest = max((cells(word) for word in text.split()), default=0)
    assert all(cells(line) <= max(width, longest) for line in lines)


def test_chinese_breaks_between_characters_but_not_before_a_comma() -> None:
    lines = wrap("睡前三十分鐘服用鎂，配一杯水。", 18)
    assert lines == ["睡前三十分鐘服用", "鎂，配一杯水。"]


def test_latin_words_stay_whole_inside_japanese() -> None:
    assert wrap("不眠の治療はCBT-Iです。", 14) == ["不眠の治療は", "CBT-Iです。"]


def test_an_empty_text_is_one_empty_line() -> None:
    assert wrap("", 20) == [""]
