"""Looks before the end, declared beforehand: what each may decide, and how often all of them together are wrong.

A look before the end stops the trial only if the adjusted randomisation test of the nights so far, over the schedules
that the trial was drawn from, is at its own small level. What the looks spend is taken off the level of the last, so
that together they never exceed the declared one, whatever the nights are like (each test is exact, and probabilities
add up to at most their sum). How often they really are wrong is computed over the very set of schedules, and printed.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec

from anmin.errors import InputError
from anmin.trial.contrasts import judged
from anmin.trial.power import Spread, build_up, covariates
from anmin.trial.reference import reference
from anmin.trial.schedule import Design, draw

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

_SCHEDULES, _NOISES, _COMPARED = 24, 60, 400
"""For the gain: schedules tried, noises for each, and schedules that a test compares with."""

_NIGHTS, _LOT = 60, 1200
"""For false alarms: runs of nights, and schedules of which each takes its turn."""

_PROBED = 4
"""Schedules whose smallest reachable p is looked at."""


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """One look. ``nights``: after so many; ``level``: what the test must reach; ``smallest_p``: what it can reach.

    ``wrong``: share of trials that stop here although nothing works; ``found``: that stop here if the planned gain is
    there.
    """

    nights: int
    level: float
    smallest_p: float
    wrong: float
    found: float


class Looks(msgspec.Struct, frozen=True, kw_only=True):
    """All looks. ``wrong``: false alarms together; ``at_most``: the bound that holds whatever the nights are like;
    ``found``: power; ``nights``: how many the trial takes on average if the planned gain is there."""

    each: tuple[Look, ...]
    wrong: float
    at_most: float
    found: float
    nights: float


def read_looks(text: str, design: Design) -> tuple[int, ...]:
    """The nights of ``--looks 72,96``: rising, inside the trial; the end is always one and need not be named."""
    try:
        nights = tuple(int(word) for word in text.split(","))
    except ValueError:
        raise InputError("--looks", text, "numbers of nights, such as 72,96") from None
    nights = tuple(night for night in nights if night != design.nights)
    rising = all(a < b for a, b in pairwise(nights))
    least = 2 * len(design.arms) * design.block_nights
    if not nights or not rising or nights[0] < least or nights[-1] >= design.nights or len(nights) > 4:
        raise InputError("--looks", text, f"1 to 4 rising numbers from {least} to {design.nights - 1}")
    return nights


def appraise_looks(
    design: Design, spread: Spread, nights: tuple[int, ...], levels: tuple[float, ...], aim: float
) -> Looks:
    """How often the looks (the last at the end) stop a trial, with nothing and with the planned gain.

    Noise is AR(1) as planned. With several contrasts: any of them under the joint test, and the gain of the first.
    """
    wrong = false_alarms(design, spread, nights, levels)
    found = _findings(design, spread, nights, levels, aim)
    return Looks(
        each=tuple(
            Look(nights=night, level=level, smallest_p=smallest_p_at(design, night), wrong=false, found=true)
            for night, level, false, true in zip(nights, levels, wrong, found, strict=True)
        ),
        wrong=sum(wrong),
        at_most=sum(levels),
        found=sum(found),
        nights=sum(a * b for a, b in zip(found, nights, strict=True)) + (1 - sum(found)) * nights[-1],
    )


def false_alarms(
    design: Design, spread: Spread, nights: tuple[int, ...], levels: tuple[float, ...]
) -> tuple[float, ...]:
    """Share of trials that each look stops although nothing works.

    With nothing to find, the nights do not depend on the schedule: for every simulated run of nights, *all* schedules
    of the set take their turn as the drawn one, so that only the nights are simulated and the lot is exact.
    """
    import numpy as np

    rng = np.random.default_rng(20_040)
    sets = reference(design, draw(design, 0), most=_LOT)
    stopped = np.zeros(len(nights))
    kept = _kept(design, spread.missing, rng)
    noise = _ar1(_NIGHTS, design.nights, spread.phi, rng)
    ps = []
    for until in nights:
        here = kept[kept < until]
        largest = _Test(design, sets, here).largest(noise[:, here])
        ordered = np.sort(largest, axis=1)
        below = np.stack([np.searchsorted(row, mine * (1 - 1e-12)) for row, mine in zip(ordered, largest, strict=True)])
        ps.append(1 - below / len(sets))
    going = np.ones(ps[0].shape, dtype=bool)
    for place, p in enumerate(ps):
        now = going & (p <= levels[place] + 1e-12)
        stopped[place] = now.mean()
        going &= ~now
    return tuple(stopped.tolist())


def _findings(
    design: Design, spread: Spread, nights: tuple[int, ...], levels: tuple[float, ...], aim: float
) -> tuple[float, ...]:
    """Share of trials that each look stops when the planned gain is there, by simulation."""
    import numpy as np

    rng = np.random.default_rng(20_040)
    first = judged(design)[0]
    stopped = np.zeros(len(nights))
    for seed in range(_SCHEDULES):
        drawn = draw(design, seed)
        sets = np.vstack([np.asarray(drawn)[None, :], reference(design, drawn, most=_COMPARED)])
        arms = np.eye(len(design.arms))[np.repeat(np.asarray(drawn), design.block_nights)]
        response = build_up(arms[:, list(first.on)].sum(axis=1), spread.tau_nights)
        outcome = spread.sd * _ar1(_NOISES, design.nights, spread.phi, rng) + aim * response
        kept = _kept(design, spread.missing, rng)
        going = np.ones(len(outcome), dtype=bool)
        for place, until in enumerate(nights):
            here = kept[kept < until]
            largest = _Test(design, sets, here).largest(outcome[:, here])
            p = (largest[:, 1:] >= largest[:, :1] * (1 - 1e-12)).mean(axis=1)
            now = going & (p <= levels[place] + 1e-12)
            stopped[place] += now.mean() / _SCHEDULES
            going &= ~now
    return tuple(stopped.tolist())


def smallest_p_at(design: Design, nights: int) -> float:
    """The smallest adjusted p that the test can reach after so many nights, for the least lucky of some schedules.

    Schedules that begin alike, or as its mirror image, cannot be told apart yet; and a contrast may be taken for
    another.
    """
    import numpy as np

    family = judged(design)
    side = np.sign(np.asarray(family[0].weights)).astype(np.int64)
    begun = -(-nights // design.block_nights)
    worst = 0.0
    for seed in range(_PROBED):
        drawn = draw(design, seed)
        sides = side[reference(design, drawn)[:, :begun]]
        mine = side[np.asarray(drawn[:begun])]
        alike = (sides == mine).all(axis=1) | (sides == -mine).all(axis=1)
        worst = max(worst, float(alike.mean()))
    return min(1.0, worst * len(family))


class _Test:
    """The statistic of the max-T test on some nights, for many schedules and many outcomes at once."""

    def __init__(self, design: Design, sets: Whole, nights: Whole) -> None:
        import numpy as np

        weights = np.asarray([contrast.weights for contrast in judged(design)])
        arms = np.eye(len(design.arms))[sets[:, nights // design.block_nights]]
        many = arms.sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            error = np.sqrt((1 / many) @ (weights**2).T)
            means = np.einsum("sna,ca->csn", arms / many[:, None, :], weights) / error.T[:, :, None]
        self._empty = ~np.isfinite(error).all(axis=1)
        means = np.nan_to_num(means, nan=0.0, posinf=0.0, neginf=0.0)
        basis = np.linalg.qr(covariates(nights, design))[0]
        self._rows: Floats = means - (means @ basis) @ basis.T

    def largest(self, outcome: Floats) -> Floats:
        """The largest statistic of the contrasts, (outcomes, schedules); infinite where an arm has no night yet."""
        import numpy as np

        found: Floats = np.abs(outcome @ self._rows.transpose(0, 2, 1)).max(axis=0)
        found[:, self._empty] = np.inf
        return found


def _kept(design: Design, missing: float, rng: np.random.Generator) -> Whole:
    import numpy as np

    night = np.arange(design.nights)
    return night[(night % design.block_nights >= design.dropped) & (rng.random(design.nights) >= missing)]


def _ar1(runs: int, nights: int, phi: float, rng: np.random.Generator) -> Floats:
    import numpy as np

    noise = rng.standard_normal((runs, nights))
    for night in range(1, nights):
        noise[:, night] = phi * noise[:, night - 1] + np.sqrt(1 - phi**2) * noise[:, night]
    return noise
