"""Declared looks: their printed error rates are those of trials that were really run, and never above the bound."""

from __future__ import annotations

import math

import numpy as np
import pytest

from anmin.errors import InputError
from anmin.knowledge.load import load
from anmin.trial.contrasts import judged
from anmin.trial.joint import ArmNights, adjusted_p
from anmin.trial.looks import appraise_looks, false_alarms, read_looks, smallest_p_at
from anmin.trial.power import Spread
from anmin.trial.protocol import levels
from anmin.trial.schedule import Design, Weekends, draw

DESIGN = Design(arms=("without", "with"), blocks=20, block_nights=3, weekends=Weekends(first=1, tolerance=3))
SPREAD = Spread(sd=20, phi=0.3, missing=0.1, tau_nights=0.0)


def test_levels_add_up_to_the_declared_one() -> None:
    for looks in (1, 2, 3, 5):
        assert sum(levels(looks, load())) == pytest.approx(0.05)


def test_the_printed_rates_are_those_of_trials_that_were_run() -> None:
    """With generous levels, so that a few hundred trials can tell."""
    nights, strict = (36, 48, 60), (0.06, 0.06, 0.08)
    told = false_alarms(DESIGN, SPREAD, nights, strict)
    rng, stopped, runs = np.random.default_rng(4), np.zeros(3), 400
    for seed in range(runs):
        schedule = draw(DESIGN, seed)
        noise = rng.standard_normal(DESIGN.nights)
        for night in range(1, DESIGN.nights):
            noise[night] = 0.3 * noise[night - 1] + math.sqrt(1 - 0.09) * noise[night]
        index = [night for night in range(DESIGN.nights) if rng.random() >= 0.1]
        for place, until in enumerate(nights):
            here = [night for night in index if night < until]
            made = ArmNights(
                index=tuple(here),
                outcome=tuple(float(noise[night]) for night in here),
                arm=tuple(schedule[night // 3] for night in here),
                weekend=tuple(int(DESIGN.is_weekend(night)) for night in here),
            )
            if adjusted_p(made, DESIGN, schedule)["with"] <= strict[place]:
                stopped[place] += 1 / runs
                break
    for mine, theirs in zip(told, stopped, strict=True):
        assert mine == pytest.approx(theirs, abs=3.3 * math.sqrt(max(mine, 0.02) / runs))
    assert sum(told) == pytest.approx(stopped.sum(), abs=3.3 * math.sqrt(0.15 / runs))


@pytest.mark.parametrize("phi", [-0.2, 0.15, 0.6])
def test_looks_together_never_exceed_their_bound(phi: float) -> None:
    spread = Spread(sd=20, phi=phi, missing=0.2, tau_nights=0.0)
    strict = levels(3, load())
    told = false_alarms(DESIGN, spread, (42, 51, 60), strict)
    assert sum(told) <= 0.05 + 1e-9
    for mine, level in zip(told, strict, strict=True):
        assert mine <= level + 1e-9


def test_a_larger_gain_is_found_sooner() -> None:
    strict = levels(2, load())
    small = appraise_looks(DESIGN, SPREAD, (51, 60), strict, 15.0)
    large = appraise_looks(DESIGN, SPREAD, (51, 60), strict, 40.0)
    assert small.found < large.found
    assert small.nights > large.nights


def test_what_a_look_can_reach_shrinks_with_the_nights() -> None:
    reach = [smallest_p_at(DESIGN, nights) for nights in (12, 24, 36, 60)]
    assert reach == sorted(reach, reverse=True)
    assert reach[0] > 0.1
    assert len(judged(DESIGN)) == 1


@pytest.mark.parametrize("text", ["", "x", "48,36", "48,48", "0", "60", "61", "-3", "20,25,30,35,40", "1e9", "5"])
def test_looks_that_are_none(text: str) -> None:
    with pytest.raises(InputError, match="looks"):
        read_looks(text, DESIGN)


def test_the_end_need_not_be_named() -> None:
    assert read_looks("36,48,60", DESIGN) == read_looks("36,48", DESIGN) == (36, 48)
