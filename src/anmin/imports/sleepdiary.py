"""The sleepdiary project's standard JSON: records with a status, in milliseconds since 1970, zones where known."""

from __future__ import annotations

from collections.abc import Sequence

from anmin.imports.files import Member
from anmin.imports.found import Ask, Format, Found
from anmin.imports.instants import offset_at, plausible, zone_named
from anmin.imports.model import Segment, Stage
from anmin.imports.spans import of_instants, of_utc
from anmin.imports.tables import json_of, records, text_of, whole

STATUS: dict[str, Stage] = {"asleep": "asleep", "awake": "awake", "in bed": "in_bed", "snooze": "awake"}


def recognise(member: Member) -> bool:
    """Records with a status."""
    return all(name in member.head for name in (b'"records"', b'"status"', b'"start"'))


def read(members: Sequence[Member], ask: Ask) -> Found:
    """One segment for each record of sleeping, waking or lying in bed."""
    found = Found()
    for member in members:
        value = json_of(member)
        for record in records(value.get("records") if isinstance(value, dict) else None):
            stage = STATUS.get(text_of(record.get("status")))
            start, end = whole(record.get("start")), whole(record.get("end"))
            if stage is None:
                continue
            if start is None or end is None or not plausible(start // 1000, end // 1000):
                found.left_out["no_times"] += 1
                continue
            first = zone_named(text_of(record.get("start_timezone")))
            last = zone_named(text_of(record.get("end_timezone"))) or first
            begin, finish = start // 1000, end // 1000
            if first is not None and last is not None:
                shifts = offset_at(begin, first), offset_at(finish, last)
                span = of_instants(begin, finish, *shifts, last.key)
            else:
                span = of_utc(begin, finish, ask.zone)
            found.segments.append(Segment(**span.fields(), source="sleepdiary", stage=stage))  # type: ignore[arg-type]
    if any(segment.known == "unknown" for segment in found.segments):
        found.said.add("utc_clock")
    return found


FORMAT = Format("sleepdiary", "sleepdiary", recognise, read)
