"""A typed name → ATC codes and a route, or a question with candidates, or unknown. Never a guess.

The order: the whole name; the name without strength, form, salt and other words beside it; a combination written
with its ingredients; then, only as a question, what begins like it, is one letter away, or stands among other words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

import msgspec

from anmin.errors import InputError
from anmin.knowledge.drugs import Drug
from anmin.knowledge.load import Knowledge
from anmin.medicines.index import Entry, Index, all_names, index_of, label
from anmin.medicines.model import Candidate, Reading, Route
from anmin.medicines.normalise import clean, key
from anmin.medicines.search import inside, near, starting
from anmin.medicines.words import (
    Peeled,
    Role,
    at_an_end,
    peel,
    tokens_of,
    without_amounts,
    without_maker,
    without_measures,
)

LONGEST = 200
"""Characters of one name; a longer text is no name."""

_SHOWN = 12
_LONGEST_NAME = 8
"""Words in the longest name."""

_MINERAL = ("A12", "A02A", "A06AD", "B03A")
"""Minerals: "calcium" beside "magnesium" is a second mineral there, not the salt of one medicine."""

_ATC = re.compile(r"[a-hj-np-v]\d\d[a-z]{2}\d\d")
_JOINED = re.compile(r"\s*(?:[/+&・·、,;]|\band\b|\bwith\b|\bplus\b|(?<=[a-z])-(?=[a-z])|與|和|及|加|と)\s*")
_IN_BRACKETS = re.compile(r"\(([^()]*)\)")

_STAGES: tuple[frozenset[Role], ...] = (
    frozenset({"filler"}),
    frozenset({"filler", "form", "route"}),
    frozenset({"filler", "form", "route", "salt"}),
)


class _Found(msgspec.Struct, frozen=True):
    """Rows that go by exactly this name, and the routes named beside it."""

    entries: tuple[Entry, ...]
    routes: frozenset[Route] = frozenset()


def read_medicine(typed: str, knowledge: Knowledge, route: Route | None = None) -> Reading:
    """What one typed name means.

    ``route`` is what the profile says; it goes before the words of the text. Without either, a medicine that is
    swallowed at all counts as swallowed. Raises :class:`~anmin.errors.InputError` for an empty or overlong text.
    """
    cleaned = bounded(typed, LONGEST)
    index = index_of(knowledge)
    found = _named(cleaned, index)
    if found:
        return _decide(typed, found, index, route)
    return _joined(typed, cleaned, index, route) or _alike(typed, cleaned, index, route)


def bounded(typed: str, longest: int) -> str:
    """The clean text; :class:`InputError` when there is nothing in it or too much of it."""
    if len(typed) > longest:
        raise InputError("medicine", typed, f"a name of at most {longest} characters")
    cleaned = clean(typed)
    if not key(cleaned):
        raise InputError("medicine", typed, "the name of a medicine, as it stands on the pack")
    return cleaned


def _named(cleaned: str, index: Index) -> _Found | None:
    """The rows of exactly this name, with less and less of what stands beside it."""
    found = _as_it_is(cleaned, index) or _in_stages(cleaned, index)
    brackets = _IN_BRACKETS.findall(cleaned)
    if found or not brackets:
        return found
    outside = _in_stages(_IN_BRACKETS.sub(" ", cleaned), index)
    if outside is None:
        return None
    for text in brackets:
        other = _as_it_is(text, index) or _in_stages(text, index)
        if other is None and peel(tokens_of(without_amounts(text)), index.words, _STAGES[-1]).tokens:
            return None
        if other is not None:
            outside = _Found(tuple(dict.fromkeys((*outside.entries, *other.entries))), outside.routes | other.routes)
    return outside


def _as_it_is(cleaned: str, index: Index) -> _Found | None:
    for text in (cleaned, without_maker(cleaned)):
        entries = index.entries(key(text))
        if entries:
            return _Found(entries)
    code = key(cleaned)
    if _ATC.fullmatch(code):
        entries = tuple(_with_code(code.upper(), index.drugs))
        return _Found(entries) if entries else None
    return None


def _with_code(code: str, drugs: dict[str, Drug]) -> Iterable[Entry]:
    for drug_id, drug in drugs.items():
        if drug.kind != "drug":
            continue
        if code in drug.atc or code in drug.old_atc:
            yield drug_id, drug.route
        else:
            yield from ((drug_id, route) for route, there in drug.routes.items() if code in there.atc)


def _in_stages(cleaned: str, index: Index) -> _Found | None:
    """The rows of what is left when amounts, fillers, forms and salts are set aside one after the other.

    A bare number is kept at first: "Tylenol 3" is not Tylenol.
    """
    text = without_maker(cleaned)
    for bare in dict.fromkeys((without_measures(text), without_amounts(text))):
        entries = index.entries(key(bare))
        found = _Found(entries) if entries else _trimmed(key(bare), index) or _peeled(tokens_of(bare), index)
        if found:
            return found
    return None


def _trimmed(text: str, index: Index) -> _Found | None:
    """A run of characters, cut at its ends word by word until it is a name: アルミゲル錠 is アルミゲル, not アルミ."""
    if text.isascii():
        return None
    routes: set[Route] = set()
    while text and (cut := at_an_end(text, index.words, _STAGES[1])):
        text, route = cut
        if route:
            routes.add(route)
        if entries := index.entries(text):
            return _Found(entries, frozenset(routes))
    return None


def _peeled(tokens: tuple[str, ...], index: Index) -> _Found | None:
    whole = _among_words(tokens, index)
    if whole:
        return whole
    for roles in _STAGES:
        peeled = peel(tokens, index.words, roles)
        entries = index.entries(peeled.key)
        if entries and not ("salt" in roles and any(_is_mineral(index.drugs[each]) for each, _ in entries)):
            return _Found(entries, peeled.routes)
    return None


def _among_words(tokens: tuple[str, ...], index: Index) -> _Found | None:
    """A name that has such words in it ("One A Day"), when nothing else stands beside it."""
    for length in range(min(len(tokens), _LONGEST_NAME), 1, -1):
        for first in range(len(tokens) - length + 1):
            entries = index.entries(key("".join(tokens[first : first + length])))
            if entries:
                beside = peel(tokens[:first] + tokens[first + length :], index.words, _STAGES[1])
                if not beside.tokens:
                    return _Found(entries, beside.routes)
    return None


def _is_mineral(drug: Drug) -> bool:
    return any(code.startswith(_MINERAL) for code in drug.atc)


def _decide(typed: str, found: _Found, index: Index, route: Route | None) -> Reading:
    """One row on one route is recognised; everything else is a question."""
    ids = tuple(dict.fromkeys(drug_id for drug_id, _ in found.entries))
    drug = index.drugs[ids[0]]
    if len(ids) > 1 or drug.kind != "drug":
        return _several(typed, ids, index, route or _only(found.routes))
    fixed = {there for _, there in found.entries}
    possible = {drug.route, *drug.routes} if None in fixed else {there for there in fixed if there}
    wanted = {route} if route else set(found.routes) if found.routes else _usual(possible, drug)
    if len(wanted) != 1 or not wanted <= possible:
        return _which_route(typed, ids[0], index, sorted(possible), route or _only(found.routes))
    taken = next(iter(wanted))
    assert taken is not None
    return Reading(
        typed=typed, status="recognised", why="exact", atc=index.codes(ids[0], taken), route=taken, drugs=ids
    )


def _usual(possible: set[Route], drug: Drug) -> set[Route]:
    """How it is taken when nobody says. A name sold for several routes only, or a cream or spray that is swallowed as
    tablets too, stays open.
    """
    if drug.route not in possible:
        return possible
    if "oral" in possible and drug.route not in ("oral", "injection"):
        return possible
    return {drug.route}


def _only(routes: frozenset[Route]) -> Route | None:
    return next(iter(routes)) if len(routes) == 1 else None


def _several(typed: str, ids: tuple[str, ...], index: Index, route: Route | None) -> Reading:
    """A class word, a name of several medicines, or both."""
    drugs = [index.drugs[drug_id] for drug_id in ids]
    why: Literal["class_word", "ambiguous"] = "ambiguous"
    codes: list[str] = []
    candidates: list[Candidate] = []
    for drug_id, drug in zip(ids, drugs, strict=True):
        if drug.kind == "class":
            codes += index.prefixed(drug.atc)
            why = "class_word" if len(ids) == 1 else why
        for each in (drug_id,) if drug.kind == "drug" else drug.of:
            candidates.append(_candidate(typed, each, index, route))
    codes += [code for candidate in candidates for code in candidate.atc]
    return Reading(
        typed=typed, status="question", why=why, atc=tuple(dict.fromkeys(codes)), route=route or drugs[0].route,
        candidates=tuple(candidates), drugs=ids if why == "class_word" else (),
    )  # fmt: skip


def _candidate(typed: str, drug_id: str, index: Index, route: Route | None, name: str = "") -> Candidate:
    drug = index.drugs[drug_id]
    there = route if route and index.codes(drug_id, route) else "oral" if "oral" in drug.routes else drug.route
    return Candidate(name=name or label(drug, typed), atc=index.codes(drug_id, there), route=there, drugs=(drug_id,))


def _which_route(typed: str, drug_id: str, index: Index, possible: list[Route], route: Route | None) -> Reading:
    """The medicine is known, the way it is taken is not, or not one that it is known for."""
    name = label(index.drugs[drug_id], typed)
    candidates = tuple(
        Candidate(name=_with_route(name, there, index), atc=index.codes(drug_id, there), route=there, drugs=(drug_id,))
        for there in possible
    )
    codes = tuple(dict.fromkeys(code for candidate in candidates for code in candidate.atc))
    return Reading(
        typed=typed, status="question", why="route", atc=codes, candidates=candidates,
        route=route or ("oral" if "oral" in possible else index.drugs[drug_id].route),
        drugs=(drug_id,),
    )  # fmt: skip


def _with_route(name: str, route: Route, index: Index) -> str:
    """The name with the first word of the vocabulary for a route, in the name's own script."""
    latin = name.isascii()
    japanese = any("\u3040" <= each <= "\u30ff" for each in name)
    row = index.word_for(route)
    word = (row.en if latin else row.ja if japanese else row.zh_hant)[0]
    return f"{name} {word}" if latin else f"{name}{word}"


