"""Garmin: ``*_sleepData.json`` of the account export, and ``dailySleepDTO`` of Garmin Connect.

The export writes GMT and no local time at all: without a zone from the person the date is Garmin's own and the clock
is that of GMT, which is said. Connect writes the wall clock as if it were UTC beside it; the difference is the offset.
Sleeps that were not confirmed are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from anmin.imports.files import Member
from anmin.imports.found import Ask, Format, Found
from anmin.imports.instants import plausible, read_iso
from anmin.imports.model import Episode, Stage
from anmin.imports.spans import Span, of_instants, of_utc
from anmin.imports.tables import bounded, json_of, records, text_of, whole

CONFIRMED = ("ENHANCED_CONFIRMED_FINAL", "ENHANCED_CONFIRMED", "MANUALLY_CONFIRMED")
_TOTALS: tuple[tuple[Stage, str], ...] = (
    ("light", "lightSleepSeconds"), ("deep", "deepSleepSeconds"), ("rem", "remSleepSeconds"),
)  # fmt: skip


def recognise(member: Member) -> bool:
    """By Garmin's name for the start of a sleep."""
    return b'"sleepStartTimestampGMT"' in member.head


def read(members: Sequence[Member], ask: Ask) -> Found:
    """One episode of totals for each confirmed sleep."""
    found = Found()
    for member in members:
        for sleep in _sleeps(json_of(member)):
            episode = _episode(sleep, ask, found)
            if episode is not None:
                found.episodes.append(episode)
    return found


def _sleeps(value: Any) -> Iterator[dict[str, Any]]:
    for one in records(value):
        inner = one.get("dailySleepDTO")
        yield inner if isinstance(inner, dict) else one


def _episode(sleep: dict[str, Any], ask: Ask, found: Found) -> Episode | None:
    if text_of(sleep.get("sleepWindowConfirmationType")).upper() not in CONFIRMED:
        found.left_out["deleted"] += 1
        return None
    start, end = _time(sleep.get("sleepStartTimestampGMT")), _time(sleep.get("sleepEndTimestampGMT"))
    totals = tuple((stage, bounded(whole(sleep.get(name)))) for stage, name in _TOTALS)
    if start is None or end is None or not plausible(start, end):
        found.left_out["no_times"] += 1
        return None
    span = _span(sleep, start, end, ask, found)
    if not any(seconds for _, seconds in totals):
        totals = (("asleep", bounded(whole(sleep.get("sleepTimeSeconds")))),)
    return Episode(
        **span.fields(),  # type: ignore[arg-type]
        source="Garmin",
        raw_id=f"at {start}",
        totals=totals,
        awakenings=whole(sleep.get("awakeCount")),
    )


def _time(value: Any) -> int | None:
    if isinstance(value, str):
        read = read_iso(value)
        return None if read is None else read[0] - (read[1] or 0)
    milliseconds = whole(value)
    return None if milliseconds is None else milliseconds // 1000


def _span(sleep: dict[str, Any], start: int, end: int, ask: Ask, found: Found) -> Span:
    first, last = _time(sleep.get("sleepStartTimestampLocal")), _time(sleep.get("sleepEndTimestampLocal"))
    if first is not None and last is not None and max(abs(first - start), abs(last - end)) <= 15 * 3600:
        return of_instants(start, end, first - start, last - end)
    if ask.zone is not None:
        return of_utc(start, end, ask.zone)
    found.said.add("utc_clock")
    day = read_iso(f"{text_of(sleep.get('calendarDate'))[:10]}T00:00")
    days = 0 if day is None else day[0] // 86_400 - end // 86_400
    shift = days * 86_400 if abs(days) <= 1 else 0
    return Span(start, end, shift, shift, "unknown")


FORMAT = Format("garmin", "Garmin", recognise, read)
