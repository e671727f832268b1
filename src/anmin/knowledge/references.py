"""Which field of a fact names which other fact, and what the names that rules use stand for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from anmin.knowledge.combinations import ANY_SEDATING, ANY_SLEEP_INGREDIENT
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import PERSON_KEYS, Struct

STUDIED_BESIDE: frozenset[str] = frozenset(
    {"placebo", "z_drugs", "footbath", "tart_cherry", "casein_hydrolysate", "b_complex", "morning_light", "daylight"}
)
"""What studies gave or compared with that nobody plans or sums here."""

Path: TypeAlias = "tuple[str | int, ...]"
Known: TypeAlias = Callable[[Knowledge], frozenset[str]]

Reference: TypeAlias = tuple[str, str, str, Known]
"""Kind of fact, field (``a.b`` steps into parts, lists are walked), what is named there, the ids that exist."""


def substances_of(name: str, knowledge: Knowledge) -> tuple[str, ...]:
    """The substances that a rule's word stands for: an id, another name of one, or a group."""
    if name == ANY_SEDATING:
        return tuple(substance.id for substance in knowledge.substances.values() if substance.sedating)
    if name == ANY_SLEEP_INGREDIENT:
        return tuple(
            substance.id
            for substance in knowledge.substances.values()
            if substance.pathways and substance.kind in ("supplement", "nutrient")
        )
    return tuple(
        substance.id
        for substance in knowledge.substances.values()
        if name == substance.id or name in substance.rule_ids
    )


def _substances(knowledge: Knowledge) -> frozenset[str]:
    return frozenset(knowledge.substances)


def _rule_names(knowledge: Knowledge) -> frozenset[str]:
    others = {name for substance in knowledge.substances.values() for name in substance.rule_ids}
    return _substances(knowledge) | others | {ANY_SEDATING, ANY_SLEEP_INGREDIENT}


def _studied(knowledge: Knowledge) -> frozenset[str]:
    return _substances(knowledge) | STUDIED_BESIDE


def _keys(knowledge: Knowledge) -> frozenset[str]:
    return frozenset(knowledge.condition_keys) | frozenset(PERSON_KEYS)


def _ids(kind: str) -> Known:
    return lambda knowledge: frozenset(getattr(knowledge, kind))


def _any_rule(knowledge: Knowledge) -> frozenset[str]:
    return frozenset(knowledge.interactions) | frozenset(knowledge.conditions) | frozenset(knowledge.bath_rules)


REFERENCES: tuple[Reference, ...] = (
    ("interactions", "substance", "substance", _rule_names),
    ("combinations", "first", "substance", _rule_names),
    ("combinations", "second", "substance", _rule_names),
    ("conditions", "applies_to", "substance", _rule_names),
    ("conditions", "keys", "condition key", _keys),
    ("bath_rules", "keys", "condition key", _keys),
    ("red_flags", "keys", "condition key", _keys),
    ("red_flags", "ask_if_taking", "substance", _substances),
    ("limits", "substance", "substance", _substances),
    ("timing", "substance", "substance", _substances),
    ("timing", "studies", "study", _ids("studies")),
    ("prices", "substance", "substance", _substances),
    ("prices", "form", "form", _ids("forms")),
    ("intakes", "substance", "substance", _substances),
    ("diets", "substance", "substance", _substances),
    ("components", "substance", "substance", _substances),
    ("components", "forms", "form", _ids("forms")),
    ("components", "powder_forms", "form", _ids("forms")),
    ("components", "studies", "study", _ids("studies")),
    ("studies", "components", "substance", _studied),
    ("studies", "doses.substance", "substance", _studied),
    ("studies", "outcomes.outcome", "outcome", lambda knowledge: frozenset(knowledge.outcomes) | {"other"}),
    ("studies", "outcomes.component", "substance", _studied),
    ("studies", "includes", "study", _ids("studies")),
    ("studies", "judged.reason", "message", _ids("messages")),
    ("outcomes", "threshold", "judgment", _ids("judgments")),
    ("outcomes", "sd", "judgment", _ids("judgments")),
    ("instruments", "substance", "substance", _substances),
    ("records", "study", "study", _ids("studies")),
    ("records", "mr_result", "published result", _ids("mr_results")),
    ("claims", "checks.record", "record", _ids("records")),
    ("claims", "checks.study", "study", _ids("studies")),
    ("claims", "checks.among", "study", _ids("studies")),
    ("claims", "checks.percent_of", "study", _ids("studies")),
    ("claims", "checks.limit", "limit", _ids("limits")),
    ("claims", "checks.limits", "limit", _ids("limits")),
    ("claims", "checks.form", "form", _ids("forms")),
    ("claims", "checks.component", "substance", _substances),
    ("claims", "checks.timing", "hour", _ids("timing")),
    ("claims", "checks.rules", "rule", _any_rule),
)


def named(fact: Struct, field: str) -> Iterator[tuple[Path, str]]:
    """Every id that a field names, with the path to it. Empty names are left out; ``a+b`` names two."""
    yield from _walk(fact, tuple(field.split(".")), ())


def _walk(value: object, steps: tuple[str, ...], path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _walk(item, steps, (*path, index))
    elif steps:
        if isinstance(value, Struct):
            # Not every kind of check has every field.
            yield from _walk(getattr(value, steps[0], None), steps[1:], (*path, steps[0]))
    elif isinstance(value, str) and value:
        for name in value.split("+"):
            yield path, name


def parts(fact: Struct, path: Path = ()) -> Iterator[tuple[Path, Struct]]:
    """The fact itself and every structure inside it, each with the path that leads to it."""
    yield path, fact
    for name in fact.__struct_fields__:
        value = getattr(fact, name)
        if isinstance(value, Struct):
            yield from parts(value, (*path, name))
        elif isinstance(value, tuple):
            for index, item in enumerate(value):
                if isinstance(item, Struct):
                    yield from parts(item, (*path, name, index))
