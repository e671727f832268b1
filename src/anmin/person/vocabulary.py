"""Words for conditions, foods and substances, as people write them, to their ids."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Protocol

from anmin.knowledge.fold import fold
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Lang, Text
from anmin.person.words import plain

_KANA = re.compile(r"[\u3040-\u30ff]")
_HAN = re.compile(r"[\u3400-\u9fff]")


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
    key = _key(typed)
    close = difflib.get_close_matches(key, names, n=4 * most, cutoff=0.6)
    around = sorted((name for name in names if len(key) > 1 and key in name), key=len)
    inside = sorted((name for name in names if _is_word(name) and name in key), key=len, reverse=True)
    return tuple(dict.fromkeys(names[name] for name in (*close, *around, *inside)))[:most]


def _is_word(name: str) -> bool:
    """Whether a name is long enough to mean itself inside a longer text; "ra" and "me" are in half of all words."""
    return len(name) >= (4 if name.isascii() else 2)


def names_in_all_languages(ids: tuple[str, ...], knowledge: Knowledge) -> Text:
    """The names of condition keys as one line of a question; people are shown names, never ids."""
    names = [knowledge.condition_keys[id].name for id in ids]
    return Text(
        en="; ".join(name.en for name in names),
        zh_hant="；".join(name.zh_hant for name in names),
        ja="；".join(name.ja for name in names),
    )


def names_as_written(ids: tuple[str, ...], typed: str, country: str | None, knowledge: Knowledge) -> tuple[str, ...]:
    """The names of condition keys to answer with, in the language of what was typed. Each is read as its own key.

    Chinese characters without kana are either language; they are Japanese in Japan.
    """
    japanese = _KANA.search(typed) or (country == "JP" and _HAN.search(typed))
    lang: Lang = "ja" if japanese else "zh-Hant" if _HAN.search(typed) else "en"
    return tuple(knowledge.condition_keys[id].name.get(lang) for id in ids)


def _key(text: str) -> str:
    return fold(plain(text)).replace("’", "")


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
