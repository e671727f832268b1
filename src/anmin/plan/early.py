"""Whether bed is tried before the body clock lets sleep come: one line of the plan, from the shipped table.

Only for somebody who falls asleep late, told how long it takes, and sleeps at night. The clock is reckoned with light
until sleep really comes, so that lying awake in the light counts as evening.
"""

from __future__ import annotations

from typing import NamedTuple

from anmin.errors import InputError
from anmin.knowledge.load import Knowledge
from anmin.person.model import Person
from anmin.units.clock import DAY

NIGHT_WORK = frozenset({"night_work", "shift_work_sleep"})
"""Condition keys of people whose nights the models were not made for."""


class EarlyBed(NamedTuple):
    """Times of day in minutes."""

    easy_from: int
    """When bed comes easily by the latest estimate."""
    sure: bool
    """Whether bed lies before the earliest estimate as well."""
    rule: str = "clock-evening"
    """The model that says so."""


def bed_too_early(person: Person, knowledge: Knowledge) -> EarlyBed | None:
    """What to say about the bed time; None where it fits, too little was told, or the models do not apply."""
    latency = person.scores.get("latency_min")
    if latency is None or latency < knowledge.value("body.latency-told") or not person.bed_known:
        return None
    if person.complaint != "falling_asleep" or NIGHT_WORK & set(person.conditions):
        return None
    from anmin.body.clock_table import quick_reading  # only who lies awake pays for it

    try:
        read = quick_reading((person.bed + latency) / 60, person.rise / 60, knowledge)
    except InputError:
        return None
    bed = read.sleep - latency / 60
    if read.easy_from.high - bed < knowledge.value("body.early-least") / 60:
        return None
    later = 5 * round(read.easy_from.high * 12) % DAY  # the models know no better than five minutes
    return EarlyBed(easy_from=later, sure=bed < read.easy_from.low)
