"""A forest plot as lines of text and as an SVG figure. Right of nothing is better for the person."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING

from anmin.evidence.words import component_name, rounded
from anmin.knowledge.texts import show_number

if TYPE_CHECKING:
    from anmin.evidence.forest import Forest, ForestLine
    from anmin.knowledge.load import Knowledge
    from anmin.knowledge.model import Lang

_ARROWS = {"better": "→", "worse": "←", "none": "=", "unclear": "?", "mixed": "↔"}
_MARKS = {"trial": "■", "cohort": "○", "pooled": "◆", "used": "◆", "none": ""}


def figures(line: ForestLine) -> str:
    """``17 (7.4 to 27)``, or an arrow where only the direction is known."""
    if line.value is None or line.low is None or line.high is None:
        return _ARROWS[line.direction]
    value, low, high = (show_number(rounded(x)) for x in (line.value, line.low, line.high))
    return f"{value} ({low}, {high})"


def span(forest: Forest) -> tuple[float, float]:
    """The ends of the axis: every interval, nothing, and the difference that matters, with a little air."""
    ends = [0.0, forest.matters or 0.0]
    for line in forest.lines:
        ends += [end for end in (line.low, line.high) if end is not None]
    air = 0.05 * (max(ends) - min(ends)) or 1.0
    return min(ends) - air, max(ends) + air


def as_text(forest: Forest, knowledge: Knowledge, lang: Lang, width: int = 86) -> list[str]:
    """Lines of at most ``width`` cells: label, plot, figures."""
    from rich.cells import cell_len, set_cell_size

    used = knowledge.say("evidence.page.in_use", lang)
    labels = [used if line.mark == "used" else line.label for line in forest.lines]
    wide = min(26, max((cell_len(label) for label in labels), default=0))
    numbers = [figures(line) for line in forest.lines]
    room = width - wide - max((cell_len(text) for text in numbers), default=0) - 4
    low, high = span(forest)

    def place(x: float) -> int:
        return max(0, min(room - 1, round((x - low) / (high - low) * (room - 1))))

    out = []
    for label, line, text in zip(labels, forest.lines, numbers, strict=True):
        out.append(f"{set_cell_size(label, wide)}  {_bar(line, place, room, forest.matters)}  {text}")
    axis = [" "] * room
    axis[place(0.0)] = "0"
    shown = "".join(axis)
    if forest.matters:
        mark = show_number(forest.matters)
        at = place(forest.matters)
        if at + len(mark) <= room and at > place(0.0):
            shown = shown[:at] + mark + shown[at + len(mark) :]
    out.append(f"{' ' * wide}  {shown}  {forest.unit_name.get(lang)}".rstrip())
    return out


def _bar(line: ForestLine, place: Callable[[float], int], room: int, matters: float | None) -> str:
    cells = [" "] * room
    cells[place(0.0)] = "│"
    if matters:
        cells[place(matters)] = "┊"
    if line.value is not None and line.low is not None and line.high is not None:
        for at in range(place(line.low), place(line.high) + 1):
            cells[at] = "─"
        cells[place(line.value)] = _MARKS[line.mark]
    return "".join(cells)


_ROW, _TOP, _LEFT, _PLOT, _RIGHT = 26, 64, 220, 360, 170


def as_svg(forest: Forest, knowledge: Knowledge, lang: Lang) -> str:
    """A figure of its own: no script, no font, no network; the same facts give the same bytes."""
    low, high = span(forest)
    height = _TOP + _ROW * len(forest.lines) + 56
    width = _LEFT + _PLOT + _RIGHT
    title = f"{component_name(forest.component, knowledge).get(lang)}: {forest.name.get(lang)}"

    def at(x: float) -> str:
        return f"{_LEFT + (x - low) / (high - low) * _PLOT:.1f}"

    bottom = _TOP + _ROW * len(forest.lines)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" lang="{lang}" font-family="sans-serif" font-size="13">',
        f"<title>{escape(title)}</title>",
        f"<desc>{escape(knowledge.say('evidence.page.figure', lang))}</desc>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'<text x="16" y="26" font-size="16" font-weight="bold" fill="#1a1a1a">{escape(title)}</text>',
        f'<text x="16" y="46" fill="#555555">{escape(knowledge.say("evidence.page.figure", lang))}</text>',
        f'<line x1="{at(0)}" y1="{_TOP - 8}" x2="{at(0)}" y2="{bottom}" stroke="#1a1a1a"/>',
    ]
    if forest.matters:
        parts.append(
            f'<line x1="{at(forest.matters)}" y1="{_TOP - 8}" x2="{at(forest.matters)}" y2="{bottom}" stroke="#8a6d00" '
            'stroke-dasharray="4 4"/>'
        )
    for i, line in enumerate(forest.lines):
        parts += _svg_line(line, _TOP + _ROW * i + _ROW / 2, at, width, knowledge, lang)
    parts.append(f'<text x="{at(0)}" y="{bottom + 20}" text-anchor="middle" fill="#1a1a1a">0</text>')
    if forest.matters:
        mark = f"{show_number(forest.matters)} {forest.unit_name.get(lang)}"
        parts.append(
            f'<text x="{at(forest.matters)}" y="{bottom + 38}" text-anchor="middle" fill="#8a6d00">'
            f"{escape(mark)}</text>"
        )
    parts.append("</svg>\n")
    return "\n".join(parts)


def _svg_line(
    line: ForestLine, y: float, at: Callable[[float], str], width: int, knowledge: Knowledge, lang: Lang
) -> list[str]:
    strong = line.mark == "used"
    label = knowledge.say("evidence.page.in_use", lang) if strong else line.label
    weight = ' font-weight="bold"' if strong else ""
    parts = [
        f'<text x="16" y="{y + 4:.1f}"{weight} fill="#1a1a1a">{escape(label)}</text>',
        f'<text x="{width - 16}" y="{y + 4:.1f}" text-anchor="end"{weight} fill="#1a1a1a">'
        f"{escape(figures(line))}</text>",
    ]
    if line.value is None or line.low is None or line.high is None:
        return parts
    colour = "#0b5c6b" if line.mark in ("used", "pooled") else "#3b3b8f" if line.mark == "trial" else "#6b3b0b"
    parts.append(
        f'<line x1="{at(line.low)}" y1="{y:.1f}" x2="{at(line.high)}" y2="{y:.1f}" stroke="{colour}" stroke-width="2"/>'
    )
    x, half = float(at(line.value)), 4.0 + 4.0 * line.share
    if line.mark in ("used", "pooled"):
        points = f"{x - half:.1f},{y:.1f} {x:.1f},{y - half:.1f} {x + half:.1f},{y:.1f} {x:.1f},{y + half:.1f}"
        parts.append(f'<polygon points="{points}" fill="{colour}"/>')
    elif line.mark == "trial":
        parts.append(
            f'<rect x="{x - half:.1f}" y="{y - half:.1f}" width="{2 * half:.1f}" '
            f'height="{2 * half:.1f}" fill="{colour}"/>'
        )
    else:
        parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{half:.1f}" fill="#ffffff" stroke="{colour}" stroke-width="2"/>'
        )
    return parts
