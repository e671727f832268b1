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
    """A number as precise as it is useful, without a tail of zeros: ``0.25``, ``2``, ``17.4``, ``597``."""
    decimals = 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0
    shown = f"{value:.{decimals}f}"
    shown = shown.rstrip("0").rstrip(".") if decimals else shown
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
