"""The significant variants of a table or of a whole genome-wide file: what clumping starts from.

−log10 p decides, as the file has it or from the effect where p has underflowed to zero, so no variant is lost for
being too significant.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from anmin.errors import InputError
from anmin.evidence.mr import parquet
from anmin.evidence.mr.clump import strength_of
from anmin.evidence.mr.columns import Layout
from anmin.evidence.mr.model import Association
from anmin.evidence.mr.read import cells_of_line, declared
from anmin.evidence.mr.rows import Value, associations
from anmin.evidence.mr.stream import Progress, open_text

MAX_CANDIDATES = 50_000
_SMALL = 2_000
"""A table up to this long is told whole; of a longer one the variants above the threshold are only counted."""


@dataclass(frozen=True)
class Candidates:
    """The rows to clump, how many the file has, and how many of the others are above the threshold or unreadable."""

    rows: tuple[Association, ...]
    count: int
    above: int
    unusable: int


def read_candidates(path: Path, p: float, progress: Progress | None = None) -> Candidates:
    """The rows with p up to ``p``; of a small table all rows, so that each can be told its fate."""
    least = -math.log10(p) - 1e-12
    kept: list[Association] = []
    small: list[Association] = []
    count = unusable = above = 0
    for cells, layout, build in _rows(path, progress):
        count += 1
        if count > _SMALL and _plainly_above(cells, layout, least):
            above += 1
            continue
        found = associations(cells, layout, build)
        unusable += not found
        for row in found:
            if count <= _SMALL:
                small.append(row)
            strength = strength_of(row)
            if strength is None or strength < least:
                above += 1
            else:
                kept.append(row)
        if len(kept) > MAX_CANDIDATES:
            raise InputError(path.name, f"more than {MAX_CANDIDATES} variants", f"fewer, with a smaller --p than {p:g}")
    if count <= _SMALL:
        return Candidates(tuple(small), count, 0, unusable)
    return Candidates(tuple(kept), count, above, unusable)


def _plainly_above(cells: Sequence[Value], layout: Layout, least: float) -> bool:
    """Whether the p of a row says so without the row being read in full."""
    for name, sign in (("neg_log10_p", 1.0), ("p", -1.0)):
        if name in layout.at and layout.at[name] < len(cells):
            try:
                value = float(cells[layout.at[name]] or "nan")
            except ValueError:
                return False
            return value < least if sign > 0 else value > 10.0**-least
    return False


def _rows(path: Path, progress: Progress | None) -> Iterator[tuple[Sequence[Value], Layout, str | None]]:
    if parquet.is_parquet(path):
        layout, build = declared(parquet.layout(path), path, None, parquet.build(path))
        for cells in parquet.rows(path, progress=progress):
            yield cells, layout, build
        return
    with open_text(path, progress=progress) as text:
        layout, build = declared(text.layout, path, None, text.build)
        for block in text.blocks:
            for line in block.split(b"\n"):
                if line.strip():
                    yield cells_of_line(line, text.separator), layout, build
