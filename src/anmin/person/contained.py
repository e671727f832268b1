"""What medicines are made of that the ledger must sum: magnesium in an antacid, melatonin in a tablet."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from anmin.errors import InputError
from anmin.knowledge.drugs import Contained
from anmin.knowledge.load import Knowledge
from anmin.medicines.model import Reading
from anmin.person.asked import question
from anmin.person.model import Dose, Question
from anmin.person.take_without_bed import read_take

MAGNESIUM = "magnesium"
_AMOUNT = re.compile(r"\d+(?:[.,]\d+)?\s*(?:mg|mcg|[µμu]g|g|毫克|公克|克|ミリグラム|グラム)(?![a-z/])", re.IGNORECASE)


class Contents(msgspec.Struct, frozen=True):
    """Doses for the ledger, and what has to be asked because the line does not say it."""

    doses: tuple[Dose, ...] = ()
    questions: tuple[Question, ...] = ()


def contents_of(
    reading: Reading,
    name: str,
    hours: str,
    label: tuple[str, ...],
    knowledge: Knowledge,
    *,
    bed: int | None,
    dinner: int | None,
) -> Contents:
    """What one line about a recognised medicine adds to the day's sums.

    ``label`` is what the person copied from the pack. Without it the amount is looked for in the line: the strength of
    a medicine with one such substance, else a question. Nothing is assumed.
    """
    doses: list[Dose] = []
    questions: list[Question] = []
    if label:
        for ingredient in label:
            taken = read_take(f"{ingredient} {hours}".strip(), knowledge, bed=bed, dinner=dinner)
            doses += taken.doses
            questions += taken.questions
        return _told(doses, questions, name)
    parts = tuple(_parts(reading, knowledge))
    for part in parts:
        found = _read(part, parts, name, hours, knowledge, bed=bed, dinner=dinner)
        if found is None:
            questions.append(_ask(part, name, knowledge))
        else:
            doses += found.doses
            questions += found.questions
    return _told(doses, questions, name)


def _parts(reading: Reading, knowledge: Knowledge) -> Iterator[Contained]:
    """The substances with a limit, or that make drowsy, in what was recognised and in its ingredients."""
    seen: set[str] = set()
    queue = list(reading.drugs)
    for id in queue:
        drug = knowledge.drugs.get(id)
        if drug is None:
            continue
        if not drug.contains:
            queue += [each for each in drug.of if each not in queue]
        for part in drug.contains:
            if part.substance not in seen and _matters(part.substance, knowledge):
                seen.add(part.substance)
                yield part
    codes = knowledge.code_sets
    prefixes = (*codes["magnesium-medicines"].codes, *codes["magnesium-mixed-medicines"].codes)
    if MAGNESIUM not in seen and any(code.startswith(prefix) for code in reading.atc for prefix in prefixes):
        yield Contained(substance=MAGNESIUM)


def _matters(substance: str, knowledge: Knowledge) -> bool:
    known = knowledge.substances.get(substance)
    return known is not None and (
        known.sedating or any(limit.substance == substance and limit.binding for limit in knowledge.limits.values())
    )


def _read(
    part: Contained,
    parts: tuple[Contained, ...],
    name: str,
    hours: str,
    knowledge: Knowledge,
    *,
    bed: int | None,
    dinner: int | None,
) -> Contents | None:
    """The doses of one substance; None where the line does not give its amount."""
    lines = [f"{name} {hours}"]
    amounts = _AMOUNT.findall(name)
    if len(parts) == 1 and len(amounts) == 1:  # a brand: its strength, under the name of what is in it
        form = knowledge.forms.get(part.form) if part.form else None
        called = form.name.en if form else knowledge.substances[part.substance].name.en
        lines.append(f"{called} {amounts[0]} {hours}")
    for line in lines:
        try:
            taken = read_take(line.strip(), knowledge, bed=bed, dinner=dinner)
        except InputError:
            continue
        doses = tuple(dose for dose in taken.doses if dose.substance == part.substance and dose.mg > 0)
        unread = any("*" in each.blocks for each in taken.questions)
        if doses and not unread:
            return Contents(doses, tuple(each for each in taken.questions if part.substance in each.blocks))
    return None


def _ask(part: Contained, name: str, knowledge: Knowledge) -> Question:
    substance = knowledge.substances[part.substance].name
    return question(knowledge, "medicine_amount", id=f"medicine-amount:{part.substance}:{name}", field="medicines",
                    blocks=(part.substance,), name=name, substance=substance)  # fmt: skip


def _told(doses: list[Dose], questions: list[Question], name: str) -> Contents:
    return Contents(
        tuple(msgspec.structs.replace(dose, origin="medicine") for dose in doses),
        tuple(
            msgspec.structs.replace(each, id=f"{each.id}:{name}:{number}", field="medicines")
            if each.id.startswith("take.")
            else each
            for number, each in enumerate(questions)
        ),
    )
