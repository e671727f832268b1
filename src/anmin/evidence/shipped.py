"""The built table: written by ``anmin evidence build``, shipped with the package, read by the plan in a millisecond.

It carries the version of the facts it was built from. When the facts are newer, the table is computed afresh, so a
stale file can cost time but never tell an old story.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from anmin.evidence.model import Doubt, Effect
from anmin.knowledge.load import Knowledge

TABLE = Path(__file__).with_name("table.msgpack")

_CACHE: dict[str, dict[tuple[str, str], Effect]] = {}


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """Effects and contradictions, with the version of the facts they were computed from."""

    version: str
    effects: tuple[Effect, ...]
    doubts: tuple[Doubt, ...] = ()


def index(knowledge: Knowledge) -> dict[tuple[str, str], Effect]:
    """Effects by component and outcome, from the shipped table where it fits these facts; made once per version."""
    known = _CACHE.get(knowledge.version)
    if known is None:
        known = {(effect.component, effect.outcome): effect for effect in read(knowledge)}
        _CACHE[knowledge.version] = known
    return known


def read(knowledge: Knowledge, path: Path = TABLE) -> tuple[Effect, ...]:
    """The shipped effects if they were built from these facts, else the same computed now."""
    try:
        table = decode(path.read_bytes())
    except (OSError, msgspec.MsgspecError):
        return _computed(knowledge)
    return table.effects if table.version == knowledge.version else _computed(knowledge)


def _computed(knowledge: Knowledge) -> tuple[Effect, ...]:
    from anmin.evidence.table import effects  # only a stale table costs the import of the estimators

    return effects(knowledge)


def decode(data: bytes) -> Table:
    """The table out of its bytes; ``msgspec.MsgspecError`` when they are not one."""
    return msgspec.msgpack.decode(data, type=Table)


def encode(knowledge: Knowledge) -> bytes:
    """The bytes of the table: the same facts give the same bytes."""
    from anmin.evidence.doubt import doubts

    found = tuple(
        Doubt(study=verdict.study, outcome=verdict.outcome, kind=verdict.kind, text=verdict.text)
        for verdict in doubts(knowledge)
        if verdict.text is not None
    )
    return msgspec.msgpack.encode(Table(version=knowledge.version, effects=_computed(knowledge), doubts=found))
