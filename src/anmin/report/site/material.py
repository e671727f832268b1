"""What the pages are made of, computed once for all three languages."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from anmin.audit.model import Audit
from anmin.audit.walk import audit, shipped
from anmin.evidence.model import Effect
from anmin.evidence.shipped import read
from anmin.knowledge.claims import Claim
from anmin.knowledge.load import Knowledge

_SHOWN = ("supplement", "nutrient", "practice")
_TABLES = ("limits", "timing", "interactions", "combinations", "components", "forms", "intakes")


class Material(msgspec.Struct, frozen=True, kw_only=True):
    """``ingredients`` in the order of the facts, then what is only compared with; ``claims`` about each, by id."""

    ingredients: tuple[str, ...]
    effects: dict[str, tuple[Effect, ...]]
    audit: Audit
    claims: dict[str, tuple[str, ...]]
    about: dict[str, tuple[str, ...]]


def material(knowledge: Knowledge) -> Material:
    """Effects by component, the audit, and which claim speaks of which ingredient."""
    effects: dict[str, tuple[Effect, ...]] = {}
    for effect in read(knowledge):
        effects[effect.component] = (*effects.get(effect.component, ()), effect)
    named = [each.id for each in knowledge.substances.values() if each.kind in _SHOWN]
    ingredients = tuple(dict.fromkeys([*named, *effects]))
    judged = audit(shipped(knowledge), knowledge)
    about = {
        each.claim.id: tuple(name for name in ingredients if name in set(_named(each.claim, knowledge)))
        for each in judged.claims
    }
    claims = {name: tuple(claim for claim, names in about.items() if name in names) for name in ingredients}
    return Material(ingredients=ingredients, effects=effects, audit=judged, claims=claims, about=about)


def _named(claim: Claim, knowledge: Knowledge) -> Iterator[str]:
    """The ingredients that a claim's words name, or that its checks look things up about."""
    words = re.sub(r"[^a-z0-9]+", " ", claim.text.en.casefold())
    for known in knowledge.substances.values():
        if re.search(rf"\b{re.escape(known.id.removeprefix('l_').replace('_', ' '))}\b", words):
            yield known.id
    for check in claim.checks:
        for info in msgspec.structs.fields(check):
            value = getattr(check, info.name)
            for name in value if isinstance(value, tuple) else (value,):
                if isinstance(name, str):
                    yield from _ingredients(name, knowledge)


def _ingredients(name: str, knowledge: Knowledge) -> Iterator[str]:
    yield name
    record = knowledge.records.get(name)
    for study in (name, record.study if record is not None else None):
        if study in knowledge.studies:
            yield from knowledge.studies[study].components
    if name in knowledge.bath_rules:
        yield "hot_bath"
    if name in knowledge.forms:
        yield "magnesium"
    for table in _TABLES:
        fact = getattr(knowledge, table).get(name)
        for field in ("substance", "first", "second"):
            if isinstance(found := getattr(fact, field, None), str):
                yield found
    if name in knowledge.conditions:
        yield from knowledge.conditions[name].applies_to
