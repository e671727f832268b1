"""The shapes of facts. Every row names its sources and how each was read.

Hours are hours, temperatures degrees Celsius, masses milligrams unless a row says otherwise. ``None`` means *not
stated in anything read*; it never means zero.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Lang = Literal["en", "zh-Hant", "ja"]
LANGS: tuple[Lang, ...] = ("en", "zh-Hant", "ja")

ReadIn = Literal[
    "full_text", "abstract", "label", "label_republished", "regulator", "guideline", "review",
    "secondary", "secondary_relayed", "news", "weak", "recalled", "derived", "design",
]  # fmt: skip
"""How a value was read. ``design`` marks a choice of this project, ``derived`` a number computed from others."""

Grade = Literal["A", "B", "C"]
"""A: an official text among the sources. B: abstract, review, monograph. C: only weak or relayed pages."""

Route = Literal["oral", "injection", "eye", "ear", "nose", "inhaled", "skin", "patch", "rectal", "vaginal", "mouth"]
"""How a medicine is taken. ``mouth``: dissolved or acting there (sublingual, lozenge, gargle), not swallowed."""

Severity = Literal["contraindicated", "major", "moderate", "minor"]
Action = Literal["avoid", "separate", "cap", "consult", "refer", "monitor", "none"]


class Struct(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of all facts: frozen, keyword only, strict about unknown fields."""


class Text(Struct, frozen=True, kw_only=True):
    """One sentence in the three languages."""

    en: str
    zh_hant: str
    ja: str

    def get(self, lang: Lang) -> str:
        """The sentence in ``lang``."""
        return {"en": self.en, "zh-Hant": self.zh_hant, "ja": self.ja}[lang]


class Names(Struct, frozen=True, kw_only=True):
    """Several names for one thing, by language."""

    en: tuple[str, ...] = ()
    zh_hant: tuple[str, ...] = ()
    ja: tuple[str, ...] = ()

    def all(self) -> tuple[str, ...]:
        """Every name, English first."""
        return self.en + self.zh_hant + self.ja


class Source(Struct, frozen=True, kw_only=True):
    """Where something was read, and how."""

    label: str
    read_in: ReadIn
    url: str | None = None
    doi: str | None = None
    pmid: str | None = None


class Reading(Struct, frozen=True, kw_only=True):
    """One source's own figures for a window, kept beside the ones the gate uses."""

    source: str
    before_h: float | None = None
    after_h: float | None = None


class Interaction(Struct, frozen=True, kw_only=True):
    """A medicine (by ATC prefix) with a substance.

    ``before_h``: the drug is taken at least so long *before* the supplement. ``after_h``: the drug is taken at
    least so long *after* the supplement. The ``strict`` pair is the strictest figure in anything read.
    ``salts`` says which magnesium salts the row speaks of; ``None`` for other substances.
    """

    id: str
    substance: str
    drugs: Text
    atc: tuple[str, ...]
    severity: Severity
    action: Action
    reason: Text
    grade: Grade
    sources: tuple[Source, ...]
    atc_aliases: tuple[str, ...] = ()
    salts: Literal["any", "alkaline"] | None = None
    class_default: bool = False
    before_h: float | None = None
    after_h: float | None = None
    strict_before_h: float | None = None
    strict_after_h: float | None = None
    readings: tuple[Reading, ...] = ()
    note: str = ""
    theoretical: bool = False


class Threshold(Struct, frozen=True, kw_only=True):
    """When a condition row applies by a number instead of a diagnosis. All given bounds must hold."""

    egfr_from: float | None = None
    egfr_below: float | None = None
    egfr_unknown: bool = False
    age_from: int | None = None
    age_below: int | None = None
    serum_mg_mmol_l_above: float | None = None
    epworth_from: int | None = None
    surgery_within_days: int | None = None


PERSON_KEYS: tuple[str, ...] = (
    "pregnant", "trying_to_conceive", "lactating",
    "alcohol_tonight", "sedative_taken", "after_meal", "antihypertensive",
)  # fmt: skip
"""Keys that rules use beside the condition keys; they come from other fields of the profile (or, for a sedative, a
meal and blood-pressure medicines, from what is taken and when), never from the list of conditions."""


class Condition(Struct, frozen=True, kw_only=True):
    """A state of the person (disease, age, pregnancy, planned surgery) with substances.

    ``keys`` are the words of the profile's closed vocabulary (or of :data:`PERSON_KEYS`) that trigger the row;
    ``threshold`` the numbers. Either is enough.
    """

    id: str
    name: Text
    applies_to: tuple[str, ...]
    action: Action
    severity: Severity
    reason: Text
    sources: tuple[Source, ...]
    keys: tuple[str, ...] = ()
    icd10: tuple[str, ...] = ()
    threshold: Threshold | None = None
    cap_mg: float | None = None
    design_choice: bool = False
    note: str = ""


class ConditionKey(Struct, frozen=True, kw_only=True):
    """A word of the profile's vocabulary of conditions, with what people call it."""

    id: str
    name: Text
    aliases: tuple[str, ...] = ()


