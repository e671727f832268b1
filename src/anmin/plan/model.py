"""The plan and its parts."""

from __future__ import annotations

from typing import Literal

import msgspec

from anmin.knowledge.model import Source, Text
from anmin.person.model import Bath, Dose, Question
from anmin.safety.model import Finding, LedgerLine

Certainty = Literal["none", "very_low", "low", "moderate", "high"]
"""How sure the numbers are, least first. ``none``: no study gives one."""


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """What a component may do for the person's main complaint, in units of the outcome that complaint is about.

    ``gain`` is positive when better. Made from a study's or a pool's effect; without a study there is none.
    """

    outcome: str
    unit: str
    gain: float
    low: float
    high: float
    chance: float
    """Chance of a difference that matters."""
    certainty: Literal["high", "moderate", "low", "very_low"]
    studies: tuple[str, ...]
    note: Text | None = None


class Component(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that could be done tonight: a dose of one substance in one form, a bath, or habits.

    ``leads``: substances whose trials point the right way for this complaint but print no size, each with the share
    (0 to 1) of a studied dose that this component brings. ``cost`` (a day, the person's currency) is None where no
    price was seen. ``pieces``: things to swallow or stir; ``steps``: separate things to do.
    """

    id: str
    kind: str
    """At most one component of a kind in a regimen: ``magnesium``, ``glycine``, ``bath`` …"""
    doses: tuple[Dose, ...]
    bath: Bath | None
    expected: Expected | None
    cost: float | None
    pieces: int
    steps: int
    pathways: tuple[str, ...]
    leads: dict[str, float] = msgspec.field(default_factory=dict)
    wanted: bool = False
    fact: str = ""
    """Id of the row of the data it was made from."""


class Regimen(msgspec.Struct, frozen=True, kw_only=True):
    """Several components together, with what counts in choosing.

    ``gain``, ``chance`` and ``certainty`` speak of what is added to the sleep habits, which every regimen starts
    from. ``cost`` is None as soon as one price is unknown; ``known_cost`` is the part that is known.
    """

    components: tuple[Component, ...]
    gain: float
    chance: float
    certainty: Certainty
    cost: float | None
    burden: int
    label: Text | None = None
    unit: str = "min"
    leads: float = 0.0
    known_cost: float = 0.0
    currency: str | None = None


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the evening, on the clock, with its reasons and sources."""

    clock: int
    what: Text
    substance: str | None
    form: str | None
    amount_mg: float | None
    basis: Literal["elemental", "compound", "free"] | None
    why: tuple[Text, ...]
    sources: tuple[Source, ...]
    rules: tuple[str, ...]


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """The answer: a plan, questions, or a stop.

    ``front`` holds the undominated regimens worth showing, the chosen one first; ``front_size`` how many there are
    in all. ``changes`` says what would make another one the choice.
    """

    status: Literal["plan", "ask", "stop"]
    headline: Text
    questions: tuple[Question, ...]
    findings: tuple[Finding, ...]
    lines: tuple[Line, ...]
    regimen: Regimen | None
    bath: Bath | None
    ledger: tuple[LedgerLine, ...]
    front: tuple[Regimen, ...]
    dropped: tuple[Text, ...]
    expectations: tuple[Text, ...]
    safe_anyway: tuple[Text, ...]
    sources: tuple[Source, ...]
    changes: tuple[Text, ...] = ()
    front_size: int = 0
