"""The question of a single evening: these people, these words, may they?"""

from __future__ import annotations

import msgspec

from anmin.errors import InputError
from anmin.knowledge.load import Knowledge
from anmin.person.model import Bath, Dose, Person, Question
from anmin.person.take_without_bed import read_take
from anmin.safety.assess import assess
from anmin.safety.model import Assessment


def check(person: Person, takes: tuple[str, ...], knowledge: Knowledge) -> Assessment:
    """Read what somebody would take, and put it through the second door together with all they already take.

    Whatever is ambiguous becomes a question, and the more dangerous reading is assessed meanwhile.
    """
    doses: list[Dose] = []
    questions: list[Question] = list(person.questions)
    bath: Bath | None = None
    for text in takes:
        bed = person.bed if person.bed_known else None
        taken = read_take(text, knowledge, bed=bed, country=person.country, dinner=person.dinner)
        doses.extend(taken.doses)
        questions.extend(taken.questions)
        if taken.bath is not None:
            if bath is not None:
                raise InputError("--take", text, "one bath an evening")
            bath = taken.bath
    asked = msgspec.structs.replace(person, questions=tuple(questions))
    return assess(asked, tuple(doses), bath, knowledge)
