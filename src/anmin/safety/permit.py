"""The first door: what may be chosen. Per substance the ceiling of the day, the forbidden hours, and every refusal.

It knows no regimen: it says beforehand what :mod:`anmin.safety.assess`, which measures instead of computing intervals,
would not find fault with. One substance at a time; what two planned ingredients do to each other is
:func:`anmin.safety.combine.clashes`.

Decisions where the rules are silent, all on the safe side: a medicine without a known hour, or taken as needed, forbids
every hour of the day; so does a supplement already taken at an unknown hour with one that must be kept apart from it.
Findings in ``forbidden_by`` have ``applies`` true: at some hour they would.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from anmin.knowledge.load import Knowledge
from anmin.person.model import Person
from anmin.safety.bath import permit_bath
from anmin.safety.bindings import bound
from anmin.safety.book import HOT_BATH, MAGNESIUM, rulebook
from anmin.safety.combine import from_pair, rules_for
from anmin.safety.conditions import of_medicines, of_person
from anmin.safety.findings import ALL, from_interaction, in_order, is_refusal
from anmin.safety.ledger import binding_limit, check_doses, food_mg, single_limit
from anmin.safety.model import BathPermission, Finding, Permission, Permitted
from anmin.safety.state import State, read_state
from anmin.safety.triage import triage
from anmin.safety.unknown import about_everything
from anmin.safety.windows import WHOLE_DAY, Interval, around, merge


def permit(person: Person, knowledge: Knowledge) -> Permitted:
    """What may be chosen of everything that can be swallowed, and of the bath."""
    check_doses(person.taking)
    book = rulebook(knowledge)
    state = read_state(person, (), book)
    everywhere = (*triage(person, knowledge), *about_everything(state))
    return Permitted(
        substances={
            substance: tuple(
                _permission(state, substance, alkaline, everywhere)
                for alkaline in ((True, False) if substance == MAGNESIUM else (None,))
            )
            for substance in sorted(book.swallowed)
        },
        bath=_bath(state, everywhere),
    )


def _permission(state: State, substance: str, alkaline: bool | None, everywhere: Iterable[Finding]) -> Permission:
    about = [*everywhere, *of_person(state, substance), *of_medicines(state, substance, alkaline)]
    windows = [*_of_medicines(state, substance, alkaline)]
    for finding, intervals in _of_taken(state, substance):
        if finding.action == "separate":
            windows.append((finding, intervals))
        else:
            about.append(finding)
    refused_by = in_order(finding for finding in about if is_refusal(finding))
    single = single_limit(state, substance)
    return Permission(
        substance=substance,
        alkaline=alkaline,
        ceiling_mg=0.0 if refused_by else _ceiling(state, substance),
        max_single_mg=single[0] if single else None,
        forbidden=merge(interval for _, intervals in windows for interval in intervals),
        refused_by=refused_by,
        forbidden_by=in_order(finding for finding, intervals in windows if intervals),
        open_questions=_questions(state, substance, about),
    )


def _of_medicines(
    state: State, substance: str, alkaline: bool | None
) -> Iterator[tuple[Finding, tuple[Interval, ...]]]:
    for medicine in state.medicines:
        for row in bound(state.book, medicine.reach, substance):
            if row.timed and row.holds_for(alkaline):
                finding = from_interaction(row, substance, medicine.typed, applies=True)
                yield finding, _intervals(medicine.clocks, row.before_h, row.after_h)


def _of_taken(state: State, substance: str) -> Iterator[tuple[Finding, tuple[Interval, ...]]]:
    """What the supplements already taken forbid."""
    for taken in state.person.taking:
        for row in rules_for(state.book, substance, taken.substance):
            heavy = sum(dose.mg for dose in state.person.taking if dose.substance == row.second)
            if row.from_mg is not None and row.second != substance and heavy < row.from_mg:
                continue
            clocks = None if taken.clock is None else (taken.clock,)
            finding = from_pair(row, substance, taken.substance, applies=True)
            yield finding, _intervals(clocks, row.apart_h, row.apart_h)


def _intervals(clocks: tuple[int, ...] | None, before_h: float | None, after_h: float | None) -> tuple[Interval, ...]:
    if clocks is None:
        return (WHOLE_DAY,) if before_h or after_h else ()
    return tuple(interval for clock in clocks for interval in around(clock, before_h, after_h))


def _ceiling(state: State, substance: str) -> float | None:
    limit = binding_limit(state, substance)
    if limit is None:
        return None
    taken = sum(dose.mg for dose in state.person.taking if dose.substance == substance)
    food = food_mg(state, substance) if limit.counts_food else 0.0
    return max(0.0, limit.mg - taken - food)


def _questions(state: State, substance: str, about: Iterable[Finding]) -> tuple[str, ...]:
    asked = [question.id for question in state.person.questions if {ALL, substance} & set(question.blocks)]
    asked += [finding.rule for finding in about if finding.action == "ask"]
    return tuple(dict.fromkeys(asked))


def _bath(state: State, everywhere: Iterable[Finding]) -> BathPermission:
    given = permit_bath(state)
    refused_by = in_order(
        [*given.refused_by, *(finding for finding in everywhere if is_refusal(finding) or finding.action == "ask")]
    )
    return BathPermission(
        max_c=given.max_c,
        max_minutes=given.max_minutes,
        refused_by=refused_by,
        advice=given.advice,
        forbidden=given.forbidden,
        open_questions=_questions(state, HOT_BATH, refused_by),
    )
