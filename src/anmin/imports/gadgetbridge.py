"""Gadgetbridge's database: the sleeps of Xiaomi, CMF, Colmi, Garmin and Huami (Amazfit, Mi Band) devices.

Some tables count seconds, some milliseconds: told apart by size. UTC and no zone at all. Several devices in one file
are several sources. How each table writes its stages is below (:data:`SESSIONS`); Huami bands write a kind for every
minute and two levels whose limits are nowhere documented, so their sleep is taken without stages.
"""

from __future__ import annotations

import sqlite3
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from anmin.imports.files import Member
from anmin.imports.found import Ask, Format, Found
from anmin.imports.garmin_fit import LEVEL, SLEEP_EVENT, Change, pieces
from anmin.imports.instants import plausible
from anmin.imports.model import Episode, Run, Segment, Stage
from anmin.imports.paint import paint
from anmin.imports.spans import of_utc
from anmin.imports.sqlite import columns, database, tables
from anmin.imports.tables import bounded, whole


class Sessions(NamedTuple):
    """A table of sleeps and one of their stages. ``unit``: seconds in the stages' duration; 0: they have none, and a
    stage lasts until the next or until the sleep's own end (some bands never send the last one). ``other``: what a
    code that is not listed means."""

    sleeps: str
    stages: str
    codes: dict[int, Stage]
    unit: int
    other: Stage | None


SESSIONS = (
    Sessions("xiaomi_sleep_time_sample", "xiaomi_sleep_stage_sample", {2: "deep", 3: "light", 4: "rem"}, 0, "awake"),
    Sessions("cmf_sleep_session_sample", "cmf_sleep_stage_sample", {1: "deep", 2: "light", 3: "rem"}, 1, None),
    Sessions("colmi_sleep_session_sample", "colmi_sleep_stage_sample",
             {2: "light", 3: "deep", 4: "rem", 5: "awake"}, 60, None),
)  # fmt: skip
GARMIN, EVENTS, HUAMI, DEVICES = (
    "garmin_sleep_stage_sample", "garmin_event_sample", "huami_extended_activity_sample", "device",
)  # fmt: skip

_HUAMI_SLEEP = 120
_MILLISECONDS = 100_000_000_000
_TOTALS: tuple[Stage, ...] = ("light", "deep", "rem")


def recognise(member: Member) -> bool:
    """A database with a table of sleeps."""
    return bool(tables(member) & {GARMIN, HUAMI, *(one.sleeps for one in SESSIONS)})


def read(members: Sequence[Member], ask: Ask) -> Found:
    """Every sleep that has ended."""
    found = Found()
    for member in members:
        names = tables(member)
        with database(member) as held:
            devices = _devices(held) if DEVICES in names else {}
            for one in SESSIONS:
                if one.sleeps in names:
                    _sessions(held, one, names, devices, ask, found)
            if GARMIN in names:
                _garmin(held, names, devices, ask, found)
            if HUAMI in names:
                _huami(held, devices, ask, found)
    if (found.episodes or found.segments) and ask.zone is None:
        found.said.add("utc_clock")
    return found


def _sessions(
    held: sqlite3.Connection, one: Sessions, names: frozenset[str], devices: dict[object, str], ask: Ask, found: Found
) -> None:
    stages = _stages(held, one, found) if one.stages in names else {}
    wanted = ("device_id", "timestamp", "wakeup_time", *(f"{stage}_sleep_duration" for stage in _TOTALS))
    own = columns(held, one.sleeps)
    asked = ", ".join(name if name in own else f"NULL AS {name}" for name in wanted)
    for device, at, wake, *minutes in held.execute(f"SELECT {asked} FROM {one.sleeps}"):
        if not isinstance(at, int) or not isinstance(wake, int) or not plausible(_seconds(at), _seconds(wake)):
            found.left_out["not_ended"] += 1
            continue
        start, end = _seconds(at), _seconds(wake)
        totals = tuple((stage, bounded(whole(amount, 60))) for stage, amount in zip(_TOTALS, minutes, strict=True))
        found.episodes.append(
            Episode(
                **of_utc(start, end, ask.zone).fields(),  # type: ignore[arg-type]
                source=_source(devices, device),
                raw_id=f"{device} {start}",
                runs=_runs(stages.get(device, []), start, end),
                totals=totals,
            )
        )


