"""Exports as trackers write them, of nights we choose: for the demonstration, or to try `anmin import` without one.

    python tools/tracker_exports.py FOLDER        thirty nights as apple.zip and fitbit.json

An Apple export carries the offset of the day of export in every time, and the true zone in ``HKTimeZone``; a Fitbit log
has wall clocks and no zone.
"""

from __future__ import annotations

import io
import json
import sys
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from xml.sax.saxutils import quoteattr
from zoneinfo import ZoneInfo

_STAGES = ("Core", "Deep", "Core", "REM")
_LEVELS = {"Core": "light", "Deep": "deep", "REM": "rem", "Awake": "wake"}


@dataclass(frozen=True)
class Slept:
    """One night: asleep from ``onset``, ``asleep`` minutes in four stages, ``awake`` minutes in the middle."""

    onset: datetime
    asleep: int
    awake: int

    def pieces(self) -> list[tuple[datetime, int, str]]:
        """Start, minutes and stage of each piece."""
        part, rest = divmod(self.asleep, len(_STAGES))
        lengths = [(part, stage) for stage in _STAGES[:2]] + [(self.awake, "Awake")]
        lengths += [(part, _STAGES[2]), (part + rest, _STAGES[3])]
        found, at = [], self.onset
        for minutes, stage in lengths:
            if minutes:
                found.append((at, minutes, stage))
            at = at.astimezone(ZoneInfo("UTC")) + timedelta(minutes=minutes)
        return found

    @property
    def wake(self) -> datetime:
        """The final awakening, by the clock of the bed."""
        zone = self.onset.tzinfo
        return (self.onset.astimezone(ZoneInfo("UTC")) + timedelta(minutes=self.asleep + self.awake)).astimezone(zone)


def apple_export(nights: Iterable[Slept], exported_in: str = "Asia/Taipei", watch: str = "Apple\xa0Watch") -> bytes:
    """``export.zip``: the stages of a watch, and beside them the time in bed as a telephone guesses it."""
    zone = ZoneInfo(exported_in)
    shift = datetime(2026, 6, 30, 12, tzinfo=zone).utcoffset()
    records = []

    def text(instant: datetime) -> str:
        assert shift is not None
        minutes = shift // timedelta(minutes=1)
        wall = instant.astimezone(ZoneInfo("UTC")).replace(tzinfo=None) + shift
        return f"{wall:%Y-%m-%d %H:%M:%S} {'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}{abs(minutes) % 60:02d}"

    def record(source: str, start: datetime, end: datetime, value: str, written: datetime) -> str:
        held = {
            "type": "HKCategoryTypeIdentifierSleepAnalysis", "sourceName": source, "creationDate": text(written),
            "startDate": text(start), "endDate": text(end), "value": f"HKCategoryValueSleepAnalysis{value}",
        }  # fmt: skip
        named = " ".join(f"{name}={quoteattr(value)}" for name, value in held.items())
        zone_of = f'<MetadataEntry key="HKTimeZone" value={quoteattr(_zone(start))}/>'
        return f" <Record {named}>\n  {zone_of}\n </Record>\n"

    for night in nights:
        bed = night.onset - timedelta(minutes=25)
        records.append(record("iPhone", bed, night.wake + timedelta(minutes=15), "InBed", night.wake))
        for start, minutes, stage in night.pieces():
            start = start.astimezone(night.onset.tzinfo)
            end = start.astimezone(ZoneInfo("UTC")) + timedelta(minutes=minutes)
            value = stage if stage == "Awake" else f"Asleep{stage}"
            records.append(record(watch, start, end, value, night.wake))
    xml = f'<?xml version="1.0" encoding="UTF-8"?>\n<HealthData locale="zh_TW">\n{"".join(records)}</HealthData>\n'
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("apple_health_export/輸出.xml", xml)
    return target.getvalue()


def fitbit_export(nights: Iterable[Slept], generous: int = 0) -> bytes:
    """``sleep-….json`` of a Takeout; a band that calls ``generous`` minutes more of each night sleep."""
    logs = []
    for number, night in enumerate(nights, 1):
        start, end = _wall(night.onset), _wall(night.wake)
        logs.append(
            {
                "logId": 40_000_000_000 + number, "dateOfSleep": end[:10], "startTime": start, "endTime": end,
                "duration": (night.asleep + night.awake) * 60_000, "minutesToFallAsleep": 0,
                "minutesAsleep": min(night.asleep + generous, night.asleep + night.awake),
                "minutesAwake": max(night.awake - generous, 0), "efficiency": 93, "type": "classic", "mainSleep": True,
            }
        )  # fmt: skip
    return json.dumps(logs).encode()


def _zone(instant: datetime) -> str:
    return getattr(instant.tzinfo, "key", "UTC")


def _wall(instant: datetime) -> str:
    return f"{instant.replace(tzinfo=None).isoformat(timespec='milliseconds')}"


def main() -> int:
    """Thirty plain nights."""
    folder = Path(sys.argv[1] if sys.argv[1:] else ".")
    zone = ZoneInfo("Asia/Taipei")
    first = datetime.combine(date(2026, 3, 2), time(23, 20), zone)
    nights = [Slept(first + timedelta(days=day), 390 + 7 * day % 40, 10 + 3 * day % 17) for day in range(30)]
    (folder / "apple.zip").write_bytes(apple_export(nights))
    (folder / "fitbit.json").write_bytes(fitbit_export(nights))
    return 0


if __name__ == "__main__":
    sys.exit(main())
