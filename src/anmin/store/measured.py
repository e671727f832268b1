"""Nights as measured, beside the diary: what the person does not rate. Time to fall asleep is never among it.

Two ways in: sleeps that a tracker recorded (:mod:`anmin.store.sleeps`), and numbers a person typed for a night and a
source, one by one or as a CSV file. What was typed wins over what was imported, before and after; so a night corrected
by hand stays corrected. A series for a trial comes from one source alone.
"""

from __future__ import annotations

import csv
import io
import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal

import msgspec

from anmin.errors import InputError
from anmin.imports.model import Episode, Night, Rules, rules_of
from anmin.imports.night import nights_of
from anmin.knowledge.load import Knowledge
from anmin.store.log import Fold, Log
from anmin.store.sleeps import episodes

MEASURED = "measured"
MEASURES = ("tst", "waso")
MAX_BYTES = 4 << 20
MAX_ROWS = 20_000
MAX_NAME = 40


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """One night of one source as typed, in minutes; None where it was not said. ``hand``: typed for this one night,
    so that no CSV changes it. ``left_out``: the person does not want this night of this source counted."""

    night: date
    source: str
    tst: float | None = None
    waso: float | None = None
    hand: bool = False
    left_out: bool = False


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """One night as it holds. ``by``: who says so. ``recorded``: the night as the tracker saw it, if it did."""

    night: date
    source: str
    tst: float | None
    waso: float | None
    by: Literal["tracker", "csv", "hand"]
    left_out: bool = False
    recorded: Night | None = None


def bring(log: Log, data: bytes, source: str, knowledge: Knowledge) -> int:
    """The nights of a CSV file under the name of their source; the number that were new or changed."""
    named(source)
    held = typed(log.fold())
    new: dict[str, Measured] = {}
    for line, row in _rows(data):
        made = _night(row, line, source, knowledge)
        key = _key(source, made.night)
        if key in new:
            raise InputError(f"line {line}, night", made.night.isoformat(), "each night once")
        if key not in held or not (held[key].hand or held[key] == made):
            new[key] = made
    if new:
        log.put_all(MEASURED, sorted(new.items()))
    return len(new)


def correct(
    log: Log, night: date, source: str | None, changes: Mapping[str, float], knowledge: Knowledge, *, leave_out: bool
) -> Held:
    """Correct a night by hand: what is not given stays as it holds. Without ``source`` the one used for that night."""
    found = [one for one in every_night(log.fold(), knowledge) if one.night == night]
    if source is None:
        sources = sorted({one.source for one in found})
        if len(sources) != 1:
            allowed = " or ".join(sources) or "a name, because no tracker saw this night"
            raise InputError("--source", None, allowed)
        source = sources[0]
    before = next((one for one in found if one.source == source), None)
    if before is None:
        named(source)
    values = {name: _bounded(f"--{name}", changes[name], knowledge) for name in MEASURES if name in changes}
    held = {name: getattr(before, name) for name in MEASURES} if before is not None else {}
    made = Measured(night=night, source=source, hand=True, left_out=leave_out, **{**held, **values})
    if made.tst is None and made.waso is None and not leave_out:
        raise InputError("--tst", None, "at least one number of minutes, or --leave-out")
    log.put(MEASURED, _key(source, night), made)
    recorded = before.recorded if before is not None else None
    return _typed(made, recorded)


def every_night(fold: Fold, knowledge: Knowledge) -> tuple[Held, ...]:
    """Each source's nights, by date and source. A date that one source has twice (two nights over the date line)
    stands twice."""
    rules = rules_of(knowledge)
    recorded = _by_source(episodes(fold, rules), rules)
    said = typed(fold)
    found: list[Held] = []
    for source, nights in recorded.items():
        for night in nights:
            made = said.get(_key(source, night.night))
            plain = Held(night=night.night, source=source, tst=night.tst, waso=night.waso, by="tracker", recorded=night)
            found.append(plain if made is None else _typed(made, night))
    known = {(held.source, held.night) for held in found}
    found.extend(_typed(made, None) for made in said.values() if (made.source, made.night) not in known)
    return tuple(sorted(found, key=lambda held: (held.night, held.source, repr(held))))


