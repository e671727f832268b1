"""Names that somebody may have meant. What is found here is only ever asked about, never taken."""

from __future__ import annotations

from bisect import bisect_left
from itertools import islice, takewhile
from operator import ne

from anmin.medicines.index import Index
from anmin.medicines.normalise import key

_SHORTEST_NEAR = {True: 5, False: 3}
"""By whether the text is Latin: one wrong letter of a shorter word could be anything."""

_LONGEST_RUN = 40


def starting(query: str, index: Index) -> tuple[str, ...]:
    """Keys that begin with the query (at least 4 Latin letters, 3 kana or 2 Chinese characters), shortest first.

    A combination whose first ingredient is found by itself is left out.
    """
    shortest = 4 if query.isascii() else 3 if any("\u30a0" <= each <= "\u30ff" for each in query) else 2
    if len(query) < shortest:
        return ()
    order = index.in_order
    first = bisect_left(order, query)
    begun = takewhile(lambda name: name.startswith(query), islice(order, first, None))
    found = sorted((name for name in begun if _is_drug(name, index)), key=len)
    kept: list[str] = []
    for name in found:
        combined = any(index.drugs[drug_id].of for drug_id, _ in index.entries(name))
        if not (combined and any(name.startswith(other) for other in kept)):
            kept.append(name)
    return tuple(kept)


def near(query: str, index: Index) -> tuple[str, ...]:
    """Keys one letter away: one changed, left out, added, or two neighbours swapped (Damerau)."""
    length = len(query)
    if length < _SHORTEST_NEAR[query.isascii()]:
        return ()
    found: dict[str, None] = {}
    for longer, is_near in ((0, _one_changed), (1, _one_more)):
        for end in ((length + longer, query[0]), (-length - longer, query[-1])):
            found |= {name: None for name in index.by_ends.get(end, ()) if is_near(name, query)}
    for at in range(length):
        shorter = query[:at] + query[at + 1 :]
        swapped = query[:at] + query[at + 1 : at + 2] + query[at : at + 1] + query[at + 2 :]
        for name in (shorter, swapped):
            if name != query and name in index.exact:
                found[name] = None
    return tuple(found)


def inside(tokens: tuple[str, ...], index: Index) -> tuple[str, ...]:
    """Keys of whole names that stand among other words, the longest where they overlap."""
    found: set[str] = set()
    plain = [key(token) for token in tokens]
    for first in range(len(plain)):
        for last in range(first + 1, min(first + 4, len(plain)) + 1):
            phrase = "".join(plain[first:last])
            if len(phrase) >= 4 and phrase in index.exact:
                found.add(phrase)
    text = "".join(plain)
    if not text.isascii():
        found |= _runs_in(text, index)
    return tuple(name for name in sorted(found) if not any(name in other for other in found if other != name))


def _runs_in(text: str, index: Index) -> set[str]:
    """Names of at least two characters, not Latin, that stand in a run without spaces."""
    return {
        run
        for first in range(len(text) - 1)
        for last in range(first + 2, min(first + _LONGEST_RUN, len(text)) + 1)
        if (run := text[first:last]) in index.exact and not run.isascii()
    }


def _is_drug(name: str, index: Index) -> bool:
    return any(index.drugs[drug_id].kind == "drug" for drug_id, _ in index.entries(name))


def _one_changed(name: str, query: str) -> bool:
    return int(sum(map(ne, name, query))) == 1


def _one_more(name: str, query: str) -> bool:
    """Whether ``name`` is the query with one letter more."""
    at = next((i for i, (one, other) in enumerate(zip(name, query, strict=False)) if one != other), len(query))
    return name[at + 1 :] == query[at:]
