"""Which interaction rows bind one medicine with one substance, and with which hours.

Shared by both doors: it looks rules up and compares no times. Decisions where the rules are silent, all on the safe
side:

- A rule of magnesium with hours (or about alkaline salts, or "avoid") is about the gut: it binds a medicine that is
  swallowed now. All other rules bind every medicine that reaches the blood, which is every route but eye, ear, nose,
  skin and vagina, also while a stopped medicine may still be in the body (``safety.washout_days``; the few that stay
  longer are the code set ``long-washout-medicines``). A spray meant to act through the nose on the whole body
  (``nasal-systemic-medicines``) reaches the blood.
- A class code ("N05C") may mean any member: every row of any member binds, beside the ones for the whole class.
- Of a combination product, or of several readings of a name, every code counts on its own.
- A side without a figure takes the figure of the class default, else of the fallback for any oral medicine.
"""

from __future__ import annotations

from typing import NamedTuple

from anmin.knowledge.model import Interaction
from anmin.person.model import TakenMedicine
from anmin.safety.atc import Match
from anmin.safety.book import MAGNESIUM, Rulebook

LOCAL = frozenset({"eye", "ear", "nose", "skin", "vaginal"})
"""Routes of local use: too little reaches the blood for a rule about the whole body."""


class Reach(NamedTuple):
    """Where a medicine may meet a supplement."""

    atc: tuple[str, ...]
    gut: bool
    body: bool


class Bound(NamedTuple):
    """A row that binds a medicine, with its hours filled in, and the magnesium salts it holds for."""

    rule: Interaction
    before_h: float | None
    after_h: float | None
    alkaline: bool = True
    other: bool = True

    @property
    def timed(self) -> bool:
        """Whether spacing satisfies the row."""
        return self.rule.action == "separate"

    def holds_for(self, alkaline: bool | None) -> bool:
        """Whether it holds for a salt; of an unknown salt (None) both readings count."""
        if alkaline is None:
            return self.alkaline or self.other
        return self.alkaline if alkaline else self.other


def reach(medicine: TakenMedicine, book: Rulebook) -> Reach:
    """Where a medicine may meet a supplement, by route and by when it was stopped."""
    stopped = medicine.stopped_days_ago
    taken_now = stopped is None or stopped <= 0
    routes = {medicine.route}
    if medicine.status == "question":
        routes.update(candidate.route for candidate in medicine.candidates)
    in_body = taken_now or (stopped is not None and stopped < book.washout_days(medicine.atc))
    systemic = not routes <= LOCAL or ("nose" in routes and book.reaches_blood_from_nose(medicine.atc))
    return Reach(atc=medicine.atc, gut=taken_now and "oral" in routes, body=in_body and systemic)


def bound(book: Rulebook, medicine: Reach, substance: str) -> tuple[Bound, ...]:
    """Every row that binds the medicine with the substance, each once."""
    key = (medicine, substance)
    rows: tuple[Bound, ...] | None = book.bound.get(key)
    if rows is None:
        rows = book.bound[key] = tuple(_bound(book, medicine, substance))
    return rows


def _bound(book: Rulebook, medicine: Reach, substance: str) -> list[Bound]:
    found: dict[str, Bound] = {}
    for code in medicine.atc or ("",):
        matches = [
            match
            for name in book.names(substance)
            if name in book.interactions and code
            for match in book.interactions[name].matches(code)
        ]
        for each in _of_code(book, medicine, substance, matches):
            known = found.get(each.rule.id)
            found[each.rule.id] = each if known is None else _stricter(known, each)
    return list(found.values())


def _of_code(book: Rulebook, medicine: Reach, substance: str, matches: list[Match]) -> list[Bound]:
    rows = [
        Bound(match.rule, match.rule.strict_before_h, match.rule.strict_after_h, other=match.rule.salts != "alkaline")
        for match in matches
        if not _has_hours(match.rule) and (medicine.gut if _in_gut(match.rule) else medicine.body)
    ]
    if not medicine.gut:
        return rows
    timed = [match for match in matches if _has_hours(match.rule)]
    chosen = [*_most_specific(timed, "any"), *_most_specific(timed, "alkaline"), *_most_specific(timed, None)]
    for match in chosen:
        before_h, after_h = _hours(match.rule, timed, book.fallback)
        rows.append(Bound(match.rule, before_h, after_h, other=match.rule.salts != "alkaline"))
    if substance == MAGNESIUM and book.fallback is not None:
        sure = [match.rule.salts for match in chosen if match.certain]
        alkaline, other = not sure, "any" not in sure
        if alkaline or other:
            rule = book.fallback
            rows.append(Bound(rule, rule.strict_before_h, rule.strict_after_h, alkaline, other))
    return rows


def _has_hours(rule: Interaction) -> bool:
    if rule.action == "separate":
        return True
    return rule.action == "avoid" and not (rule.strict_before_h is None and rule.strict_after_h is None)


def _in_gut(rule: Interaction) -> bool:
    return rule.action == "separate" or (
        rule.substance == MAGNESIUM and (rule.action == "avoid" or rule.salts == "alkaline")
    )


def _most_specific(matches: list[Match], salts: str | None) -> list[Match]:
    """The rows of the longest prefix, a class default only where nothing else matched; and all that only may match."""
    sure = [match for match in matches if match.certain and match.rule.salts == salts]
    sure = [match for match in sure if not match.rule.class_default] or sure
    longest = max((match.length for match in sure), default=0)
    return [match for match in sure if match.length == longest] + [
        match for match in matches if not match.certain and match.rule.salts == salts
    ]


def _hours(rule: Interaction, matches: list[Match], fallback: Interaction | None) -> tuple[float | None, float | None]:
    defaults = [
        match.rule for match in matches if match.rule.class_default and match.rule.salts in (rule.salts, "any")
    ]  # fmt: skip
    stand_ins = [*defaults, *([fallback] if fallback else [])]
    before_h, after_h = rule.strict_before_h, rule.strict_after_h
    if rule.action == "separate":
        for stand_in in stand_ins:
            before_h = stand_in.strict_before_h if before_h is None else before_h
            after_h = stand_in.strict_after_h if after_h is None else after_h
    return before_h, after_h


def _stricter(one: Bound, two: Bound) -> Bound:
    """One row reached by two codes of the same medicine: it holds wherever either does, with the longer hours."""
    return Bound(
        one.rule,
        _longer(one.before_h, two.before_h),
        _longer(one.after_h, two.after_h),
        one.alkaline or two.alkaline,
        one.other or two.other,
    )


def _longer(one: float | None, two: float | None) -> float | None:
    return max((hours for hours in (one, two) if hours is not None), default=None)
