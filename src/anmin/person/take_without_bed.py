"""Reading a take when nobody said when they go to bed: "before bed" then has no hour, and none is made up."""

from __future__ import annotations

import msgspec

from anmin.knowledge.load import Knowledge
from anmin.person.asked import question
from anmin.person.model import Country
from anmin.person.take import Taken, parse_take
from anmin.units.clock import DAY

HOT_BATH = "hot_bath"


def read_take(
    text: str, knowledge: Knowledge, *, bed: int | None, country: Country | None = None, dinner: int | None = None
) -> Taken:
    """:func:`~anmin.person.take.parse_take`, for a bed time that may be missing.

    What hangs on the bed time gets no clock (some time today, which the gate takes for any hour); a bath that hangs on
    it is asked about.
    """
    if bed is not None:
        return parse_take(text, knowledge, bed=bed, country=country, dinner=dinner)
    stand_in = round(knowledge.value("person.stand_in_bed_h") * 60) % DAY
    taken = parse_take(text, knowledge, bed=stand_in, country=country, dinner=dinner)
    moved = parse_take(text, knowledge, bed=(stand_in + DAY // 2) % DAY, country=country, dinner=dinner)
    doses = tuple(
        dose if dose.clock == other.clock else msgspec.structs.replace(dose, clock=None)
        for dose, other in zip(taken.doses, moved.doses, strict=True)
    )
    questions = taken.questions
    if taken.bath != moved.bath:
        ask = question(knowledge, "bed", id="bed.bath", field="bed", blocks=(HOT_BATH,))
        questions = (*questions, ask)
    return msgspec.structs.replace(taken, doses=doses, questions=questions)
