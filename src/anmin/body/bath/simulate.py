"""Run bodies through phases: the heat model of the bath, from Python."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from anmin.body.bath import kernel_numba, kernel_numpy
from anmin.body.bath import rows as r
from anmin.body.bath.body import workspace
from anmin.body.bath.environment import phase_row
from anmin.body.bath.model import Body
from anmin.body.bath.set_point import neutral_phases
from anmin.knowledge.load import Knowledge

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Kernel = Literal["auto", "numba", "numpy"]

TOTALS = {
    "made_w": r.HEAT_MADE, "breath_w": r.HEAT_BREATH, "dry_w": r.HEAT_DRY, "wet_w": r.HEAT_WET,
    "cardiac_output_l_h": r.OUTPUT,
}  # fmt: skip
"""Whole-body sums of a step that a course can hold."""


def has_numba() -> bool:
    """Whether the compiler is installed."""
    from importlib.util import find_spec

    return find_spec("numba") is not None


def settle(bodies: Sequence[Body], knowledge: Knowledge, kernel: Kernel = "auto") -> Floats:
    """The workspace (rows × bodies) with temperatures and set-points of every body at rest in its neutral room."""
    w = workspace(bodies, knowledge)
    c = knowledge.equations["jos3-set-point"].coefficients
    w[r.PER_SECOND] = 1 / c["step_s"]
    w[r.ARTERY : r.SKIN + r.N] = c["start_c"]
    w[r.BLOOD] = c["start_c"]
    rooms = np.array([phase_row(phase, knowledge) for phase in neutral_phases(bodies, knowledge)])
    plan = np.arange(len(bodies))[:, None]
    steps = int(c["steps"])
    out = np.empty((1, 1, len(bodies)))
    _run(kernel)(w, rooms, plan, np.full_like(plan, steps), steps, steps + 1, np.array([r.BLOOD]), out)
    w[r.SET_CORE : r.SET_CORE + r.N] = w[r.CORE : r.CORE + r.N]
    w[r.SET_SKIN : r.SET_SKIN + r.N] = w[r.SKIN : r.SKIN + r.N]
    w[r.ACTIVE] = 1.0
    return w


def _run(kernel: Kernel):  # type: ignore[no-untyped-def]
    if kernel == "numpy" or (kernel == "auto" and not has_numba()):
        return kernel_numpy.run
    return kernel_numba.run
