"""Plees Tracker: ``sid,start,stop,rating…`` in milliseconds since 1970; no zone."""

from __future__ import annotations

from collections.abc import Sequence

from anmin.imports.files import Member
from anmin.imports.found import Ask, Format, Found
from anmin.imports.instants import plausible
from anmin.imports.model import Episode
from anmin.imports.spans import of_utc
from anmin.imports.tables import header, rows_of, whole


def recognise(member: Member) -> bool:
    """By its first three columns."""
    return header(member)[:3] == ["sid", "start", "stop"]


def read(members: Sequence[Member], ask: Ask) -> Found:
    """One sleep for each row; what lies between start and stop is taken for sleep, as the person noted it."""
    found = Found()
    for member in members:
        for row in rows_of(member):
            start, end = whole(row["start"]), whole(row["stop"])
            if start is None or end is None or not plausible(start // 1000, end // 1000):
                found.left_out["no_times"] += 1
                continue
            span = of_utc(start // 1000, end // 1000, ask.zone)
            found.episodes.append(
                Episode(
                    **span.fields(),  # type: ignore[arg-type]
                    source="Plees Tracker",
                    raw_id=f"at {span.start}",
                    totals=(("asleep", span.end - span.start),),
                    awakenings=whole(row.get("wakes")),
                )
            )
    if found.episodes and ask.zone is None:
        found.said.add("utc_clock")
    return found


FORMAT = Format("plees", "Plees Tracker", recognise, read)
