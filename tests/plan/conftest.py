"""The facts as they are shipped."""

from __future__ import annotations

import pytest
from somebody import known

from anmin.knowledge.load import Knowledge


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return known()
