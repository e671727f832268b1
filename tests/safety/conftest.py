from __future__ import annotations

import sys
from pathlib import Path

import pytest

from anmin.knowledge.load import Knowledge

sys.path.insert(0, str(Path(__file__).parent))  # the gate_* modules beside this file, whatever the import mode


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    from gate_facts import known

    return known()
