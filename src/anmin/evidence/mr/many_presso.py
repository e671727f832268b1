"""PRESSO's three tests for many outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from functools import partial

import numpy as np

from anmin.evidence.mr.many_drawn import Engine, Normals, compiled, kernels
from anmin.evidence.mr.many_table import Outcomes, seeded
from anmin.evidence.mr.pair import Array
from anmin.evidence.mr.presso import Null, corrected_and_distortion, leave_one_out_slopes


@dataclass(frozen=True, kw_only=True)
class PressoMany:
    """Arrays of shape (O,), of the variants (O, J); NaN where a test could not be made or was not needed.

    ``corrected`` (IVW without the outliers) and the distortion have values only where there are outliers.
    """

    rss: Array
    global_p: Array
    outlier_p: Array
    corrected: Array
    corrected_se: Array
    distortion_percent: Array
    distortion_p: Array


def presso_many(
    outcomes: Outcomes, *, draws: int = 1000, seed: int = 1, level: float = 0.05, null: Null = "resampled",
    shared: bool = True, workers: int = 1, engine: Engine = "auto",
) -> PressoMany:  # fmt: skip
    """The tests of :func:`anmin.evidence.mr.presso.presso`, each p (1 + k) / (1 + draws); four variants at least.

    An outcome's result depends on its own numbers, the names and the seed only; two workers are two threads.
    """
    outcomes.check()
    normals = Normals(outcomes, draws, seed, shared)
    call = partial(_presso, normals=normals, level=level, null=null, engine=engine)
    if workers <= 1 or not compiled(engine) or len(outcomes.names) <= workers:
        return call(outcomes)
    pieces = np.array_split(np.arange(len(outcomes.names)), workers * 4)
    parts = [outcomes.rows(slice(int(rows[0]), int(rows[-1]) + 1)) for rows in pieces if len(rows)]
    with ThreadPoolExecutor(workers) as pool:
        return _joined(list(pool.map(call, parts)))


def _joined(parts: Sequence[PressoMany]) -> PressoMany:
    names = [field.name for field in fields(PressoMany)]
    return PressoMany(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


def _presso(outcomes: Outcomes, normals: Normals, level: float, null: Null, engine: Engine) -> PressoMany:
    here, use, draws = outcomes.here, kernels(engine), normals.shape[2]
    one, each = np.full((6, len(here)), np.nan), np.full(here.shape, np.nan)
    for row in np.flatnonzero(here.sum(axis=1) >= 4):
        kept = here[row]
        pair = outcomes.pair(int(row), kept)
        some = normals.of(outcomes.names[row])
        if not kept.all():
            some = np.ascontiguousarray(some[:, kept])
        w = pair.sy**-2
        slopes = leave_one_out_slopes(pair.bx, pair.by, w)
        distance = w * (pair.by - slopes * pair.bx) ** 2
        beyond = np.empty(pair.count)
        reached = use.presso_counts(pair.bx, pair.sx, pair.sy, slopes, distance, some[0], some[1], beyond)
        global_p = (1 + reached) / (1 + draws)
        outlier_p = np.minimum(1.0, (1 + beyond) / (1 + draws) * pair.count)
        outliers = np.flatnonzero(outlier_p < level) if global_p < level else np.array([], dtype=np.intp)
        random = seeded(normals.seed, outcomes.exposure, outcomes.names[row], "distortion")
        corrected, percent, p = corrected_and_distortion(pair, outliers, null, draws, random)
        estimate, se = (np.nan, np.nan) if corrected is None else (corrected.estimate, corrected.se)
        one[:, row] = (distance.sum(), global_p, estimate, se, percent, p)
        each[row, kept] = outlier_p
    return PressoMany(
        rss=one[0], global_p=one[1], outlier_p=each, corrected=one[2], corrected_se=one[3],
        distortion_percent=one[4], distortion_p=one[5],
    )  # fmt: skip
