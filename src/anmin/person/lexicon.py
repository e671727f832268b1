"""The words that a take may hold, and finding the longest of them at a place in the text.

All of them are data: names and aliases of compounds and substances, words for times of day (``day_times.yaml``) and
the small words around them (``take_words.yaml``). Text and words are compared folded: width, case, simplified and
Japanese characters, and the marks between the parts of a name do not matter.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

import msgspec

from anmin.knowledge.load import Knowledge
from anmin.knowledge.stoichiometry import MAGNESIUM

_SIMPLIFIED = "镁锌钙氢双两颗钟点后饭当单単国际药薬浓胶个时柠苹苏盐塩热温汤湯氨维罗缬红剂来寝晩缓枸谷脚緑绿"
_TRADITIONAL = "鎂鋅鈣氫雙兩顆鐘點後飯當單單國際藥藥濃膠個時檸蘋蘇鹽鹽熱溫湯湯胺維羅纈紅劑來寢晚緩檸穀腳綠綠"
_FOLD = str.maketrans(_SIMPLIFIED, _TRADITIONAL)

_MARKS = " -_·・.'’"
_MARK = "\x00"
"""Stands for any run of marks, or none, between two parts of a name."""

_MAGNESIUM_WORDS = ("magnesium", "mg", "マグネシウム", "鎂")
_HOLDS_MAGNESIUM = re.compile(r"magn|マグ|鎂|苦土|(?<![a-z])mg")
_BRACKETS = re.compile(r"\([^()]*\)")
_KATAKANA = re.compile(r"[\u30a1-\u30fa\u30fc]")


class Name(msgspec.Struct, frozen=True, kw_only=True):
    """A substance or a magnesium compound that a word names.

    ``bare``: the word does not say magnesium ("glycinate"), so it means nothing beside another metal. ``beside``: it
    counts only next to the word magnesium ("citrate"). ``strength``: a medicine whose strength is the mass of the
    compound. ``elemental``: the word itself says so.
    """

    substance: str
    form: str | None = None
    bare: bool = False
    beside: bool = False
    strength: bool = False
    elemental: bool = False


class Word(msgspec.Struct, frozen=True):
    """A small word, by its meaning (a key of ``take.words``), or a word for a time of day, by its id."""

    kind: Literal["word", "day"]
    meaning: str


Entry = Name | Word


def fold(text: str) -> str:
    """The text as it is compared, character for character as long as ``unicodedata.normalize("NFKC", text)``.

    >>> fold("Ｍｇ 甘氨酸镁")
    'mg 甘胺酸鎂'
    """
    wide = unicodedata.normalize("NFKC", text)
    return "".join(low if len(low := mark.lower()) == 1 else mark for mark in wide).translate(_FOLD)


class Lexicon:
    """Every word, by its first character, the longest first."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._entries: dict[str, list[tuple[str, Entry]]] = {}
        known: set[str] = set()
        for key, entry in _words(knowledge):
            if key and key not in known:
                known.add(key)
                self._entries.setdefault(key[0], []).append((key, entry))
        for bucket in self._entries.values():
            bucket.sort(key=lambda pair: -len(pair[0]))

    def at(self, text: str, start: int) -> tuple[Entry, int] | None:
        """The longest word that begins at ``start`` of a folded text, and where it ends; None if there is none."""
        for key, entry in self._entries.get(text[start], ()):
            end = _match(key, text, start)
            if end is not None and self._ends_well(text, start, end, entry):
                return entry, end
        return None

    def _ends_well(self, text: str, start: int, end: int, entry: Entry) -> bool:
        """A Latin word is not a part of a longer one; nor is a name in katakana, unless a known word follows it."""
        if end == len(text):
            return True
        last, after = text[end - 1], text[end]
        if _latin(last) and _latin(after):
            return False
        if last.isdigit() and after.isdigit():
            return False
        if isinstance(entry, Name) and _KATAKANA.match(last) and _KATAKANA.match(after):
            return self.at(text, end) is not None
        return True


_cache: tuple[Knowledge, Lexicon] | None = None


def lexicon_of(knowledge: Knowledge) -> Lexicon:
    """The lexicon of these facts, made once."""
    global _cache
    if _cache is None or _cache[0] is not knowledge:
        _cache = (knowledge, Lexicon(knowledge))
    return _cache[1]


def _match(key: str, text: str, start: int) -> int | None:
    if start and _latin(key[0]) and _latin(text[start - 1]):
        return None
    place = start
    for mark in key:
        if mark == _MARK:
            while place < len(text) and text[place] in _MARKS:
                place += 1
        elif place < len(text) and text[place] == mark:
            place += 1
        else:
            return None
    return place


def _latin(mark: str) -> bool:
    return "a" <= mark <= "z"


def _key(word: str) -> str:
    """``"L-theanine "`` as it is looked for: folded, each run of marks one optional place."""
    return _MARK.join(part for part in re.split(f"[{re.escape(_MARKS)}]+", fold(word)) if part)


def _words(knowledge: Knowledge) -> list[tuple[str, Entry]]:
    """All words with their meaning, those that win over an equal one first."""
    made: list[tuple[str, Entry]] = []
    for form in knowledge.forms.values():
        strengths = {_key(word) for word in form.strength_names}
        for word in (*_spellings(form.name), *form.aliases, *form.strength_names):
            bare = not _HOLDS_MAGNESIUM.search(fold(word))
            made.append(
                (_key(word), Name(substance=MAGNESIUM, form=form.id, bare=bare, strength=_key(word) in strengths))
            )
    for substance in knowledge.substances.values():
        for word in (*_spellings(substance.name), *substance.aliases):
            said = re.search("elemental|元素", word) is not None
            made.append((_key(word), Name(substance=substance.id, elemental=said)))
    for day in knowledge.day_times.values():
        made.extend((_key(word), Word("day", day.id)) for word in day.words)
    made.extend((_key(word), Word("word", "noise")) for word in knowledge.choices["as_needed"].words["as_needed"])
    for meaning, words in knowledge.choices["take.words"].words.items():
        made.extend((_key(word), Word("word", meaning)) for word in words)
    whole = {key.replace(_MARK, "") for key, _ in made}
    for form in knowledge.forms.values():
        for word in (*_spellings(form.name), *form.aliases):
            salt = _without_magnesium(fold(word))
            if salt:
                beside = _key(salt).replace(_MARK, "") not in whole
                made.append((_key(salt), Name(substance=MAGNESIUM, form=form.id, bare=True, beside=beside)))
    return made


def _spellings(name: object) -> list[str]:
    """The three names, each also without what stands in brackets."""
    texts = [str(getattr(name, lang)) for lang in ("en", "zh_hant", "ja")]
    return [spelling for text in texts for spelling in (text, _BRACKETS.sub("", fold(text)).strip())]


def _without_magnesium(word: str) -> str | None:
    """``citrate`` of ``magnesium citrate``, ``クエン酸`` of ``クエン酸マグネシウム``; None if too short to mean it."""
    for magnesium in _MAGNESIUM_WORDS:
        if word.startswith(f"{magnesium} "):
            rest = word[len(magnesium) + 1 :]
        elif not _latin(magnesium[0]) and word.endswith(magnesium):
            rest = word[: -len(magnesium)]
        else:
            continue
        return rest if len(rest) >= (4 if rest.isascii() else 2) else None
    return None