def _joined(typed: str, cleaned: str, index: Index, route: Route | None) -> Reading | None:
    """Several ingredients written out, each of which is known; None when any is not."""
    parts = [part for part in _JOINED.split(without_amounts(without_maker(cleaned))) if key(part)]
    if len(parts) < 2:
        return None
    readings: list[Reading] = []
    for part in parts:
        found = _named(part, index)
        if found is None:
            return None
        readings.append(_decide(part, found, index, route))
    return together(typed, readings, index)


def together(typed: str, readings: list[Reading], index: Index) -> Reading:
    """Several readings as one medicine with all their codes, and the codes of the product that is exactly these."""
    ids = tuple(dict.fromkeys(drug_id for reading in readings for drug_id in reading.drugs))
    routes = {reading.route for reading in readings}
    taken = readings[0].route
    product = index.combinations.get(frozenset(ids))
    own = index.codes(product, taken) if product else ()
    codes = tuple(dict.fromkeys((*own, *(code for reading in readings for code in reading.atc))))
    open_ones = [reading for reading in readings if reading.status != "recognised"]
    if not open_ones and len(routes) == 1:
        return Reading(
            typed=typed, status="recognised", why="exact", atc=codes, route=taken, drugs=(product,) if product else ids
        )
    candidates = [candidate for reading in readings for candidate in reading.candidates]
    candidates += [
        Candidate(name=reading.typed, atc=reading.atc, route=reading.route, drugs=reading.drugs)
        for reading in readings
        if reading.status == "recognised"
    ]
    return Reading(
        typed=typed, status="question", why=open_ones[0].why if open_ones else "route", atc=codes,
        route="oral" if "oral" in routes else taken, candidates=tuple(candidates), drugs=ids,
    )  # fmt: skip


