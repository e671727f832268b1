"""Writing a file whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from anmin.errors import InputError


def write_whole(path: str, content: bytes) -> None:
    """Write beside the target and rename, so that no half-written file is ever left; :class:`InputError` if refused."""
    target = Path(path)
    try:
        with tempfile.NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as handle:
            handle.write(content)
        Path(handle.name).chmod(0o666 & ~_umask())
        Path(handle.name).replace(target)
    except OSError as error:
        raise InputError("file", path, "a place this user may write", str(error.strerror)) from None


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
