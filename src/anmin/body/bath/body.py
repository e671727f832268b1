"""A person's size, sex and age → the constants of the heat model (JOS-3, doi 10.1016/j.enbuild.2020.110575)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from anmin.body.bath import rows as r
from anmin.body.bath.model import Body
from anmin.errors import InputError
from anmin.knowledge.load import Knowledge

Floats = NDArray[np.float64]

_SECONDS = 3600.0
_FLOWS = ((r.FLOW_CORE, "core"), (r.FLOW_MUSCLE, "muscle"), (r.FLOW_FAT, "fat"), (r.FLOW_SKIN, "skin"))
_HEATS = ((r.HEAT_CORE, "core"), (r.HEAT_MUSCLE, "muscle"), (r.HEAT_FAT, "fat"), (r.HEAT_SKIN, "skin"))
_BLOODS = ((r.CAP_ARTERY, "artery"), (r.CAP_VEIN, "vein"), (r.CAP_SUPERFICIAL, "superficial_vein"))
_TISSUES = ((r.CAP_CORE, "core"), (r.CAP_MUSCLE, "muscle"), (r.CAP_FAT, "fat"), (r.CAP_SKIN, "skin"))
_BY_FAT = ("core_skin_fat_10", "core_skin_fat_15", "core_skin_fat_20", "core_skin_fat_25", "core_skin_fat_30")
_CONDUCTANCES = (
    (r.CORE_MUSCLE, "core_muscle"), (r.MUSCLE_FAT, "muscle_fat"), (r.FAT_SKIN, "fat_skin"),
    (r.VESSEL_CORE, "vessel_core"), (r.VEIN_SKIN, "superficial_vein_skin"), (r.ARTERY_VEIN, "artery_vein"),
)  # fmt: skip


_RANGES = {"height_m": (1.2, 2.2), "weight_kg": (30.0, 200.0), "age": (18.0, 110.0), "fat_percent": (3.0, 60.0)}
"""Grown people: the model's formulas were made for nobody else."""


def workspace(bodies: Sequence[Body], knowledge: Knowledge) -> Floats:
    """The workspace (rows × bodies) with everything that only the body decides; temperatures at the start value."""
    for body in bodies:
        _check(body)
    table, c = knowledge.body_tables, knowledge.equations["jos3-body"].coefficients
    w = np.zeros((r.ROWS, len(bodies)))
    surface = np.array([surface_m2(body, knowledge) for body in bodies]) / c["standard_surface"]
    weight = np.array([body.weight_kg for body in bodies]) / c["standard_weight"]
    index = np.array([c["cardiac_index"] * _by_decade(b.age, c, "flow", (50, 60, 70)) for b in bodies])
    flow = index * 60 * surface * c["standard_surface"] / c["standard_flow"]
    basal = np.array([basal_w(body, knowledge) for body in bodies])
    area, heat = table["jos3-surface"].values["area"], table["jos3-basal-heat"].values
    _put(w, r.AREA, area, surface)
    _put(w, r.SHARE, np.array(area) / sum(area), 1.0)
    for row, name in _FLOWS:
        _put(w, row, table["jos3-basal-flow"].values[name], flow)
    for row, name in _HEATS:
        _put(w, row, heat[name], basal)
    _capacities(w, table["jos3-capacity"].values, flow, weight)
    _conductances(w, bodies, knowledge, surface, weight)
    _control(w, bodies, knowledge, surface, basal * sum(sum(values) for values in heat.values()))
    shunts = knowledge.equations["jos3-signals"].coefficients
    w[r.AVA_HAND] = shunts["shunt_hand_flow"] * flow
    w[r.AVA_FOOT] = shunts["shunt_foot_flow"] * flow
    _constants(w, knowledge)
    return w


def _check(body: Body) -> None:
    for field, (low, high) in _RANGES.items():
        if not low <= getattr(body, field) <= high:
            raise InputError(field, getattr(body, field), f"{low:g} to {high:g}")


def surface_m2(body: Body, knowledge: Knowledge) -> float:
    """Body surface (m²)."""
    c = knowledge.equations["jos3-body"].coefficients
    name = body.surface
    return float(c[f"{name}_factor"] * body.height_m ** c[f"{name}_height"] * body.weight_kg ** c[f"{name}_weight"])


def basal_w(body: Body, knowledge: Knowledge) -> float:
    """Basal metabolic rate (W)."""
    c = knowledge.equations["jos3-basal-rate"].coefficients
    if body.basal == "harris":
        name = f"harris_{body.sex}"
        kcal = c[name] + c[f"{name}_weight"] * body.weight_kg + c[f"{name}_height"] * body.height_m
        kcal += c[f"{name}_age"] * body.age
    else:
        mj = c["ganpule_weight"] * body.weight_kg + c["ganpule_height"] * body.height_m
        mj += c["ganpule_age"] * body.age + c[f"ganpule_{body.sex}"]
        kcal = mj * c["kcal_per_mj_num"] / c["kcal_per_mj_den"]
    return kcal * c["watt"]


def _put(w: Floats, row: int, values: Sequence[float] | Floats, scale: Floats | float) -> None:
    w[row : row + r.N] = np.asarray(values)[:, None] * scale


def _by_decade(age: float, coefficients: dict[str, float], name: str, edges: tuple[int, ...]) -> float:
    share = 1.0
    for edge in edges:
        if age >= edge:
            share = coefficients[f"{name}_from_{edge}"]
    return share