def _stages(held: sqlite3.Connection, one: Sessions, found: Found) -> dict[object, list[tuple[int, int, Stage]]]:
    """Start, seconds and stage by device; where the table has no durations, 0 seconds."""
    stages: dict[object, list[tuple[int, int, Stage]]] = defaultdict(list)
    length = "duration" if one.unit else "0"
    for device, at, lasting, code in held.execute(f"SELECT device_id, timestamp, {length}, stage FROM {one.stages}"):
        stage = one.codes.get(code, one.other) if isinstance(code, int) else None
        if not isinstance(at, int) or not isinstance(lasting, int) or stage is None:
            found.left_out["stage_unknown"] += 1
            continue
        stages[device].append((_seconds(at), bounded(lasting * one.unit), stage))
    for every in stages.values():
        every.sort()
    return stages


def _runs(stages: list[tuple[int, int, Stage]], start: int, end: int) -> tuple[Run, ...]:
    here = stages[bisect_left(stages, (start,)) : bisect_left(stages, (end,))]
    following = pairwise([*here, (end, 0, "awake")])
    return paint(
        (at, min(at + seconds if seconds else until, end), stage) for (at, seconds, stage), (until, _, _) in following
    )


def _garmin(
    held: sqlite3.Connection, names: frozenset[str], devices: dict[object, str], ask: Ask, found: Found
) -> None:
    """Each stage holds until its own time, as in Garmin's FIT files, from which the table is filled."""
    changes: dict[object, list[Change]] = defaultdict(list)
    for device, at, code in held.execute(f"SELECT device_id, timestamp, stage FROM {GARMIN}"):
        if isinstance(at, int):
            changes[device].append(Change(_seconds(at), LEVEL.get(code) if isinstance(code, int) else None))
    if EVENTS in names:
        query = f"SELECT device_id, timestamp FROM {EVENTS} WHERE event = {SLEEP_EVENT} AND event_type = 0"
        for device, at in held.execute(query):
            if isinstance(at, int):
                changes[device].append(Change(_seconds(at), None))
    for device, own in changes.items():
        _add(pieces(own, ask.rules.split_gap), _source(devices, device), ask, found)


def _huami(held: sqlite3.Connection, devices: dict[object, str], ask: Ask, found: Found) -> None:
    """Minutes of the kind sleep, those that follow each other as one stretch."""
    query = f"SELECT device_id, timestamp FROM {HUAMI} WHERE raw_kind = {_HUAMI_SLEEP} ORDER BY device_id, timestamp"
    device, start, end = None, 0, 0
    for owner, at in held.execute(query):
        if not isinstance(at, int):
            continue
        minute = _seconds(at)
        if owner != device or not start <= minute <= end:
            _add([(start, end, "asleep")], _source(devices, device), ask, found)
            device, start = owner, minute
        end = minute + 60
    _add([(start, end, "asleep")], _source(devices, device), ask, found)


def _add(parts: Iterable[tuple[int, int, Stage]], source: str, ask: Ask, found: Found) -> None:
    for start, end, stage in parts:
        if plausible(start, end):
            span = of_utc(start, end, ask.zone)
            found.segments.append(Segment(**span.fields(), source=source, stage=stage))  # type: ignore[arg-type]


def _source(devices: dict[object, str], device: object) -> str:
    return devices.get(device, f"Gadgetbridge {device}")


def _seconds(value: int) -> int:
    return value // 1000 if abs(value) >= _MILLISECONDS else value


def _devices(held: sqlite3.Connection) -> dict[object, str]:
    own = columns(held, DEVICES)
    if not {"_id", "name"} <= own:
        return {}
    return {key: str(name) for key, name in held.execute(f"SELECT _id, name FROM {DEVICES}") if name}


FORMAT = Format("gadgetbridge", "Gadgetbridge", recognise, read)
