"""Power agrees with the published table of simulated nights, and behaves."""

from __future__ import annotations

import pytest

from anmin.errors import InputError
from anmin.trial.power import Spread, appraise, nights_for
from anmin.trial.schedule import Design

# Nights for 80 % power, simulated: two-sided 5 %, known φ, 10 % missing, trend and weekend; d = effect / SD.
PUBLISHED = [
    (1, 0.5, 0.0, 146), (1, 0.5, 0.15, 122), (1, 0.67, 0.15, 70), (1, 1.0, 0.3, 28),
    (4, 0.5, 0.0, 144), (4, 0.5, 0.15, 168), (4, 0.67, 0.15, 96), (4, 0.75, 0.3, 88), (4, 1.0, 0.15, 48),
    (7, 0.5, 0.15, 182), (7, 0.67, 0.0, 84), (7, 0.75, 0.15, 84),
]  # fmt: skip


def pairs(block_nights: int, blocks: int = 14, dropped: int = 0) -> Design:
    return Design(arms=("off", "on"), blocks=blocks, block_nights=block_nights, dropped=dropped)


@pytest.mark.parametrize(("block", "d", "phi", "nights"), PUBLISHED)
def test_nights_for_eighty_percent_power(block: int, d: float, phi: float, nights: int) -> None:
    spread = Spread(sd=1.0, phi=phi, missing=0.1, tau_nights=0.0)
    made = nights_for(pairs(block), spread, 0.8, d, most=400, alpha=0.05)
    assert made == pytest.approx(nights, rel=0.12, abs=2 * block)


def power(design: Design, **changes: float) -> float:
    spread = Spread(**{"sd": 20.0, "phi": 0.15, "missing": 0.1, "tau_nights": 0.0, **changes})
    return appraise(design, spread, effects=(10.0,), alpha=0.05).power[10.0]


def test_more_nights_less_spread_and_fewer_gaps_help() -> None:
    assert power(pairs(4, 28)) > power(pairs(4, 14)) > power(pairs(4, 14), missing=0.3)
    assert power(pairs(4), sd=15) > power(pairs(4), sd=30)


def test_no_effect_is_found_as_often_as_alpha() -> None:
    made = appraise(pairs(4), Spread(sd=20, phi=0.3, missing=0, tau_nights=0), effects=(0.0,), alpha=0.05)
    assert made.power[0.0] == pytest.approx(0.05, abs=1e-9)


def test_dropping_the_first_night_lowers_the_carry_over_bias() -> None:
    def bias(dropped: int) -> float:
        spread = Spread(sd=20, phi=0, missing=0, tau_nights=1)
        return appraise(pairs(4, dropped=dropped), spread, effects=(), alpha=0.05).carry_over_bias

    assert bias(0) < bias(1) < bias(2) < 0


@pytest.mark.parametrize(("field", "value"), [("sd", 0.0), ("phi", 1.0), ("missing", 1.0)])
def test_impossible_numbers_name_the_field(field: str, value: float) -> None:
    with pytest.raises(InputError, match=field):
        power(pairs(4), **{field: value})
