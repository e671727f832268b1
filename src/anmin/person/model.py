"""The person as understood: what the gate and the planner read. Made by ``understand``, never typed by anybody."""

from __future__ import annotations

from typing import Literal

import msgspec

from anmin.knowledge.model import Text
from anmin.medicines.model import Candidate, Route

Country = Literal["US", "EU", "UK", "JP", "TW", "CN", "CA", "AU"]
Complaint = Literal["falling_asleep", "staying_asleep", "early_waking", "unrefreshing"]


WHOLE_PLAN = "plan"
"""In ``Question.blocks``: the plan as a whole waits for the answer (a warning sign not asked about, no bed time)."""


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """Something the plan cannot go on without, or should not.

    ``blocks`` names the substances that stay out of any plan until it is answered; ``"*"`` means all, and
    :data:`WHOLE_PLAN` that no plan is made at all, although a single substance can still be checked.
    """

    id: str
    field: str
    text: Text
    why: Text
    blocks: tuple[str, ...]
    options: tuple[str, ...] = ()
    line: str = ""
    """What was typed that it is about, where it is a line of a list or of a take."""


class TakenMedicine(msgspec.Struct, frozen=True, kw_only=True):
    """A medicine as understood. ``clocks`` in minutes after midnight; ``clocks_known`` false means no time was given
    and every hour of the day must be assumed."""

    typed: str
    status: Literal["recognised", "question", "unknown"]
    atc: tuple[str, ...]
    route: Route
    clocks: tuple[int, ...] = ()
    clocks_known: bool = True
    candidates: tuple[Candidate, ...] = ()
    stopped_days_ago: int | None = None
    as_needed: bool = False


class Dose(msgspec.Struct, frozen=True, kw_only=True):
    """One substance at one time. ``mg`` is elemental for minerals, the free substance for all others.

    ``form`` is the id of a magnesium compound, or None where the substance has none or it is not known (an unknown
    form is treated as alkaline, the stricter reading). ``clock`` None means some time today, not stated.
    ``origin``: the plan, a product already taken, or a medicine that contains it (antacid, laxative).
    """

    substance: str
    mg: float
    form: str | None = None
    clock: int | None = None
    origin: Literal["plan", "product", "medicine"] = "plan"
    label: str = ""
    alkaline: bool | None = None


class Bath(msgspec.Struct, frozen=True, kw_only=True):
    """A warm bath: water temperature (°C), minutes in it, and the time of day it ends."""

    water_c: float
    minutes: float
    end: int


class OwnPrice(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody really pays: price of a pack, pieces in it, and mg (elemental, or free substance) in a piece."""

    substance: str
    form: str | None = None
    pack_price: float
    currency: str | None = None
    pieces: float
    mg_per_piece: float


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the gate and the planner know of somebody. ``None`` always means *not known*, never *no*."""

    age: int | None
    sex: Literal["female", "male"] | None
    country: Country | None
    bed: int
    """A stand-in while ``bed_known`` is false; nothing may be told from it."""
    rise: int
    complaint: Complaint
    pregnant: Literal["no", "yes", "trying"] | None = None
    pregnancy_week: int | None = None
    lactating: bool | None = None
    weight_kg: float | None = None
    egfr: float | None = None
    serum_mg_mmol_l: float | None = None
    conditions: tuple[str, ...] = ()
    unknown_conditions: tuple[str, ...] = ()
    allergies: tuple[str, ...] = ()
    surgery_in_days: int | None = None
    medicines: tuple[TakenMedicine, ...] = ()
    taking: tuple[Dose, ...] = ()
    unknown_products: tuple[str, ...] = ()
    diet_mg: float | None = None
    diet_from_foods: bool = False
    alcohol_last: int | None = None
    alcohol_tonight: bool | None = None
    caffeine_last: int | None = None
    duration_weeks: float | None = None
    scores: dict[str, float] = msgspec.field(default_factory=dict)
    flags: tuple[str, ...] = ()
    flags_unanswered: tuple[str, ...] = ()
    bathing: Literal["bath", "shower", "neither"] | None = None
    bath_time: int | None = None
    bathes_alone: bool | None = None
    dinner: int | None = None
    prefer: Literal["one_thing", "blend", "no_matter"] = "no_matter"
    no_capsules: bool = False
    vegan: bool = False
    cheapest: bool = False
    refuses: tuple[str, ...] = ()
    wants: tuple[str, ...] = ()
    budget_per_day: float | None = None
    currency: str | None = None
    own_prices: tuple[OwnPrice, ...] = ()
    height_cm: float | None = None
    bed_known: bool = True
    questions: tuple[Question, ...] = ()
