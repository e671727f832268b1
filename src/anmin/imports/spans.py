"""From what a file says of a time to instants with offsets: :class:`Span`, the common part of segments and episodes."""

from __future__ import annotations

from typing import NamedTuple
from zoneinfo import ZoneInfo

from anmin.imports.instants import offset_at, placed
from anmin.imports.model import Known

QUARTER = 900
"""Offsets from UTC are whole quarters of an hour."""


class Span(NamedTuple):
    """Start and end as instants, with offsets and how they are known. ``Episode(**span.fields())``."""

    start: int
    end: int
    offset_start: int
    offset_end: int
    known: Known
    zone: str = ""

    def fields(self) -> dict[str, object]:
        """As keyword arguments."""
        return self._asdict()

    def instant(self, wall: int) -> int:
        """The instant of a wall clock inside the span; before a clock change by the first offset, then by the last."""
        first, last = wall - self.offset_start, wall - self.offset_end
        return first if first - self.start <= self.end - last and first <= self.end else last


def of_instants(start: int, end: int, offset_start: int, offset_end: int, zone: str = "") -> Span:
    """Instants whose offsets are recorded."""
    return Span(start, end, offset_start, offset_end, "true", zone)


def of_utc(start: int, end: int, zone: ZoneInfo | None) -> Span:
    """Instants without offset: the person's zone if they named one, else the clock of UTC, marked unknown."""
    if zone is None:
        return Span(start, end, 0, 0, "unknown")
    return Span(start, end, offset_at(start, zone), offset_at(end, zone), "inferred", zone.key)


def of_zone(start: int, end: int, zone: ZoneInfo) -> Span:
    """Instants with the zone recorded beside them."""
    return Span(start, end, offset_at(start, zone), offset_at(end, zone), "true", zone.key)


def of_walls(
    start: int, end: int, zone: ZoneInfo | None, seconds: int | None = None, *, known: Known = "inferred"
) -> Span:
    """Wall clocks. ``seconds``: how long it really took, where the file says so; it tells of a clock change inside."""
    lost = (end - start - seconds) if seconds is not None else 0
    changed = lost if lost and abs(lost) <= 2 * 3600 and lost % (2 * QUARTER) == 0 else 0
    if zone is None:
        return Span(start, end - changed, 0, changed, "unknown")
    first = placed(start, zone)
    last = placed(end, zone, after=first)
    if changed and last - first != seconds:
        for other in (first + (start - (first + offset_at(first, zone))), placed(start, zone, after=first)):
            last = other + (seconds or 0)
            if last + offset_at(last, zone) == end:
                first = other
                break
        else:
            last = placed(end, zone, after=first)
    return Span(first, last, offset_at(first, zone), offset_at(last, zone), known, zone.key)


def of_written(start: tuple[int, int | None], end: tuple[int, int | None], zone: ZoneInfo | None) -> Span:
    """Wall clocks as :func:`~anmin.imports.instants.read_iso` gives them, instants where both carry their offset."""
    if start[1] is None or end[1] is None:
        return of_walls(start[0], end[0], zone)
    return of_instants(start[0] - start[1], end[0] - end[1], start[1], end[1])
