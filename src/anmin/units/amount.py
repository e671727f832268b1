"""An amount is a number of units *of something*, on a named basis.

"200 mg magnesium" is a different thing from "200 mg magnesium citrate": the first is elemental, the second is the
mass of a compound. The basis is the type, so a type checker already refuses to add the two, and so does the run
time; neither can two substances be added.

    Elemental(value=200, unit="mg", of="magnesium") + Compound(value=300, unit="mg", of="oxide")   # AmountError

Mass converts to mass by definition. To moles and equivalents it needs the substance's :class:`Scale` (molar mass,
valence); to international units the substance's own factor. Without them the conversion is refused, never guessed.
"""

from __future__ import annotations

import math
import re
import unicodedata
from typing import ClassVar, Literal, TypeVar, get_args, overload

import msgspec

from anmin.errors import AmountError
from anmin.units.numbers import NUMBER, parse_number, show_number

Unit = Literal["mg", "µg", "g", "mmol", "mEq", "IU"]
UNITS: tuple[Unit, ...] = get_args(Unit)

Basis = Literal["elemental", "compound", "free"]
"""``elemental``: mass of the element. ``compound``: mass of the salt or extract as weighed. ``free``: mass of the
free acid or base (free glycine out of a chelate, pyridoxine out of its hydrochloride)."""

MG_PER: dict[Unit, float] = {"mg": 1.0, "µg": 1e-3, "g": 1e3}
"""Milligrams in one of each unit of mass (SI prefixes)."""

MAX_VALUE = 1e9
"""A technical bound that keeps sums and conversions finite; what is plausible for a person is knowledge, not type."""

UNIT_WORDS: dict[str, Unit] = {
    "mg": "mg", "mgs": "mg", "毫克": "mg", "公絲": "mg", "ミリグラム": "mg", "ミリ": "mg",
    "milligrams": "mg", "milligram": "mg",
    "µg": "µg", "μg": "µg", "ug": "µg", "mcg": "µg", "微克": "µg", "マイクログラム": "µg",
    "micrograms": "µg", "microgram": "µg",
    "g": "g", "gr": "g", "gram": "g", "grams": "g", "公克": "g", "克": "g", "グラム": "g",
    "mmol": "mmol", "毫莫耳": "mmol", "毫摩爾": "mmol", "ミリモル": "mmol", "millimoles": "mmol", "millimole": "mmol",
    "meq": "mEq", "毫當量": "mEq", "ミリ当量": "mEq", "milliequivalents": "mEq", "milliequivalent": "mEq",
    "iu": "IU", "i.u.": "IU", "國際單位": "IU", "国際単位": "IU",
}  # fmt: skip
"""What people write for each unit, lower case and after NFKC."""

UNIT = r"(?:" + "|".join(re.escape(word) for word in sorted(UNIT_WORDS, key=len, reverse=True)) + r")(?![a-z])"


class Scale(msgspec.Struct, frozen=True, kw_only=True):
    """What converting one substance's amounts needs: g/mol, charge of the ion, mg in one international unit."""

    molar_mass: float | None = None
    valence: int | None = None
    mg_per_iu: float | None = None

    def mg_per(self, unit: Unit, of: str = "") -> float:
        """Milligrams in one ``unit``; :class:`AmountError` where the substance has no such factor."""
        if unit in MG_PER:
            return MG_PER[unit]
        factor = {
            "mmol": self.molar_mass,
            "mEq": self.molar_mass / self.valence if self.molar_mass and self.valence else None,
            "IU": self.mg_per_iu,
        }[unit]
        if factor is None or not (math.isfinite(factor) and factor > 0):
            raise AmountError(
                "unit", f"{unit} of {of or 'this substance'}", "mg, µg or g", "No factor is known for it."
            )
        return factor


MASS = Scale()
"""The scale of something of which only the mass is known."""

A = TypeVar("A", bound="Amount")


