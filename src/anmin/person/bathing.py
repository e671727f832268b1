"""A warm bath as somebody writes it: ``warm bath 40C 15 min 21:00``, ``お風呂 41度 10分 21時``."""

from __future__ import annotations

from anmin.errors import InputError
from anmin.knowledge.load import Knowledge
from anmin.person.asking import Asker
from anmin.person.hours import Hour
from anmin.person.items import Item
from anmin.person.model import Bath
from anmin.units.clock import DAY


def read_bath(item: Item, hours: tuple[Hour, ...], ask: Asker, knowledge: Knowledge, *, bed: int) -> Bath:
    """The bath of an item. One clock time is when it begins, unless the text says until; of two the later is its end.

    What is not said is asked for, and meanwhile taken from ``take.bath_*`` (hot, long) and from the hour of bed.
    """
    water = _first(item, "celsius")
    minutes = _first(item, "minutes")
    clocks = [hour.clock for hour in hours if hour.clock is not None]
    if len(clocks) == 2 and minutes is None:
        minutes = float((clocks[1] - clocks[0]) % DAY)
    if water is None:
        water = knowledge.value("take.bath_water_c")
        ask.bath(item, "water", water)
    if minutes is None:
        minutes = knowledge.value("take.bath_minutes")
        ask.bath(item, "minutes", minutes)
    _check(item, "bath_water_c", water, knowledge)
    _check(item, "bath_minutes", minutes, knowledge)
    if not clocks:
        ask.bath(item, "hour", 0)
        return Bath(water_c=water, minutes=minutes, end=bed)
    ends = len(clocks) == 2 or item.says("until") or hours[0].said is not None or bool(item.of("lead"))
    end = clocks[-1] if ends else clocks[0] + round(minutes)
    return Bath(water_c=water, minutes=minutes, end=end % DAY)


def _first(item: Item, kind: str) -> float | None:
    tokens = item.of(kind)
    return tokens[0].value if tokens else None


def _check(item: Item, name: str, value: float, knowledge: Knowledge) -> None:
    room = knowledge.ranges[name]
    if not room.low <= value <= room.high:
        raise InputError("take", item.label, f"a bath of {room.low:g} to {room.high:g} {room.unit}")
