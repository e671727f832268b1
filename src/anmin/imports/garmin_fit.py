"""Garmin FIT sleep files: ``sleep_level`` messages, read with the extra ``fit``.

A level is written when it *ends*, so it holds since the one before, or since the file's ``sleep`` event for the first;
without such an event nothing says how long the first one was, and it counts for nothing. Times are UTC; the offset is
believed where a message gives its local time beside it.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from anmin.errors import InputError
from anmin.imports.files import Member
from anmin.imports.found import Ask, Format, Found
from anmin.imports.instants import plausible
from anmin.imports.model import Segment, Stage
from anmin.imports.spans import QUARTER, Span, of_instants, of_utc

MAX_BYTES = 16 << 20
"""A night is some ten kilobytes; a whole day of monitoring a few megabytes."""

LEVEL: dict[int, Stage] = {1: "awake", 2: "light", 3: "deep", 4: "rem"}
"""0 is unmeasurable."""

SLEEP_EVENT = 74
_EPOCH = 631_065_600
"""1989-12-31, from which FIT counts."""

_LEVEL, _EVENT = 275, 21
_TIMESTAMP, _LOCAL = "timestamp", "local_timestamp"


class Change(NamedTuple):
    """At this instant something ended: a stage, None for what was not measured or lay before a sleep began."""

    at: int
    stage: Stage | None


def recognise(member: Member) -> bool:
    """By the mark in the header."""
    return member.head[8:12] == b".FIT" and member.head[:1] in (b"\x0c", b"\x0e")


def read(members: Sequence[Member], ask: Ask) -> Found:
    """One segment for each level; files without any hold no sleep."""
    found = Found()
    for member in members:
        changes: list[Change] = []
        offset = None
        for number, fields in _messages(member):
            at = fields.get(_TIMESTAMP)
            if at is None:
                continue
            if number == _LEVEL:
                changes.append(Change(at, LEVEL.get(fields.get("sleep_level", 0))))
            elif number == _EVENT and fields.get("event") == SLEEP_EVENT and fields.get("event_type") == 0:
                changes.append(Change(at, None))
            elif fields.get(_LOCAL) is not None:
                offset = _offset(at, fields[_LOCAL], offset)
        for start, end, stage in pieces(changes, ask.rules.split_gap):
            span = _span(start, end, offset, ask)
            found.segments.append(Segment(**span.fields(), source="Garmin", stage=stage))  # type: ignore[arg-type]
    if any(segment.known == "unknown" for segment in found.segments):
        found.said.add("utc_clock")
    return found


def pieces(changes: Sequence[Change], longest: int) -> Iterator[tuple[int, int, Stage]]:
    """Stages that end at each change and began at the one before, no further back than ``longest`` seconds."""
    ordered = sorted(set(changes), key=lambda one: (one.at, one.stage is None, one.stage or ""))
    for before, here in pairwise(ordered):
        if here.stage is not None and 0 < here.at - before.at <= longest and plausible(before.at, here.at):
            yield before.at, here.at, here.stage


def _offset(at: int, local: int, known: int | None) -> int | None:
    """A difference of whole quarters of an hour is an offset; anything else is a clock that was not set."""
    near = round((local - at) / QUARTER) * QUARTER
    return near if abs(local - at - near) <= 60 and abs(near) <= 15 * 3600 else known


def _span(start: int, end: int, offset: int | None, ask: Ask) -> Span:
    return of_utc(start, end, ask.zone) if offset is None else of_instants(start, end, offset, offset)


def _messages(member: Member) -> Iterator[tuple[int, dict[str, int]]]:
    """Number and whole-number fields of each message; :class:`InputError` for whatever is wrong with the file."""
    fitdecode = _library()
    data = member.read(MAX_BYTES)
    try:
        reader = fitdecode.FitReader(
            io.BytesIO(data),
            check_crc=fitdecode.CrcCheck.RAISE,
            error_handling=fitdecode.ErrorHandling.IGNORE,  # devices add fields of their own
        )
        with reader:
            for frame in reader:
                if frame.frame_type == fitdecode.FIT_FRAME_DATA:
                    yield frame.global_mesg_num, _fields(frame)
    except InputError:
        raise
    except Exception as error:  # a decoder fed with hostile bytes: whatever it raises means the same
        said = f"{type(error).__name__}: {error}"[:120]
        raise InputError("file", member.name, "a whole, undamaged FIT file", said) from None


def _fields(frame: Any) -> dict[str, int]:
    found = {}
    for field in frame.fields:
        value = field.raw_value
        if isinstance(value, int) and isinstance(field.name, str):
            found[field.name] = value + _EPOCH if field.name in (_TIMESTAMP, _LOCAL) else value
    return found


def _library() -> Any:
    try:
        import fitdecode  # type: ignore[import-untyped]
    except ImportError:
        raise InputError("file", "FIT", "the extra `fit`", "pip install 'anmin[fit]'") from None
    return fitdecode


FORMAT = Format("garmin_fit", "Garmin FIT", recognise, read)
