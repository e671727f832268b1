"""A chart as plain SVG: no script, no font, no network, and the same facts give the same bytes.

>>> from anmin.report.chart import Axis, Chart, Line
>>> chart = Chart(title="Latency falls", says="One line.", x=Axis(label="night", low=0, high=10),
...               y=Axis(label="min", low=0, high=60), marks=(Line(x=(0, 10), y=(40, 20), label="bath"),))
>>> svg(chart).startswith("<svg ")
True
"""

from __future__ import annotations

import math
from html import escape
from zlib import crc32

from anmin.report.chart import Band, Bars, Chart, Line, Mark, Note, Points, Region, Rule, Tone, share, ticks
from anmin.report.wrap import cells, wrap

COLOURS: dict[Tone, str] = {
    "main": "#0b5c6b",
    "second": "#a3480b",
    "third": "#4b3b9a",
    "fourth": "#8a6d00",
    "good": "#1f6b3a",
    "bad": "#a3231b",
    "plain": "#1a1a1a",
    "faint": "#6b6b6b",
}
_DASHES: dict[Tone, str] = {"second": "7 3", "third": "2 3", "fourth": "9 3 2 3"}


_SMALL, _TEXT, _TITLE = 12, 13, 16
_WIDE_ROW = 26


class _Frame:
    """Where the plot lies on the sheet, and how its units become pixels."""

    def __init__(self, chart: Chart) -> None:
        self.chart = chart
        self.title = wrap(chart.title, int((chart.width - 32) / (_TITLE * 0.56)))
        self.legend = _legend(chart)
        rows = chart.y.rows
        widest = max((cells(row) for row in rows), default=0)
        shown = [tick.label for tick in ticks(chart.y)] if not rows else []
        self.left = 24 + int(0.56 * _TEXT * (widest or max(map(cells, shown), default=1)))
        self.left += 0 if rows else 22
        self.right = 20 + int(0.58 * _TEXT * max(map(cells, chart.y.figures), default=0))
        self.top = 26 + 20 * len(self.title) + 20 * len(self.legend)
        self.foot = 52
        self.height = self.top + self.foot + _WIDE_ROW * len(rows) if rows else chart.height
        self.plot_width = chart.width - self.left - self.right
        self.plot_height = self.height - self.top - self.foot

    def x(self, value: float) -> float:
        return self.left + share(self.chart.x, value) * self.plot_width

    def y(self, value: float) -> float:
        if self.chart.y.rows:
            return self.top + (value + 0.5) * _WIDE_ROW
        return self.top + (1 - share(self.chart.y, value)) * self.plot_height


def svg(chart: Chart) -> str:
    """The figure as one SVG document.

    Raises:
        ValueError: a log axis reaches zero, or an axis has no length.
    """
    for axis in (chart.x, chart.y):
        if not axis.rows and (not axis.high > axis.low or (axis.log and not axis.low > 0)):
            raise ValueError(f"axis '{axis.label}' from {axis.low} to {axis.high} cannot be drawn")
    frame = _Frame(chart)
    width, height = chart.width, frame.height
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" lang="{chart.lang}" font-family="system-ui, sans-serif" font-size="{_TEXT}">',
        f"<title>{escape(chart.title)}</title>",
        f"<desc>{escape(chart.says)}</desc>",
        *_metadata(chart),
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
    ]
    for row, line in enumerate(frame.title):
        parts.append(_text(16, 26 + 20 * row, line, size=_TITLE, bold=True))
    parts += _legend_lines(frame)
    parts += [part for mark in chart.marks if isinstance(mark, Region) for part in _region(frame, mark)]
    parts += _axes(frame)
    clip = f"p{_crc(chart)}"
    parts.append(
        f'<clipPath id="{clip}"><rect x="{frame.left}" y="{frame.top}" width="{frame.plot_width}" '
        f'height="{frame.plot_height}"/></clipPath>'
    )
    parts.append(f'<g clip-path="url(#{clip})">')
    parts += [part for mark in chart.marks if not isinstance(mark, Region | Note) for part in _mark(frame, mark)]
    parts.append("</g>")
    parts += [part for mark in chart.marks for part in _words(frame, mark)]
    parts.append("</svg>\n")
    return "\n".join(parts)


def _crc(chart: Chart) -> str:
    """A name for the clip that differs between the figures of one page."""
    return f"{crc32(f'{chart.title}|{chart.says}|{chart.x}|{chart.y}'.encode()):08x}"


def _metadata(chart: Chart) -> list[str]:
    if chart.table is None:
        return []
    rows = ["\t".join(row) for row in (chart.table.heads, *chart.table.rows)]
    return [f"<metadata>{escape(chr(10).join(rows))}</metadata>"]


def _number(value: float) -> str:
    """A pixel, kept near the sheet so that no reader chokes on it."""
    return f"{max(-9999.0, min(9999.0, value)):.1f}"


