"""Words for "now and then, at no fixed hour": 偶爾, 頭痛時, たまに, "when needed". The words are data."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import msgspec

from anmin.knowledge.load import Knowledge
from anmin.person.answers import Medicine

AS_NEEDED = "as_needed"
_SPELLED = "as needed"


def says_as_needed(text: str, knowledge: Knowledge) -> bool:
    """Whether such a word is in a text."""
    return _pattern(_words(knowledge)).search(_folded(text)) is not None


def spelled_out(typed: str | Medicine, knowledge: Knowledge) -> str | Medicine:
    """A line or entry of the medicine list in which such words are the plain ``as needed``, or the field of that name.

    So they are never taken for a part of the name: ``普拿疼 偶爾`` is 普拿疼, as needed.
    """
    pattern = _pattern(_words(knowledge))
    if isinstance(typed, str):
        return pattern.sub(f" {_SPELLED} ", _folded(typed)) if says_as_needed(typed, knowledge) else typed
    parts = {field: value for field in ("name", "dose") if (value := getattr(typed, field)) is not None}
    if not any(says_as_needed(value, knowledge) for value in parts.values()):
        return typed
    plain = {field: " ".join(pattern.sub(" ", _folded(value)).split()) or None for field, value in parts.items()}
    if plain["name"] is None:
        return typed
    return msgspec.structs.replace(typed, as_needed=True, **plain)


def _words(knowledge: Knowledge) -> tuple[str, ...]:
    return knowledge.choices[AS_NEEDED].words[AS_NEEDED]


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


@lru_cache(maxsize=4)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    parts = []
    for word in sorted(words, key=len, reverse=True):
        plain = re.escape(_folded(word)).replace(r"\ ", r"\s+")
        parts.append(rf"(?<![a-z]){plain}(?![a-z])" if word.isascii() else rf"{plain}(?!間)")
    return re.compile(rf"[(（]?(?:{'|'.join(parts)})(?:[にの]み|だけ|才吃|再吃|吃|用|に|で)?[)）]?", re.IGNORECASE)
