"""Summary statistics from a file, in one streaming pass: only the wanted variants stay in memory.

Plain or gzip text (bgzip is gzip in many members), recognised by its first bytes. Files come from outside: their
lines, rows and bytes are bounded, and whatever is wrong with one is an :class:`~anmin.errors.InputError`.
"""

from __future__ import annotations

import gzip
import math
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

import msgspec

from anmin.errors import InputError
from anmin.evidence.mr.columns import Layout, layout_of
from anmin.evidence.mr.model import Association
from anmin.evidence.mr.tails import neg_log10_p

MAX_BYTES = 16 << 30
"""Unpacked; five times a whole-genome file of 21 million rows."""
MAX_LINE = 1 << 16
MAX_TABLE_ROWS = 1_000
"""Rows of a table that is read whole (independent instruments); a genome is only read for wanted variants."""
MAX_AT_ONE_PLACE = 50
_CHUNK = 1 << 22
_ALLELE = frozenset("ACGTDI")
_COMPLEMENT = str.maketrans("ACGT", "TGCA")


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What was found: one association for each wanted id that is there.

    ``several`` lists ids with more than one row of fitting alleles (the first is used), ``unusable`` counts rows of
    wanted variants that could not be read.
    """

    found: dict[str, Association]
    dialect: str
    build: str | None
    rows: int
    several: tuple[str, ...] = ()
    unusable: int = 0


def read_table(path: Path, build: str | None = None) -> tuple[Association, ...]:
    """A whole table of associations (instruments), at most :data:`MAX_TABLE_ROWS` rows."""
    layout, separator, lines = _open(path, MAX_BYTES)
    found = []
    for number, line in enumerate(lines, 2):
        if number - 1 > MAX_TABLE_ROWS:
            raise InputError(path.name, f"{number - 1} rows", f"at most {MAX_TABLE_ROWS} when a table is read whole")
        row = _association(_cells(line, separator), layout, build, None)
        if row is None:
            raise InputError(f"{path.name}, line {number}", _shown(line), "an id, an effect allele and numbers")
        found.append(row)
    return tuple(found)


def read_outcome(
    path: Path, wanted: Iterable[Association], build: str | None = None, limit: int = MAX_BYTES
) -> Reading:
    """The wanted variants out of a file of any size.

    A variant is found by rsid (also inside a list ``rs1,rs2``) or, where both sides name the same genome build, by
    chromosome and position; where a place has several rows (multi-allelic), the one with the wanted alleles counts.
    ``build`` overrides what the format implies.
    """
    layout, separator, lines = _open(path, limit)
    build = build or layout.build
    rows = tuple(wanted)
    by_id = {row.snp.encode(): row.snp for row in rows}
    by_place = {
        (row.chromosome.removeprefix("chr").encode(), str(row.position).encode()): row.snp
        for row in rows
        if row.chromosome and row.position and row.build and row.build == build
    }
    hits: dict[str, list[Association]] = defaultdict(list)
    count = unusable = 0
    for line in lines:
        count += 1
        snp = _wanted(line, separator, layout, by_id, by_place)
        if snp is None:
            continue
        row = _association(_cells(line, separator), layout, build, snp)
        if row is None:
            unusable += 1
        elif len(hits[snp]) < MAX_AT_ONE_PLACE:
            hits[snp].append(row)
    found, several = {}, []
    for each in rows:
        if hits[each.snp]:
            fitting = [row for row in hits[each.snp] if _fits(row, each)]
            found[each.snp] = (fitting or hits[each.snp])[0]
            if len(fitting) > 1:
                several.append(each.snp)
    return Reading(
        found=found, dialect=layout.dialect, build=build, rows=count, several=tuple(several), unusable=unusable
    )  # fmt: skip


def _open(path: Path, limit: int) -> tuple[Layout, bytes | None, Iterator[bytes]]:
    lines = _lines(path, limit)
    header = next(lines, b"")
    while header.startswith(b"##"):
        header = next(lines, b"")
    text = _text(header, path.name)
    separator = b"\t" if "\t" in text else b"," if "," in text else None
    cells = text.split(separator.decode()) if separator else text.split()
    return layout_of(cells, path.name), separator, lines


def _lines(path: Path, limit: int) -> Iterator[bytes]:
    """The lines of a plain or gzip file, without their ends; bounded in length and in sum."""
    try:
        with path.open("rb") as handle:
            packed = handle.read(2) == b"\x1f\x8b"
            handle.seek(0)
            if packed:
                with gzip.GzipFile(fileobj=handle) as unpacked:
                    yield from _split(unpacked, path.name, limit)
            else:
                yield from _split(handle, path.name, limit)
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError("file", str(path), "a readable text or gzip file", reason) from None


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def _split(stream: _Readable, name: str, limit: int) -> Iterator[bytes]:
    rest, total = b"", 0
    while chunk := stream.read(_CHUNK):
        total += len(chunk)
        if total > limit:
            raise InputError(name, f"more than {limit} bytes", "a smaller file")
        block = rest + chunk
        lines = block.split(b"\n")
        rest = lines.pop()
        if len(rest) > MAX_LINE or (lines and max(map(len, lines)) > MAX_LINE):
            raise InputError(name, "a line without end", f"lines of at most {MAX_LINE} bytes")
        for line in lines:
            if line:
                yield line.rstrip(b"\r")
    if rest:
        yield rest.rstrip(b"\r")


def _wanted(
    line: bytes, separator: bytes | None, layout: Layout, ids: dict[bytes, str], places: dict[tuple[bytes, bytes], str]
) -> str | None:
    at = layout.at
    cells = line.split(separator, layout.last_key + 1)
    try:
        if "snp" in at:
            name = cells[at["snp"]].strip(b'"')
            if name in ids:
                return ids[name]
            if b"," in name or b";" in name:
                for part in name.replace(b";", b",").split(b","):
                    if part in ids:
                        return ids[part]
        if places:
            return places.get((cells[at["chromosome"]].removeprefix(b"chr"), cells[at["position"]]))
    except (IndexError, KeyError):
        return None
    return None


def _cells(line: bytes, separator: bytes | None) -> list[str]:
    return [cell.decode("utf-8", "replace").strip().strip('"') for cell in line.split(separator)]


def _association(cells: list[str], layout: Layout, build: str | None, snp: str | None) -> Association | None:
    """One row; ``None`` where it has too few cells, no id or no usable effect allele."""
    if len(cells) < layout.width:
        return None
    at = layout.at

    def text(name: str) -> str | None:
        value = cells[at[name]] if name in at else ""
        return None if value.upper() in ("", "NA", "NAN", ".", "NONE", "NULL") else value

    def number(name: str) -> float | None:
        try:
            value = float(text(name) or "nan")
        except ValueError:
            return None
        return value if math.isfinite(value) else None

    effect, other = _allele(text("effect_allele")), _allele(text("other_allele"))
    if "ref" in at and "alt" in at and "other_allele" not in at:
        pair = [_allele(text("ref")), _allele(text("alt"))]
        other = next((allele for allele in pair if allele and allele != effect), None)
    beta, se = number("beta"), number("se")
    if layout.ratio:
        ratio = number("odds_ratio")
        beta = math.log(ratio) if ratio and ratio > 0.0 else None
    se = se if se is not None and se > 0.0 else None
    eaf, position = number("eaf"), number("position")
    name = snp or text("snp")
    if effect is None or name is None:
        return None
    return Association(
        snp=name[:100], effect_allele=effect, other_allele=other, beta=beta, se=se,
        eaf=eaf if eaf is not None and 0.0 <= eaf <= 1.0 else None,
        neg_log10_p=_neg_log10(number("neg_log10_p"), number("p"), beta, se), n=number("n"),
        chromosome=text("chromosome"), position=int(position) if position is not None else None, build=build,
    )  # fmt: skip


def _neg_log10(kept: float | None, p: float | None, beta: float | None, se: float | None) -> float | None:
    """As the file has it; from p; or from the effect where p has underflowed to zero."""
    if kept is not None and kept >= 0.0:
        return kept
    if p is not None and 0.0 < p <= 1.0:
        return -math.log10(p)
    if p == 0.0 and beta is not None and se is not None:
        return neg_log10_p(beta / se)
    return None


def _allele(value: str | None) -> str | None:
    if value is None:
        return None
    allele = value.upper()
    return allele if len(allele) <= 1000 and set(allele) <= _ALLELE else None


def _fits(row: Association, wanted: Association) -> bool:
    """The same two alleles, whichever counts as the effect and whichever strand they are written on."""
    pair = {row.effect_allele, row.other_allele}
    flipped = {allele.translate(_COMPLEMENT) if allele else None for allele in pair}
    one = {wanted.effect_allele, wanted.other_allele}
    return one in (pair, flipped) or (None in one and wanted.effect_allele in pair)


def _text(line: bytes, name: str) -> str:
    try:
        text = line.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(name, _shown(line), "a header in UTF-8") from None
    if not text.strip() or "\0" in text:
        raise InputError(name, _shown(line), "a first line with the names of the columns")
    return text


def _shown(line: bytes) -> str:
    return line[:60].decode("utf-8", "replace")
