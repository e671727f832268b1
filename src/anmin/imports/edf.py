"""EDF+ hypnograms: annotations such as ``Sleep stage N2`` in thirty-second epochs.

Stages 3 and 4 are one. Annotations beyond the recorded signal are cut off. The start is local time without a zone, and
the year has two digits (1985 to 2084, as the standard says).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from anmin.errors import InputError
from anmin.imports.files import Member
from anmin.imports.found import Ask, Format, Found
from anmin.imports.instants import placed, plausible, seconds_of
from anmin.imports.model import Segment, Stage
from anmin.imports.spans import of_utc

STAGE: dict[str, Stage] = {
    "W": "awake", "1": "light", "2": "light", "N1": "light", "N2": "light", "3": "deep", "4": "deep", "N3": "deep",
    "R": "rem", "REM": "rem",
}  # fmt: skip
_ANNOTATION = re.compile(rb"([+-]\d{1,9}(?:\.\d{0,9})?)(?:\x15(\d{1,9}(?:\.\d{0,9})?))?\x14([^\x00]*)\x14\x00")
_EPOCH = 30


def recognise(member: Member) -> bool:
    """An EDF+ header."""
    return member.head.startswith(b"0       ") and member.head[192:196] == b"EDF+"


def read(members: Sequence[Member], ask: Ask) -> Found:
    """One segment for each scored stretch; waking longer than the gap between sleeps ends a sleep."""
    found = Found()
    for member in members:
        data = member.read()
        start, limit = _start(member, data), _recorded(member, data)
        if ask.zone is not None:
            start = placed(start, ask.zone)
        for onset, length, label in _annotations(member, data):
            stage = STAGE.get(label.removeprefix("Sleep stage ").strip()) if label.startswith("Sleep stage") else None
            end = onset + length if limit is None else min(onset + length, limit)
            if stage is None or not plausible(start + onset, start + end):
                continue
            if stage == "awake" and length > ask.rules.session_gap:
                continue
            span = of_utc(start + onset, start + end, ask.zone)
            found.segments.append(Segment(**span.fields(), source="EDF", stage=stage))  # type: ignore[arg-type]
    return found


def _start(member: Member, data: bytes) -> int:
    try:
        date, clock = data[168:176].decode("ascii"), data[176:184].decode("ascii")
        day, month, year = (int(part) for part in date.split("."))
        hour, minute, second = (int(part) for part in clock.split("."))
        return seconds_of(datetime(year + (1900 if year >= 85 else 2000), month, day, hour, minute, second))
    except ValueError:
        raise InputError("file", member.name, "an EDF+ file with a start such as 24.04.89 16.13.00") from None


def _layout(member: Member, data: bytes) -> tuple[int, int, float, list[str], list[int]]:
    """Header bytes, records, seconds a record, labels, samples a record of each signal."""
    try:
        signals = int(data[252:256])
        size, count, length = int(data[184:192]), int(data[236:244]), float(data[244:252])
        if not 0 < signals <= 4096 or size != 256 * (signals + 1):
            raise ValueError
        labels = [data[256 + 16 * at : 272 + 16 * at].decode("ascii", "replace").strip() for at in range(signals)]
        begin = 256 + 216 * signals
        return size, count, length, labels, [int(data[begin + 8 * at : begin + 8 * at + 8]) for at in range(signals)]
    except ValueError:
        raise InputError("file", member.name, "an EDF+ file with a whole header") from None


def _recorded(member: Member, data: bytes) -> int | None:
    """Seconds of signal; None for a file of annotations only."""
    _, count, length, labels, _ = _layout(member, data)
    signal = any(label != "EDF Annotations" for label in labels)
    return round(count * length) if signal and count > 0 and 0 < length < 1e6 else None


def _annotations(member: Member, data: bytes) -> Iterator[tuple[int, int, str]]:
    size, _, _, labels, samples = _layout(member, data)
    record = 2 * sum(samples)
    if record <= 0 or min(samples) < 0 or len(data) < size + record:
        raise InputError("file", member.name, "a whole EDF+ file")
    for begin in range(size, len(data) - record + 1, record):
        at = begin
        for label, count in zip(labels, samples, strict=True):
            if label == "EDF Annotations":
                for match in _ANNOTATION.finditer(data, at, at + 2 * count):
                    length = round(float(match[2])) if match[2] else _EPOCH
                    for text in match[3].split(b"\x14"):
                        yield round(float(match[1])), length, text.decode("utf-8", "replace")
            at += 2 * count


FORMAT = Format("edf", "EDF+", recognise, read)
