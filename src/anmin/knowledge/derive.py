"""What follows from other values of a row, computed once when the facts are compiled.

Standard atomic weights are those of :mod:`molmass` (IUPAC), a tool of the build: the installed program only reads
the results.
"""

from __future__ import annotations

from functools import cache

from msgspec.structs import replace

from anmin.knowledge.eating import Food, Price
from anmin.knowledge.model import Form, Struct
from anmin.knowledge.rows import Row

GLYCINE = "C2H5NO2"


@cache
def molar_mass(formula: str) -> float:
    """Molar mass (g/mol) of a formula; a hydrate is written with ``·`` or ``.``.

    >>> round(molar_mass("MgSO4·7H2O"), 2)
    246.47
    """
    from molmass import Formula

    return float(Formula(_ascii(formula)).mass)


@cache
def mass_of_element(formula: str, element: str) -> float:
    """Grams of an element in a mole of the formula."""
    from molmass import Formula

    return float(Formula(_ascii(formula)).composition()[element].mass)


def _ascii(formula: str) -> str:
    return formula.replace("·", ".").replace("•", ".")


def derive(fact: Struct, row: Row) -> Struct:
    """The fact with its computed values; :class:`~anmin.errors.KnowledgeError` if one is also typed in."""
    if isinstance(fact, Form):
        return _form(fact, row)
    if isinstance(fact, Price):
        return _price(fact, row)
    if isinstance(fact, Food):
        return _food(fact, row)
    return fact


def _food(food: Food, row: Row) -> Food:
    if food.mg_per_portion is not None:
        return food
    if food.portion_g is None or food.mg_per_100g is None:
        raise row.error("give mg_per_portion, or portion_g and mg_per_100g", "id")
    return replace(food, mg_per_portion=round(food.mg_per_100g * food.portion_g / 100, 1))


def _form(form: Form, row: Row) -> Form:
    for name in ("molar_mass", "magnesium_fraction", "glycine_per_magnesium"):
        if getattr(form, name) is not None:
            raise row.error(f"{name} is computed from the formula; leave it out", name)
    if form.formula is None:
        return form
    try:
        whole, magnesium = molar_mass(form.formula), mass_of_element(form.formula, "Mg")
    except (ValueError, KeyError) as error:
        raise row.error(f"formula {form.formula!r} cannot be read: {error}", "formula") from None
    glycine = form.glycine_count * molar_mass(GLYCINE) / magnesium if form.glycine_count else None
    return replace(form, molar_mass=whole, magnesium_fraction=magnesium / whole, glycine_per_magnesium=glycine)


def _price(price: Price, row: Row) -> Price:
    if price.price_per_g is not None:
        return price
    if not (price.pack_price and price.pieces and price.mg_per_piece):
        raise row.error("give price_per_g, or pack_price, pieces and mg_per_piece", "id")
    return replace(price, price_per_g=price.pack_price / (price.pieces * price.mg_per_piece / 1000))
