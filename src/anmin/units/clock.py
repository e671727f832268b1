"""Times of day and the gaps between them, across midnight.

A time of day is a whole number of minutes from 0 (00:00) to 1439 (23:59). Somebody who takes a medicine every
day takes it yesterday and tomorrow as well, so a gap is always measured forwards round the clock.
"""

from __future__ import annotations

import re
import unicodedata

from anmin.errors import ClockError

DAY = 24 * 60
"""Minutes in a day."""

_CLOCK = re.compile(r"^\s*(\d{1,2})\s*[:.時点]\s*(\d{2})?\s*分?\s*(am|pm|a\.m\.|p\.m\.)?\s*$", re.IGNORECASE)


def parse_clock(text: str, field: str = "clock") -> int:
    """Minutes after midnight of ``"22:30"``, ``"10.30 pm"``, ``"22時30分"``; :class:`ClockError` otherwise.

    >>> parse_clock("22:30")
    1350
    """
    match = _CLOCK.match(unicodedata.normalize("NFKC", text))
    if match:
        hour, minute = int(match[1]), int(match[2] or 0)
        half = (match[3] or "").lower().replace(".", "")
        if half and 1 <= hour <= 12:
            hour = hour % 12 + (12 if half == "pm" else 0)
        if hour < 24 and minute < 60:
            return hour * 60 + minute
    raise ClockError(field, text, "a time of day from 00:00 to 23:59, for example 22:30")


def show_clock(minute: int) -> str:
    """``"22:30"`` for 1350; the day wraps, so 1500 is ``"01:00"``."""
    minute %= DAY
    return f"{minute // 60:02d}:{minute % 60:02d}"


def minutes_from(earlier: int, later: int) -> int:
    """Minutes from one time of day forwards to the next occurrence of another, 0 to 1439."""
    return (later - earlier) % DAY
