"""Building questions: the words are messages ``person.ask.<kind>`` and ``person.why.<kind>``."""

from __future__ import annotations

from anmin.knowledge.load import Knowledge
from anmin.knowledge.texts import Filling
from anmin.person.model import WHOLE_PLAN, Question

EVERYTHING = ("*",)
THE_PLAN = (WHOLE_PLAN,)


def question(
    knowledge: Knowledge,
    kind: str,
    /,
    *,
    field: str,
    blocks: tuple[str, ...],
    id: str | None = None,
    options: tuple[str, ...] = (),
    **params: Filling,
) -> Question:
    """A question in three languages, with why it is asked. ``id`` is its kind unless several may be open at once."""
    return Question(
        id=id or kind,
        field=field,
        text=knowledge.text(f"person.ask.{kind}", **params),
        why=knowledge.text(f"person.why.{kind}"),
        blocks=blocks,
        options=options,
    )


def sedating(knowledge: Knowledge) -> tuple[str, ...]:
    """Every substance that makes drowsy."""
    return tuple(each.id for each in knowledge.substances.values() if each.sedating)
