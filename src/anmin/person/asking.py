"""What a take leaves open, as questions."""

from __future__ import annotations

from typing import Literal

from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Text
from anmin.knowledge.texts import Filling
from anmin.person.amounts import DoubtKind, Reading
from anmin.person.hours import Hour
from anmin.person.items import BATH, Item
from anmin.person.model import Question
from anmin.person.near import is_medicine
from anmin.units.numbers import show_number

EVERYTHING = "*"

_BLOCKING: frozenset[DoubtKind] = frozenset({"amount", "basis", "formula", "conflict", "number"})
"""Doubts that may change the amount by a multiple. The others are asked, and hold nothing back."""

_OPTIONS: dict[str, tuple[str, ...]] = {"basis": ("elemental", "compound"), "pieces": ("each", "together")}


class Asker:
    """Collects questions; each has an id of its own (``take.basis``, ``take.basis-2`` …)."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._asked: list[Question] = []

    @property
    def questions(self) -> tuple[Question, ...]:
        """All of them, in the order of the text."""
        return tuple(self._asked)

    def unread(self, item: Item) -> None:
        """Words nobody could read: alone they are an unknown substance, beside a known one perhaps a brand.

        The nearest known name is only a guess, and a medicine is not judged as something that is taken: neither is
        ever let through.
        """
        if item.typed:
            self._ask("near_miss", (EVERYTHING,), what=item.typed, name=item.label)
        if item.substance is None and is_medicine(item, self._knowledge):
            self._ask("medicine", (EVERYTHING,), what=item.label)
            return
        numbers = item.of("number") if item.of("amount") else ()
        words = ", ".join((*item.unread, *(token.text for token in numbers)))
        if item.substance is None:
            self._ask("unknown_substance", (EVERYTHING,), what=item.label)
        elif words:
            self._ask("unread_words", (item.substance,), what=item.label, words=words)

    def doubts(self, item: Item, reading: Reading) -> None:
        """One question for each thing the amount leaves open."""
        for doubt in reading.doubts:
            grams_perhaps = doubt.kind == "unit" and doubt.counted_mg != doubt.other_mg
            blocks = (str(item.substance),) if doubt.kind in _BLOCKING or grams_perhaps else ()
            self._ask(
                doubt.kind, blocks, what=item.label, name=self._name(str(item.substance)),
                counted=show_number(doubt.counted_mg or 0), other=show_number(doubt.other_mg or 0),
            )  # fmt: skip

    def hours(self, item: Item, hours: tuple[Hour, ...]) -> None:
        """The hour of every taking that has none; the gate reckons with any hour meanwhile."""
        if any(hour.clock is None for hour in hours):
            self._ask("clock", (), what=item.label)

    def bath(self, item: Item, missing: Literal["water", "minutes", "hour"], assumed: float) -> None:
        """What the bath lacks, and what is assumed meanwhile."""
        self._ask(
            f"bath_{missing}", (BATH,) if missing == "hour" else (), what=item.label, assumed=show_number(assumed)
        )

    def _name(self, substance: str) -> Text:
        return self._knowledge.substances[substance].name

    def _ask(self, kind: str, blocks: tuple[str, ...], **params: Filling) -> None:
        number = 1 + sum(question.id.split("-")[0] == f"take.{kind}" for question in self._asked)
        self._asked.append(
            Question(
                id=f"take.{kind}" if number == 1 else f"take.{kind}-{number}",
                field="take",
                text=self._knowledge.text(f"take.{kind}", **params),
                why=self._knowledge.text(f"take.{kind}.why"),
                blocks=blocks,
                options=_OPTIONS.get(kind, ()),
                line=str(params.get("what", "")),
            )
        )
