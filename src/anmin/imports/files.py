"""Files from outside, opened with bounds: a file, a folder or an archive as named members.

Nothing is ever unpacked to a place its name says; a name is only ever shown or matched. What is read is counted, so
that no archive can grow without end.
"""

from __future__ import annotations

import hashlib
import io
import os
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

import msgspec

from anmin.errors import InputError

HEAD = 8192
"""Bytes of a member by which its format is recognised."""

MAX_MEMBERS = 200_000
MAX_WHOLE = 128 << 20
"""Largest file of a format that is read whole."""

MAX_GROWTH = 250
"""How many times larger than its packed size a member may be. Real exports: 14 to 31; a bomb: 1,000."""

FREE = 16 << 20
"""What any member may hold, however small it was packed."""

_NAME = 120
_WANTED = (".xml", ".json", ".csv", ".txt", ".db", ".sqlite", ".sqlite3", ".edf", ".fit", ".ndjson", "")


class Fingerprint(msgspec.Struct, frozen=True, kw_only=True):
    """Which file something came from: the last part of its name, its length and SHA-256."""

    name: str
    bytes: int
    sha256: str


class Member:
    """One file out of what was given: its name, its first bytes, and how to read it."""

    def __init__(self, name: str, size: int, opener: Callable[[], IO[bytes]], path: Path | None = None) -> None:
        self.name = name
        self.size = size
        self.path = path
        self._opener = opener
        with self.open() as stream, guarded(name):
            self.head = stream.read(HEAD)

    @property
    def base(self) -> str:
        """The last part of the name."""
        return PurePosixPath(self.name.replace("\\", "/")).name

    def open(self) -> IO[bytes]:
        """A stream of the bytes; unusable ones end in :class:`InputError`."""
        with guarded(self.name):
            return self._opener()

    def read(self, most: int = MAX_WHOLE) -> bytes:
        """All bytes; :class:`InputError` if there are more than ``most``."""
        data = bytearray()
        with self.open() as stream, guarded(self.name):
            while piece := stream.read(1 << 20):
                data += piece
                if len(data) > most:
                    raise InputError("file", self.name, f"at most {most >> 20} MiB of this format")
        return bytes(data)

    def text(self, most: int = MAX_WHOLE) -> str:
        """All text: UTF-8 with or without mark, or UTF-16 with one; :class:`InputError` for anything else."""
        data = self.read(most)
        encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
        try:
            return data.decode(encoding)
        except UnicodeDecodeError as error:
            raise InputError("file", self.name, "text in UTF-8 or UTF-16", f"Byte {error.start} is not.") from None


def fingerprint(path: Path) -> Fingerprint:
    """Of a file on this machine; an archive counts as one file."""
    with guarded(str(path)), path.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        name = "".join(letter if letter.isprintable() else " " for letter in path.name)[:_NAME]
        return Fingerprint(name=name, bytes=stream.tell(), sha256=sha256)


class _Counted(io.RawIOBase):
    """An unpacked stream that refuses to grow beyond bounds and turns every defect into an InputError."""

    def __init__(self, stream: IO[bytes], name: str, most: int) -> None:
        self._stream, self._name, self._left = stream, name, most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        with guarded(self._name):
            data = self._stream.read(len(view))
        view[: len(data)] = data
        self._left -= len(data)
        if self._left < 0:
            raise InputError("file", self._name, f"an archive that unpacks to at most {MAX_GROWTH} times its size")
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()


@contextmanager
def guarded(name: str) -> Iterator[None]:
    """Damaged archives and unreadable files as :class:`InputError`."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise InputError("file", name, "a whole, undamaged archive", str(error)) from None
    except (NotImplementedError, RuntimeError) as error:
        raise InputError("file", name, "an archive without password, packed the usual way", str(error)) from None
    except (OSError, ValueError) as error:
        raise InputError("file", name, "a file that can be read", str(getattr(error, "strerror", ""))) from None


@contextmanager
def opened(paths: list[str], wanted: Callable[[Member], bool] = lambda _: True) -> Iterator[list[Member]]:
    """The wanted members of every file, folder and archive named; nothing is kept of the others."""
    archives: list[zipfile.ZipFile] = []
    try:
        members: list[Member] = []
        for named in paths:
            path = Path(named)
            with guarded(named):
                mode = path.stat().st_mode
            if stat.S_ISDIR(mode):
                members.extend(filter(wanted, _folder(path)))
            elif not stat.S_ISREG(mode):
                raise InputError("file", named, "a file or a folder")
            elif path.stat().st_size == 0:
                raise InputError("file", named, "a file that is not empty")
            elif _is_zip(path):
                with guarded(named):
                    archives.append(zipfile.ZipFile(path))
                members.extend(filter(wanted, _archive(archives[-1], named)))
            else:
                members.extend(filter(wanted, [_file(path, named)]))
            if len(members) > MAX_MEMBERS:
                raise InputError("file", named, f"at most {MAX_MEMBERS:,} files inside")
        yield members
    finally:
        for archive in archives:
            archive.close()


def _is_zip(path: Path) -> bool:
    with guarded(str(path)), path.open("rb") as stream:
        return stream.read(4) in (b"PK\x03\x04", b"PK\x05\x06")


def _file(path: Path, name: str) -> Member:
    return Member(name, path.stat().st_size, lambda: path.open("rb", buffering=0), path)


def _folder(root: Path) -> Iterator[Member]:
    for folder, _, names in os.walk(root, followlinks=False):
        for name in sorted(names):
            path = Path(folder, name)
            wanted = path.suffix.lower() in _WANTED and not path.is_symlink() and path.is_file()
            if wanted and path.stat().st_size:
                yield _file(path, str(path))


def _archive(archive: zipfile.ZipFile, name: str) -> Iterator[Member]:
    infos = archive.infolist()
    if len(infos) > MAX_MEMBERS:
        raise InputError("file", name, f"at most {MAX_MEMBERS:,} files inside")
    for info in infos:
        parts = PurePosixPath(info.filename.replace("\\", "/")).parts
        if ".." in parts or info.filename.startswith(("/", "\\")) or ":" in (parts[0] if parts else ""):
            raise InputError("file", info.filename, "an archive whose names stay inside it")
        suffix = PurePosixPath(info.filename).suffix.lower()
        if info.is_dir() or suffix not in _WANTED or not info.file_size:
            continue
        most = max(FREE, MAX_GROWTH * info.compress_size)
        yield Member(info.filename, info.file_size, _opener(archive, info, most))


def _opener(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> Callable[[], IO[bytes]]:
    def open_member() -> IO[bytes]:
        return io.BufferedReader(_Counted(archive.open(info), info.filename, most), 1 << 18)

    return open_member
