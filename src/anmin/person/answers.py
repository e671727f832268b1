"""The profile as it was answered: what stands in ``profile.yaml``, nothing understood yet.

``None`` (an absent or empty line) means *not asked*; an empty list means *asked, none*. Lines about medicines,
products, conditions and money stay the words that were typed.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

import msgspec
from msgspec import Meta

from anmin.medicines.model import Route
from anmin.person.model import Complaint, Country

Sex: TypeAlias = Literal["female", "male"]
Pregnancy: TypeAlias = Literal["no", "yes", "trying"]


def _doc(text: str, **schema: Any) -> Meta:
    return Meta(description=text, extra_json_schema=schema or None)


def _hours(text: str) -> Meta:
    return _doc(text, examples=[["08:00", "20:00"], "bedtime"])


class _Answers(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Base: frozen, strict about unknown fields; absent answers are left out when written."""


class Kidney(_Answers, frozen=True, kw_only=True):
    """Kidney function: the eGFR of a lab report, or the creatinine it is computed from."""

    egfr: Annotated[float, _doc("eGFR in mL/min/1.73 m², from a lab report.")] | None = None
    creatinine: Annotated[str, _doc("Serum creatinine with its unit: 0.9 mg/dL or 80 µmol/L.")] | None = None


class Medicine(_Answers, frozen=True, kw_only=True):
    """A medicine with its hours. A plain line, `levothyroxine 50 µg 23:00`, does as well."""

    name: Annotated[str, _doc("The name on the pack, brand or generic, in English, Japanese or Chinese.")]
    dose: Annotated[str, _doc("Strength and number, such as 50 µg; part of the name will do.")] | None = None
    at: Annotated[tuple[str, ...], _hours("Clock times, or words such as bedtime; absent: not known.")] | None = None
    route: Annotated[Route, _doc("How it is taken; absent: as this medicine usually is.")] | None = None
    as_needed: Annotated[bool, _doc("Taken only now and then, at no fixed hour.")] = False
    stopped_days_ago: Annotated[int, _doc("Days since the last dose, for a medicine that was stopped.")] | None = None
    contains: Annotated[tuple[str, ...], _doc("What the pack says is in one dose, one ingredient a line.")] = ()


class Product(_Answers, frozen=True, kw_only=True):
    """Something taken without a prescription: a supplement, an antacid, a laxative.

    A plain line, `magnesium citrate 200 mg elemental 22:00`, does as well.
    """

    product: Annotated[str, _doc("The name of the product or of the substance.")]
    form: Annotated[str, _doc("The compound, such as bisglycinate or oxide.")] | None = None
    amount: Annotated[str, _doc("How much each time, with its unit.")] | None = None
    basis: Annotated[Literal["elemental", "compound", "free"], _doc("What the amount weighs.")] | None = None
    at: Annotated[tuple[str, ...], _hours("Clock times or words; each is one intake.")] | None = None
    contains: Annotated[tuple[str, ...], _doc("For a mixture: its label, one ingredient with its amount a line.")] = ()


class Diet(_Answers, frozen=True, kw_only=True):
    """Magnesium from food: a number, or how often some foods are eaten."""

    magnesium_mg: Annotated[float, _doc("Magnesium from food and drink, mg a day.")] | None = None
    foods: Annotated[dict[str, str], _doc("A food and how often, such as `almonds: 2/week`.")] | None = None


class Alcohol(_Answers, frozen=True, kw_only=True):
    """Alcohol this evening."""

    tonight: Annotated[bool, _doc("Any alcohol this evening.")] | None = None
    last: Annotated[str, _doc("Clock time of the last drink.")] | None = None


class Caffeine(_Answers, frozen=True, kw_only=True):
    """Coffee, tea, energy drinks."""

    last: Annotated[str, _doc("Clock time of the last cup; `none` for no caffeine.")] | None = None


class Sleep(_Answers, frozen=True, kw_only=True):
    """What is wrong with the sleep, and for how long."""

    problem: Annotated[Complaint, _doc("The main complaint.")] | None = None
    lasting: Annotated[str, _doc("For how long, such as `6 weeks`.")] | None = msgspec.field(name="for", default=None)
    latency_min: Annotated[float, _doc("Minutes it usually takes to fall asleep.")] | None = None
    isi: Annotated[float, _doc("Total of the Insomnia Severity Index.")] | None = None
    psqi: Annotated[float, _doc("Total of the Pittsburgh Sleep Quality Index.")] | None = None
    epworth: Annotated[float, _doc("Total of the Epworth Sleepiness Scale.")] | None = None
    ais: Annotated[float, _doc("Total of the Athens Insomnia Scale.")] | None = None


