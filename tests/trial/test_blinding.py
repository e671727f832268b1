"""The blinding indices agree with the published example; guesses by luck do not break a blind."""

from __future__ import annotations

import itertools

import pytest

from anmin.trial.blinding import Guess, bang, blindness, codes, james


def test_bang_and_james_reproduce_the_example_of_the_r_package_bi() -> None:
    """Guesses 48/4/330 (treatment) and 22/30/319 (placebo): James 0.896; Bang 0.115 (0.018) and 0.022 (0.019)."""
    treated, placebo = bang(48, 4, 330), bang(30, 22, 319)
    assert treated is not None
    assert placebo is not None
    assert (round(treated.value, 3), round(treated.error, 3)) == (0.115, 0.018)
    assert (round(placebo.value, 3), round(placebo.error, 3)) == (0.022, 0.019)
    assert james((48, 4, 330), (22, 30, 319)) == pytest.approx(0.896, abs=5e-4)


def test_the_ends_of_the_scales() -> None:
    assert james((10, 0, 0), (0, 10, 0)) == pytest.approx(0.0)
    assert james((0, 0, 10), (0, 0, 10)) == 1.0
    right, wrong = bang(10, 0, 0), bang(0, 10, 0)
    assert right is not None
    assert wrong is not None
    assert (right.value, wrong.value) == (1.0, -1.0)
    assert bang(0, 0, 0) is None
    assert james((0, 0, 0), (0, 0, 0)) is None


def test_a_blind_is_broken_by_luck_at_most_as_often_as_said() -> None:
    """Over every pattern of twelve guesses."""
    schedule = (0, 1) * 6
    broken = sum(
        blindness(
            schedule,
            {block: Guess(block=block, arm=("without", "with")[said], sure=1) for block, said in enumerate(pattern)},
            0.05,
        ).broken
        for pattern in itertools.product((0, 1), repeat=12)
    )
    assert 0 < broken / 2**12 <= 0.05


def test_codes_are_all_different() -> None:
    made = codes(60)
    assert len(set(made)) == 60
