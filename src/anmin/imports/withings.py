"""Withings: ``sleep.csv`` of the archive, and its raw sleep states.

The headers follow the language of the account, so columns are taken by position and unit, never by name. The raw
files hold lists inside cells (durations and states), in no order of time, with offsets that change at clock changes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from anmin.imports.files import Member
from anmin.imports.found import Ask, Format, Found
from anmin.imports.instants import plausible, read_iso
from anmin.imports.model import Episode, Segment, Stage
from anmin.imports.spans import Span, of_instants, of_walls, of_written
from anmin.imports.tables import bounded, header, lines_of, whole

STATE: dict[int, Stage] = {0: "awake", 1: "light", 2: "deep", 3: "rem"}
_SECONDS = re.compile(r".*\(s\)|.*（秒）|.*（s）")


def recognise(member: Member) -> bool:
    """Two times and four durations in seconds; or a raw file of sleep states."""
    return _is_nights(member) or _is_states(member)


def _is_nights(member: Member) -> bool:
    cells = header(member)
    return len(cells) >= 7 and all(_SECONDS.fullmatch(cell) for cell in cells[2:6]) and "(" not in "".join(cells[:2])


def _is_states(member: Member) -> bool:
    return header(member)[:3] == ["start", "duration", "value"] and "sleep-state" in member.base


def read(members: Sequence[Member], ask: Ask) -> Found:
    """Nights as totals, raw states as segments; of the same night the states are better and are used."""
    found = Found()
    for member in members:
        if _is_nights(member):
            _nights(member, ask, found)
        else:
            _states(member, ask, found)
    return found


def _span(start: str, end: str, ask: Ask, found: Found) -> Span | None:
    first, last = read_iso(start), read_iso(end)
    if first is None or last is None:
        found.left_out["no_times"] += 1
        return None
    span = of_written(first, last, ask.zone)
    if not plausible(span.start, span.end):
        found.left_out["no_length"] += 1
        return None
    return span


def _nights(member: Member, ask: Ask, found: Found) -> None:
    lines = lines_of(member)
    names = [name.strip().lower() for name in next(lines, [])]
    to_sleep = names.index("duration to sleep (s)") if "duration to sleep (s)" in names else 7
    to_wake = names.index("duration to wake up (s)") if "duration to wake up (s)" in names else 8
    for line in lines:
        if len(line) < 7:
            continue
        span = _span(line[0], line[1], ask, found)
        if span is None:
            continue
        light, deep, rem = (bounded(whole(cell)) for cell in line[2:5])
        before = bounded(whole(line[to_sleep])) if len(line) > to_sleep else 0
        after = bounded(whole(line[to_wake])) if len(line) > to_wake else 0
        found.episodes.append(
            Episode(
                **span.fields(),  # type: ignore[arg-type]
                source="Withings",
                raw_id=f"at {span.start}",
                totals=(("light", light), ("deep", deep), ("rem", rem)),
                onset=span.start + before,
                wake=span.end - after,
                awakenings=whole(line[6]),
            )
        )


def _states(member: Member, ask: Ask, found: Found) -> None:
    lines = lines_of(member)
    next(lines, None)
    for line in lines:
        if len(line) < 3:
            continue
        durations, states = _list(line[1]), _list(line[2])
        if durations is None or states is None or len(durations) != len(states):
            found.left_out["no_times"] += 1
            continue
        first = read_iso(line[0])
        at = 0
        for duration, state in zip(durations, states, strict=True):
            stage = STATE.get(state)
            if first is not None and stage is not None and 0 < duration <= 2 * 86_400:
                wall, offset = first[0] + at, first[1]
                if offset is None:
                    span = of_walls(wall, wall + duration, ask.zone)
                else:
                    span = of_instants(wall - offset, wall - offset + duration, offset, offset)
                if plausible(span.start, span.end):
                    found.segments.append(Segment(**span.fields(), source="Withings", stage=stage))  # type: ignore[arg-type]
            elif stage is None:
                found.left_out["stage_unknown"] += 1
            at += max(0, min(duration, 2 * 86_400))


def _list(cell: str) -> list[int] | None:
    """``[60,120]`` or a lone number."""
    try:
        return msgspec.json.decode(cell.strip() if cell.strip().startswith("[") else f"[{cell}]", type=list[int])
    except (msgspec.DecodeError, msgspec.ValidationError):
        return None


FORMAT = Format("withings", "Withings", recognise, read)
