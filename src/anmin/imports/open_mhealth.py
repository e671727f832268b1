"""Open mHealth and IEEE 1752.1 ``sleep-episode``: sleep onset to final awakening, with totals.

Its ``latency_to_sleep_onset`` is not taken: nothing says whether a person or a device gave it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from anmin.imports.files import Member
from anmin.imports.found import Ask, Format, Found
from anmin.imports.instants import plausible, read_iso
from anmin.imports.model import Episode
from anmin.imports.spans import of_written
from anmin.imports.tables import bounded, json_of, number, records, text_of, whole

_SECONDS = {"sec": 1, "s": 1, "min": 60, "h": 3600, "ms": 0.001}
_MARKS = (b"total_sleep_time", b"is_main_sleep", b"sleep-episode", b"sleep_episode", b"sleep_maintenance_efficiency")


def recognise(member: Member) -> bool:
    """A time frame, and a name that only sleep has."""
    return b'"effective_time_frame"' in member.head and any(mark in member.head for mark in _MARKS)


def read(members: Sequence[Member], ask: Ask) -> Found:
    """One episode for each data point or bare body."""
    found = Found()
    for member in members:
        for body in _bodies(json_of(member)):
            episode = _episode(body, ask)
            if episode is None:
                found.left_out["no_times"] += 1
            else:
                found.episodes.append(episode)
    return found


def _bodies(value: Any) -> Iterator[dict[str, Any]]:
    for one in records(value):
        body = one.get("body")
        yield body if isinstance(body, dict) else one


def _episode(body: dict[str, Any], ask: Ask) -> Episode | None:
    frame = body.get("effective_time_frame")
    interval = frame.get("time_interval") if isinstance(frame, dict) else None
    if not isinstance(interval, dict):
        return None
    start, end = read_iso(text_of(interval.get("start_date_time"))), read_iso(text_of(interval.get("end_date_time")))
    length = _duration(interval.get("duration"))
    if start is not None and end is None and length:
        end = (start[0] + length, start[1])
    if end is not None and start is None and length:
        start = (end[0] - length, end[1])
    if start is None or end is None:
        return None
    span = of_written(start, end, ask.zone)
    asleep = _duration(body.get("total_sleep_time")) or _duration(body.get("sleep_duration"))
    if not plausible(span.start, span.end):
        return None
    if not asleep:
        asleep = span.end - span.start - (_duration(body.get("wake_after_sleep_onset")) or 0)
    main = body.get("is_main_sleep")
    return Episode(
        **span.fields(),  # type: ignore[arg-type]
        source="Open mHealth",
        raw_id=f"at {span.start}",
        totals=(("asleep", bounded(asleep)),),
        awakenings=whole(body.get("number_of_awakenings")),
        nap=not main if isinstance(main, bool) else None,
    )


def _duration(value: Any) -> int | None:
    if not isinstance(value, dict):
        return None
    amount, unit = number(value.get("value")), _SECONDS.get(text_of(value.get("unit")))
    return None if amount is None or unit is None else bounded(round(amount * unit))


FORMAT = Format("open_mhealth", "Open mHealth / IEEE 1752.1", recognise, read)
