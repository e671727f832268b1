"""One exposure, many outcomes: the same estimators over an outcome × variant matrix.

Closed forms take the whole matrix at once, likelihoods go in blocks of outcomes, bootstraps outcome by outcome in
single precision for the error only; every point estimate is in double precision and equal to that of the single pair.
An outcome's result depends on its own numbers, the names of exposure and outcome, and the seed: not on the order, the
company, the size of a block or the number of workers.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from multiprocessing import get_context

import numpy as np

from anmin.errors import InputError
from anmin.evidence.mr.many_closed import CLOSED, closed_many
from anmin.evidence.mr.many_drawn import MEDIANS, MODES, Engine, Normals, compiled, drawn_many
from anmin.evidence.mr.many_likelihood import LIKELIHOODS, likelihoods_many
from anmin.evidence.mr.many_table import Column, Outcomes, joined

__all__ = ["ALL_METHODS", "METHODS", "Column", "Engine", "Outcomes", "analyse_many"]

METHODS = ("ivw", "egger", "weighted_median", "simple_mode", "weighted_mode")
"""What is computed unless more is asked for."""

ALL_METHODS = (*CLOSED, *MEDIANS, *MODES, *LIKELIHOODS)
"""Every estimator that goes over many outcomes; PRESSO's three tests are in :mod:`anmin.evidence.mr.many_presso`."""

_CELLS = 1_000_000
"""Outcomes × variants at a time."""

_SLICES = 4
"""Slices of outcomes for each worker, so that none waits long for another."""


def analyse_many(
    outcomes: Outcomes,
    methods: Sequence[str] = METHODS,
    *,
    draws: int = 1000,
    seed: int = 1,
    shared: bool = True,
    workers: int = 1,
    engine: Engine = "auto",
) -> dict[str, Column]:
    """Every method for every outcome.

    ``shared``: one set of standard normal draws serves all outcomes, which makes their Monte Carlo errors alike and
    saves drawing anew; otherwise each outcome has its own, seeded by its name. ``workers`` are threads with the
    compiled kernels, else processes. :class:`InputError` for arrays that do not fit together.
    """
    outcomes.check()
    for name in methods:
        if name not in ALL_METHODS:
            raise InputError("methods", name, ", ".join(ALL_METHODS))
    call = partial(_analyse, methods=tuple(methods), draws=draws, seed=seed, shared=shared, engine=engine)
    if workers <= 1 or len(outcomes.names) <= workers:
        return call(outcomes)
    pieces = np.array_split(np.arange(len(outcomes.names)), min(len(outcomes.names), workers * _SLICES))
    parts = [outcomes.rows(slice(int(rows[0]), int(rows[-1]) + 1)) for rows in pieces]
    with _pool(workers, engine) as pool:
        done = list(pool.map(call, parts))
    return {name: joined([part[name] for part in done]) for name in methods}


def _pool(workers: int, engine: Engine) -> Executor:
    if compiled(engine):
        return ThreadPoolExecutor(workers)
    return ProcessPoolExecutor(workers, mp_context=get_context("spawn"))


def _analyse(
    outcomes: Outcomes, methods: tuple[str, ...], draws: int, seed: int, shared: bool, engine: Engine
) -> dict[str, Column]:
    """One worker's share, in blocks that bound the memory of weights and of exact modes."""
    wanted = [name for name in methods if name in (*MEDIANS, *MODES)]
    normals = Normals(outcomes, draws, seed, shared) if wanted else None
    size = max(1, _CELLS // max(1, len(outcomes.bx)))
    parts: list[dict[str, Column]] = []
    for start in range(0, max(1, len(outcomes.names)), size):
        block = outcomes.rows(slice(start, start + size))
        found = closed_many(block, methods) | likelihoods_many(block, methods)
        if normals is not None:
            found |= drawn_many(block, wanted, normals, engine)
        parts.append(found)
    return {name: joined([part[name] for part in parts]) for name in methods}
