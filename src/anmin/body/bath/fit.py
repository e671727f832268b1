"""The two fitted numbers (film coefficient, sweat): a grid between their bounds, and each point left out in turn."""

from __future__ import annotations

import msgspec
import numpy as np
from numpy.typing import NDArray

from anmin.body.bath.model import Parameters
from anmin.body.bath.parameters import MODEL, best
from anmin.body.bath.simulate import Kernel
from anmin.body.bath.studies import Run, read, runnable
from anmin.knowledge.load import Knowledge

Floats = NDArray[np.float64]


class Fit(msgspec.Struct, frozen=True, kw_only=True):
    """Errors (candidates × points, °C, model minus seen) of every candidate at every fitted point."""

    runs: tuple[Run, ...]
    candidates: tuple[Parameters, ...]
    errors: Floats

    @property
    def chosen(self) -> int:
        """The candidate with the least mean absolute error."""
        return int(np.abs(self.errors).mean(axis=1).argmin())

    def error(self, candidate: int) -> float:
        """Mean absolute error (°C) of one candidate."""
        return float(np.abs(self.errors[candidate]).mean())

    def left_out(self) -> Floats:
        """For each point the error of the candidate that is best at all the others."""
        size = np.abs(self.errors)
        others = (size.sum(axis=1)[:, None] - size).argmin(axis=0)
        found: Floats = self.errors[others, np.arange(size.shape[1])]
        return found


def candidates(knowledge: Knowledge) -> tuple[Parameters, ...]:
    """The grid: film coefficient in steps of 5, sweat in steps of 0.05, between the bounds of the data."""
    model, start = knowledge.body_models[MODEL], best(knowledge)
    low, _, high = model.span("water_h")
    films = np.arange(low, high + 1, 5.0)
    low, _, high = model.span("sweat")
    sweats = np.round(np.arange(low, high + 0.01, 0.05), 2)
    return tuple(
        msgspec.structs.replace(start, water_h=float(film), sweat=float(sweat)) for film in films for sweat in sweats
    )


def fit(knowledge: Knowledge, kernel: Kernel = "auto") -> Fit:
    """Every candidate at every point that is marked as fitted."""
    runs = tuple(run for run in runnable(knowledge) if run.point.fitted)
    grid = candidates(knowledge)
    seen = np.array([run.point.value for run in runs])
    found = np.array([read(run, grid, knowledge, kernel) for run in runs]).T
    return Fit(runs=runs, candidates=grid, errors=found - seen)
