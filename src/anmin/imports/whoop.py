"""WHOOP: ``sleeps.csv`` (and the same sleeps in ``physiological_cycles.csv``).

Local wall clocks with the offset of the cycle beside them (``UTC-08:00``, also ``GMT-5``); the running cycle has no
end yet; the order of columns varies. Totals only, no hypnogram.
"""

from __future__ import annotations

from collections.abc import Sequence

from anmin.imports.files import Member
from anmin.imports.found import Ask, Format, Found
from anmin.imports.instants import plausible, read_iso, read_offset
from anmin.imports.model import Episode, Stage
from anmin.imports.spans import of_instants, of_walls
from anmin.imports.tables import bounded, header, rows_of, whole

_TOTALS: tuple[tuple[Stage, str], ...] = (
    ("light", "light sleep duration (min)"), ("deep", "deep (sws) duration (min)"), ("rem", "rem duration (min)"),
)  # fmt: skip


def recognise(member: Member) -> bool:
    """By the names of onset, waking and the zone of the cycle."""
    return {"sleep onset", "wake onset", "cycle timezone"} <= set(header(member))


def read(members: Sequence[Member], ask: Ask) -> Found:
    """One episode for each sleep that has ended."""
    found = Found()
    for member in members:
        for row in rows_of(member):
            start, end = read_iso(row["sleep onset"]), read_iso(row["wake onset"])
            if start is None or end is None:
                found.left_out["not_ended"] += 1
                continue
            offset = read_offset(row["cycle timezone"])
            if offset is None:
                span = of_walls(start[0], end[0], ask.zone)
            else:
                span = of_instants(start[0] - offset, end[0] - offset, offset, offset)
            if not plausible(span.start, span.end):
                found.left_out["no_length"] += 1
                continue
            totals: list[tuple[Stage, int]] = [(stage, bounded(whole(row.get(name), 60))) for stage, name in _TOTALS]
            if not any(seconds for _, seconds in totals):
                totals = [("asleep", bounded(whole(row.get("asleep duration (min)"), 60)))]
            nap = row.get("nap", "").lower()
            found.episodes.append(
                Episode(
                    **span.fields(),  # type: ignore[arg-type]
                    source="WHOOP",
                    raw_id=f"at {span.start}",
                    totals=tuple(totals),
                    nap=True if nap == "true" else None,
                )
            )
    return found


FORMAT = Format("whoop", "WHOOP", recognise, read)
