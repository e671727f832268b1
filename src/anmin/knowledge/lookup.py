"""Facts by a word, in any of the three languages and whatever way it is typed."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from anmin.knowledge.fold import fold
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Names, Struct, Text
from anmin.knowledge.references import substances_of
from anmin.knowledge.titles import FACT_KINDS, summary_of, title_of

_NAMES = ("id", "name", "names", "brands", "aliases", "drugs", "label", "title", "atc", "rule_ids", "formula")
_LINKS = ("substance", "applies_to", "components", "first", "second")
_NOT_READ = frozenset({"sources", "read_in", "grade", "severity", "action", "kind", "words", "coefficients"})

_EXACT, _START, _INSIDE, _LINKED, _SAID = range(5)
"""How well a fact fits the word: its name, the start of one, inside one, about the same thing, mentioned."""


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """A fact that the word leads to, best first (``rank`` 0: it is its name)."""

    kind: str
    id: str
    rank: int
    title: Text
    summary: Text


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """The hits of one kind of fact."""

    kind: str
    hits: tuple[Hit, ...]


def find(word: str, knowledge: Knowledge) -> tuple[Group, ...]:
    """Every fact whose names or words hold ``word``, and every rule about what it names. Empty: nothing known."""
    key = fold(word)
    if not key:
        return ()
    ranks = {kind: _by_words(key, kind, knowledge) for kind in FACT_KINDS}
    _add_linked(ranks, knowledge)
    groups = []
    for kind, found in ranks.items():
        table: dict[str, Struct] = getattr(knowledge, kind)
        order = sorted(found, key=lambda fact_id: (found[fact_id], _gravity(table[fact_id])))
        hits = tuple(_hit(kind, fact_id, found[fact_id], table[fact_id], knowledge) for fact_id in order)
        if hits:
            groups.append(Group(kind=kind, hits=hits))
    return tuple(sorted(groups, key=lambda group: group.hits[0].rank))


def _hit(kind: str, fact_id: str, rank: int, fact: Struct, knowledge: Knowledge) -> Hit:
    return Hit(kind=kind, id=fact_id, rank=rank, title=title_of(fact, knowledge), summary=summary_of(fact, knowledge))


_GRAVEST = ("contraindicated", "major", "moderate", "minor")


def _gravity(fact: Struct) -> int:
    """Among equal hits the gravest rule stands first, and a limit that binds before one that does not."""
    if getattr(fact, "binding", None) is False:
        return 1
    severity = getattr(fact, "severity", None)
    return _GRAVEST.index(severity) if severity in _GRAVEST else 0


def _by_words(key: str, kind: str, knowledge: Knowledge) -> dict[str, int]:
    ranks: dict[str, int] = {}
    table: dict[str, Struct] = getattr(knowledge, kind)
    for fact_id, fact in table.items():
        rank = min((_rank(key, name) for name in names_of(fact)), default=None)
        if rank is None or rank > _INSIDE:
            rank = _SAID if len(key) > 1 and any(key in fold(said) for said in _said(fact)) else None
        if rank is not None:
            ranks[fact_id] = rank
    return ranks


def _rank(key: str, name: str) -> int:
    folded = fold(name)
    if folded == key:
        return _EXACT
    if len(key) < 2:
        return _SAID + 1
    if folded.startswith(key):
        return _START
    return _INSIDE if key in folded else _SAID + 1


def names_of(fact: Struct) -> Iterator[str]:
    """Every name of a fact: id, names in each language, aliases, codes."""
    for field in _NAMES:
        yield from _strings(getattr(fact, field, None))


def _said(fact: Struct) -> Iterator[str]:
    for field in fact.__struct_fields__:
        if field not in _NAMES and field not in _NOT_READ and field not in _LINKS:
            yield from _strings(getattr(fact, field))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        if value:
            yield value
    elif isinstance(value, Text):
        yield from (word for word in (value.en, value.zh_hant, value.ja) if word)
    elif isinstance(value, Names):
        yield from value.all()
    elif isinstance(value, tuple):
        for item in value:
            if isinstance(item, str):
                yield item


def _add_linked(ranks: dict[str, dict[str, int]], knowledge: Knowledge) -> None:
    """Rules about a substance or a medicine that the word names, even where the rule's own words do not hold it."""
    named = {fact_id for fact_id, rank in ranks["substances"].items() if rank <= _START}
    codes = {
        code for fact_id, rank in ranks["drugs"].items() if rank <= _START for code in knowledge.drugs[fact_id].atc
    }
    for kind in FACT_KINDS:
        table: dict[str, Struct] = getattr(knowledge, kind)
        for fact_id, fact in table.items():
            if named and named.intersection(linked_substances(fact, knowledge)):
                ranks[kind][fact_id] = min(ranks[kind].get(fact_id, _LINKED), _LINKED)
            if codes and kind in ("interactions", "combinations", "red_flags") and touches(fact, codes):
                ranks[kind][fact_id] = min(ranks[kind].get(fact_id, _LINKED), _LINKED)


def linked_substances(fact: Struct, knowledge: Knowledge) -> frozenset[str]:
    """The substances that a fact speaks about."""
    names = [name for field in _LINKS for name in _strings(getattr(fact, field, None))]
    return frozenset(substance for name in names for substance in substances_of(name, knowledge))


def touches(fact: Struct, codes: frozenset[str] | set[str]) -> bool:
    """Whether a rule's ATC prefixes cover one of the codes."""
    prefixes = [*_strings(getattr(fact, "atc", None)), *_strings(getattr(fact, "ask_if_atc", None))]
    return any(code.startswith(prefix) for code in codes for prefix in prefixes)
