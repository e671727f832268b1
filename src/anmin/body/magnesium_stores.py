"""What weeks of extra magnesium do to serum, urine and stores: three linear pools, solved exactly.

    fast c1' = R - CL c1 - k2 tissue (c1 - c2) - k3 bone (c1 - c3),  c2' = k2 (c1 - c2),  c3' = k3 (c1 - c3)

c in mmol/L above before, R mmol a day taken up, pools as litres at 0.85 mmol/L. The exchange rates are tuned to a
plateau at about 20 weeks and the clearance to 0.04 mmol/L (Zhang 2016, PMID 26865651), so those two are no test of it.
Numbers in the row ``magnesium-stores`` of ``body_models.yaml``. A symmetric 3x3 eigenproblem gives the
matrix exponential.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from anmin.errors import InputError
from anmin.knowledge.load import Knowledge

DAYS = 7.0


class Course(NamedTuple):
    """Weeks, and for each the rise in serum (mmol/L), urine (mmol/d) and whole store (mmol)."""

    weeks: tuple[float, ...]
    serum: tuple[float, ...]
    urine: tuple[float, ...]
    stored: tuple[float, ...]


class Stores:
    """The pools at one kidney function.

    >>> from anmin.knowledge.load import load
    >>> course = Stores(load()).course(1.52, (1, 4, 12, 20, 40))
    >>> [round(rise, 3) for rise in course.serum]
    [0.022, 0.028, 0.035, 0.038, 0.04]
    """

    def __init__(self, knowledge: Knowledge, *, gfr_fraction: float = 1.0, clearance_l_per_day: float | None = None):
        import numpy as np  # 60 ms that only this model needs

        if not 0 < gfr_fraction <= 1:
            raise InputError("kidney function", gfr_fraction, "more than 0, at most 1 (the share of a healthy one)")
        row = knowledge.body_models["magnesium-stores"]
        clearance = clearance_l_per_day or row.number("clearance_l_per_day")
        self.clearance = clearance * gfr_fraction
        litres = np.array([row.number(name) for name in ("fast_l", "tissue_l", "bone_l")])
        flows = np.array([row.number("tissue_per_day"), row.number("bone_per_day")]) * litres[1:]
        rates = np.diag([-self.clearance - flows.sum(), *(-flows)])
        rates[0, 1:] = rates[1:, 0] = flows
        root = np.sqrt(litres)
        values, vectors = np.linalg.eigh(rates / np.outer(root, root))  # symmetric in amount / sqrt(litres)
        self.rates = tuple(float(value) for value in values)
        self._litres, self._vectors, self._root = litres, vectors, root

    def half_lives_days(self) -> tuple[float, ...]:
        """The three half-lives, shortest first."""
        from math import log

        return tuple(sorted(-log(2) / rate for rate in self.rates))

    def plateau(self, mmol_per_day: float) -> float:
        """The rise in serum after years: everything taken up leaves by the kidney."""
        return mmol_per_day / self.clearance

    def course(self, mmol_per_day: float, weeks: Sequence[float]) -> Course:
        """Serum, urine and stores after so many weeks of ``mmol_per_day`` taken up."""
        import numpy as np

        if not mmol_per_day >= 0:
            raise InputError("uptake", mmol_per_day, "0 mmol a day or more")
        if any(not week >= 0 for week in weeks):
            raise InputError("weeks", tuple(weeks), "0 or more")
        days = np.asarray(weeks, dtype=float)[:, None] * DAYS
        rates = np.array(self.rates)
        given = self._vectors[0] * mmol_per_day / self._root[0]
        modes = given * np.expm1(rates * days) / rates
        above = (modes @ self._vectors.T) / self._root
        stored = above @ self._litres
        serum = above[:, 0]
        return Course(
            tuple(float(week) for week in weeks),
            tuple(map(float, serum)),
            tuple(map(float, serum * self.clearance)),
            tuple(map(float, stored)),
        )
