"""How often a day a medicine is taken, as the line says it beside the hours, and what that makes of the hours."""

from __future__ import annotations

import re

import msgspec

from anmin.knowledge.load import Knowledge
from anmin.person.day_times import Hours, is_within
from anmin.person.hours import doses_a_day, every_so_often
from anmin.person.lexicon import fold, lexicon_of
from anmin.person.tokens import EVERY, tokenise

_N = r"(?:\d{1,2}|one|two|three|four|five|six|eight|twelve)"
_HAN = r"[\d一二三四五六七八九十兩两]{1,2}"
_HOW_OFTEN = re.compile(
    rf"\b(?:once|twice|thrice|{_N}\s*(?:times|x|doses))\s*-?(?:/\s*|(?:a|per|each|every)\s+)?(?:day|daily)\b"
    rf"|\b(?:once|twice|thrice)\b(?!\s*(?:a|per|each|every)?\s*(?:week|month|year))"
    rf"|\bevery\s+(?:other\s+|{_N}\s*)?(?:hours?|hrs?|h)\b|\bq\.?\s*{_N}\s*(?:hours?|hrs?|h)\b|\b{_N}\s*-?hourly\b"
    r"|\b(?:every|each) day\b|\bdaily\b|\bq\.?d\b\.?|(?<![a-z.])(?:[btq]\.i\.d\b\.?|[btq]id\b)"
    rf"|(?:[1１一每毎]\s*[日天]に?|日に)\s*{_HAN}\s*[次回]|{_HAN}\s*時間(?:[ご毎]と?|置き|おき)に?"
    rf"|[每毎]隔?\s*{_HAN}\s*(?:個?小時|個?鐘頭|時間)|毎日|每天|每日",
    re.IGNORECASE,
)
_SPELLED = {"eight": "8", "twelve": "12", "five": "5", "six": "6", "doses": "times", "-": " "}


class HowOften(msgspec.Struct, frozen=True):
    """The line without those words; doses a day and hours between two of them, None where not said."""

    rest: str
    doses: float | None = None
    interval_h: float | None = None
    said: str = ""


def find_how_often(line: str, knowledge: Knowledge) -> HowOften:
    """How often a line says that something is taken."""
    said = [match[0] for match in _HOW_OFTEN.finditer(line)]
    if not said:
        return HowOften(line)
    rest = " ".join(_HOW_OFTEN.sub(" ", line).split()).strip(" ,、，;")
    words = [re.sub("|".join(_SPELLED), lambda each: _SPELLED[each[0]], fold(each)) for each in said]
    words = [f"{each} a day" if each in ("once", "twice", "thrice") else each for each in words]
    tokens = [token for each in words for token in tokenise(each, lexicon_of(knowledge)) if token.kind == "times"]
    intervals = [token.values[1] for token in tokens if token.meaning == EVERY]
    return HowOften(rest, doses_a_day(tokens), min(intervals, default=None), " ".join(words))


def clocks_of_all_doses(
    often: HowOften, hours: Hours, clocks: tuple[int, ...], knowledge: Knowledge
) -> tuple[tuple[int, ...], bool]:
    """The hours of every dose of the day, and whether they are all known.

    An interval tells the other hours from one of them. Where fewer hours are given than there are doses, the others
    are not known: any hour has to be reckoned with.
    """
    words = [word for word in hours.words if not any(is_within(c, knowledge.day_times[word]) for c in hours.clocks)]
    told = len(hours.clocks) + sum(len(knowledge.day_times[word].parts) or 1 for word in words)
    if often.interval_h is not None and told == 1 and clocks:
        steady = [every_so_often(clock, often.interval_h) for clock in clocks]
        return tuple(sorted({clock for each in steady for clock in each} or clocks)), all(steady)
    return clocks, bool(clocks) and told >= (often.doses or 0)
