"""The facts straight from the YAML files, so that these tests do not depend on when they were last compiled."""

from __future__ import annotations

import pytest

from anmin.evidence.model import Effect
from anmin.evidence.table import effects
from anmin.knowledge.compile import knowledge_of
from anmin.knowledge.load import Knowledge
from anmin.knowledge.rows import read_rows


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return knowledge_of(read_rows(), "test")


@pytest.fixture(scope="session")
def table(knowledge: Knowledge) -> dict[tuple[str, str], Effect]:
    return {(effect.component, effect.outcome): effect for effect in effects(knowledge)}
