"""How far magnesium closes the NMDA receptor, and how little a pill can change that.

    open = 1 / (1 + (Mg / K) exp(-c V)),  Mg in mmol/L outside the cell, V in mV

Jahr & Stevens 1990, doi 10.1523/JNEUROSCI.10-09-03178.1990; numbers in the row ``nmda-block`` of ``body_models.yaml``.
Cultured neurons: it shows how large a change could be at most, not an effect that anybody feels.
"""

from __future__ import annotations

import math

from anmin.errors import InputError
from anmin.knowledge.load import Knowledge


def open_fraction(mg_mmol_l: float, voltage_mv: float, knowledge: Knowledge) -> float:
    """The share of NMDA receptors that magnesium leaves open, 0 to 1; :class:`InputError` for a negative amount.

    >>> from anmin.knowledge.load import load
    >>> [round(open_fraction(1.0, v, load()), 4) for v in (-70, -60, -40, -20)]
    [0.0445, 0.0796, 0.2302, 0.5081]
    """
    if not mg_mmol_l >= 0:
        raise InputError("magnesium", mg_mmol_l, "0 mmol/L or more")
    if not -200 <= voltage_mv <= 200:
        raise InputError("voltage", voltage_mv, "-200 to 200 mV")
    row = knowledge.body_models["nmda-block"]
    return 1.0 / (1.0 + mg_mmol_l / row.number("K") * math.exp(-row.number("c") * voltage_mv))


def change_percent(brain_change_percent: float, knowledge: Knowledge, voltage_mv: float | None = None) -> float:
    """By how many per cent the open share changes when magnesium round the brain changes by so many.

    >>> from anmin.knowledge.load import load
    >>> round(change_percent(1, load()), 2), round(change_percent(-20, load()), 1)
    (-0.91, 22.6)
    """
    row = knowledge.body_models["nmda-block"]
    volts = row.number("resting_mv") if voltage_mv is None else voltage_mv
    normal = row.number("brain_mg")
    before = open_fraction(normal, volts, knowledge)
    return 100.0 * (open_fraction(normal * (1 + brain_change_percent / 100), volts, knowledge) / before - 1.0)


def pill_change_percent(knowledge: Knowledge) -> tuple[float, float]:
    """What weeks of an ordinary pill do: change of brain magnesium at most, and of the open share, in per cent.

    The first is derived, not measured: infusions raise brain fluid by a fifth at most of what they raise plasma.

    >>> from anmin.knowledge.load import load
    >>> [round(x, 1) for x in pill_change_percent(load())]
    [1.0, -0.9]
    """
    most = knowledge.body_models["nmda-block"].number("brain_gain_percent")
    return most, change_percent(most, knowledge)
