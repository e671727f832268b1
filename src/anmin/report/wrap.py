"""Lines that fit a terminal in all three languages.

Latin text breaks at spaces; Chinese and Japanese break between any two characters, except before closing and after
opening punctuation (the core of JIS X 4051 and of the Chinese rules). A wide character takes two cells
(Unicode Standard Annex 11).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from anmin.knowledge.model import Lang

_NEVER_FIRST = frozenset(
    "、。，．,.：；:;！？!?）)」』】〉》〕］]}｝’”%％‰°℃・ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々…"
)
_NEVER_LAST = frozenset("（([｛{「『【〈《〔［‘“")


def cells(text: str) -> int:
    """Terminal cells a text takes."""
    return sum(map(_cells_of, text))


def listed(names: Iterable[str], lang: Lang) -> str:
    """Names one after the other, with the language's own mark between.

    >>> listed(["a", "b"], "en"), listed(["a", "b"], "zh-Hant")
    ('a, b', 'a、b')
    """
    return (", " if lang == "en" else "、").join(names)


def wrap(text: str, width: int) -> list[str]:
    """The text in lines of at most ``width`` cells; only a single word longer than a line is cut.

    >>> wrap("warm bath, then bed", 10)
    ['warm bath,', 'then bed']
    """
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        if cells(line) + cells(piece.rstrip()) <= width:
            line += piece
            continue
        if line.strip():
            lines.append(line.rstrip())
        line = piece.lstrip()
        while cells(line.rstrip()) > width:
            head = _head(line, width)
            lines.append(head)
            line = line[len(head) :]
    if line.strip() or not lines:
        lines.append(line.rstrip())
    return lines


def _pieces(text: str) -> list[str]:
    """The text cut where a line may end; spaces stay with what stands before them."""
    pieces: list[str] = []
    start = 0
    for at in range(1, len(text)):
        if _may_break(text[at - 1], text[at]):
            pieces.append(text[start:at])
            start = at
    pieces.append(text[start:])
    return pieces


def _may_break(before: str, after: str) -> bool:
    if after.isspace():
        return False
    if before.isspace():
        return True
    if after in _NEVER_FIRST or before in _NEVER_LAST:
        return False
    return _cells_of(before) == 2 or _cells_of(after) == 2


def _cells_of(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _head(text: str, width: int) -> str:
    taken = 0
    for index, character in enumerate(text):
        taken += _cells_of(character)
        if taken > width:
            return text[: max(index, 1)]
    return text