class Bathing(_Answers, frozen=True, kw_only=True):
    """The evening's bath or shower."""

    kind: Annotated[Literal["bath", "shower", "neither"], _doc("What there is in the evening.")] | None = None
    at: Annotated[str, _doc("Clock time.")] | None = None
    alone: Annotated[bool, _doc("Nobody else is at home then.")] | None = None


class Preferences(_Answers, frozen=True, kw_only=True):
    """What somebody would rather have, and what not."""

    prefer: Annotated[Literal["one_thing", "blend", "no_matter"], _doc("One thing, or several together.")] | None = None
    no_capsules: Annotated[bool, _doc("Powders and drinks only.")] | None = None
    vegan: Annotated[bool, _doc("Nothing from animals.")] | None = None
    cheapest: Annotated[bool, _doc("The lowest cost comes first.")] | None = None
    refuses: Annotated[tuple[str, ...], _doc("Substances that are out of the question.")] = ()
    wants: Annotated[tuple[str, ...], _doc("Substances that are wished for.")] = ()


class PackPrice(_Answers, frozen=True, kw_only=True):
    """What somebody really pays for something."""

    product: Annotated[str, _doc("The substance, with its compound: magnesium bisglycinate.")]
    price: Annotated[str, _doc("Price of a pack with its currency: NT$600.")]
    pieces: Annotated[float, _doc("Pieces (or servings) in the pack.")]
    mg_per_piece: Annotated[float, _doc("mg in a piece: elemental for minerals, else of the substance.")]


class Profile(_Answers, frozen=True, kw_only=True):
    """A person's answers. Everything may be left out; what safety needs is then asked."""

    age: Annotated[int, _doc("Age in years.")] | None = None
    sex: Annotated[Sex, _doc("Sex for reference values: female or male.")] | None = None
    pregnant: Annotated[Pregnancy, _doc("no, yes, or trying to become pregnant.")] | None = None
    pregnancy_week: Annotated[int, _doc("Week of pregnancy.")] | None = None
    breastfeeding: Annotated[bool, _doc("Breast-feeding now.")] | None = None
    weight_kg: Annotated[float, _doc("Body weight in kg.")] | None = None
    height_cm: Annotated[float, _doc("Height in cm.")] | None = None
    country: Annotated[Country, _doc("Whose limits count: US, EU, UK, JP, TW, CN, CA or AU.")] | None = None
    kidney: Kidney | None = None
    serum_magnesium: Annotated[str, _doc("Measured in blood, with its unit: 0.85 mmol/L or 2.0 mg/dL.")] | None = None
    conditions: Annotated[tuple[str, ...], _doc("Illnesses and states; an empty list means none.")] | None = None
    allergies: Annotated[tuple[str, ...], _doc("Allergies; an empty list means none.")] | None = None
    surgery: Annotated[str, _doc("Planned operation: a date (2027-03-01), `in 10 days`, or no.")] | None = None
    medicines: (
        Annotated[tuple[str | Medicine, ...], _doc("Every medicine, with its hours; an empty list means none.")] | None
    ) = None
    taking: (
        Annotated[
            tuple[str | Product, ...],
            _doc("Supplements, antacids and laxatives already taken; an empty list means none."),
        ]
        | None
    ) = None
    diet: Diet | None = None
    alcohol: Alcohol | None = None
    caffeine: Caffeine | None = None
    sleep: Sleep | None = None
    bed: Annotated[str, _doc("Usual time of going to bed, such as 23:30.")] | None = None
    rise: Annotated[str, _doc("Usual time of getting up.")] | None = None
    dinner: Annotated[str, _doc("Usual time of the evening meal.")] | None = None
    bathing: Bathing | None = None
    red_flags: Annotated[dict[str, bool], _doc("Warning signs, each answered yes or no.")] | None = None
    drives_at_night: Annotated[bool, _doc("Drives or runs machines in the evening or at night.")] | None = None
    night_work: Annotated[bool, _doc("Shift work, night duty, on call.")] | None = None
    night_care: Annotated[bool, _doc("Gets up at night for a child or somebody ill.")] | None = None
    preferences: Preferences | None = None
    budget: Annotated[str, _doc("What it may cost a day: `NT$20`, `2 USD a day`, `600 yen a month`.")] | None = None
    prices: Annotated[tuple[PackPrice, ...], _doc("Prices really paid.")] = ()