class Amount(msgspec.Struct, frozen=True, kw_only=True, tag_field="basis"):
    """So many units of a substance on one basis. Make an :class:`Elemental`, a :class:`Compound` or a :class:`Free`.

    ``value`` is finite, not negative and at most 1e9; anything else is an :class:`AmountError`.
    """

    value: float
    unit: Unit
    of: str

    basis: ClassVar[Basis]

    def __post_init__(self) -> None:
        """Refuse what is no amount, however it was made (call, copy or JSON)."""
        if type(self) is Amount:
            raise AmountError("basis", None, "elemental, compound or free")
        if not isinstance(self.value, (int, float)) or not math.isfinite(self.value):
            raise AmountError("amount", self.value, "a finite number")
        if not 0 <= self.value <= MAX_VALUE:
            raise AmountError("amount", self.value, f"0 to {MAX_VALUE:.0e} {self.unit}")
        if self.unit not in UNITS:
            raise AmountError("unit", self.unit, ", ".join(UNITS))

    def to(self: A, unit: Unit, scale: Scale = MASS) -> A:
        """The same amount in another unit.

        >>> Elemental(value=10, unit="mmol", of="magnesium").to("mg", Scale(molar_mass=24.0)).value
        240.0
        """
        if unit == self.unit:
            return self
        factor = scale.mg_per(self.unit, self.of) / scale.mg_per(unit, self.of)
        return type(self)(value=self.value * factor, unit=unit, of=self.of)

    def mg(self, scale: Scale = MASS) -> float:
        """Milligrams, on this amount's basis."""
        return self.to("mg", scale).value

    def __add__(self: A, other: A) -> A:
        """Sum of two amounts of one substance on one basis, in this one's unit."""
        self._must_match(other)
        return type(self)(value=self.value + other.to(self.unit).value, unit=self.unit, of=self.of)

    def __sub__(self: A, other: A) -> A:
        """Difference; :class:`AmountError` below zero."""
        self._must_match(other)
        return type(self)(value=self.value - other.to(self.unit).value, unit=self.unit, of=self.of)

    def __mul__(self: A, times: float) -> A:
        """So many times this amount."""
        return type(self)(value=self.value * times, unit=self.unit, of=self.of)

    def __truediv__(self: A, other: A) -> float:
        """How many times the other amount fits into this one."""
        self._must_match(other)
        if other.value == 0:
            raise AmountError("amount", other.value, "more than 0")
        return self.value / other.to(self.unit).value

    def __str__(self) -> str:
        """For example ``200 mg magnesium (elemental)``."""
        return f"{show_number(self.value)} {self.unit} {self.of} ({self.basis})"

    def _must_match(self, other: Amount) -> None:
        if type(other) is not type(self) or other.of != self.of:
            raise AmountError("amount", str(other), f"an amount of {self.of} ({self.basis})")


class Elemental(Amount, frozen=True, kw_only=True, tag="elemental"):
    """Mass of an element, whatever compound carries it."""

    basis: ClassVar[Basis] = "elemental"


class Compound(Amount, frozen=True, kw_only=True, tag="compound"):
    """Mass of a salt, chelate or extract as weighed; ``of`` is the id of the compound."""

    basis: ClassVar[Basis] = "compound"


class Free(Amount, frozen=True, kw_only=True, tag="free"):
    """Mass of a free acid or base."""

    basis: ClassVar[Basis] = "free"


AnyAmount = Elemental | Compound | Free
"""What JSON is decoded as: ``msgspec.json.decode(text, type=AnyAmount)``; the field ``basis`` picks the type."""


@overload
def amount(value: float, unit: Unit, of: str, basis: Literal["elemental"]) -> Elemental: ...
@overload
def amount(value: float, unit: Unit, of: str, basis: Literal["compound"]) -> Compound: ...
@overload
def amount(value: float, unit: Unit, of: str, basis: Literal["free"]) -> Free: ...
def amount(value: float, unit: Unit, of: str, basis: Basis) -> AnyAmount:
    """The amount of the type that ``basis`` names.

    >>> print(amount(200, "mg", of="magnesium", basis="elemental"))
    200 mg magnesium (elemental)
    """
    kinds: dict[str, type[Elemental] | type[Compound] | type[Free]] = {
        "elemental": Elemental, "compound": Compound, "free": Free,
    }  # fmt: skip
    if basis not in kinds:
        raise AmountError("basis", basis, ", ".join(kinds))
    return kinds[basis](value=value, unit=unit, of=of)


_QUANTITY = re.compile(rf"\s*({NUMBER})\s*({UNIT})\s*", re.IGNORECASE)


def parse_quantity(text: str, field: str = "amount") -> tuple[float, Unit]:
    """The number and unit of ``"200 mg"``, ``"１．５ｇ"``, ``"330毫克"``; :class:`AmountError` otherwise.

    >>> parse_quantity("1,000 mcg")
    (1000.0, 'µg')
    """
    plain = unicodedata.normalize("NFKC", text) if len(text) <= 80 else ""
    match = _QUANTITY.fullmatch(plain)
    if match is None:
        raise AmountError(field, text, f"a number and a unit ({', '.join(UNITS)}), for example 200 mg")
    value = parse_number(match[1], field)
    if not value <= MAX_VALUE:
        raise AmountError(field, text, f"at most {MAX_VALUE:.0e}")
    return value, UNIT_WORDS[match[2].lower().replace("μ", "µ")]