def _text(
    x: float, y: float, text: str, *, size: int = _TEXT, bold: bool = False, anchor: str = "start",
    fill: str = COLOURS["plain"], halo: bool = False,
) -> str:  # fmt: skip
    weight = ' font-weight="bold"' if bold else ""
    at = f' text-anchor="{anchor}"' if anchor != "start" else ""
    at += ' paint-order="stroke" stroke="#ffffff" stroke-width="3" stroke-linejoin="round"' if halo else ""
    return f'<text x="{_number(x)}" y="{_number(y)}" font-size="{size}"{weight}{at} fill="{fill}">{escape(text)}</text>'


def _axes(frame: _Frame) -> list[str]:
    chart, out = frame.chart, []
    bottom, right = frame.top + frame.plot_height, frame.left + frame.plot_width
    for tick in ticks(chart.x):
        x = frame.x(tick.at)
        out.append(_stroke(x, frame.top, x, bottom, "#e4e4e4", 1))
        out.append(_text(x, bottom + 18, tick.label, size=_SMALL, anchor="middle"))
    if chart.y.rows:
        for row, label in enumerate(chart.y.rows):
            out.append(_text(16, frame.y(row) + 4, label))
        for row, figures in enumerate(chart.y.figures):
            out.append(_text(chart.width - 14, frame.y(row) + 4, figures, anchor="end"))
    else:
        for tick in ticks(chart.y):
            y = frame.y(tick.at)
            out.append(_stroke(frame.left, y, right, y, "#e4e4e4", 1))
            out.append(_text(frame.left - 6, y + 4, tick.label, size=_SMALL, anchor="end"))
        x, y = 14, frame.top + frame.plot_height / 2
        out.append(
            f'<text x="{x}" y="{_number(y)}" font-size="{_SMALL}" text-anchor="middle" fill="{COLOURS["plain"]}" '
            f'transform="rotate(-90 {x} {_number(y)})">{escape(chart.y.label)}</text>'
        )
    out.append(_stroke(frame.left, bottom, right, bottom, COLOURS["faint"], 1))
    middle = frame.left + frame.plot_width / 2
    out.append(_text(middle, bottom + 40, chart.x.label, size=_SMALL, anchor="middle"))
    return out


def _stroke(x1: float, y1: float, x2: float, y2: float, colour: str, width: float, dash: str = "") -> str:
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line x1="{_number(x1)}" y1="{_number(y1)}" x2="{_number(x2)}" y2="{_number(y2)}" stroke="{colour}" '
        f'stroke-width="{width:g}"{dashes}/>'
    )


def _mark(frame: _Frame, mark: Mark) -> list[str]:
    match mark:
        case Line():
            return _line(frame, mark)
        case Band():
            there = [f"{_number(frame.x(x))},{_number(frame.y(y))}" for x, y in zip(mark.x, mark.high, strict=True)]
            back = [f"{_number(frame.x(x))},{_number(frame.y(y))}" for x, y in zip(mark.x, mark.low, strict=True)]
            points = " ".join([*there, *reversed(back)])
            return [f'<polygon points="{points}" fill="{COLOURS[mark.tone]}" fill-opacity="0.18"/>']
        case Points():
            return _points(frame, mark)
        case Bars():
            return _bars(frame, mark)
        case Rule():
            dash = "5 4" if mark.dashed else ""
            if mark.axis == "x":
                x = frame.x(mark.at)
                return [_stroke(x, frame.top, x, frame.top + frame.plot_height, COLOURS[mark.tone], 1.2, dash)]
            y = frame.y(mark.at)
            return [_stroke(frame.left, y, frame.left + frame.plot_width, y, COLOURS[mark.tone], 1.2, dash)]
        case _:
            return []


def _line(frame: _Frame, mark: Line) -> list[str]:
    dash = _DASHES.get(mark.tone, "") if mark.dashed is None else "6 4" if mark.dashed else ""
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    out, run = [], list[str]()
    for x, y in [*zip(mark.x, mark.y, strict=True), (math.nan, math.nan)]:
        if math.isfinite(x) and math.isfinite(y):
            run.append(f"{_number(frame.x(x))},{_number(frame.y(y))}")
        elif run:
            out.append(
                f'<polyline points="{" ".join(run)}" fill="none" stroke="{COLOURS[mark.tone]}" '
                f'stroke-width="{mark.width:g}" stroke-linejoin="round"{dashes}/>'
            )
            run = []
    return out


def _points(frame: _Frame, mark: Points) -> list[str]:
    colour, out = COLOURS[mark.tone], list[str]()
    for low, high, y in zip(mark.x_low, mark.x_high, mark.y, strict=False):
        out.append(_stroke(frame.x(low), frame.y(y), frame.x(high), frame.y(y), colour, 1.6))
    for low, high, x in zip(mark.y_low, mark.y_high, mark.x, strict=False):
        out.append(_stroke(frame.x(x), frame.y(low), frame.x(x), frame.y(high), colour, 1.6))
    for i, (x, y) in enumerate(zip(mark.x, mark.y, strict=True)):
        if math.isfinite(x) and math.isfinite(y):
            out.append(_shape(frame.x(x), frame.y(y), mark.sizes[i] if mark.sizes else 4.0, mark.shape, colour))
    return out


