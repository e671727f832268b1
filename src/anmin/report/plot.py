"""A chart in a terminal: lines and points in braille dots (Unicode block 2800), rules, and a legend."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import pairwise

from anmin.report.chart import Axis, Band, Bars, Chart, Line, Points, Rule, share, ticks
from anmin.report.wrap import cells, wrap

_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
_SIGNS = "●■▲◆○□△◇"
"""What stands for a series in the legend and at its end: shapes, since a terminal may have no colour."""


def plot(chart: Chart, width: int = 72, height: int = 14) -> list[str]:
    """The chart in at most ``width`` cells: title, ``height`` lines of plot, axis, legend.

    A chart of rows (a forest) is drawn a line for each row instead.
    """
    if chart.y.rows:
        return [*wrap(chart.title, width), *_rows(chart, width)]
    labels = {round((1 - share(chart.y, tick.at)) * (height - 1)): tick.label for tick in ticks(chart.y, 5)}
    left = max(map(cells, labels.values()), default=0)
    sheet = _Sheet(chart, width - left - 2, height)
    sheet.draw()
    lines = [*wrap(chart.title, width), *wrap(chart.y.label, width)]
    for row, line in enumerate(sheet.lines()):
        label = labels.get(row, "")
        lines.append(f"{' ' * (left - cells(label))}{label} ┤{line}".rstrip())
    lines.append(f"{' ' * left} └{'─' * sheet.width}")
    lines.append(f"{' ' * (left + 2)}{_below(chart.x, sheet.width)}")
    lines += wrap(chart.x.label, width)
    for sign, label in sheet.legend:
        lines += [f"  {sign} {text}" if not row else f"    {text}" for row, text in enumerate(wrap(label, width - 4))]
    return lines


_FAR = 2
"""Cells between lines that are enough to tell them apart."""


class _Sheet:
    def __init__(self, chart: Chart, width: int, height: int) -> None:
        self.chart, self.width, self.height = chart, width, height
        self.dots = [[0] * width for _ in range(height)]
        self.signs: dict[tuple[int, int], str] = {}
        self.legend: list[tuple[str, str]] = []

    def draw(self) -> None:
        """Everything that has a place in a terminal; regions and notes do not."""
        for mark in self.chart.marks:
            if isinstance(mark, Rule):
                self.rule(mark)
        number = 0
        for mark in self.chart.marks:
            if not isinstance(mark, Line | Points | Bars | Band):
                continue
            sign = _SIGNS[number % len(_SIGNS)]
            if isinstance(mark, Band):
                self.curve(mark.x, mark.low)
                self.curve(mark.x, mark.high)
                sign = "┈"
            elif isinstance(mark, Line):
                self.curve(mark.x, mark.y)
                lines = [each for each in self.chart.marks if isinstance(each, Line) and each is not mark]
                self.mark_line(mark, sign, lines)
                number += 1
            elif isinstance(mark, Points):
                for x, y in zip(mark.x, mark.y, strict=True):
                    self.sign(x, y, sign)
                number += 1
            else:
                for i, tall in enumerate(mark.heights):
                    self.bar(mark.edges[i], mark.edges[i + 1], tall)
                sign = "▮"
            if mark.label:
                self.legend.append((sign, mark.label))

    def place(self, x: float, y: float) -> tuple[float, float] | None:
        """Dots from the left and from the top; ``None`` off the sheet."""
        if not (math.isfinite(x) and math.isfinite(y)):
            return None
        across, up = share(self.chart.x, x), share(self.chart.y, y)
        if not (0 <= across <= 1 and 0 <= up <= 1):
            return None
        return across * (self.width * 2 - 1), (1 - up) * (self.height * 4 - 1)

    def curve(self, xs: tuple[float, ...], ys: tuple[float, ...]) -> None:
        points = list(zip(xs, ys, strict=True))
        for (x0, y0), (x1, y1) in pairwise(points):
            for step in range(9):
                at = self.place(x0 + (x1 - x0) * step / 8, y0 + (y1 - y0) * step / 8)
                if at:
                    self.dot(round(at[0]), round(at[1]))

    def bar(self, left: float, right: float, tall: float) -> None:
        foot = max(0.0, self.chart.y.low)
        first, last, ground = self.place(left, tall), self.place(right, tall), self.place(left, foot)
        if first and last and ground and tall != foot:
            for across in range(round(first[0]), max(round(last[0]) - 1, round(first[0]) + 1)):
                for down in range(round(min(first[1], ground[1])), round(max(first[1], ground[1])) + 1):
                    self.dot(across, down)

    def dot(self, across: int, down: int) -> None:
        self.dots[down // 4][across // 2] |= _DOTS[down % 4][across % 2]

    def sign(self, x: float, y: float, sign: str) -> None:
        at = self.place(x, y)
        if at:
            self.signs[round(at[1]) // 4, round(at[0]) // 2] = sign

    def mark_line(self, line: Line, sign: str, others: list[Line]) -> None:
        """The sign of a line where it lies farthest from the other lines, as far right as that is true."""
        there = [(x, y) for x, y in zip(line.x, line.y, strict=True) if self.place(x, y)]
        if not there or not line.label:
            return

        def room(point: tuple[float, float]) -> int:
            down = [at[1] for other in others if (at := self.place(point[0], _height(other, point[0])))]
            mine = self.place(*point)
            assert mine is not None
            return min((int(abs(mine[1] - each) / 4) for each in down), default=_FAR)

        self.sign(*max(reversed(there), key=lambda point: min(room(point), _FAR)), sign)

    def rule(self, rule: Rule) -> None:
        at = self.place(rule.at, self.chart.y.low) if rule.axis == "x" else self.place(self.chart.x.low, rule.at)
        if not at:
            return
        if rule.axis == "x":
            places = {(row, round(at[0]) // 2): "│" for row in range(self.height)}
        else:
            places = {(round(at[1]) // 4, column): "┄" for column in range(self.width)}
        self.signs.update(places)
        if rule.label:
            self.legend.append(("│" if rule.axis == "x" else "┄", rule.label))

    def lines(self) -> Iterator[str]:
        for row, dots in enumerate(self.dots):
            yield "".join(self.cell(row, column, bits) for column, bits in enumerate(dots))

    def cell(self, row: int, column: int, bits: int) -> str:
        """A mark covers a line, a line covers a rule."""
        sign = self.signs.get((row, column), " ")
        return chr(0x2800 + bits) if bits and sign in " │┄" else sign


def _height(line: Line, x: float) -> float:
    """Where a line is at x, straight between its points; ``nan`` beside it."""
    for (x0, y0), (x1, y1) in pairwise(zip(line.x, line.y, strict=True)):
        if x0 <= x <= x1:
            return y0 if x1 == x0 else y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    return math.nan


def _below(axis: Axis, width: int) -> str:
    """The labels of the ticks under their places, those that would touch another left out."""
    line, free = "", 0
    for tick in ticks(axis):
        start = max(0, round(share(axis, tick.at) * (width - 1)) - cells(tick.label) // 2)
        start = min(start, width - cells(tick.label))
        if start >= free:
            line += " " * (start - cells(line)) + tick.label
            free = start + cells(tick.label) + 1
    return line


def _rows(chart: Chart, width: int) -> Iterator[str]:
    wide = min(28, max(map(cells, chart.y.rows)))
    room = width - wide - 4 - max(map(cells, chart.y.figures), default=0)

    def at(value: float) -> int:
        return max(0, min(room - 1, round(share(chart.x, value) * (room - 1))))

    for row, label in enumerate(chart.y.rows):
        line = [" "] * room
        for mark in chart.marks:
            if isinstance(mark, Rule) and mark.axis == "x":
                line[at(mark.at)] = "┊" if mark.dashed else "│"
        for mark in chart.marks:
            if isinstance(mark, Points):
                _point_row(mark, row, line, at)
        figures = chart.y.figures[row] if chart.y.figures else ""
        name, *more = wrap(label, wide)
        yield f"{name}{' ' * (wide - cells(name))}  {''.join(line)}  {figures}".rstrip()
        yield from more
    yield f"{' ' * wide}  {_below(chart.x, room)}".rstrip()
    yield from wrap(chart.x.label, width)


def _point_row(mark: Points, row: int, line: list[str], place: Callable[[float], int]) -> None:
    signs = {"circle": "●", "ring": "○", "square": "■", "diamond": "◆"}
    for i, y in enumerate(mark.y):
        if round(y) != row or not math.isfinite(mark.x[i]):
            continue
        if mark.x_low and mark.x_high:
            for cell in range(place(mark.x_low[i]), place(mark.x_high[i]) + 1):
                line[cell] = "─"
        line[place(mark.x[i])] = signs[mark.shape]
