"""Wanted variants out of a bgzip file through its .tbi or .csi index (the extra ``genetics``)."""

from __future__ import annotations

from pathlib import Path

from anmin.errors import InputError
from anmin.evidence.mr.builds import Place, chromosome_of
from anmin.evidence.mr.rows import cells_of
from anmin.evidence.mr.stream import MAX_LINE, endless, first_row
from anmin.evidence.mr.wanted import Wanted

_MAX_ROWS_AT_ONE_PLACE = 10_000


def index_of(path: Path) -> Path | None:
    """The index beside a file."""
    for suffix in (".tbi", ".csi"):
        beside = path.with_name(path.name + suffix)
        if beside.is_file():
            return beside
    return None


def have_pysam() -> bool:
    """Whether the library that reads such an index is installed."""
    try:
        import pysam  # noqa: F401
    except ImportError:
        return False
    return True


def fetch(path: Path, index: Path, wanted: Wanted, separator: bytes) -> int:
    """Give ``wanted`` the rows at its places; how many rows were looked at. All of it has to be wanted by place."""
    import pysam

    rows = 0
    quiet = pysam.set_verbosity(0)
    try:
        with pysam.TabixFile(str(path), index=str(index), encoding="utf-8") as table:
            names: dict[str, list[str]] = {}
            for contig in table.contigs:
                names.setdefault(chromosome_of(contig), []).append(contig)
            if not _leads_to(table, names, first_row(path), wanted, separator):
                raise InputError("index", str(index), f"the index of {path.name}", "Make it again, or remove it.")
            for place in sorted(wanted.places, key=lambda each: (each[0], each[1])):
                for contig in names.get(place[0], ()):
                    rows += _at(table, contig, place, wanted, separator, path.name)
    except (OSError, ValueError, EOFError) as error:
        raise InputError("file", str(path), "a bgzip file that its index fits", str(error)[:100]) from None
    finally:
        pysam.set_verbosity(quiet)
    return rows


def _leads_to(
    table: object, names: dict[str, list[str]], row: bytes, wanted: Wanted, separator: bytes
) -> bool:  # fmt: skip
    """Whether the index finds the file's own first row. That of another file finds nothing, which would pass for the
    variants not being there.
    """
    cells, at = cells_of(row, separator), wanted.layout.at
    try:
        place = chromosome_of(cells[at["chromosome"]]), int(float(cells[at["position"]]))
    except (IndexError, ValueError, OverflowError):
        return True
    if place[1] < 1:
        return True
    found = (table.fetch(name, place[1] - 1, place[1] + 1) for name in names.get(place[0], ()))  # type: ignore[attr-defined]
    return any(line.encode() == row for lines in found for line in lines)


def _at(table: object, contig: str, place: Place, wanted: Wanted, separator: bytes, name: str) -> int:
    rows = 0
    start = place[1] - wanted.layout.offset - 1
    for line in table.fetch(contig, max(start, 0), start + 1 + wanted.layout.offset):  # type: ignore[attr-defined]
        rows += 1
        if len(line) > MAX_LINE:
            raise endless(name)
        if rows > _MAX_ROWS_AT_ONE_PLACE:
            raise InputError(name, f"{rows} rows at {place[0]}:{place[1]}", f"at most {_MAX_ROWS_AT_ONE_PLACE}")
        wanted.take(cells_of(line.encode(), separator))
    return rows
