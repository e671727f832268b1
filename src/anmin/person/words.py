"""What a typed word means among the choices of a field. The words themselves are data (``choices.yaml``)."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from anmin.knowledge.load import Knowledge


def plain(text: str) -> str:
    """The text as it is compared: width and case folded, spaces single, no full stop.

    >>> plain("  Ｆｅｍａｌｅ . ")
    'female'
    """
    return " ".join(unicodedata.normalize("NFKC", text).casefold().replace("_", " ").split()).rstrip(".。 ")


def choose(field: str, text: str, knowledge: Knowledge) -> str | None:
    """The value of ``field`` that a typed word stands for; None if it is none of the words known."""
    words = knowledge.choices[field].words
    lookup = _lookup(tuple((value, names) for value, names in words.items()))
    key = plain(text)
    return lookup.get(key) or lookup.get(key.replace("-", " "))


def allowed(field: str, knowledge: Knowledge) -> tuple[str, ...]:
    """The values of a field, as an error names them."""
    return tuple(knowledge.choices[field].words)


def is_unanswered(text: str, knowledge: Knowledge) -> bool:
    """Whether somebody wrote that they do not know: the question then stays open, as with an empty line."""
    return choose("open", text, knowledge) == "unanswered"


def is_nothing(text: str, knowledge: Knowledge) -> bool:
    """Whether a word stands for an empty list: asked, and there is none."""
    return choose("nothing", text, knowledge) == "nothing"


@lru_cache(maxsize=64)
def _lookup(words: tuple[tuple[str, tuple[str, ...]], ...]) -> dict[str, str]:
    return {plain(name): value for value, names in words for name in (*names, value)}
