"""One typed line that holds several medicines."""

from __future__ import annotations

import re

from anmin.errors import InputError
from anmin.knowledge.load import Knowledge
from anmin.medicines.index import index_of
from anmin.medicines.model import Reading, Route
from anmin.medicines.normalise import key
from anmin.medicines.read import LONGEST, bounded, read_medicine

LONGEST_LINE = 2000
MOST = 50

_APART = re.compile(r"[\n;；、。|]+")
"""Signs that always part two medicines."""

_PERHAPS = re.compile(r"\s*(?:(?<!\d)[,，]|[,，](?!\d)|\+|＋|&|＆)\s*|\s+(?:and|plus)\s+|[與与和跟]|と", re.IGNORECASE)
"""Signs that part two medicines or stand inside the name of one product."""


def read_medicines(text: str, knowledge: Knowledge, route: Route | None = None) -> tuple[Reading, ...]:
    """The medicines of one line, in the order typed; a product of several ingredients stays one.

    A part that is not recognised stays visible as a reading of its own. Raises :class:`~anmin.errors.InputError` for
    an empty line, an overlong one, or one with more than 50 parts.
    """
    bounded(text, LONGEST_LINE)
    lines = [part.strip() for part in _APART.split(text) if _says_something(part)]
    parts = [name for line in lines for name in _apart(line, knowledge)]
    if len(parts) > MOST:
        raise InputError("medicine", text, f"at most {MOST} medicines in one line")
    return tuple(read_medicine(part, knowledge, route) for part in parts)


def _apart(line: str, knowledge: Knowledge) -> list[str]:
    """The names in a line without a certain separator: one product, or several medicines."""
    parts = [part.strip() for part in _PERHAPS.split(line) if _says_something(part)]
    if len(parts) < 2:
        return [line]
    if len(line) <= LONGEST:
        whole = read_medicine(line, knowledge)
        if whole.status == "recognised" and _is_one_product(whole, knowledge):
            return [line]
        if whole.status == "question" and whole.why in ("class_word", "route") and len(whole.drugs) == 1:
            return [line]
    if all(read_medicine(part, knowledge).status == "unknown" for part in parts if len(part) <= LONGEST):
        return [line]
    return parts


def _is_one_product(reading: Reading, knowledge: Knowledge) -> bool:
    return len(reading.drugs) == 1 and reading.drugs[0] in index_of(knowledge).drugs


def _says_something(part: str) -> bool:
    return bool(key(part.casefold()))
