"""The shape of the body's tables and of what was measured in baths."""

from __future__ import annotations

from typing import Literal

import msgspec

from anmin.knowledge.model import Source, Struct


class BodyTable(Struct, frozen=True, kw_only=True):
    """Published parameters of a body model by segment; the module that computes with it names this row."""

    id: str
    unit: str
    values: dict[str, tuple[float, ...]]
    sources: tuple[Source, ...]
    note: str = ""


class BathPoint(Struct, frozen=True, kw_only=True):
    """Something measured in or after a bath.

    ``None`` in a measured field: not stated in what was read. What a run needs and nobody stated stands in
    ``assumed``, by the name of the field: our choice, never a measurement. °C, minutes.

    ``quantity``: rise of a core temperature from before to the end (or peak) of the bath, or against a control; an
    absolute core temperature that nobody passed; a mean skin temperature at the end; the rise of a slow core as a share
    of that of the heart's blood; or the gain of the distal-proximal gradient against no bath, between ``after_min``
    minutes after it. ``None``: nothing that a run could be held against, and ``note`` says why.
    """

    id: str
    label: str
    sources: tuple[Source, ...]
    quantity: Literal["rise", "core_at_most", "mean_skin", "slow_share", "gradient_gain"] | None = None
    site: (
        Literal["rectal", "tympanic", "sublingual", "deep", "vaginal", "gut", "skin", "wrist_minus_abdomen"] | None
    ) = None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    sd: float | None = None
    n: int | None = None
    reading: Literal["end", "peak", "against_control"] = "end"
    water_c: float | None = None
    minutes: float | None = None
    level: str | None = None
    room_c: float | None = None
    age: float | None = None
    sex: Literal["female", "male"] | None = None
    before: Literal["room", "asleep"] = "room"
    after_min: tuple[float, float] | None = None
    assumed: dict[str, float | str] = msgspec.field(default_factory=dict)
    fitted: bool = False
    """Whether the free parameters were fitted to it (each is also left out in turn)."""
    note: str = ""

    def given(self, field: str) -> float | str | None:
        """What was stated, else what we assume; ``None`` when neither."""
        stated = getattr(self, field, None)
        return self.assumed.get(field) if stated is None else stated
