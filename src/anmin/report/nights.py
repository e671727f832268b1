"""Imported nights as text, as JSON and as a table."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Any

from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Lang
from anmin.report.wrap import listed

if TYPE_CHECKING:
    from anmin.imports.model import Night
    from anmin.imports.registry import Imported

SHOWN = 14
_COLUMNS = (
    "night", "kind", "source", "also", "start", "onset", "wake", "end", "zone", "known", "basis", "confidence", "tib",
    "spt", "tst", "waso", "rem", "deep", "light", "awakenings", "parts", "device", "marks",
)  # fmt: skip


def nights_text(imported: Imported, knowledge: Knowledge, lang: Lang) -> str:
    """The answer first, then the latest nights, then what has to be said about them."""
    nights = imported.nights.nights
    lines = []
    if nights or imported.nights.naps:
        first, last = (nights[0].night, nights[-1].night) if nights else ("-", "-")
        lines.append(
            knowledge.say(
                "imports.nights", lang, nights=len(nights), first=str(first), last=str(last),
                naps=len(imported.nights.naps),
            )
        )  # fmt: skip
        lines += ["", *_rows(nights[-SHOWN:], knowledge, lang)]
        if len(nights) > SHOWN:
            lines.append(knowledge.say("imports.earlier", lang, count=len(nights) - SHOWN))
        lines.append("")
        seen = Counter(night.source for night in nights)
        others = sorted({source for night in nights for source in night.also if source not in seen})
        counts = [*seen.most_common(), *((source, 0) for source in others)]
        sources = listed((f"{plain(source)} ({count})" for source, count in counts), lang)
        if others or len(seen) > 1:
            lines.append(knowledge.say("imports.sources", lang, sources=sources))
        lines.append(knowledge.say("imports.no_latency", lang))
    else:
        lines.append(knowledge.say("imports.none", lang))
    lines += notes(imported, knowledge, lang)
    files = listed((f"{name} ({count})" for name, count in imported.files.items()), lang)
    lines.append(knowledge.say("imports.read", lang, files=files))
    return "\n".join(lines)


def notes(imported: Imported, knowledge: Knowledge, lang: Lang) -> list[str]:
    """How the files had to be understood, and what was left out of them."""
    said = [knowledge.say(f"imports.said.{name}", lang) for name in imported.said]
    left = [
        knowledge.say(f"imports.left_out.{reason}", lang, count=count) for reason, count in imported.left_out.items()
    ]
    return said + left


def nights_out(imported: Imported, knowledge: Knowledge, lang: Lang) -> dict[str, Any]:
    """The JSON twin. ``sol`` says that no latency is there, and why."""
    return {
        "nights": imported.nights.nights,
        "naps": imported.nights.naps,
        "sol": {"measured": False, "reason": knowledge.say("imports.no_latency", lang)},
        "files": imported.files,
        "left_out": imported.left_out,
        "notes": notes(imported, knowledge, lang),
    }


def nights_csv(imported: Imported) -> bytes:
    """One row a night or nap; texts that a spreadsheet would take for a formula are disarmed."""
    target = io.StringIO(newline="")
    table = csv.writer(target)
    table.writerow(_COLUMNS)
    for kind, nights in (("night", imported.nights.nights), ("nap", imported.nights.naps)):
        for night in nights:
            table.writerow([kind if name == "kind" else _cell(getattr(night, name)) for name in _COLUMNS])
    return target.getvalue().encode()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        value = "; ".join(map(str, value))
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    text = str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _rows(nights: tuple[Night, ...], knowledge: Knowledge, lang: Lang) -> list[str]:
    heads = knowledge.say("imports.heads", lang).split("|")
    return columns([heads, *([*_row(night), knowledge.say(f"imports.known.{night.known}", lang), plain(night.source)]
                             for night in nights)])  # fmt: skip


def columns(table: list[list[str]]) -> list[str]:
    """Rows of cells as lines, each column as wide as its widest cell."""
    wide = [max(_width(row[column]) for row in table) for column in range(len(table[0]))]
    return [
        "  " + "  ".join(_left(cell, width) for cell, width in zip(row, wide, strict=True)).rstrip() for row in table
    ]


def _row(night: Night) -> list[str]:
    onset = "-" if night.onset is None else f"{night.onset:%H:%M}"
    return [str(night.night), onset, f"{night.wake:%H:%M}", hours(night.tst), hours(night.waso)]


def hours(minutes: float | None) -> str:
    """``7:05``, or a dash."""
    return "-" if minutes is None else f"{round(minutes) // 60}:{round(minutes) % 60:02d}"


def plain(text: str) -> str:
    """A name out of a file, as one line without control characters."""
    return "".join(letter if letter.isprintable() else " " for letter in text)[:40]


def _width(text: str) -> int:
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in text)


def _left(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
