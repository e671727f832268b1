"""Linkage disequilibrium from what a person has: a matrix, a list of pairs, or genotypes of a reference sample.

r² of genotypes is the squared correlation of dosages. PLINK's clumping takes r² of haplotypes estimated from
genotypes, which differs a little; a result says which it used.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Protocol

import numpy as np

from anmin.errors import InputError
from anmin.evidence.mr import parquet
from anmin.evidence.mr.named_matrix import MAX_NAMES, Named, cell_lines, read_matrix
from anmin.evidence.mr.pair import Array, Flags

Kind = Literal["matrix", "matrix-r2", "pairs", "dosages"]
"""Correlations r; squared ones; a list ``snp_a snp_b r2``; a person a row and a variant a column, 0 to 2."""

R2 = Literal["given", "of_correlations", "listed", "of_dosages"]
"""Which r² was used: as given, squared correlations, listed pairs (others zero), correlations of dosages."""

MAX_PEOPLE = 100_000
MAX_PAIRS = 20_000_000
_PAIR_NAMES = ({"snp_a", "snpa", "snp1", "id_a"}, {"snp_b", "snpb", "snp2", "id_b"}, {"r2", "r_2", "unphased_r2"})
_PEOPLE_NAMES = frozenset(("id", "iid", "sample", "person"))
_MISSING = frozenset(("", "na", "nan", ".", "-9", "null"))


class Ld(Protocol):
    """What clumping asks of linkage disequilibrium."""

    @property
    def kind(self) -> R2:
        """Which r² it is; the words for it are messages."""

    @property
    def people(self) -> int | None:
        """How many people the genotypes are of; ``None`` where that is not known."""

    def knows(self, snp: str) -> Literal["yes", "no", "no_variation"]:
        """Whether r² of a variant with others can be told."""

    def r2(self, snp: str, others: Sequence[str]) -> Array:
        """r² with each of ``others``, all of them known."""


class MatrixLd:
    """From a matrix of correlations, or of squared ones."""

    people = None

    def __init__(self, named: Named, squared: bool) -> None:
        """``squared``: the matrix holds r² already."""
        if np.max(np.abs(named.values), initial=0.0) > 1.0 + 1e-6 or (squared and np.min(named.values) < 0.0):
            raise InputError("ld", float(np.max(np.abs(named.values))), "r² from 0 to 1, or r from -1 to 1")
        self._at = {name: i for i, name in enumerate(named.names)}
        self._r2 = named.values if squared else named.values**2
        self.kind: R2 = "given" if squared else "of_correlations"

    def knows(self, snp: str) -> Literal["yes", "no", "no_variation"]:
        """Whether the variant has a row."""
        return "yes" if snp in self._at else "no"

    def r2(self, snp: str, others: Sequence[str]) -> Array:
        """Out of the variant's row."""
        return np.asarray(self._r2[self._at[snp], [self._at[other] for other in others]])


class PairLd:
    """From a list of pairs; a pair of known variants that is not listed counts as zero, as such lists mean it."""

    kind: R2 = "listed"
    people = None

    def __init__(self, pairs: dict[str, dict[str, float]]) -> None:
        """``pairs``: r² by first and second variant, both ways round."""
        self._pairs = pairs

    def knows(self, snp: str) -> Literal["yes", "no", "no_variation"]:
        """Whether the variant is in any pair."""
        return "yes" if snp in self._pairs else "no"

    def r2(self, snp: str, others: Sequence[str]) -> Array:
        """As listed."""
        row = self._pairs[snp]
        return np.array([row.get(other, 0.0) for other in others])


class DosageLd:
    """From dosages of a reference sample, people by variants; each pair over the people who have both."""

    kind: R2 = "of_dosages"

    def __init__(self, names: Sequence[str], dosages: Array) -> None:
        """``dosages`` (people, J), NaN where missing."""
        self._at = {name: i for i, name in enumerate(names)}
        self.people: int | None = len(dosages)
        self._present: Flags = np.isfinite(dosages)
        count = np.maximum(self._present.sum(axis=0), 1)
        filled = np.where(self._present, dosages, 0.0)
        centre = filled.sum(axis=0) / count
        self._values = np.where(self._present, dosages - centre, 0.0)
        self._varies: Flags = np.asarray((self._values**2).sum(axis=0) > 1e-9 * count)
        self._complete: Flags = np.asarray(self._present.all(axis=0))

    def knows(self, snp: str) -> Literal["yes", "no", "no_variation"]:
        """Whether the variant has a column in which people differ."""
        if snp not in self._at:
            return "no"
        return "yes" if self._varies[self._at[snp]] else "no_variation"

    def r2(self, snp: str, others: Sequence[str]) -> Array:
        """Squared correlation of the dosages; zero where the people who have both do not differ."""
        i, rows = self._at[snp], np.array([self._at[other] for other in others], dtype=np.intp)
        if self._complete[i] and bool(np.all(self._complete[rows])):
            x, y = self._values[:, i], self._values[:, rows]
            return np.asarray((x @ y) ** 2 / ((x @ x) * np.sum(y**2, axis=0)))
        return np.array([self._one(i, j) for j in rows])

    def _one(self, i: int, j: int) -> float:
        both = self._present[:, i] & self._present[:, j]
        if np.count_nonzero(both) < 3:
            return 0.0
        x, y = self._values[both, i], self._values[both, j]
        x, y = x - x.mean(), y - y.mean()
        size = float(x @ x) * float(y @ y)
        return float(x @ y) ** 2 / size if size > 1e-12 else 0.0


