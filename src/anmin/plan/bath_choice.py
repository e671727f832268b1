"""Which of many baths is proposed: the mildest of those that the model cannot tell from the best one.

Whatever a run of the heat model says, only what :class:`Caps` lets through is ever looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from anmin.knowledge.components import ComponentFact
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Timing
from anmin.person.model import Person
from anmin.plan.timetable import timing_of
from anmin.safety.book import rulebook
from anmin.safety.state import read_state

DEPTHS = ("mid_thorax", "shoulders")
"""What is compared unless a depth is asked for. Shallow first: less water weighs on the chest."""


class Caps(msgspec.Struct, frozen=True, kw_only=True):
    """The hottest water (°C) and the longest time (min) that a rule allows."""

    max_c: float
    max_minutes: float


class Cell(NamedTuple):
    """One bath of the grid and what the model expects of it (means over draws of the parameters)."""

    water_c: float
    minutes: float
    end_min: float
    level: str
    gain: float
    """Gradient at lights out over no bath (°C)."""
    core_left: float
    """Core at lights out over no bath (°C)."""
    gain_low: float
    """Where the 90 % band of the gain begins."""


class Choice(NamedTuple):
    """The bath proposed, and how it stands among the others."""

    cell: Cell
    ends: tuple[float, ...]
    """Every end (minutes before lights out) at which this bath is as good as the best."""
    top: Cell
    """The largest gain of a bath that ends at the same time."""
    studied: bool
    """Whether trials used water this warm for this long."""
    back: bool
    """Whether the core is back at lights out, within the margin."""


def grid(caps: Caps, knowledge: Knowledge) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Water (°C) and minutes in it worth comparing; nothing above a cap.

    From what the trials used upwards where the caps allow that; else from the coolest and shortest that would be
    searched, and where a cap lies below even that, the cap alone.
    """
    fact, value = bath_fact(knowledge), knowledge.value
    step = value("bath.minutes-step")
    longest = min(caps.max_minutes, _longest(knowledge))
    if is_studied(caps.max_c, longest, fact):
        coolest, shortest = fact.water_c or value("bath.coolest"), fact.minutes or step
    else:
        coolest, shortest = value("bath.coolest"), step
    return _steps(coolest, caps.max_c, value("bath.water-step")), _steps(shortest, longest, step)


def grid_ends(knowledge: Knowledge) -> tuple[float, ...]:
    """Ends of the bath worth comparing, in minutes before lights out: the hours of the trials."""
    timing = bath_timing(knowledge)
    return _steps(timing.nearest_min, timing.farthest_min, knowledge.value("bath.end-step"))


def choose(cells: Sequence[Cell], knowledge: Knowledge) -> Choice:
    """Trials before the model, the core back before a larger gain, and then the mildest of the equally good.

    Baths as trials gave them are preferred to others, where there are any. Of those after which the core is back at
    lights out, the largest gain counts; whatever lies within its 90 % band counts as equal, since the model knows no
    better, and of these the coolest, then the shortest, then the shallowest is proposed. Its hours are equal in the
    same way, within the band of its best one and of the best bath of that hour; of these the one nearest to the middle
    of the trials is named.
    """
    margin, fact = knowledge.value("bath.least-difference"), bath_fact(knowledge)
    tried = [cell for cell in cells if is_studied(cell.water_c, cell.minutes, fact)]
    compared = tried or list(cells)
    back = [cell for cell in compared if cell.core_left <= margin]
    if not back:
        least = min(cell.core_left for cell in compared)
        back = [cell for cell in compared if cell.core_left <= least + 1e-9]
    top = max(back, key=_gain)
    good = [cell for cell in back if cell.gain >= top.gain_low]
    mild = min(good, key=_heat)
    hours = [cell for cell in back if _heat(cell) == _heat(mild)]
    own = max(hours, key=_gain)
    same = [cell for cell in hours if cell.gain >= max(own.gain_low, _best_at(cell.end_min, back).gain_low)] or [own]
    aim = bath_timing(knowledge).preferred_min
    cell = min(same, key=lambda each: (abs(each.end_min - aim), each.end_min))
    return Choice(
        cell=cell,
        ends=tuple(sorted(each.end_min for each in same)),
        top=_best_at(cell.end_min, back),
        studied=bool(tried),
        back=cell.core_left <= margin,
    )


def beyond_model(person: Person, knowledge: Knowledge) -> tuple[str, ...]:
    """Keys of the bath rules true of the person that the heat model knows nothing of: pregnancy, the heart, medicines.

    Being alone at home is a matter of who helps, not of heat.
    """
    keys = read_state(person, (), rulebook(knowledge)).keys
    capping = {key for rule in knowledge.bath_rules.values() if rule.action == "cap" for key in rule.keys}
    return tuple(sorted(keys & capping - {"living_alone"}))


def bath_fact(knowledge: Knowledge) -> ComponentFact:
    """The row of the bath among what an evening may hold."""
    return next(fact for fact in knowledge.components.values() if fact.what == "bath")


def bath_timing(knowledge: Knowledge) -> Timing:
    """The hours of the trials."""
    timing = timing_of(bath_fact(knowledge).substance, knowledge)
    assert timing is not None
    return timing


def is_studied(water_c: float, minutes: float, fact: ComponentFact) -> bool:
    """Whether the trials' water was no warmer and their time no longer."""
    return water_c >= (fact.water_c or 0) and minutes >= (fact.minutes or 0)


def _gain(cell: Cell) -> float:
    return cell.gain


def _best_at(end_min: float, cells: Sequence[Cell]) -> Cell:
    return max((cell for cell in cells if cell.end_min == end_min), key=_gain)


def _heat(cell: Cell) -> tuple[float, float, int]:
    return (cell.water_c, cell.minutes, DEPTHS.index(cell.level) if cell.level in DEPTHS else 0)


def _longest(knowledge: Knowledge) -> float:
    """The longest time any rule speaks of: nothing beyond it is searched, whatever the cap."""
    return max((rule.max_minutes for rule in knowledge.bath_rules.values() if rule.max_minutes is not None), default=0)


def _steps(first: float, last: float, step: float) -> tuple[float, ...]:
    if last <= first:
        return (last,)
    count = int((last - first) / step + 1e-9)
    return tuple(dict.fromkeys([*(first + step * number for number in range(count + 1)), last]))
