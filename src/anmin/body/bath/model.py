"""What goes into the heat model of the body and what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from anmin.body.bath.rows import SEGMENTS
from anmin.errors import InputError

Level = Literal["none", "shoulders", "mid_thorax", "waist", "feet", "shower"]
"""How deep the body sits in the water. ``feet``: feet and the lower half of the legs. ``shower``: water runs over."""

Posture = Literal["standing", "sitting", "lying"]

BySegment = float | Mapping[str, float]
"""One value for the whole body, or by segment name (:data:`~anmin.body.bath.rows.SEGMENTS`); the rest has none."""


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """Who bathes. Made for adults: height 1.2-2.2 m, weight 30-200 kg, age 18-110, fat 3-60 %."""

    height_m: float = 1.72
    weight_kg: float = 74.43
    age: float = 20
    sex: Literal["female", "male"] = "male"
    fat_percent: float = 15
    surface: Literal["dubois", "fujimoto"] = "dubois"
    """Formula of the body surface; Fujimoto is made for Japanese people."""
    basal: Literal["harris", "ganpule"] = "harris"
    """Formula of the basal metabolic rate; Ganpule is made for Japanese people."""


class Phase(msgspec.Struct, frozen=True, kw_only=True):
    """So many minutes in the same surroundings. Temperatures °C, humidity %, air speed m/s, clothing clo."""

    minutes: float
    air_c: BySegment = 25.0
    radiant_c: BySegment | None = None
    """Mean radiant temperature; the air's if ``None``."""
    humidity: float = 50.0
    air_speed: float = 0.1
    clo: BySegment = 0.0
    posture: Posture = "sitting"
    activity: float = 1.2
    """Heat made as a multiple of the basal rate: 1.0 asleep, 1.2 sitting."""
    water_c: float | None = None
    level: Level | Mapping[str, float] = "none"
    """Depth of the water, or the share of each segment that is in it."""
    stir: float = 1.0
    """Water film coefficient as a multiple of sitting still in a tub."""
    evaporation: float = 1.0
    """Share of the evaporation that is possible: 0 is the upper bound of what a salt film could hold back."""
    film_g: BySegment | None = None
    """Water on the skin when the phase begins (g): on all of it, or by segment. ``None`` leaves what is there."""
    bedding_clo: float = 0.0
    """Insulation of a quilt over everything but the head."""
    set_point_c: float = 0.0
    """Shift of the core set-point in this phase: sleep lowers it."""


class Parameters(msgspec.Struct, frozen=True, kw_only=True):
    """The few numbers beside JOS-3; the defaults leave JOS-3 as it is. ``parameters.best`` gives ours."""

    water_h: float
    """Effective film coefficient of tub water, sitting still (W/m²K)."""
    skin_flow_limit: float = 1e6
    """The most blood the whole skin can take (L/h per m² of body surface)."""
    shunt: float = 1.0
    """Flow of the hands' and feet's shunts as a multiple of JOS-3's."""
    dilate: float = 1.0
    """Dilation of the skin per °C as a multiple of JOS-3's."""
    sweat: float = 1.0
    """Sweat per °C as a multiple of JOS-3's."""
    circadian_c: float = 0.0
    """Amplitude of the day's wave of the core set-point (°C); 0 holds it still."""
    circadian_peak_h: float = 18.0
    """Clock hour at which that wave is highest."""


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """What every lane did: °C, (times, segments, lanes) or (times, lanes); ``minutes`` since the beginning."""

    minutes: Any
    cores: tuple[str, ...]
    core: Any
    """By the segments of ``cores``."""
    skin: Any
    """By all seventeen segments."""
    blood: Any
    """The central pool."""
    totals: Mapping[str, Any]
    """If asked for, by name: ``made_w``, ``breath_w``, ``dry_w`` (to air and water), ``wet_w``, and
    ``cardiac_output_l_h``; each (times, lanes)."""

    def core_of(self, segment: str) -> Any:
        """Core of a segment (times, lanes); :class:`~anmin.errors.InputError` if it was not kept."""
        if segment not in self.cores:
            raise InputError("segment", segment, ", ".join(self.cores))
        return self.core[:, self.cores.index(segment)]

    def skin_of(self, *segments: str) -> Any:
        """Mean skin of some segments, each counted alike (times, lanes)."""
        return self.skin[:, [SEGMENTS.index(name) for name in segments]].mean(axis=1)

    def index(self, minute: float) -> int:
        """The kept time nearest to ``minute`` since the beginning."""
        return int(abs(self.minutes - minute).argmin())
