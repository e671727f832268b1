"""How much magnesium is taken up from a dose: saturable plus 7 % (Fine 1991).

    A(I) = Vmax I / (Km + I) + f I,  per meal or dose; extra(dose) = A(meal + dose) - A(meal)

in mg of elemental magnesium. doi 10.1172/JCI115317; numbers in the rows ``magnesium-absorption`` and
``magnesium-form-factor`` of ``body_models.yaml``. Healthy adults, up to 972 mg at once. Km is known only between 23 and
60 mg, forms by brackets round conflicting studies; a form without a number is *not known*, never "none".
A known miss: mineral water was absorbed better with a meal (Sabatier 2002), here a meal competes.
"""

from __future__ import annotations

from typing import NamedTuple

from anmin.errors import InputError
from anmin.knowledge.load import Knowledge


class Uptake(NamedTuple):
    """Milligrams of magnesium taken up: low, best and high."""

    low: float
    best: float
    high: float

    def times(self, factor: float) -> Uptake:
        """Every end multiplied."""
        return Uptake(self.low * factor, self.best * factor, self.high * factor)

    def mmol(self, knowledge: Knowledge) -> Uptake:
        """The same in mmol."""
        return self.times(1.0 / knowledge.body_models["magnesium-stores"].number("molar_mass"))


def absorbed_mg(intake_mg: float, knowledge: Knowledge, km_mg: float | None = None) -> float:
    """Magnesium taken up from one meal or dose of a dissolved salt; :class:`InputError` outside 0 to 972 mg.

    >>> from anmin.knowledge.load import load
    >>> [round(absorbed_mg(mg, load()) / mg, 2) for mg in (70, 100, 200, 300, 500)]
    [0.44, 0.37, 0.24, 0.19, 0.15]
    """
    row = knowledge.body_models["magnesium-absorption"]
    if not 0 <= intake_mg <= row.number("largest_mg"):
        raise InputError("dose", intake_mg, f"0 to {row.number('largest_mg'):g} mg of magnesium at once")
    km = row.number("km_mg") if km_mg is None else km_mg
    return row.number("vmax_mg") * intake_mg / (km + intake_mg) + row.number("passive_fraction") * intake_mg


def factor(form: str, knowledge: Knowledge) -> tuple[float, float, float] | None:
    """Low, best and high share against a soluble salt; None where nothing is known of the form.

    >>> from anmin.knowledge.load import load
    >>> factor("oxide", load()), factor("threonate", load())
    ((0.15, 0.5, 1.0), None)
    """
    row = knowledge.body_models["magnesium-form-factor"]
    known = next((each for each in row.values if each.name == form), None)
    return None if known is None or known.value is None else row.span(form)


def uptake(
    dose_mg: float, form: str, knowledge: Knowledge, *, split: int = 1, meal_mg: float | None = None
) -> Uptake | None:
    """Extra magnesium taken up in a day from ``dose_mg`` of a form in ``split`` equal doses; None if not known.

    ``meal_mg``: magnesium eaten with each dose; None takes an ordinary meal, 0 an empty stomach. The span holds the
    form and, for the absorption itself, Km.

    >>> from anmin.knowledge.load import load
    >>> [round(uptake(365, "citrate", load(), split=n).mmol(load()).best, 2) for n in (1, 2, 3)]
    [1.42, 1.62, 1.75]
    """
    if split < 1:
        raise InputError("split", split, "1 or more doses a day")
    shares = factor(form, knowledge)
    row = knowledge.body_models["magnesium-absorption"]
    meal = row.number("meal_mg") if meal_mg is None else meal_mg
    each, most = dose_mg / split, row.number("largest_mg") - meal
    if not 0 <= each <= most:
        raise InputError("dose", each, f"0 to {most:g} mg of magnesium at once")

    def extra(km: float) -> float:
        return split * (absorbed_mg(meal + each, knowledge, km) - absorbed_mg(meal, knowledge, km))

    extras = [extra(km) for km in row.span("km_mg")]
    if shares is None:
        return None
    return Uptake(min(extras) * shares[0], extras[1] * shares[1], max(extras) * shares[2])
