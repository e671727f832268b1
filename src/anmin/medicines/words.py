"""What stands beside the name: strengths, forms, salts, hours, the maker, and the words that say the route."""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from anmin.knowledge.drugs import MedicineWords
from anmin.knowledge.model import Route
from anmin.medicines.normalise import key

Role = Literal["route", "form", "salt", "filler"]

_LONGEST_PHRASE = 4
_MAKER = re.compile(r"[「『【〔][^「『【〔」』】〕]*[」』】〕]")
_UNIT = (
    r"mcg|micrograms?|milligrams?|mg|μg|ug|grams?|gm|g|ml|mls|l|iu|i\.u\.|units?|u|meq|mmol|percent|%"
    r"|毫克|公絲|微克|公克|克|毫升|國際單位|單位|単位|ミリグラム|マイクログラム|グラム|ミリリットル|ミリ|マイクロ"
)
_COUNTED = (
    r"tabs?|tablets?|caps?|capsules?|pills?|sachets?|drops?|puffs?|times?|x"
    r"|錠|粒|顆|片|包|個|滴|噴|支|枚|本|番|回|次|日間|日分|日|天|週間|カプセル"
)
_NUMBER = r"\d+(?:[.,]\d+)*"
_STRENGTH = re.compile(
    rf"(?<![a-z0-9.,]){_NUMBER}(?:\s*(?:{_UNIT}))?(?:\s*/\s*(?:{_NUMBER})?(?:\s*(?:{_UNIT}))?)*(?![a-z0-9]|-[a-z])"
    rf"|(?<=[a-z]){_NUMBER}\s*(?:{_UNIT})(?![a-z0-9])"
    rf"|(?<=[a-z]{{3}})\d{{2,4}}(?![a-z0-9-])"
)
_MEASURED = re.compile(
    rf"(?<![a-z0-9.,]){_NUMBER}\s*(?:{_UNIT})(?:\s*/\s*(?:{_NUMBER})?(?:\s*(?:{_UNIT}))?)*(?![a-z0-9])"
)
_COUNT = re.compile(
    rf"(?:(?<![a-z0-9.,-]){_NUMBER}|(?<![\u30a0-\u30ff\u3400-\u9fff])[一二三四五六兩半])\s*(?:{_COUNTED})(?![a-z])"
)
_TOKEN = re.compile(r"[a-z0-9α-ω'.]+|[^\Wa-z0-9α-ω']+")


class Words(msgspec.Struct, frozen=True):
    """The vocabulary by key: role, and the route where it says one."""

    latin: dict[str, tuple[Role, Route | None]]
    other: dict[str, tuple[Role, Route | None]]
    longest: int
    """Length of the longest word that is not Latin."""


def words_of(rows: dict[str, MedicineWords]) -> Words:
    """The vocabulary of the shipped rows. A word that says a route says it wherever else it stands."""
    latin: dict[str, tuple[Role, Route | None]] = {}
    other: dict[str, tuple[Role, Route | None]] = {}
    for row in sorted(rows.values(), key=lambda row: row.role != "route"):
        for word in row.words.all():
            plain = key(word.casefold())
            (latin if plain.isascii() else other).setdefault(plain, (row.role, row.route))
    return Words(latin, other, max(map(len, other), default=0))


class Peeled(msgspec.Struct, frozen=True):
    """The tokens that are left of a text, and the routes that the words taken away have named."""

    tokens: tuple[str, ...]
    routes: frozenset[Route]

    @property
    def key(self) -> str:
        """What is left, as a key."""
        return key("".join(self.tokens))


def without_maker(cleaned: str) -> str:
    """The text without a maker's name in corner brackets, as Japanese generics are labelled."""
    return _MAKER.sub(" ", cleaned)


def without_amounts(cleaned: str) -> str:
    """The text without strengths ("500 mg", "250/5", "5毫克") and counts ("1錠", "2 tablets")."""
    return _STRENGTH.sub(" ", _COUNT.sub(" ", cleaned))


def without_measures(cleaned: str) -> str:
    """The text without amounts that have a unit; a bare number may belong to the name ("CoQ10", "5-HTP")."""
    return _MEASURED.sub(" ", _COUNT.sub(" ", cleaned))


def tokens_of(cleaned: str) -> tuple[str, ...]:
    """Words and runs of characters, punctuation gone."""
    return tuple(token for token in _TOKEN.findall(cleaned) if key(token))


def peel(tokens: tuple[str, ...], words: Words, roles: frozenset[Role]) -> Peeled:
    """Take away the words of these roles, longest phrases first; from runs of characters only at their two ends."""
    left: list[str] = []
    routes: set[Route] = set()
    at = 0
    while at < len(tokens):
        for length in range(min(_LONGEST_PHRASE, len(tokens) - at), 0, -1):
            phrase = key("".join(tokens[at : at + length]))
            found = words.latin.get(phrase) or words.other.get(phrase)
            if found and found[0] in roles:
                if found[1]:
                    routes.add(found[1])
                at += length
                break
        else:
            rest, more = _ends(tokens[at], words, roles)
            routes |= more
            if rest:
                left.append(rest)
            at += 1
    return Peeled(tuple(left), frozenset(routes))


def _ends(token: str, words: Words, roles: frozenset[Role]) -> tuple[str, set[Route]]:
    """A run of characters without the words at its ends."""
    routes: set[Route] = set()
    if token.isascii():
        return token, routes
    text = key(token)
    while text and (found := at_an_end(text, words, roles)):
        text, route = found
        if route:
            routes.add(route)
    return text, routes


def at_an_end(text: str, words: Words, roles: frozenset[Role]) -> tuple[str, Route | None] | None:
    """What stays of the text without the longest word at its end, or, when there is none, at its beginning."""
    lengths = range(min(words.longest, len(text)), 0, -1)
    for length in lengths:
        said = words.other.get(text[-length:])
        if said and said[0] in roles:
            return text[:-length], said[1]
    for length in lengths:
        said = words.other.get(text[:length])
        if said and said[0] in roles:
            return text[length:], said[1]
    return None
