"""Baths of one evening beside the same evening without: what is left of the heat when the light goes out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from anmin.body.bath.evenings import Season, evening
from anmin.body.bath.model import Body, Course, Level, Parameters, Phase
from anmin.body.bath.simulate import Kernel, simulate
from anmin.body.bath.sites import distal_proximal_gradient, rectal, tympanic
from anmin.errors import InputError
from anmin.knowledge.load import Knowledge

Floats = NDArray[np.float64]

Depth = Literal["shoulders", "mid_thorax", "waist"]

_HANDS, _FEET = ("left_hand", "right_hand"), ("left_foot", "right_foot")
_KEEP_MIN = 5


class Protocol(msgspec.Struct, frozen=True, kw_only=True):
    """A bath, shower or footbath: water (°C), minutes in it, and how long before lights out it ends."""

    water_c: float
    minutes: float
    end_min: float
    level: Level = "shoulders"


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """The evening around it. ``bed_hour``: lights out as a clock hour; ``room_c`` instead of the season's."""

    bed_hour: float
    season: Season = "mild"
    room_c: float | None = None
    coating_min: float = 0.0


class Nights(NamedTuple):
    """Every protocol × every set of parameters, and first the evening without; °C, (times, 1 + protocols, sets)."""

    minutes: Floats
    """Counted from lights out: below zero before it."""
    core: Floats
    """Rectal."""
    hottest: Floats
    """The hotter of rectal and tympanic."""
    hands: Floats
    feet: Floats
    gradient: Floats
    """Hands and feet minus trunk and thighs."""

    @property
    def lights_out(self) -> int:
        """Which time is lights out."""
        return int(np.flatnonzero(self.minutes >= 0)[0])

    def against_none(self, what: Floats) -> Floats:
        """A quantity minus that of the evening without (times, protocols, sets)."""
        difference: Floats = what[:, 1:] - what[:, :1]
        return difference

    def gain(self) -> Floats:
        """Gradient at lights out over the evening without (protocols, sets)."""
        found: Floats = self.against_none(self.gradient)[self.lights_out]
        return found

    def core_left(self) -> Floats:
        """How much warmer the core still is at lights out than without (protocols, sets)."""
        found: Floats = self.against_none(self.core)[self.lights_out]
        return found


def nights(
    body: Body,
    protocols: Sequence[Protocol],
    parameters: Sequence[Parameters],
    around: Surroundings,
    knowledge: Knowledge,
    *,
    after_min: float = 0.0,
    kernel: Kernel = "auto",
) -> Nights:
    """All evenings side by side, aligned at lights out; ``after_min``: so long into the night.

    Each begins at rest in the room, always ``bath.evening`` minutes before lights out: skin goes on settling for hours,
    so evenings of different length would not compare. Raises :class:`~anmin.errors.InputError` for what cannot be.

    >>> from anmin.knowledge.load import load
    >>> from anmin.body.bath.parameters import best
    >>> bath, around = Protocol(water_c=40, minutes=10, end_min=90), Surroundings(bed_hour=23)
    >>> found = nights(Body(), [bath], [best(load())], around, load(), kernel="numpy")
    >>> bool(found.gain()[0, 0] > found.core_left()[0, 0] > 0)
    True
    """
    rest, whole = knowledge.body_models["bath-conditions"].number("before_min"), knowledge.value("bath.evening")
    longest = max(each.minutes + each.end_min for each in protocols)
    if longest > whole - rest:
        raise InputError("minutes", longest, f"at most {whole - rest:g} from stepping in to lights out")

    def of(each: Protocol | None) -> tuple[Phase, ...]:
        soak, free = (0.0, whole - rest) if each is None else (each.minutes, each.end_min)
        return evening(
            knowledge, before_min=whole - soak - free, water_c=None if each is None else each.water_c, bath_min=soak,
            level="shoulders" if each is None else each.level, to_bed_min=free, in_bed_min=max(after_min, 1.0),
            season=around.season, room_c=around.room_c, coating_min=around.coating_min, asleep=True,
        )  # fmt: skip

    evenings = [of(each) for each in (None, *protocols)]
    sets = len(parameters)
    course = simulate(
        [body], [each for each in evenings for _ in range(sets)], list(parameters) * len(evenings), knowledge,
        start_hour=(around.bed_hour - whole / 60) % 24, every=_KEEP_MIN, kernel=kernel,
    )  # fmt: skip
    return _read(course, whole, len(evenings), sets)


def _read(course: Course, whole: float, evenings: int, sets: int) -> Nights:
    def shaped(what: Floats) -> Floats:
        return what.reshape(what.shape[0], evenings, sets)

    core = rectal(course)
    return Nights(
        minutes=course.minutes - whole,
        core=shaped(core),
        hottest=shaped(np.maximum(core, tympanic(course))),
        hands=shaped(course.skin_of(*_HANDS)),
        feet=shaped(course.skin_of(*_FEET)),
        gradient=shaped(distal_proximal_gradient(course)),
    )