def values(fold: Fold, measure: str, first: date, last: date, knowledge: Knowledge) -> Mapping[date, float]:
    """One measure between two mornings, from the source that saw most of them; never from several.

    A date that a source has twice is left out: which evening it belongs to is not known.
    """
    found: dict[str, dict[date, float]] = defaultdict(dict)
    dates: Counter[tuple[str, date]] = Counter()
    for held in every_night(fold, knowledge):
        dates[held.source, held.night] += 1
        value = getattr(held, measure)
        if first <= held.night <= last and value is not None and not held.left_out:
            found[held.source][held.night] = float(value)
    once = {
        source: {night: value for night, value in nights.items() if dates[source, night] == 1}
        for source, nights in found.items()
    }
    best = min(once, key=lambda source: (-len(once[source]), source), default=None)
    return once[best] if best is not None else {}


def typed(fold: Fold) -> dict[str, Measured]:
    """What a person typed, by source and night."""
    return {key: event.read(Measured) for key, event in fold.current(MEASURED).items()}


def named(source: str) -> None:
    """:class:`InputError` for what cannot be the name of a source."""
    if not (0 < len(source) <= MAX_NAME and source.isprintable() and "/" not in source):
        raise InputError("--source", source, "a short name without a slash")


def _by_source(found: Sequence[Episode], rules: Rules) -> dict[str, tuple[Night, ...]]:
    sources: dict[str, list[Episode]] = defaultdict(list)
    for episode in found:
        sources[episode.source].append(episode)
    return {source: nights_of((), own, rules).nights for source, own in sorted(sources.items())}


def _typed(made: Measured, recorded: Night | None) -> Held:
    return Held(
        night=made.night, source=made.source, tst=made.tst, waso=made.waso, by="hand" if made.hand else "csv",
        left_out=made.left_out, recorded=recorded,
    )  # fmt: skip


def _key(source: str, night: date) -> str:
    return f"{source}/{night.isoformat()}"


def _bounded(field: str, value: float, knowledge: Knowledge) -> float:
    longest = knowledge.ranges["diary_time_in_bed"].high
    if not (math.isfinite(value) and 0 <= value <= longest):
        raise InputError(field, value, f"0 to {longest:g} minutes")
    return value


def _rows(data: bytes) -> list[tuple[int, dict[str, str]]]:
    if len(data) > MAX_BYTES:
        raise InputError("CSV", f"{len(data)} bytes", f"at most {MAX_BYTES >> 20} MiB")
    try:
        reader = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
        if not {"night"} < set(reader.fieldnames or ()) <= {"night", *MEASURES}:
            raise InputError("CSV", reader.fieldnames, f"columns night and {' or '.join(MEASURES)}")
        if len(set(reader.fieldnames or ())) < len(reader.fieldnames or ()):
            raise InputError("CSV", reader.fieldnames, "each column once")
        rows = list(zip(range(2, MAX_ROWS + 3), reader, strict=False))
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError("CSV", str(error), "comma-separated values in UTF-8") from None
    if len(rows) > MAX_ROWS:
        raise InputError("CSV", f"more than {MAX_ROWS} rows", f"at most {MAX_ROWS}")
    long = next((line for line, row in rows if None in row), None)
    if long is not None:
        raise InputError(f"line {long}", "more cells than columns", "a point in decimal numbers, no comma")
    return rows


def _night(row: Mapping[str, str], line: int, source: str, knowledge: Knowledge) -> Measured:
    def minutes(name: str) -> float | None:
        text = row.get(name)
        if not text:
            return None
        try:
            value = float(str(text))
        except ValueError:
            raise InputError(f"line {line}, {name}", text, "a number of minutes") from None
        return _bounded(f"line {line}, {name}", value, knowledge)

    try:
        night = date.fromisoformat(str(row.get("night")))
    except ValueError:
        raise InputError(f"line {line}, night", row.get("night"), "a date such as 2026-11-23") from None
    return Measured(night=night, source=source, tst=minutes("tst"), waso=minutes("waso"))
