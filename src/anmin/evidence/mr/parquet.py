"""Tables of associations in parquet (the extra ``tables``): wanted variants out of one, and one made from a text file.

A made one is sorted by place in small row groups, so that polars skips whatever the statistics of a group rule out. It
keeps the cells as they were, hence the same row gives the same association as from the text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from anmin.errors import InputError
from anmin.evidence.mr.builds import Place
from anmin.evidence.mr.columns import Layout, layout_of
from anmin.evidence.mr.rows import Value
from anmin.evidence.mr.stream import Progress
from anmin.evidence.mr.wanted import Wanted

if TYPE_CHECKING:
    import polars as pl

SUFFIX = ".anmin.parquet"
PLACE, LISTED = "place", "listed"
"""Columns of a table made here: where a row stands, and whether its name is a list of names."""
NUMBERS = frozenset(("beta", "odds_ratio", "se", "eaf", "p", "neg_log10_p", "n"))
MAX_ROWS = 500_000_000
SLICE = 1 << 18
_CODES = {str(number): number for number in range(1, 23)} | {"X": 23, "Y": 24, "MT": 26}
_KEY = "anmin"


def is_parquet(path: Path) -> bool:
    """Whether a file begins as parquet does."""
    try:
        with path.open("rb") as handle:
            return handle.read(4) == b"PAR1"
    except OSError as error:
        raise InputError("file", str(path), "a readable file", str(error.strerror)) from None


def made_of(path: Path) -> Path:
    """Where the parquet made of a file stands."""
    return path.with_name(path.name + SUFFIX)


def stamp(path: Path) -> str:
    """What tells that a file is no longer the one that parquet was made of."""
    found = path.stat()
    return f"{found.st_size}:{found.st_mtime_ns}"


def fresh(path: Path) -> bool:
    """Whether there is parquet made of the file as it is now, and polars to read it."""
    table = made_of(path)
    if not table.is_file():
        return False
    try:
        return metadata(table).get(f"{_KEY}.stamp") == stamp(path)
    except InputError:
        return False


def polars() -> None:
    """:class:`InputError` if polars is not there."""
    try:
        import polars  # noqa: F401
    except ImportError:
        raise InputError("parquet", "polars is not installed", "the extra: pip install 'anmin[tables]'") from None


def place_code(place: Place) -> int | None:
    """A place as one integer that sorts as the genome; ``None`` beyond the usual chromosomes."""
    code = _CODES.get(place[0])
    return None if code is None else code << 32 | place[1]


def metadata(path: Path) -> Mapping[str, str]:
    """The key–value pairs of a parquet file that are ours."""
    return _head(path)[1]


def _head(path: Path) -> tuple[tuple[str, ...], Mapping[str, str]]:
    """Names of the columns and our key–value pairs."""
    polars()
    with refusing(path):
        return _footer(str(path), stamp(path))


@lru_cache(maxsize=8192)
def _footer(path: str, _: str) -> tuple[tuple[str, ...], Mapping[str, str]]:
    """The end of a file with thousands of row groups takes milliseconds to read; once is enough."""
    import polars as pl

    pairs = {key: value for key, value in pl.read_parquet_metadata(path).items() if key.startswith(_KEY)}
    return tuple(pl.read_parquet_schema(path)), pairs


def described(dialect: str, build: str | None, source: str) -> dict[str, str]:
    """What is kept with a made table."""
    found = {f"{_KEY}.dialect": dialect, f"{_KEY}.stamp": source}
    return found | ({f"{_KEY}.build": build} if build else {})


def layout(path: Path) -> Layout:
    """The columns of a parquet file: of one made here, or of any dialect's names."""
    names, pairs = _head(path)
    made = pairs.get(f"{_KEY}.dialect")
    if made is None or PLACE not in names:
        return layout_of(names, path.name)
    at = {name: column for column, name in enumerate(names) if name not in (PLACE, LISTED)}
    return Layout(made, at, None, len(names), names)


