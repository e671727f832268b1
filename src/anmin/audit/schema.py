"""The format of a claims file as JSON Schema, made from the very types that read it."""

from __future__ import annotations

import re
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from anmin.knowledge.claims import AnyCheck, Claim, Record

_LANGS = ("en", "zh_hant", "ja")


class _File(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    claims: list[Claim]
    article: str = ""
    records: list[Record] = []


def claims_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a claims file. A text may be one string, or a mapping with some of the languages."""
    schemas, parts = msgspec.json.schema_components([_File], ref_template="#/$defs/{name}")
    made = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Claims of an article",
            **parts.pop("_File"), "$defs": parts}  # fmt: skip
    assert schemas
    made["properties"]["claims"]["minItems"] = 1
    made["properties"]["records"]["items"]["required"] = ["id", "says"]
    parts["Text"] = {
        "title": "A text in one or more languages",
        "anyOf": [
            {"type": "string"},
            {"type": "object", "properties": {lang: {"type": "string"} for lang in _LANGS}, "minProperties": 1,
             "additionalProperties": False},
        ],
    }  # fmt: skip
    parts["Claim"]["required"] = [name for name in parts["Claim"]["required"] if name not in ("topic", "safety")]
    return made


def allowed(field: str) -> tuple[str, ...]:
    """The words that a field (``safety``, ``checks[0].relation``) may hold; empty where it is not a closed list."""
    name = re.sub(r"\[[^]]*\]", "", field).rpartition(".")[2]
    inside = "checks" in field and name != "checks"
    if inside and name == "kind":
        return tuple(str(kind.__struct_config__.tag) for kind in get_args(AnyCheck))
    for kind in get_args(AnyCheck) if inside else (Claim,):
        hint = get_type_hints(kind).get(name)
        for choice in (hint, *get_args(hint)):
            if get_origin(choice) is Literal:
                return tuple(map(str, get_args(choice)))
    return ()
