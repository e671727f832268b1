"""Sleep as Android: ``sleep-export.csv``, a header row before every record, rows of different width.

``Id`` is the start in milliseconds since 1970 and ``Hours`` the length, so the wall clocks of ``From`` and ``To``,
ambiguous at a clock change, are not needed; ``Tz`` is the zone. Events are ``LABEL-milliseconds``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from anmin.imports.files import Member
from anmin.imports.found import Ask, Format, Found
from anmin.imports.instants import plausible, zone_named
from anmin.imports.model import Episode, Stage
from anmin.imports.paint import paint
from anmin.imports.spans import of_utc, of_zone
from anmin.imports.tables import header, lines_of, number, whole

_EVENT = re.compile(r"(DEEP|LIGHT|REM|AWAKE)_(START|END)-(\d{11,14})(?:-.*)?")
_STAGE: dict[str, Stage] = {"DEEP": "deep", "LIGHT": "light", "REM": "rem", "AWAKE": "awake"}


def recognise(member: Member) -> bool:
    """By the first columns of its header."""
    return header(member)[:6] == ["id", "tz", "from", "to", "sched", "hours"]


def read(members: Sequence[Member], ask: Ask) -> Found:
    """One episode for each record; rows of noise under it have no id."""
    found = Found()
    for member in members:
        for line in lines_of(member):
            if len(line) < 6 or line[0] == "Id" or not line[0].strip():
                continue
            milliseconds, hours = whole(line[0]), number(line[5])
            if milliseconds is None or hours is None:
                found.left_out["no_times"] += 1
                continue
            start = milliseconds // 1000
            end = start + round(min(max(hours, 0), 100) * 3600)
            if not plausible(start, end):
                found.left_out["no_length"] += 1
                continue
            zone = zone_named(line[1])
            span = of_zone(start, end, zone) if zone else of_utc(start, end, ask.zone)
            staged = _staged(line[15:], end)
            runs = paint([(start, end, "asleep"), *((max(a, start), min(b, end), stage) for a, b, stage in staged)])
            found.episodes.append(
                Episode(**span.fields(), source="Sleep as Android", raw_id=line[0], runs=runs)  # type: ignore[arg-type]
            )
    return found


def _staged(cells: list[str], end: int) -> list[tuple[int, int, Stage]]:
    """From each start of a stage to its own end."""
    begun: dict[str, int] = {}
    staged: list[tuple[int, int, Stage]] = []
    events = sorted(
        (int(match[3]) // 1000, match[2], match[1]) for cell in cells if (match := _EVENT.fullmatch(cell.strip()))
    )
    for at, edge, label in events:
        if edge == "START":
            begun.setdefault(label, at)
        elif label in begun:
            staged.append((begun.pop(label), at, _STAGE[label]))
    return staged + [(at, end, _STAGE[label]) for label, at in begun.items()]


FORMAT = Format("sleep_as_android", "Sleep as Android", recognise, read)
