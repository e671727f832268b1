"""A sleep record of an Apple Health export → a segment.

The export writes every time with the offset that was in force *when exporting*, for all years: the instant is right,
the wall clock is not. The zone of the night stands in the child ``HKTimeZone``, which many writers leave out; then
the zone of the nearest record that has one is borrowed and marked inferred.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

import msgspec

from anmin.imports.found import Ask
from anmin.imports.instants import offset_at, plausible, read_iso, read_offset, seconds_of, zone_named
from anmin.imports.model import Segment, Stage

SLEEP_TYPE = "HKCategoryTypeIdentifierSleepAnalysis"
ZONE_KEY = "HKTimeZone"

STAGE: dict[str, Stage] = {
    "InBed": "in_bed",
    "Asleep": "asleep",
    "AsleepUnspecified": "asleep",
    "AsleepCore": "light",
    "AsleepDeep": "deep",
    "AsleepREM": "rem",
    "Awake": "awake",
}
_VALUE = "HKCategoryValueSleepAnalysis"


class Row(NamedTuple):
    """The attributes that matter, as written, entities resolved; an attribute that is missing is empty."""

    start: str
    end: str
    value: str
    source: str
    device: str
    created: str
    zone: str


class Reading:
    """Rows in, segments out; remembers days and offsets it has read, because they repeat."""

    def __init__(self) -> None:
        self.left_out: Counter[str] = Counter()
        self._days: dict[str, int] = {}
        self._offsets: dict[str, int] = {}
        self._devices: dict[str, str] = {}
        self._sources: dict[str, str] = {}

    def segments(self, rows: Iterable[Row]) -> list[Segment]:
        """The usable rows; others are counted by reason."""
        return [segment for row in rows if (segment := self._segment(row)) is not None]

    def _segment(self, row: Row) -> Segment | None:
        stage = STAGE.get(row.value.removeprefix(_VALUE))
        if stage is None:
            self.left_out["stage_unknown"] += 1
            return None
        first, last = self._instant(row.start), self._instant(row.end)
        if first is None or last is None:
            self.left_out["no_times"] += 1
            return None
        (start, shift_start), (end, shift_end) = first, last
        if not plausible(start, end):
            self.left_out["no_length"] += 1
            return None
        zone = zone_named(row.zone)
        return Segment(
            source=self._source(row.source) or "Apple Health",
            start=start,
            end=end,
            stage=stage,
            offset_start=shift_start if zone is None else offset_at(start, zone),
            offset_end=shift_end if zone is None else offset_at(end, zone),
            known="inferred" if zone is None else "true",
            zone=zone.key if zone is not None else "",
            device=self._device(row.device),
            written=(self._instant(row.created) or (0, 0))[0],
        )

    def _instant(self, text: str) -> tuple[int, int] | None:
        """Instant and written offset of ``2024-01-02 03:04:05 +0800``; None for what is no time."""
        try:
            if len(text) != 25 or text[13] != ":" or text[16] != ":":
                raise KeyError
            shift = self._offsets[text[20:]]
            seconds = 3600 * _TWO[text[11:13]] + 60 * _TWO[text[14:16]] + _TWO[text[17:19]]
            return self._days[text[:11]] + seconds - shift, shift
        except KeyError:
            return self._instant_anew(text)

    def _instant_anew(self, text: str) -> tuple[int, int] | None:
        read = read_iso(text)
        if read is None:
            return None
        wall, written = read
        shift = written or 0
        if len(text) == 25 and text[10] == " ":
            self._offsets[text[20:]] = read_offset(text[20:]) or 0
            self._days[text[:11]] = seconds_of(datetime.fromisoformat(text[:10]))
        return wall - shift, shift

    def _source(self, text: str) -> str:
        """The name as a person can type it: Apple writes ``Apple\\xa0Watch``."""
        if text not in self._sources:
            self._sources[text] = " ".join("".join(one if one.isprintable() else " " for one in text).split())
        return self._sources[text]

    def _device(self, text: str) -> str:
        """The name out of ``<<HKDevice: 0x2820>, name:Apple Watch, …>``: the address differs at every export."""
        if text not in self._devices:
            name = text.partition("name:")[2].partition(",")[0].strip(" >")
            self._devices[text] = name
        return self._devices[text]


_TWO = {f"{number:02d}": number for number in range(60)}


def with_zones(segments: list[Segment], ask: Ask) -> list[Segment]:
    """Give records without a zone that of the nearest record with one, else the zone the person named."""
    known = sorted((one.start, one.zone) for one in segments if one.zone)
    times = [start for start, _ in known]
    placed: list[Segment] = []
    for one in segments:
        zone = None if one.zone else ask.zone
        if not one.zone and known:
            at = bisect_left(times, one.start)
            near = min(known[max(0, at - 1) : at + 1], key=lambda held: (abs(held[0] - one.start), held))
            if abs(near[0] - one.start) <= ask.rules.borrow_within:
                zone = zone_named(near[1])
        if zone is None:
            placed.append(one)
            continue
        starts, ends = offset_at(one.start, zone), offset_at(one.end, zone)
        placed.append(msgspec.structs.replace(one, offset_start=starts, offset_end=ends, zone=zone.key))
    return placed
