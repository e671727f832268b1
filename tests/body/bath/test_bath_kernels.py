"""Two ways of running the same formulas, and what either may not depend on."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from anmin.body.bath import kernel_numba, kernel_numpy
from anmin.body.bath.evenings import evening
from anmin.body.bath.model import Body, Course, Phase
from anmin.body.bath.parameters import draws
from anmin.body.bath.simulate import Kernel, runner, simulate
from anmin.knowledge.load import load

LANES = 21  # not a whole number of blocks


def _course(kernel: Kernel, lanes: Any = slice(None)) -> Course:
    knowledge = load()
    rng = np.random.default_rng(4)
    bodies = [Body(age=int(age), weight_kg=weight) for age, weight in zip(
        rng.integers(20, 90, LANES), rng.uniform(45, 95, LANES), strict=True
    )]  # fmt: skip
    protocols = [
        evening(
            knowledge, before_min=20, water_c=float(rng.uniform(37, 42)), bath_min=int(rng.integers(5, 30)),
            level=("shoulders", "waist", "feet")[k % 3], to_bed_min=30, in_bed_min=20, asleep=k % 2 == 0,
            coating_min=10.0 * (k % 2), season=("summer", "winter")[k % 2],
        )
        for k in range(LANES)
    ]  # fmt: skip
    parameters = draws(knowledge, LANES)
    return simulate(bodies[lanes], protocols[lanes], parameters[lanes], knowledge, kernel=kernel, totals=True)


def test_compiled_and_plain_agree() -> None:
    pytest.importorskip("numba")
    quick, plain = _course("numba"), _course("numpy")
    assert np.abs(quick.core - plain.core).max() < 1e-9
    assert np.abs(quick.skin - plain.skin).max() < 1e-9
    for name, values in plain.totals.items():
        assert np.allclose(quick.totals[name], values, rtol=0, atol=1e-6), name


def test_a_lane_does_not_feel_its_neighbours() -> None:
    whole, some = _course("numpy"), _course("numpy", slice(3, 9))
    times = min(len(whole.minutes), len(some.minutes))
    assert np.abs(whole.core[:times, :, 3:9] - some.core[:times]).max() < 1e-12


def test_without_the_compiler_numpy_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "numba" else found(name))
    assert runner("auto") is kernel_numpy.run
    monkeypatch.undo()
    if found("numba"):
        assert runner("auto") is kernel_numba.run


def test_importing_the_model_does_not_import_the_compiler() -> None:
    code = "import sys, anmin.body.bath.validate, anmin.body.bath.simulate; print('numba' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_one_phase_cut_in_two_is_the_same_phase() -> None:
    knowledge = load()
    room = Phase(minutes=20, air_c=20, clo=0.5)
    half = Phase(minutes=10, air_c=20, clo=0.5)
    whole = simulate([Body()], [[room]], draws(knowledge, 1), knowledge, kernel="numpy")
    cut = simulate([Body()], [[half, half]], draws(knowledge, 1), knowledge, kernel="numpy")
    assert np.array_equal(whole.skin, cut.skin)
