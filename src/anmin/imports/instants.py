"""Texts and numbers of time out of tracker files → seconds since 1970 and the offset from UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from anmin.errors import InputError

EARLIEST, LATEST = 473_385_600, 4_102_444_800
"""1985 and 2100: no recording of a night bears a date outside."""
_MARGIN = 7 * 86_400

_ISO = re.compile(
    r"\s*(\d{4})-(\d{2})-(\d{2})[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?\s*"
    r"(Z|UTC|[+-]\d{2}:?\d{2}(?::\d{2})?)?\s*"
)
_OFFSET = re.compile(r"\s*(?:UTC|GMT)?\s*([+-])\s*(\d{1,2})(?::?(\d{2}))?\s*")


def zone_named(name: str) -> ZoneInfo | None:
    """The IANA zone, or None where there is none of that name."""
    if not name or len(name) > 64 or name.startswith(("/", ".")):
        return None
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return None


def asked_zone(name: str | None) -> ZoneInfo | None:
    """The zone a person named; :class:`InputError` when it is none."""
    if name is None:
        return None
    zone = zone_named(name)
    if zone is None:
        raise InputError("zone", name, "an IANA time zone such as Asia/Taipei")
    return zone


def offset_at(instant: int, zone: ZoneInfo) -> int:
    """Seconds east of UTC in force at an instant; 0 beyond the times that are plausible."""
    if not EARLIEST - _MARGIN <= instant <= LATEST + _MARGIN:
        return 0
    start, end = _day_offsets(instant // 86_400, zone)
    return start if start == end else _offset(instant, zone)


@lru_cache(maxsize=8192)
def _day_offsets(day: int, zone: ZoneInfo) -> tuple[int, int]:
    return _offset(day * 86_400, zone), _offset((day + 1) * 86_400, zone)


def _offset(instant: int, zone: ZoneInfo) -> int:
    held = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=instant)).astimezone(zone).utcoffset()
    return int(held.total_seconds()) if held is not None else 0


def placed(wall: int, zone: ZoneInfo, *, after: int | None = None) -> int:
    """The instant of a wall clock in a zone; of an hour that comes twice the first, unless it lies before ``after``.

    Beyond the times that are plausible, the wall clock as if it were UTC's: no calendar may hold the instant.
    """
    if not EARLIEST - _MARGIN <= wall <= LATEST + _MARGIN:
        return wall
    local = datetime(1970, 1, 1) + timedelta(seconds=wall)
    first = int(local.replace(tzinfo=zone, fold=0).timestamp())
    second = int(local.replace(tzinfo=zone, fold=1).timestamp())
    return second if after is not None and first <= after < second else first


def read_iso(text: str) -> tuple[int, int | None] | None:
    """Wall clock in seconds and offset (None: none written) of an ISO 8601 text; None if it is none.

    >>> read_iso("1970-01-02T00:00:00+09:00")
    (86400, 32400)
    """
    match = _ISO.fullmatch(text) if len(text) <= 48 else None
    if match is None:
        return None
    try:
        year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
        wall = seconds_of(datetime(year, month, day, hour, minute, min(second, 59)))
    except ValueError:
        return None
    return wall, read_offset(match[7]) if match[7] else None


def read_offset(text: str) -> int | None:
    """Seconds east of UTC of ``+0800``, ``UTC-08:00``, ``GMT-5``, ``Z``; None if it is none of these."""
    if text.strip() in ("Z", "UTC", "GMT"):
        return 0
    match = _OFFSET.fullmatch(text[:9] if text[:1] in "+-" else text)
    if match is None:
        return None
    seconds = 3600 * int(match[2]) + 60 * int(match[3] or 0)
    return (-seconds if match[1] == "-" else seconds) if seconds <= 18 * 3600 else None


def seconds_of(wall: datetime) -> int:
    """Seconds since 1970 of a wall clock."""
    return (wall.replace(tzinfo=None) - datetime(1970, 1, 1)) // timedelta(seconds=1)


def plausible(start: int, end: int, longest: int = 7 * 86_400) -> bool:
    """Whether a record has a length and lies in a time when trackers existed."""
    return EARLIEST <= start < end <= LATEST and end - start <= longest
