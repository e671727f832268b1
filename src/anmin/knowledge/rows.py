"""The YAML files as typed rows that remember where they stand.

Only a plain part of YAML is allowed (:mod:`anmin.knowledge.plain`), and in it no bare word that YAML 1.1 would quietly
turn into something else (``no`` into false, ``22:30`` into 1350, ``2026-01-02`` into a date).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import msgspec
import yaml

from anmin.errors import KnowledgeError, PlacedError
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Struct
from anmin.knowledge.plain import Bounds, Node, read_yaml

DATA = Path(__file__).with_name("data")

OWN = Bounds(size=1 << 24, depth=32, values=1 << 20, text=1 << 16)
"""Files of the package: only a slip could go beyond."""

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
    node: Node
    fact: Struct

    def line(self, *path: str | int) -> int | None:
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


def read_file(text: str, name: str, bounds: Bounds = OWN) -> Iterator[tuple[str, Row]]:
    """The kind and row of each entry of one file. A file below ``messages/`` may be a bare list of messages."""
    try:
        root = read_yaml(text, name, bounds)
    except PlacedError as error:
        raise KnowledgeError(name, error.line, error.reason) from None
    if root.value is None:
        return
    if isinstance(root.value, list) and name.startswith("messages/"):
        tables = {"messages": root}
    elif isinstance(root.value, dict):
        tables = root.value
    else:
        raise KnowledgeError(name, root.line, "a file is a mapping from a kind of fact to a list of rows")
    for kind, table in tables.items():
        if kind not in _KINDS:
            raise KnowledgeError(name, table.line, f"unknown kind of fact {kind!r}; known: {', '.join(_KINDS)}")
        if table.value is None:
            continue
        if not isinstance(table.value, list):
            raise KnowledgeError(name, table.line, f"{kind}: a list of rows is needed")
        for node in table.value:
            yield kind, Row(file=name, node=node, fact=typed(node, plain(node, name), _KINDS[kind], name))


def typed(node: Node, value: Any, kind: type[S], name: str) -> S:
    """``value`` (what stands at ``node``) as a fact of a kind; :class:`KnowledgeError` names the line otherwise."""
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        reason, _, path = str(error).partition(" - at `$")
        steps = [word or int(number or 0) for word, number in _PATH.findall(path.rstrip("`"))]
        raise KnowledgeError(
            name, _line(node, steps), reason + (f" (at {path.rstrip('`').lstrip('.')})" if path else "")
        ) from None


def plain(node: Node, name: str) -> Any:
    """A node as dict, list, str, int, float, bool or None."""
    if isinstance(node.value, dict):
        return {key: plain(each, name) for key, each in node.value.items()}
    if isinstance(node.value, list):
        return [plain(each, name) for each in node.value]
    if node.value is None or node.quoted:
        return node.value
    return _scalar(node.value, node.line, name)


def _scalar(word: str, line: int | None, name: str) -> str | int | float | bool:
    """A bare word, where YAML and a reader mean the same by it."""
    tag = _guess(word)
    if tag == "str":
        return word
    if tag == "int" and _INT.fullmatch(word):
        return int(word)
    if tag == "float" and _FLOAT.fullmatch(word):
        return float(word)
    if tag == "bool" and word in ("true", "false"):
        return word == "true"
    raise KnowledgeError(name, line, f"{word!r} reads as {tag} in YAML; put it in quotes if it is a word")


def _guess(word: str) -> str:
    """What YAML 1.1 takes a bare word for."""
    resolvers = yaml.SafeLoader.yaml_implicit_resolvers
    for tag, pattern in (*resolvers.get(word[:1], ()), *resolvers.get(None, ())):
        if pattern.match(word):
            return str(tag).rpartition(":")[2]
    return "str"


def _line(node: Node, path: Iterable[str | int] = ()) -> int | None:
    """The line of what ``path`` leads to, or of the last step that exists."""
    for step in path:
        inside: Node | None = None
        if isinstance(node.value, dict) and isinstance(step, str):
            inside = node.value.get(step)
        elif isinstance(node.value, list) and isinstance(step, int) and step < len(node.value):
            inside = node.value[step]
        if inside is None:
            break
        node = inside
    return node.line
