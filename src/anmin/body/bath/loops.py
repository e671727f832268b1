"""The order of a step over segments and lanes, for the compiler. The NumPy way has its own in ``kernel_numpy``."""

from __future__ import annotations

from typing import Any

import numpy as np

from anmin.body.bath import rows as r
from anmin.body.bath.control import (
    breathe,
    clear,
    command,
    convection,
    evaporate,
    gather,
    limit_flow,
    perfuse,
    produce,
    sense,
    spread,
    surroundings,
)
from anmin.body.bath.vessels import (
    count_dry,
    finish_artery,
    finish_layered,
    finish_limb,
    join_heart,
    join_heart_arm,
    join_pelvis,
    join_superficial,
    join_vein,
    solve_blood,
    solve_layered,
    solve_limb,
)

HEART = -1
INWARD: tuple[tuple[int, int], ...] = (
    (7, 6), (10, 9), (6, 5), (9, 8), (5, HEART), (8, HEART), (13, 12), (16, 15), (12, 11), (15, 14), (11, 4), (14, 4),
    (4, HEART), (0, 1), (1, HEART), (2, HEART), (3, HEART),
)  # fmt: skip
"""Each segment and the one nearer the heart, from the finger tips inward."""

OUTWARD: tuple[tuple[int, int], ...] = (
    (1, r.BLOOD), (2, r.BLOOD), (3, r.BLOOD), (4, r.BLOOD), (5, r.BLOOD), (8, r.BLOOD), (0, r.ARTERY + 1),
    (6, r.ARTERY + 5), (7, r.ARTERY + 6), (9, r.ARTERY + 8), (10, r.ARTERY + 9), (11, r.ARTERY + 4),
    (12, r.ARTERY + 11), (13, r.ARTERY + 12), (14, r.ARTERY + 4), (15, r.ARTERY + 14), (16, r.ARTERY + 15),
)  # fmt: skip
"""Each segment and the row its artery is fed from, from the heart outward."""


def enter(w: Any, table: Any, row: int, lane: int) -> None:
    """Put a row of the phase table into a lane."""
    for k in range(r.ENVIRONMENT_ROWS):
        w[r.ENVIRONMENT + k, lane] = table[row, k]
    for k in range(r.PHASE_ROWS - r.ENVIRONMENT_ROWS):
        w[r.PHASE_WHOLE + k, lane] = table[row, r.ENVIRONMENT_ROWS + k]
    for i in range(r.N):
        if w[r.SET_FILM + i, lane] >= 0.0:
            w[r.FILM + i, lane] = w[r.SET_FILM + i, lane]


def exchange(w: Any, n: int) -> None:
    """The conductances to the surroundings, for all segments and lanes."""
    for lane in range(n):
        w[r.HC_SUM, lane] = 0.0
    for i in range(r.N):
        for lane in range(n):
            convection(w, i, lane)
    for i in range(r.N):
        for lane in range(n):
            surroundings(w, i, lane)


def regulate(w: Any, n: int) -> None:
    """What the body does about its temperatures."""
    for lane in range(n):
        clear(w, lane)
    for i in range(r.N):
        for lane in range(n):
            sense(w, i, lane)
    for lane in range(n):
        command(w, lane)
    vapour = (w[r.VAPOUR_A, 0], w[r.VAPOUR_B, 0], w[r.VAPOUR_C, 0])
    base, film_w = w[r.WET_BASE, 0], w[r.LATENT, 0] * w[r.PER_SECOND, 0]
    blood, work_flow = w[r.BLOOD_HEAT, 0], w[r.WORK_FLOW, 0]
    for i in range(r.N):
        for lane in range(n):
            spread(w, i, lane)
        for lane in range(n):
            perfuse(w, i, lane)
        for lane in range(n):
            evaporate(w, i, lane, vapour, base, film_w)
        for lane in range(n):
            produce(w, i, lane, blood, work_flow)
        for lane in range(n):
            gather(w, i, lane)
    for lane in range(n):
        breathe(w, lane)
    for i in range(r.N):
        for lane in range(n):
            limit_flow(w, i, lane)


def inward(w: Any, n: int) -> None:
    """From finger tips and toes to the heart."""
    p = w[r.PER_SECOND, 0]
    for i, parent in INWARD:
        if i == 0 or i == 4:
            for lane in range(n):
                solve_layered(w, i, lane, p)
        else:
            for lane in range(n):
                solve_limb(w, i, lane, p)
        if parent == HEART:
            for lane in range(n):
                join_heart(w, i, lane)
            if i == 5 or i == 8:
                for lane in range(n):
                    join_heart_arm(w, i, lane)
        elif parent == 4:
            for lane in range(n):
                join_pelvis(w, i, lane)
        else:
            for lane in range(n):
                join_vein(w, i, parent, lane)
            if i != 0:
                for lane in range(n):
                    join_superficial(w, i, parent, lane)
    for lane in range(n):
        solve_blood(w, lane)


def outward(w: Any, n: int) -> None:
    """From the heart to finger tips and toes."""
    for i, parent in OUTWARD:
        for lane in range(n):
            finish_artery(w, i, parent, lane)
        if i == 0 or i == 4:
            for lane in range(n):
                finish_layered(w, i, lane)
        else:
            for lane in range(n):
                finish_limb(w, i, lane)
        for lane in range(n):
            count_dry(w, i, lane)


def block(n: int, w: Any, table: Any, plan: Any, until: Any, count: int, every: int, record: Any, out: Any) -> None:
    """All steps of one block of lanes."""
    at = np.zeros(r.LANES, dtype=np.int64)
    for lane in range(n):
        enter(w, table, plan[lane, 0], lane)
    exchange(w, n)
    for j in range(record.size):
        for lane in range(n):
            out[0, j, lane] = w[record[j], lane]
    for now in range(count):
        again = False
        for lane in range(n):
            while until[lane, at[lane]] <= now and at[lane] < plan.shape[1] - 1:
                at[lane] += 1
                enter(w, table, plan[lane, at[lane]], lane)
                again = True
            again = again or w[r.LYING, lane] > 0.0
        if again:
            exchange(w, n)
        regulate(w, n)
        inward(w, n)
        outward(w, n)
        if (now + 1) % every == 0:
            for j in range(record.size):
                for lane in range(n):
                    out[(now + 1) // every, j, lane] = w[record[j], lane]


known_shape: Any = None
"""A place for the compiler's own: gives an array (rows × lanes) its shape as a constant."""


def advance_of(stamp: int) -> Any:
    """The function that runs some of the blocks.

    ``stamp`` stands for the text of the formulas, so that what the compiler keeps on disk is not taken for that of
    another text.
    """

    def advance(
        first: int, last: int, n: int, work: Any, table: Any, plan: Any, until: Any, count: int, every: int,
        record: Any, out: Any,
    ) -> None:  # fmt: skip
        """Some of the blocks; see ``kernel_numpy.run``. ``work``: (blocks, rows, lanes of a block)."""
        if stamp < 0:
            return
        for b in range(first, last):
            w = known_shape(
                work[b]
            )  # the compiler works on many lanes at once only where it knows how far apart rows are
            start = b * r.LANES
            block(
                n, w, table, plan[start : start + r.LANES], until[start : start + r.LANES], count, every, record, out[b]
            )

    return advance


LOOPS = (enter, exchange, regulate, inward, outward, block)