def _shape(x: float, y: float, half: float, shape: str, colour: str) -> str:
    if shape == "diamond":
        corners = ((x - half, y), (x, y - half), (x + half, y), (x, y + half))
        return f'<polygon points="{" ".join(f"{_number(a)},{_number(b)}" for a, b in corners)}" fill="{colour}"/>'
    if shape == "square":
        return (
            f'<rect x="{_number(x - half)}" y="{_number(y - half)}" width="{2 * half:.1f}" height="{2 * half:.1f}" '
            f'fill="{colour}"/>'
        )
    fill = "#ffffff" if shape == "ring" else colour
    return (
        f'<circle cx="{_number(x)}" cy="{_number(y)}" r="{half:.1f}" fill="{fill}" stroke="{colour}" '
        f'stroke-width="1.6"/>'
    )


def _bars(frame: _Frame, mark: Bars) -> list[str]:
    out = []
    foot = frame.y(min(max(0.0, frame.chart.y.low), frame.chart.y.high))
    for i, height in enumerate(mark.heights):
        left, right, top = frame.x(mark.edges[i]), frame.x(mark.edges[i + 1]), frame.y(height)
        y, tall = min(top, foot), abs(foot - top)
        colour = COLOURS[mark.tones[i] if mark.tones else mark.tone]
        out.append(
            f'<rect x="{_number(left)}" y="{_number(y)}" width="{max(right - left - 1, 0.5):.1f}" '
            f'height="{tall:.1f}" fill="{colour}" fill-opacity="0.75"/>'
        )
    return out


def _region(frame: _Frame, mark: Region) -> list[str]:
    left = max(frame.x(mark.low), frame.left)
    right = min(frame.x(mark.high), frame.left + frame.plot_width)
    if right <= left:
        return []
    return [
        f'<rect x="{_number(left)}" y="{_number(frame.top)}" width="{right - left:.1f}" '
        f'height="{_number(frame.plot_height)}" fill="{COLOURS[mark.tone]}" fill-opacity="0.12"/>'
    ]


def _words(frame: _Frame, mark: Mark) -> list[str]:
    """What is written over the plot: a region is named at its head, a rule beside itself."""
    right, bottom = frame.left + frame.plot_width, frame.top + frame.plot_height
    match mark:
        case Note():
            return [_over(frame.x(mark.x), frame.y(mark.y), mark.text, mark.anchor, mark.tone)]
        case Region() if mark.label:
            middle = frame.x((max(mark.low, frame.chart.x.low) + min(mark.high, frame.chart.x.high)) / 2)
            return [_over(middle, frame.top + 14, mark.label, "middle", mark.tone)]
        case Rule() if mark.label and mark.axis == "x":
            x = frame.x(mark.at)
            late = x > frame.left + 0.7 * frame.plot_width
            return [_over(x + (-5 if late else 5), bottom - 6, mark.label, "end" if late else "start", mark.tone)]
        case Rule() if mark.label:
            return [_over(right - 4, frame.y(mark.at) - 5, mark.label, "end", mark.tone)]
        case _:
            return []


def _over(x: float, y: float, text: str, anchor: str, tone: Tone) -> str:
    """Words with a white edge, legible on whatever lies under them."""
    return _text(x, y, text, size=_SMALL, anchor=anchor, fill=COLOURS[tone], halo=True)


_SWATCH = 26


def _legend(chart: Chart) -> list[list[tuple[Line | Band | Points | Bars, float]]]:
    """The named series in lines that fit the sheet, each with where it begins; a single one needs no legend."""
    named = [mark for mark in chart.marks if isinstance(mark, Line | Band | Points | Bars) and mark.label]
    lines: list[list[tuple[Line | Band | Points | Bars, float]]] = []
    x = math.inf
    for mark in named:
        wide = _SWATCH + 18 + 0.56 * _SMALL * cells(mark.label)
        if x + wide > chart.width - 16:
            lines.append([])
            x = 16
        lines[-1].append((mark, x))
        x += wide
    return lines


def _legend_lines(frame: _Frame) -> list[str]:
    out = []
    for row, line in enumerate(frame.legend):
        y = 22.0 + 20 * len(frame.title) + 20 * row
        for mark, x in line:
            out += _swatch(mark, x, y)
            out.append(_text(x + _SWATCH, y + 4, mark.label, size=_SMALL))
    return out


def _swatch(mark: Line | Band | Points | Bars, x: float, y: float) -> list[str]:
    colour = COLOURS[mark.tone]
    if isinstance(mark, Line):
        dash = _DASHES.get(mark.tone, "") if mark.dashed is None else "6 4" if mark.dashed else ""
        return [_stroke(x, y, x + 20, y, colour, mark.width, dash)]
    if isinstance(mark, Points):
        return [_shape(x + 10, y, 4.0, mark.shape, colour)]
    opacity = ' fill-opacity="0.18"' if isinstance(mark, Band) else ""
    return [f'<rect x="{_number(x)}" y="{_number(y - 6)}" width="20" height="12" fill="{colour}"{opacity}/>']
