"""What must hold between facts, looked at when they are compiled."""

from __future__ import annotations

from anmin.knowledge.load import Knowledge
from anmin.knowledge.rows import Rows


def check(knowledge: Knowledge, rows: Rows) -> None:
    """Raise :class:`~anmin.errors.KnowledgeError` for the first fact that does not fit the others."""
