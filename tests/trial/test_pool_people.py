"""Pooling many people finds the mean and the spread, and helps each of them."""

from __future__ import annotations

import json

import numpy as np
import pytest

from anmin.errors import InputError
from anmin.trial.pool import Bundle, pool_people, read_bundle


def bundle(gain: float, sd: float, **changes: object) -> Bundle:
    plain: dict[str, object] = {
        "substance": "glycine", "outcome": "sleep_onset_latency", "unit": "min", "gain": gain, "sd": sd, "share": 1.0,
        "nights": 40, "firm": True,
    }  # fmt: skip
    return Bundle(**{**plain, **changes})  # type: ignore[arg-type]


def test_a_thousand_people_give_back_the_mean_and_the_spread() -> None:
    rng = np.random.default_rng(5)
    truth = rng.normal(6, 8, 1000)
    errors = rng.uniform(5, 8, 1000)
    made = pool_people(
        [
            bundle(float(gain), float(sd))
            for gain, sd in zip(truth + errors * rng.standard_normal(1000), errors, strict=True)
        ]
    )
    assert made.low < 6 < made.high
    assert made.spread == pytest.approx(8, rel=0.1)
    raw = np.sqrt(np.mean([(each.gain - true) ** 2 for each, true in zip(made.each, truth, strict=True)]))
    pulled = np.sqrt(np.mean([(each.pulled - true) ** 2 for each, true in zip(made.each, truth, strict=True)]))
    assert pulled < 0.85 * raw
    covered = np.mean(
        [abs(each.pulled - true) < 1.96 * each.pulled_sd for each, true in zip(made.each, truth, strict=True)]
    )
    assert 0.93 < covered < 0.97


def test_results_whose_blind_broke_are_left_out_and_counted() -> None:
    made = pool_people([bundle(5, 3), bundle(7, 3), bundle(40, 1, firm=False)])
    assert (made.people, made.left_out) == (2, 1)
    assert made.gain == pytest.approx(6)


def test_one_person_is_answered_as_measured() -> None:
    made = pool_people([bundle(5, 3)])
    assert made.each[0].pulled == 5
    assert made.spread is None


def test_different_things_are_not_mixed() -> None:
    with pytest.raises(InputError, match="one substance"):
        pool_people([bundle(5, 3), bundle(5, 3, substance="magnesium")])


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"x" * 5000, json.dumps({"anmin_bundle": 1, "gain": 1}).encode(), b"[" * 4000]
)
def test_a_hostile_bundle_is_refused(data: bytes) -> None:
    with pytest.raises(InputError, match="bundle"):
        read_bundle(data)
