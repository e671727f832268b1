"""What a thing may be whose name is in no list: a misspelt substance, or a medicine."""

from __future__ import annotations

import difflib
import re
from functools import lru_cache

import msgspec

from anmin.errors import InputError
from anmin.knowledge.load import Knowledge
from anmin.medicines.read import read_medicine
from anmin.person.items import Item, read_items
from anmin.person.lexicon import fold

_WORD = re.compile(r"[a-z]{4,}|[\u30a1-\u30fa\u30fc]{4,}")
"""A word long enough that a slip of the pen leaves it recognisable."""
_NEAR = 0.8
"""Share of the letters in common (difflib) from which two words are taken for one, misspelt."""


def is_medicine(item: Item, knowledge: Knowledge) -> bool:
    """Whether a thing of no known substance is a medicine by name."""
    try:
        return read_medicine(item.label, knowledge).status == "recognised"
    except InputError:  # longer than any name, or nothing but marks
        return False


def with_nearest(items: list[Item], knowledge: Knowledge) -> list[Item]:
    """The items, each misspelt one read as the substance that its words are nearest to."""
    return [nearest for item in items for nearest in _nearest(item, knowledge)]


def _nearest(item: Item, knowledge: Knowledge) -> list[Item]:
    if item.substance is not None or not item.unread or is_medicine(item, knowledge):
        return [item]
    unread = {word for phrase in item.unread for word in _WORD.findall(phrase)}
    known = _words(knowledge.version, tuple(_names(knowledge)))
    changes = {word: close[0] for word in unread if (close := difflib.get_close_matches(word, known, 1, _NEAR))}
    text = _WORD.sub(lambda match: changes.get(match[0], match[0]), fold(item.label))
    found = read_items(text, knowledge) if any(word != near for word, near in changes.items()) else []
    if not any(each.substance for each in found):
        return [item]
    return [msgspec.structs.replace(each, typed=item.label) for each in found]


def _names(knowledge: Knowledge) -> list[str]:
    named = [(row.name, row.aliases) for row in knowledge.substances.values()]
    named += [(row.name, row.aliases) for row in knowledge.forms.values()]
    return [word for name, aliases in named for word in (name.en, name.zh_hant, name.ja, *aliases)]


@lru_cache(maxsize=4)
def _words(version: str, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for name in names for word in _WORD.findall(fold(name))))
