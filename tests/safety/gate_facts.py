"""The facts as they stand in the YAML files, also when nobody has compiled them since the last edit."""

from __future__ import annotations

from functools import cache

from anmin.errors import KnowledgeError
from anmin.knowledge.compile import knowledge_of
from anmin.knowledge.load import Knowledge, load
from anmin.knowledge.rows import DATA, read_rows, version_of


@cache
def known() -> Knowledge:
    version = version_of(DATA)
    try:
        if load().version == version:
            return load()
    except KnowledgeError:
        pass
    return knowledge_of(read_rows(), version)
