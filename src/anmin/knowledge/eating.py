"""The shapes of what people eat, need and pay: reference intakes, diets, foods, prices."""

from __future__ import annotations

from typing import Literal

from anmin.knowledge.model import Source, Struct, Text


class Price(Struct, frozen=True, kw_only=True):
    """A shop price that was really seen.

    ``mg_per_piece`` is elemental magnesium, or the free substance, in one capsule, tablet, scoop or sachet.
    ``price_per_g`` (currency for a gram of that) is computed from the pack when compiled.
    """

    id: str
    substance: str
    country: str
    currency: str
    product: str
    sources: tuple[Source, ...]
    form: str | None = None
    pack_price: float | None = None
    pieces: float | None = None
    mg_per_piece: float | None = None
    price_per_g: float | None = None
    note: str = ""


class Intake(Struct, frozen=True, kw_only=True):
    """A reference intake (mg a day) of one nutrient for a group. Ages in years, from inclusive, below exclusive.

    ``kind``: EAR (estimated average requirement), RDA/RNI/PRI (covers nearly all), AI (adequate intake).
    ``countries`` it was set for; ``stand_in_for`` countries whose own value could not be read or does not exist.
    ``added``: the value is added to the one for the same age, not in place of it. ``current`` false: an older edition,
    kept because the newer one could only be read in part.
    """

    id: str
    substance: str
    countries: tuple[str, ...]
    body: str
    kind: Literal["EAR", "RDA", "RNI", "PRI", "AI"]
    value_mg: float
    sources: tuple[Source, ...]
    sex: Literal["female", "male"] | None = None
    state: Literal["pregnant", "lactating"] | None = None
    age_from: float = 0
    age_below: float | None = None
    added: bool = False
    current: bool = True
    stand_in_for: tuple[str, ...] = ()
    note: str = ""


class Diet(Struct, frozen=True, kw_only=True):
    """What a group of a country eats of one nutrient (mg a day), from a survey.

    ``default_for``: profile countries for which the row is the starting point when somebody tells nothing of food.
    """

    id: str
    substance: str
    country: str
    survey: str
    population: str
    sources: tuple[Source, ...]
    mean_mg: float | None = None
    sd_mg: float | None = None
    median_mg: float | None = None
    n: int | None = None
    sex: Literal["female", "male"] | None = None
    age_from: float = 0
    age_below: float | None = None
    default_for: tuple[str, ...] = ()
    note: str = ""


class Food(Struct, frozen=True, kw_only=True):
    """A food that carries magnesium, with a usual portion.

    Either ``mg_per_portion`` was read, or it is computed from ``mg_per_100g`` and ``portion_g`` when compiled.
    """

    id: str
    name: Text
    portion: Text
    sources: tuple[Source, ...]
    portion_g: float | None = None
    mg_per_100g: float | None = None
    mg_per_portion: float | None = None
    aliases: tuple[str, ...] = ()
    note: str = ""
