"""The person as the heat model sees them."""

from __future__ import annotations

from typing import Literal, NamedTuple

from anmin.body.bath.model import Body
from anmin.errors import InputError
from anmin.knowledge.load import Knowledge
from anmin.person.model import Person

Sex = Literal["female", "male"]


class Bather(NamedTuple):
    """A body, and what of it was not told but is an average."""

    body: Body
    assumed: tuple[str, ...]
    """Among ``sex``, ``height_cm``, ``weight_kg``."""


def bather(person: Person, knowledge: Knowledge) -> Bather:
    """The body of a grown person; :class:`InputError` without an age, or for a body the model was not made for."""
    if person.age is None:
        raise InputError("age", "not given", "an age of 18 or more, in the profile")
    assumed = [name for name in ("sex", "height_cm", "weight_kg") if getattr(person, name) is None]
    sex: Sex = person.sex or "female"
    average = average_body(person.age, sex, knowledge)
    height = average.height_m if person.height_cm is None else person.height_cm / 100
    weight = average.weight_kg if person.weight_kg is None else person.weight_kg
    local = person.country == "JP"
    body = Body(
        height_m=height, weight_kg=weight, age=person.age, sex=sex,
        fat_percent=_fat(height, weight, person.age, sex, knowledge),
        surface="fujimoto" if local else "dubois", basal="ganpule" if local else "harris",
    )  # fmt: skip
    return Bather(body, tuple(assumed))


def average_body(age: float, sex: Sex, knowledge: Knowledge) -> Body:
    """An average body of that age and sex (row ``bath-people``)."""
    row = knowledge.body_models["bath-people"]
    height, weight = row.number(f"{sex}_height_m"), row.number(f"{sex}_weight_kg")
    return Body(
        height_m=height, weight_kg=weight, age=age, sex=sex, fat_percent=_fat(height, weight, age, sex, knowledge)
    )


def _fat(height_m: float, weight_kg: float, age: float, sex: Sex, knowledge: Knowledge) -> float:
    """Body fat (%), Deurenberg 1991 (doi 10.1079/BJN19910073)."""
    c = knowledge.body_models["bath-people"].numbers()
    fat = c["bmi_factor"] * weight_kg / height_m**2 + c["age_factor"] * age - c["base"]
    if sex == "male":
        fat -= c["male"]
    return min(max(fat, c["fat_least"]), c["fat_most"])
