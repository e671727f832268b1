"""Hours written in characters: 十一點半, 七時十五分."""

from __future__ import annotations

import re
import unicodedata

from anmin.units.numbers import parse_number

_HOUR = re.compile(
    r"(?<![一二三四五六七八九十\d每毎隔])(二十[一二三四]?|十[一二三四五六七八九]?|[二兩两三四五六七八九]|(?<=[午上晚間夜晨前後の])一)"
    r"\s*([點点時])(?!間|滴)(?:([一二三四五]?十[一二三四五六七八九]?|[一二三四五六七八九])(?=分))?"
)
"""Not 一點 and 一時 alone, which are "a little" and "for a while"."""
_HALF_OF_DAY = re.compile("[上下中正]午|午[前後]|凌晨|清晨|早|晨|朝|夜|晚|晩|夕|傍|[ap]\\.?m|:", re.IGNORECASE)


def in_digits(text: str) -> str:
    """The text with its hours in digits.

    >>> in_digits("晚上十一點半"), in_digits("七時十五分")
    ('晚上11點半', '7時15分')
    """
    return _HOUR.sub(_digits, text)


def leaves_half_open(text: str) -> bool:
    """Whether a text says an hour as spoken (11點半) and not which half of the day it is in."""
    line = unicodedata.normalize("NFKC", text)
    return re.search("[點点時]", line) is not None and _HALF_OF_DAY.search(line) is None


def _digits(match: re.Match[str]) -> str:
    minute = f"{parse_number(match[3]):.0f}" if match[3] else ""
    return f"{parse_number(match[1]):.0f}{match[2]}{minute}"
