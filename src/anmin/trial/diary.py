"""One morning's diary entry and what follows from it, to the minute, across midnight and clock changes.

The answers are concepts of the consensus sleep diary (Carney 2012, doi 10.5665/sleep.1642) in our own words; the
derivations are its own. A night belongs to the local date of its final awakening.
"""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from anmin.errors import InputError
from anmin.knowledge.load import Knowledge, load
from anmin.units.clock import show_clock

FIRST_YEAR, LAST_YEAR = 1900, 2999
"""Nights that somebody may have slept; also what time zones can be reckoned for."""

AHEAD = timedelta(hours=26)
"""How far ahead of this machine's clock a morning may be: any time zone, and a clock that is a little off."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """Nine answers about one night, as given. Clock times are minutes after local midnight.

    ``sol`` minutes to fall asleep, ``waso`` minutes awake in the middle of the night, ``early`` minutes of trying to
    sleep on after the final awakening. ``zone`` is the IANA zone of the bed. ``taken``: in a trial, whether what the
    evening asked for was taken; None without an answer.
    """

    night: date
    zone: str
    into_bed: int
    try_sleep: int
    sol: float
    awakenings: int
    waso: float
    final_wake: int
    out_of_bed: int
    quality: Literal[1, 2, 3, 4, 5] | None = None
    early: float = 0
    comment: str = ""
    taken: bool | None = None
    entered_at: datetime | None = None


class Night(msgspec.Struct, frozen=True, kw_only=True):
    """What follows from an entry; all durations in minutes of real time.

    ``tib`` time in bed, ``spt`` sleep period (onset to final awakening), ``tst`` total sleep, ``twak`` awake in bed
    after the final awakening, ``twt`` total wake. Sleep efficiency always says over what: ``se_tib`` over time in
    bed, ``se_episode`` over the sleep episode (SOL + TST + WASO + early), ``se_maintenance`` over the sleep period.
    """

    night: date
    into_bed: datetime
    onset: datetime
    final_wake: datetime
    out_of_bed: datetime
    sol: float
    waso: float
    tib: float
    spt: float
    tst: float
    twak: float
    twt: float
    se_tib: float
    se_episode: float
    se_maintenance: float
    late: bool


def checked(entry: Entry, knowledge: Knowledge) -> Night:
    """:func:`derive` after looking at every number; also refuses a night that has not ended when it is entered."""
    for field in ("sol", "awakenings", "waso", "early"):
        bounds, value = knowledge.ranges[f"diary_{field}"], getattr(entry, field)
        if not (math.isfinite(value) and bounds.low <= value <= bounds.high):
            raise InputError(field, value, f"{bounds.low:g} to {bounds.high:g} {bounds.unit}")
    longest = round(knowledge.ranges["diary_comment"].high)
    if len(entry.comment) > longest or not entry.comment.isprintable():
        raise InputError("comment", entry.comment, f"one line of at most {longest} characters")
    night = derive(entry)
    bounds = knowledge.ranges["diary_time_in_bed"]
    if not bounds.low <= night.tib <= bounds.high:
        raise InputError("out_of_bed", show_clock(entry.out_of_bed), f"at most {bounds.high:g} min after into_bed",
                         f"({show_clock(entry.into_bed)}; is a clock time 12 hours off?)")  # fmt: skip
    if entry.entered_at is not None and night.out_of_bed > entry.entered_at + AHEAD:
        raise InputError("night", entry.night.isoformat(), "a night that has ended")
    return night


def derive(entry: Entry) -> Night:
    """Unwrap the clock from the final awakening and derive; :class:`InputError` names the answer that clashes."""
    if not FIRST_YEAR <= entry.night.year <= LAST_YEAR:
        raise InputError("night", entry.night.isoformat(), f"a date from {FIRST_YEAR} to {LAST_YEAR}")
    zone = _zone(entry.zone)
    final = _at(entry.night, entry.final_wake, zone)
    out = _first_after(final, entry.out_of_bed, zone, "out_of_bed")
    trying = _last_before(final, entry.try_sleep, zone, "try_sleep")
    into = _last_before(trying, entry.into_bed, zone, "into_bed")
    onset = trying + timedelta(minutes=entry.sol)
    tib, spt, twak = _minutes(into, out), _minutes(onset, final), _minutes(final, out)
    tst = spt - entry.waso
    if spt < 0:
        raise InputError(
            "sol", entry.sol, f"at most {_minutes(trying, final):g} min, the time until the final awakening"
        )
    if tst < 0:
        raise InputError(
            "waso", entry.waso, f"at most {spt:g} min, the time from falling asleep to the final awakening"
        )
    if entry.early > twak:
        raise InputError("early", entry.early, f"at most {twak:g} min, the time from waking to getting up")
    episode = entry.sol + tst + entry.waso + entry.early
    return Night(
        night=entry.night,
        into_bed=into.astimezone(zone),
        onset=onset.astimezone(zone),
        final_wake=final.astimezone(zone),
        out_of_bed=out.astimezone(zone),
        sol=entry.sol,
        waso=entry.waso,
        tib=tib,
        spt=spt,
        tst=tst,
        twak=twak,
        twt=entry.sol + entry.waso + twak,
        se_tib=_percent(tst, tib),
        se_episode=_percent(tst, episode),
        se_maintenance=_percent(tst, spt),
        late=entry.entered_at is not None and entry.entered_at - final > _late_after(),
    )


def _late_after() -> timedelta:
    """An entry made later than this after the final awakening is marked late."""
    return timedelta(hours=load().value("diary.late_after"))


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InputError("zone", name, "an IANA time zone such as Asia/Taipei") from None


def _at(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """The instant of a wall-clock time; a time skipped in spring is moved on by the hour that is missing."""
    if not 0 <= minute < 24 * 60:
        raise InputError("clock", minute, "0 to 1439 minutes after midnight")
    return datetime.combine(day, time(minute // 60, minute % 60), tzinfo=zone).astimezone(UTC)


def _last_before(end: datetime, minute: int, zone: ZoneInfo, field: str) -> datetime:
    local = end.astimezone(zone).date()
    for day in (local, local - timedelta(days=1)):
        instant = _at(day, minute, zone)
        if instant <= end:
            return instant
    raise InputError(field, show_clock(minute), "a time in the day before the final awakening")


def _first_after(start: datetime, minute: int, zone: ZoneInfo, field: str) -> datetime:
    local = start.astimezone(zone).date()
    for day in (local, local + timedelta(days=1)):
        instant = _at(day, minute, zone)
        if instant >= start:
            return instant
    raise InputError(field, show_clock(minute), "a time in the day after the final awakening")


def _minutes(start: datetime, end: datetime) -> float:
    return (end - start) / timedelta(minutes=1)


def _percent(part: float, whole: float) -> float:
    return 100 * part / whole if whole > 0 else 0.0
