"""Where a person's log is, and what clock their bed is by."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from anmin.errors import InputError

if TYPE_CHECKING:
    from anmin.store.log import Log

F = TypeVar("F", bound=Callable[..., Any])


def log_option(command: F) -> F:
    """``--log FILE``, or the URL of a PostgreSQL database."""
    return click.option(
        "--log", "log_path", type=click.Path(dir_okay=False), default=default_log, metavar="FILE|URL",
        show_default="ANMIN_LOG, or anmin/log.db among your data",
        help="The file that holds your own data, or postgresql://HOST/DATABASE.",
    )(command)  # fmt: skip


def default_log() -> str:
    """``ANMIN_LOG``, else ``anmin/log.db`` in the place for a user's data."""
    named = os.environ.get("ANMIN_LOG")
    if named:
        return named
    return str(_own_folder() / "log.db")


def _own_folder() -> Path:
    data = os.environ.get("XDG_DATA_HOME") or os.environ.get("LOCALAPPDATA") or Path.home() / ".local" / "share"
    return Path(data) / "anmin"


def beside_log(path: str) -> Path:
    """The folder for files that belong to the log: where its file lies; for a database the place for a user's data."""
    from anmin.store.backend import is_url

    return _own_folder() if is_url(path) else Path(path).resolve().parent


def log_exists(path: str) -> bool:
    """Whether there is a log to read; a database always counts as one."""
    from anmin.store.backend import is_url

    return is_url(path) or Path(path).exists()


def open_log(path: str) -> Log:
    """The log, made when it is not there yet."""
    from anmin.store.log import Log

    return Log(path)


def local_zone() -> str:
    """The IANA zone of this machine: ``TZ``, else where ``/etc/localtime`` leads; :class:`InputError` when unknown."""
    from zoneinfo import ZoneInfo

    linked = os.path.realpath("/etc/localtime").partition("zoneinfo/")[2]
    for name in (os.environ.get("TZ", "").lstrip(":"), linked):
        try:
            if name:
                return ZoneInfo(name).key
        except (ValueError, OSError, KeyError):
            continue
    raise InputError("zone", None, "an IANA time zone", "Say it once: --zone Asia/Taipei")


def now() -> datetime:
    """This instant, in UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


def read_bounded(path: str, most: int) -> bytes:
    """The bytes of a file of at most ``most`` bytes; :class:`InputError` otherwise."""
    try:
        with Path(path).open("rb") as handle:
            data = handle.read(most + 1)
    except (OSError, ValueError) as error:
        raise InputError("file", path, "a file that can be read", str(getattr(error, "strerror", ""))) from None
    if len(data) > most:
        raise InputError("file", path, f"at most {most >> 20} MiB" if most >> 20 else f"at most {most >> 10} KiB")
    return data
