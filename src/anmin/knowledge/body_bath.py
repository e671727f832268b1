"""The shape of the body's tables and of what was measured in baths."""

from __future__ import annotations

from typing import Literal

import msgspec

from anmin.knowledge.model import Source, Struct, Text


class BodyTable(Struct, frozen=True, kw_only=True):
    """Published parameters of a body model by segment; the module that computes with it names this row."""

    id: str
    unit: str
    values: dict[str, tuple[float, ...]]
    sources: tuple[Source, ...]
    note: str = ""


class BathPoint(Struct, frozen=True, kw_only=True):
    """Something measured in or after a bath, with what the record does not state filled in under ``assumed``.

    ``quantity``: a rise of core temperature at the end of the bath, against before or against no bath; a rise that
    nobody reached; or a gain of the distal-proximal gradient. ``None`` in a measured field: not stated in what was
    read. Temperatures °C, hours since the bath in minutes; ``level`` names the depth of the water.
    """

    id: str
    label: str
    quantity: Literal["rise", "rise_at_most", "gradient_gain"]
    site: Literal["rectal", "tympanic", "sublingual", "deep", "vaginal", "core", "wrist_minus_abdomen"]
    sources: tuple[Source, ...]
    value: float | None = None
    low: float | None = None
    high: float | None = None
    sd: float | None = None
    n: int | None = None
    against_control: bool = False
    water_c: float | None = None
    minutes: float | None = None
    level: str | None = None
    room_c: float | None = None
    after_min: tuple[float, float] | None = None
    """For a gain after the bath: from so many minutes to so many after its end."""
    age: float | None = None
    sex: Literal["female", "male", "both"] | None = None
    assumed: dict[str, float | str] = msgspec.field(default_factory=dict)
    """Field → the value a run needs and the record does not state. Our choice, never a measurement."""
    fitted: bool = False
    """Whether the free parameters were fitted to it (each is also left out in turn)."""
    why: Text | None = None
    note: str = ""
