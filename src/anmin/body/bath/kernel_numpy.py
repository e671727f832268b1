"""The light way of running the model: NumPy over all lanes at once. No compiler, same formulas."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from anmin.body.bath import control, vessels
from anmin.body.bath import rows as r
from anmin.body.bath.loops import HEART, INWARD, OUTWARD

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ALL = slice(None)


def enter(w: Floats, rows: Floats, lanes: Ints) -> None:
    """Put the rows of phases into the lanes that begin them."""
    w[r.ENVIRONMENT : r.ENVIRONMENT + r.ENVIRONMENT_ROWS, lanes] = rows[:, : r.ENVIRONMENT_ROWS].T
    w[r.PHASE_WHOLE : r.PHASE_WHOLE + 4, lanes] = rows[:, r.ENVIRONMENT_ROWS :].T
    film = w[r.SET_FILM : r.SET_FILM + r.N, lanes]
    w[r.FILM : r.FILM + r.N, lanes] = np.where(film >= 0, film, w[r.FILM : r.FILM + r.N, lanes])


def exchange(w: Floats) -> None:
    """The conductances to the surroundings, for all segments."""
    w[r.HC_SUM] = 0.0
    for i in range(r.N):
        control.convection(w, i, ALL)
    for i in range(r.N):
        control.surroundings(w, i, ALL)


def step(w: Floats) -> None:
    """One step of every lane."""
    p = w[r.PER_SECOND, 0]
    vapour = (w[r.VAPOUR_A, 0], w[r.VAPOUR_B, 0], w[r.VAPOUR_C, 0])
    base, film_w = w[r.WET_BASE, 0], w[r.LATENT, 0] * p
    blood, work_flow = w[r.BLOOD_HEAT, 0], w[r.WORK_FLOW, 0]
    control.clear(w, ALL)
    for i in range(r.N):
        control.sense(w, i, ALL)
    control.command(w, ALL)
    for i in range(r.N):
        control.spread(w, i, ALL)
        control.perfuse(w, i, ALL)
        control.evaporate(w, i, ALL, vapour, base, film_w)
        control.produce(w, i, ALL, blood, work_flow)
        control.gather(w, i, ALL)
    control.breathe(w, ALL)
    for i in range(r.N):
        control.limit_flow(w, i, ALL)
    for i, parent in INWARD:
        (vessels.solve_layered if i in (r.HEAD, r.PELVIS) else vessels.solve_limb)(w, i, ALL, p)
        if parent == HEART:
            vessels.join_heart(w, i, ALL)
            if i in r.SHOULDERS:
                vessels.join_heart_arm(w, i, ALL)
        elif parent == r.PELVIS:
            vessels.join_pelvis(w, i, ALL)
        else:
            vessels.join_vein(w, i, parent, ALL)
            if i != r.HEAD:
                vessels.join_superficial(w, i, parent, ALL)
    vessels.solve_blood(w, ALL)
    for i, parent in OUTWARD:
        vessels.finish_artery(w, i, parent, ALL)
        (vessels.finish_layered if i in (r.HEAD, r.PELVIS) else vessels.finish_limb)(w, i, ALL)
        vessels.count_dry(w, i, ALL)


def run(w: Floats, table: Floats, plan: Ints, until: Ints, count: int, every: int, record: Ints, out: Floats) -> None:
    """Run every lane of ``w`` (rows × lanes) for ``count`` steps.

    ``plan[lane, k]``: row of the phase ``table`` that is the lane's k-th; ``until[lane, k]``: the step before which it
    ends. ``out[k, j, lane]`` takes row ``record[j]`` of the workspace before the first step and after every
    ``every``-th one.
    """
    lanes = np.arange(w.shape[1])
    at = np.zeros(w.shape[1], dtype=np.int64)
    enter(w, table[plan[:, 0]], lanes)
    exchange(w)
    out[0] = w[record]
    for now in range(count):
        more = lanes[(until[lanes, at] <= now) & (at < plan.shape[1] - 1)]
        changed = bool(more.size)
        while more.size:
            at[more] += 1
            enter(w, table[plan[more, at[more]]], more)
            more = more[(until[more, at[more]] <= now) & (at[more] < plan.shape[1] - 1)]
        if changed or w[r.LYING].any():
            exchange(w)
        step(w)
        if (now + 1) % every == 0:
            out[(now + 1) // every] = w[record]