def build(path: Path) -> str | None:
    """The build of a table made here."""
    return metadata(path).get(f"{_KEY}.build")


def rows(path: Path, limit: int = MAX_ROWS, progress: Progress | None = None) -> Iterator[list[Value]]:
    """The rows up to ``limit``, every column in its place; a slice at a time is in memory."""
    import polars as pl

    found = layout(path)
    with refusing(path):
        table, size = pl.scan_parquet(path), path.stat().st_size
        total = int(table.select(pl.len()).collect().item())
    if total > MAX_ROWS:
        raise InputError(path.name, f"{total} rows", f"at most {MAX_ROWS}")
    last = min(limit, total)
    for start in range(0, last, SLICE):
        with refusing(path):
            cells = _cells(table.slice(start, min(SLICE, last - start)), path, found)
        yield from cells
        if progress:
            progress(size * min(start + SLICE, last) // last)


def fetch(path: Path, wanted: Wanted) -> int:
    """Give ``wanted`` its rows; how many were looked at one by one."""
    import polars as pl

    with refusing(path):
        table = pl.scan_parquet(path)
        names = list(_head(path)[0])
        if PLACE not in names and int(table.select(pl.len()).collect().item()) > MAX_ROWS:
            raise InputError(path.name, "its number of rows", f"at most {MAX_ROWS}")
        coarse = _by_place(wanted, names) if wanted.places else []
        fine = list(coarse)
        if wanted.names:
            name, listed = pl.col(names[wanted.layout.at["snp"]]).cast(pl.String), pl.col(LISTED)
            # Every list passes first: looking into them costs more than reading them.
            coarse += [name.is_in(list(wanted.names)), listed if LISTED in names else name.str.contains("[,;]")]
            fine.append(name.str.contains_any(list(wanted.names)))
        if not coarse:
            return 0
        maybe = table.filter(pl.any_horizontal(coarse)).collect()
        found = _cells(maybe.lazy().filter(pl.any_horizontal(fine)), path, wanted.layout)
    for cells in found:
        wanted.take(cells)
    return len(found)


def _by_place(wanted: Wanted, names: list[str]) -> list[pl.Expr]:
    import polars as pl

    if PLACE in names:
        codes = [place_code(place) for place in wanted.places]
        conditions = [pl.col(PLACE).is_in(sorted(code for code in codes if code is not None))]
        odd = [place[1] for place, code in zip(wanted.places, codes, strict=True) if code is None]
        if odd:
            conditions.append(pl.col(PLACE).is_null() & pl.col("position").is_in(odd))
        return conditions
    offset = wanted.layout.offset
    positions = sorted({place[1] - offset for place in wanted.places})
    return [pl.col(names[wanted.layout.at["position"]]).cast(pl.Int64, strict=False).is_in(positions)]


def _cells(table: pl.LazyFrame, path: Path, layout: Layout) -> list[list[Value]]:
    """The columns that count, as text and numbers, every one in its place."""
    import polars as pl

    schema = table.collect_schema()
    names = schema.names()
    picked = sorted(set(layout.at.values()))
    kept = {names[at]: name for name, at in layout.at.items()}
    columns = []
    for at in picked:
        name = names[at]
        number = kept[name] in NUMBERS and schema[name].is_numeric()
        columns.append(pl.col(name).cast(pl.Float64 if number else pl.String, strict=False))
    found: list[list[Value]] = []
    for row in table.select(columns).collect().iter_rows():
        cells: list[Value] = [None] * len(names)
        for at, value in zip(picked, row, strict=True):
            cells[at] = value
        found.append(cells)
    return found


@contextmanager
def refusing(path: Path) -> Iterator[None]:
    """Whatever polars says of a broken file, as :class:`InputError`."""
    import polars as pl

    try:
        yield
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError, OverflowError) as error:
        raise InputError("file", str(path), "a readable parquet table", str(error).split("\n")[0][:100]) from None
