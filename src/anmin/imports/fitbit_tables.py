"""Takeout's newer ``UserSleeps`` and ``UserSleepStages``: instants in UTC with the offset beside them.

``+00:00`` also stands there as a placeholder, so it is believed only where the JSON log of the same night agrees. The
tables' ``sleep_id`` is not the log's ``logId``: nights are joined by when they were.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import msgspec

from anmin.imports.files import Member
from anmin.imports.found import Ask, Found
from anmin.imports.instants import plausible, read_iso, read_offset
from anmin.imports.model import Episode, Run, Stage
from anmin.imports.paint import paint
from anmin.imports.spans import QUARTER, Span, of_instants, of_utc
from anmin.imports.tables import header, rows_of, whole

STAGE: dict[str, Stage] = {
    "AWAKE": "awake", "WAKE": "awake", "RESTLESS": "awake", "LIGHT": "light", "DEEP": "deep", "REM": "rem",
    "ASLEEP": "asleep",
}  # fmt: skip
_NEAR = 120
"""Seconds by which the two files may differ about one night."""


def is_tables(member: Member) -> bool:
    """Whether it is a table of sleeps."""
    return {"sleep_id", "sleep_start", "start_utc_offset", "minutes_asleep"} <= set(header(member))


def is_stages(member: Member) -> bool:
    """Whether it is a table of stages."""
    return {"sleep_id", "sleep_stage_type", "sleep_stage_start"} <= set(header(member))


def tables(members: Sequence[Member], logs: list[Episode], ask: Ask, found: Found) -> list[Episode]:
    """The logs, with offsets where the tables have them, and the tables' sleeps that no log holds."""
    stages = _stages(members)
    placed: dict[str, Episode] = {}
    extra: dict[str, Episode] = {}
    for member in members:
        if not is_tables(member):
            continue
        for row in rows_of(member):
            sleep = _sleep(row, found)
            if sleep is None:
                continue
            start, end, first, last = sleep
            log, shift = _log_of(start, end, first, logs)
            if log is not None:
                if shift is not None and (shift or (first == 0 == last and log.known == "unknown")):
                    placed[log.raw_id] = _moved(log, start, end, shift, last - first)
                continue
            if first == last == 0:
                found.said.add("fitbit_offset_placeholder")
                span = of_utc(start, end, ask.zone)
            else:
                span = of_instants(start, end, first, last)
            extra[row["sleep_id"]] = _episode(row, span, stages.get(row["sleep_id"], []))
    return [placed.get(log.raw_id, log) for log in logs] + list(extra.values())


def _sleep(row: dict[str, str], found: Found) -> tuple[int, int, int, int] | None:
    start, end = read_iso(row.get("sleep_start", "")), read_iso(row.get("sleep_end", ""))
    first, last = read_offset(row.get("start_utc_offset", "")), read_offset(row.get("end_utc_offset", ""))
    if start is None or end is None:
        found.left_out["no_times"] += 1
        return None
    begin, finish = start[0] - (start[1] or 0), end[0] - (end[1] or 0)
    if not plausible(begin, finish):
        found.left_out["no_length"] += 1
        return None
    return begin, finish, first or 0, (first or 0) if last is None else last


def _log_of(start: int, end: int, offset: int, logs: list[Episode]) -> tuple[Episode | None, int | None]:
    """The log of the same sleep, and the offset it was slept at.

    A log's wall clock is the instant plus the offset. Where the table says +00:00 and the log differs from it by whole
    quarters of an hour, that difference is the offset; where it does not differ, nothing is known.
    """
    best: tuple[int, Episode, int | None] | None = None
    for log in logs:
        wall = log.start + log.offset_start
        shift = round((wall - start) / QUARTER) * QUARTER
        near = abs(wall - start - shift) + abs((log.end - log.start) - (end - start))
        agrees = shift == offset if offset else abs(shift) <= 14 * 3600
        if agrees and near <= _NEAR and (best is None or abs(shift - offset) < best[0]):
            best = (abs(shift - offset), log, shift if shift or offset else None)
    return (None, None) if best is None else (best[1], best[2])


def _moved(log: Episode, start: int, end: int, offset: int, change: int) -> Episode:
    """The log put at its instants; its runs keep their distances."""
    shift = log.start - (log.start + log.offset_start - offset)
    return msgspec.structs.replace(
        log, start=log.start - shift, end=log.end - shift, offset_start=offset, offset_end=offset + change,
        known="true", zone="", runs=tuple((a - shift, b - shift, stage) for a, b, stage in log.runs),
    )  # fmt: skip


def _stages(members: Sequence[Member]) -> dict[str, list[tuple[int, int, str]]]:
    found: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for member in members:
        if not is_stages(member):
            continue
        for row in rows_of(member):
            stage = STAGE.get(row["sleep_stage_type"].upper())
            start, end = read_iso(row["sleep_stage_start"]), read_iso(row.get("sleep_stage_end", ""))
            if stage and start and end:
                found[row["sleep_id"]].append((start[0] - (start[1] or 0), end[0] - (end[1] or 0), stage))
    return found


def _episode(row: dict[str, str], span: Span, stages: list[tuple[int, int, str]]) -> Episode:
    runs: tuple[Run, ...] = paint((max(a, span.start), min(b, span.end), stage) for a, b, stage in stages)
    asleep = whole(row.get("minutes_asleep"), 60)
    return Episode(
        **span.fields(),  # type: ignore[arg-type]
        source="Fitbit",
        device=row.get("data_source", ""),
        raw_id=f"table {row['sleep_id']}",
        runs=runs,
        totals=(("asleep", asleep),) if not runs and asleep else (),
    )
