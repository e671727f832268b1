"""When each item of a take is taken."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import msgspec

from anmin.errors import InputError
from anmin.knowledge.load import Knowledge
from anmin.person.day_times import is_within
from anmin.person.items import BATH, Item
from anmin.person.tokens import EVERY, Token
from anmin.units.clock import DAY

_TIME_KINDS = ("clock", "lead", "day", "times")
_GENERAL = frozenset({"morning", "afternoon", "evening", "night"})
"""Words that only say in which part of the day a more exact word lies."""


class Hour(msgspec.Struct, frozen=True, kw_only=True):
    """One taking: minutes after midnight, or None with the word that was said (the id of a ``day_times`` row)."""

    clock: int | None
    said: str | None = None


def hours_of(items: list[Item], knowledge: Knowledge, *, bed: int, dinner: int | None = None) -> list[tuple[Hour, ...]]:
    """The takings of each item, at least one each. A time counts for everything before it that has none of its own."""
    spoken = [item if item.of(*_TIME_KINDS) else None for item in items]
    doses = [place for place, item in enumerate(items) if item.substance != BATH]
    for place, following in reversed(list(pairwise(doses))):
        spoken[place] = spoken[place] or spoken[following]
    first = doses[0] if doses else None
    if first is not None and items[first].tokens[0].kind in _TIME_KINDS:
        for before, place in pairwise(doses):
            spoken[place] = spoken[place] or spoken[before]
    return [
        _takings(item, source, knowledge, bed=bed, dinner=dinner)
        for item, source in zip(items, spoken, strict=True)
    ]  # fmt: skip


def _takings(
    item: Item, source: Item | None, knowledge: Knowledge, *, bed: int, dinner: int | None
) -> tuple[Hour, ...]:
    if source is None:
        return (Hour(clock=None),)
    clocks = [Hour(clock=_twelve(int(token.value), token, source, knowledge)) for token in _clocks(source)]
    clocks += [Hour(clock=round(bed - token.value) % DAY) for token in source.of("lead")]
    hours = clocks or [_hour(word, item, knowledge, bed, dinner) for word in _words(source, knowledge)]
    times = _times(source)
    if times is not None:
        room = knowledge.ranges["doses_a_day"]
        if not room.low <= times <= room.high or times != int(times):
            raise InputError("take", item.label, f"{room.low:g} to {room.high:g} {room.unit}")
        if not clocks and len(hours) > times:
            hours = hours[: int(times)]
        every = [token.values[1] for token in source.of("times") if token.meaning == EVERY]
        if len(clocks) == 1 and every:
            steady = every_so_often(clocks[0].clock or 0, min(every)) or (None,)
            hours = [Hour(clock=clock) for clock in steady]
        hours += [Hour(clock=None)] * (int(times) - len(hours))
    return tuple(hours) or (Hour(clock=None),)


def _times(item: Item) -> float | None:
    return doses_a_day(item.of("times"))


def doses_a_day(times: Sequence[Token]) -> float | None:
    """Doses a day; an interval ("every 8 hours") and a count say the same, so the larger of both. None if not said."""
    counted = math.prod(token.value for token in times if token.meaning != EVERY)
    return max((counted, *(token.value for token in times if token.meaning == EVERY))) if times else None


def every_so_often(first: int, hours: float) -> tuple[int, ...]:
    """The clock times of a day with a dose every so many hours; empty where they shift from day to day.

    >>> every_so_often(8 * 60, 12), every_so_often(8 * 60, 48), every_so_often(8 * 60, 10)
    ((480, 1200), (480,), ())
    """
    step = round(hours * 60)
    if step % DAY == 0:
        return (first,)
    return tuple((first + start) % DAY for start in range(0, DAY, step)) if step and DAY % step == 0 else ()


def _clocks(item: Item) -> list[Token]:
    """The clock times; of ``22:00-22:30`` the first for a dose. Each only once."""
    found = list({token.value: token for token in item.of("clock")}.values())
    if item.substance != BATH and len(found) == 2 and found[1].meaning == "to":
        return found[:1]
    return found


def _twelve(clock: int, token: Token, item: Item, knowledge: Knowledge) -> int:
    """``每晚10:30`` and "bedtime 10:30" are half past ten in the evening, though nobody wrote pm."""
    if clock >= DAY // 2 or token.meaning == "said":
        return clock
    windows = [knowledge.day_times[word.meaning] for word in item.of("day")]
    if (
        windows
        and not any(is_within(clock, day) for day in windows)
        and any(is_within(clock + DAY // 2, day) for day in windows)
    ):
        return clock + DAY // 2
    return clock


def _words(item: Item, knowledge: Knowledge) -> list[str]:
    """The ids of the words for times of day, "after every meal" taken apart, "every night at bedtime" taken once."""
    said = dict.fromkeys(
        part
        for token in item.of("day")
        for part in (knowledge.day_times[token.meaning].parts or (token.meaning,))
    )  # fmt: skip
    exact = [word for word in said if word not in _GENERAL]
    if any(knowledge.day_times[word].anchor in ("bed", "dinner") for word in exact):
        return [word for word in said if word not in ("evening", "night")]
    return list(said)


def _hour(word: str, item: Item, knowledge: Knowledge, bed: int, dinner: int | None) -> Hour:
    anchor = knowledge.day_times[word].anchor
    if anchor == "bed":
        return Hour(clock=(bed - usual_lead(str(item.substance), knowledge)) % DAY, said=word)
    if anchor == "dinner" and dinner is not None:
        return Hour(clock=dinner, said=word)
    return Hour(clock=None, said=word)


def usual_lead(substance: str, knowledge: Knowledge) -> int:
    """Minutes from the latest usual hour of a substance to bed; 0 where nothing is known of it."""
    leads = [row.nearest_min for row in knowledge.timing.values() if row.substance == substance]
    return round(min(leads)) if leads else 0
