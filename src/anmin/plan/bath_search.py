"""The best bath of tonight for one person, inside what the gate permits, with a band and a course of the evening.

    permit ─► grid under the caps ─► heat model ─► choose ─► assess ─► band, course, alternatives

The model chooses; it lifts nothing. What the first door refuses is never run, and the second door looks at what was
chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Literal, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from anmin.body.bath.model import Body, Level, Parameters
from anmin.body.bath.parameters import best, draws
from anmin.body.bath.protocols import Nights, Protocol, Surroundings, nights
from anmin.body.bath.simulate import Kernel
from anmin.errors import GateError, InputError
from anmin.knowledge.load import Knowledge
from anmin.person.model import Bath, Person
from anmin.plan.bath_body import bather
from anmin.plan.bath_choice import DEPTHS, Caps, Cell, Choice, bath_timing, beyond_model, choose, grid, grid_ends
from anmin.plan.components import is_elderly
from anmin.plan.timetable import before_bed
from anmin.safety.assess import assess
from anmin.safety.bath import meal_hours
from anmin.safety.findings import is_refusal
from anmin.safety.model import Assessment, BathPermission, Finding
from anmin.safety.permit import permit
from anmin.safety.windows import Interval, inside
from anmin.units.clock import DAY

Floats = NDArray[np.float64]

SCREEN = 32
"""Draws of the parameters by which the grid is compared: enough for a mean, few enough to be quick."""

_FEWEST = 5

AFTER_MIN = 120.0
"""The course goes on so long after lights out."""

Tell = Callable[[str], None]
"""Is told what comes next: ``grid``, ``band``, ``others``."""


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """The mean over the draws, and the ends between which nine of ten lie."""

    mean: float
    low: float
    high: float


class AtEnd(msgspec.Struct, frozen=True, kw_only=True):
    """The same bath, ended so many minutes before lights out: gradient gained and core still warmer then (°C)."""

    end_min: float
    gain: Span
    core_left: Span


class Other(msgspec.Struct, frozen=True, kw_only=True):
    """Something else than the bath proposed, at the same end: its gain and how far the core rises (°C)."""

    kind: Literal["shower", "footbath", "coating", "top"]
    water_c: float
    minutes: float
    end_min: float
    level: str
    gain: Span
    core_left: Span
    rise: Span


class CourseLine(msgspec.Struct, frozen=True, kw_only=True):
    """One quantity through the evening with the bath (°C), its band, and without (``none``)."""

    mean: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    none: tuple[float, ...]
    gain: tuple[float, ...]
    gain_low: tuple[float, ...]
    gain_high: tuple[float, ...]


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """The evening, in minutes from lights out."""

    minutes: tuple[float, ...]
    core: CourseLine
    hands: CourseLine
    feet: CourseLine
    gradient: CourseLine


class Proposed(msgspec.Struct, frozen=True, kw_only=True):
    """The bath proposed, what is expected of it, and the figures around it."""

    bath: Bath
    level: str
    end_min: float
    ends: tuple[float, ...]
    """Ends (minutes before lights out) that are as good."""
    studied: bool
    core_back: bool
    gain: Span
    core_left: Span
    rise: Span
    """Rise of the core (rectal) to its highest."""
    warning_peak_c: float
    """Hottest core if the water heats as hard as ``bath.warning-water-h``."""
    never_above_c: float
    """The core that nobody's bath may reach, even so."""
    top: Other
    by_end: tuple[AtEnd, ...]
    sooner_by: Span
    """Gain at the nearest of ``by_end`` minus that at the farthest, draw by draw."""
    others: tuple[Other, ...]
    course: Course


class BathAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A bath, a refusal with its findings, or questions that come first."""

    status: Literal["bath", "refused", "ask"]
    season: str
    room_c: float
    draws: int
    kernel: str
    assumed: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    """Refused: why. Else the gate's advice."""
    alone: bool = False
    """Refused because somebody old would be alone in the house."""
    no_hour: bool = False
    """Refused because something that sedates works at every hour that would do."""
    questions: tuple[str, ...] = ()
    caps: Caps | None = None
    beyond: tuple[str, ...] = ()
    """What is true of the person that caps their bath and that the model knows nothing of (``beyond_model``)."""
    proposed: Proposed | None = None


