"""Polar Flow: ``sleep_result_*.json``, hypnograms as changes of state after so long from the start.

The last ``WAKE`` may lie after the span and is cut off with it. Older exports have ``sleep_wake_*.json`` instead:
asleep or awake at so many milliseconds of a day, by a wall clock without zone; ``night`` is the date of the morning, so
what comes before midnight belongs to the day before. Where both tell of a night, the hypnogram is used.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from anmin.imports.files import Member
from anmin.imports.found import Ask, Format, Found
from anmin.imports.instants import plausible, read_iso
from anmin.imports.model import Episode, Run, Segment, Stage
from anmin.imports.paint import paint
from anmin.imports.sleeps import DAY
from anmin.imports.spans import of_walls, of_written
from anmin.imports.tables import json_of, records, text_of, whole

STATE: dict[str, Stage] = {
    "WAKE": "awake", "REM": "rem", "NONREM12": "light", "LIGHT": "light", "NONREM3": "deep", "DEEP": "deep",
}  # fmt: skip
ASLEEP_OR_AWAKE: dict[str, Stage] = {**STATE, "SLEEP": "asleep", "ASLEEP": "asleep", "AWAKE": "awake"}
_LENGTH = re.compile(r"PT(?:(\d{1,3})H)?(?:(\d{1,4})M)?(?:(\d{1,6})(?:\.\d{1,9})?S)?")


def recognise(member: Member) -> bool:
    """By the hypnogram among the results, or the changes between asleep and awake."""
    return (b'"hypnogram"' in member.head and b'"sleepStart"' in member.head) or _is_changes(member)


def _is_changes(member: Member) -> bool:
    return b'"sleepWakeStateChangeModels"' in member.head


def read(members: Sequence[Member], ask: Ask) -> Found:
    """One episode for each night."""
    found = Found()
    for member in members:
        for night in records(json_of(member)):
            if _is_changes(member):
                _add_changes(night, ask, found)
                continue
            result = night.get("sleepResult")
            held = result.get("hypnogram") if isinstance(result, dict) else None
            episode = _episode(held, ask) if isinstance(held, dict) else None
            if episode is None:
                found.left_out["no_times"] += 1
            else:
                found.episodes.append(episode)
    return found


def _add_changes(night: dict[str, Any], ask: Ask, found: Found) -> None:
    """The stretches of one night. Milliseconds that fall back have passed midnight; so do those beyond a day."""
    morning = read_iso(f"{text_of(night.get('night'))[:10]}T00:00")
    for one in records(night.get("sleepWake")):
        held = one.get("sleepStateChanges")
        models = records(held.get("sleepWakeStateChangeModels")) if isinstance(held, dict) else []
        changes: list[tuple[int, str]] = []
        for model in models:
            at = whole(model.get("millisInDay"))
            if at is None or not 0 <= at <= 2000 * DAY:
                continue
            second = at // 1000
            while changes and second < changes[-1][0]:
                second += DAY
            changes.append((second, text_of(model.get("state")).upper()))
        if morning is None or len(changes) < 2 or changes[-1][0] - changes[0][0] > 2 * DAY:
            found.left_out["no_times"] += 1
            continue
        midnight = morning[0] - changes[-1][0] // DAY * DAY
        for (at, state), (until, _) in pairwise(changes):
            stage = ASLEEP_OR_AWAKE.get(state)
            if stage is None:
                found.left_out["stage_unknown"] += 1
            elif plausible(midnight + at, midnight + until):
                span = of_walls(midnight + at, midnight + until, ask.zone)
                found.segments.append(Segment(**span.fields(), source="Polar", stage=stage))  # type: ignore[arg-type]


def _episode(held: dict[str, Any], ask: Ask) -> Episode | None:
    start, end = read_iso(text_of(held.get("sleepStart"))), read_iso(text_of(held.get("sleepEnd")))
    if start is None or end is None:
        return None
    span = of_written(start, end, ask.zone)
    if not plausible(span.start, span.end):
        return None
    runs = _runs(held, span.start, span.end)
    return Episode(
        **span.fields(),  # type: ignore[arg-type]
        source="Polar",
        raw_id=f"at {span.start}",
        runs=runs or ((span.start, span.end, "asleep"),),
    )


def _runs(held: dict[str, Any], start: int, end: int) -> tuple[Run, ...]:
    changes = sorted(
        (start + after, text_of(change.get("state")).upper())
        for change in records(held.get("sleepStateChanges"))
        if (after := _length(text_of(change.get("offsetFromStart")))) is not None
    )
    following = pairwise([*changes, (end, "")])
    return paint((at, min(until, end), STATE[state]) for (at, state), (until, _) in following if state in STATE)


def _length(text: str) -> int | None:
    match = _LENGTH.fullmatch(text)
    if match is None or text == "PT":
        return None
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return 3600 * hours + 60 * minutes + seconds


FORMAT = Format("polar", "Polar Flow", recognise, read)
