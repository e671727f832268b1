"""How likely somebody gets too little magnesium, openly: from intake against the average requirement.

For one person whose intake is about ``m`` (SD ``s``) and whose requirement is about the EAR (SD ``r``),

    P(intake below requirement) = Φ((EAR − m) / √(s² + r²)),

the reading of reference intakes for individuals of the Institute of Medicine (2000, Dietary Reference Intakes:
Applications in Dietary Assessment, doi 10.17226/9956). With a country's mean and the spread between people in place
of a personal figure it is the EAR cut-point with a variable requirement. The spreads are judgments in the data.
Medicines that waste or keep magnesium are told beside the figure and do not move it: nobody measured by how much.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import msgspec

from anmin.knowledge.eating import Diet, Intake
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Source, Text
from anmin.person.model import Person

MAGNESIUM = "magnesium"


class MagnesiumStatus(msgspec.Struct, frozen=True, kw_only=True):
    """The chance of too little magnesium, what it rests on, and what speaks beside it.

    ``intake_mg`` and ``need_mg`` a day (food and what is taken; the average requirement), None where unknown.
    """

    probability_inadequate: float
    basis: Text
    notes: tuple[Text, ...]
    sources: tuple[Source, ...]
    intake_mg: float | None = None
    need_mg: float | None = None


class _Need(msgspec.Struct, frozen=True):
    value_mg: float
    rows: tuple[Intake, ...]
    stand_in: bool


class _Food(msgspec.Struct, frozen=True):
    value_mg: float
    sd_mg: float
    row: Diet | None


def magnesium_status(person: Person, knowledge: Knowledge) -> MagnesiumStatus:
    """The person's chance of an inadequate intake; an even chance, and said so, when too little is known."""
    notes = [*_about_serum(person, knowledge), *_about_medicines(person, knowledge)]
    need, food = _need(person, knowledge), _food(person, knowledge)
    if need is None or food is None:
        chance = 1.0 if _low_serum(person, knowledge) else 0.5
        return MagnesiumStatus(
            probability_inadequate=chance, basis=knowledge.text("person.status.unknown"), notes=tuple(notes), sources=()
        )
    taken = sum(dose.mg for dose in person.taking if dose.substance == MAGNESIUM)
    spread = math.hypot(food.sd_mg, knowledge.value("intake.magnesium.requirement-variation") * need.value_mg)
    chance = _phi((need.value_mg - food.value_mg - taken) / spread)
    if need.stand_in:
        notes.insert(0, knowledge.text("person.status.stand_in", body=need.rows[0].body))
    return MagnesiumStatus(
        probability_inadequate=1.0 if _low_serum(person, knowledge) else chance,
        basis=_basis(person, food, taken, need, knowledge),
        notes=tuple(notes),
        sources=tuple(
            dict.fromkeys(source for row in (*need.rows, *([food.row] if food.row else ())) for source in row.sources)
        ),
        intake_mg=food.value_mg + taken,
        need_mg=need.value_mg,
    )


def _phi(z: float) -> float:
    return 0.5 * math.erfc(-z / math.sqrt(2))


def _need(person: Person, knowledge: Knowledge) -> _Need | None:
    """The average requirement of the person's group: the country's own, else the one that stands in for it."""
    if person.age is None or person.sex is None or person.country is None:
        return None
    state = "pregnant" if person.pregnant == "yes" else "lactating" if person.lactating else None
    rows = [row for row in knowledge.intakes.values() if _fits(row, person)]
    for stand_in in (False, True):
        of = [row for row in rows if person.country in (row.stand_in_for if stand_in else row.countries)]
        own = [row for row in of if row.state == state and not row.added] or [row for row in of if row.state is None]
        if own:
            added = [row for row in of if row.added and row.state is not None and row.state == state]
            used = (own[0], *added)
            return _Need(sum(row.value_mg for row in used), used, stand_in)
    return None


def _fits(row: Intake, person: Person) -> bool:
    return (
        row.substance == MAGNESIUM
        and row.kind == "EAR"
        and row.current
        and row.sex in (None, person.sex)
        and _in_age(row, person)
    )


def _food(person: Person, knowledge: Knowledge) -> _Food | None:
    """Magnesium from food: the person's own figure, else what people like them eat in their country.

    A sum over a few named foods is a rough measurement of what is eaten, so it is drawn towards the country's mean,
    each weighted by its precision.
    """
    country = _country_food(person, knowledge)
    if person.diet_mg is None:
        return country
    if not person.diet_from_foods:
        return _Food(person.diet_mg, max(1.0, person.diet_mg * knowledge.value("person.diet_number_variation")), None)
    sd = max(1.0, person.diet_mg * knowledge.value("person.diet_foods_variation"))
    if country is None:
        return _Food(person.diet_mg, sd, None)
    own, usual = 1 / sd**2, 1 / country.sd_mg**2
    mean = (own * person.diet_mg + usual * country.value_mg) / (own + usual)
    return _Food(mean, (own + usual) ** -0.5, country.row)


def _country_food(person: Person, knowledge: Knowledge) -> _Food | None:
    for row in knowledge.diets.values():
        fits = row.substance == MAGNESIUM and row.sex in (None, person.sex) and _in_age(row, person)
        if fits and row.mean_mg and person.country in row.default_for:
            return _Food(row.mean_mg, row.sd_mg or row.mean_mg * knowledge.value("diet.magnesium.variation"), row)
    return None


def _in_age(row: Intake | Diet, person: Person) -> bool:
    age = person.age
    return age is not None and age >= row.age_from and (row.age_below is None or age < row.age_below)


def _basis(person: Person, food: _Food, taken: float, need: _Need, knowledge: Knowledge) -> Text:
    numbers = {"food": round(food.value_mg), "taken": round(taken), "need": round(need.value_mg)}
    if person.diet_mg is None and food.row is not None:
        return knowledge.text("person.status.country", survey=food.row.survey, **numbers)
    kind = "foods" if person.diet_from_foods else "own"
    return knowledge.text(f"person.status.{kind}", intake=round(food.value_mg + taken), **numbers)


def _low_serum(person: Person, knowledge: Knowledge) -> bool:
    reference = knowledge.ranges["serum_magnesium_reference"]
    return person.serum_mg_mmol_l is not None and person.serum_mg_mmol_l < reference.low


def _about_serum(person: Person, knowledge: Knowledge) -> Iterator[Text]:
    if _low_serum(person, knowledge) and person.serum_mg_mmol_l is not None:
        yield knowledge.text("person.status.low_serum", value=round(person.serum_mg_mmol_l, 2))


def _about_medicines(person: Person, knowledge: Knowledge) -> Iterator[Text]:
    for direction in ("lowers", "uncertain", "raises"):
        rules = knowledge.code_sets[f"magnesium-{_SET[direction]}-rules"].codes
        prefixes = [prefix for rule in rules if rule in knowledge.interactions
                    for prefix in knowledge.interactions[rule].atc]  # fmt: skip
        for medicine in person.medicines:
            if any(code.startswith(prefix) for code in medicine.atc for prefix in prefixes):
                yield knowledge.text(f"person.status.{direction}", medicine=medicine.typed)


_SET = {"lowers": "lowering", "uncertain": "uncertain", "raises": "raising"}