def _capacities(w: Floats, cap: dict[str, tuple[float, ...]], flow: Floats, weight: Floats) -> None:
    for row, name in _BLOODS:
        _put(w, row, cap[name], flow * _SECONDS)
    for row, name in _TISSUES:
        _put(w, row, cap[name], weight * _SECONDS)
    w[r.CAP_BLOOD] = cap["central_blood"][0] * flow * _SECONDS
    w[r.CAP_SUPERFICIAL : r.CAP_SUPERFICIAL + 5] = 1.0  # there is none; any number keeps its own line solvable
    _put(w, r.HAS_MUSCLE, [float(each > 0) for each in cap["muscle"]], 1.0)


def _conductances(w: Floats, bodies: Sequence[Body], knowledge: Knowledge, surface: Floats, weight: Floats) -> None:
    values, c = knowledge.body_tables["jos3-conductance"].values, knowledge.equations["jos3-body"].coefficients
    edges = [c[f"fat_edge_{k}"] for k in (1, 2, 3, 4)]
    classes = [values[name] for name in _BY_FAT]
    chosen = [classes[sum(body.fat_percent >= edge for edge in edges)] for body in bodies]
    scale = np.where(np.arange(r.N)[:, None] < 2, weight / surface, surface**2 / weight)  # spheres, cylinders
    w[r.CORE_SKIN : r.CORE_SKIN + r.N] = np.array(chosen).T * scale
    for row, name in _CONDUCTANCES:
        w[row : row + r.N] = np.array(values[name])[:, None] * scale


def _control(w: Floats, bodies: Sequence[Body], knowledge: Knowledge, surface: Floats, basal: Floats) -> None:
    control, c = knowledge.body_tables["jos3-control"].values, knowledge.equations["jos3-body"].coefficients
    aged = np.array([body.age >= c["aged_from"] for body in bodies])
    _put(w, r.RECEPTOR, control["receptor"], 1.0)
    _put(w, r.CORE_WEIGHT, np.array(control["core_weight"]) / sum(control["core_weight"]), 1.0)
    _put(w, r.CONSTRICTION, control["constriction"], 1.0)
    for row, name, scale in ((r.DILATION, "dilation", 1.0), (r.SWEAT, "sweat", surface)):
        less = np.array(control[f"{name}_aged"])[:, None]
        w[row : row + r.N] = np.array(control[name])[:, None] * np.where(aged, less, 1.0) * scale
    shiver = [_by_decade(body.age, c, "shiver", (30, 40, 50, 60, 70, 80)) for body in bodies]
    _put(w, r.SHIVER, control["shivering"], surface * np.array(shiver))
    _put(w, r.NONSHIVER, control["nonshivering"], surface)
    _put(w, r.WORK, control["work"], basal)
    w[r.NONSHIVER_LIMIT] = [_brown_fat(body, knowledge) for body in bodies]


def _brown_fat(body: Body, knowledge: Knowledge) -> float:
    """The most heat that brown fat makes (W per standard body)."""
    c = knowledge.equations["jos3-nonshivering"].coefficients
    brown = 10 ** (c["bmi"] * body.weight_kg / body.height_m**2 + c["base"])
    brown *= c["below_30"] if body.age < 30 else c["below_40"] if body.age < 40 else c["from_40"]
    band = next((f"below_{edge}" for edge in (30, 40, 50) if body.age < edge), "from_50")
    return c["limit_slope"] * brown * c[f"negative_{band}"] + c["limit_base"] + c["limit_more"]


def _constants(w: Floats, knowledge: Knowledge) -> None:
    s, x = (knowledge.equations[name].coefficients for name in ("jos3-signals", "jos3-exchange"))
    hand = s["shunt_skin"] * s["shunt_hand_skin"] + s["shunt_core"] * s["shunt_hand_core"] + s["shunt_base"]
    foot = s["shunt_skin"] * s["shunt_foot_skin"] + s["shunt_core"] * s["shunt_foot_core"] + s["shunt_base"]
    for row, value in (
        (r.BLOOD_HEAT, s["blood_heat"]), (r.WORK_FLOW, s["work_flow"]), (r.DILATE_CORE, s["dilate_core"]),
        (r.DILATE_SKIN, s["dilate_skin"]), (r.CONSTRICT, s["constrict"]), (r.SWEAT_CORE, s["sweat_core"]),
        (r.SWEAT_SKIN, s["sweat_skin"]), (r.SHIVER_GAIN, s["shiver"]), (r.NONSHIVER_GAIN, s["nonshiver"]),
        (r.AVA_SKIN, s["shunt_skin"]), (r.AVA_CORE, s["shunt_core"]), (r.AVA_HAND_0, hand), (r.AVA_FOOT_0, foot),
        (r.WET_BASE, s["wet_base"]), (r.VAPOUR_A, x["antoine_a"]), (r.VAPOUR_B, x["antoine_b"]),
        (r.VAPOUR_C, x["antoine_c"]), (r.BREATH_DRY, x["breath_dry"]), (r.BREATH_DRY_T, x["breath_dry_t"]),
        (r.BREATH_WET, x["breath_wet"]), (r.BREATH_WET_P, x["breath_wet_p"]), (r.LEWIS, x["lewis"]),
        (r.LATENT, x["latent"]), (r.TURN_COS, 1.0), (r.HOUR_COS, 1.0), (r.HOUR_START, 1.0), (r.FLOW_LIMIT, 1e9),
    ):  # fmt: skip
        w[row] = value
