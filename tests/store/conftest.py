"""The same tests in a file and, where ANMIN_TEST_POSTGRES names a server, in a database (`make test-postgres`)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from log_places import KINDS, Place, schemas


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    if request.param == "sqlite":
        folder = tmp_path_factory.mktemp("log")
        yield lambda name: str(folder / f"{name}.db")
        return
    yield from schemas()
