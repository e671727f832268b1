"""Gadgetbridge's database: the sleeps and stages of Xiaomi bands.

Some tables count seconds, some milliseconds: told apart by size. UTC and no zone at all. Some bands send no last
stage, so the last one lasts until the sleep's own end. Several devices in one file are several sources.
"""

from __future__ import annotations

import sqlite3
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

from anmin.imports.files import Member
from anmin.imports.found import Ask, Format, Found
from anmin.imports.instants import plausible
from anmin.imports.model import Episode, Run, Stage
from anmin.imports.paint import paint
from anmin.imports.spans import of_utc
from anmin.imports.sqlite import columns, database, tables
from anmin.imports.tables import bounded, whole

SLEEPS, STAGES, DEVICES = "xiaomi_sleep_time_sample", "xiaomi_sleep_stage_sample", "device"
STAGE: dict[int, Stage] = {2: "deep", 3: "light", 4: "rem"}
"""Anything else is awake."""

_MILLISECONDS = 100_000_000_000
_TOTALS: tuple[Stage, ...] = ("light", "deep", "rem")


def recognise(member: Member) -> bool:
    """A database with the table of sleeps."""
    return SLEEPS in tables(member)


def read(members: Sequence[Member], ask: Ask) -> Found:
    """One episode for each sleep that has ended."""
    found = Found()
    for member in members:
        with database(member) as held:
            _read(held, tables(member), ask, found)
    if found.episodes and ask.zone is None:
        found.said.add("utc_clock")
    return found


def _read(held: sqlite3.Connection, names: frozenset[str], ask: Ask, found: Found) -> None:
    devices = _devices(held) if DEVICES in names else {}
    stages: dict[object, list[tuple[int, int]]] = defaultdict(list)
    if STAGES in names:
        for device, at, stage in held.execute(f"SELECT device_id, timestamp, stage FROM {STAGES}"):
            if isinstance(at, int) and isinstance(stage, int):
                stages[device].append((_seconds(at), stage))
    for one in stages.values():
        one.sort()
    wanted = ("device_id", "timestamp", "wakeup_time", *(f"{stage}_sleep_duration" for stage in _TOTALS))
    own = columns(held, SLEEPS)
    asked = ", ".join(name if name in own else f"NULL AS {name}" for name in wanted)
    for device, at, wake, *minutes in held.execute(f"SELECT {asked} FROM {SLEEPS}"):
        if not isinstance(at, int) or not isinstance(wake, int):
            found.left_out["not_ended"] += 1
            continue
        start, end = _seconds(at), _seconds(wake)
        if not plausible(start, end):
            found.left_out["not_ended"] += 1
            continue
        runs = _runs(stages.get(device, []), start, end)
        found.episodes.append(
            Episode(
                **of_utc(start, end, ask.zone).fields(),  # type: ignore[arg-type]
                source=devices.get(device, f"Gadgetbridge {device}"),
                raw_id=f"{device} {start}",
                runs=runs,
                totals=tuple(
                    (stage, bounded(whole(amount, 60))) for stage, amount in zip(_TOTALS, minutes, strict=True)
                ),
            )
        )


def _runs(stages: list[tuple[int, int]], start: int, end: int) -> tuple[Run, ...]:
    here = stages[bisect_left(stages, (start, -1)) : bisect_left(stages, (end, -1))]
    return paint((at, until, STAGE.get(stage, "awake")) for (at, stage), (until, _) in pairwise([*here, (end, 0)]))


def _seconds(value: int) -> int:
    return value // 1000 if abs(value) >= _MILLISECONDS else value


def _devices(held: sqlite3.Connection) -> dict[object, str]:
    own = columns(held, DEVICES)
    if not {"_id", "name"} <= own:
        return {}
    return {key: str(name) for key, name in held.execute(f"SELECT _id, name FROM {DEVICES}") if name}


FORMAT = Format("gadgetbridge", "Gadgetbridge", recognise, read)
