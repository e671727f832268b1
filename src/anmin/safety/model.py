"""What the gate answers."""

from __future__ import annotations

from typing import Literal

import msgspec

from anmin.knowledge.model import Action, Severity, Source, Text
from anmin.person.model import Question

Verdict = Literal["allow", "consult", "cap", "separate", "ask", "avoid", "block", "stop"]
GRAVITY: tuple[Verdict, ...] = ("allow", "consult", "cap", "separate", "ask", "avoid", "block", "stop")
"""Lightest first. A definite "avoid" is graver than an open question; a red flag is gravest."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that speaks about this person and this substance.

    ``applies``: it is broken, or always holds, at *these* clock times and amounts; a window that is kept is reported
    with ``applies`` false. Hours are the strictest of all readings. ``beside``: told beside the verdict, which it does
    not change: it is about something already taken, or a referral that ends no plan.
    """

    rule: str
    substance: str
    with_: str = msgspec.field(name="with")
    severity: Severity
    action: Action | Literal["stop", "ask"]
    applies: bool
    reason: Text
    sources: tuple[Source, ...]
    hours_after_drug: float | None = None
    hours_before_drug: float | None = None
    cap_mg: float | None = None
    readings: tuple[str, ...] = ()
    beside: bool = False


class LedgerLine(msgspec.Struct, frozen=True, kw_only=True):
    """One nutrient summed over products, medicines and the plan, against the limit of the person's country.

    ``total_mg`` holds food as well (``from_food_mg``) where the limit counts it.
    """

    substance: str
    from_products_mg: float
    from_medicines_mg: float
    from_plan_mg: float
    total_mg: float
    limit_mg: float | None
    limit_rule: str | None
    over: bool
    from_food_mg: float = 0.0


class Permission(msgspec.Struct, frozen=True, kw_only=True):
    """What may be chosen of one substance (for magnesium: of one salt class).

    ``ceiling_mg``: what is left of the day; None without a limit; 0 when refused. ``forbidden``: half-open intervals
    of minutes after midnight, ``start`` may be larger than ``end`` (across midnight). ``refused_by`` findings say
    why it is out; ``forbidden_by`` why an interval is. ``open_questions``: ids of questions, or of rules that ask.
    """

    substance: str
    alkaline: bool | None
    ceiling_mg: float | None
    max_single_mg: float | None
    forbidden: tuple[tuple[int, int], ...]
    refused_by: tuple[Finding, ...]
    forbidden_by: tuple[Finding, ...]
    open_questions: tuple[str, ...]


class BathPermission(msgspec.Struct, frozen=True, kw_only=True):
    """What a bath may be: hottest water, longest time, or refused.

    ``forbidden``: minutes of the day at which it may not end, because something that sedates was taken before. What is
    planned for the same evening and sedates must be taken when the bath has ended (the same minute counts as after).
    """

    max_c: float
    max_minutes: float
    refused_by: tuple[Finding, ...]
    advice: tuple[Finding, ...]
    forbidden: tuple[tuple[int, int], ...] = ()
    open_questions: tuple[str, ...] = ()


class Permitted(msgspec.Struct, frozen=True, kw_only=True):
    """The first door."""

    substances: dict[str, tuple[Permission, ...]]
    bath: BathPermission


class Assessment(msgspec.Struct, frozen=True, kw_only=True):
    """The second door: the verdict on a regimen, its findings (gravest first), open questions and the ledger."""

    verdict: Verdict
    findings: tuple[Finding, ...]
    questions: tuple[Question, ...]
    ledger: tuple[LedgerLine, ...]
