"""Which warning signs a person has to be asked about."""

from __future__ import annotations

from collections.abc import Mapping

from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import RedFlag
from anmin.person.model import Person


def unanswered(answers: Mapping[str, bool], person: Person, knowledge: Knowledge) -> tuple[str, ...]:
    """Ids of the signs that concern this person and were neither answered nor found in another field."""
    return tuple(
        flag.id
        for flag in knowledge.red_flags.values()
        if flag.id not in answers and _concerns(flag, person) and not _found(flag, person)
    )


def _concerns(flag: RedFlag, person: Person) -> bool:
    if flag.ask_everyone or any(dose.substance in flag.ask_if_taking for dose in person.taking):
        return True
    codes = [code for medicine in person.medicines for code in medicine.atc]
    return any(code.startswith(prefix) for code in codes for prefix in flag.ask_if_atc)


def _found(flag: RedFlag, person: Person) -> bool:
    epworth = person.scores.get("epworth")
    reached = flag.epworth_from is not None and epworth is not None and epworth >= flag.epworth_from
    return reached or any(key in person.conditions for key in flag.keys)
