"""Which lines of a block of text might be about a wanted variant: a sieve over bytes that lets none of them fall.

The ends of all cells come from one comparison over the block. The last eight bytes of the name and of the position, as
one integer, are looked up in a table of bits; the few lines that pass are read properly afterwards. Blocks with quotes
are passed on whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from anmin.evidence.mr.columns import Layout
from anmin.evidence.mr.stream import MAX_LINE, endless

Ends: TypeAlias = NDArray[np.int64]
_BITS = 20
_ODD = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(64 - _BITS)
_SHORT = np.array([8 * (8 - length) for length in range(9)], dtype=np.uint64)
_LISTS = np.array([ord(","), ord(";")], dtype=np.uint8)


class Sieve:
    """Built once for a file from the names and the positions that are wanted."""

    def __init__(
        self, layout: Layout, separator: bytes, names: Iterable[str], positions: Iterable[int], file: str
    ) -> None:
        self._file, self._cut = file, separator
        self._name, self._position = layout.at.get("snp"), layout.at.get("position")
        self._names = _table(name.encode() for name in names)
        self._positions = _table(text for position in positions for text in _written(position - layout.offset))

    def lines(self, block: bytes) -> tuple[int, Iterable[bytes]]:
        """How many lines the block has, and those that may be wanted."""
        if b'"' in block:
            lines = [line for line in block.split(b"\n") if line]
            if lines and max(map(len, lines)) > MAX_LINE:
                raise endless(self._file)
            return len(lines), lines
        padded = bytes(8) + block
        text = np.frombuffer(padded, np.uint8)
        cells = _Cells(text, self._cut)
        if int(np.max(cells.length)) > MAX_LINE:
            raise endless(self._file)
        passed = np.zeros(cells.count, dtype=np.bool_)
        if self._names is not None and self._name is not None:
            rows, first, last = cells.column(self._name)
            passed[rows] |= self._names[_keys(padded, first, last)]
            passed[rows] |= self._lists(text, first, last)
        if self._positions is not None and self._position is not None:
            rows, first, last = cells.column(self._position)
            passed[rows] |= self._positions[_keys(padded, first, last)]
        return cells.count, _cut_out(padded, cells.start, cells.end, np.flatnonzero(passed))

    def _lists(self, text: NDArray[np.uint8], first: Ends, last: Ends) -> NDArray[np.bool_]:
        """Lines whose name is a list."""
        found = np.zeros(len(first), dtype=np.bool_)
        if self._cut == b",":
            marks = np.flatnonzero(text == _LISTS[1])
        else:
            marks = np.flatnonzero((text == _LISTS[0]) | (text == _LISTS[1]))
        if len(marks):
            rows = np.searchsorted(last, marks)
            inside = rows < len(first)
            rows, marks = rows[inside], marks[inside]
            found[rows[marks >= first[rows]]] = True
        return found


class _Cells:
    """Where the lines of a block and their cells begin and end."""

    def __init__(self, text: NDArray[np.uint8], cut: bytes) -> None:
        body = text[8:]
        marks = body < 11 if cut == b"\t" else (body == ord(cut)) | (body == 10)
        ends = np.flatnonzero(marks) + 8
        kinds = text[ends]
        if cut == b"\t" and not bool(np.all(kinds >= 9)):
            ends = ends[kinds >= 9]
            kinds = text[ends]
        self._ends = ends
        self._last = np.flatnonzero(kinds == 10)
        self._first = np.empty_like(self._last)
        self._first[0], self._first[1:] = 0, self._last[:-1] + 1
        self.end = ends[self._last]
        self.start = np.empty_like(self.end)
        self.start[0], self.start[1:] = 8, self.end[:-1] + 1
        self.length = self.end - self.start
        self.count = len(self.end)

    def column(self, number: int) -> tuple[NDArray[np.intp] | slice, Ends, Ends]:
        """The lines that have such a cell, and where it begins and ends in each."""
        at = self._first + number
        whole = at <= self._last
        rows: NDArray[np.intp] | slice = slice(None)
        if not bool(np.all(whole)):
            rows = np.flatnonzero(whole)
            at = at[rows]
        return rows, (self._ends[at - 1] + 1 if number else self.start[rows]), self._ends[at]


def _table(keys: Iterable[bytes]) -> NDArray[np.bool_] | None:
    values = [int.from_bytes(key[-8:], "little") for key in keys]
    if not values:
        return None
    table = np.zeros(1 << _BITS, dtype=np.bool_)
    table[(np.array(values, dtype=np.uint64) * _ODD) >> _SHIFT] = True
    return table


def _keys(padded: bytes, first: Ends, last: Ends) -> NDArray[np.uint64]:
    """The place in the table for each cell, by its last eight bytes (fewer if it is shorter)."""
    words = np.ndarray((len(padded) - 7,), "<u8", padded, strides=(1,))
    length = np.minimum(last - first, 8)
    cells = np.where(length > 0, words[last - 8] >> _SHORT[length], np.uint64(0))
    return np.asarray((cells * _ODD) >> _SHIFT)


def _written(position: int) -> Iterator[bytes]:
    """How programs write a whole number: R turns 100000 into 1e+05, pandas adds .0 where a column has gaps."""
    text = str(position)
    yield text.encode()
    yield f"{text}.0".encode()
    digits = text.rstrip("0")
    if len(digits) <= len(text) - 3:
        mantissa = digits[0] + ("." + digits[1:] if digits[1:] else "")
        for exponent in (f"{len(text) - 1:02d}", str(len(text) - 1)):
            yield f"{mantissa}e+{exponent}".encode()
            yield f"{mantissa}e{exponent}".encode()


def _cut_out(padded: bytes, first: Ends, last: Ends, rows: NDArray[np.intp]) -> Iterator[bytes]:
    for row in rows:
        yield padded[first[row] : last[row]]
