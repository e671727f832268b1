"""The compiled analysis is the plain one, quicker."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anmin.errors import InputError
from anmin.trial import kernel
from anmin.trial.analysis import Nights, posterior, randomisation_p
from anmin.trial.schedule import Design, all_schedules, draw
from anmin.trial.simulate import Truth, outcomes

DESIGN = Design(arms=("without", "with"), blocks=8, block_nights=4)
EVERY = np.array(list(all_schedules(DESIGN)), dtype=float)


def trial(seed: int, phi: float = 0.3, missing: float = 0.2) -> tuple[Nights, np.ndarray]:
    schedule = draw(DESIGN, seed)
    values, missed = outcomes(DESIGN, schedule, Truth(effect=-9, phi=phi, missing=missing), np.random.default_rng(seed))
    kept = np.flatnonzero(missed == 0)
    nights = Nights(
        index=tuple(kept.tolist()),
        outcome=tuple(values[kept].tolist()),
        treated=tuple(np.repeat(schedule, DESIGN.block_nights)[kept].tolist()),
        weekend=tuple((kept % 7 >= 5).astype(int).tolist()),
    )
    return nights, kept // DESIGN.block_nights


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([-0.2, 0.0, 0.5, 0.7]), st.sampled_from([0.0, 0.1, 0.3]))
def test_compiled_and_plain_agree(seed: int, phi: float, missing: float) -> None:
    nights, blocks = trial(seed, phi, missing)
    plain, quick = posterior(nights), kernel.posterior(nights)
    assert quick.df == plain.df
    assert quick.phi == plain.phi
    for name in ("weight", "centre", "scale"):
        assert np.allclose(getattr(quick, name), getattr(plain, name), rtol=1e-9, atol=1e-12), name
    assert quick.mean == pytest.approx(plain.mean, rel=1e-10)
    arrays = [np.asarray(getattr(quick, name)) for name in ("weight", "centre", "scale")]
    for value in (-30.0, -10.0, 0.0, 7.5):
        assert kernel.below(value, *arrays, quick.df) == pytest.approx(plain.below(value), abs=1e-12)
    sets = np.repeat(EVERY, DESIGN.block_nights, axis=1)[:, list(nights.index)]
    assert kernel.randomisation_p(nights, blocks, EVERY) == randomisation_p(nights, sets)


def test_the_same_nights_give_the_same_bits() -> None:
    nights, _ = trial(3)
    assert len({repr(kernel.posterior(nights)) for _ in range(5)}) == 1


def test_nights_of_one_arm_are_refused_as_in_the_plain_analysis() -> None:
    nights = Nights(index=tuple(range(9)), outcome=tuple(range(9)), treated=(1,) * 9, weekend=(0,) * 9)
    for analyse in (posterior, kernel.posterior):
        with pytest.raises(InputError):
            analyse(nights)


def test_without_the_extra_the_error_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "numba", None)
    with pytest.raises(InputError, match="anmin\\[fast\\]"):
        kernel.kernels.__wrapped__()
