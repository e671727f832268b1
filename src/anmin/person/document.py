"""A file from outside as a small tree in which every value knows its line.

Only a plain part of YAML is read (JSON is read too): mappings, lists and words. Every scalar stays the text that was
typed, so YAML's own guesses (``no`` into false, ``22:30`` into 1350, ``1_000`` into 1000) never happen. Anchors,
aliases, tags, keys twice, control characters, deep nesting and big files are refused before anything is built.
"""

from __future__ import annotations

import json
import os
import re
import unicodedata
from pathlib import Path
from typing import Any, TypeAlias

import msgspec

from anmin.errors import ProfileError

MAX_BYTES = 64 * 1024
MAX_DEPTH = 6
MAX_VALUES = 2000
MAX_TEXT = 300
"""Bounds of a file that a person could have written: bytes, nesting, values, characters in one value."""

_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})

Value: TypeAlias = "str | list[Node] | dict[str, Node] | None"


class Node(msgspec.Struct, frozen=True):
    """A value and the line it stands in (None in JSON)."""

    value: Value
    line: int | None = None


def read_text(path: str | os.PathLike[str]) -> str:
    """The text of a file of at most :data:`MAX_BYTES` bytes in UTF-8; :class:`ProfileError` otherwise."""
    name = os.fspath(path)
    try:
        with Path(path).open("rb") as handle:
            data = handle.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ProfileError("profile", name, "a file that can be read", f"({reason})") from None
    if len(data) > MAX_BYTES:
        raise ProfileError("profile", name, f"a file of at most {MAX_BYTES // 1024} KiB")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ProfileError("encoding", data[error.start : error.start + 8], "text in UTF-8",
                           "Save the file as UTF-8.", file=name, line=line) from None  # fmt: skip


def read_document(text: str, name: str) -> dict[str, Node]:
    """The top mapping of a YAML or JSON text; empty for an empty one. :class:`ProfileError` names the line."""
    text = text.removeprefix("\ufeff")
    if len(text) > MAX_BYTES:
        raise ProfileError("profile", f"{len(text)} characters", f"at most {MAX_BYTES}", file=name)
    is_json = name.lower().endswith(".json") or re.match(r'\s*\{\s*["}]', text)
    root = _json(text, name) if is_json else _yaml(text, name)
    if root.value is None:
        return {}
    if not isinstance(root.value, dict):
        raise ProfileError("profile", "a list or a bare word", "lines of the form `field: value`", file=name, line=1)
    return root.value


def checked(text: str, name: str, line: int | None, limit: int = MAX_TEXT) -> str:
    """A single value with plain spaces; :class:`ProfileError` if it is too long or holds marks nobody types."""
    if len(text) > limit:
        raise ProfileError("text", text, f"at most {limit} characters in one value", file=name, line=line)
    for mark in text:
        if mark in _BIDI or (unicodedata.category(mark) in ("Cc", "Cs", "Co", "Cn") and mark not in "\n\t"):
            raise ProfileError("text", text, "printable characters", file=name, line=line)
    return " ".join(text.split())


class _Builder:
    """Turns parser events into nodes, counting as it goes."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.count = 0

    def value(self, event: Any, events: Any, depth: int) -> Node:
        import yaml

        line = event.start_mark.line + 1
        self.count += 1
        if self.count > MAX_VALUES:
            raise ProfileError("profile", f"more than {MAX_VALUES} values", f"at most {MAX_VALUES}", file=self.name)
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            raise ProfileError("profile", event.anchor, "plain values without anchors (&) and aliases (*)",
                               "Put the text in quotes.", file=self.name, line=line)  # fmt: skip
        quoted = isinstance(event, yaml.ScalarEvent) and event.style and event.tag == "tag:yaml.org,2002:str"
        if event.tag is not None and not quoted:
            raise ProfileError("profile", event.tag, "plain values without tags (!)",
                               "Put the text in quotes.", file=self.name, line=line)  # fmt: skip
        if isinstance(event, yaml.ScalarEvent):
            if event.style in (None, "") and event.value in _NULLS:
                return Node(None, line)
            return Node(checked(event.value, self.name, line), line)
        if depth >= MAX_DEPTH:
            raise ProfileError("profile", "deeper", f"at most {MAX_DEPTH} levels of nesting", file=self.name, line=line)
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Node] = []
            while not isinstance(event := next(events), yaml.SequenceEndEvent):
                items.append(self.value(event, events, depth + 1))
            return Node(items, line)
        return Node(self.mapping(events, depth), line)

    def mapping(self, events: Any, depth: int) -> dict[str, Node]:
        import yaml

        made: dict[str, Node] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            key = self.value(event, events, depth + 1)
            if not isinstance(key.value, str) or not key.value:
                raise ProfileError("key", "a list or nothing", "a word", file=self.name, line=key.line)
            if key.value in made:
                raise ProfileError(key.value, "given twice", "every field once", file=self.name, line=key.line)
            node = self.value(next(events), events, depth + 1)
            made[key.value] = Node(node.value, key.line)
        return made


def _yaml(text: str, name: str) -> Node:
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    root = Node(None)
    try:
        events = yaml.parse(text, Loader=loader)
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise ProfileError("profile", "---", "one document", file=name)
                root = _Builder(name).value(next(events), events, 0)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        lines = text.splitlines()
        line = min(mark.line + 1, max(len(lines), 1)) if mark is not None else None
        reason = str(getattr(error, "problem", None) or getattr(error, "reason", None) or "not readable")
        shown = lines[line - 1].strip() if line and lines else ""
        raise ProfileError("profile", shown, "readable YAML", f"({reason})", file=name, line=line) from None
    return root


def _json(text: str, name: str) -> Node:
    def no_number(word: str) -> Any:
        raise ProfileError("profile", word, "a finite number", file=name)

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        seen: dict[str, Any] = {}
        for key, value in pairs:
            if key in seen:
                raise ProfileError(key, "given twice", "every field once", file=name)
            seen[key] = value
        return seen

    try:
        # numbers stay as typed, like every other scalar
        read = json.loads(text, parse_int=str, parse_float=str, parse_constant=no_number, object_pairs_hook=once)
    except json.JSONDecodeError as error:
        raise ProfileError("profile", text[error.pos : error.pos + 20], "readable JSON", f"({error.msg})",
                           file=name, line=error.lineno) from None  # fmt: skip
    except RecursionError:
        raise ProfileError("profile", "deeper", f"at most {MAX_DEPTH} levels of nesting", file=name) from None
    return _from_json(read, name, 0, [0])


def _from_json(value: Any, name: str, depth: int, count: list[int]) -> Node:
    count[0] += 1
    if count[0] > MAX_VALUES:
        raise ProfileError("profile", f"more than {MAX_VALUES} values", f"at most {MAX_VALUES}", file=name)
    if value is None:
        return Node(None)
    if isinstance(value, bool):
        return Node("yes" if value else "no")
    if isinstance(value, str):
        return Node(checked(value, name, None))
    if depth >= MAX_DEPTH:
        raise ProfileError("profile", "deeper", f"at most {MAX_DEPTH} levels of nesting", file=name)
    if isinstance(value, list):
        return Node([_from_json(each, name, depth + 1, count) for each in value])
    if any(not key.strip() for key in value):
        raise ProfileError("key", "nothing", "a word", file=name)
    return Node({checked(key, name, None): _from_json(each, name, depth + 1, count) for key, each in value.items()})
