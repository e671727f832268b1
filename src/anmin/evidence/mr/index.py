"""Sorted parquet out of a text file, so that many questions to it are quick: ``anmin mr index``."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from anmin.errors import InputError
from anmin.evidence.mr import parquet
from anmin.evidence.mr.builds import chromosome_of
from anmin.evidence.mr.columns import Layout
from anmin.evidence.mr.read import cells_of_line, declared
from anmin.evidence.mr.stream import MAX_BYTES, MAX_LINE, Progress, Text, endless, open_text

if TYPE_CHECKING:
    import polars as pl

_PIECE = 64 << 20
_GROUP = 8192
"""Rows that are read where one of them is wanted; smaller groups make the end of the file longer."""
_PAGE = 1 << 14


class Indexed(msgspec.Struct, frozen=True, kw_only=True):
    """What was written. ``sorted``: the file was in the order of the genome already."""

    path: str
    rows: int
    dialect: str
    build: str | None
    sorted: bool


def write_index(
    path: Path, out: Path | None = None, build: str | None = None, progress: Progress | None = None
) -> Indexed:
    """Write the table beside the file or to ``out``, whole or not at all.

    Memory: a few pieces of 64 MiB where the file is in order; all rows where it has to be sorted. On disk: twice the
    table while it is made. :class:`InputError` for a file without positions.
    """
    parquet.polars()
    import polars as pl

    if parquet.is_parquet(path):
        raise InputError("file", str(path), "a text file; parquet is read as it is")
    target = out or parquet.made_of(path)
    if target.exists() and target.samefile(path):
        raise InputError("--out", str(target), "another file than the one that is read")
    stamp = parquet.stamp(path)
    with open_text(path, MAX_BYTES, progress) as text:
        layout, known = declared(text.layout, path, build, text.build)
        if not layout.places:
            raise InputError(path.name, ", ".join(layout.header[:20]), "columns for chromosome and position")
        try:
            with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as folder:
                rows, in_order = _pieces(text, layout, Path(folder), path.name)
                table = pl.scan_parquet(sorted(Path(folder).glob("*.piece")))
                if not in_order:
                    table = table.sort(parquet.PLACE, maintain_order=True, nulls_last=True)
                whole = Path(folder) / "whole"
                table.sink_parquet(
                    whole, row_group_size=_GROUP, data_page_size=_PAGE, compression="zstd", compression_level=3,
                    metadata=parquet.described(layout.dialect, known, stamp),
                )  # fmt: skip
                whole.replace(target)
        except OSError as error:
            raise InputError("file", str(target), "a place this user may write", str(error.strerror)) from None
    return Indexed(path=str(target), rows=rows, dialect=layout.dialect, build=known, sorted=in_order)


def _pieces(text: Text, layout: Layout, folder: Path, name: str) -> tuple[int, bool]:
    """Each piece as parquet of its own; how many rows, and whether all of them are in order."""
    rows, in_order, last = 0, True, -1
    for number, piece in enumerate(_gathered(text, layout, name)):
        table = _table(piece, layout, text.separator)
        places = table[parquet.PLACE]
        in_order = (
            in_order and not places.has_nulls() and places.is_sorted() and (len(places) == 0 or places[0] >= last)
        )
        last = places[-1] if in_order and len(places) else last
        rows += len(table)
        table.write_parquet(folder / f"{number:06d}.piece", compression="lz4", row_group_size=_GROUP)
    if not rows:
        raise InputError(name, "no rows", "a table with rows")
    return rows, in_order


def _gathered(text: Text, layout: Layout, name: str) -> Iterator[bytes]:
    """Pieces of text with exactly as many cells in each line as the header has."""
    kept: list[bytes] = []
    size = 0
    for block in text.blocks:
        if max(map(len, block.split(b"\n"))) > MAX_LINE:
            raise endless(name)
        whole = _regular(block, layout, text.separator)
        if not whole:
            continue
        kept.append(whole)
        size += len(whole)
        if size >= _PIECE:
            yield b"".join(kept)
            kept, size = [], 0
    if kept:
        yield b"".join(kept)


def _regular(block: bytes, layout: Layout, cut: bytes) -> bytes:
    if b'"' not in block and block.count(cut) == block.count(b"\n") * (layout.width - 1):
        counts = {line.count(cut) for line in block.split(b"\n") if line}
        if counts == {layout.width - 1}:
            return block
    good = []
    for line in block.split(b"\n"):
        cells = cells_of_line(line, cut)
        if line and len(cells) >= layout.width:
            good.append(cut.join(cell.replace(cut.decode(), " ").encode() for cell in cells[: layout.width]) + b"\n")
    return b"".join(good)


def _table(piece: bytes, layout: Layout, separator: bytes) -> pl.DataFrame:
    import polars as pl

    kept = sorted(layout.at.items(), key=lambda item: item[1])
    by_column: dict[int, list[str]] = {}
    for name, column in kept:
        by_column.setdefault(column, []).append(name)
    columns = sorted(by_column)
    table = pl.read_csv(
        io.BytesIO(piece), has_header=False, separator=separator.decode(), columns=columns,
        infer_schema_length=0, quote_char=None, encoding="utf8-lossy",
    )  # fmt: skip
    frame = table.select([
        table.to_series(at).alias(name) for at, column in enumerate(columns) for name in by_column[column]
    ])  # fmt: skip
    return _typed(frame, layout)


def _typed(table: pl.DataFrame, layout: Layout) -> pl.DataFrame:
    """Numbers as numbers, positions from 1, and the place of each row as one integer."""
    import polars as pl

    number = [
        pl.col(name).cast(pl.Float64, strict=False) for name in table.columns
        if name in parquet.NUMBERS and not (name == "neg_log10_p" and "p" in table.columns)
    ]  # fmt: skip
    position = pl.col("position").cast(pl.Int64, strict=False)
    position = position.fill_null(pl.col("position").cast(pl.Float64, strict=False).cast(pl.Int64, strict=False))
    spelt = table["chromosome"].unique().to_list()
    names = {each: chromosome_of(each) for each in spelt}
    codes = {each: code for each, name in names.items() if (code := parquet.place_code((name, 0))) is not None}
    numbers = number
    if "p" in table.columns:
        numbers = [*number, _underflowed(table)]
    if "snp" in table.columns:
        numbers = [*numbers, pl.col("snp").str.contains("[,;]").fill_null(False).alias(parquet.LISTED)]
    return table.with_columns(
        *numbers, (position + layout.offset).alias("position"),
        pl.col("chromosome").replace_strict(names, default=None, return_dtype=pl.String).alias("chromosome"),
        (
            pl.col("chromosome").replace_strict(codes, default=None, return_dtype=pl.Int64) + position + layout.offset
        ).alias(parquet.PLACE),
    )  # fmt: skip


def _underflowed(table: pl.DataFrame) -> pl.Expr:
    """−log10 p of a p that is written (5e-400) and too small for a float."""
    import polars as pl

    written = pl.col("p").str.to_lowercase()
    parts = written.str.extract_groups(r"^([0-9.]+)e(-\d+)$")
    mantissa = parts.struct.field("1").cast(pl.Float64, strict=False)
    exponent = parts.struct.field("2").cast(pl.Float64, strict=False)
    small = (pl.col("p").cast(pl.Float64, strict=False) == 0.0) & (mantissa > 0.0)
    kept = pl.col("neg_log10_p").cast(pl.Float64, strict=False) if "neg_log10_p" in table.columns else pl.lit(None)
    kept = pl.when(kept.is_finite() & (kept >= 0.0)).then(kept).otherwise(None)
    value = pl.coalesce(kept, pl.when(small).then(-(mantissa.log10() + exponent)).otherwise(None))
    return value.cast(pl.Float64).alias("neg_log10_p")
