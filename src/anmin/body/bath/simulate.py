"""Run bodies through phases: the heat model of the bath, from Python."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import cos, pi, sin
from typing import Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from anmin.body.bath import kernel_numba, kernel_numpy
from anmin.body.bath import rows as r
from anmin.body.bath.body import surface_m2, workspace
from anmin.body.bath.environment import phase_row
from anmin.body.bath.model import Body, Course, Parameters, Phase
from anmin.body.bath.set_point import neutral_phases
from anmin.errors import InputError
from anmin.knowledge.load import Knowledge

Floats = NDArray[np.float64]
Kernel = Literal["auto", "numba", "numpy"]
T = TypeVar("T")

MAX_MINUTES = 2880.0
BATCH = 2048
"""Lanes in memory at once (15 kB each)."""

CORES = ("head", "chest", "pelvis")
"""The cores a course holds unless told otherwise: tympanic and oral, heart, rectal."""

_TOTALS = (
    ("made_w", r.HEAT_MADE), ("breath_w", r.HEAT_BREATH), ("dry_w", r.HEAT_DRY), ("wet_w", r.HEAT_WET),
    ("cardiac_output_l_h", r.OUTPUT),
)  # fmt: skip


def simulate(
    bodies: Sequence[Body],
    protocols: Sequence[Sequence[Phase]],
    parameters: Sequence[Parameters],
    knowledge: Knowledge,
    *,
    start_hour: float = 21.0,
    every: int = 5,
    step_s: float = 60.0,
    cores: tuple[str, ...] = CORES,
    totals: bool = False,
    kernel: Kernel = "auto",
) -> Course:
    """The temperatures of every lane: bodies × protocols × parameters, side by side.

    Each of the three sequences has one entry for each lane, or a single one for all. A lane starts at rest at its
    neutral temperatures, so begin with a phase in the room (30-60 min). A protocol shorter than the longest goes on in
    its last phase. ``every``: steps between two kept times; ``start_hour``: clock hour of the beginning, for the day's
    wave of the set-point; ``step_s``: the parameters are fitted with 60 s; 10 s reads a rectal
    peak up to 0.05 °C higher and half an hour later the same to 0.015 (tested).

    Holds for adults at rest, water 30-43 °C, rooms 10-35 °C, up to four hours. Not for fever, pregnancy, heart
    disease or alcohol: there no run lifts a rule. Raises :class:`~anmin.errors.InputError` for what cannot be.

    >>> from anmin.knowledge.load import load
    >>> from anmin.body.bath.parameters import best
    >>> knowledge = load()
    >>> bath = [Phase(minutes=30), Phase(minutes=15, water_c=40, level="shoulders"), Phase(minutes=45, clo=0.5)]
    >>> course = simulate([Body()], [bath], [best(knowledge)], knowledge, kernel="numpy")
    >>> rise = course.core_of("pelvis") - course.core_of("pelvis")[6]
    >>> float(course.minutes[9]), bool(0.1 < rise[9, 0] < 1.0)
    (45.0, True)
    """
    lanes = max(len(bodies), len(protocols), len(parameters))
    bodies, protocols = _each(bodies, lanes, "bodies"), _each(protocols, lanes, "protocols")
    parameters = _each(parameters, lanes, "parameters")
    _check(every, step_s, cores, protocols)
    if not -48 <= start_hour <= 48:
        raise InputError("start_hour", start_hour, "a clock hour")
    settled, at = _settled(bodies, knowledge, kernel)
    table, plan, until = _schedule(protocols, knowledge, step_s)
    count = int(until.max())
    record = [*(r.CORE + r.SEGMENTS.index(name) for name in cores), *range(r.SKIN, r.SKIN + r.N), r.BLOOD]
    if totals:
        record += [row for _, row in _TOTALS]
    out = np.empty((count // every + 1, len(record), lanes))
    for first in range(0, lanes, BATCH):
        some = slice(first, first + BATCH)
        w = settled[:, at[some]]
        _set(w, bodies[some], parameters[some], knowledge, start_hour, step_s)
        kept = np.empty((*out.shape[:2], w.shape[1]))
        runner(kernel)(w, table, plan[some], until[some], count, every, np.array(record), kept)
        out[:, :, some] = kept
    skin = len(cores)
    return Course(
        minutes=np.arange(out.shape[0]) * (every * step_s / 60),
        cores=cores,
        core=out[:, :skin],
        skin=out[:, skin : skin + r.N],
        blood=out[:, skin + r.N],
        totals={name: out[:, skin + r.N + 1 + k] for k, (name, _) in enumerate(_TOTALS)} if totals else {},
    )


def runner(kernel: Kernel) -> Callable[..., None]:
    """The function that runs a workspace: compiled where numba is installed, NumPy otherwise or when asked for."""
    from importlib.util import find_spec

    if kernel == "numpy" or (kernel == "auto" and find_spec("numba") is None):
        return kernel_numpy.run
    return kernel_numba.run


def settle(bodies: Sequence[Body], knowledge: Knowledge, kernel: Kernel = "auto") -> Floats:
    """The workspace (rows × bodies) with temperatures and set-points of every body at rest in its neutral room."""
    w = workspace(bodies, knowledge)
    c = knowledge.equations["jos3-set-point"].coefficients
    w[r.PER_SECOND] = 1 / c["step_s"]
    w[r.ARTERY : r.SKIN + r.N] = c["start_c"]
    w[r.BLOOD] = c["start_c"]
    rooms = np.array([phase_row(phase, knowledge) for phase in neutral_phases(bodies, knowledge)])
    plan = np.arange(len(bodies))[:, None]
    steps = int(c["steps"])
    out = np.empty((1, 1, len(bodies)))
    runner(kernel)(w, rooms, plan, np.full_like(plan, steps), steps, steps + 1, np.array([r.BLOOD]), out)
    w[r.SET_CORE : r.SET_CORE + r.N] = w[r.CORE : r.CORE + r.N]
    w[r.SET_SKIN : r.SET_SKIN + r.N] = w[r.SKIN : r.SKIN + r.N]
    w[r.ACTIVE] = 1.0
    return w


def _each(given: Sequence[T], lanes: int, field: str) -> Sequence[T]:
    if len(given) not in (1, lanes) or lanes == 0:
        raise InputError(field, len(given), f"1 or {lanes} entries")
    return given if len(given) == lanes else list(given) * lanes


def _check(every: int, step_s: float, cores: tuple[str, ...], protocols: Sequence[Sequence[Phase]]) -> None:
    if every < 1:
        raise InputError("every", every, "1 or more steps")
    if not 1 <= step_s <= 300:
        raise InputError("step_s", step_s, "1 to 300 s")
    for name in cores:
        if name not in r.SEGMENTS:
            raise InputError("cores", name, ", ".join(r.SEGMENTS))
    for protocol in {id(each): each for each in protocols}.values():
        minutes = sum(phase.minutes for phase in protocol)
        if not protocol or not 0 < minutes <= MAX_MINUTES:
            raise InputError("minutes", minutes, f"phases that last more than 0 and up to {MAX_MINUTES:g} in all")


def _settled(bodies: Sequence[Body], knowledge: Knowledge, kernel: Kernel) -> tuple[Floats, list[int]]:
    """As :func:`settle`, every distinct body once, and for each lane the column of its body."""
    at: dict[Body, int] = {}
    columns = [at.setdefault(body, len(at)) for body in bodies]
    return settle(list(at), knowledge, kernel), columns


def _set(
    w: Floats, bodies: Sequence[Body], parameters: Sequence[Parameters], knowledge: Knowledge, hour: float, step: float
) -> None:
    """Put parameters, clock and step into the workspace."""

    def all_of(name: str) -> Any:
        return np.array([getattr(each, name) for each in parameters])

    w[r.PER_SECOND] = 1 / step
    w[r.WATER_H] = all_of("water_h")
    surface = {body: surface_m2(body, knowledge) for body in set(bodies)}
    w[r.FLOW_LIMIT] = all_of("skin_flow_limit") * np.array([surface[body] for body in bodies])
    for row in (r.AVA_HAND, r.AVA_FOOT):
        w[row] *= all_of("shunt")
    for row in (r.DILATE_CORE, r.DILATE_SKIN):
        w[row] *= all_of("dilate")
    for row in (r.SWEAT_CORE, r.SWEAT_SKIN):
        w[row] *= all_of("sweat")
    w[r.CIRCADIAN] = all_of("circadian_c")
    angle = 2 * pi / 24 * (hour - all_of("circadian_peak_h"))
    w[r.HOUR_COS], w[r.HOUR_SIN], w[r.HOUR_START] = np.cos(angle), np.sin(angle), np.cos(angle)
    turn = 2 * pi / 86400 * step
    w[r.TURN_COS], w[r.TURN_SIN] = cos(turn), sin(turn)


def _schedule(protocols: Sequence[Sequence[Phase]], knowledge: Knowledge, step: float) -> tuple[Any, Any, Any]:
    """Phase table (distinct phases), for each lane the rows of its phases, and the steps at which they end."""
    at: dict[int, int] = {}
    table: list[Floats] = []
    most = max(len(protocol) for protocol in protocols)
    done: dict[int, tuple[list[int], list[int]]] = {}
    plan, until = [], []
    for protocol in protocols:
        if id(protocol) not in done:
            rows, ends, minutes = [], [], 0.0
            for phase in protocol:
                if id(phase) not in at:
                    at[id(phase)] = len(table)
                    table.append(phase_row(phase, knowledge))
                minutes += phase.minutes
                rows.append(at[id(phase)])
                ends.append(round(minutes * 60 / step))
            rest = most - len(rows)
            done[id(protocol)] = (rows + rows[-1:] * rest, ends + ends[-1:] * rest)
        rows, ends = done[id(protocol)]
        plan.append(rows)
        until.append(ends)
    return np.array(table), np.array(plan), np.array(until)