def _alike(typed: str, cleaned: str, index: Index, route: Route | None) -> Reading:
    """A question about what was probably meant, or unknown."""
    bare = tokens_of(without_amounts(without_maker(cleaned)))
    peeled = peel(bare, index.words, _STAGES[1])
    query = peeled.key or key(cleaned)
    there = route or _only(peeled.routes)
    begins = starting(query, index)
    close = near(query, index)
    if not begins and not close:
        close = tuple(name for name in near(_salt_free(bare, index), index) if name not in begins)
    if begins or close:
        return _ask_about(typed, begins, close, index, there)
    among = inside(bare, index)
    if among:
        return _ask_about(typed, (), among, index, there)
    return Reading(typed=typed, status="unknown", why="not_found", route=there or "oral")


def _salt_free(tokens: tuple[str, ...], index: Index) -> str:
    peeled: Peeled = peel(tokens, index.words, _STAGES[2])
    return peeled.key


def _ask_about(
    typed: str, begins: tuple[str, ...], close: tuple[str, ...], index: Index, route: Route | None
) -> Reading:
    codes: dict[str, None] = {}
    candidates: dict[tuple[str, ...], Candidate] = {}
    rows: dict[str, None] = {}
    for name in dict.fromkeys((*begins, *close)):
        for drug_id, fixed in index.entries(name):
            drug = index.drugs[drug_id]
            rows[drug_id] = None
            if drug.kind != "drug":
                reading = _several(typed, (drug_id,), index, route)
                codes |= dict.fromkeys(reading.atc)
                candidates |= {(each.name,): each for each in reading.candidates}
                continue
            shown = next((each for each in all_names(drug) if key(each.casefold()) == name), label(drug, typed))
            candidate = _candidate(typed, drug_id, index, fixed or route, shown)
            codes |= dict.fromkeys(candidate.atc)
            candidates[(shown,)] = candidate
    why: Literal["near_miss", "prefix", "ambiguous"] = "near_miss"
    if begins:
        why = "prefix" if len(rows) == 1 else "ambiguous"
    shown_ones = tuple(candidates.values())[:_SHOWN]
    taken = route or (shown_ones[0].route if len({each.route for each in shown_ones}) == 1 else "oral")
    return Reading(typed=typed, status="question", why=why, atc=tuple(codes), route=taken, candidates=shown_ones)
