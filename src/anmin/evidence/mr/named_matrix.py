"""Square tables of correlations with a name for each row and column, out of a text file.

The first line holds the names; each further line the numbers of one row, with or without its name in front. Comma,
tab or blanks between cells.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from anmin.errors import InputError
from anmin.evidence.mr.pair import Array

MAX_BYTES = 1 << 30
MAX_NAMES = 20_000
_MAX_LINE = 1 << 24


@dataclass(frozen=True)
class Named:
    """A matrix (J, J) and what its rows and columns are called."""

    names: tuple[str, ...]
    values: Array

    def of(self, names: Sequence[str]) -> Array:
        """Rows and columns in this order; :class:`InputError` naming the first that is not there."""
        at = {name: i for i, name in enumerate(self.names)}
        missing = next((name for name in names if name not in at), None)
        if missing is not None:
            raise InputError("correlations", missing, "a row and column for every variant or exposure that is used")
        rows = np.array([at[name] for name in names], dtype=np.intp)
        return np.asarray(self.values[np.ix_(rows, rows)])


def read_matrix(path: Path) -> Named:
    """The matrix of a file; :class:`InputError` if it is not square, not numbers or not symmetric."""
    lines = cell_lines(path)
    header = next(lines, (0, []))[1]
    if not header or len(header) > MAX_NAMES:
        raise InputError(path.name, f"{len(header)} names in the first line", f"1 to {MAX_NAMES}")
    rows: list[list[float]] = []
    names = header
    for number, cells in lines:
        if not rows and len(cells) == len(header) and not _is_number(cells[0]):
            names = header[1:]  # the names in front of the rows have a header cell of their own
        numbers = cells[1:] if len(cells) == len(names) + 1 else cells
        if len(numbers) != len(names) or len(rows) >= len(names):
            allowed = f"a square table: {len(names)} names, as many rows, each of as many numbers"
            raise InputError(f"{path.name}, line {number}", f"{len(cells)} cells", allowed)
        rows.append([_number(cell, path, number) for cell in numbers])
    if len(rows) != len(names) or len(set(names)) != len(names):
        raise InputError(path.name, f"{len(rows)} rows, {len(names)} names", "as many rows as names, each name once")
    values = np.array(rows, dtype=np.float64)
    if not np.allclose(values, values.T, rtol=0.0, atol=1e-6):
        raise InputError(path.name, "row and column differ", "a symmetric matrix")
    return Named(tuple(names), values)


def cell_lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The number and cells of every line that is not empty; bounded in length and in sum."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(path.name, f"more than {MAX_BYTES} bytes", "a smaller file")
        with path.open(encoding="utf-8-sig") as handle:
            number = 0
            while line := handle.readline(_MAX_LINE):
                number += 1
                if len(line) >= _MAX_LINE:
                    raise InputError(f"{path.name}, line {number}", "a line without end", f"at most {_MAX_LINE} signs")
                if line.strip():
                    yield number, _cells(line)
    except UnicodeDecodeError:
        raise InputError("file", str(path), "text in UTF-8") from None
    except OSError as error:
        raise InputError("file", str(path), "a readable file", str(error.strerror)) from None


def _cells(line: str) -> list[str]:
    text = line.rstrip("\r\n")
    separator = "\t" if "\t" in text else "," if "," in text else None
    return [cell.strip().strip('"') for cell in text.split(separator)]


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _number(cell: str, path: Path, line: int) -> float:
    if _is_number(cell) and math.isfinite(float(cell)):
        return float(cell)
    raise InputError(f"{path.name}, line {line}", cell, "a number")
