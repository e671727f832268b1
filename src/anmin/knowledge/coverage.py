"""How firm the ground is: what every row rests on, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Literal

import msgspec

from anmin.knowledge.combinations import Combination
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Interaction, Source, Struct
from anmin.knowledge.titles import FACT_KINDS

Ground = Literal["A", "B", "C", "own"]
GROUNDS: tuple[Ground, ...] = ("A", "B", "C", "own")
"""A: an official text. B: an abstract, a review or a professional page. C: weak or relayed pages. own: our choice."""

SOURCED = (
    "interactions", "combinations", "conditions", "limits", "red_flags", "bath_rules", "forms", "studies", "prices",
    "intakes", "diets", "foods", "timing", "equations",
)  # fmt: skip
"""Kinds whose every row needs a source."""

OFFICIAL = frozenset({"label", "label_republished", "regulator", "guideline"})
MIDDLE = OFFICIAL | {"full_text", "abstract", "review", "secondary"}

GRAVE = frozenset({"contraindicated", "major"})


class Topic(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of fact: how many rows stand on which ground, and in how many ways their sources were read."""

    kind: str
    rows: int
    grounds: dict[Ground, int]
    read_in: dict[str, int]


class WeakRow(msgspec.Struct, frozen=True, kw_only=True):
    """A grave row that stands on weak pages alone."""

    kind: str
    id: str
    severity: str


def ground_of(fact: Struct) -> Ground:
    """The best ground among a row's sources; a grade that a person gave wins over the count."""
    if isinstance(fact, Interaction | Combination):
        return fact.grade
    return ground_of_sources(getattr(fact, "sources", ()))


def ground_of_sources(sources: Iterable[Source]) -> Ground:
    """The best ground among sources."""
    ways = {source.read_in for source in sources} - {"design", "derived"}
    if ways & OFFICIAL:
        return "A"
    if ways & MIDDLE:
        return "B"
    return "C" if ways else "own"


def coverage(knowledge: Knowledge) -> tuple[Topic, ...]:
    """The count for every kind that rests on sources."""
    topics = []
    for kind in FACT_KINDS:
        table: dict[str, Struct] = getattr(knowledge, kind)
        if kind in SOURCED and table:
            grounds = Counter(ground_of(fact) for fact in table.values())
            ways = Counter(source.read_in for fact in table.values() for source in getattr(fact, "sources", ()))
            topics.append(
                Topic(
                    kind=kind,
                    rows=len(table),
                    grounds={ground: grounds[ground] for ground in GROUNDS},
                    read_in=dict(sorted(ways.items())),
                )
            )
    return tuple(topics)


def weak_rows(knowledge: Knowledge) -> tuple[WeakRow, ...]:
    """Contraindicated and major rows on ground C. The bar is that there are none."""
    return tuple(
        WeakRow(kind=kind, id=fact_id, severity=fact.severity)
        for kind in FACT_KINDS
        for fact_id, fact in getattr(knowledge, kind).items()
        if getattr(fact, "severity", None) in GRAVE and ground_of(fact) == "C"
    )
