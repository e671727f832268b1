"""Times of day and the gaps between them, across midnight.

A time of day is a whole number of minutes from 0 (00:00) to 1439 (23:59). Somebody who takes a medicine every
day takes it yesterday and tomorrow as well, so a gap is always measured forwards round the clock.
"""

from __future__ import annotations

import re
import unicodedata

from anmin.errors import ClockError
from anmin.units.numbers import parse_number

DAY = 24 * 60
"""Minutes in a day."""

_MORNING = ("午前", "上午", "早上", "早晨", "清晨", "凌晨", "朝", "am")
_AFTERNOON = ("午後", "下午", "傍晚", "夕方", "pm")
_NIGHT = ("晚上", "晚間", "晚", "晩", "夜間", "夜裡", "夜中", "深夜", "半夜", "夜")
_NOON = ("中午", "正午")

_WORDS = sorted((*_MORNING[:-1], *_AFTERNOON[:-1], *_NIGHT, *_NOON), key=len, reverse=True)
HALF_DAY = rf"(?:{'|'.join(_WORDS)})の?"
"""The words before an hour that say which half of the day is meant."""

CLOCK = (
    rf"(?:(?P<half>{HALF_DAY})\s*)?"
    r"(?P<hour>\d{1,2}|(?:二十[一二三]?|十[一二]?|[二三四五六七八九兩两]|(?<=[午上晚間夜晨])一)(?=時|點|点))\s*"
    r"(?:(?::\s*(?P<minute>\d{2})(?!\d)|(?:時|點|点)\s*(?:(?P<spoken>\d{1,2})\s*分|(?P<thirty>半))?)"
    r"\s*(?P<suffix>[ap]\.?m\.?(?![a-z]))?"
    r"|[.](?P<dotted>\d{2})(?!\d)\s*(?P<dotted_suffix>[ap]\.?m\.?(?![a-z]))?"
    r"|(?P<bare_suffix>[ap]\.?m\.?(?![a-z])))"
)
"""A written time of day after NFKC: ``22:30``, ``10.30 pm``, ``9pm``, ``22時30分``, ``晚上10點半``, ``午後9時``."""

_CLOCK = re.compile(rf"\s*{CLOCK}\s*", re.IGNORECASE)


def parse_clock(text: str, field: str = "clock") -> int:
    """Minutes after midnight of ``"22:30"``, ``"10.30 pm"``, ``"22時30分"``; :class:`ClockError` otherwise.

    >>> parse_clock("22:30"), parse_clock("9pm"), parse_clock("晚上10點半"), parse_clock("午前0時")
    (1350, 1260, 1350, 0)
    """
    plain = unicodedata.normalize("NFKC", text) if len(text) <= 80 else ""
    match = _CLOCK.fullmatch(plain)
    minute = clock_of(match) if match else None
    if minute is None:
        raise ClockError(field, text, "a time of day from 00:00 to 23:59, for example 22:30")
    return minute


def clock_of(match: re.Match[str]) -> int | None:
    """Minutes after midnight of a match of :data:`CLOCK`, or None where no day has that time.

    ``24時`` and ``24點`` are midnight, as Japanese and Chinese timetables write it; ``24:00`` is not a time of day.
    """
    hour = int(parse_number(match["hour"]))
    minute = 30 if match["thirty"] else int(match["minute"] or match["spoken"] or match["dotted"] or 0)
    suffix = (match["suffix"] or match["dotted_suffix"] or match["bare_suffix"] or "").lower().replace(".", "")
    half = (match["half"] or suffix).lower()
    if half and suffix and (suffix == "pm") != (half.rstrip("の") in _AFTERNOON + _NIGHT):
        return None
    if hour == 0 and suffix == "pm":
        return None
    if match["bare_suffix"] and not 1 <= hour <= 12:
        return None
    if hour == 24 and minute == 0 and re.search("[時點点]", match[0]):
        return 0
    hour = hour_of_day(hour, half)
    return hour * 60 + minute if hour < 24 and minute < 60 else None


def hour_of_day(hour: int, half: str) -> int:
    """The hour of the day of an hour with ``am``, ``pm`` or a word of :data:`HALF_DAY`; hours above 12 stay.

    ``午後0時`` is noon, ``夜の1時`` and ``晚上12點`` are after midnight.

    >>> hour_of_day(0, "午後"), hour_of_day(12, "晚上"), hour_of_day(2, "夜の"), hour_of_day(1, "中午")
    (12, 0, 2, 13)
    """
    half = half.rstrip("の")
    if hour > 12 or not half:
        return hour
    if half in _MORNING:
        return hour % 12
    if half in _NOON:
        return hour + 12 if hour < 4 else hour
    if half in _NIGHT and (hour == 12 or hour < 5):
        return hour % 12
    return hour % 12 + 12


def show_clock(minute: int) -> str:
    """``"22:30"`` for 1350; the day wraps, so 1500 is ``"01:00"``."""
    minute %= DAY
    return f"{minute // 60:02d}:{minute % 60:02d}"


def minutes_from(earlier: int, later: int) -> int:
    """Minutes from one time of day forwards to the next occurrence of another, 0 to 1439."""
    return (later - earlier) % DAY
