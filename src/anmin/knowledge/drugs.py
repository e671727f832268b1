"""The shapes of medicine names: what a drug is called in three languages, its codes by route, what it contains."""

from __future__ import annotations

from typing import Literal

import msgspec

from anmin.knowledge.model import Names, Route, Source, Struct


class DrugRoute(Struct, frozen=True, kw_only=True):
    """The codes a medicine has on one other route, and the trade names that are sold for that route only."""

    atc: tuple[str, ...]
    brands: tuple[str, ...] = ()


class Contained(Struct, frozen=True, kw_only=True):
    """A substance of the ledger inside a medicine; ``form`` None where products differ or it is no salt we know."""

    substance: str
    form: str | None = None


class Drug(Struct, frozen=True, kw_only=True):
    """A medicine by its names.

    ``drug``: one ingredient or a product; ``atc`` are its own codes on its usual ``route``, ``routes`` the codes on
    others, ``of`` the ids of the ingredients whose codes belong to it as well (a combination product). Level 4 of a
    code stands where the ATC index has no level 5 for it.
    ``class``: a word people use for many ("blood pressure pill"); ``atc`` are prefixes, ``of`` the examples offered.
    ``ask``: a name that means different medicines in different places or on different labels; ``of`` are those.
    ``names`` are generic names, ``brands`` trade names.
    """

    id: str
    atc: tuple[str, ...]
    names: Names
    kind: Literal["drug", "class", "ask"] = "drug"
    brands: Names | None = None
    route: Route = "oral"
    routes: dict[Route, DrugRoute] = msgspec.field(default_factory=dict)
    of: tuple[str, ...] = ()
    contains: tuple[Contained, ...] = ()
    old_atc: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    note: str = ""


class MedicineWords(Struct, frozen=True, kw_only=True):
    """Words beside a medicine's name: they say the route, or say nothing about which medicine it is."""

    id: str
    role: Literal["route", "form", "salt", "filler"]
    words: Names
    route: Route | None = None
