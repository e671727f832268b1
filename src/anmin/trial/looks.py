"""Looks before the end, declared beforehand: what each may decide, and how often all of them together are wrong.

A look before the end stops the trial only if the adjusted randomisation test of the nights so far, over the schedules
that the trial was drawn from, is at its own small level. What the looks spend is taken off the level of the last, so
that together they never exceed the declared one, whatever the nights are like (each test is exact, and probabilities
add up to at most their sum). How often they really are wrong is simulated for the very set of schedules, and printed.
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

_SCHEDULES, _NOISES, _COMPARED = 48, 50, 600
"""Schedules tried, noises for each, and schedules that a test compares with."""


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
    """How often the looks (the last at the end) stop a trial, with nothing and with the planned gain; simulated.

    Noise is AR(1) as planned. With several contrasts: any of them under the joint test, and the gain of the first.
    """
    import numpy as np

    rng = np.random.default_rng(20_040)
    family = judged(design)
    stops = {effect: np.zeros(len(nights)) for effect in (0.0, aim)}
    smallest = np.ones(len(nights))
    for seed in range(_SCHEDULES):
        drawn = draw(design, seed)
        sets = reference(design, drawn, most=_COMPARED)
        arms = np.eye(len(design.arms))[np.repeat(np.asarray(drawn), design.block_nights)]
        response = build_up(arms[:, list(family[0].on)].sum(axis=1), spread.tau_nights)
        noise = spread.sd * _ar1(design.nights, spread.phi, rng)
        night = np.arange(design.nights)
        kept = night[(night % design.block_nights >= design.dropped) & (rng.random(design.nights) >= spread.missing)]
        tests = []
        for place, until in enumerate(nights):
            here = kept[kept < until]
            test = _Test(design, drawn, sets, here)
            tests.append((here, test))
            smallest[place] = min(smallest[place], test.smallest)
        for effect, stopped in stops.items():
            outcome = noise + effect * response
            going = np.ones(len(outcome), dtype=bool)
            for place, (here, test) in enumerate(tests):
                now = going & (test.p(outcome[:, here]) <= levels[place] + 1e-12)
                stopped[place] += now.mean() / _SCHEDULES
                going &= ~now
    wrong, found = stops[0.0], stops[aim]
    return Looks(
        each=tuple(
            Look(nights=nights[place], level=levels[place], smallest_p=float(smallest[place]),
                 wrong=float(wrong[place]), found=float(found[place]))
            for place in range(len(nights))
        ),
        wrong=float(wrong.sum()),
        at_most=sum(levels),
        found=float(found.sum()),
        nights=float(found @ np.asarray(nights) + (1 - found.sum()) * nights[-1]),
    )  # fmt: skip


class _Test:
    """The max-T test on some nights of one schedule, for many outcomes at once."""

    def __init__(self, design: Design, drawn: tuple[int, ...], sets: Whole, nights: Whole) -> None:
        import numpy as np

        weights = np.asarray([contrast.weights for contrast in judged(design)])
        rows = np.vstack([np.asarray(drawn)[None, :], sets])[:, nights // design.block_nights]
        arms = np.eye(len(design.arms))[rows]
        many = arms.sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            error = np.sqrt((1 / many) @ (weights**2).T)
            means = np.einsum("sna,ca->scn", arms / many[:, None, :], weights) / error[:, :, None]
        self._empty = ~np.isfinite(error).all(axis=1)
        means = np.nan_to_num(means, nan=0.0, posinf=0.0, neginf=0.0)
        basis = np.linalg.qr(covariates(nights, design))[0]
        self._rows: Floats = means - (means @ basis) @ basis.T
        same = np.abs(np.abs(self._rows[1:, 0]) - np.abs(self._rows[:1, 0])).max(axis=1) < 1e-9
        self.smallest = float(same.mean()) if not self._empty[0] else 1.0

    def p(self, outcome: Floats) -> Floats:
        """Adjusted two-sided p of the best contrast, for each row of outcomes."""
        import numpy as np

        largest = np.abs(np.einsum("tn,scn->tsc", outcome, self._rows)).max(axis=2)
        largest[:, self._empty] = np.inf
        share: Floats = (largest[:, 1:] >= largest[:, :1] * (1 - 1e-12)).mean(axis=1)
        return share


def _ar1(nights: int, phi: float, rng: np.random.Generator) -> Floats:
    import numpy as np

    noise = rng.standard_normal((_NOISES, nights))
    for night in range(1, nights):
        noise[:, night] = phi * noise[:, night - 1] + np.sqrt(1 - phi**2) * noise[:, night]
    return noise
