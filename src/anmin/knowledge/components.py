"""The shape of what may be put on an evening: the amounts that were studied and what they ask of a person."""

from __future__ import annotations

from typing import Literal

from anmin.knowledge.model import Source, Struct, Text


class ComponentFact(Struct, frozen=True, kw_only=True):
    """One thing the planner may offer, at each of its amounts.

    ``levels_mg``: amounts a day, smallest first (elemental magnesium, the free substance, or the extract as
    weighed). ``studied_from_mg`` to ``studied_to_mg``: what trials with a sleep outcome gave; below it an expected
    effect shrinks in proportion, above it nothing is added. ``forms``: magnesium compounds the row speaks of; empty
    means every compound that no other row names. ``piece_mg``: mass in one capsule, tablet or sachet (magnesium: of
    the compound, all others: of the substance); None means one piece whatever the amount. ``powder``: to be had
    without capsule or tablet, for a magnesium row only in the ``powder_forms``. ``nights``: shortest time after
    which a trial saw something. ``studies`` are ids of studies the amounts come from; their sources are the sources.
    """

    id: str
    kind: str
    substance: str
    what: Literal["dose", "bath", "habits"] = "dose"
    forms: tuple[str, ...] = ()
    levels_mg: tuple[float, ...] = ()
    studied_from_mg: float | None = None
    studied_to_mg: float | None = None
    piece_mg: float | None = None
    steps: int = 1
    powder: bool = False
    powder_forms: tuple[str, ...] = ()
    vegan: bool | None = None
    other_hours: tuple[Literal["dinner", "breakfast"], ...] = ()
    water_c: float | None = None
    minutes: float | None = None
    comparator: bool = False
    nights: int | None = None
    reason: Text | None = None
    studies: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    note: str = ""
