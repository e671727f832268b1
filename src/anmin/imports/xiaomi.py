"""Xiaomi Mi Fitness: ``*_hlth_center_fitness_data.csv`` with JSON inside its cells.

Epoch seconds; ``timezone`` counts quarters of an hour. The totals by stage are taken; the codes of its hypnogram are
nowhere documented, so it is not. One real file had ``+AF8-`` in the place of every underscore.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from anmin.imports.files import Member
from anmin.imports.found import Ask, Format, Found
from anmin.imports.instants import plausible
from anmin.imports.model import Episode, Stage
from anmin.imports.spans import QUARTER, of_instants, of_utc
from anmin.imports.tables import bounded, header, number, rows_of, whole

_TOTALS: tuple[tuple[Stage, str], ...] = (
    ("light", "sleep_light_duration"), ("deep", "sleep_deep_duration"), ("rem", "sleep_rem_duration"),
)  # fmt: skip


def recognise(member: Member) -> bool:
    """By its columns. The daily summaries beside it have a ``tag`` more; they would only repeat the sleeps."""
    cells = set(header(member))
    return {"uid", "sid", "key", "time", "value"} <= cells and "tag" not in cells


def read(members: Sequence[Member], ask: Ask) -> Found:
    """One episode for each sleep; the same sleep in a later update replaces it."""
    found = Found()
    for member in members:
        for row in rows_of(member):
            if row["key"] not in ("sleep", "night_sleep"):
                continue
            try:
                value = msgspec.json.decode(row["value"].replace("+AF8-", "_"))
            except msgspec.DecodeError:
                value = None
            if not isinstance(value, dict):
                found.left_out["no_times"] += 1
                continue
            start, end = whole(value.get("bedtime")), whole(value.get("wake_up_time"))
            if start is None or end is None or not plausible(start, end):
                found.left_out["no_times"] += 1
                continue
            quarters = number(value.get("timezone"))
            if quarters is not None and abs(quarters) <= 60:
                offset = round(quarters) * QUARTER
                span = of_instants(start, end, offset, offset)
            else:
                span = of_utc(start, end, ask.zone)
            totals: list[tuple[Stage, int]] = [(stage, bounded(whole(value.get(name), 60))) for stage, name in _TOTALS]
            if not any(seconds for _, seconds in totals):
                totals = [("asleep", bounded(whole(value.get("duration"), 60)))]
            found.episodes.append(
                Episode(
                    **span.fields(),  # type: ignore[arg-type]
                    source="Mi Fitness",
                    device=row["sid"],
                    raw_id=f"at {start}",
                    totals=tuple(totals),
                    awakenings=whole(value.get("awake_count")),
                    written=whole(row.get("updatetime")) or 0,
                )
            )
    return found


FORMAT = Format("xiaomi", "Xiaomi Mi Fitness", recognise, read)
