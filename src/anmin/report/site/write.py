"""Putting a site in a folder: whole or not at all, and never over somebody else's files.

A folder of ours holds ``.anmin-site``: the name and SHA-256 of every page. Only an empty folder, a new one, or one in
which nothing stands but what this file names, unchanged, is written to. The pages are made in a hidden folder beside
it, which then takes its place.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from anmin.errors import InputError

MARKER = ".anmin-site"
_ALLOWED = "a new or empty folder, or one that `anmin evidence site` wrote and nobody changed"


def write_site(target: Path, pages: Iterable[tuple[str, str]], each: Callable[[int], None] = lambda done: None) -> int:
    """Write every page below ``target``; how many there are. ``each`` is called with the number done so far.

    :class:`InputError` where the folder holds anything else, or cannot be written; then nothing has changed.
    """
    target = Path(os.path.abspath(target))
    try:
        check(target)
        made = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
    except OSError as error:
        raise InputError("DIR", str(target), "a place this user may write", str(error.strerror)) from None
    try:
        written = _fill(made, pages, each)
        made.chmod(0o755)
        _replace(target, made)
    except OSError as error:
        raise InputError("DIR", str(target), "a place this user may write", str(error.strerror)) from None
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return written


def _fill(made: Path, pages: Iterable[tuple[str, str]], each: Callable[[int], None]) -> int:
    sums = {}
    for done, (name, text) in enumerate(pages, 1):
        data = text.encode()
        place = made / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
        sums[name] = hashlib.sha256(data).hexdigest()
        each(done)
    (made / MARKER).write_bytes(msgspec.json.format(msgspec.json.encode(sums), indent=1) + b"\n")
    return len(sums)


def check(target: Path) -> None:
    """:class:`InputError` unless the folder may be replaced."""
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise InputError("DIR", str(target), _ALLOWED)
    if not target.exists():
        if not target.parent.is_dir():
            raise InputError("DIR", str(target), "a folder inside one that exists")
        return
    there = {path.relative_to(target).as_posix(): path for path in sorted(target.rglob("*")) if not _folder(path)}
    if not there:
        return
    known = _known(target)
    for name, path in there.items():
        if name == MARKER and known is not None:
            continue
        same = known is not None and not path.is_symlink() and known.get(name) == _sum(path)
        if not same:
            raise InputError("DIR", str(target), _ALLOWED, f"Not ours, or changed: {name}")


def _folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _sum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _known(target: Path) -> dict[str, str] | None:
    try:
        return msgspec.json.decode((target / MARKER).read_bytes(), type=dict[str, str])
    except (OSError, msgspec.MsgspecError):
        return None


def _replace(target: Path, made: Path) -> None:
    """Swap the folders; if the second step fails, the old one comes back."""
    if not target.exists():
        made.rename(target)
        return
    old = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}.old."))
    try:
        target.rename(old / "site")
        made.rename(target)
    except OSError:
        if (old / "site").exists():
            (old / "site").rename(target)
        old.rmdir()
        raise
    shutil.rmtree(old, ignore_errors=True)
