"""What an amount costs a day, from prices that were really seen in the person's country."""

from __future__ import annotations

from anmin.knowledge.load import Knowledge
from anmin.person.model import Person


def cost_of(substance: str, form: str | None, amount_mg: float, person: Person, knowledge: Knowledge) -> float | None:
    """Cost a day: at the person's own price, else at the cheapest one seen in the person's country; else None."""
    currency = currency_of(person, knowledge)
    own = [
        price.pack_price / (price.pieces * price.mg_per_piece)
        for price in person.own_prices
        if (price.substance, price.form) == (substance, form) and price.currency in (None, currency)
    ]
    if own:
        return min(own) * amount_mg
    seen = [
        price.price_per_g / 1000
        for price in knowledge.prices.values()
        if price.price_per_g is not None
        and (price.substance, price.form) == (substance, form)
        and price.country == person.country
        and price.currency == currency
    ]
    return min(seen) * amount_mg if seen else None


def currency_of(person: Person, knowledge: Knowledge) -> str | None:
    """The one currency of the plan: the person's, else that of the prices seen in the country."""
    if person.currency is not None:
        return person.currency
    own = next((price.currency for price in person.own_prices if price.currency is not None), None)
    if own is not None:
        return own
    return next((price.currency for price in knowledge.prices.values() if price.country == person.country), None)
