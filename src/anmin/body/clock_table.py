"""The settled melatonin onsets on a grid, shipped as JSON, so that a plan needs no integration.

    python -m anmin.body.clock_table

Days are the same whenever they start, so the onset counted from rising depends only on the hours of darkness, the
evening light and the model. The file carries a fingerprint of the parameters it was made from; when the facts are
newer, it is not used and the models are run instead.
"""

from __future__ import annotations

import hashlib
import sys
from functools import cache
from pathlib import Path

import msgspec

from anmin.body.clock import MODELS, ClockReading, Span, dlmo_after_rise, night_of, reading, reading_of, usual_light
from anmin.knowledge.load import Knowledge

TABLE = Path(__file__).with_name("clock_table.json")

_GRID_H = 0.5


class ClockTable(msgspec.Struct, frozen=True, kw_only=True):
    """``onsets``: model → evening lux → hours from rising to DLMO at each of ``dark_h``."""

    version: str
    dark_h: tuple[float, ...]
    onsets: dict[str, dict[str, tuple[float, ...]]]


def version_of(knowledge: Knowledge) -> str:
    """A fingerprint of every number the table rests on."""
    rows = [knowledge.body_models[name].numbers() for name in (*MODELS, "clock-evening")]
    choices = {name: knowledge.value(name) for name in ("body.day-lux", "body.sleep-shortest", "body.sleep-longest")}
    return hashlib.sha256(msgspec.json.encode([rows, choices])).hexdigest()[:16]


def build(knowledge: Knowledge) -> ClockTable:
    """Run every model on the grid; about a third of a second."""
    first, last = knowledge.value("body.sleep-shortest"), knowledge.value("body.sleep-longest")
    dark = tuple(first + _GRID_H * step for step in range(round((last - first) / _GRID_H) + 1))
    onsets = {
        model: {
            f"{light.evening:g}": tuple(round(dlmo_after_rise(model, hours, light, knowledge), 4) for hours in dark)
            for light in usual_light(knowledge)
        }
        for model in MODELS
    }
    return ClockTable(version=version_of(knowledge), dark_h=dark, onsets=onsets)


def quick_reading(sleep: float, rise: float, knowledge: Knowledge) -> ClockReading:
    """:func:`anmin.body.clock.reading` under home light, from the table: within 0.003 h of the models themselves."""
    table = _shipped()
    if table is None or table.version != version_of(knowledge):
        return reading(sleep, rise, knowledge)
    dark_h, slept = night_of(sleep, rise, knowledge)
    woke = slept + dark_h - 24.0
    by_model = {}
    for model, by_light in table.onsets.items():
        found = [woke + _between(table.dark_h, column, dark_h) for column in by_light.values()]
        by_model[model] = Span(min(found), max(found))
    return reading_of(slept, dark_h, by_model, knowledge)


def _between(grid: tuple[float, ...], values: tuple[float, ...], at: float) -> float:
    """The cubic through the four nearest places (Lagrange)."""
    place = min(max((at - grid[0]) / _GRID_H, 0.0), len(grid) - 1.0)
    first = min(max(int(place) - 1, 0), len(grid) - 4)
    u = place - first
    a, b, c, d = values[first : first + 4]
    return (
        -a * (u - 1) * (u - 2) * (u - 3) / 6 + b * u * (u - 2) * (u - 3) / 2
        - c * u * (u - 1) * (u - 3) / 2 + d * u * (u - 1) * (u - 2) / 6
    )  # fmt: skip


@cache
def _shipped() -> ClockTable | None:
    try:
        return msgspec.json.decode(TABLE.read_bytes(), type=ClockTable)
    except (OSError, msgspec.MsgspecError):
        return None


def main() -> int:
    """Write the table anew, in one step."""
    from anmin.knowledge.load import load

    data = msgspec.json.format(msgspec.json.encode(build(load())), indent=1)
    beside = TABLE.with_suffix(".tmp")
    beside.write_bytes(data + b"\n")
    beside.replace(TABLE)
    print(f"{TABLE.name}: {len(data):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
