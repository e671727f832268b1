"""What this room hands out: derived estimates, effects per component and outcome, and doubts."""

from __future__ import annotations

from typing import Literal

import msgspec

from anmin.knowledge.model import ReadIn, Text
from anmin.knowledge.studies import Direction, Domain, OutcomeId

Certainty = Literal["high", "moderate", "low", "very_low"]
CERTAINTIES: tuple[Certainty, ...] = ("very_low", "low", "moderate", "high")
"""Least sure first."""

EffectMetric = Literal["MD", "SMD", "log_ratio"]
Unit = Literal["min", "percent", "points", "SD"]
Basis = Literal["pooled", "trial", "cohort", "direction"]


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """An effect with its standard error, and by which route they were had from what was printed.

    ``df`` is infinite where the normal distribution is meant. ``route`` names the formula, ``source`` where it stands.
    """

    metric: EffectMetric
    effect: float
    se: float
    route: str
    source: str
    df: float = float("inf")


class Missing(msgspec.Struct, frozen=True, kw_only=True):
    """Why no estimate can be had: the id of a message."""

    reason: str


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """One step down in certainty, and why."""

    domain: Domain
    down: int
    why: Text


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """What one component does to one outcome, as far as the studies tell.

    ``gain``, ``low`` and ``high`` (95 %) are in ``unit`` and positive when better for the person; all three are None
    where studies give a direction only. ``metric`` is what the studies printed; ``converted_with`` is the judgment
    that turned it into ``unit``. Doses are milligrams a day (elemental for minerals), None where none is stated.
    """

    component: str
    outcome: OutcomeId
    metric: EffectMetric
    unit: Unit
    gain: float | None
    low: float | None
    high: float | None
    direction: Direction | Literal["mixed"]
    certainty: Certainty
    basis: Basis
    studies: tuple[str, ...]
    k: int | None
    n: int | None
    read_in: ReadIn
    text: Text
    dose_low_mg: float | None = None
    dose_high_mg: float | None = None
    population: Text | None = None
    maker_funded: bool = False
    reasons: tuple[Reason, ...] = ()
    notes: tuple[Text, ...] = ()
    printed: float | None = None
    printed_low: float | None = None
    printed_high: float | None = None
    converted_with: str | None = None
    route: str = ""
    low_magnesium: bool = False
    age_low: float | None = None


class Doubt(msgspec.Struct, frozen=True, kw_only=True):
    """A contradiction between a paper's own figures, in words; ``kind`` names the check."""

    study: str
    outcome: OutcomeId
    kind: str
    text: Text
