"""The warm bath: how hot, how long, for whom, and never after anything that sedates.

Decisions where the rules are silent, all on the safe side:

- A bath "after" a sedative ends within ``safety.bath_after_sedative_h`` hours of it. One that ends in the very minute
  in which something sedating is taken has ended before it. Without an hour for either, it counts as after.
- "After a meal" is a bath that begins within ``safety.bath_after_meal_h`` hours of dinner, or lies over it.
- A patch sedates at every hour, and warm water presses more out of it; so does an injection, since it may be a depot.
- Alcohol at any hour of the evening forbids the bath, also one that ends before the first glass.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from anmin.errors import InputError
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import BathRule
from anmin.person.model import Bath, Dose, Person
from anmin.safety.atc import covers
from anmin.safety.book import HOT_BATH
from anmin.safety.conditions import of_person
from anmin.safety.findings import in_order, is_refusal
from anmin.safety.model import BathPermission, Finding
from anmin.safety.state import State
from anmin.safety.windows import WHOLE_DAY, Interval, inside, merge
from anmin.units.clock import DAY, minutes_from

SEDATIVE_TAKEN, AFTER_MEAL = "sedative_taken", "after_meal"
_BY_HOUR = frozenset({SEDATIVE_TAKEN, AFTER_MEAL})
"""Keys that depend on the clock; all others are true of the person the whole evening."""


def sedatives(state: State, doses: Iterable[Dose]) -> Iterator[tuple[str, tuple[int, ...] | None]]:
    """Everything of the day that sedates, with its hours (None: any hour)."""
    codes = state.book.sedative_codes()
    for medicine in state.medicines:
        if medicine.reach.body and any(covers(codes, code) for code in medicine.reach.atc):
            yield medicine.typed, None if medicine.lasting else medicine.clocks
    for dose in doses:
        if state.book.is_sedating(dose.substance):
            yield dose.label or dose.substance, None if dose.clock is None else (dose.clock,)


def assess_bath(state: State, bath: Bath, doses: Iterable[Dose]) -> Iterator[Finding]:
    """What the rules say about this bath on a day with these doses (planned and already taken)."""
    check_bath(bath)
    yield from of_person(state, HOT_BATH)
    before = tuple(name for name, clocks in sedatives(state, doses) if _is_before(state, clocks, bath.end))
    ate = inside(bath.end, meal_hours(state.person, bath.minutes, state.book.knowledge))
    now = {SEDATIVE_TAKEN} if before else set()
    now |= {AFTER_MEAL} if ate else set()
    for rule in state.book.knowledge.bath_rules.values():
        if not _binds(rule, state, state.keys | now):
            continue
        with_ = ", ".join(before) if SEDATIVE_TAKEN in rule.keys and before else rule.id
        if rule.action == "cap":
            yield _finding(rule, "cap", with_, applies=_over(rule, bath))
        elif rule.action == "forbid":
            yield _finding(rule, "avoid", with_, applies=True)
        else:
            yield _finding(rule, "none", with_, applies=True)


def meal_hours(person: Person, minutes: float, knowledge: Knowledge) -> tuple[Interval, ...]:
    """Ends at which a bath of so many minutes would lie over dinner or come right after it."""
    if person.dinner is None:
        return ()
    reach = math.ceil(knowledge.value("safety.bath_after_meal_h") * 60) + math.ceil(minutes)
    return (((person.dinner + 1) % DAY, (person.dinner + reach) % DAY or DAY),)


def _is_before(state: State, clocks: tuple[int, ...] | None, end: int) -> bool:
    reach = state.book.knowledge.value("safety.bath_after_sedative_h") * 60
    return clocks is None or any(0 < minutes_from(clock, end) < reach for clock in clocks)


def _over(rule: BathRule, bath: Bath) -> bool:
    return (rule.max_c is not None and bath.water_c > rule.max_c) or (
        rule.max_minutes is not None and bath.minutes > rule.max_minutes
    )


def permit_bath(state: State) -> BathPermission:
    """The hottest water, the longest time and the forbidden hours, given what is already taken."""
    rules = [rule for rule in state.book.knowledge.bath_rules.values() if _binds(rule, state, state.keys)]
    caps = [rule for rule in rules if rule.action == "cap"]
    about = [*of_person(state, HOT_BATH)]
    about += [_finding(rule, "avoid", rule.id, applies=True) for rule in rules if rule.action == "forbid"]
    advice = [_finding(rule, "none", rule.id, applies=True) for rule in rules if rule.action == "advise"]
    forbidden = merge(
        interval for _, clocks in sedatives(state, state.person.taking) for interval in _after(state, clocks)
    )
    if forbidden == (WHOLE_DAY,):
        about += [
            _finding(rule, "avoid", rule.id, applies=True)
            for rule in state.book.knowledge.bath_rules.values()
            if rule.action == "forbid" and SEDATIVE_TAKEN in rule.keys
        ]
    return BathPermission(
        max_c=min((rule.max_c for rule in caps if rule.max_c is not None), default=math.inf),
        max_minutes=min((rule.max_minutes for rule in caps if rule.max_minutes is not None), default=math.inf),
        refused_by=in_order(finding for finding in about if is_refusal(finding) or finding.action == "ask"),
        advice=in_order([*advice, *(finding for finding in about if finding.action in ("monitor", "none"))]),
        forbidden=forbidden,
    )


def _after(state: State, clocks: tuple[int, ...] | None) -> Iterator[Interval]:
    if not any(SEDATIVE_TAKEN in rule.keys for rule in state.book.knowledge.bath_rules.values()):
        return
    reach = math.ceil(state.book.knowledge.value("safety.bath_after_sedative_h") * 60)
    if clocks is None:
        yield WHOLE_DAY
        return
    for clock in clocks:
        end = (clock + reach) % DAY
        yield ((clock + 1) % DAY, end or DAY)


def _binds(rule: BathRule, state: State, keys: frozenset[str]) -> bool:
    if not rule.keys and rule.age_from is None:
        return True
    age = state.person.age
    return not keys.isdisjoint(rule.keys) or (rule.age_from is not None and age is not None and age >= rule.age_from)


def _finding(rule: BathRule, action: str, with_: str, *, applies: bool) -> Finding:
    return Finding(
        rule=rule.id,
        substance=HOT_BATH,
        with_=with_,
        severity=rule.severity,
        action="cap" if action == "cap" else "avoid" if action == "avoid" else "none",
        applies=applies,
        reason=rule.reason,
        sources=rule.sources,
    )


def check_bath(bath: Bath) -> None:
    """Refuse a bath that is none: :class:`InputError`."""
    if not math.isfinite(bath.water_c):
        raise InputError("bath.water_c", bath.water_c, "degrees Celsius")
    if not (math.isfinite(bath.minutes) and bath.minutes >= 0):
        raise InputError("bath.minutes", bath.minutes, "minutes in the water, 0 or more")
    if not 0 <= bath.end < DAY:
        raise InputError("bath.end", bath.end, "minutes after midnight, 0 to 1439")
