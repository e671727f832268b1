"""Where a log is kept: what a place has to do for :class:`~anmin.store.log.Log`, and which place a name means."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from typing import Protocol

from anmin.errors import InputError

Row = tuple[int, str, str, str, str, bytes, int | None]
"""seq, at, op, kind, key, value, of."""

WAIT = 10
"""Seconds to wait for another process that is writing."""

_URLS = ("postgresql://", "postgres://")
_NO_FILE = re.compile(r"\s*([a-z][a-z0-9+.-]+:/+|(host|hostaddr|port|user|password|dbname|service)\s*=)", re.I)
"""Other ways to name a server: a URL of something else or mistyped, a connection string of libpq."""


class Backend(Protocol):
    """A table of events that only grows. Every failure is an :class:`InputError` without secrets."""

    name: str
    """The place as it may be shown: without user and password."""

    def begin(self) -> None:
        """Take the turn to write; others wait."""

    def commit(self) -> None:
        """What was inserted is on the disk when this returns."""

    def rollback(self) -> None:
        """Nothing was inserted."""

    def insert(self, rows: Sequence[Row]) -> None:
        """Add rows, inside a turn."""

    def rows(
        self, after: int = 0, until: int | None = None, kind: str | None = None, key: str | None = None
    ) -> Iterator[Row]:
        """Rows in order of seq: beyond ``after``, up to ``until``, of a kind and key where these are given."""

    def close(self) -> None:
        """Let go of the place."""


def is_url(place: str | os.PathLike[str]) -> bool:
    """Whether a place is a database server rather than a file."""
    return isinstance(place, str) and place.startswith(_URLS)


def backend_for(place: str | os.PathLike[str]) -> Backend:
    """Open the file, or the database of the URL, and make the table where there is none."""
    if is_url(place):
        from anmin.store.postgres import Postgres

        return Postgres(str(place))
    other = _NO_FILE.match(str(place))
    if other is not None:  # what follows may be a password: neither shown nor made a file's name
        raise InputError("log", f"{other[0].strip()}…", "a file, or postgresql://HOST/DATABASE")
    from anmin.store.sqlite import Sqlite

    return Sqlite(place)
