"""Many exposures on many outcomes, in pieces that can stop and go on: ``anmin mr scan``.

Each outcome is read once for the union of all instruments. The result depends on the files and the settings only: not
on the order of the files or of their rows, the number of workers, or how often the scan was stopped and started again.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from anmin import __version__
from anmin.errors import InputError
from anmin.evidence.mr import parquet, tabix
from anmin.evidence.mr.builds import build_of
from anmin.evidence.mr.many import ALL_METHODS
from anmin.evidence.mr.model import Association
from anmin.evidence.mr.read import read_table
from anmin.evidence.mr.scan_out import WRITTEN, Scan, summary, together, write_manifest
from anmin.evidence.mr.scan_work import Done, Exposure, Piece, Settings, Source
from anmin.evidence.mr.shards import FOLDER, Shards, fingerprint, key_of
from anmin.evidence.mr.spread import Spread

_BESIDE = (".tbi", ".csi", ".yaml", ".yml", ".md5", ".json", ".md", parquet.SUFFIX)
_ENDINGS = (
    ".gz",
    ".bgz",
    ".tsv",
    ".txt",
    ".csv",
    ".vcf",
    ".parquet",
    ".h",
    ".regenie",
    ".saige",
    ".linear",
    ".logistic",
)
MAX_PIECE = 32
_PIECES_EACH = 8
_LARGE = 50 << 20

Tell = Callable[[int, int], None]
"""Called with outcomes done and outcomes in all."""


def scan(
    exposures: Path,
    outcomes: Path,
    out: Path,
    settings: Settings,
    *,
    spread: Spread,
    part: tuple[int, int] = (1, 1),
    whole_hash: bool = False,
    tell: Tell | None = None,
) -> Scan:
    """Compute what is missing and put everything together in ``out``.

    ``results.parquet`` and ``results.csv`` hold every pair and method, ``variants.parquet`` what became of every
    variant, ``manifest.json`` what went in. ``part`` (i, n) computes only every n-th outcome, for schedulers that run
    many machines on one folder. :class:`InputError` for folders that cannot be used; a single outcome file that cannot
    be read is reported and left out.
    """
    parquet.polars()
    settings = _checked(settings)
    given = tuple(_exposure(path, settings) for path in _files(exposures, "exposures"))
    _one_build(given, settings)
    paths = _files(outcomes, "outcomes")
    _own_folder(out, exposures, outcomes)
    shards = Shards(out)
    content = key_of([msgspec.to_builtins(each) for each in given], msgspec.to_builtins(settings))
    sources = [
        Source(name=name, path=str(path.resolve()), shard=key_of(content, name, fingerprint(path, whole_hash)))
        for path, name in ((path, _name(path)) for path in paths)
    ]  # fmt: skip
    mine = sources[part[0] - 1 :: part[1]]
    missing = [source for source in mine if not shards.whole(source.shard)]
    total, done = len(mine), len(mine) - len(missing)
    if tell:
        tell(done, total)
    failed: list[Done] = []
    for each in spread.run(list(_pieces(missing, given, settings, out, spread.workers))):
        done += len(each)
        failed += [one for one in each if one.error]
        if tell:
            tell(done, total)
    there = [source for source in sources if shards.whole(source.shard)]
    told = [msgspec.json.decode(shards.about(source.shard), type=Done) for source in there]
    found = together(shards, there, settings, out)
    write_manifest(out, given, sources, told, failed, settings)
    return summary(found, given, sources, told, failed, settings, out, (len(missing) - len(failed), len(mine)))


def _checked(settings: Settings) -> Settings:
    for name in settings.methods:
        if name not in ALL_METHODS:
            raise InputError("--methods", name, ", ".join(ALL_METHODS))
    if not settings.methods or len(set(settings.methods)) != len(settings.methods):
        raise InputError("--methods", ",".join(settings.methods), "each method once, at least one")
    builds = {
        field: build_of(value, f"--{field.replace('_', '-')}") if value else None
        for field, value in (("exposure_build", settings.exposure_build), ("outcome_build", settings.outcome_build))
    }
    return msgspec.structs.replace(settings, version=__version__, **builds)


def _files(path: Path, field: str) -> list[Path]:
    """A file, or every table in a folder, by name; names are unique."""
    if path.is_file():
        return [path]
    try:
        inside = sorted(each for each in path.iterdir() if each.is_file() and not each.name.startswith("."))
    except OSError as error:
        raise InputError(field, str(path), "a file or a folder of files", str(error.strerror)) from None
    found = [each for each in inside if not each.name.lower().endswith(_BESIDE)]
    if not found:
        raise InputError(field, str(path), "a folder with at least one table")
    names = [_name(each) for each in found]
    for name in names:
        if names.count(name) > 1:
            raise InputError(field, name, "one file for each name")
    return found


def _name(path: Path) -> str:
    name = path.name
    while name.lower().endswith(_ENDINGS) and "." in name.strip("."):
        name = name.rpartition(".")[0]
    return name


def _exposure(path: Path, settings: Settings) -> Exposure:
    rows = read_table(path, settings.exposure_build)
    if not rows:
        raise InputError(path.name, "no rows", "a table of instruments")
    # Draws go along the rows: in an order of their own, so that none of the file's matters.
    return Exposure(name=_name(path), rows=tuple(sorted(rows, key=lambda row: row.snp)))


def _own_folder(out: Path, *inputs: Path) -> None:
    """A scan writes where only scans wrote: never among its inputs, never over somebody's own tables."""
    if any(out.resolve() == each.resolve() for each in inputs):
        raise InputError("--out", str(out), "another folder than those of the inputs")
    foreign = [] if (out / FOLDER).is_dir() else [name for name in WRITTEN if (out / name).exists()]
    if foreign:
        raise InputError("--out", str(out), "an empty folder, or one of an earlier scan", f"It holds {foreign[0]}.")


def _one_build(exposures: Sequence[Exposure], settings: Settings) -> None:
    rows: list[Association] = [row for each in exposures for row in each.rows if row.position]
    builds = sorted({row.build for row in rows if row.build})
    if len(builds) > 1 and settings.by == "auto":
        raise InputError("exposures", " and ".join(builds), "positions of one genome build")


def _pieces(
    missing: Sequence[Source], exposures: tuple[Exposure, ...], settings: Settings, out: Path, workers: int
) -> Iterator[Piece]:
    """Large files that have to be read whole are pieces of their own, so that little is lost when a scan is stopped."""
    placed = all(row.position and row.build for each in exposures for row in each.rows) and settings.by == "auto"
    slow: list[Source] = []
    quick: list[Source] = []
    for source in missing:
        (slow if _slow(Path(source.path), placed) else quick).append(source)
    size = min(MAX_PIECE, max(1, math.ceil(len(quick) / (workers * _PIECES_EACH))))
    groups = [quick[start : start + size] for start in range(0, len(quick), size)] + [[source] for source in slow]
    for group in groups:
        yield Piece(sources=tuple(group), exposures=exposures, settings=settings, out=str(out.resolve()))


def _slow(path: Path, placed: bool) -> bool:
    if path.stat().st_size < _LARGE or parquet.is_parquet(path) or parquet.fresh(path):
        return False
    return not placed or tabix.index_of(path) is None
