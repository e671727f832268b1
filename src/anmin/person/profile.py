"""``profile.yaml``: reading it, writing it, and its JSON Schema.

    profile = read_profile("profile.yaml")     # what was typed
    person = understand(profile, load())       # what it means

YAML and JSON are read alike. Words are taken in English, Chinese and Japanese; what cannot be is a
:class:`~anmin.errors.ProfileError` that names the line, the field, the value and what is possible.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import msgspec

from anmin.knowledge.load import Knowledge, load
from anmin.knowledge.model import Lang
from anmin.knowledge.plain import read_text
from anmin.person.answers import Medicine, PackPrice, Product, Profile
from anmin.person.document import BOUNDS
from anmin.person.parse import parse
from anmin.person.write import dump

__all__ = [
    "Medicine", "PackPrice", "Product", "Profile", "dump_profile", "parse_profile", "profile_schema", "read_profile",
]  # fmt: skip

_RANGED: dict[str, dict[str, str]] = {
    "Profile": {name: name for name in ("age", "weight_kg", "height_cm", "pregnancy_week")},
    "Kidney": {"egfr": "egfr"},
    "Diet": {"magnesium_mg": "diet_magnesium_mg"},
    "Sleep": {name: name for name in ("latency_min", "isi", "psqi", "epworth", "ais")},
    "Medicine": {"stopped_days_ago": "stopped_days"},
    "PackPrice": {"pieces": "pieces"},
}
"""Which range of ``ranges.yaml`` bounds which number of the schema."""

_CHOSEN: dict[str, dict[str, str]] = {
    "Profile": {"sex": "sex", "pregnant": "pregnant", "country": "country"},
    "Sleep": {"problem": "problem"},
    "Bathing": {"kind": "bathing"},
    "Preferences": {"prefer": "prefer"},
    "Medicine": {"route": "route"},
    "Product": {"basis": "basis"},
}
"""Which words of ``choices.yaml`` a field takes."""


def read_profile(path: str | os.PathLike[str], knowledge: Knowledge | None = None) -> Profile:
    """The profile in a YAML or JSON file; :class:`~anmin.errors.ProfileError` if it cannot be used."""
    return parse_profile(read_text(path, BOUNDS), Path(path).name, knowledge)


def parse_profile(text: str, name: str = "profile.yaml", knowledge: Knowledge | None = None) -> Profile:
    """The profile in a text; ``name`` is the file that errors speak of.

    >>> parse_profile("age: 34\\nsex: 女\\ncountry: 台灣").country
    'TW'
    """
    return parse(text, name, knowledge or load())


def dump_profile(profile: Profile, lang: Lang = "en", knowledge: Knowledge | None = None) -> str:
    """The profile as commented YAML; ``parse_profile`` of it gives an equal profile."""
    return dump(profile, knowledge or load(), lang)


def profile_schema(knowledge: Knowledge | None = None) -> dict[str, Any]:
    """JSON Schema (2020-12) of the profile, with what is possible of each number and the words each choice takes."""
    known = knowledge or load()
    schema = msgspec.json.schema(Profile)
    for block, fields in _RANGED.items():
        for name, range_id in fields.items():
            bounds = known.ranges[range_id]
            _inner(schema, block, name).update(minimum=bounds.low, maximum=bounds.high)
    for block in ("Medicine", "Product"):
        _inner(schema, block, "at")["type"] = ["array", "string"]
    for block, fields in _CHOSEN.items():
        for name, words in fields.items():
            inner = _inner(schema, block, name)
            values = inner["enum"]
            inner["enum"] = [*values, *_other_words(known.choices[words].words, set(values))]
    return schema


def _inner(schema: dict[str, Any], block: str, field: str) -> dict[str, Any]:
    inner: dict[str, Any] = schema["$defs"][block]["properties"][field]
    return next((each for each in inner.get("anyOf", ()) if each.get("type") != "null"), inner)


def _other_words(words: dict[str, tuple[str, ...]], values: set[str]) -> list[str | bool]:
    """Every other way to write the values. A reader of YAML 1.1 turns a bare yes and no into booleans."""
    written = {way for names in words.values() for word in names for way in (word, word.title(), word.upper())}
    others: list[str | bool] = sorted(written - values)
    return [*others, *(value == "yes" for value in ("yes", "no") if value in words)]
