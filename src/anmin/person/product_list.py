"""Lines about what is already taken without a prescription, as doses for the ledger."""

from __future__ import annotations

import msgspec

from anmin.errors import InputError, ProfileError
from anmin.knowledge.load import Knowledge
from anmin.medicines.read import read_medicine
from anmin.person.answers import Medicine, Product
from anmin.person.as_needed import spelled_out
from anmin.person.asked import EVERYTHING, question
from anmin.person.day_times import find_hours
from anmin.person.medicine_list import Anchors, MedicineLine, understand_medicine
from anmin.person.model import Country, Dose, Question
from anmin.person.take_without_bed import read_take


class ProductLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line understood. ``unknown`` holds the name of a product whose contents nobody here knows; ``medicine``
    is the line of a product that is one (an antacid by its brand)."""

    doses: tuple[Dose, ...] = ()
    questions: tuple[Question, ...] = ()
    unknown: str | None = None
    medicine: MedicineLine | None = None


def understand_product(
    typed: str | Product, field: str, anchors: Anchors, country: Country | None, knowledge: Knowledge
) -> ProductLine:
    """A line of ``taking``. What is ambiguous is a question, and the larger amount counts meanwhile."""
    line = typed if isinstance(typed, str) else typed.product
    name = find_hours(_without_as_needed(line, knowledge), knowledge, field).rest or line
    doses: list[Dose] = []
    questions: list[Question] = []
    for text in _texts(typed):
        try:
            taken = read_take(text, knowledge, bed=anchors.bed, country=country, dinner=anchors.dinner)
        except InputError as error:
            raise ProfileError(field, error.value, error.allowed, error.hint) from None
        doses.extend(msgspec.structs.replace(dose, origin="product") for dose in taken.doses)
        questions.extend(taken.questions)
    unknown = any(each.blocks == EVERYTHING for each in questions)
    if unknown and not doses and read_medicine(name, knowledge).status == "recognised":
        entry = Medicine(name=_texts(typed)[0]) if isinstance(typed, Product) else typed
        return ProductLine(medicine=understand_medicine(spelled_out(entry, knowledge), field, anchors, knowledge))
    asked = [
        msgspec.structs.replace(each, id=f"{field}.{each.id}.{number}", field=field, line=line)
        for number, each in enumerate(questions)
        if each.blocks != EVERYTHING
    ]
    if unknown:
        about = question(knowledge, "product_unknown", id=f"product:{name}", field=field, blocks=EVERYTHING, name=name)
        asked.insert(0, msgspec.structs.replace(about, line=line))
    return ProductLine(doses=tuple(doses), questions=tuple(asked), unknown=name if unknown else None)


def _without_as_needed(line: str, knowledge: Knowledge) -> str:
    entry = spelled_out(Medicine(name=line), knowledge)
    return entry.name if isinstance(entry, Medicine) else entry


def _texts(typed: str | Product) -> list[str]:
    """The lines to read: of a mixture, every ingredient of its label at the hours of the product."""
    if isinstance(typed, str):
        return [typed]
    hours = " ".join(typed.at or ())
    if typed.contains:
        return [f"{ingredient} {hours}".strip() for ingredient in typed.contains]
    parts = (typed.product, typed.form, typed.amount, typed.basis, hours)
    return [" ".join(part for part in parts if part)]