class Wish(NamedTuple):
    """How somebody wants it looked at. ``room_c`` instead of the season's; ``level``: only this depth."""

    around: Surroundings
    level: Level | None = None
    draws: int = 200
    kernel: Kernel = "auto"


class _Asked(NamedTuple):
    body: Body
    person: Person
    caps: Caps
    around: Surroundings
    kernel: Kernel
    knowledge: Knowledge

    def run(
        self, protocols: Sequence[Protocol], parameters: Sequence[Parameters], after_min: float = 0.0,
        coating_min: float = 0.0,
    ) -> Nights:  # fmt: skip
        around = msgspec.structs.replace(self.around, coating_min=coating_min)
        return nights(self.body, protocols, parameters, around, self.knowledge, after_min=after_min, kernel=self.kernel)


def find_bath(person: Person, wish: Wish, knowledge: Knowledge, tell: Tell = lambda _: None) -> BathAnswer:
    """The best bath for this person tonight, a refusal, or questions.

    :class:`~anmin.errors.InputError` where the model was not made for the person or the room;
    :class:`~anmin.errors.GateError` if the second door refuses what was chosen.
    """
    permission = permit(person, knowledge).bath
    empty = BathAnswer(
        status="refused", season=wish.around.season, room_c=_room(wish.around, knowledge), draws=wish.draws,
        kernel=wish.kernel,
    )  # fmt: skip
    refusal = _refusal(person, permission, empty, knowledge)
    if refusal is not None:
        return refusal
    found = bather(person, knowledge)
    caps = Caps(max_c=permission.max_c, max_minutes=permission.max_minutes)
    asked = _Asked(found.body, person, caps, wish.around, wish.kernel, knowledge)
    ceiling = never_above(knowledge)
    ends = open_ends(person, permission, knowledge)
    meal = meal_hours(person, grid(caps, knowledge)[1][-1], knowledge)
    ends = [end for end in ends if not inside(round(person.bed - end) % DAY, meal)] or ends
    protocols = _allowed(asked, ends, wish.level, ceiling) if ends else []
    if not protocols:
        return msgspec.structs.replace(empty, no_hour=not ends, caps=caps)
    tell("grid")
    screened = asked.run(protocols, draws(knowledge, max(_FEWEST, min(SCREEN, wish.draws // 5))))
    shut = (*permission.forbidden, *meal)
    choice = _at_own_hour(choose(cells_of(protocols, screened), knowledge), shut, person)
    bath = Bath(
        water_c=choice.cell.water_c, minutes=choice.cell.minutes, end=round(person.bed - choice.cell.end_min) % DAY
    )
    second = assess(person, (), bath, knowledge)
    if second.verdict != "allow":
        rules = ", ".join(finding.rule for finding in second.findings if finding.applies)
        raise GateError(f"bath: {second.verdict} by {rules}")
    return msgspec.structs.replace(
        empty, status="bath", assumed=found.assumed, findings=_advice(second), caps=caps,
        beyond=beyond_model(person, knowledge),
        proposed=_proposed(choice, bath, ceiling, asked, wish.draws, tell),
    )  # fmt: skip


def _advice(assessment: Assessment) -> tuple[Finding, ...]:
    """What the second door says beside its leave, such as of a bath soon after dinner."""
    return tuple(each for each in assessment.findings if each.applies and each.action in ("monitor", "none"))


def cells_of(protocols: Sequence[Protocol], run: Nights) -> list[Cell]:
    """Every protocol with its means over the draws."""
    gains, left = run.gain(), run.core_left().mean(axis=1)
    gain, low = gains.mean(axis=1), np.quantile(gains, 0.05, axis=1)
    return [
        Cell(
            each.water_c, each.minutes, each.end_min, str(each.level), float(gain[at]), float(left[at]), float(low[at])
        )
        for at, each in enumerate(protocols)
    ]


def never_above(knowledge: Knowledge) -> float:
    """The lowest core temperature that a study of hot baths set as a limit (°C)."""
    return min(
        point.value
        for point in knowledge.bath_points.values()
        if point.quantity == "core_at_most" and point.value is not None
    )


def warning_parameters(knowledge: Knowledge) -> Parameters:
    """The best ones, with water that heats far harder than it probably does."""
    return msgspec.structs.replace(best(knowledge), water_h=knowledge.value("bath.warning-water-h"))


def _refusal(person: Person, permission: BathPermission, empty: BathAnswer, knowledge: Knowledge) -> BathAnswer | None:
    refused = tuple(finding for finding in permission.refused_by if is_refusal(finding))
    alone = bool(person.bathes_alone) and is_elderly(person, knowledge)
    if refused or alone:
        return msgspec.structs.replace(empty, findings=refused, alone=alone and not refused)
    if permission.refused_by or permission.open_questions:
        return msgspec.structs.replace(
            empty, status="ask", findings=permission.refused_by, questions=permission.open_questions
        )
    return None


def _room(around: Surroundings, knowledge: Knowledge) -> float:
    if around.room_c is not None:
        return around.room_c
    return knowledge.body_models["bath-seasons"].number(f"{around.season}_room_c")


def open_ends(person: Person, permission: BathPermission, knowledge: Knowledge) -> list[float]:
    """The ends (minutes before lights out) of the trials at which nothing that sedates is at work."""
    return [end for end in grid_ends(knowledge) if not inside(round(person.bed - end) % DAY, permission.forbidden)]


def _at_own_hour(choice: Choice, shut: Sequence[Interval], person: Person) -> Choice:
    """The person's usual bath time where it is as good and open: a habit is easier kept than changed."""
    if person.bath_time is None or person.bathing != "bath" or not person.bed_known:
        return choice
    own = before_bed(person.bath_time, person.bed)
    if not choice.ends[0] <= own <= choice.ends[-1] or inside(person.bath_time, shut):
        return choice
    return choice._replace(cell=choice.cell._replace(end_min=float(own)), top=choice.top._replace(end_min=float(own)))


def _allowed(asked: _Asked, ends: Sequence[float], level: Level | None, ceiling: float) -> list[Protocol]:
    """What the caps and the warning run leave of the grid at these ends."""
    waters, minutes = grid(asked.caps, asked.knowledge)
    levels: Iterable[Level] = DEPTHS if level is None else (level,)  # type: ignore[assignment]
    baths = [
        Protocol(water_c=water, minutes=long, end_min=ends[0], level=depth)
        for water in waters for long in minutes for depth in levels
    ]  # fmt: skip
    hottest = asked.run(baths, [warning_parameters(asked.knowledge)]).hottest[:, 1:, 0].max(axis=0)
    return [
        msgspec.structs.replace(bath, end_min=end)
        for bath, peak in zip(baths, hottest, strict=True) if peak < ceiling
        for end in ends
    ]  # fmt: skip


def _proposed(choice: Choice, bath: Bath, ceiling: float, asked: _Asked, count: int, tell: Tell) -> Proposed:
    knowledge, cell = asked.knowledge, choice.cell
    tell("band")
    parameters = draws(knowledge, count)
    chosen = Protocol(water_c=cell.water_c, minutes=cell.minutes, end_min=cell.end_min, level=cell.level)  # type: ignore[arg-type]
    timing = _shown_ends(knowledge)
    run = asked.run([chosen, *(msgspec.structs.replace(chosen, end_min=end) for end in timing)], parameters, AFTER_MIN)
    gain, left = run.gain(), run.core_left()
    tell("others")
    others = _others(chosen, choice.top, asked, parameters)
    warned = asked.run([chosen], [warning_parameters(knowledge)])
    return Proposed(
        bath=bath,
        level=cell.level,
        end_min=cell.end_min,
        ends=choice.ends,
        studied=choice.studied,
        core_back=choice.back,
        gain=_span(gain[0]),
        core_left=_span(left[0]),
        rise=_span(_rises(run, [chosen])[0]),
        warning_peak_c=round(float(warned.hottest[:, 1].max()), 2),
        never_above_c=ceiling,
        top=others[0],
        by_end=tuple(
            AtEnd(end_min=end, gain=_span(gain[at]), core_left=_span(left[at])) for at, end in enumerate(timing, 1)
        ),
        sooner_by=_span(gain[1] - gain[len(timing)]),
        others=others[1:],
        course=_course(run),
    )


def _shown_ends(knowledge: Knowledge) -> tuple[float, ...]:
    """The nearest, the preferred and the farthest end of the trials."""
    timing = bath_timing(knowledge)
    return tuple(dict.fromkeys((timing.nearest_min, timing.preferred_min, timing.farthest_min)))


def _others(chosen: Protocol, top: Cell, asked: _Asked, parameters: Sequence[Parameters]) -> tuple[Other, ...]:
    """The largest gain at the same end, then a shower, a footbath and the upper bound of a salt film, all then."""
    kinds: tuple[Literal["top", "shower", "footbath"], ...] = ("top", "shower", "footbath")
    protocols = [
        Protocol(water_c=top.water_c, minutes=top.minutes, end_min=top.end_min, level=top.level),  # type: ignore[arg-type]
        msgspec.structs.replace(chosen, level="shower"),
        Protocol(
            water_c=asked.caps.max_c, minutes=asked.caps.max_minutes, end_min=chosen.end_min, level="feet",
        ),
    ]  # fmt: skip
    run = asked.run(protocols, parameters)
    found = [
        _other(kind, each, run.gain()[at], run.core_left()[at], _rises(run, protocols)[at])
        for at, (kind, each) in enumerate(zip(kinds, protocols, strict=True))
    ]
    coated = asked.run([chosen], parameters, coating_min=asked.knowledge.value("bath.coating"))
    found.append(_other("coating", chosen, coated.gain()[0], coated.core_left()[0], _rises(coated, [chosen])[0]))
    return tuple(found)


def _other(
    kind: Literal["top", "shower", "footbath", "coating"], each: Protocol, gain: Floats, left: Floats, rise: Floats
) -> Other:
    return Other(
        kind=kind, water_c=each.water_c, minutes=each.minutes, end_min=each.end_min, level=str(each.level),
        gain=_span(gain), core_left=_span(left), rise=_span(rise),
    )  # fmt: skip


def _rises(run: Nights, protocols: Sequence[Protocol]) -> list[Floats]:
    """From the last time before the water to the highest before lights out, each protocol by draw."""
    found = []
    for at, each in enumerate(protocols, 1):
        into = int(np.searchsorted(run.minutes, -(each.end_min + each.minutes), side="right")) - 1
        until = run.core[into : run.lights_out + 1, at]
        found.append(until.max(axis=0) - until[0])
    return found


def _course(run: Nights) -> Course:
    lines = {name: _line(getattr(run, name)) for name in ("core", "hands", "feet", "gradient")}
    return Course(minutes=tuple(map(float, run.minutes)), **lines)


def _line(what: Floats) -> CourseLine:
    bath, difference = what[:, 1], what[:, 1] - what[:, 0]
    low, high = _ends(bath)
    less, more = _ends(difference)
    return CourseLine(
        mean=_row(bath.mean(axis=1)), low=low, high=high, none=_row(what[:, 0].mean(axis=1)),
        gain=_row(difference.mean(axis=1)), gain_low=less, gain_high=more,
    )  # fmt: skip


def _ends(what: Floats) -> tuple[tuple[float, ...], tuple[float, ...]]:
    low, high = np.quantile(what, (0.05, 0.95), axis=1)
    return _row(low), _row(high)


def _row(values: Floats) -> tuple[float, ...]:
    return tuple(round(float(value), 3) for value in values)


def _span(values: Floats) -> Span:
    low, high = np.quantile(values, (0.05, 0.95))
    return Span(mean=round(float(values.mean()), 3), low=round(float(low), 3), high=round(float(high), 3))


def checked_draws(count: int) -> int:
    """A number of draws that gives a band; :class:`InputError` otherwise."""
    if not 20 <= count <= 5000:
        raise InputError("--draws", count, "20 to 5000")
    return count
