"""Fitbit: the JSON logs of both Takeout and API, the account page's CSV, and Takeout's newer UserSleeps tables.

The JSON has wall clocks and no zone; chunk files overlap, so logs are told apart by ``logId``. ``efficiency`` and
``minutesToFallAsleep`` are the maker's own and are not taken: a wearable does not measure sleep onset latency.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from anmin.imports.files import Member
from anmin.imports.fitbit_tables import is_stages, is_tables, tables
from anmin.imports.found import Ask, Format, Found
from anmin.imports.instants import plausible, read_iso, seconds_of
from anmin.imports.model import Episode, Run, Stage
from anmin.imports.paint import paint
from anmin.imports.spans import Span, of_walls
from anmin.imports.tables import head_text, json_of, lines_of, records, text_of, whole

SOURCE = "Fitbit"
LEVEL: dict[str, Stage] = {
    "wake": "awake", "awake": "awake", "restless": "awake", "light": "light", "deep": "deep", "rem": "rem",
    "asleep": "asleep",
}  # fmt: skip


def recognise(member: Member) -> bool:
    """A list of sleep logs, the old CSV, or one of the newer tables."""
    return _is_json(member) or _is_old(member) or is_tables(member) or is_stages(member)


def _is_json(member: Member) -> bool:
    return b'"logId"' in member.head and b'"dateOfSleep"' in member.head


def _is_old(member: Member) -> bool:
    lines = head_text(member).splitlines()[:2]
    return len(lines) == 2 and lines[0].strip('", ') == "Sleep" and lines[1].startswith("Start Time,End Time,")


def read(members: Sequence[Member], ask: Ask) -> Found:
    """Logs by ``logId``; the newer tables give the offsets of nights the logs hold, and nights they do not."""
    found = Found()
    logs: dict[str, Episode] = {}
    for member in members:
        if _is_json(member):
            value = json_of(member)
            for log in records(value.get("sleep", value) if isinstance(value, dict) else value):
                episode = _log(log, ask, found)
                if episode is not None:
                    held = logs.get(episode.raw_id)
                    logs[episode.raw_id] = episode if held is None else max(held, episode, key=_fuller)
        elif _is_old(member):
            found.episodes.extend(_old(lines_of(member), ask, found))
    found.episodes.extend(tables([m for m in members if not _is_json(m)], list(logs.values()), ask, found))
    if any(episode.known == "unknown" for episode in found.episodes):
        found.said.add("zone_unknown")
    return found


def _fuller(episode: Episode) -> tuple[int, str]:
    return len(episode.runs), repr(episode)


def _log(log: dict[str, Any], ask: Ask, found: Found) -> Episode | None:
    start, end = read_iso(text_of(log.get("startTime"))), read_iso(text_of(log.get("endTime")))
    if start is None or end is None:
        found.left_out["no_times"] += 1
        return None
    milliseconds = whole(log.get("duration"))
    span = of_walls(start[0], end[0], ask.zone, None if milliseconds is None else milliseconds // 1000)
    if not plausible(span.start, span.end):
        found.left_out["no_length"] += 1
        return None
    levels = log.get("levels")
    runs = _runs(levels, span) if isinstance(levels, dict) else ()
    main = log.get("mainSleep", log.get("isMainSleep"))
    asleep = whole(log.get("minutesAsleep"), 60)
    return Episode(
        **span.fields(),  # type: ignore[arg-type]
        source=SOURCE,
        raw_id=text_of(log.get("logId")) or f"at {span.start}",
        runs=runs,
        totals=(("asleep", asleep),) if not runs and asleep else (),
        nap=None if not isinstance(main, bool) else not main,
    )


def _runs(levels: dict[str, Any], span: Span) -> tuple[Run, ...]:
    """Stages laid end to end from the start, with the short wakings over them."""
    pieces: list[tuple[int, int, str]] = []
    walls: list[tuple[int, int, int]] = []
    at = span.start
    for one in sorted(records(levels.get("data")), key=lambda one: text_of(one.get("dateTime"))):
        stage, seconds = LEVEL.get(text_of(one.get("level"))), whole(one.get("seconds"))
        wall = read_iso(text_of(one.get("dateTime")))
        if stage is None or wall is None or not seconds or seconds < 0:
            continue
        instant = span.instant(wall[0])
        at = instant if abs(instant - at) % 1800 or span.offset_start == span.offset_end else at
        pieces.append((at, min(at + seconds, span.end), stage))
        walls.append((wall[0], wall[0] + seconds, at))
        at += seconds
    for one in records(levels.get("shortData")):
        wall, seconds = read_iso(text_of(one.get("dateTime"))), whole(one.get("seconds"))
        home = next(((first, at) for first, end, at in walls if wall and first <= wall[0] < end), None)
        if wall is not None and home is not None and seconds and seconds > 0:
            begin = home[1] + wall[0] - home[0]
            pieces.append((begin, min(begin + seconds, span.end), "awake"))
    return tuple(run for run in paint(pieces) if span.start <= run[0] < run[1] <= span.end)


def _old(lines: Iterable[list[str]], ask: Ask, found: Found) -> Iterable[Episode]:
    for line in lines:
        if len(line) < 6 or line[0] == "Start Time":
            continue
        walls = [_half_day(cell) for cell in line[:2]]
        minutes = [whole(cell, 60) for cell in line[2:9]]
        if walls[0] is None or walls[1] is None or minutes[0] is None:
            found.left_out["no_times"] += 1
            continue
        span = of_walls(walls[0], walls[1], ask.zone)
        if not plausible(span.start, span.end):
            found.left_out["no_length"] += 1
            continue
        names: tuple[Stage, ...] = ("rem", "light", "deep")
        stages = [(stage, amount) for stage, amount in zip(names, minutes[4:7], strict=False) if amount]
        totals: list[tuple[Stage, int]] = stages if stages else [("asleep", minutes[0])]
        yield Episode(
            **span.fields(),  # type: ignore[arg-type]
            source=SOURCE,
            raw_id=f"at {span.start}",
            totals=tuple(totals),
            awakenings=whole(line[4]),
        )


def _half_day(text: str) -> int | None:
    """``2019-03-01 11:05PM`` or ISO; seconds of the wall clock."""
    for form in ("%Y-%m-%d %I:%M%p", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"):
        try:
            return seconds_of(datetime.strptime(text.strip().replace(" AM", "AM").replace(" PM", "PM"), form))
        except ValueError:
            continue
    return None


FORMAT = Format("fitbit", "Fitbit / Google Takeout", recognise, read)
