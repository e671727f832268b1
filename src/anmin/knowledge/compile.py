"""YAML files, written and corrected by people → one checked file, read by the program.

    python -m anmin.knowledge.compile

Every top-level key of ``data/**/*.yaml`` is a kind of fact (an attribute of :class:`~anmin.knowledge.load.Knowledge`)
with a list of rows; a kind may be spread over several files. Anything broken is a
:class:`~anmin.errors.KnowledgeError` that names file, line and reason, and then nothing is written.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import msgspec

from anmin.errors import KnowledgeError
from anmin.knowledge.checks import check
from anmin.knowledge.derive import derive
from anmin.knowledge.load import COMPILED, Knowledge
from anmin.knowledge.rows import DATA, Rows, read_rows, version_of


def build(data: Path = DATA) -> Knowledge:
    """Everything in ``data``, typed, completed with what follows from formulas, and cross-checked."""
    rows = read_rows(data)
    knowledge = knowledge_of(rows, version_of(data))
    check(knowledge, rows)
    return knowledge


def knowledge_of(rows: Rows, version: str) -> Knowledge:
    """The rows as one object, with derived values, before any cross-check."""
    tables: dict[str, Any] = {
        kind: {id: derive(row.fact, row) for id, row in table.items()} for kind, table in rows.items()
    }
    return Knowledge(version=version, **tables)


def write(knowledge: Knowledge, target: Path = COMPILED) -> int:
    """Write the compiled file in one step (never half); the number of bytes. Same facts, same bytes."""
    data = msgspec.msgpack.encode(knowledge)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".compiled-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(name, 0o644)
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return len(data)


def main() -> int:
    """Compile, say what was compiled; 2 when a fact is broken."""
    try:
        knowledge = build()
        size = write(knowledge)
    except KnowledgeError as error:
        print(error, file=sys.stderr)
        return 2
    counts = {kind: len(getattr(knowledge, kind)) for kind in Knowledge.__struct_fields__ if kind != "version"}
    print(", ".join(f"{count} {kind}" for kind, count in counts.items() if count))
    print(f"{COMPILED.name}: {size:,} bytes, version {knowledge.version[:12]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
