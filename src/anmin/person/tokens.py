"""A typed take as a row of tokens: names, amounts, clock times, and whatever could not be read.

Patterns find numbers with what belongs to them; the lexicon finds words. What neither knows becomes an ``unread``
token, so that nothing typed is silently dropped.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Literal

import msgspec

from anmin.errors import AmountError, ClockError
from anmin.person.lexicon import Lexicon, Name, fold
from anmin.units.amount import UNIT_WORDS, Unit
from anmin.units.clock import CLOCK, clock_of
from anmin.units.numbers import HAN_NUMBER, NUMBER, readings

Kind = Literal[
    "name", "word", "day", "amount", "percent", "celsius", "minutes", "lead", "clock", "times", "pieces", "multiply",
    "number", "separator", "unread",
]  # fmt: skip


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of the text. ``values``: every meaning of its number, the usual one first; ``depth``: brackets open."""

    kind: Kind
    start: int
    end: int
    depth: int
    text: str
    values: tuple[float, ...] = ()
    unit: Unit | None = None
    name: Name | None = None
    meaning: str = ""

    @property
    def value(self) -> float:
        """The usual meaning of the number."""
        return self.values[0]


_SPELLED = {
    "half an": 0.5,
    "half a": 0.5,
    "half": 0.5,
    "an": 1.0,
    "a": 1.0,
    "one": 1.0,
    "two": 2.0,
    "three": 3.0,
    "four": 4.0,
}
_N = rf"(?:{NUMBER}|{HAN_NUMBER}|(?:{'|'.join(_SPELLED)})(?![a-z]))"
_DASH = r"(?:-|–|—|~|〜|to(?![a-z])|至|到)"
_TO = rf"\s*(?:{_DASH}|から)\s*"
_UNITS: dict[str, Unit] = {fold(word): unit for word, unit in UNIT_WORDS.items()}
_UNIT = r"(?:" + "|".join(re.escape(word) for word in sorted(_UNITS, key=len, reverse=True)) + r")(?![a-z])"
_HOURS = r"(?:hours?|hrs?|h)(?![a-z])|時間半?|個半小時|個半鐘頭|個?小時|個?鐘頭"
_MINUTES = r"(?:minutes?|mins?)(?![a-z])|分鐘|分間|分"
_SPAN = rf"(?P<n>{_N})(?:{_TO}(?P<upper>{_N}))?\s*(?:(?P<hours>{_HOURS})|(?P<minutes>{_MINUTES}))"
_SLEEP = r"(?:就寢|寢る|眠る|就床|睡覺|上床|入睡|臨睡|睡)"
_ABOUT = r"(?:くらい|ぐらい|ほど|左右)?"
_PIECE = (
    r"(?:(?:capsules?|caps?|tablets?|tabs?|pills?|soft ?gels?|gumm(?:y|ies)|scoops?|sachets?|sticks?|lozenges?|drops?|"
    r"sprays?|packets?|teaspoons?|tsp|tablespoons?|cups?|glass(?:es)?|bottles?|bags?)(?![a-z])"
    r"|錠|粒|顆|片|包|丸|枚|個(?!半|小|鐘)|カプセル|タブレット|茶匙|湯匙|匙|杯|滴|袋|本|スティック|份|膠囊|瓶|缶|罐)"
)
_COUNTED = {"two": 2.0, "three": 3.0, "four": 4.0, "five": 5.0, "six": 6.0}
EVERY = "every"
"""The meaning of a token that says how many hours lie between two doses: doses a day, and those hours."""
_TIMES_EN = {"once": 1, "twice": 2, "thrice": 3, "bid": 2, "b.i.d.": 2, "tid": 3, "t.i.d.": 3, "qid": 4, "q.i.d.": 4}

Maker = Callable[["re.Match[str]"], "dict[str, object] | None"]


def _read(text: str) -> tuple[float, ...]:
    spelled = _SPELLED.get(text)
    return readings(text, "take") if spelled is None else (spelled,)


def _minutes(match: re.Match[str]) -> dict[str, object]:
    value = max(_read(match["n"])[0], _read(match["upper"] or match["n"])[0])
    if match["hours"]:
        value = (value + (0.5 if "半" in match["hours"] else 0)) * 60
    return {"values": (value,)}


def _amount(match: re.Match[str]) -> dict[str, object]:
    upper = match["upper"]
    lower, unit = match["n"], _UNITS[match["unit"]]
    values = _read(upper or lower)
    if upper and _read(lower)[0] > values[0] and not match["own"]:
        values = _read(lower)
    return {"values": values, "unit": unit}


