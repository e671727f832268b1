"""Where a clock settles under the same light every day: its periodic day, its coldest hour, its melatonin onset.

Classic Runge-Kutta of fourth order in plain Python, because 48 steps a day of three numbers cost less than importing an
array library. The settled day is a fixed point of the map from one rising to the next, found by Newton's method on the
two slow states; the light process forgets a day within a day. Half-hour steps are within 0.003 h of 0.05-h steps.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, Protocol

from anmin.body.clock_light import DAY_H, Stretch
from anmin.errors import InputError

State = tuple[float, float, float]

STEP_H = 0.5
_TURNS, _CLOSE, _NUDGE = 12, 1e-9, 1e-6
_STEADY = 1.0
"""Step times rate of the light process; Runge-Kutta of fourth order turns unstable at 2.8."""


class Clock(Protocol):
    """An oscillator of three states that light drives."""

    @property
    def start(self) -> State:
        """A state at midnight to start from."""

    @property
    def turn(self) -> float:
        """What the second state gains in a settled day."""

    @property
    def fade(self) -> float:
        """How fast the light process recovers, per minute."""

    def drive(self, lux: float) -> float:
        """The forward rate of the light process, per minute."""

    def slope(self, a: float, b: float, c: float, drive: float, /) -> State:
        """The right-hand side, per hour."""

    def depth(self, state: State) -> float:
        """Largest when the core is coldest."""


class Day(NamedTuple):
    """A settled day: hours after rising and the state at each."""

    hours: tuple[float, ...]
    states: tuple[State, ...]
    coldest_h: float
    """Hours after rising of the lowest core temperature (CBTmin), 0 to 24."""


def walk(clock: Clock, state: State, light: Sequence[Stretch], step_h: float = STEP_H) -> Iterator[tuple[float, State]]:
    """Hours gone and state after each step; every stretch is cut into equal steps of at most ``step_h``.

    In bright light the light process is fast, and the steps are shortened so that they stay stable.
    """
    gone = 0.0
    for hours, lux in light:
        drive = clock.drive(lux)
        longest = min(step_h, _STEADY / (60.0 * (drive + clock.fade)))
        steps = max(1, math.ceil(hours / longest - 1e-9))
        h = hours / steps
        for _ in range(steps):
            state = step(clock, state, drive, h)
            gone += h
            yield gone, state


def step(clock: Clock, state: State, drive: float, h: float) -> State:
    """One Runge-Kutta step of ``h`` hours under constant light.

    >>> from anmin.body.clock_forger import forger
    >>> from anmin.knowledge.load import load
    >>> clock = forger(load().body_models["clock-forger"])
    >>> x, xc, _ = step(clock, clock.start, 0.0, 0.1)
    >>> round(x, 6), round(xc, 6)
    (-0.112938, -1.089619)
    """
    a, b, c = state
    slope, half = clock.slope, h / 2.0
    a1, b1, c1 = slope(a, b, c, drive)
    a2, b2, c2 = slope(a + half * a1, b + half * b1, c + half * c1, drive)
    a3, b3, c3 = slope(a + half * a2, b + half * b2, c + half * c2, drive)
    a4, b4, c4 = slope(a + h * a3, b + h * b3, c + h * c3, drive)
    sixth = h / 6.0
    return (
        a + sixth * (a1 + 2.0 * (a2 + a3) + a4),
        b + sixth * (b1 + 2.0 * (b2 + b3) + b4),
        c + sixth * (c1 + 2.0 * (c2 + c3) + c4),
    )


def settle(clock: Clock, light: Sequence[Stretch], step_h: float = STEP_H) -> Day:
    """The day that repeats itself under this light; :class:`InputError` where the clock finds none (too little light).

    ``light``: stretches from rising to rising, 24 hours in all.
    """
    if abs(sum(hours for hours, _ in light) - DAY_H) > 1e-6:
        raise InputError("light", sum(hours for hours, _ in light), "stretches of 24 hours in all")

    def tomorrow(state: State) -> State:
        a, b, c = _after(clock, state, light, step_h)
        return a, b - clock.turn, c

    state = _at_rising(clock, light, step_h)
    for _ in range(_TURNS):
        after = tomorrow(state)
        if abs(after[0] - state[0]) + abs(after[1] - state[1]) < _CLOSE:
            return _day(clock, state, light, step_h)
        state = _newton(tomorrow, state, after)
    for _ in range(200):
        after = tomorrow(state)
        if max(abs(one - other) for one, other in zip(after, state, strict=True)) < 1e-6:
            return _day(clock, state, light, step_h)
        state = after
    raise InputError("light", tuple(lux for _, lux in light), "light that holds the clock to 24 hours")


def _at_rising(clock: Clock, light: Sequence[Stretch], step_h: float) -> State:
    """A first guess: the usual state at midnight, then an ordinary rising at eight and a few days of this light."""
    state = _after(clock, clock.start, ((8.0, 0.0),), step_h)
    for _ in range(3):
        a, b, c = _after(clock, state, light, step_h)
        state = (a, b - clock.turn, c)
    return state


def _after(clock: Clock, state: State, light: Sequence[Stretch], step_h: float) -> State:
    for _, each in walk(clock, state, light, step_h):
        state = each
    return state


def _newton(tomorrow: Callable[[State], State], state: State, after: State) -> State:
    """One Newton step on the two slow states; a plain day where the step would leave the neighbourhood."""
    one = tomorrow((state[0] + _NUDGE, state[1], after[2]))
    two = tomorrow((state[0], state[1] + _NUDGE, after[2]))
    base = tomorrow((state[0], state[1], after[2]))
    a, b = (one[0] - base[0]) / _NUDGE - 1.0, (two[0] - base[0]) / _NUDGE
    c, d = (one[1] - base[1]) / _NUDGE, (two[1] - base[1]) / _NUDGE - 1.0
    det = a * d - b * c
    miss = (base[0] - state[0], base[1] - state[1])
    if abs(det) < 1e-12:
        return after
    move = ((b * miss[1] - d * miss[0]) / det, (c * miss[0] - a * miss[1]) / det)
    if abs(move[0]) + abs(move[1]) > 0.5:
        return after
    return state[0] + move[0], state[1] + move[1], base[2]


def _day(clock: Clock, state: State, light: Sequence[Stretch], step_h: float) -> Day:
    hours, states = [0.0], [state]
    for gone, each in walk(clock, state, light, step_h):
        hours.append(gone)
        states.append(each)
    depths = [clock.depth(each) for each in states]
    return Day(tuple(hours), tuple(states), _peak(hours, depths))


def _peak(hours: Sequence[float], depths: Sequence[float]) -> float:
    """The hour of the largest value of a periodic curve, by the parabola through it and its neighbours."""
    last = len(hours) - 1
    top = max(range(last), key=lambda at: depths[at])
    before, after = (top - 1) % last, top + 1
    left = (hours[before] - hours[top]) if before < top else hours[before] - DAY_H - hours[top]
    right = hours[after] - hours[top]
    down_left, down_right = depths[before] - depths[top], depths[after] - depths[top]
    bend = (down_right / right - down_left / left) / (right - left)
    lean = down_right / right - bend * right
    return (hours[top] - lean / (2.0 * bend)) % DAY_H if bend < 0 else hours[top] % DAY_H
