"""Each published bath as something the model can run, and what it reads there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from anmin.body.bath.model import Body, Course, Parameters, Phase
from anmin.body.bath.simulate import Kernel, simulate
from anmin.body.bath.sites import mean_skin, rectal, tympanic, wrist_gradient
from anmin.knowledge.body_bath import BathPoint
from anmin.knowledge.load import Knowledge

Floats = NDArray[np.float64]

_HEAD = ("tympanic", "sublingual")


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """A study's body, its bath, the same hours without it, and when (minutes since the start) the bath begins."""

    point: BathPoint
    body: Body
    bath: tuple[Phase, ...]
    control: tuple[Phase, ...]
    start_hour: float
    begins: int
    ends: int


def runnable(knowledge: Knowledge) -> tuple[Run, ...]:
    """Every point of the data that states enough, with our assumptions filled in."""
    return tuple(run_of(point, knowledge) for point in knowledge.bath_points.values() if point.quantity is not None)


def run_of(point: BathPoint, knowledge: Knowledge) -> Run:
    """One study as phases: an hour in the room (or a sleep), the bath, then the room again."""
    c = knowledge.body_models["bath-conditions"].numbers()
    evening = point.after_min is not None
    room_c = number(point, "room_c", c["room_c"])
    room = Phase(minutes=c["before_min"], air_c=room_c, clo=c["clo"])
    hour = c["bath_hour"] if evening else c["hour"]
    if point.before == "asleep":
        room = Phase(
            minutes=c["asleep_min"], air_c=c["asleep_room_c"], clo=c["clo"], bedding_clo=c["asleep_quilt_clo"],
            posture="lying", activity=1.0, set_point_c=c["asleep_set_point_c"],
        )  # fmt: skip
        hour = c["asleep_hour"] + room.minutes / 60
    minutes = number(point, "minutes")
    level: Any = point.given("level")
    rest = point.after_min[1] if point.after_min else c["after_min"]
    tub = Phase(
        minutes=minutes, air_c=room_c, humidity=c["bath_humidity"], water_c=number(point, "water_c"),
        level=level,
    )  # fmt: skip
    after = Phase(minutes=rest, air_c=room_c, clo=c["clo"], film_g=c["film_g"])
    stay = Phase(minutes=minutes + rest, air_c=room_c, clo=c["clo"])
    body = Body(
        height_m=number(point, "height_m"), weight_kg=number(point, "weight_kg"), age=number(point, "age"),
        sex="female" if point.given("sex") == "female" else "male", fat_percent=number(point, "fat_percent"),
    )  # fmt: skip
    return Run(
        point=point, body=body, bath=(room, tub, after), control=(room, stay),
        start_hour=hour - room.minutes / 60, begins=round(room.minutes), ends=round(room.minutes + minutes),
    )  # fmt: skip


def number(point: BathPoint, field: str, otherwise: float | None = None) -> float:
    """A stated, assumed or general number of a point."""
    value = point.given(field)
    if isinstance(value, (int, float)):
        return float(value)
    if otherwise is None:
        raise ValueError(f"{point.id}: {field} is neither stated nor assumed")
    return otherwise


def read(run: Run, parameters: Sequence[Parameters], knowledge: Knowledge, kernel: Kernel = "auto") -> Floats:
    """What the model reads at this point, one number for each set of parameters (°C; a share for ``slow_share``)."""
    count = len(parameters)
    needs_control = run.point.reading == "against_control" or run.point.quantity == "gradient_gain"
    protocols = [run.bath] * count + ([run.control] * count if needs_control else [])
    every = [*parameters, *parameters] if needs_control else list(parameters)
    course = simulate([run.body], protocols, every, knowledge, start_hour=run.start_hour, every=1, kernel=kernel)
    return _value(run, course, count, knowledge)


def _value(run: Run, course: Course, count: int, knowledge: Knowledge) -> Floats:
    point, first, last = run.point, run.begins, run.ends
    if point.quantity == "gradient_gain" and point.after_min is not None:
        gap = wrist_gradient(course, knowledge)
        gain = gap[:, :count] - gap[:, count:]
        low, high = (round(each) for each in point.after_min)
        return np.asarray(gain[last + low : last + high + 1].mean(axis=0))
    if point.quantity == "mean_skin":
        return np.asarray(mean_skin(course, knowledge.body_tables["jos3-surface"].values["area"])[last])
    if point.quantity == "slow_share":
        slow = rectal(course)
        return np.asarray((slow[last] - slow[first]) / (course.blood[last] - course.blood[first]))
    core: Any = tympanic(course) if point.site in _HEAD else rectal(course)
    if point.quantity == "core_at_most":
        return np.asarray(core[first : last + 1].max(axis=0))
    if point.reading == "against_control":
        return np.asarray(core[last, :count] - core[last, count:])
    end = core[first:].max(axis=0) if point.reading == "peak" else core[last]
    return np.asarray(end - core[first])
