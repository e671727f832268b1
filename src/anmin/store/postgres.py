"""The log in a PostgreSQL database: the same table, the same refusal of UPDATE and DELETE (and TRUNCATE).

The place is a libpq URL; user and password may stand in it, but better in ``PGPASSWORD`` or ``~/.pgpass``. Whatever
stands in it is never shown. Several people keep apart by schema: ``postgresql://host/db?options=-csearch_path%3Dmine``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from anmin.errors import InputError
from anmin.store.backend import WAIT, Row

if TYPE_CHECKING:
    import psycopg

_PAGE = 2000
_LOCK = 0x616E6D69
_MARK = "anmin log 1"
_COLUMNS = (
    ("seq", "bigint"), ("at", "text"), ("op", "text"), ("kind", "text"), ("key", "text"), ("value", "bytea"),
    ("of", "bigint"),
)  # fmt: skip
_TRIGGERS = ("no_rewrite", "no_truncate")
_SCHEMA = (
    "CREATE TABLE anmin_events (seq bigint PRIMARY KEY, at text NOT NULL, op text NOT NULL, kind text NOT NULL, "
    "key text NOT NULL, value bytea NOT NULL, of bigint)",
    "CREATE FUNCTION anmin_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'append only'; END $$",
    "CREATE TRIGGER no_rewrite BEFORE UPDATE OR DELETE ON anmin_events FOR EACH ROW "
    "EXECUTE FUNCTION anmin_append_only()",
    "CREATE TRIGGER no_truncate BEFORE TRUNCATE ON anmin_events FOR EACH STATEMENT "
    "EXECUTE FUNCTION anmin_append_only()",
    f"COMMENT ON TABLE anmin_events IS '{_MARK}'",
)


class Postgres:
    """A :class:`~anmin.store.backend.Backend` on a server."""

    def __init__(self, url: str) -> None:
        self.name, self._secret = _shown(url)
        self._driver = _driver()
        with self._errors("a server that can be reached"):
            self._connection: psycopg.Connection[Any] = self._driver.connect(
                url, autocommit=True, connect_timeout=WAIT, application_name="anmin"
            )
        try:
            with self._errors("a database that anmin may use"):
                self._prepare()
        except BaseException:
            self._connection.close()
            raise

    def begin(self) -> None:
        """Take the turn to write; others wait, readers do not."""
        with self._errors("a database that can be written"):
            self._connection.execute("BEGIN")
            self._connection.execute("LOCK TABLE anmin_events IN EXCLUSIVE MODE")

    def commit(self) -> None:
        """What was inserted is on the server's disk when this returns."""
        with self._errors("a database that can be written"):
            self._connection.execute("COMMIT")

    def rollback(self) -> None:
        """Nothing was inserted; a connection that is gone has done that itself."""
        if not self._connection.closed:
            with self._errors("a database that can be written"):
                self._connection.execute("ROLLBACK")

    def insert(self, rows: Sequence[Row]) -> None:
        """Add rows, inside a turn."""
        if any("\x00" in text for row in rows for text in (row[3], row[4])):
            raise InputError("log", self.name, "kinds and keys without a null character")
        with self._errors("a database that can be written"), self._connection.cursor() as cursor:
            cursor.executemany("INSERT INTO anmin_events VALUES (%s, %s, %s, %s, %s, %s, %s)", rows)

    def rows(
        self, after: int = 0, until: int | None = None, kind: str | None = None, key: str | None = None
    ) -> Iterator[Row]:
        """Rows in order of seq, a page at a time."""
        query = (
            "SELECT seq, at, op, kind, key, value, of FROM anmin_events WHERE seq > %s "
            "AND (%s::bigint IS NULL OR seq <= %s) AND (%s::text IS NULL OR kind = %s) "
            f"AND (%s::text IS NULL OR key = %s) ORDER BY seq LIMIT {_PAGE}"
        )
        while True:
            with self._errors("a log that anmin wrote"):
                page = self._connection.execute(query, (after, until, until, kind, kind, key, key)).fetchall()
            yield from page
            if len(page) < _PAGE:
                return
            after = page[-1][0]

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _prepare(self) -> None:
        """Make the table where there is none, in a transaction that two processes cannot do twice; else compare."""
        run = self._connection.execute
        run("SELECT set_config('lock_timeout', %s, false), set_config('synchronous_commit', 'on', false)",
            (f"{WAIT}s",))  # fmt: skip
        run("SELECT set_config('client_min_messages', 'warning', false)")
        if self._one("SELECT to_regclass('anmin_events') IS NULL"):
            with self._connection.transaction():
                run("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
                if self._one("SELECT to_regclass('anmin_events') IS NULL"):
                    for statement in _SCHEMA:
                        run(statement)
        columns = run(
            "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute "
            "WHERE attrelid = 'anmin_events'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
        ).fetchall()
        triggers = run(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = 'anmin_events'::regclass AND NOT tgisinternal "
            "AND tgenabled IN ('O', 'A') ORDER BY tgname"
        ).fetchall()
        mark = self._one("SELECT obj_description('anmin_events'::regclass, 'pg_class')")
        if tuple(columns) != _COLUMNS or tuple(name for (name,) in triggers) != _TRIGGERS or mark != _MARK:
            raise InputError("log", self.name, "a log that anmin wrote")

    def _one(self, query: str) -> Any:
        row = self._connection.execute(query).fetchone()
        return None if row is None else row[0]

    @contextmanager
    def _errors(self, allowed: str) -> Iterator[None]:
        try:
            yield
        except (self._driver.Error, UnicodeError) as error:
            first = str(error).strip().partition("\n")[0]
            for secret in self._secret:
                first = first.replace(secret, "…")
            raise InputError("log", self.name, f"{allowed} ({first})") from None


def _driver() -> Any:
    try:
        import psycopg
    except ImportError:
        raise InputError("log", "postgresql://…", "the extra `postgres`", "pip install 'anmin[postgres]'") from None
    return psycopg


def _shown(url: str) -> tuple[str, tuple[str, ...]]:
    """The URL as it may be shown, and what of it may not."""
    driver = _driver()
    from psycopg.conninfo import conninfo_to_dict

    try:
        parts = conninfo_to_dict(url)
    except driver.Error:  # its text repeats the URL
        raise InputError("log", "postgresql://…", "a URL such as postgresql://localhost/anmin") from None
    host, database = parts.get("host") or "localhost", parts.get("dbname") or ""
    hidden = sorted({str(parts[name]) for name in ("password", "sslpassword") if parts.get(name)}, key=len)
    return f"postgresql://{host}/{database}", tuple(reversed(hidden))