def read_ld(path: Path, kind: Kind, wanted: Sequence[str]) -> Ld:
    """The LD of a file; of lists and genotypes only what ``wanted`` variants need is kept."""
    if kind in ("matrix", "matrix-r2"):
        return MatrixLd(read_matrix(path), kind == "matrix-r2")
    if kind == "pairs":
        return PairLd(_pairs(path, frozenset(wanted)))
    if parquet.is_parquet(path):
        return _parquet_dosages(path, frozenset(wanted))
    return _text_dosages(path, frozenset(wanted))


def _pairs(path: Path, wanted: frozenset[str]) -> dict[str, dict[str, float]]:
    lines = cell_lines(path)
    header = [cell.lower().lstrip("#") for cell in next(lines, (0, []))[1]]
    at = [next((i for i, name in enumerate(header) if name in names), None) for names in _PAIR_NAMES]
    if None in at:
        raise InputError(path.name, ", ".join(header[:10]), "columns snp_a, snp_b and r2")
    a, b, c = (i for i in at if i is not None)
    found: dict[str, dict[str, float]] = {}
    for number, cells in lines:
        if number > MAX_PAIRS:
            raise InputError(path.name, f"more than {MAX_PAIRS} pairs", "a shorter list")
        if len(cells) <= max(a, b, c):
            raise InputError(f"{path.name}, line {number}", f"{len(cells)} cells", f"{len(header)} as in the header")
        one, two = cells[a], cells[b]
        if one not in wanted and two not in wanted:
            continue
        value = _between(cells[c], 1.0, f"{path.name}, line {number}")
        # A variant known only through a partner that nobody wants is in the reference all the same.
        found.setdefault(one, {})[two] = found.setdefault(two, {})[one] = value
    return found


def _text_dosages(path: Path, wanted: frozenset[str]) -> DosageLd:
    lines = cell_lines(path)
    header = next(lines, (0, []))[1]
    at = _columns(header, wanted, path)
    rows: list[list[float]] = []
    for number, cells in lines:
        if len(rows) >= MAX_PEOPLE:
            raise InputError(path.name, f"more than {MAX_PEOPLE} people", "a smaller sample")
        if len(cells) != len(header):
            raise InputError(f"{path.name}, line {number}", f"{len(cells)} cells", f"{len(header)} as in the header")
        place = f"{path.name}, line {number}"
        rows.append([math.nan if cells[i].lower() in _MISSING else _between(cells[i], 2.0, place) for i in at.values()])
    return _dosages(tuple(at), np.array(rows, dtype=np.float64).reshape(len(rows), len(at)), path)


def _parquet_dosages(path: Path, wanted: frozenset[str]) -> DosageLd:
    parquet.polars()
    import polars as pl

    try:
        table = pl.scan_parquet(path)
        at = _columns(table.collect_schema().names(), wanted, path)
        values = table.select(pl.col(list(at)).cast(pl.Float64)).head(MAX_PEOPLE + 1).collect().to_numpy()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise InputError(path.name, "parquet that polars cannot read", "a person a row", str(error)[:100]) from None
    if len(values) > MAX_PEOPLE:
        raise InputError(path.name, f"more than {MAX_PEOPLE} people", "a smaller sample")
    values = np.asarray(values, dtype=np.float64)
    if np.nanmin(values, initial=0.0) < 0.0 or np.nanmax(values, initial=0.0) > 2.0:
        raise InputError(path.name, float(np.nanmax(values)), "dosages from 0 to 2, missing ones empty")
    return _dosages(tuple(at), values, path)


def _columns(header: Sequence[str], wanted: frozenset[str], path: Path) -> dict[str, int]:
    if len(set(header)) != len(header):
        raise InputError(path.name, "a variant twice", "each variant in one column")
    at = {name: i for i, name in enumerate(header) if name in wanted and name.lower() not in _PEOPLE_NAMES}
    if not at or len(at) > MAX_NAMES:
        raise InputError(path.name, f"{len(at)} wanted variants in the header", f"1 to {MAX_NAMES}")
    return at


def _dosages(names: tuple[str, ...], values: Array, path: Path) -> DosageLd:
    if len(values) < 3:
        raise InputError(path.name, f"{len(values)} people", "at least three")
    return DosageLd(names, values)


def _between(cell: str, top: float, place: str) -> float:
    try:
        value = float(cell)
    except ValueError:
        value = math.nan
    if not -1e-6 <= value <= top + 1e-6:
        raise InputError(place, cell, f"a number from 0 to {top:g}")
    return min(max(value, 0.0), top)
