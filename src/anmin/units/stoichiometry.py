"""How much of an element, a compound and a freed acid belong together.

Pure arithmetic on mass fractions; the fractions come from the formulas of the compounds (IUPAC atomic masses), which
are knowledge. A mass fraction is the element's mass in one unit of mass of the compound, between 0 and 1.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from anmin.errors import AmountError
from anmin.units.amount import Compound, Elemental, Free


def compound_holding(element: Elemental, compound: str, fraction: float) -> Compound:
    """The mass of a compound that holds so much of the element.

    >>> compound_holding(Elemental(value=200, unit="mg", of="magnesium"), "bisglycinate", 0.141).value // 1
    1418.0
    """
    _check_fraction(fraction)
    return Compound(value=element.value / fraction, unit=_mass(element), of=compound)


def element_in(compound: Compound, element: str, fraction: float) -> Elemental:
    """The mass of the element in so much of a compound."""
    _check_fraction(fraction)
    return Elemental(value=compound.value * fraction, unit=_mass(compound), of=element)


def freed_by(element: Elemental, acid: str, ratio: float) -> Free:
    """The free acid that a chelate gives up along with so much of its element; ``ratio`` is acid mass per element mass.

    The acid is counted with the hydrogen it takes up when it is freed, so it weighs more than the chelated part.
    """
    if not ratio > 0:
        raise AmountError("ratio", ratio, "more than 0")
    return Free(value=element.value * ratio, unit=_mass(element), of=acid)


def element_for(acid: Free, element: str, ratio: float) -> Elemental:
    """The element that comes along when a chelate alone has to deliver so much acid."""
    if not ratio > 0:
        raise AmountError("ratio", ratio, "more than 0")
    return Elemental(value=acid.value / ratio, unit=_mass(acid), of=element)


def missing(target: Free, have: Free) -> Free:
    """What has to be added to reach the target; zero when it is reached."""
    return target * max(0.0, 1 - have / target)


class Stack(msgspec.Struct, frozen=True, kw_only=True):
    """A target of free acid met by a chelate within a limit of its element, and free acid for the rest."""

    element: Elemental
    from_chelate: Free
    to_add: Free


def stack(target: Free, limit: Elemental, ratio: float) -> Stack:
    """Take the chelate up to the limit, or up to the target if that comes first, and add the rest as free acid."""
    needed = element_for(target, limit.of, ratio)
    element = needed if needed.value <= limit.to(needed.unit).value else limit.to(needed.unit)
    given = freed_by(element, target.of, ratio)
    return Stack(element=element, from_chelate=given, to_add=missing(target, given))


class Buffer(msgspec.Struct, frozen=True, kw_only=True):
    """A labelled chelate seen as a mixture of the pure chelate and a richer filler (for magnesium: the oxide).

    All are shares from 0 to 1: of the mass that is pure chelate, and of the element that comes from the filler.
    """

    labelled: float
    pure: float
    chelate_of_mass: float
    element_from_filler: float

    @property
    def buffered(self) -> bool:
        """Whether the label claims more element than the pure chelate can hold."""
        return self.element_from_filler > 0


ROUNDING = 0.0005
"""Half of the last digit of a percentage printed with one decimal: 14.1 % on a label is the pure 14.096 %."""


def buffer(labelled: float, pure: float, filler: float) -> Buffer:
    """Read the element's share on a label: at or below the pure fraction nothing points to a filler.

    Two-component mass balance, ``labelled = x * pure + (1 - x) * filler``. :class:`AmountError` above the filler's
    own share, which no mixture reaches.
    """
    for fraction in (labelled, pure, filler):
        _check_fraction(fraction)
    if labelled <= pure + ROUNDING:
        return Buffer(labelled=labelled, pure=pure, chelate_of_mass=1.0, element_from_filler=0.0)
    if labelled > filler + ROUNDING:
        raise AmountError(
            "percent", round(labelled * 100, 3), f"at most {filler * 100:.1f} %, which is the pure filler"
        )
    share = max(0.0, (filler - labelled) / (filler - pure))
    return Buffer(
        labelled=labelled,
        pure=pure,
        chelate_of_mass=share,
        element_from_filler=min(1.0, (1 - share) * filler / labelled),
    )


def _check_fraction(fraction: float) -> None:
    if not 0 < fraction <= 1:
        raise AmountError("fraction", fraction, "more than 0, at most 1")


def _mass(amount: Elemental | Compound | Free) -> Literal["mg", "µg", "g"]:
    if amount.unit not in ("mg", "µg", "g"):
        raise AmountError("unit", amount.unit, "mg, µg or g", "Convert to a mass first.")
    return amount.unit
