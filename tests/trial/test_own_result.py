"""A finished trial moves the belief as arithmetic says, and the next plan with it; never what is permitted."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anmin.errors import InputError
from anmin.evidence.belief import Belief, Facts, belief
from anmin.evidence.own import OwnResult, learn, read_results
from anmin.knowledge.load import load
from anmin.person import examples
from anmin.person.model import Person
from anmin.person.profile import parse_profile
from anmin.person.understand import understand
from anmin.plan.make import make_plan
from anmin.plan.model import Plan


def own(substance: str = "glycine", **changes: object) -> OwnResult:
    plain = OwnResult(
        trial="t", substance=substance, outcome="sleep_onset_latency", unit="min", gain=18.0, sd=4.0, share=1.0,
        nights=40, firm=True, word="worth_it",
    )  # fmt: skip
    return msgspec.structs.replace(plain, **changes)


def person(name: str = "taiwan-34") -> Person:
    return understand(parse_profile(examples.text(name)), load())


def taken(plan: Plan) -> set[str]:
    return {line.substance for line in plan.lines if line.substance is not None}


def before() -> Belief:
    found = belief("magnesium", "sleep_onset_latency", Facts(dose_mg=320.0), load())
    assert found is not None
    return found


@given(st.floats(-30, 30), st.floats(0.5, 30))
def test_the_update_is_the_inverse_variance_average(gain: float, error: float) -> None:
    start = before()
    after = learn(start, own("magnesium", gain=gain, sd=error), 1.0, load())
    weight = (1 / error**2) / (1 / error**2 + 1 / start.sd**2)
    assert after.mean == pytest.approx(weight * gain + (1 - weight) * start.mean)
    assert after.sd == pytest.approx((1 / error**2 + 1 / start.sd**2) ** -0.5)
    assert after.sd < start.sd


def test_a_result_whose_blind_may_not_have_held_moves_less() -> None:
    start = before()
    firm = learn(start, own("magnesium"), 1.0, load())
    infirm = learn(start, own("magnesium", firm=False), 1.0, load())
    assert start.mean < infirm.mean < firm.mean
    assert firm.sd < infirm.sd < start.sd


def test_half_the_dose_promises_half_the_gain() -> None:
    assert learn(None, own(sd=0.01), 0.5, load()).mean == pytest.approx(9.0, rel=1e-3)


def test_a_good_result_puts_it_on_the_next_plan() -> None:
    knowledge, who = load(), person()
    plain, informed = make_plan(who, knowledge), make_plan(who, knowledge, [own()])
    assert "glycine" not in taken(plain)
    assert "glycine" in taken(informed)
    assert "Your own blinded trial" in informed.expectations[0].en


def test_a_result_that_nothing_matters_takes_it_off() -> None:
    knowledge, who = load(), person()
    assert "magnesium" in taken(make_plan(who, knowledge))
    for word in ("no_effect", "worse"):
        informed = make_plan(who, knowledge, [own("magnesium", gain=-1.0, word=word)])
        assert "magnesium" not in taken(informed)
        assert "left out" in informed.expectations[0].en


def test_no_result_opens_the_gate() -> None:
    knowledge = load()
    for name in ("pregnant-29", "cipro", "snoring-pauses", "ssri-tryptophan"):
        who = person(name)
        plain = make_plan(who, knowledge)
        for substance in ("glycine", "magnesium", "l_tryptophan", "melatonin"):
            informed = make_plan(who, knowledge, [own(substance, gain=60.0, sd=0.1)])
            assert informed.status == plain.status
            assert not taken(informed) & {
                line.substance for line in plain.findings if line.applies and line.action in ("avoid", "consult")
            }


def test_another_outcome_changes_nothing() -> None:
    knowledge, who = load(), person()
    other = own(outcome="total_sleep_time")
    assert make_plan(who, knowledge, [other]) == make_plan(who, knowledge)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[" * 100_000,
        b'{"anmin_trial":2,"own":{}}',
        b'{"anmin_trial":1,"own":{"gain":1e999}}',
        b"x" * 2_000_000,
    ],
)
def test_a_hostile_result_file_is_refused(data: bytes) -> None:
    with pytest.raises(InputError, match="results"):
        read_results(data)


@pytest.mark.parametrize(("field", "value"), [("gain", float("nan")), ("sd", 0.0), ("share", 0.0), ("share", 2.0)])
def test_impossible_numbers_name_the_field(field: str, value: float) -> None:
    plain = msgspec.to_builtins(own())
    with pytest.raises((InputError, msgspec.ValidationError), match=field):
        OwnResult(**{**plain, field: value})
