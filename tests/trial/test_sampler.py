"""The exact analysis is what a long run of a sampler finds (golden/nuts.json, made by benchmarks/bench_nuts.py)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from anmin.trial.analysis import Nights, posterior

CASES = json.loads((Path(__file__).parents[1] / "golden" / "nuts.json").read_text(encoding="utf-8"))["cases"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"phi {case['phi']}")
def test_the_grid_agrees_with_nuts_to_a_fiftieth_of_a_standard_deviation(case: dict[str, Any]) -> None:
    nights = Nights(**{name: tuple(case[name]) for name in ("index", "outcome", "treated", "weekend")})
    exact, found = posterior(nights), case["nuts"]
    assert found["effective"] > 100_000
    assert exact.mean == pytest.approx(found["mean"], abs=0.02 * found["sd"])
    assert exact.sd == pytest.approx(found["sd"], abs=0.02 * found["sd"])
    for level, value in zip(case["levels"], found["quantiles"], strict=True):
        assert exact.quantile(level) == pytest.approx(value, abs=0.02 * found["sd"])
