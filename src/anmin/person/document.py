"""A profile from outside, in YAML or JSON, as a small tree in which every value knows its line.

JSON says the same as YAML: every scalar stays the text that was typed, and the same bounds hold.
"""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec

from anmin.errors import ProfileError
from anmin.knowledge.plain import Bounds, Node, check_marks, read_yaml

MAX_TEXT = 300
BOUNDS = Bounds(size=64 * 1024, depth=6, values=2000, text=MAX_TEXT, error=ProfileError, what="profile")
"""A profile that a person could have written."""


def read_document(text: str, name: str) -> dict[str, Node]:
    """The top mapping of a YAML or JSON text; empty for an empty one. :class:`ProfileError` names the line."""
    text = text.removeprefix("\ufeff")
    is_json = name.lower().endswith(".json") or re.match(r'\s*\{\s*["}]', text)
    root = _json(text, name) if is_json else _one_line(read_yaml(text, name, BOUNDS))
    if root.value is None:
        return {}
    if not isinstance(root.value, dict):
        raise ProfileError("profile", "a list or a bare word", "lines of the form `field: value`", file=name, line=1)
    return root.value


def checked(text: str, field: str, name: str, line: int | None, limit: int = MAX_TEXT) -> str:
    """A single value with plain spaces; :class:`ProfileError` if it is too long or holds marks nobody types."""
    check_marks(text, field, name, line, msgspec.structs.replace(BOUNDS, text=limit))
    return _plain_spaces(text)


def _one_line(node: Node) -> Node:
    """Every word of a tree with plain spaces."""
    if isinstance(node.value, str):
        return Node(_plain_spaces(node.value), node.line)
    if isinstance(node.value, list):
        return Node([_one_line(each) for each in node.value], node.line)
    if isinstance(node.value, dict):
        return Node({key: _one_line(each) for key, each in node.value.items()}, node.line)
    return node


def _plain_spaces(text: str) -> str:
    return " ".join(text.split())


def _json(text: str, name: str) -> Node:
    if len(text) > BOUNDS.size:
        raise ProfileError("profile", f"{len(text)} characters", f"at most {BOUNDS.size}", file=name)

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
        raise ProfileError("profile", "deeper", f"at most {BOUNDS.depth} levels of nesting", file=name) from None
    return _from_json(read, "text", name, 0, [0])


def _from_json(value: Any, field: str, name: str, depth: int, count: list[int]) -> Node:
    count[0] += 1
    if count[0] > BOUNDS.values:
        raise ProfileError("profile", f"more than {BOUNDS.values} values", f"at most {BOUNDS.values}", file=name)
    if value is None:
        return Node(None)
    if isinstance(value, bool):
        return Node("yes" if value else "no")
    if isinstance(value, str):
        return Node(checked(value, field, name, None))
    if depth >= BOUNDS.depth:
        raise ProfileError("profile", "deeper", f"at most {BOUNDS.depth} levels of nesting", file=name)
    if isinstance(value, list):
        return Node([_from_json(each, field, name, depth + 1, count) for each in value])
    if any(not key.strip() for key in value):
        raise ProfileError("key", "nothing", "a word", file=name)
    made: dict[str, Node] = {}
    for key, each in value.items():
        word = checked(key, "key", name, None)
        made[word] = _from_json(each, word, name, depth + 1, count)
    return Node(made)