def _negative(match: re.Match[str]) -> None:
    raise AmountError("amount", match[0].strip(), "an amount above 0")


def _clock(match: re.Match[str]) -> dict[str, object]:
    """A time of day; its meaning is ``to`` behind a dash, ``said`` where am, pm or 24 hours are beyond doubt."""
    minute = clock_of(match)
    if minute is None:
        raise ClockError("clock", match[0].strip(), "a time of day from 00:00 to 23:59, for example 22:30")
    groups = match.groupdict()
    half = any(groups[name] for name in ("half", "suffix", "dotted_suffix", "bare_suffix")) or match["hour"].startswith(
        "0"
    )
    return {"values": (float(minute),), "meaning": "to" if re.match(_DASH, match[0]) else "said" if half else ""}


def _times(match: re.Match[str]) -> dict[str, object]:
    word = match["word"] if "word" in match.groupdict() else None
    return {"values": (float(_TIMES_EN[word]),) if word else _read(match["n"])}


def _every(match: re.Match[str]) -> dict[str, object]:
    """``every 4 hours`` is six times a day; of "every 6 to 8 hours" the shorter counts."""
    groups = match.groupdict()
    said = groups.get("n")
    hours = 2.0 if said == "other " else _read(said)[0] if said else 1.0
    hours /= 60 if groups.get("minutes") else 1
    if hours <= 0:
        raise AmountError("times", match[0].strip(), "more than no hours between two doses")
    return {"values": (float(max(1, math.ceil(24 / hours))), hours), "meaning": EVERY}


def _counted(match: re.Match[str]) -> dict[str, object]:
    return {"values": (_COUNTED.get(match["n"]) or _read(match["n"])[0],)}


def _celsius(match: re.Match[str]) -> dict[str, object]:
    value = _read(match["n"])[0]
    return {"values": ((value - 32) / 1.8 if (match["scale"] or "").startswith("f") else value,)}


def _number(match: re.Match[str]) -> dict[str, object]:
    return {"values": _read(match["n"])}


_RULES: tuple[tuple[Kind, str, Maker], ...] = (
    ("amount", rf"(?:(?<=\s)|^)[-−]\s*{NUMBER}\s*(?:{_UNIT})", _negative),
    (
        "lead",
        rf"{_SPAN}\s*(?:before|prior to)\s*(?:i\s+)?(?:going to |go to )?(?:bed ?time|bed|sleep)(?![a-z])",
        _minutes,
    ),
    ("lead", rf"{_SLEEP}前(?:の|約)?\s*{_SPAN}{_ABOUT}(?!\s*前)", _minutes),
    ("lead", rf"{_SLEEP}の?約?\s*{_SPAN}{_ABOUT}\s*前", _minutes),
    ("times", rf"(?:every|each|q)\.?\s*(?P<n>{_N})(?:{_TO}{_N})?\s*-?(?:{_HOURS}|(?P<minutes>{_MINUTES}))", _every),
    ("times", rf"(?P<n>{_N})(?:{_TO}{_N})?\s*-?hourly(?![a-z])", _every),
    ("times", r"(?:every (?P<n>other )?hour|hourly)(?![a-z])", _every),
    ("times", rf"[每毎]隔?\s*(?P<n>{_N})(?:{_TO}{_N})?\s*(?:個?小時|個?鐘頭|時間)", _every),
    ("times", rf"(?P<n>{_N})(?:{_TO}{_N})?\s*時間(?:[ご毎]と?|置き|おき)に?", _every),
    ("times", r"a\.?m\.?\s*(?:and|&|/|,|\+)?\s*p\.?m\.?(?![a-z])", lambda _: {"values": (2.0,)}),
    (
        "times",
        rf"(?P<n>\d{{1,2}}|(?:{'|'.join(_COUNTED)})(?![a-z]))\s*(?:x|times?|doses?)?\s*(?:a|per|each|every|/)?"
        r"\s*(?:day|daily)(?![a-z])",
        _counted,
    ),
    ("times", r"(?P<word>once|twice|thrice)\s*(?:a|per|each|every|/)?\s*(?:day|daily)(?![a-z])", _times),
    ("times", r"(?P<word>[btq]\.i\.d\.|[btq]id)(?![a-z])", _times),
    ("times", r"(?P<n>\d{1,2})\s*(?:x|times?)\s*(?:a|per|each|every|/)?\s*(?:day|daily)(?![a-z])", _times),
    ("times", rf"(?:1|一|每|毎)?\s*(?:日|天)に?\s*(?P<n>\d{{1,2}}|{HAN_NUMBER})\s*(?:回|次)", _times),
    ("times", r"[x×*✕]\s*(?P<n>\d{1,2})\s*(?:回|次)", _times),
    ("word", r"(?:1|一)\s*(?:日|天|回|次)(?:に|あたり)?", lambda _: {"meaning": "noise"}),
    (
        "amount",
        rf"(?P<n>{_N})\s*(?:(?P<own>{_UNIT})\s*)?{_TO}(?P<upper>{_N})\s*(?P<unit>{_UNIT})",
        _amount,
    ),
    ("amount", rf"(?P<n>{_N})(?P<upper>(?!))?(?P<own>(?!))?\s*(?P<unit>{_UNIT})", _amount),
    ("minutes", _SPAN, _minutes),
    ("clock", rf"(?:(?:@|{_DASH})\s*)?(?<!\d){CLOCK}(?!間)", _clock),
    ("percent", rf"(?P<n>{NUMBER})\s*%", _number),
    ("celsius", rf"(?P<n>{NUMBER})\s*(?:°|度|degrees?)\s*(?P<scale>[cf](?![a-z])|celsius|fahrenheit)?", _celsius),
    ("celsius", rf"(?P<n>{NUMBER})\s*(?P<scale>[cf])(?![a-z0-9])", _celsius),
    ("pieces", rf"(?:[x×*✕]\s*)?(?:{_N}{_TO})?(?P<n>{_N})\s*{_PIECE}", _number),
    ("multiply", rf"(?P<n>\d{{1,2}}|{HAN_NUMBER})\s*[x×*✕](?=\s*[\d.])", _number),
    ("multiply", r"[x×*✕]\s*(?P<n>\d{1,2})(?![\d.])", _number),
)
_COMPILED = tuple((kind, re.compile(pattern), make) for kind, pattern, make in _RULES)
_BARE = re.compile(rf"(?P<n>{NUMBER})")
_LATIN = re.compile(r"[a-zß-ɏ][a-z0-9ß-ɏ'’-]*")
_KATAKANA = re.compile(r"[\u30a1-\u30fa\u30fc]+")

