from __future__ import annotations

import pytest
from gate_facts import known

from anmin.knowledge.load import Knowledge


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return known()
