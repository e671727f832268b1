"""Names that somebody may have meant. What is found here is only ever asked about, never taken."""

from __future__ import annotations

from anmin.medicines.index import Index
from anmin.medicines.normalise import key

_SHORTEST_NEAR = {True: 5, False: 3}
"""By whether the text is Latin: one wrong letter of a shorter word could be anything."""


def starting(query: str, index: Index) -> tuple[str, ...]:
    """Keys that begin with the query (at least 4 Latin letters, 3 kana or 2 Chinese characters), shortest first.

    A combination whose first ingredient is found by itself is left out.
    """
    shortest = 4 if query.isascii() else 3 if any("\u30a0" <= each <= "\u30ff" for each in query) else 2
    if len(query) < shortest:
        return ()
    found = sorted((name for name in index.exact if name.startswith(query) and _is_drug(name, index)), key=len)
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
    half = length // 2
    head, tail = query[:half], query[half:]
    found: dict[str, None] = {}
    for name in index.by_length.get(length, ()):
        if (name.startswith(head) or name.endswith(tail)) and _one_changed(name, query):
            found[name] = None
    for name in index.by_length.get(length + 1, ()):
        if (name.startswith(head) or name.endswith(tail)) and _one_more(name, query):
            found[name] = None
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
        found |= {name for name in index.exact if len(name) > 1 and not name.isascii() and name in text}
    return tuple(name for name in sorted(found) if not any(name in other for other in found if other != name))


def _is_drug(name: str, index: Index) -> bool:
    return any(index.drugs[drug_id].kind == "drug" for drug_id, _ in index.entries(name))


def _one_changed(name: str, query: str) -> bool:
    return sum(map(str.__ne__, name, query)) == 1


def _one_more(name: str, query: str) -> bool:
    """Whether ``name`` is the query with one letter more."""
    at = next((i for i, (one, other) in enumerate(zip(name, query, strict=False)) if one != other), len(query))
    return name[at + 1 :] == query[at:]
