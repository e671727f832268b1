"""How much of its substance an item holds, per taking.

Where the text can be read in two ways the reading with more of the substance counts, and a :class:`Doubt` says so.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from anmin.errors import AmountError
from anmin.knowledge.load import Knowledge
from anmin.person.items import Item
from anmin.person.tokens import Token
from anmin.units.amount import MASS, Scale, Unit

DoubtKind = Literal["amount", "basis", "formula", "conflict", "number", "unit", "pieces", "salt"]


class Doubt(msgspec.Struct, frozen=True, kw_only=True):
    """Something the text leaves open: the mg that count meanwhile, and those of the other reading."""

    kind: DoubtKind
    counted_mg: float | None = None
    other_mg: float | None = None


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What one taking holds: mg of the element or the free substance; 0 when no amount is written (a doubt says so).

    ``compound_mg`` is the mass of the salt where the text is about it; ``labelled`` the share of magnesium it prints.
    """

    mg: float
    form: str | None = None
    alkaline: bool | None = None
    compound_mg: float | None = None
    labelled: float | None = None
    doubts: tuple[Doubt, ...] = ()


def read_plain(item: Item, knowledge: Knowledge) -> Reading:
    """The amount of anything but magnesium, on the one basis it has."""
    amounts = item.of("amount") or item.of("number")
    if not amounts:
        return Reading(mg=0.0, doubts=without_amount(item, knowledge))
    roof = possible(str(item.substance), knowledge)
    mg, doubts = total_mg(item, amounts, MASS, roof)
    number, more = pieces_of(item, mg, knowledge)
    return Reading(mg=checked(mg * number, item, knowledge), doubts=doubts + more)


def possible(substance: str, knowledge: Knowledge) -> float:
    """The most mg that can be taken at once of a substance; above it is a slip of the pen."""
    row = knowledge.ranges.get(f"one_dose_{substance}_mg") or knowledge.ranges["one_dose_any_mg"]
    return row.high


def checked(mg: float, item: Item, knowledge: Knowledge) -> float:
    """The same mg; :class:`AmountError` for what nobody takes at once."""
    high = possible(str(item.substance), knowledge)
    if not 0 < mg <= high:
        raise AmountError("amount", item.label, f"more than 0, at most {high:,.0f} mg of {item.substance} at once")
    return mg


def total_mg(item: Item, amounts: tuple[Token, ...], scale: Scale, roof: float) -> tuple[float, tuple[Doubt, ...]]:
    """The sum of the amounts written, in mg, each in its largest meaning up to ``roof``."""
    read = [_largest(item, token, scale, roof) for token in amounts]
    return sum(mg for mg, _ in read), tuple(doubt for _, doubt in read if doubt is not None)


def _largest(item: Item, token: Token, scale: Scale, roof: float) -> tuple[float, Doubt | None]:
    """A number without a unit may be mg or g; ``1.500`` may be one and a half or fifteen hundred."""
    units: tuple[Unit, ...] = (token.unit,) if token.unit else ("mg", "g")
    meanings = [value * scale.mg_per(unit, str(item.substance)) for unit in units for value in token.values]
    able = [mg for mg in meanings if 0 < mg <= roof]
    if not able:
        raise AmountError("amount", item.label, f"more than 0, at most {roof:,.0f} mg of {item.substance} at once")
    largest = max(able)
    if token.unit is None:
        return largest, Doubt(kind="unit", counted_mg=largest, other_mg=min(able))
    if largest != meanings[0] and meanings[0] in able:
        return largest, Doubt(kind="number", counted_mg=largest, other_mg=meanings[0])
    return largest, None


def pieces_of(item: Item, mg: float, knowledge: Knowledge) -> tuple[float, tuple[Doubt, ...]]:
    """How many times the amount is taken at once. ``330mg 2錠`` is each; "2 capsules 200 mg" may be both together."""
    pieces = item.count("pieces")
    number = (1.0 if pieces is None else pieces) * (item.count("multiply") or 1.0)
    room = knowledge.ranges["pieces_at_once"]
    if not room.low <= number <= room.high:
        raise AmountError("amount", item.label, f"{room.low:g} to {room.high:g} {room.unit} at once")
    if pieces in (None, 1.0) or item.says("each") or _of_each(item):
        return number, ()
    together = item.count("multiply") or 1.0
    return max(number, together), (
        Doubt(kind="pieces", counted_mg=mg * max(number, together), other_mg=mg * min(number, together)),
    )


def _of_each(item: Item) -> bool:
    """``330mg 2錠`` and "2 capsules of 100 mg" say the amount of one piece."""
    amounts, pieces = item.of("amount", "number"), item.of("pieces")
    if amounts and amounts[0].start < pieces[0].start:
        return True
    return any(token.text == "of" and before is pieces[-1] for token, before, _ in item.around())


def without_amount(item: Item, knowledge: Knowledge) -> tuple[Doubt, ...]:
    """A cup of something brewed has no mg to give; of everything else the amount is asked for."""
    brewed = item.says("tea") or any(
        word in token.text for token in item.of("name") for word in ("tea", "茶", "ティー")
    )
    kind = knowledge.substances[str(item.substance)].kind
    return () if brewed or kind in ("drink", "stimulant", "practice") else (Doubt(kind="amount"),)
