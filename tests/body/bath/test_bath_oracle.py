"""Without water the model is JOS-3: the package jos3 0.5.0 (MIT) is the oracle."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from anmin.body.bath.model import Body, Phase
from anmin.body.bath.parameters import JOS3
from anmin.body.bath.rows import SEGMENTS
from anmin.body.bath.simulate import Kernel, simulate
from anmin.knowledge.load import load

PEOPLE, STEPS = 52, 30


def _people_and_rooms() -> tuple[list[Body], list[Phase]]:
    rng = np.random.default_rng(20)
    bodies, rooms = [], []
    for _ in range(PEOPLE):
        bodies.append(
            Body(
                height_m=rng.uniform(1.4, 2.0),
                weight_kg=rng.uniform(40, 130),
                age=int(rng.integers(18, 95)),
                sex="male" if rng.random() < 0.5 else "female",
                fat_percent=rng.uniform(6, 40),
                basal="harris" if rng.random() < 0.7 else "ganpule",
                surface="dubois" if rng.random() < 0.7 else "fujimoto",
            )
        )
        postures: tuple[Any, ...] = ("standing", "sitting", "lying")
        rooms.append(
            Phase(
                minutes=STEPS,
                air_c=rng.uniform(5, 36),
                radiant_c=rng.uniform(5, 36),
                humidity=rng.uniform(10, 80),
                air_speed=float(rng.choice([0.05, 0.1, 0.15, 0.3, 1.0])),
                clo={name: rng.uniform(0, 1.8) for name in SEGMENTS},
                posture=postures[int(rng.integers(3))],
                activity=rng.uniform(1, 3),
            )
        )
    return bodies, rooms


@pytest.fixture(scope="module")
def oracle() -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Core and skin (people × segments) and central blood after the last step, by jos3."""
    jos3 = pytest.importorskip("jos3")
    core, skin, blood = [], [], []
    for body, room in zip(*_people_and_rooms(), strict=True):
        model = jos3.JOS3(
            height=body.height_m, weight=body.weight_kg, fat=body.fat_percent, age=body.age, sex=body.sex,
            bmr_equation="harris-benedict" if body.basal == "harris" else "japanese", bsa_equation=body.surface,
        )  # fmt: skip
        model.Ta, model.Tr, model.RH, model.Va = room.air_c, room.radiant_c, room.humidity, room.air_speed
        assert isinstance(room.clo, dict)
        model.Icl, model.posture, model.PAR = np.array(list(room.clo.values())), room.posture, room.activity
        model.simulate(STEPS, output=False)
        core.append(model.Tcr)
        skin.append(model.Tsk)
        blood.append(model.Tcb)
    return np.array(core), np.array(skin), np.array(blood)


@pytest.mark.parametrize("kernel", ["numpy", "numba"])
def test_without_water_it_equals_jos3(kernel: Kernel, oracle: tuple[Any, Any, Any]) -> None:
    if kernel == "numba":
        pytest.importorskip("numba")
    bodies, rooms = _people_and_rooms()
    course = simulate(
        bodies, [(room,) for room in rooms], [JOS3], load(), every=STEPS, cores=SEGMENTS, kernel=kernel
    )  # fmt: skip
    core, skin, blood = oracle
    assert np.abs(course.core[-1].T - core).max() < 1e-6
    assert np.abs(course.skin[-1].T - skin).max() < 1e-6
    assert np.abs(course.blood[-1] - blood).max() < 1e-6
