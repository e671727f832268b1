"""Rooms, clothes, water and bedding → a row of the phase table (JOS-3's exchange, plus water)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from anmin.body.bath import rows as r
from anmin.body.bath.model import BySegment, Phase
from anmin.errors import InputError
from anmin.knowledge.load import Knowledge

Floats = NDArray[np.float64]

_RANGES = {
    "minutes": (0.0, 1440.0), "humidity": (0.0, 100.0), "air_speed": (0.0, 5.0), "activity": (0.8, 8.0),
    "stir": (0.0, 20.0), "evaporation": (0.0, 1.0), "bedding_clo": (0.0, 10.0), "set_point_c": (-1.5, 1.5),
}  # fmt: skip
"""What the model can be asked; far beyond what it was made for, only short of nonsense."""

_AIR, _WATER, _CLO, _FILM = (-10.0, 60.0), (5.0, 46.0), (0.0, 10.0), (0.0, 2000.0)


def by_segment(value: BySegment, field: str, allowed: tuple[float, float], rest: float = 0.0) -> Floats:
    """Seventeen values; :class:`InputError` for a segment there is not or a value out of range."""
    if isinstance(value, Mapping):
        made = np.full(r.N, rest)
        for name, each in value.items():
            if name not in r.SEGMENTS:
                raise InputError(field, name, ", ".join(r.SEGMENTS))
            made[r.SEGMENTS.index(name)] = each
    else:
        made = np.full(r.N, float(value))
    if not bool(np.all((made >= allowed[0]) & (made <= allowed[1]))):
        raise InputError(field, value, f"{allowed[0]:g} to {allowed[1]:g}")
    return made


def phase_row(phase: Phase, knowledge: Knowledge) -> Floats:
    """The row of the phase table (``rows.PHASE_ROWS`` numbers); :class:`InputError` names what cannot be."""
    for field, (low, high) in _RANGES.items():
        if not low <= getattr(phase, field) <= high:
            raise InputError(field, getattr(phase, field), f"{low:g} to {high:g}")
    tables, c = knowledge.body_tables, knowledge.equations["jos3-exchange"].coefficients
    area = np.array(tables["jos3-surface"].values["area"])
    air = by_segment(phase.air_c, "air_c", _AIR, 25.0)
    radiant = air if phase.radiant_c is None else by_segment(phase.radiant_c, "radiant_c", _AIR, 25.0)
    clo = by_segment(phase.clo, "clo", _CLO)
    clo[1:] += phase.bedding_clo
    scale, power = _convection(phase, knowledge)
    radiation = np.array(tables["jos3-radiation"].values[phase.posture])
    radiation = radiation * c["mean_radiation"] / np.average(radiation, weights=area)
    vapour = np.exp(c["antoine_a"] - c["antoine_b"] / (air + c["antoine_c"])) * phase.humidity / 100
    clo_area = np.where(
        clo < c["clo_area_edge"], 1 + c["clo_area_low"] * clo, c["clo_area_high_base"] + c["clo_area_high"] * clo
    )
    dry = c["clo"] * clo
    wet = dry / (c["lewis"] * c["clo_vapour"])
    share, water = _water(phase, knowledge)
    mean = max(c["mean_convection_floor"], c["mean_convection"] * phase.air_speed ** c["mean_convection_power"])
    whole = [phase.activity - 1, mean, float(phase.posture == "lying"), phase.set_point_c]
    full = np.full(r.N, 1.0)
    parts = [scale, power, radiation, air, radiant, vapour, clo_area, dry, wet, share]
    return np.concatenate(
        [*parts, full * phase.stir, full * water, full * phase.evaporation, _film(phase, area), whole]
    )


def _convection(phase: Phase, knowledge: Knowledge) -> tuple[Floats, Floats]:
    """Factor and power of the air-skin difference; still air lying depends on it, everything else does not."""
    values, c = knowledge.body_tables["jos3-convection"].values, knowledge.equations["jos3-exchange"].coefficients
    if phase.air_speed >= c["forced_from"]:
        return np.array(values["forced_a"]) * phase.air_speed ** np.array(values["forced_b"]), np.zeros(r.N)
    if phase.posture == "lying":
        return np.array(values["lying_a"]), np.array(values["lying_b"])
    return np.array(values[phase.posture]), np.zeros(r.N)


def _water(phase: Phase, knowledge: Knowledge) -> tuple[Floats, float]:
    """The share of each segment in the water, and the water's temperature."""
    if isinstance(phase.level, str):
        share = np.array(knowledge.body_tables["bath-levels"].values[phase.level])
    else:
        share = by_segment(phase.level, "level", (0.0, 1.0))
    if phase.water_c is None:
        if share.any():
            raise InputError("water_c", None, "a temperature, when a part of the body is in water")
        return share, 0.0
    return share, float(by_segment(phase.water_c, "water_c", _WATER)[0])


def _film(phase: Phase, area: Floats) -> Floats:
    """Grams of water on each segment; below zero: leave what is there."""
    if phase.film_g is None:
        return np.full(r.N, -1.0)
    film = by_segment(phase.film_g, "film_g", _FILM)
    return film if isinstance(phase.film_g, Mapping) else film * area / area.sum()
