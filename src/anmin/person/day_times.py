"""Hours inside a line: clock times and words such as "bedtime", 朝食後 or 睡前.

A word that is an hour of the person (bed, rise, dinner) becomes that hour, give or take. A vaguer one becomes every
hour it may mean, one after the other, so that a window is never taken for kept by a guess.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TypeAlias

import msgspec

from anmin.errors import ProfileError
from anmin.knowledge.load import Knowledge
from anmin.knowledge.profile_facts import DayTime
from anmin.person.han_hours import in_digits
from anmin.units.clock import DAY, HALF_DAY, hour_of_day, parse_clock, show_clock

_STEP = 60
"""Minutes between the hours that stand for a vague word: no rule's window (both sides together) is as short."""

_MIDNIGHT = re.compile(
    r"(?<![\d:.])24:00(?![:\d])|\bmidnight\b|(?:午夜|半夜|深夜|真夜中の?|夜中の?)(?:0|12|24)[時點点](?!半|\d)|午夜|真夜中(?!の?\d)",
    re.IGNORECASE,
)
_NOON = re.compile(r"\bnoon\b", re.IGNORECASE)
_CLOCK = re.compile(
    rf"(?P<half>{HALF_DAY})?\s*(?<![\d:.,/])"
    r"(?:(?P<hour>\d{1,3})\s*(?::\s*(?P<minute>\d{1,3})(?![\d:])|[時點点](?!間|滴)\s*(?:(?P<past>\d{1,2})\s*分|(?P<thirty>半))?)"
    r"\s*(?P<m12>[ap]\.?m\b\.?)?|(?P<bare>\d{1,2})(?:\.(?P<dotted>\d\d))?\s*(?P<m12b>[ap]\.?m\b\.?))",
    re.IGNORECASE,
)


class Hours(msgspec.Struct, frozen=True):
    """The hours in a line (minutes after midnight, ids of day times), the line without them, and how they were said."""

    clocks: tuple[int, ...]
    words: tuple[str, ...]
    rest: str
    said: str = ""

    @property
    def found(self) -> bool:
        """Whether the line said anything about hours."""
        return bool(self.clocks or self.words)


def find_hours(text: str, knowledge: Knowledge, field: str) -> Hours:
    """The hours in ``text``; :class:`ProfileError` for a time of day that is none (27:99)."""
    line = with_clocks(text)
    clocks: list[int] = []
    said: list[str] = []

    def clock(match: re.Match[str]) -> str:
        clocks.append(_minutes(match, field))
        said.append(show_clock(clocks[-1]))
        return " "

    line = _CLOCK.sub(clock, line)
    pattern, ids = _words(tuple((each.id, each.words) for each in knowledge.day_times.values()))
    words: list[str] = []

    def word(match: re.Match[str]) -> str:
        words.append(ids[match[0].casefold()])
        said.append(match[0])
        return " "

    line = pattern.sub(word, line)
    rest = _tidy(line) if clocks or words else text
    return Hours(tuple(dict.fromkeys(clocks)), tuple(dict.fromkeys(words)), rest, " ".join(said))


def with_clocks(text: str) -> str:
    """The text with midnight and noon, however written, as clock times.

    >>> with_clocks("24:00"), with_clocks("midnight"), with_clocks("深夜0時")
    ('00:00', '00:00', '00:00')
    """
    return _NOON.sub("12:00", _MIDNIGHT.sub("00:00", in_digits(unicodedata.normalize("NFKC", text))))


def clocks_of(
    hours: Hours, knowledge: Knowledge, *, bed: int | None, rise: int | None, dinner: int | None
) -> tuple[int, ...]:
    """All hours of the day that the line may mean, in order; empty when it said nothing about hours."""
    given: Anchors = {"bed": bed, "rise": rise, "dinner": dinner}
    found = set(hours.clocks)
    for word in hours.words:
        time = knowledge.day_times[word]
        if not any(is_within(clock, time) for clock in hours.clocks):  # "every morning at 8:00" is one dose
            found.update(_points(time, given, knowledge))
    return tuple(sorted(found))


Anchors: TypeAlias = "dict[str, int | None]"


def is_within(clock: int, time: DayTime) -> bool:
    """Whether a clock time (minutes after midnight) lies in the hours that a word stands for."""
    if time.from_clock is None or time.below_clock is None:
        return False
    start = parse_clock(time.from_clock)
    return (clock - start) % DAY <= (parse_clock(time.below_clock) - start) % DAY


def _points(time: DayTime, given: Anchors, knowledge: Knowledge) -> set[int]:
    if time.parts:
        return set().union(*(_points(knowledge.day_times[part], given, knowledge) for part in time.parts))
    hour = given.get(time.anchor) if time.anchor else None
    if hour is not None:
        return {(hour - time.before_min) % DAY, hour, (hour + time.after_min) % DAY}
    if time.from_clock is None or time.below_clock is None:
        return set()
    start, end = parse_clock(time.from_clock), parse_clock(time.below_clock)
    length = (end - start) % DAY
    return {(start + min(step, length)) % DAY for step in range(0, length + _STEP, _STEP)}


def _minutes(match: re.Match[str], field: str) -> int:
    hour = int(match["hour"] or match["bare"])
    minute = 30 if match["thirty"] else int(match["minute"] or match["past"] or match["dotted"] or 0)
    half = match["half"] or ""
    m12 = (match["m12"] or match["m12b"] or "").lower()
    written_out = match["minute"] is None or len(match["minute"]) == 2
    if hour > 23 or minute > 59 or not written_out or (m12 and not 1 <= hour <= 12):
        raise ProfileError(field, match[0].strip(), "a time of day from 00:00 to 23:59, for example 22:30")
    return hour_of_day(hour, f"{m12[0]}m" if m12 else half) * 60 + minute


def _tidy(line: str) -> str:
    line = re.sub(r"(?:^|\s)(?:at|and|に|と|於|在)(?=\s|$)", " ", line, flags=re.IGNORECASE)
    return re.sub(r"\s*[,、，;@・](?=\s|$)", " ", " ".join(line.split())).strip(" ,、，;@・")


@lru_cache(maxsize=4)
def _words(times: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[re.Pattern[str], dict[str, str]]:
    ids = {unicodedata.normalize("NFKC", word).casefold(): id for id, words in times for word in words}
    parts: list[str] = []
    for word in sorted(ids, key=len, reverse=True):
        if word.isascii():
            parts.append(rf"(?<![a-z-]){re.escape(word)}(?![a-z-])")
        elif len(word) == 1:  # 朝 alone is a morning; 朝鮮人参 is a root
            parts.append(rf"(?<![^\W\d_]){word}(?![^\W\d_])|(?<![^\W\d_]){word}(?=[にと](?:\s|$))")
        else:
            parts.append(re.escape(word))
    return re.compile("|".join(parts), re.IGNORECASE), ids
