"""Plasma curves of what people take for sleep: one compartment, first-order uptake after a lag (Bateman function).

    c(t) = ka/(ka - ke) (exp(-ke (t - lag)) - exp(-ka (t - lag))),  ka, ke = ln 2 / half-life

as a share of the peak. Half-lives and peaks are those of single human studies, rows ``kinetics-*`` of
``body_models.yaml``. Where a half-life was never printed there is no curve; for glycine no human curve exists at all.
What is in plasma is not what is in the brain.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from anmin.errors import UnknownId
from anmin.knowledge.body_models import BodyModel
from anmin.knowledge.load import Knowledge

_ROW = "kinetics-"


class Curve(NamedTuple):
    """One substance: rates per minute, lag, the peak of the model and the peak that was seen."""

    substance: str
    lag_min: float
    absorption_half_life_min: float
    elimination_half_life_min: float
    peak_min: float
    seen_peak_min: float | None
    solved: str
    """The parameter that was not printed and follows from the hour of the peak; empty when all were."""

    def share(self, minute: float) -> float:
        """Concentration at a minute as a share of the peak, 0 to 1."""
        return self._raw(minute) / self._raw(self.peak_min)

    def _raw(self, minute: float) -> float:
        after = minute - self.lag_min
        if after <= 0:
            return 0.0
        ka, ke = math.log(2) / self.absorption_half_life_min, math.log(2) / self.elimination_half_life_min
        return math.exp(-ke * after) - math.exp(-ka * after)

    def below(self, share: float) -> float:
        """Minutes until the curve has fallen to a share of its peak."""
        low, high = self.peak_min, self.peak_min + 60 * self.elimination_half_life_min
        for _ in range(60):
            half = (low + high) / 2
            low, high = (half, high) if self.share(half) > share else (low, half)
        return high


def substances(knowledge: Knowledge) -> tuple[str, ...]:
    """Everything there is a row for, with a curve or without."""
    return tuple(name.removeprefix(_ROW) for name in knowledge.body_models if name.startswith(_ROW))


def curve(substance: str, knowledge: Knowledge) -> Curve | None:
    """The curve of a substance; None where no human data give one. :class:`UnknownId` without a row.

    >>> from anmin.knowledge.load import load
    >>> theanine = curve("l_theanine", load())
    >>> round(theanine.peak_min)  # seen: 50
    51
    >>> curve("glycine", load()) is None
    True
    """
    row = knowledge.body_models.get(_ROW + substance)
    if row is None:
        raise UnknownId("substance", substance, ", ".join(substances(knowledge)))
    lag, up, down, peak = (row.get(name).value for name in _NEEDED)
    if down is None or (up is None and peak is None):
        return None
    if up is None and peak is not None:
        return _curve(substance, lag or 0.0, _uptake(peak - (lag or 0.0), down), down, row, "absorption_half_life_min")
    if up is None:
        return None
    if lag is None:
        if peak is None:
            return None
        return _curve(substance, max(0.0, peak - peak_after(up, down)), up, down, row, "lag_min")
    return _curve(substance, lag, up, down, row, "")


_NEEDED = ("lag_min", "absorption_half_life_min", "elimination_half_life_min", "tmax_min")


def peak_after(absorption_half_life: float, elimination_half_life: float) -> float:
    """Minutes from the start of uptake to the peak.

    >>> round(peak_after(6.0, 53.7))
    21
    """
    ka, ke = math.log(2) / absorption_half_life, math.log(2) / elimination_half_life
    return math.log(ka / ke) / (ka - ke) if abs(ka - ke) > 1e-12 else 1.0 / ka


def _curve(substance: str, lag: float, up: float, down: float, row: BodyModel, solved: str) -> Curve:
    return Curve(substance, lag, up, down, lag + peak_after(up, down), row.get("tmax_min").value, solved)


def _uptake(peak: float, down: float) -> float:
    """The absorption half-life that puts the peak at ``peak`` minutes; faster than elimination."""
    low, high = 1e-3, down
    for _ in range(80):
        half = math.sqrt(low * high)
        low, high = (half, high) if peak_after(half, down) < peak else (low, half)
    return high
