"""Every dose and the bath on the clock of one evening.

Times inside this module are *minutes before bed* (0 at bed, larger is earlier), so that midnight needs no care; they
become times of day only at the end. A place is open when it lies in the window of the data and in none of the
intervals that the first door forbids.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Timing
from anmin.person.model import Bath, Dose, Person
from anmin.plan.model import Component
from anmin.safety.model import BathPermission, Permission
from anmin.safety.windows import Interval, inside
from anmin.units.clock import DAY, minutes_from


class Places(NamedTuple):
    """Where one component may stand tonight, in minutes before bed. Empty and None: nowhere."""

    window: tuple[int, ...]
    """Open places of the window before bed, best first."""
    dinner: int | None = None
    breakfast: int | None = None

    @property
    def doses(self) -> int:
        """How many separate doses of it find a place."""
        return bool(self.window) + (self.dinner is not None) + (self.breakfast is not None)


class Placed(NamedTuple):
    """One dose with its place, and where that is."""

    component: Component
    dose: Dose
    where: str
    """``window``, ``dinner`` or ``breakfast``."""


class Evening(NamedTuple):
    """A regimen on the clock."""

    placed: tuple[Placed, ...]
    bath: Bath | None

    @property
    def doses(self) -> tuple[Dose, ...]:
        """The doses with their clock times."""
        return tuple(each.dose for each in self.placed)


def before_bed(clock: int, bed: int) -> int:
    """Minutes from a time of day forwards to bed."""
    return minutes_from(clock, bed)


def window(timing: Timing, forbidden: Sequence[tuple[int, int]], person: Person, grid: int) -> tuple[int, ...]:
    """The open minutes before bed inside the window, best first: near the preferred one, on round times of day."""
    near, far = round(timing.nearest_min), round(timing.farthest_min)
    aim = timing.preferred_min if timing.preferred_min is not None else (near + far) / 2
    possible = [before for before in range(near, far + 1) if (person.bed - before) % grid == 0] or [near]
    fine = [before for before in possible if not inside((person.bed - before) % DAY, forbidden)]
    return tuple(sorted(fine, key=lambda before: (abs(before - aim), before)))


def near_meal(
    clock: int | None, forbidden: Sequence[tuple[int, int]], person: Person, reach: int, grid: int
) -> int | None:
    """The open place nearest to a meal (a time of day), at most ``reach`` minutes off; None when there is none."""
    if clock is None:
        return None
    for off in range(0, reach + 1, grid):
        for moved in (clock + off, clock - off):
            if not inside(moved % DAY, forbidden):
                return before_bed(moved % DAY, person.bed)
    return None


def dinner_of(person: Person, knowledge: Knowledge) -> int:
    """When the person has dinner; without an answer the usual span before bed."""
    if person.dinner is not None:
        return person.dinner
    return (person.bed - round(knowledge.value("plan.dinner-before-bed"))) % DAY


def places(
    substance: str, permission: Permission, person: Person, knowledge: Knowledge, other_hours: Sequence[str] = ()
) -> Places:
    """Where a substance may be taken tonight under one permission."""
    timing = timing_of(substance, knowledge)
    grid, reach = round(knowledge.value("plan.clock-grid")), round(knowledge.value("plan.meal-reach"))
    meals = {"dinner": dinner_of(person, knowledge), "breakfast": person.rise}
    found = {
        meal: near_meal(clock, permission.forbidden, person, reach, grid)
        for meal, clock in meals.items()
        if meal in other_hours
    }
    before = window(timing, permission.forbidden, person, grid) if timing else ()
    return Places(before, found.get("dinner"), found.get("breakfast"))


def bath_places(
    permission: BathPermission, person: Person, knowledge: Knowledge, good: tuple[float, float] | None = None,
    meal: Sequence[Interval] = (),
) -> Places:  # fmt: skip
    """When a warm bath may end tonight: the person's own bath time first, if it lies in the window.

    ``good``: the ends (minutes before bed, nearest and farthest) that the heat model finds equally good; they come
    before all others. ``meal``: ends that lie over dinner or right after it; they come last.
    """
    timing = timing_of("hot_bath", knowledge)
    if timing is None:
        return Places(())
    ends = window(timing, permission.forbidden, person, round(knowledge.value("plan.clock-grid")))
    if good is not None:
        ends = tuple(sorted(ends, key=lambda before: not good[0] <= before <= good[1]))
    own = before_bed(person.bath_time, person.bed) if person.bath_time is not None else None
    if own is not None and own in ends:
        ends = (own, *(before for before in ends if before != own))
    return Places(tuple(sorted(ends, key=lambda before: inside((person.bed - before) % DAY, meal))))


def timing_of(substance: str, knowledge: Knowledge) -> Timing | None:
    """The window of a substance; None where nothing was read."""
    return next((timing for timing in knowledge.timing.values() if timing.substance == substance), None)


def timetable(
    components: Sequence[Component], where: Mapping[str, Places], sedating: frozenset[str], person: Person
) -> Evening | None:
    """The components on the clock: the bath before anything sedating, doses together where they can be.

    ``where`` gives the places of each component by id. None when the bath and the doses do not fit together.
    """
    baths = [component for component in components if component.bath is not None]
    doses = [component for component in components if component.doses]
    if not baths:
        placed = _assign(doses, where, sedating, None, person)
        return Evening(placed, None) if placed is not None else None
    for end in where[baths[0].id].window:
        placed = _assign(doses, where, sedating, end, person)
        if placed is not None and baths[0].bath is not None:
            return Evening(placed, replace(baths[0].bath, end=(person.bed - end) % DAY))
    return None


def _assign(
    components: Sequence[Component], where: Mapping[str, Places], sedating: frozenset[str], bath: int | None,
    person: Person,
) -> tuple[Placed, ...] | None:  # fmt: skip
    """Each dose at its place, as few different times as can be; None when a sedating one cannot follow the bath."""
    choices: dict[str, tuple[int, ...]] = {}
    for component in components:
        allowed = where[component.id].window
        if bath is not None and component.doses[0].substance in sedating:
            allowed = tuple(before for before in allowed if before <= bath)
            if not allowed:
                return None
        choices[component.id] = allowed
    shared = _shared(choices)
    placed: list[Placed] = []
    for component in components:
        slots = _slots(component, where[component.id], shared.get(component.id))
        if len(slots) < len(component.doses):
            return None
        for dose, (kind, before) in zip(component.doses, slots, strict=False):
            placed.append(Placed(component, replace(dose, clock=(person.bed - before) % DAY), kind))
    return tuple(placed)


def _slots(component: Component, where: Places, before: int | None) -> list[tuple[str, int]]:
    slots = [("window", before)] if before is not None else []
    slots += [
        (kind, place) for kind, place in (("dinner", where.dinner), ("breakfast", where.breakfast)) if place is not None
    ]
    return [(kind, place) for kind, place in slots if place is not None]


def _shared(choices: Mapping[str, tuple[int, ...]]) -> dict[str, int]:
    """One time for as many components as can share it, then for the rest; ties go to what they like best."""
    left = {name: allowed for name, allowed in choices.items() if allowed}
    chosen: dict[str, int] = {}
    while left:
        votes: dict[int, tuple[int, int]] = {}
        for allowed in left.values():
            for liking, before in enumerate(allowed):
                count, dislike = votes.get(before, (0, 0))
                votes[before] = (count + 1, dislike + liking)
        best = min(votes, key=lambda before: (-votes[before][0], votes[before][1], before))
        for name in [name for name, allowed in left.items() if best in allowed]:
            chosen[name] = best
            del left[name]
    return chosen
