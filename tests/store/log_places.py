"""Where the tests keep their logs: in files and, where ANMIN_TEST_POSTGRES names a server, in a database of it."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from urllib.parse import quote

SERVER = os.environ.get("ANMIN_TEST_POSTGRES")
KINDS = ("sqlite", "postgres") if SERVER else ("sqlite",)

Place = Callable[[str], str]
"""A name → where a log of that name lies: always the same within a test, empty at its start."""


def schemas() -> Iterator[Place]:
    import psycopg

    assert SERVER is not None
    made: dict[str, str] = {}
    with psycopg.connect(SERVER, autocommit=True) as server:

        def url(name: str) -> str:
            if name not in made:
                made[name] = f"t{uuid.uuid4().hex}"
                server.execute(f"CREATE SCHEMA {made[name]}")
            sign = "&" if "?" in str(SERVER) else "?"
            return f"{SERVER}{sign}options={quote(f'-csearch_path={made[name]}')}"

        try:
            yield url
        finally:
            for schema in made.values():
                server.execute(f"DROP SCHEMA {schema} CASCADE")
