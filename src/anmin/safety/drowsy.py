"""Something that makes drowsy, taken long before bed: told beside the verdict."""

from __future__ import annotations

from collections.abc import Iterator

from anmin.person.model import Dose
from anmin.safety.model import Finding
from anmin.safety.state import State
from anmin.units.clock import DAY, minutes_from

LONG_BEFORE = "safety.drowsy_before_bed_h"
"""The judgment of how many hours before bed are long."""


def while_awake(state: State, dose: Dose) -> Iterator[Finding]:
    """That it makes drowsy, when it comes long before a known bed time and not in the night itself."""
    person, knowledge = state.person, state.book.knowledge
    if dose.clock is None or not person.bed_known or not state.book.is_sedating(dose.substance):
        return
    night = (person.rise - person.bed) % DAY
    long_before = knowledge.judgments[LONG_BEFORE]
    if minutes_from(person.bed, dose.clock) < night or minutes_from(dose.clock, person.bed) <= long_before.value * 60:
        return
    known = knowledge.substances.get(dose.substance)
    yield Finding(
        rule="drowsy-while-awake", substance=dose.substance, with_="bed", severity="moderate", action="monitor",
        applies=True, beside=True, sources=long_before.sources,
        reason=knowledge.text("safety.drowsy-while-awake", name=known.name if known else dose.substance),
    )  # fmt: skip
