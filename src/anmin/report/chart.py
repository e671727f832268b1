"""What a figure is made of: axes, marks, words and the figures behind it; how it is drawn is somebody else's.

A ``Chart`` is two axes and a tuple of marks in the units of the axes, drawn in the order given. Its title states what
the figure shows, ``says`` describes it for somebody who cannot see it, and ``table`` holds the figures behind it; all
three travel inside the SVG, so a figure that is passed on keeps them. ``report.svg`` draws a chart, ``report.html``
puts it on a page together with its table, ``report.plot`` draws it in a terminal.

>>> chart = Chart(title="Latency falls", says="One line.", x=Axis(label="night", low=0, high=10),
...               y=Axis(label="min", low=0, high=60), marks=(Line(x=(0, 10), y=(40, 20), label="bath"),))
>>> [tick.label for tick in ticks(chart.x)]
['0', '2', '4', '6', '8', '10']
"""

from __future__ import annotations

import math
from typing import Literal, TypeAlias

from anmin.knowledge.model import Lang, Struct
from anmin.knowledge.texts import show_number

Tone = Literal["main", "second", "third", "fourth", "good", "bad", "plain", "faint"]
"""What a colour means; the four first tell series apart, also by their dashes or shapes."""


class Tick(Struct, frozen=True, kw_only=True):
    """A place on an axis and what is written there."""

    at: float
    label: str


class Axis(Struct, frozen=True, kw_only=True):
    """One axis. ``log`` scales need ``low > 0``. Given ``rows``, places are row numbers 0, 1 … from the top, each with
    its label before the plot and, where given, ``figures`` behind it (a forest plot)."""

    label: str
    low: float = 0.0
    high: float = 1.0
    log: bool = False
    ticks: tuple[Tick, ...] = ()
    """Empty: round numbers are chosen."""
    rows: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()


class Line(Struct, frozen=True, kw_only=True):
    """A line through points; ``nan`` breaks it."""

    x: tuple[float, ...]
    y: tuple[float, ...]
    label: str = ""
    tone: Tone = "main"
    dashed: bool | None = None
    """``None``: as its tone has it."""
    width: float = 2.0


class Band(Struct, frozen=True, kw_only=True):
    """The room between two lines: an interval, a target."""

    x: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    label: str = ""
    tone: Tone = "main"


class Points(Struct, frozen=True, kw_only=True):
    """Points, with bars of uncertainty where the ends are given (empty or one for each point)."""

    x: tuple[float, ...]
    y: tuple[float, ...]
    x_low: tuple[float, ...] = ()
    x_high: tuple[float, ...] = ()
    y_low: tuple[float, ...] = ()
    y_high: tuple[float, ...] = ()
    sizes: tuple[float, ...] = ()
    """Half the width of each mark in pixels; 4 where not given."""
    label: str = ""
    tone: Tone = "main"
    shape: Literal["circle", "ring", "square", "diamond"] = "circle"


class Bars(Struct, frozen=True, kw_only=True):
    """Upright bars from zero (or the foot of the axis) between ``edges``, one more of these than ``heights``."""

    edges: tuple[float, ...]
    heights: tuple[float, ...]
    label: str = ""
    tones: tuple[Tone, ...] = ()
    """One for each bar, or empty."""
    tone: Tone = "main"


class Rule(Struct, frozen=True, kw_only=True):
    """A straight line across the plot: nothing, a limit, a difference that matters."""

    at: float
    axis: Literal["x", "y"] = "x"
    label: str = ""
    tone: Tone = "plain"
    dashed: bool = False


class Region(Struct, frozen=True, kw_only=True):
    """A stretch of the x axis laid under everything: a phase, a night, a region of the verdict."""

    low: float
    high: float
    label: str = ""
    tone: Tone = "faint"


class Note(Struct, frozen=True, kw_only=True):
    """A few words at a place."""

    x: float
    y: float
    text: str
    anchor: Literal["start", "middle", "end"] = "start"
    tone: Tone = "plain"


Mark: TypeAlias = "Line | Band | Points | Bars | Rule | Region | Note"


class Table(Struct, frozen=True, kw_only=True):
    """The figures behind a chart, as they are shown."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Chart(Struct, frozen=True, kw_only=True):
    """One figure. ``width`` and ``height`` are pixels; the height of a forest follows from its rows."""

    title: str
    says: str
    x: Axis
    y: Axis
    marks: tuple[Mark, ...]
    table: Table | None = None
    lang: Lang = "en"
    width: int = 760
    height: int = 400


def ticks(axis: Axis, most: int = 7) -> tuple[Tick, ...]:
    """The ticks given, or round numbers inside the axis (1, 2, 5 times a power of ten).

    >>> [tick.label for tick in ticks(Axis(label="min", low=0, high=60))]
    ['0', '10', '20', '30', '40', '50', '60']
    """
    if axis.ticks:
        return axis.ticks
    if axis.log:
        return tuple(Tick(at=at, label=show_number(at)) for at in _log_places(axis, most))
    span = axis.high - axis.low
    if not span > 0 or not math.isfinite(span):
        return (Tick(at=axis.low, label=show_number(axis.low)),)
    power = 10.0 ** math.floor(math.log10(span / most))
    step = next(power * times for times in (1, 2, 5, 10, 20) if span / (power * times) <= most)
    first = math.ceil(axis.low / step - 1e-9)
    last = math.floor(axis.high / step + 1e-9)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    return tuple(Tick(at=i * step, label=f"{i * step:.{decimals}f}") for i in range(first, last + 1))


def _log_places(axis: Axis, most: int) -> list[float]:
    low, high = math.floor(math.log10(axis.low)), math.ceil(math.log10(axis.high))
    for leads in ((1, 1.2, 1.5, 2, 3, 4, 5, 7), (1, 1.5, 2, 3, 5, 7), (1, 2, 5), (1, 3), (1,)):
        places = [lead * 10.0**power for power in range(low, high + 1) for lead in leads]
        inside = [at for at in places if axis.low * (1 - 1e-9) <= at <= axis.high * (1 + 1e-9)]
        if len(inside) <= most:
            return inside
    return [10.0**power for power in range(low, high + 1, max(1, (high - low) // most))]


def share(axis: Axis, value: float) -> float:
    """How far along the axis a value lies: 0 at ``low``, 1 at ``high``; below every axis where a log has no place."""
    if axis.log and not value > 0:
        return -math.inf
    if axis.log:
        return (math.log(value) - math.log(axis.low)) / (math.log(axis.high) - math.log(axis.low))
    return (value - axis.low) / (axis.high - axis.low)
