"""The route that the words beside a medicine's name say, against the one that the profile says."""

from __future__ import annotations

import re

import msgspec

from anmin.knowledge.load import Knowledge
from anmin.medicines.index import index_of
from anmin.medicines.model import Candidate, Reading, Route
from anmin.medicines.normalise import clean
from anmin.medicines.read import read_medicine
from anmin.medicines.words import Role, peel, tokens_of, without_measures

_LOCAL: frozenset[Route] = frozenset({"eye", "ear", "nose", "skin", "vaginal"})
"""Routes of local use."""
_ALSO_AS_TABLETS: frozenset[Route] = frozenset({"oral", "mouth", "vaginal", "rectal"})
"""Routes for which tablets and capsules are made as well: the form alone contradicts none of them."""


def read_named(name: str, route: Route | None, knowledge: Knowledge) -> tuple[Reading, Route | None]:
    """The reading of a name, and the route that its words say where the profile says one of less reach.

    "Cipro tablet" on the eye is a slip of somebody: both are kept as candidates, and the one of the words counts
    meanwhile. Eye drops that are said to be swallowed count as swallowed anyhow.
    """
    reading = read_medicine(name, knowledge, route)
    said = _said(name, knowledge) if route else None
    if route is None or said is None or _reach(said) <= _reach(route):
        return reading, None
    if said == "oral" and route in _ALSO_AS_TABLETS:
        return reading, None
    other = read_medicine(name, knowledge, said)
    return (
        msgspec.structs.replace(
            reading, status="question", why="route", route=said,
            atc=tuple(dict.fromkeys((*other.atc, *reading.atc))),
            candidates=_both(name, (other, reading), (said, route)),
        ),
        said,
    )  # fmt: skip


def _reach(route: Route) -> int:
    return 2 if route == "oral" else 0 if route in _LOCAL else 1


def _both(name: str, readings: tuple[Reading, Reading], routes: tuple[Route, Route]) -> tuple[Candidate, ...]:
    own = [
        Candidate(name=name, atc=each.atc, route=route, drugs=each.drugs)
        for each, route in zip(readings, routes, strict=True)
    ]  # fmt: skip
    return (*own, *(candidate for each in readings for candidate in each.candidates))


def _said(name: str, knowledge: Knowledge) -> Route | None:
    """The route in the words of a name: said outright, or by a form that is swallowed. None if neither or several."""
    text = clean(name)
    roles: frozenset[Role] = frozenset({"filler", "form", "route"})
    routes = peel(tokens_of(without_measures(text)), index_of(knowledge).words, roles).routes
    if routes:
        return next(iter(routes)) if len(routes) == 1 else None
    words = knowledge.choices["swallowed_form"].words["swallowed"]
    latin = "|".join(sorted((word for word in words if word.isascii()), key=len, reverse=True))
    other = "|".join(re.escape(clean(word)) for word in words if not word.isascii())
    return "oral" if re.search(rf"(?<![a-z])(?:{latin})(?![a-z])|{other}", text) else None
