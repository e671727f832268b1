"""The facts straight from the YAML files, so that these tests do not depend on when they were last compiled."""

from __future__ import annotations

import pytest
from somebody import known

from anmin.knowledge.load import Knowledge


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return known()
