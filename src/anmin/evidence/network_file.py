"""Comparisons out of somebody's own CSV file: ``study,treatment,other,effect,se``, one printed difference a line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from anmin.errors import InputError, PlacedError
from anmin.evidence.contrasts import Comparison

COLUMNS = ("study", "treatment", "other", "effect", "se")
MAX_BYTES, MAX_ROWS, MAX_NAME, MAX_TREATMENTS = 1 << 20, 2000, 120, 100
"""More is not a network meta-analysis but a mistake."""


def read_comparisons(path: Path) -> tuple[Comparison, ...]:
    """Every line of the file; :class:`InputError` naming the line and column that cannot be used."""
    try:
        with path.open("rb") as handle:
            data = handle.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError("FILE", str(path), "a file that can be read", str(error.strerror)) from None
    if len(data) > MAX_BYTES:
        raise InputError("FILE", str(path), f"at most {MAX_BYTES >> 20} MiB")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("FILE", str(path), "text in UTF-8") from None
    found = tuple(_rows(text, path.name))
    treatments = {name for each in found for name in (each.treatment, each.other)}
    if len(treatments) > MAX_TREATMENTS:
        raise InputError("FILE", f"{len(treatments)} treatments", f"at most {MAX_TREATMENTS}")
    return found


def _rows(text: str, file: str) -> Iterator[Comparison]:
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
        if missing:
            raise PlacedError(", ".join(missing), list(reader.fieldnames or ()), ", ".join(COLUMNS), file=file, line=1)
        for number, row in enumerate(reader):
            if number >= MAX_ROWS:
                raise PlacedError("FILE", "more lines", f"at most {MAX_ROWS}", file=file, line=reader.line_num)
            if None in row:
                cells = f"{len(reader.fieldnames or ()) + len(row[None])} cells"
                raise PlacedError(
                    "line",
                    cells,
                    f"{len(reader.fieldnames or ())} cells, as in the header",
                    file=file,
                    line=reader.line_num,
                )
            yield _comparison(row, file, reader.line_num)
    except csv.Error as error:
        raise PlacedError("FILE", str(error), "a CSV file", file=file) from None


def _comparison(row: dict[str, str | None], file: str, line: int) -> Comparison:
    names = {}
    for column in ("study", "treatment", "other"):
        name = " ".join((row[column] or "").split())
        if not name or len(name) > MAX_NAME:
            raise PlacedError(column, name, f"a name of at most {MAX_NAME} characters", file=file, line=line)
        names[column] = name
    return Comparison(effect=_number(row, "effect", file, line), se=_number(row, "se", file, line), **names)


def _number(row: dict[str, str | None], column: str, file: str, line: int) -> float:
    try:
        return float(row[column] or "")
    except ValueError:
        raise PlacedError(column, row[column], "a number", file=file, line=line) from None
