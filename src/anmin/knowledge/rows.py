"""The YAML files as typed rows that remember where they stand.

Only a plain part of YAML is allowed: no anchors, aliases or tags, no key twice, and no bare word that YAML 1.1 would
quietly turn into something else (``no`` into false, ``22:30`` into 1350, ``2026-01-02`` into a date).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import msgspec
import yaml

from anmin.errors import KnowledgeError
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Struct

DATA = Path(__file__).with_name("data")

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INT = re.compile(r"[-+]?(0|[1-9]\d*)")
_FLOAT = re.compile(r"[-+]?\d+\.\d*([eE][-+]?\d+)?")
_PATH = re.compile(r"\.([A-Za-z_]\w*)|\[(\d+)\]|\[\.\.\.\]")
_KINDS: dict[str, type[Struct]] = {
    field.name: field.type.__args__[1]
    for field in msgspec.structs.fields(Knowledge)
    if field.name != "version"
}  # fmt: skip


S = TypeVar("S", bound=Struct)


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One fact and the place it was written."""

    file: str
    node: Any
    fact: Struct

    def line(self, *path: str | int) -> int:
        """The line of a field inside the row, as near as the path leads."""
        return _line(self.node, path)

    def error(self, reason: str, *path: str | int) -> KnowledgeError:
        """The error for a broken field of this row."""
        return KnowledgeError(self.file, self.line(*path), reason)


Rows: TypeAlias = dict[str, dict[str, Row]]
"""Kind of fact → id → row."""


def files_of(data: Path) -> list[Path]:
    """All YAML files below ``data``, in a fixed order."""
    return sorted(data.rglob("*.yaml"), key=lambda path: path.relative_to(data).as_posix())


def version_of(data: Path) -> str:
    """SHA-256 over the names and bytes of the YAML files."""
    digest = hashlib.sha256()
    for path in files_of(data):
        digest.update(path.relative_to(data).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def read_rows(data: Path = DATA) -> Rows:
    """Every row of every file; :class:`KnowledgeError` for what is no fact or has an id twice."""
    rows: Rows = {kind: {} for kind in _KINDS}
    for path in files_of(data):
        name = path.relative_to(data).as_posix()
        for kind, row in read_file(path.read_text(encoding="utf-8"), name):
            row_id = str(getattr(row.fact, "id"))  # noqa: B009 - every kind of fact has one, the base does not
            known = rows[kind].get(row_id)
            if known is not None:
                raise row.error(f"id {row_id!r} is already in {known.file}:{known.line()}", "id")
            rows[kind][row_id] = row
    return rows


def read_file(text: str, name: str) -> Iterator[tuple[str, Row]]:
    """The kind and row of each entry of one file. A file below ``messages/`` may be a bare list of messages."""
    root = compose(text, name)
    if root is None:
        return
    if isinstance(root, yaml.SequenceNode) and name.startswith("messages/"):
        tables = {"messages": (root, root)}
    elif isinstance(root, yaml.MappingNode):
        tables = {key.value: (key, value) for key, value in root.value}
    else:
        raise KnowledgeError(name, _line(root), "a file is a mapping from a kind of fact to a list of rows")
    for kind, (key, table) in tables.items():
        if kind not in _KINDS:
            raise KnowledgeError(name, _line(key), f"unknown kind of fact {kind!r}; known: {', '.join(_KINDS)}")
        if _is_null(table):
            continue
        if not isinstance(table, yaml.SequenceNode):
            raise KnowledgeError(name, _line(table), f"{kind}: a list of rows is needed")
        for node in table.value:
            yield kind, Row(file=name, node=node, fact=typed(node, plain(node, name), _KINDS[kind], name))


def compose(text: str, name: str) -> Any:
    """The node tree of a file, every node with its line; None for an empty file."""
    try:
        event: Any
        for event in yaml.parse(text, Loader=_Loader):
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) or _has_tag(event):
                raise KnowledgeError(name, event.start_mark.line + 1, "anchors, aliases and tags are not allowed")
        return yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark is not None else None
        raise KnowledgeError(name, line, str(getattr(error, "problem", None) or error)) from None


def _has_tag(event: Any) -> bool:
    return getattr(event, "tag", None) is not None and not (
        isinstance(event, yaml.ScalarEvent) and event.style and event.tag == "tag:yaml.org,2002:str"
    )


def typed(node: Any, value: Any, kind: type[S], name: str) -> S:
    """``value`` (what stands at ``node``) as a fact of a kind; :class:`KnowledgeError` names the line otherwise."""
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        reason, _, path = str(error).partition(" - at `$")
        steps = [word or int(number or 0) for word, number in _PATH.findall(path.rstrip("`"))]
        raise KnowledgeError(
            name, _line(node, steps), reason + (f" (at {path.rstrip('`').lstrip('.')})" if path else "")
        ) from None


def plain(node: Any, name: str) -> Any:
    """A node as dict, list, str, int, float, bool or None."""
    if isinstance(node, yaml.MappingNode):
        made: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise KnowledgeError(name, _line(key), "a key has to be a word")
            if key.value in made:
                raise KnowledgeError(name, _line(key), f"{key.value!r} stands twice")
            made[key.value] = plain(value, name)
        return made
    if isinstance(node, yaml.SequenceNode):
        return [plain(item, name) for item in node.value]
    return _scalar(node, name)


def _scalar(node: Any, name: str) -> Any:
    tag, value = node.tag.rpartition(":")[2], node.value
    if tag == "str":
        return value
    if tag == "null":
        return None
    if tag == "int" and _INT.fullmatch(value):
        return int(value)
    if tag == "float" and _FLOAT.fullmatch(value):
        return float(value)
    if tag == "bool" and value in ("true", "false"):
        return value == "true"
    raise KnowledgeError(name, _line(node), f"{value!r} reads as {tag} in YAML; put it in quotes if it is a word")


def _is_null(node: Any) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag.endswith(":null")


def _line(node: Any, path: Any = ()) -> int:
    """The line of what ``path`` leads to, or of the last step that exists."""
    line = int(node.start_mark.line) + 1
    for step in path:
        if isinstance(node, yaml.MappingNode):
            found = [(key, value) for key, value in node.value if key.value == step]
            if not found:
                break
            line, node = int(found[0][0].start_mark.line) + 1, found[0][1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = int(node.start_mark.line) + 1
        else:
            break
    return line
