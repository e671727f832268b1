"""Results that are never computed twice: one shard of parquet for each outcome, named by what it was made of.

The name is a hash of the outcome file, of all instruments and of every setting. A shard is written beside its place and
renamed, and is only taken for one when both its tables carry its name and are byte for byte what was written.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from anmin.errors import InputError
from anmin.evidence.mr import parquet

if TYPE_CHECKING:
    import polars as pl

FOLDER = "shards"
WHOLE_BELOW = 64 << 20
"""Files up to this size are hashed whole; of larger ones 64 pieces, the size and the time of the last change."""
_PIECES, _PIECE = 64, 1 << 16
_KEY = "anmin.shard"
TABLES = ("results", "variants")


def fingerprint(path: Path, whole: bool = False) -> str:
    """What tells one file from another; reads megabytes of a large file, all of it with ``whole``."""
    digest = hashlib.sha256()
    try:
        size = path.stat().st_size
        with path.open("rb") as handle:
            if whole or size <= WHOLE_BELOW:
                while data := handle.read(1 << 20):
                    digest.update(data)
                return f"sha256:{digest.hexdigest()}"
            for number in range(_PIECES):
                handle.seek((size - _PIECE) * number // (_PIECES - 1))
                digest.update(handle.read(_PIECE))
    except OSError as error:
        raise InputError("file", str(path), "a readable file", str(error.strerror)) from None
    return f"pieces:{size}:{path.stat().st_mtime_ns}:{digest.hexdigest()}"


def key_of(*parts: object) -> str:
    """The name of a shard."""
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()[:32]


class Shards:
    """The shards below one folder."""

    def __init__(self, out: Path) -> None:
        self.folder = out / FOLDER
        self._whole: set[str] = set()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError("--out", str(out), "a folder this user may write", str(error.strerror)) from None

    def path(self, key: str, table: str) -> Path:
        """Where one table of a shard stands."""
        return self.folder / f"{key}.{table}.parquet"

    def whole(self, key: str) -> bool:
        """Whether both tables of a shard are there, of this name and as they were written."""
        if key not in self._whole and self._sound(key):
            self._whole.add(key)
        return key in self._whole

    def _sound(self, key: str) -> bool:
        try:
            named = all(parquet.metadata(self.path(key, table)).get(_KEY) == key for table in TABLES)
            return named and self._sums(key).read_text("ascii") == self._summed(key)
        except (InputError, OSError, ValueError):
            return False

    def _sums(self, key: str) -> Path:
        return self.folder / f"{key}.sha256"

    def _summed(self, key: str) -> str:
        """As ``sha256sum`` writes it; parquet has no sum of its own, and a changed bit may still be a number."""
        paths = [self.path(key, table) for table in TABLES]
        return "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in paths)

    def write(self, key: str, results: pl.DataFrame, variants: pl.DataFrame, about: bytes) -> None:
        """Both tables, their sums last; ``about`` is kept with them."""
        for table, frame in (("variants", variants), ("results", results)):
            write_table(frame, self.path(key, table), {_KEY: key, "anmin.about": about.decode()})
        whole_or_not(self._sums(key), lambda beside: beside.write_text(self._summed(key), "ascii"))

    def about(self, key: str) -> bytes:
        """What was kept with a shard."""
        return parquet.metadata(self.path(key, "results"))["anmin.about"].encode()

    def together(self, keys: Sequence[str], table: str) -> pl.LazyFrame:
        """One table of many shards, in this order."""
        import polars as pl

        return pl.scan_parquet([self.path(key, table) for key in keys])


def write_table(frame: pl.DataFrame, path: Path, metadata: dict[str, str] | None = None) -> None:
    """Parquet, whole or not at all."""
    whole_or_not(path, lambda beside: frame.write_parquet(beside, compression="zstd", metadata=metadata))


def whole_or_not(path: Path, write: Callable[[Path], object]) -> None:
    """Let ``write`` make a file under a name of its own, which nobody else uses, and rename it."""
    beside = path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")
    try:
        write(beside)
        beside.replace(path)
    except OSError as error:
        raise InputError("file", str(path), "a place this user may write", str(error.strerror or error)) from None
    finally:
        beside.unlink(missing_ok=True)
