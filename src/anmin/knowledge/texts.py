"""Sentences with places to fill: ``"take it by {clock}"``."""

from __future__ import annotations

import re
from typing import TypeAlias

from anmin.knowledge.model import Text

Filling: TypeAlias = "str | int | float | Text"
"""What may stand in a place. A ``Text`` gives each language its own words."""

_PLACE = re.compile(r"\{([a-z_][a-z0-9_]*)\}")


def places(sentence: str) -> frozenset[str]:
    """The names in braces of one sentence.

    >>> sorted(places("{amount} mg at {clock}"))
    ['amount', 'clock']
    """
    return frozenset(_PLACE.findall(sentence))


def show_number(value: float) -> str:
    """A number without a tail of zeros, at most two decimals: ``2``, ``0.5``, ``1419``."""
    shown = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if shown in ("-0", "") else shown


def _word(value: Filling, lang: str) -> str:
    if isinstance(value, Text):
        return str(getattr(value, lang))
    if isinstance(value, str):
        return value
    return show_number(value)


def fill(text: Text, params: dict[str, Filling]) -> Text:
    """The three sentences with their places filled; ``KeyError`` names a place that got nothing."""
    if not params and "{" not in text.en:
        return text

    def one(lang: str) -> str:
        return _PLACE.sub(lambda place: _word(params[place[1]], lang), str(getattr(text, lang)))

    return Text(en=one("en"), zh_hant=one("zh_hant"), ja=one("ja"))
