"""A YAML file as a small tree in which every value knows its line: the one door through which YAML comes in.

Only a plain part of YAML is read: mappings, lists and words. A word stays the text that was typed, so YAML's own
guesses (``no`` into false, ``22:30`` into 1350, ``1_000`` into 1000) never happen. Anchors, aliases, tags, merge keys,
keys twice, several documents, marks nobody types, deep nesting and big files are refused before anything is built.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

import msgspec

from anmin.errors import PlacedError

_STEERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})

Value: TypeAlias = "str | list[Node] | dict[str, Node] | None"


class Node(msgspec.Struct, frozen=True):
    """A value, the line it stands in (of its key, where it has one; None in JSON), and whether quotes were put on."""

    value: Value
    line: int | None = None
    quoted: bool = False


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """What a file may be: bytes, levels of nesting, values, characters in one value; and the error it is else.

    ``what`` is the field that an error about the file as a whole names.
    """

    size: int
    depth: int
    values: int
    text: int
    error: type[PlacedError] = PlacedError
    what: str = "file"


def read_text(path: str | os.PathLike[str], bounds: Bounds) -> str:
    """The text of a file of at most ``bounds.size`` bytes in UTF-8; ``bounds.error`` otherwise."""
    name = os.fspath(path)
    try:
        with Path(path).open("rb") as handle:
            data = handle.read(bounds.size + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise bounds.error(bounds.what, name, "a file that can be read", f"({reason})") from None
    if len(data) > bounds.size:
        raise bounds.error(bounds.what, name, f"a file of at most {bounds.size // 1024} KiB")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise bounds.error("encoding", data[error.start : error.start + 8], "text in UTF-8",
                           "Save the file as UTF-8.", file=name, line=line) from None  # fmt: skip


def read_yaml(text: str, name: str, bounds: Bounds) -> Node:
    """The tree of a text, its root None when it is empty; ``bounds.error`` names file, line and what is wrong."""
    import yaml

    if len(text) > bounds.size:
        raise bounds.error(bounds.what, f"{len(text)} characters", f"at most {bounds.size}", file=name)
    root: Node | None = None
    try:
        events: Iterator[Any] = yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        for event in events:
            line = event.start_mark.line + 1
            if isinstance(event, yaml.DocumentStartEvent):
                if root is not None:
                    raise bounds.error(bounds.what, "---", "one document", file=name, line=line)
                root = _Builder(name, bounds).node(next(events), events, 0, "text")
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        lines = text.splitlines()
        line = min(mark.line + 1, max(len(lines), 1)) if mark is not None else None
        reason = str(getattr(error, "problem", None) or getattr(error, "reason", None) or "not readable")
        shown = lines[line - 1].strip() if line and lines else ""
        raise bounds.error(bounds.what, shown, "readable YAML", f"({reason})", file=name, line=line) from None
    return root or Node(None)


def check_marks(text: str, field: str, name: str, line: int | None, bounds: Bounds) -> None:
    """``bounds.error`` if a value is too long, or holds marks that could steer a terminal or a page."""
    if len(text) > bounds.text:
        raise bounds.error(field, text, f"at most {bounds.text} characters in one value", file=name, line=line)
    if text.isprintable():
        return
    for mark in text:
        odd = unicodedata.category(mark) in ("Cc", "Cs", "Co", "Cn") and not mark.isspace()
        if odd or mark in _STEERING:
            raise bounds.error(field, text, "printable characters", file=name, line=line)


class _Builder:
    """Turns the parser's events into nodes, counting as it goes."""

    def __init__(self, name: str, bounds: Bounds) -> None:
        self.name = name
        self.bounds = bounds
        self.count = 0

    def node(self, event: Any, events: Iterator[Any], depth: int, field: str) -> Node:
        """The value that begins with an event; ``field`` is the nearest key, for errors."""
        import yaml

        line = event.start_mark.line + 1
        self.count += 1
        if self.count > self.bounds.values:
            raise self.error(f"more than {self.bounds.values} values", f"at most {self.bounds.values}", line)
        self.refuse_magic(event, line)
        if isinstance(event, yaml.ScalarEvent):
            quoted = bool(event.style)
            if not quoted and event.value in _NULLS:
                return Node(None, line)
            check_marks(event.value, field, self.name, line, self.bounds)
            return Node(event.value, line, quoted)
        if depth >= self.bounds.depth:
            raise self.error("deeper", f"at most {self.bounds.depth} levels of nesting", line)
        if isinstance(event, yaml.MappingStartEvent):
            return Node(self.mapping(events, depth + 1), line)
        items: list[Node] = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            items.append(self.node(event, events, depth + 1, field))
        return Node(items, line)

    def mapping(self, events: Iterator[Any], depth: int) -> dict[str, Node]:
        import yaml

        made: dict[str, Node] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            key = self.node(event, events, depth, "key")
            if not isinstance(key.value, str) or not (word := " ".join(key.value.split())):
                raise self.error("a list or nothing", "a word", key.line, "key")
            if word == "<<" and not key.quoted:
                raise self.error(word, "every key written out, without merging (<<)", key.line, "key")
            if word in made:
                raise self.error(f"given twice (first in line {made[word].line})", "every field once", key.line, word)
            inside = self.node(next(events), events, depth, word)
            made[word] = Node(inside.value, key.line, inside.quoted)
        return made

    def refuse_magic(self, event: Any, line: int) -> None:
        """No anchor, alias or tag; a quoted word comes with the tag of a word."""
        import yaml

        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            shown = f"{'*' if isinstance(event, yaml.AliasEvent) else '&'}{event.anchor}"
        elif event.tag is not None and not (
            isinstance(event, yaml.ScalarEvent) and event.style and event.tag == "tag:yaml.org,2002:str"
        ):
            shown = event.tag
        else:
            return
        allowed = "plain values without anchors, aliases and tags (& * !)"
        raise self.error(shown, allowed, line, hint="Put the text in quotes.")

    def error(self, value: str, allowed: str, line: int | None, field: str = "", hint: str = "") -> PlacedError:
        return self.bounds.error(field or self.bounds.what, value, allowed, hint, file=self.name, line=line)
