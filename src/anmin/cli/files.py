"""Writing a file whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from anmin.errors import InputError

_SQLITE = b"SQLite format 3\x00"


def write_whole(path: str, content: bytes) -> None:
    """Write beside the target and rename, so that no half-written file is ever left; :class:`InputError` if refused."""
    target = Path(path)
    beside: Path | None = None
    if _is_database(target):
        raise InputError("file", path, "a file that is not a log", "A log is never written over.")
    try:
        with tempfile.NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as handle:
            beside = Path(handle.name)
            handle.write(content)
        beside.chmod(0o666 & ~_umask())
        beside.replace(target)
    except OSError as error:
        raise InputError("file", path, "a place this user may write", str(error.strerror)) from None
    finally:
        if beside is not None:
            beside.unlink(missing_ok=True)


def keep_foreign(path: str | None, option: str, beginning: bytes) -> None:
    """:class:`InputError` when a file is there that does not begin as ours do, such as a profile."""
    try:
        with Path(path or "").open("rb") as handle:
            found = handle.read(len(beginning))
    except (OSError, ValueError):
        return
    if found and found != beginning:
        raise InputError(option, path, "a new file, or one that this command wrote", "What is there is kept.")


def _is_database(path: Path) -> bool:
    """Whether a file looks like a person's own log, which nothing may replace."""
    try:
        with path.open("rb") as handle:
            return handle.read(len(_SQLITE)) == _SQLITE
    except OSError:
        return False


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