class Limit(Struct, frozen=True, kw_only=True):
    """An upper level or legal maximum of one body.

    ``countries`` are profile countries it binds; ``binding`` says whether the gate enforces it (a status note or
    an evidence range does not bind). ``scope``: ``supplements`` counts products, medicines and plan; ``all``
    counts food as well. ``status`` is for rows that regulate sale instead of giving a number.
    """

    id: str
    substance: str
    jurisdiction: str
    countries: tuple[str, ...]
    body: str
    kind: str
    population: str
    scope: Literal["supplements", "all"]
    binding: bool
    sources: tuple[Source, ...]
    value_mg: float | None = None
    value_mg_per_kg: float | None = None
    age_from: int | None = None
    age_below: int | None = None
    max_single_mg: float | None = None
    status: Literal["prescription_only", "supplement", "unknown"] | None = None
    scope_note: str = ""
    note: str = ""


class HelpLine(Struct, frozen=True, kw_only=True):
    """A telephone number of one country that somebody can call now."""

    country: str
    phone: str
    name: str
    sources: tuple[Source, ...]


class RedFlag(Struct, frozen=True, kw_only=True):
    """A sign that ends the plan (``ends_plan``) or sends to a doctor beside it, with the question that finds it.

    Asked of everyone (``ask_everyone``), or only of people who already take one of ``ask_if_taking`` (substance ids)
    or a medicine of ``ask_if_atc`` (ATC prefixes). Found as well, without asking, when a condition key of ``keys`` is
    in the profile or an Epworth score reaches ``epworth_from``.
    """

    id: str
    name: Text
    question: Text
    reason: Text
    go_to: Text
    urgency: Literal["emergency", "urgent", "soon", "routine"]
    ends_plan: bool
    sources: tuple[Source, ...]
    ask_everyone: bool
    ask_if_taking: tuple[str, ...] = ()
    ask_if_atc: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    epworth_from: int | None = None
    lines: tuple[HelpLine, ...] = ()
    note: str = ""


class BathRule(Struct, frozen=True, kw_only=True):
    """A rule of the warm bath. Numbers bind where given.

    Without ``keys`` and ``age_from`` it binds everybody; otherwise any one of the keys (condition keys or
    :data:`PERSON_KEYS`) or the age is enough.
    """

    id: str
    name: Text
    action: Literal["cap", "forbid", "advise"]
    severity: Severity
    reason: Text
    sources: tuple[Source, ...]
    keys: tuple[str, ...] = ()
    age_from: int | None = None
    max_c: float | None = None
    max_minutes: float | None = None
    note: str = ""


class Form(Struct, frozen=True, kw_only=True):
    """A magnesium compound: its formula decides everything else.

    ``molar_mass`` (g/mol), ``magnesium_fraction`` (mass of magnesium in the mass of the compound) and
    ``glycine_per_magnesium`` (mass of free glycine, 75.07 g/mol, that comes with one unit mass of magnesium) are
    computed from ``formula`` and ``glycine_count`` when the facts are compiled; the YAML leaves them out.
    ``alkaline`` salts bind acid and raise the pH of the stomach and the urine. ``oral`` false: sold for baths.
    """

    id: str
    name: Text
    formula: str | None
    alkaline: bool
    oral: bool
    sources: tuple[Source, ...]
    plannable: bool = True
    """Whether a plan may propose it: false for laxatives, antacids and hydrates that no label names."""
    molar_mass: float | None = None
    magnesium_fraction: float | None = None
    aliases: tuple[str, ...] = ()
    strength_names: tuple[str, ...] = ()
    """Names of medicines whose printed strength is the mass of the compound, not of the magnesium in it."""
    strengths_mg: tuple[float, ...] = ()
    """Strengths of those medicines (mg of the compound) that the Japanese name with this number means."""
    glycine_count: int = 0
    glycine_per_magnesium: float | None = None
    note: str = ""


class Substance(Struct, frozen=True, kw_only=True):
    """Something that can be taken for sleep, or that the ledger must sum.

    ``sedating_reason`` says why ``sedating`` is true or false. ``kind``: what the planner may do with it.
    """

    id: str
    name: Text
    sedating: bool
    aliases: tuple[str, ...] = ()
    pathways: tuple[str, ...] = ()
    rule_ids: tuple[str, ...] = ()
    """Other names the rules use for it (``any_sedating_ingredient`` is added for sedating ones)."""
    kind: Literal["supplement", "nutrient", "stimulant", "drink", "practice"] = "supplement"
    sedating_reason: Text | None = None
    note: str = ""
    sources: tuple[Source, ...] = ()


class Message(Struct, frozen=True, kw_only=True):
    """A sentence of the interface; ``{name}`` places are filled by the caller."""

    id: str
    text: Text


class Judgment(Struct, frozen=True, kw_only=True):
    """A number this project chose where no source decides. Everything else that is a number has a source."""

    id: str
    value: float
    unit: str
    reason: Text
    read_in: ReadIn = "design"
    sources: tuple[Source, ...] = ()
    low: float | None = None
    high: float | None = None
    note: str = ""


class Timing(Struct, frozen=True, kw_only=True):
    """When something belongs in the evening: minutes before bed, nearest, farthest and preferred.

    ``studies`` used this hour; without any the window is the custom of labels or a choice of ours (see the sources).
    For ``hot_bath`` the minutes count to the *end* of the bath. ``with_food`` None: either way.
    """

    id: str
    substance: str
    nearest_min: float
    farthest_min: float
    preferred_min: float
    reason: Text
    sources: tuple[Source, ...]
    studies: tuple[str, ...] = ()
    with_food: bool | None = None
    note: str = ""
