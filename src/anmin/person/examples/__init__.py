"""Ten example people as profiles, written the way people write them."""

from __future__ import annotations

import difflib
from pathlib import Path

from anmin.errors import UnknownId
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Text

_HERE = Path(__file__).parent
_ORDER = (
    "taiwan-34", "japan-72", "pregnant-29", "cipro", "levothyroxine-bedtime", "ssri-tryptophan", "snoring-pauses",
    "dolutegravir", "athlete-zma", "unknown-medicine",
)  # fmt: skip


def names() -> tuple[str, ...]:
    """The names of the examples."""
    return _ORDER


def text(name: str) -> str:
    """The profile of an example, with its comments; :class:`~anmin.errors.UnknownId` if there is none."""
    if name not in _ORDER:
        close = difflib.get_close_matches(name, _ORDER, n=1)
        raise UnknownId("example", name, ", ".join(_ORDER), f"Did you mean {close[0]}?" if close else "")
    return (_HERE / f"{name}.yaml").read_text(encoding="utf-8")


def describe(name: str, knowledge: Knowledge) -> Text:
    """One line about an example, in three languages."""
    return knowledge.text(f"person.example.{name}")
