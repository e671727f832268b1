"""Summary statistics from a file of any size: only the wanted variants stay in memory.

The ways, in the order they are tried: a tabix index beside the file, sorted parquet (the file itself, or made of it by
``anmin mr index``), one pass over the text. They find the same rows; the first two need positions in a known build.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

import msgspec

from anmin.errors import InputError
from anmin.evidence.mr import parquet, tabix
from anmin.evidence.mr.builds import build_of, place_named
from anmin.evidence.mr.columns import Layout
from anmin.evidence.mr.model import Association
from anmin.evidence.mr.prefilter import Sieve
from anmin.evidence.mr.rows import Value, associations, cells_of
from anmin.evidence.mr.ssf import beside
from anmin.evidence.mr.stream import MAX_BYTES, MAX_LINE, Progress, Text, endless, header_of, open_text, shown
from anmin.evidence.mr.wanted import By, Reading, Route, Wanted

MAX_TABLE_ROWS = 1_000
"""Rows of a table that is read whole (independent instruments); a genome is only read for wanted variants."""

Slow = Literal["", "no_index", "no_library", "names_only"]
"""Why a whole file is passed through: no index or parquet, the library for it missing, variants known by name only."""


def read_table(path: Path, build: str | None = None) -> tuple[Association, ...]:
    """A whole table of associations (instruments), at most :data:`MAX_TABLE_ROWS` rows.

    A variant named by its place (``7:1234:A:G``) gets it where the table has no columns for it.
    """
    found: list[Association] = []
    if parquet.is_parquet(path):
        layout, build = declared(parquet.layout(path), path, build, parquet.build(path))
        for number, cells in enumerate(parquet.rows(path, MAX_TABLE_ROWS + 1), 2):
            found += _row(path, number, cells, layout, build, str(cells))
        return tuple(found)
    with open_text(path) as text:
        layout, build = declared(text.layout, path, build, text.build)
        number = 1
        for block in text.blocks:
            for line in block.split(b"\n"):
                if not line.strip():
                    continue
                number += 1
                if len(line) > MAX_LINE:
                    raise endless(path.name)
                found += _row(path, number, cells_of_line(line, text.separator), layout, build, shown(line))
    return tuple(found)


def _row(
    path: Path, number: int, cells: Sequence[Value], layout: Layout, build: str | None, text: str
) -> Iterable[Association]:
    if number - 1 > MAX_TABLE_ROWS:
        raise InputError(path.name, f"{number - 1} rows", f"at most {MAX_TABLE_ROWS} when a table is read whole")
    rows = associations(cells, layout, build)
    if not rows:
        raise InputError(f"{path.name}, line {number}", text[:60], "an id, an effect allele and numbers")
    return map(_placed, rows)


def _placed(row: Association) -> Association:
    named = place_named(row.snp) if row.position is None else None
    if named is None:
        return row
    return msgspec.structs.replace(row, chromosome=named[0][0], position=named[0][1])


def cells_of_line(line: bytes, separator: bytes) -> list[str]:
    """The cells of a line; quoted ones may hold commas."""
    if separator == b"," and b'"' in line:
        return [cell.strip() for cell in next(csv.reader([line.decode("utf-8", "replace")]))]
    return cells_of(line, separator)


def read_outcome(
    path: Path,
    wanted: Iterable[Association],
    build: str | None = None,
    limit: int = MAX_BYTES,
    *,
    route: Route | Literal["auto"] = "auto",
    by: By = "auto",
    progress: Progress | None = None,
) -> Reading:
    """The wanted variants out of a file of any size; how each is found: :mod:`anmin.evidence.mr.wanted`.

    ``build`` overrides what the format, its metadata or its name say. ``route`` insists on one way of reading.
    """
    looked, way, rows = gather(path, wanted, build, limit, route=route, by=by, progress=progress)
    return looked.reading(way, rows)


def gather(
    path: Path,
    wanted: Iterable[Association],
    build: str | None = None,
    limit: int = MAX_BYTES,
    *,
    route: Route | Literal["auto"] = "auto",
    by: By = "auto",
    progress: Progress | None = None,
) -> tuple[Wanted, Route, int]:
    """The same before a row is chosen for each variant: what was gathered, by which way, out of how many rows."""
    if parquet.is_parquet(path):
        return _by_parquet(path, path, wanted, build, by)
    layout, separator, text_build = header_of(path)
    layout, known = declared(layout, path, build, text_build)
    looked = Wanted(wanted, layout, known, path.name, by)
    way = route if route != "auto" else _way(path, looked)
    if way == "index":
        index = tabix.index_of(path)
        if index is None or looked.names:
            raise InputError("route", "index", "a .tbi or .csi beside the file and variants known by place")
        return looked, "index", tabix.fetch(path, index, looked, separator)
    if way == "parquet":
        return _by_parquet(path, parquet.made_of(path), looked.rows, build, by)
    with open_text(path, limit, progress) as text:
        return looked, "pass", _pass(text, looked, path.name)


def why_slow(path: Path, wanted: Iterable[Association], build: str | None = None, by: By = "auto") -> Slow:
    """Why a file would have to be passed through whole; empty where it would not."""
    if parquet.is_parquet(path):
        return ""
    layout, _, text_build = header_of(path)
    layout, known = declared(layout, path, build, text_build)
    looked = Wanted(wanted, layout, known, path.name, by)
    if _way(path, looked) != "pass":
        return ""
    if tabix.index_of(path) is None:
        return "no_index"
    return "names_only" if looked.names else "no_library"


def _way(path: Path, looked: Wanted) -> Route:
    if not looked.names and tabix.index_of(path) is not None and tabix.have_pysam():
        return "index"
    return "parquet" if parquet.fresh(path) else "pass"


def _by_parquet(
    path: Path, table: Path, wanted: Iterable[Association], build: str | None, by: By
) -> tuple[Wanted, Route, int]:
    layout, known = declared(parquet.layout(table), path, build, parquet.build(table))
    if table != path or parquet.PLACE in layout.header:
        layout = replace(layout, offset=0)  # a table made here counts from 1 already
    looked = Wanted(wanted, layout, known, path.name, by)
    return looked, "parquet", parquet.fetch(table, looked)


def declared(layout: Layout, path: Path, build: str | None, in_file: str | None) -> tuple[Layout, str | None]:
    """The build as given, or as the format, the metadata or the file say; two that differ are refused.

    The layout comes back with the shift of positions that the metadata name.
    """
    meta = beside(path)
    said = [each for each in (in_file, meta.build, layout.build) if each is not None]
    if build is not None:
        return replace(layout, offset=meta.offset), build_of(build)
    if len(set(said)) > 1:
        raise InputError(path.name, " and ".join(sorted(set(said))), "one genome build", "Say which with --build.")
    return replace(layout, offset=meta.offset), said[0] if said else None


def _pass(text: Text, wanted: Wanted, name: str) -> int:
    positions = {position for _, position in wanted.places}
    sieve = Sieve(wanted.layout, text.separator, wanted.names, positions, name)
    rows = 0
    for block in text.blocks:
        count, lines = sieve.lines(block)
        rows += count
        for line in lines:
            indices = wanted.answers(_keys(line, text.separator, wanted.layout))
            if indices:
                wanted.keep(indices, cells_of_line(line, text.separator))
    return rows


def _keys(line: bytes, separator: bytes, layout: Layout) -> list[str]:
    """Only as many cells as tell whether the row is wanted."""
    if b'"' in line:
        return cells_of_line(line, separator)
    return [cell.decode("utf-8", "replace").strip().strip('"') for cell in line.split(separator, layout.last_key + 1)]
