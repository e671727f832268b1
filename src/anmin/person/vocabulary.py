"""Words for conditions, foods and substances, as people write them, to their ids."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Protocol

from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Text
from anmin.person.words import plain


class _Named(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def name(self) -> Text: ...
    @property
    def aliases(self) -> tuple[str, ...]: ...


def condition_key(typed: str, knowledge: Knowledge) -> str | None:
    """The condition key a word means; None when it is in no list."""
    return _names(knowledge, "condition_keys").get(_key(typed))


def food(typed: str, knowledge: Knowledge) -> str | None:
    """The id of a food."""
    return _names(knowledge, "foods").get(_key(typed))


def substance_or_form(typed: str, knowledge: Knowledge) -> str | None:
    """The id of a substance or of a magnesium compound."""
    key = _key(typed)
    return _names(knowledge, "substances").get(key) or _names(knowledge, "forms").get(key)


def near_conditions(typed: str, knowledge: Knowledge, most: int = 3) -> tuple[str, ...]:
    """Ids of condition keys whose names look like what was typed, nearest first."""
    names = _names(knowledge, "condition_keys")
    close = difflib.get_close_matches(_key(typed), names, n=4 * most, cutoff=0.6)
    inside = [name for name in names if len(_key(typed)) > 1 and (_key(typed) in name or name in _key(typed))]
    return tuple(dict.fromkeys(names[name] for name in (*close, *sorted(inside, key=len))))[:most]


def _key(text: str) -> str:
    return plain(text).replace("-", " ").replace("'", "").replace("’", "")


def _names(knowledge: Knowledge, kind: str) -> Mapping[str, str]:
    table: Mapping[str, _Named] = getattr(knowledge, kind)
    return _lookup(knowledge.version, kind, tuple((row.id, *_said(row)) for row in _rows(table)))


def _rows(table: Mapping[str, _Named]) -> Iterable[_Named]:
    return table.values()


def _said(row: _Named) -> tuple[str, ...]:
    return (row.name.en, row.name.zh_hant, row.name.ja, *row.aliases)


@lru_cache(maxsize=32)
def _lookup(version: str, kind: str, rows: tuple[tuple[str, ...], ...]) -> Mapping[str, str]:
    names: dict[str, str] = {}
    for id, *said in rows:
        for name in (id, *said):
            names.setdefault(_key(name), id)
    return names