OPENING, CLOSING = "([{【「『〔", ")]}】」』〕"
_SEPARATORS = "+,、;&/|\n"


def tokenise(text: str, lexicon: Lexicon) -> list[Token]:
    """The tokens of a folded text, in order; :class:`~anmin.errors.InputError` for a clock time or an amount that
    cannot be one."""
    tokens: list[Token] = []
    place, depth = 0, 0
    while place < len(text):
        mark = text[place]
        depth = max(0, depth + (mark in OPENING) - (mark in CLOSING))
        if mark in _SEPARATORS:
            if depth == 0:
                tokens.append(Token(kind="separator", start=place, end=place + 1, depth=depth, text=mark, meaning=mark))
            place += 1
            continue
        token = _pattern(text, place, depth) or _word(text, place, depth, lexicon) or _leftover(text, place, depth)
        if token is None:
            place += 1
            continue
        tokens.append(token)
        place = token.end
    return tokens


def _pattern(text: str, place: int, depth: int) -> Token | None:
    if text[place].isspace():
        return None
    for kind, pattern, make in _COMPILED:
        match = pattern.match(text, place)
        if match:
            made = make(match) or {}
            return msgspec.convert(
                {"kind": kind, "start": place, "end": match.end(), "depth": depth, "text": match[0], **made}, Token
            )
    return None


def _word(text: str, place: int, depth: int, lexicon: Lexicon) -> Token | None:
    found = lexicon.at(text, place)
    if found is None:
        return None
    entry, end = found
    said = text[place:end]
    if isinstance(entry, Name):
        return Token(kind="name", start=place, end=end, depth=depth, text=said, name=entry)
    if entry.meaning == "separator":
        kind: Kind = "separator" if depth == 0 else "word"
        return Token(kind=kind, start=place, end=end, depth=depth, text=said, meaning="noise")
    return Token(kind=entry.kind, start=place, end=end, depth=depth, text=said, meaning=entry.meaning)


def _leftover(text: str, place: int, depth: int) -> Token | None:
    number = _BARE.match(text, place)
    if number:
        end = number.end()
        return Token(kind="number", start=place, end=end, depth=depth, text=number[0], values=_read(number[0]))
    for run in (_LATIN, _KATAKANA):
        match = run.match(text, place)
        if match:
            return Token(kind="unread", start=place, end=match.end(), depth=depth, text=match[0])
    if text[place].isalnum():
        return Token(kind="unread", start=place, end=place + 1, depth=depth, text=text[place])
    return None
