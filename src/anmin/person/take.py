"""What somebody would take, as they write it, into doses.

    "Mg glycinate 200mg elemental 22:30"   "酸化マグネシウム 330mg 寝る前"   "甘胺酸鎂 200 毫克 睡前"

How a text is read:

- ``+ , 、 ; & and with と 和`` part one thing from the next; a clock time at the end counts for everything before it.
- "Magnesium 300 mg" is the element. "Magnesium citrate 300 mg" can be either: a question, and the larger counts.
- Of a range the upper end counts; ``330mg 2錠`` is twice 330 mg; "twice a day" is two doses.
- "Before bed" is the hour of bed less the shortest lead at which the substance is usually taken (``timing.yaml``);
  "30 min before bed" is taken at its word. A meal has an hour only when the dinner hour is given.
- A name that is not known is a question that blocks everything: what is not known is not checked. So is one that is
  nearly known ("magnisium"), which is checked as its nearest name meanwhile, and the name of a medicine.
"""

from __future__ import annotations

import unicodedata

import msgspec

from anmin.errors import InputError
from anmin.knowledge.load import Knowledge
from anmin.knowledge.stoichiometry import MAGNESIUM
from anmin.person.amounts import Reading, read_plain
from anmin.person.asking import Asker
from anmin.person.bathing import read_bath
from anmin.person.hours import Hour, hours_of
from anmin.person.items import BATH, Item, read_items
from anmin.person.magnesium import read_magnesium
from anmin.person.model import Bath, Country, Dose, Question
from anmin.person.near import with_nearest

MAX_LENGTH = 500
MAX_ITEMS = 20
"""Bounds of a text that somebody typed: characters, things in it."""

HABITS = "habits"
"""What is done and not taken."""


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What a text holds: doses, perhaps a bath, and what has to be asked. ``text`` is kept as it came."""

    doses: tuple[Dose, ...]
    bath: Bath | None
    questions: tuple[Question, ...]
    text: str


def parse_take(
    text: str, knowledge: Knowledge, *, bed: int, country: Country | None = None, dinner: int | None = None
) -> Taken:
    """The doses, bath and open questions of one typed text.

    ``bed`` and ``dinner`` are minutes after midnight. ``country`` is where it is said: no word is read differently for
    it today. Raises :class:`~anmin.errors.InputError`, and nothing else, for text that cannot be used: empty, too long,
    control characters, an hour no day has, an amount nobody takes.
    """
    read = with_nearest(read_items(usable(text), knowledge), knowledge)
    items = [item for item in read if item.substance != HABITS]
    if not items:
        raise InputError("take", text, "what is taken, how much and when, for example: glycine 3 g 22:00")
    if len(items) > MAX_ITEMS:
        raise InputError("take", text, f"at most {MAX_ITEMS} things at once")
    ask = Asker(knowledge)
    doses: list[Dose] = []
    bath: Bath | None = None
    for item, hours in zip(items, hours_of(items, knowledge, bed=bed, dinner=dinner), strict=True):
        ask.unread(item)
        if item.substance == BATH:
            if bath is not None:
                raise InputError("take", text, "one bath an evening")
            bath = read_bath(item, hours, ask, knowledge, bed=bed)
        elif item.substance is not None:
            doses.extend(_doses(item, hours, ask, knowledge))
    return Taken(doses=tuple(doses), bath=bath, questions=ask.questions, text=text)


def _doses(item: Item, hours: tuple[Hour, ...], ask: Asker, knowledge: Knowledge) -> list[Dose]:
    assert item.substance is not None
    reading = read_item(item, knowledge)
    ask.doubts(item, reading)
    ask.hours(item, hours)
    return [
        Dose(
            substance=item.substance, mg=reading.mg, form=reading.form, clock=hour.clock,
            label=item.label, alkaline=reading.alkaline,
        )
        for hour in hours
    ]  # fmt: skip


def read_item(item: Item, knowledge: Knowledge) -> Reading:
    """How much of its substance one taking of an item holds."""
    return read_magnesium(item, knowledge) if item.substance == MAGNESIUM else read_plain(item, knowledge)


def delivered_glycine_mg(dose: Dose, knowledge: Knowledge) -> float:
    """mg of free glycine that comes with a dose of a magnesium glycinate; 0 for everything else.

    A buffered product holds an unknown share of oxide, so no glycine is promised for it.
    """
    form = knowledge.forms.get(dose.form) if dose.form else None
    if form is None or form.glycine_per_magnesium is None or dose.alkaline:
        return 0.0
    return dose.mg * form.glycine_per_magnesium


def usable(text: str, field: str = "take") -> str:
    """The text without invisible marks; :class:`InputError` for what nobody types."""
    if len(text) > MAX_LENGTH:
        raise InputError(field, text, f"at most {MAX_LENGTH} characters")
    kept = []
    for mark in text:
        category = unicodedata.category(mark)
        if category in ("Cc", "Cs", "Co", "Cn") and mark not in "\n\r\t":
            raise InputError(field, text, "printable characters")
        if category != "Cf":
            kept.append(" " if mark in "\r\t" else mark)
    return "".join(kept)
