"""The shape of what may be put on an evening: the amounts that were studied and what they ask of a person."""

from __future__ import annotations

from typing import Literal

from anmin.knowledge.model import Source, Struct, Text


class Watch(Struct, frozen=True, kw_only=True):
    """What to watch for while taking something, with where it was read."""

    text: Text
    sources: tuple[Source, ...]


class ComponentFact(Struct, frozen=True, kw_only=True):
    """One thing the planner may offer, at each of its amounts.

    ``levels_mg``: amounts a day, smallest first (elemental magnesium, the free substance, or the extract as
    weighed). ``full_from_mg``: the amount, from trials of the very form where there are any, from which an expected
    effect counts in full; less counts in proportion, more adds nothing. ``forms``: magnesium compounds the row speaks
    of; empty means every compound that no other row names. ``tried`` false: no sleep trial used these compounds.
    ``piece_mg``: mass in one capsule, tablet or sachet (magnesium: of the compound, all others: of the substance);
    None means one piece whatever the amount. ``powder``: to be had without capsule or tablet, for a magnesium row only
    in the ``powder_forms``. ``against``: a guideline advises against it, so only a wish puts it on a plan. ``nights``:
    shortest time after which a trial saw something. ``age_from``: nobody younger was studied.
    ``studies``: ids of studies that the amounts come from.
    """

    id: str
    kind: str
    substance: str
    what: Literal["dose", "bath", "habits"] = "dose"
    forms: tuple[str, ...] = ()
    levels_mg: tuple[float, ...] = ()
    full_from_mg: float | None = None
    piece_mg: float | None = None
    steps: int = 1
    powder: bool = False
    powder_forms: tuple[str, ...] = ()
    vegan: bool | None = None
    other_hours: tuple[Literal["dinner", "breakfast"], ...] = ()
    water_c: float | None = None
    minutes: float | None = None
    tried: bool = True
    against: Text | None = None
    watch: tuple[Watch, ...] = ()
    nights: int | None = None
    age_from: int | None = None
    reason: Text | None = None
    studies: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    note: str = ""
