"""Facts that the reading of a profile rests on: what is possible, equations, sets of codes, words for hours."""

from __future__ import annotations

from typing import Literal

from anmin.knowledge.model import ReadIn, Source, Struct, Text


class Range(Struct, frozen=True, kw_only=True):
    """What a number of the profile can possibly be, both ends included. Outside is a slip of the pen, not a person."""

    id: str
    low: float
    high: float
    unit: str
    read_in: ReadIn = "design"
    sources: tuple[Source, ...] = ()
    note: str = ""


class Equation(Struct, frozen=True, kw_only=True):
    """The published coefficients of a formula; the module that computes it names this row."""

    id: str
    coefficients: dict[str, float]
    unit: str
    sources: tuple[Source, ...]
    note: str = ""


class CodeSet(Struct, frozen=True, kw_only=True):
    """A set of codes (ATC prefixes, ids of rules or condition keys) that one question or estimate turns on."""

    id: str
    codes: tuple[str, ...]
    reason: Text
    read_in: ReadIn = "design"
    sources: tuple[Source, ...] = ()


class DayTime(Struct, frozen=True, kw_only=True):
    """A word for a time of day. With an ``anchor`` it is that hour of the person, give or take; otherwise, or when the
    person gave none, every hour ``from_clock`` to ``below_clock`` has to be reckoned with."""

    id: str
    words: tuple[str, ...]
    read_in: ReadIn = "design"
    anchor: Literal["bed", "rise", "dinner"] | None = None
    before_min: int = 0
    after_min: int = 0
    from_clock: str | None = None
    below_clock: str | None = None
    parts: tuple[str, ...] = ()
    """Ids of the times it stands for together: "after every meal" is three times a day."""


class Choice(Struct, frozen=True, kw_only=True):
    """A field with a closed set of values, and the words people write for each."""

    id: str
    words: dict[str, tuple[str, ...]]
