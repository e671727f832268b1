"""A table of the person's own: one row a sleep (or a stage), columns named by them or by their usual names.

``--column start=Bedtime --column end=Woke`` says which column is which. Known: ``start`` and ``end`` (ISO date and
time, with offset or not), ``asleep`` (minutes), ``stage``, ``source``, ``zone``, ``nap``. The table that ``--csv``
writes is one of these too: its ``tst``, ``kind`` and ``basis`` are understood.
"""

from __future__ import annotations

from collections.abc import Sequence

from anmin.errors import InputError
from anmin.imports.files import Member
from anmin.imports.found import Ask, Format, Found
from anmin.imports.instants import plausible, read_iso, zone_named
from anmin.imports.model import STAGES, Episode, Segment, Stage
from anmin.imports.spans import Span, of_instants, of_walls, of_zone
from anmin.imports.tables import bounded, header, rows_of, whole

COLUMNS = ("start", "end", "asleep", "stage", "source", "zone", "nap")
_WORDS: dict[str, Stage] = {**{stage: stage for stage in STAGES}, "wake": "awake", "core": "light", "sleep": "asleep"}
_YES = ("true", "yes", "1", "nap")


def recognise(member: Member) -> bool:
    """Columns named ``start`` and ``end``; a person's own names are asked for in :func:`with_columns`."""
    cells = set(header(member))
    return {"start", "end"} <= cells and bool(cells & {"asleep", "stage", "nap", "zone"})


def with_columns(columns: dict[str, str]) -> Format:
    """The format for a person's own column names; :class:`InputError` when a name is not known."""
    for name in columns:
        if name not in COLUMNS:
            raise InputError("column", name, ", ".join(COLUMNS))
    wanted = {columns.get("start", "start").lower(), columns.get("end", "end").lower()}
    return Format(FORMAT.id, FORMAT.name, lambda member: wanted <= set(header(member)), read)


def read(members: Sequence[Member], ask: Ask) -> Found:
    """Rows with a stage as segments, others as sleeps."""
    found = Found()
    for member in members:
        for row in rows_of(member):
            get = {name: row.get(ask.columns.get(name, name).lower(), "") for name in COLUMNS}
            span = _span(get, ask)
            if span is None or not plausible(span.start, span.end):
                found.left_out["no_times"] += 1
                continue
            source = get["source"] or "table"
            if get["stage"]:
                stage = _WORDS.get(get["stage"].lower().replace(" ", "_"))
                if stage is None:
                    found.left_out["stage_unknown"] += 1
                    continue
                found.segments.append(Segment(**span.fields(), source=source, stage=stage))  # type: ignore[arg-type]
                continue
            asleep = bounded(whole(get["asleep"] or row.get("tst"), 60))
            stage = "in_bed" if row.get("basis") == "in_bed" else "asleep"
            found.episodes.append(
                Episode(
                    **span.fields(),  # type: ignore[arg-type]
                    source=source,
                    raw_id=f"at {span.start}",
                    runs=() if asleep else ((span.start, span.end, stage),),
                    totals=(("asleep", asleep),) if asleep else (),
                    nap=True if get["nap"].lower() in _YES or row.get("kind") == "nap" else None,
                )
            )
    return found


def _span(get: dict[str, str], ask: Ask) -> Span | None:
    start, end = read_iso(get["start"]), read_iso(get["end"])
    if start is None or end is None:
        return None
    zone = zone_named(get["zone"])
    if start[1] is None or end[1] is None:
        return of_walls(start[0], end[0], zone or ask.zone, known="true" if zone else "inferred")
    first, last = start[0] - start[1], end[0] - end[1]
    return of_zone(first, last, zone) if zone else of_instants(first, last, start[1], end[1])


FORMAT = Format("table", "CSV", recognise, read)
