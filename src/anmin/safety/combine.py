"""What two ingredients of the same day do to each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from anmin.knowledge.combinations import ANY_SEDATING, ANY_SLEEP_INGREDIENT, Combination
from anmin.knowledge.load import Knowledge
from anmin.safety.atc import covers
from anmin.safety.book import Rulebook, rulebook
from anmin.safety.model import Finding
from anmin.safety.state import State

_NAMED = {ANY_SEDATING: 1, ANY_SLEEP_INGREDIENT: 0}
"""How closely a group names an ingredient; its own id names it by 3."""


def rules_for(book: Rulebook, one: str, other: str) -> tuple[Combination, ...]:
    """The most specific rows about two different ingredients, in whichever order a row names them."""
    if one == other:
        return ()
    rows = [
        row
        for row in book.pairs
        if (book.in_group(one, row.first) and book.in_group(other, row.second))
        or (book.in_group(other, row.first) and book.in_group(one, row.second))
    ]
    closest = max(map(_closeness, rows), default=0)
    return tuple(row for row in rows if _closeness(row) == closest)


def _closeness(row: Combination) -> int:
    return _NAMED.get(row.first, 3) + _NAMED.get(row.second, 3)


def rules_for_medicine(book: Rulebook, substance: str, codes: Iterable[str]) -> tuple[Combination, ...]:
    """Rows about an ingredient and a medicine that is an ingredient under another name."""
    codes = tuple(codes)
    return tuple(
        row
        for row in book.pairs
        if row.atc and book.in_group(substance, row.second) and any(covers(row.atc, code) for code in codes)
    )


def with_medicines(state: State, substance: str) -> Iterator[Finding]:
    """Findings about an ingredient and the medicines that are ingredients, whatever their hour."""
    for medicine in state.medicines:
        if medicine.reach.body:
            for row in rules_for_medicine(state.book, substance, medicine.reach.atc):
                yield from_pair(row, substance, medicine.typed, applies=True)


def from_pair(row: Combination, substance: str, with_: str, *, applies: bool) -> Finding:
    """The finding of one row."""
    return Finding(
        rule=row.id,
        substance=substance,
        with_=with_,
        severity=row.severity,
        action=row.action,
        applies=applies,
        reason=row.reason,
        sources=row.sources,
        hours_after_drug=row.apart_h,
        hours_before_drug=row.apart_h,
    )


def clashes(knowledge: Knowledge) -> frozenset[frozenset[str]]:
    """Pairs of swallowed substances that nothing may plan together, whatever the hours and amounts."""
    book = rulebook(knowledge)
    names = sorted(book.swallowed)
    return frozenset(
        frozenset((one, other))
        for number, one in enumerate(names)
        for other in names[number + 1 :]
        if any(row.action in ("avoid", "consult", "refer") for row in rules_for(book, one, other))
    )
