"""The few numbers beside JOS-3: our best ones, and draws of how far they may be off."""

from __future__ import annotations

import numpy as np

from anmin.body.bath.model import Parameters
from anmin.knowledge.load import Knowledge

MODEL = "bath-parameters"

JOS3 = Parameters(water_h=0.0)
"""JOS-3 as published; it knows no water."""

_EDGE = 1.6448536269514722
"""A normal draw lies within this many standard deviations nine times out of ten."""


def best(knowledge: Knowledge) -> Parameters:
    """The values of the data's row ``bath-parameters``."""
    numbers = knowledge.body_models[MODEL].numbers()
    return Parameters(**{name: numbers[name] for name in Parameters.__struct_fields__})


def draws(knowledge: Knowledge, count: int, seed: int = 1) -> tuple[Parameters, ...]:
    """``count`` independent draws for a band of uncertainty; the same seed gives the same draws.

    Each value with a ``low`` and a ``high`` is log-normal on either side of ``value``, 90 % of it between them; the
    others stay. The band that follows holds only what these numbers leave open, not the error of the model's form: of
    the fitted core points the table of ``make validate-body`` says how many it covers.
    """
    rng = np.random.default_rng(seed)
    model = knowledge.body_models[MODEL]
    columns: dict[str, list[float]] = {}
    for name in Parameters.__struct_fields__:
        low, value, high = model.span(name)
        z = rng.standard_normal(count)
        if low < value < high:
            side = np.where(z > 0, np.log(high / value), np.log(value / low))
            columns[name] = (value * np.exp(z * side / _EDGE)).tolist()
        else:
            columns[name] = [value] * count
    return tuple(Parameters(**{name: column[k] for name, column in columns.items()}) for k in range(count))
