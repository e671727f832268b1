"""Android Health Connect: ``health_connect_export.db``.

Several apps write the same night; each is a source of its own, by the name of the app, and they are never added.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Sequence

from anmin.imports.files import Member
from anmin.imports.found import Ask, Format, Found
from anmin.imports.instants import plausible
from anmin.imports.model import Episode, Stage
from anmin.imports.paint import paint
from anmin.imports.spans import of_instants, of_utc
from anmin.imports.sqlite import columns, database, tables

SESSIONS, STAGES, APPS = "sleep_session_record_table", "sleep_stages_table", "application_info_table"
TYPE: dict[int, Stage] = {1: "awake", 2: "asleep", 3: "awake", 4: "light", 5: "deep", 6: "rem", 7: "awake"}
"""0 is unknown; 3 is out of bed, 7 awake in bed."""


def recognise(member: Member) -> bool:
    """A database with the table of sleep sessions."""
    return SESSIONS in tables(member)


def read(members: Sequence[Member], ask: Ask) -> Found:
    """One episode for each session, with its stages where an app wrote them."""
    found = Found()
    for member in members:
        with database(member) as held:
            _read(held, tables(member), ask, found)
    return found


def _read(held: sqlite3.Connection, names: frozenset[str], ask: Ask, found: Found) -> None:
    apps = _apps(held) if APPS in names else {}
    stages: dict[int, list[tuple[int, int, str]]] = defaultdict(list)
    if STAGES in names:
        query = f"SELECT parent_key, stage_start_time, stage_end_time, stage_type FROM {STAGES}"
        for parent, start, end, kind in held.execute(query):
            if kind in TYPE and isinstance(start, int) and isinstance(end, int):
                stages[parent].append((start // 1000, end // 1000, TYPE[kind]))
    own = columns(held, SESSIONS)
    wanted = (
        "row_id", "uuid", "start_time", "end_time", "start_zone_offset", "end_zone_offset", "app_info_id",
        "last_modified_time",
    )  # fmt: skip
    asked = ", ".join(name if name in own else f"NULL AS {name}" for name in wanted)
    for row, uuid, start, end, first, last, app, changed in held.execute(f"SELECT {asked} FROM {SESSIONS}"):
        if not isinstance(start, int) or not isinstance(end, int) or not plausible(start // 1000, end // 1000):
            found.left_out["no_length"] += 1
            continue
        begin, finish = start // 1000, end // 1000
        if isinstance(first, int) and isinstance(last, int) and max(abs(first), abs(last)) <= 18 * 3600:
            span = of_instants(begin, finish, first, last)
        else:
            span = of_utc(begin, finish, ask.zone)
        pieces = stages.get(row, [])
        runs = paint((max(a, begin), min(b, finish), stage) for a, b, stage in pieces)
        found.episodes.append(
            Episode(
                **span.fields(),  # type: ignore[arg-type]
                source=apps.get(app, f"Health Connect {app}" if app is not None else "Health Connect"),
                raw_id=uuid.hex() if isinstance(uuid, bytes) else str(uuid or f"at {begin}"),
                runs=runs or ((begin, finish, "asleep"),),
                written=changed // 1000 if isinstance(changed, int) and changed > 0 else 0,
            )
        )


def _apps(held: sqlite3.Connection) -> dict[int, str]:
    own = columns(held, APPS)
    name = "app_name" if "app_name" in own else "package_name"
    other = "package_name" if "package_name" in own else name
    rows = held.execute(f"SELECT row_id, {name}, {other} FROM {APPS}")
    return {row: str(one or two) for row, one, two in rows if one or two}


FORMAT = Format("health_connect", "Health Connect", recognise, read)
