"""The four words, each reached, none reached by accident."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anmin.errors import InputError
from anmin.knowledge.load import load
from anmin.trial.analysis import Posterior
from anmin.trial.verdict import Verdict, judge


def effect(centre: float, scale: float) -> Posterior:
    return Posterior(phi=(0.0,), weight=(1.0,), centre=(centre,), scale=(scale,), df=50)


def said(centre: float, scale: float, p: float = 0.01, *, lower_is_better: bool = True) -> Verdict:
    return judge(effect(centre, scale), p, nights=56, matters=10, lower_is_better=lower_is_better, knowledge=load())


@pytest.mark.parametrize(
    ("centre", "scale", "word"),
    [(-20, 4, "worth_it"), (0, 2, "no_effect"), (12, 4, "worse"), (-8, 8, "not_enough"), (-14, 20, "not_enough")],
)
def test_shorter_latency_is_better(centre: float, scale: float, word: str) -> None:
    assert said(centre, scale).word == word


def test_the_sign_turns_for_outcomes_where_more_is_better() -> None:
    assert said(20, 4, lower_is_better=False).word == "worth_it"
    assert said(-20, 4, lower_is_better=False).word == "worse"
    assert said(20, 4, lower_is_better=False).gain > 0


def test_worth_it_needs_the_randomisation_test_to_agree() -> None:
    assert said(-20, 4, p=0.05).word == "worth_it"
    assert said(-20, 4, p=0.051).word != "worth_it"


def test_not_enough_names_how_many_nights_more() -> None:
    few, many = said(-8, 8).nights_more, said(-8, 16).nights_more
    assert few is not None
    assert many is not None
    assert 0 < few < many


@given(st.floats(-60, 60), st.floats(0.5, 40), st.floats(0, 1))
def test_probability_and_interval_are_sane(centre: float, scale: float, p: float) -> None:
    made = said(centre, scale, p)
    assert 0 <= made.probability <= 1
    assert made.low <= made.gain <= made.high
    if made.word == "worth_it":
        assert made.gain > made.matters


def test_what_matters_must_be_more_than_nothing() -> None:
    with pytest.raises(InputError, match="matters"):
        judge(effect(0, 1), 0.5, nights=10, matters=0, lower_is_better=True, knowledge=load())
