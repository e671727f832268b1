"""Writing a file whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from anmin.errors import InputError


def write_whole(path: str, content: bytes) -> None:
    """Write beside the target and rename, so that no half-written file is ever left; :class:`InputError` if refused."""
    target = Path(path)
    beside: Path | None = None
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


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
