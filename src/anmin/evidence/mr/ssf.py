"""What stands beside a file of the GWAS-SSF standard: its YAML of metadata (doi 10.1016/j.xgen.2023.100435)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from anmin.errors import InputError, PlacedError
from anmin.evidence.mr.builds import build_of
from anmin.knowledge.plain import Bounds, Node, read_text, read_yaml

_BOUNDS = Bounds(size=1 << 20, depth=12, values=20_000, text=1 << 16)
_IN_NAME = re.compile(r"build(?:_?GRCh)?(36|37|38)\b|[._](GRCh3[78]|hg19|hg38)[._]", re.IGNORECASE)


@dataclass(frozen=True)
class Beside:
    """The build that a file's metadata or its name declares, and how far its positions are from counting at 1."""

    build: str | None = None
    offset: int = 0


def beside(path: Path) -> Beside:
    """The metadata of a file; :class:`InputError` where they are there and cannot be read."""
    for name in (path.name, path.name.removesuffix(".gz"), path.name.split(".")[0]):
        meta = path.with_name(f"{name}-meta.yaml")
        if meta.is_file():
            return _read(meta)
    named = _IN_NAME.search(path.name)
    return Beside(build=build_of(next(part for part in named.groups() if part)) if named else None)


def _read(path: Path) -> Beside:
    table = read_yaml(read_text(path, _BOUNDS), path.name, _BOUNDS).value
    if not isinstance(table, dict):
        raise InputError("file", str(path), "a mapping of metadata in YAML")
    assembly = _word(table, "genome_assembly", path)
    system = (_word(table, "coordinate_system", path) or "1-based").lower()
    if system not in ("1-based", "0-based"):
        raise InputError(f"{path.name}, coordinate_system", system, "1-based or 0-based")
    return Beside(
        build=build_of(assembly, f"{path.name}, genome_assembly") if assembly is not None else None,
        offset=1 if system == "0-based" else 0,
    )  # fmt: skip


def _word(table: dict[str, Node], field: str, path: Path) -> str | None:
    node = table.get(field, Node(None))
    if node.value is not None and not isinstance(node.value, str):
        raise PlacedError(field, "something else", "a word", file=path.name, line=node.line)
    return node.value
