"""The hours that the spacing rules cannot do without."""

from __future__ import annotations

from anmin.knowledge.load import Knowledge
from anmin.person.model import Question


def hour_of_medicine(typed: str, substance: str, knowledge: Knowledge) -> Question:
    """When is this medicine taken?"""
    return Question(
        id=f"medicine-hour:{typed}",
        field="medicines",
        text=knowledge.text("safety.ask-medicine-hour", name=typed),
        why=knowledge.text("safety.why-medicine-hour"),
        blocks=(substance,),
    )


def hour_of_substance(substance: str, knowledge: Knowledge) -> Question:
    """When would this be taken?"""
    known = knowledge.substances.get(substance)
    return Question(
        id=f"dose-hour:{substance}",
        field="take",
        text=knowledge.text("safety.ask-dose-hour", name=known.name if known else substance),
        why=knowledge.text("safety.why-dose-hour"),
        blocks=(substance,),
    )
