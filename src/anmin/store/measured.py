"""Nights as a tracker measured them, in the log beside the diary: what the person does not rate.

A CSV file with ``night`` (date of the morning), ``tst`` and ``waso`` (minutes asleep, minutes awake after falling
asleep) is taken whole or not at all. Time to fall asleep is left out on purpose: wearables do not measure it.
"""

from __future__ import annotations

import csv
import io
import math
from collections import Counter
from collections.abc import Mapping
from datetime import date

import msgspec

from anmin.errors import InputError
from anmin.knowledge.load import Knowledge
from anmin.store.log import Fold, Log

MEASURED = "measured"
MEASURES = ("tst", "waso")
MAX_BYTES = 4 << 20
MAX_ROWS = 20_000


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """One night of one source, in minutes; None where the source does not say."""

    night: date
    source: str
    tst: float | None = None
    waso: float | None = None


def bring(log: Log, data: bytes, source: str, knowledge: Knowledge) -> int:
    """The nights of a CSV file under the name of their source; the number that were new or changed."""
    longest = knowledge.ranges["diary_time_in_bed"].high
    if not (0 < len(source) <= 40 and source.isprintable() and "/" not in source):
        raise InputError("--source", source, "a short name without a slash")
    held = log.fold().current(MEASURED)
    new: dict[str, Measured] = {}
    for line, row in _rows(data):
        made = _night(row, line, source, longest)
        key = f"{source}/{made.night.isoformat()}"
        if key in new:
            raise InputError(f"line {line}, night", made.night.isoformat(), "each night once")
        if key not in held or held[key].read(Measured) != made:
            new[key] = made
    if new:
        log.put_all(MEASURED, sorted(new.items()))
    return len(new)


def values(fold: Fold, measure: str, first: date, last: date) -> Mapping[date, float]:
    """The values of one measure between two mornings, from the source that saw most of them; never from several."""
    found = [event.read(Measured) for event in fold.current(MEASURED).values()]
    inside = [each for each in found if first <= each.night <= last and getattr(each, measure) is not None]
    counts = Counter(each.source for each in inside)
    best = min(counts, key=lambda source: (-counts[source], source), default=None)
    return {each.night: float(getattr(each, measure)) for each in inside if each.source == best}


def _rows(data: bytes) -> list[tuple[int, dict[str, str]]]:
    if len(data) > MAX_BYTES:
        raise InputError("CSV", f"{len(data)} bytes", f"at most {MAX_BYTES >> 20} MiB")
    try:
        reader = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
        if not {"night"} < set(reader.fieldnames or ()) <= {"night", *MEASURES}:
            raise InputError("CSV", reader.fieldnames, f"columns night and {' or '.join(MEASURES)}")
        rows = list(zip(range(2, MAX_ROWS + 3), reader, strict=False))
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError("CSV", str(error), "comma-separated values in UTF-8") from None
    if len(rows) > MAX_ROWS:
        raise InputError("CSV", f"more than {MAX_ROWS} rows", f"at most {MAX_ROWS}")
    return rows


def _night(row: Mapping[str, str], line: int, source: str, longest: float) -> Measured:
    def minutes(name: str) -> float | None:
        text = row.get(name)
        if not text:
            return None
        try:
            value = float(str(text))
        except ValueError:
            value = math.nan
        if not 0 <= value <= longest:
            raise InputError(f"line {line}, {name}", text, f"0 to {longest:g} minutes")
        return value

    try:
        night = date.fromisoformat(str(row.get("night")))
    except ValueError:
        raise InputError(f"line {line}, night", row.get("night"), "a date such as 2026-11-23") from None
    return Measured(night=night, source=source, tst=minutes("tst"), waso=minutes("waso"))
