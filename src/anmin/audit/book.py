"""What checks look things up in, and the words they answer with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

import msgspec

from anmin.audit.model import By, Finding, Outcome
from anmin.errors import InputError
from anmin.knowledge.claims import Check, Record, Span
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Source, Text
from anmin.knowledge.studies import Study
from anmin.knowledge.texts import Filling
from anmin.units.numbers import show_number

F = TypeVar("F")


_OF_RESULT = {
    "odds_ratio": "ratio", "low": "low", "high": "high", "exposures": "tests", "people": "n", "year": "year",
    "variants": "snps",
}  # fmt: skip
"""What a record calls the fields of a published genetic result."""


class Book(msgspec.Struct, frozen=True, kw_only=True):
    """All facts, and the records of one article."""

    knowledge: Knowledge
    records: dict[str, Record]

    def record(self, record_id: str) -> Record:
        """The record; :class:`InputError` if there is none."""
        return need(self.records, record_id, "record")

    def figure(self, record_id: str, name: str) -> float:
        """One figure of a record."""
        return need(self.figures(self.record(record_id)), name, "figure")

    def figures(self, record: Record) -> dict[str, float]:
        """The record's own figures, and those of the published result that it names."""
        if record.mr_result is None:
            return record.figures
        result = need(self.knowledge.mr_results, record.mr_result, "mr_result")
        named = {name: getattr(result, field) for name, field in _OF_RESULT.items()}
        return {**{name: float(value) for name, value in named.items() if value is not None}, **record.figures}

    def study(self, study_id: str) -> Study:
        """The study of this id."""
        return need(self.knowledge.studies, study_id, "study")

    def sources_of(self, record: Record) -> tuple[Source, ...]:
        """The record's own sources, else those of its study."""
        return record.sources or (self.study(record.study).sources if record.study else ())


def need(table: dict[str, F], key: str, field: str) -> F:
    """The entry of this id; :class:`InputError` naming the field otherwise."""
    found = table.get(key)
    if found is None:
        from difflib import get_close_matches

        near = ", ".join(get_close_matches(key, table, n=3))
        raise InputError(field, key, "an id that exists", f"Did you mean: {near}?" if near else "")
    return found


def ends(span: Span) -> tuple[float, float]:
    """Lower and upper end of a number or a range."""
    low, high = span if isinstance(span, tuple) else (span, span)
    if low > high:
        raise InputError("range", span, "the lower end first")
    return low, high


def shown(span: Span) -> str:
    """``1,419``, ``485.7``, ``0.0346``, ``15–20``."""
    low, high = ends(span)
    return _number(low) if low == high else f"{_number(low)}–{_number(high)}"


def _number(value: float) -> str:
    if value == int(value) and abs(value) < 3000:
        return str(int(value))  # years and small counts carry no comma
    return show_number(value, 1 if 10 <= abs(value) < 1000 else 0)


def agreed(held: Iterable[bool]) -> Outcome:
    """All hold, some do, none does."""
    every = tuple(held)
    return "fits" if all(every) else "in_part" if any(every) else "against"


def found(
    check: Check, outcome: Outcome, book: Book, sources: Iterable[Source], by: By = "facts", **params: Filling
) -> Finding:
    """The finding of a check, in the words of its kind."""
    kind = str(check.__struct_config__.tag)
    return Finding(
        kind=kind,
        by=by,
        outcome=outcome,
        says=book.knowledge.text(f"audit.found.{kind}", **params),
        how=book.knowledge.text(f"audit.how.{kind}", **params),
        decides=not check.beside,
        sources=tuple(dict.fromkeys(sources)),
    )


def same(text: str) -> Text:
    """A text that is the same in all three languages."""
    return Text(en=text, zh_hant=text, ja=text)
