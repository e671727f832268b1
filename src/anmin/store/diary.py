"""The diary in the log: one entry a night, corrected by a new event, read back as it holds.

A night that was missed is not there; nothing fills it in. A CSV file is taken whole or not at all, and never changes
a night that is already in the log.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from anmin.errors import InputError
from anmin.knowledge.load import Knowledge
from anmin.store.log import Event, Fold, Log
from anmin.trial.diary import Entry, Night, checked
from anmin.units.clock import parse_clock, show_clock

NIGHT, TOTAL = "night", "total"

CLOCKS = ("into_bed", "try_sleep", "final_wake", "out_of_bed")
COLUMNS = (
    "night", "zone", "into_bed", "try_sleep", "sol", "awakenings", "waso", "final_wake", "out_of_bed", "quality",
    "early", "taken", "comment", "entered_at",
)  # fmt: skip
"""The columns of a diary as CSV; the order is free, ``quality`` and what follows it may be left out."""

MAX_BYTES = 4 << 20
MAX_ROWS = 20_000
"""Bounds of a CSV file: more than fifty years of nights."""

_YES_NO = {"yes": True, "no": False, "": None}
_FORMULA = ("=", "+", "-", "@", "\t")


class Total(msgspec.Struct, frozen=True, kw_only=True):
    """The total of a licensed questionnaire, typed in; its questions are not ours to ship."""

    questionnaire: str
    day: date
    score: float


class Brought(msgspec.Struct, frozen=True, kw_only=True):
    """What an import did: nights added, nights already there just so, and nights kept as they stand in the log."""

    added: int
    same: int
    kept: tuple[date, ...]


def entries(fold: Fold) -> tuple[Entry, ...]:
    """Every night that holds, in order."""
    return tuple(entry_of(event) for event in fold.current(NIGHT).values())


def entry_of(event: Event) -> Entry:
    """The entry that an event holds."""
    return event.read(Entry)


def add(log: Log, entry: Entry, knowledge: Knowledge) -> Night:
    """A new night; :class:`InputError` when the answers clash or the night is there already."""
    night = checked(entry, knowledge)
    if entry.night.isoformat() in log.fold().current(NIGHT):
        raise InputError("night", entry.night.isoformat(), "a night that is not in the diary yet", "Use `diary edit`.")
    log.put(NIGHT, entry.night.isoformat(), entry)
    return night


def edit(log: Log, night: date, changes: Mapping[str, Any], knowledge: Knowledge) -> Night:
    """Correct some answers of a night; what they were stays in the log, and so does the time of the first entry."""
    held = log.fold().current(NIGHT).get(night.isoformat())
    if held is None:
        raise InputError("night", night.isoformat(), "a night that is in the diary", "Use `diary add`.")
    entry = msgspec.structs.replace(entry_of(held), **changes)
    made = checked(entry, knowledge)
    log.put(NIGHT, night.isoformat(), entry)
    return made


def missing(found: Iterable[Entry]) -> tuple[date, ...]:
    """The nights between the first and the last that nobody wrote down."""
    days = [entry.night for entry in found]
    if not days:
        return ()
    span = (days[0] + timedelta(days=offset) for offset in range((days[-1] - days[0]).days))
    return tuple(sorted(set(span) - set(days)))


def add_total(log: Log, total: Total, knowledge: Knowledge) -> None:
    """The total of a questionnaire; :class:`InputError` outside of its scale."""
    bounds = knowledge.ranges[total.questionnaire]
    if not bounds.low <= total.score <= bounds.high:
        raise InputError(total.questionnaire, total.score, f"{bounds.low:g} to {bounds.high:g} {bounds.unit}")
    log.put(TOTAL, f"{total.questionnaire}/{total.day.isoformat()}", total)


def totals(fold: Fold) -> tuple[Total, ...]:
    """Every total that holds."""
    return tuple(event.read(Total) for event in fold.current(TOTAL).values())


def bring(log: Log, data: bytes, zone: str, knowledge: Knowledge, now: datetime) -> Brought:
    """The nights of a CSV file. ``zone`` for rows that name none; ``now`` for rows without ``entered_at``."""
    held = {entry.night: entry for entry in entries(log.fold())}
    new: dict[date, Entry] = {}
    same, kept = 0, []
    for line, row in _rows(data):
        entry = _entry(row, line, zone, now)
        try:
            checked(entry, knowledge)
        except InputError as error:
            raise InputError(f"line {line}, {error.field}", error.value, error.allowed, error.hint) from None
        known = held.get(entry.night) or new.get(entry.night)
        if known is None:
            new[entry.night] = entry
        elif _answers(known) == _answers(entry):
            same += 1
        elif entry.night in new:
            raise InputError(f"line {line}, night", entry.night.isoformat(), "each night once")
        else:
            kept.append(entry.night)
    if new:
        log.put_all(NIGHT, [(night.isoformat(), new[night]) for night in sorted(new)])
    return Brought(added=len(new), same=same, kept=tuple(sorted(kept)))


def as_csv(found: Iterable[Entry]) -> str:
    """The diary as CSV that :func:`bring` reads back. A comment that a spreadsheet would run is quoted."""
    target = io.StringIO()
    writer = csv.DictWriter(target, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for entry in found:
        row: dict[str, object] = {name: getattr(entry, name) for name in COLUMNS}
        row.update({name: show_clock(getattr(entry, name)) for name in CLOCKS})
        row["taken"] = next(word for word, value in _YES_NO.items() if value is entry.taken)
        row["comment"] = "'" + entry.comment if entry.comment.startswith((*_FORMULA, "'")) else entry.comment
        row["entered_at"] = entry.entered_at.isoformat() if entry.entered_at else ""
        row["quality"] = entry.quality or ""
        writer.writerow(row)
    return target.getvalue()


def _answers(entry: Entry) -> Entry:
    return msgspec.structs.replace(entry, entered_at=None)


def _rows(data: bytes) -> Iterable[tuple[int, dict[str, str]]]:
    if len(data) > MAX_BYTES:
        raise InputError("CSV", f"{len(data)} bytes", f"at most {MAX_BYTES >> 20} MiB")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("CSV", data[:20], "text in UTF-8") from None
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        names = tuple(name.strip() for name in reader.fieldnames or ())
        if lacking := [name for name in COLUMNS[:9] if name not in (*names, "zone")]:
            raise InputError("CSV", ", ".join(names), f"a header with {', '.join(lacking)} as well")
        if strange := [name for name in names if name not in COLUMNS]:
            raise InputError("CSV", ", ".join(strange), f"columns {', '.join(COLUMNS)}")
        for number, row in enumerate(reader, 2):
            if number > MAX_ROWS + 1:
                raise InputError("CSV", f"more than {MAX_ROWS} rows", f"at most {MAX_ROWS}")
            if None in row or None in row.values():
                raise InputError(f"line {number}", row, f"{len(names)} values, as in the header")
            yield number, {name.strip(): value.strip() for name, value in row.items()}
    except csv.Error as error:
        raise InputError("CSV", str(error), "plain comma-separated values") from None


def _entry(row: dict[str, str], line: int, zone: str, now: datetime) -> Entry:
    def number(name: str, default: str = "0") -> float:
        text = row.get(name) or default
        try:
            return float(text)
        except ValueError:
            raise InputError(f"line {line}, {name}", text, "a number") from None

    def whole(name: str, default: str = "0") -> int:
        value = number(name, default)
        if not value.is_integer():
            raise InputError(f"line {line}, {name}", value, "a whole number")
        return int(value)

    answered = row.get("taken", "").lower()
    if answered not in _YES_NO:
        raise InputError(f"line {line}, taken", answered, "yes, no or nothing")
    comment = row.get("comment", "")
    try:
        when = datetime.fromisoformat(row["entered_at"]) if row.get("entered_at") else now
        values: dict[str, object] = {
            "night": date.fromisoformat(row["night"]),
            "zone": row.get("zone") or zone,
            **{name: parse_clock(row[name], f"line {line}, {name}") for name in CLOCKS},
            "sol": number("sol", "?"), "awakenings": whole("awakenings", "?"), "waso": number("waso", "?"),
            "quality": whole("quality") or None, "early": number("early"),
            "taken": _YES_NO[answered], "comment": comment[1:] if comment.startswith("'") else comment,
            "entered_at": when if when.tzinfo else None,
        }  # fmt: skip
        return msgspec.convert(values, Entry)
    except (ValueError, msgspec.ValidationError) as error:
        raise InputError(
            f"line {line}", row.get("night", ""), f"a night as `anmin diary list --csv` writes it ({error})"
        ) from None
