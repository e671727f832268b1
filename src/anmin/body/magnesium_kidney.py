"""Weak kidneys and magnesium: how much more builds up, as a warning. No dose ever comes out of here.

Clearance of the increment falls in proportion to eGFR (row ``magnesium-stores``), so the same dose ends this many times
higher. That is one number from a linear model without trial data behind it (MAGiCAL-CKD saw more serious harm on
magnesium, doi 10.1681/ASN.0000000000000092): enough to warn, never to permit. The bounds are those of the safety rules.
"""

from __future__ import annotations

from anmin.body.magnesium_stores import Stores
from anmin.errors import InputError
from anmin.knowledge.load import Knowledge


def bound_egfr(knowledge: Knowledge) -> float:
    """Below this eGFR the safety rules speak (mL/min/1.73 m²).

    >>> from anmin.knowledge.load import load
    >>> bound_egfr(load())
    60.0
    """
    rows = (row for row in knowledge.conditions.values() if "magnesium" in row.applies_to and row.threshold is not None)
    return max(float(row.threshold.egfr_below) for row in rows if row.threshold and row.threshold.egfr_below)


def times_higher(egfr: float, knowledge: Knowledge) -> float:
    """How many times higher the same dose ends than with healthy kidneys: a warning, not a scale for doses.

    :class:`InputError` for an eGFR that is none.

    >>> from anmin.knowledge.load import load
    >>> round(times_higher(25, load()), 1)
    4.0
    """
    if not egfr > 0:
        raise InputError("egfr", egfr, "more than 0 mL/min/1.73 m²")
    return 1.0 / min(1.0, egfr / knowledge.body_models["magnesium-stores"].number("normal_gfr"))


def uptake_for_rise(rise_mmol_l: float, egfr: float | None, knowledge: Knowledge) -> float:
    """The uptake (mmol a day) that would raise serum by so much in the end, for *healthy* kidneys only.

    :class:`InputError` whenever kidney function is unknown or below the bound of the safety rules: no amount for weak
    kidneys is ever computed.
    """
    bound = bound_egfr(knowledge)
    if egfr is None or not egfr >= bound:
        raise InputError(
            "egfr",
            egfr,
            f"{bound:g} or more",
            "With weaker or unknown kidneys this model gives no amount; ask a doctor.",
        )
    if not rise_mmol_l >= 0:
        raise InputError("rise", rise_mmol_l, "0 mmol/L or more")
    return rise_mmol_l * Stores(knowledge).clearance
