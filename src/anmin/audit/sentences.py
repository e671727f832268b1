"""A text in English, Traditional Chinese or Japanese as sentences, each with its line and language."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

import msgspec

from anmin.knowledge.model import Lang

MAX_SENTENCE = 600
"""A longer run without a full stop is a table or a list; it is cut there."""

_END = re.compile(r"(?<=[。！？])|(?<=[.!?])(?=\s+[^\sa-z0-9])|(?<=[.!?][\"'”’)])(?=\s)|(?<=;)(?=\s)|(?<=；)")
_KANA = re.compile(r"[\u3041-\u309f\u30a1-\u30fa]")
_HAN = re.compile(r"[\u3400-\u9fff]")
_MARKUP = re.compile(r"^\s*(?:[#>*+-]+|\d{1,3}[.)、]|[・•●■◆])\s+")
_KEPT = frozenset("\t")


class Sentence(msgspec.Struct, frozen=True, kw_only=True):
    """One sentence, with the line (from 1) it starts in."""

    line: int
    lang: Lang
    text: str


def sentences(text: str) -> Iterator[Sentence]:
    """Every sentence of a text. A line break ends one; list marks and control characters are left out."""
    for number, raw in enumerate(text.splitlines(), 1):
        line = _MARKUP.sub("", printable(raw))
        lang = language(line)
        for piece in _END.split(line):
            words = " ".join(piece.split())
            for start in range(0, len(words), MAX_SENTENCE):
                yield Sentence(line=number, lang=lang, text=words[start : start + MAX_SENTENCE])


def printable(text: str) -> str:
    """The text without control and direction marks."""
    return "".join(mark for mark in text if mark in _KEPT or unicodedata.category(mark)[0] != "C")


def language(text: str) -> Lang:
    """Kana make it Japanese, other Han characters Chinese, and everything else English."""
    if _KANA.search(text):
        return "ja"
    return "zh-Hant" if _HAN.search(text) else "en"
