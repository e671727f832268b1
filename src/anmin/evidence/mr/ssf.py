"""What stands beside a file of the GWAS-SSF standard: its YAML of metadata (doi 10.1016/j.xgen.2023.100435)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import yaml

from anmin.errors import InputError
from anmin.evidence.mr.builds import build_of

_MAX_BYTES = 1 << 20
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
    try:
        with path.open("rb") as handle:
            data = handle.read(_MAX_BYTES + 1)
        if len(data) > _MAX_BYTES:
            raise InputError(path.name, f"more than {_MAX_BYTES} bytes", "a small file of metadata")
        table = yaml.safe_load(data.decode("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError, ValueError) as error:
        raise InputError("file", str(path), "metadata in YAML", type(error).__name__) from None
    if not isinstance(table, dict):
        raise InputError("file", str(path), "a mapping of metadata in YAML")
    assembly, system = table.get("genome_assembly"), table.get("coordinate_system")
    if system is not None and str(system).lower() not in ("1-based", "0-based"):
        raise InputError(f"{path.name}, coordinate_system", system, "1-based or 0-based")
    return Beside(
        build=build_of(str(assembly), f"{path.name}, genome_assembly") if assembly is not None else None,
        offset=1 if str(system).lower() == "0-based" else 0,
    )  # fmt: skip
