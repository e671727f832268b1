"""What a sentence holds that can be checked: amounts with units, substances, medicines, words that compare or warn."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import TypeAlias

import msgspec

from anmin.errors import AmountError
from anmin.knowledge.fold import fold
from anmin.knowledge.load import Knowledge
from anmin.units.numbers import readings

Thing: TypeAlias = "tuple[str, str]"
"""A kind (``substance``, ``form``, ``medicine``) and an id."""

_SHORTEST = 2
"""Letters of a Latin name; one Han character may be a whole name (鎂)."""
_LONGEST = 24
_HAN = "〇零一二三四五六七八九十百千兩两半"
_NUMBER = (
    r"(?<![\d.,])(?:\d{1,3}(?:[,' \u2009\u202f]\d{3}){1,3}(?:[.,]\d{1,4})?|\d{1,7}(?:[.,]\d{1,6})?|[.]\d{1,6})(?!\d)"
    rf"|(?<![{_HAN}])[{_HAN}]{{1,8}}(?![{_HAN}])"
)
"""Bounded on every side, so that no run of digits can make the search slow."""
_WORD = re.compile(r"[a-z0-9][a-z0-9'-]*")
_DASH = r"\s*(?:-|–|—|~|〜|～|to|至|到|から|and)\s*"
_P = re.compile(r"(?<![a-z])p\s*[<=>]\s*(0?\.\d+)")


class Quantity(msgspec.Struct, frozen=True):
    """A number or range with the unit's key (``mg``, ``h``, ``percent``, ``p``, ...)."""

    low: float
    high: float
    unit: str


class Signals(msgspec.Struct, frozen=True, kw_only=True):
    """Everything found in one sentence."""

    quantities: tuple[Quantity, ...]
    things: frozenset[Thing]
    marks: frozenset[str]

    def of(self, kind: str) -> tuple[str, ...]:
        """The ids of one kind of thing, in order."""
        return tuple(sorted(thing_id for what, thing_id in self.things if what == kind))

    def in_unit(self, *units: str) -> tuple[Quantity, ...]:
        """The quantities in one of these units."""
        return tuple(quantity for quantity in self.quantities if quantity.unit in units)


class Vocabulary:
    """Names, units and marks of a knowledge base, ready for looking up."""

    def __init__(self, knowledge: Knowledge) -> None:
        words = knowledge.choices
        self.names = dict(_names(knowledge))
        self.longest = min(_LONGEST, max(map(len, self.names), default=0))
        units = [(word.casefold(), key) for key, every in words["audit.units"].words.items() for word in every]
        self.units = dict(units)
        self.spelled = {word: float(key) for key, every in words["audit.numbers"].words.items() for word in every}
        number = rf"(?:{_NUMBER}|(?<![a-z])(?:{_any(self.spelled)})(?![a-z]))"
        self.quantity = re.compile(
            rf"(?P<n>{number})\s*(?:(?P<u1>{_any(self.units)})?{_DASH}(?P<m>{number}))?[\s-]*(?P<u>{_any(self.units)})(?![a-z])"
        )
        self.marks = {key: _marker(every) for key, every in words["audit.marks"].words.items()}

    def read(self, text: str) -> Signals:
        """What a sentence holds."""
        plain = unicodedata.normalize("NFKC", text).casefold()
        marks = frozenset(key for key, pattern in self.marks.items() if pattern.search(plain))
        return Signals(
            quantities=tuple(dict.fromkeys(self._quantities(plain))), things=frozenset(self._things(plain)), marks=marks
        )

    def _quantities(self, plain: str) -> Iterator[Quantity]:
        for match in self.quantity.finditer(plain):
            low = self._number(match["n"])
            high = self._number(match["m"]) if match["m"] else low
            if low is not None and high is not None:
                yield Quantity(min(low, high), max(low, high), self.units[match["u"]])
        for match in _P.finditer(plain):
            value = float(match[1])
            yield Quantity(value, value, "p")

    def _number(self, word: str) -> float | None:
        if word in self.spelled:
            return self.spelled[word]
        try:
            return readings(word)[0]
        except AmountError:
            return None

    def _things(self, plain: str) -> Iterator[Thing]:
        """Names of one to four Latin words, and names in other scripts wherever they stand; the longest wins."""
        words = [match[0] for match in _WORD.finditer(plain)]
        place = 0
        while place < len(words):
            for count in (4, 3, 2, 1):
                key = fold("".join(words[place : place + count]))
                for thing in (key, key.removesuffix("s")):
                    if place + count <= len(words) and thing in self.names:
                        yield self.names[thing]
                        break
                else:
                    continue
                place += count - 1
                break
            place += 1
        yield from self._unspaced(fold(plain))

    def _unspaced(self, key: str) -> Iterator[Thing]:
        place = 0
        while place < len(key):
            for length in range(min(self.longest, len(key) - place), 0, -1):
                piece = key[place : place + length]
                if piece in self.names and not piece.isascii():
                    yield self.names[piece]
                    place += length - 1
                    break
            place += 1


def _names(knowledge: Knowledge) -> Iterator[tuple[str, Thing]]:
    """Folded names, the more telling kind last so that it wins: medicines, then forms, then substances."""
    for drug in knowledge.drugs.values():
        for name in drug.names.all():
            yield from _one(name, ("medicine", drug.id))
    for kind, table in (("form", knowledge.forms), ("substance", knowledge.substances)):
        for fact_id, fact in table.items():
            for name in (fact.name.en, fact.name.zh_hant, fact.name.ja, *fact.aliases):
                yield from _one(name, (kind, fact_id))


def _one(name: str, thing: Thing) -> Iterator[tuple[str, Thing]]:
    bare = re.sub(r"[(（].*?[)）]", "", name)
    for each in {name, bare}:
        key = fold(each)
        if len(key) >= _SHORTEST or not key.isascii():
            yield key, thing


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def _marker(words: Iterable[str]) -> re.Pattern[str]:
    latin = _any(word for word in words if word.isascii())
    others = _any(word for word in words if not word.isascii())
    return re.compile(rf"(?<![a-z])(?:{latin})(?![a-z])|(?:{others})")
