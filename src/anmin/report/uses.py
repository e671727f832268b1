"""In which of the example plans a substance is, computed now (a fifth of a second), so never out of date."""

from __future__ import annotations

from functools import cache
from typing import Literal

import msgspec

from anmin.knowledge.load import Knowledge
from anmin.person import examples
from anmin.person.profile import parse_profile
from anmin.person.understand import understand
from anmin.plan.make import make_plan
from anmin.plan.model import Component, Plan


class Use(msgspec.Struct, frozen=True, kw_only=True):
    """A substance in the plan of an example person: chosen, or on another way that is shown beside it."""

    example: str
    place: Literal["chosen", "beside"]
    mg: float | None


def example_plans(knowledge: Knowledge) -> dict[str, Plan]:
    """The plan of every example person, by the name of the example."""
    return _plans(knowledge.version) if _same(knowledge) else _made(knowledge)


def uses(substance: str, knowledge: Knowledge) -> tuple[Use, ...]:
    """Where the substance (or bath, or habits) is in the example plans."""
    found = []
    for name, plan in example_plans(knowledge).items():
        chosen = _inside(substance, plan.regimen.components if plan.regimen else ())
        beside = _inside(substance, tuple(part for regimen in plan.front for part in regimen.components))
        part = chosen or beside
        if part is not None:
            mg = next((dose.mg for dose in part.doses if dose.substance == substance), None)
            found.append(Use(example=name, place="chosen" if chosen else "beside", mg=mg))
    return tuple(found)


def _inside(substance: str, parts: tuple[Component, ...]) -> Component | None:
    for part in parts:
        own = {dose.substance for dose in part.doses} | {part.kind, part.id} | ({"hot_bath"} if part.bath else set())
        if substance in own:
            return part
    return None


def _same(knowledge: Knowledge) -> bool:
    from anmin.knowledge.load import load

    return knowledge is load()


@cache
def _plans(version: str) -> dict[str, Plan]:
    from anmin.knowledge.load import load

    return _made(load())


def _made(knowledge: Knowledge) -> dict[str, Plan]:
    return {
        name: make_plan(understand(parse_profile(examples.text(name), f"{name}.yaml", knowledge), knowledge), knowledge)
        for name in examples.names()
    }
