"""An amount is a number of units *of something*, on a named basis.

"200 mg magnesium" is a different thing from "200 mg magnesium citrate": the first is elemental, the second is the
mass of a compound. The basis is part of the value, and amounts of another basis or substance cannot be added.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Unit = Literal["mg", "µg", "g", "mmol", "mEq", "IU"]
Basis = Literal["elemental", "compound", "free"]
"""``elemental``: mass of the element. ``compound``: mass of the salt or extract as weighed. ``free``: mass of the
free acid or base (free glycine out of a chelate, pyridoxine out of its hydrochloride)."""


class Amount(msgspec.Struct, frozen=True, kw_only=True):
    """So many units of a substance on one basis."""

    value: float
    unit: Unit
    of: str
    basis: Basis
