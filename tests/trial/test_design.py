"""A design follows from the data, passes the gate, and refuses what it cannot answer."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from anmin.errors import InputError
from anmin.knowledge.load import load
from anmin.person.model import Bath, Dose, Person, TakenMedicine
from anmin.safety.assess import assess
from anmin.trial.arms import Arm, Refused, arm_for
from anmin.trial.design import baseline_for, outcome_for, propose, shape
from anmin.trial.diary import Entry
from anmin.trial.power import Spread, appraise
from anmin.trial.schedule import smallest_p

ADULT = Person(
    age=34, sex="male", country="TW", bed=23 * 60 + 30, rise=7 * 60, complaint="falling_asleep", egfr=95.0,
    bathing="bath", bathes_alone=False, alcohol_tonight=False,
)  # fmt: skip


def adult(**changes: object) -> Person:
    return msgspec.structs.replace(ADULT, **changes)


def medicine(typed: str, *atc: str) -> TakenMedicine:
    return TakenMedicine(typed=typed, status="recognised", atc=atc, route="oral", clocks=(8 * 60,))


def nights(values: list[float]) -> list[Entry]:
    return [
        Entry(
            night=date(2026, 10, 1) + timedelta(days=number), zone="Asia/Taipei", into_bed=1365, try_sleep=1380,
            sol=value, awakenings=0, waso=0, final_wake=390, out_of_bed=400,
            entered_at=datetime(2026, 12, 1, tzinfo=UTC),
        )
        for number, value in enumerate(values)
    ]  # fmt: skip


def designed(name: str = "glycine", **asked: object):  # type: ignore[no-untyped-def]
    knowledge = load()
    outcome = outcome_for("falling_asleep", None, knowledge)
    return propose(knowledge.components[name], outcome, (), knowledge, **asked)  # type: ignore[arg-type]


def test_quick_things_get_short_blocks_and_slow_ones_weeks() -> None:
    quick, slow = designed("glycine"), designed("magnesium_citrate")
    assert (quick.design.block_nights, quick.design.dropped) == (4, 1)
    assert (slow.design.block_nights, slow.design.dropped) == (7, 2)
    assert slow.slow_nights == load().components["magnesium_citrate"].nights


@pytest.mark.parametrize("name", ["glycine", "magnesium_citrate", "hot_bath"])
def test_what_is_proposed_has_the_wished_power_and_can_reach_five_percent(name: str) -> None:
    made = designed(name)
    assert made.answers
    assert made.appraisal.power[made.aim] >= 0.8
    assert made.appraisal.smallest_p <= 0.05
    assert made.design.nights <= 140
    assert made.design.nights == made.nights_needed[made.aim]


def test_worth_it_is_rarer_than_found_and_rises_with_the_gain() -> None:
    made = designed()
    found, worth = list(made.appraisal.power.values()), list(made.worth_it.values())
    assert all(a >= b for a, b in zip(found, worth, strict=True))
    assert worth == sorted(worth)


def test_too_few_nights_are_refused_with_what_would_answer() -> None:
    made = designed(most_nights=28)
    assert not made.answers
    assert made.nights_needed[made.aim] is not None


def test_two_long_blocks_can_never_answer() -> None:
    made = designed(blocks=4, block_nights=14)
    assert made.appraisal.smallest_p == pytest.approx(1 / 3)
    assert not made.answers
    assert made.nights_needed[made.aim] != made.design.nights


def test_a_new_lot_every_night_hides_the_effect_and_is_refused() -> None:
    made = designed(blocks=112, block_nights=1)
    assert made.appraisal.carry_over_bias < -0.25
    assert not made.answers


def test_a_difference_too_small_for_one_person_says_so() -> None:
    made = designed(matters=3.0)
    assert not made.answers
    needed = made.nights_needed[made.aim]
    assert needed is None or needed > 140


def test_a_design_takes_less_than_two_seconds() -> None:
    designed()
    begun = time.perf_counter()
    designed("magnesium_citrate")
    assert time.perf_counter() - begun < 2


def test_all_orders_are_possible_where_pairs_would_leave_too_few() -> None:
    knowledge = load()
    assert shape(10, 2.0, knowledge).restriction == "complete"
    assert shape(16, 2.0, knowledge).restriction == "cycles"
    assert smallest_p(shape(10, 2.0, knowledge)) < 0.01


def test_own_nights_move_the_spread_and_few_do_not() -> None:
    knowledge = load()
    outcome = outcome_for("falling_asleep", None, knowledge)
    calm = nights([30.0, 34.0] * 14)
    assert baseline_for(outcome, calm[:6], 1.0, knowledge).own_nights == 0
    made = baseline_for(outcome, calm, 1.0, knowledge)
    assert made.own_nights == 28
    assert 2 < made.spread.sd < 16
    assert made.spread.phi < 0
    assert made.spread.missing < 0.1


def test_carry_over_bias_grows_with_what_lingers() -> None:
    design = shape(14, 1.0, load())

    def bias(tau: float) -> float:
        spread = Spread(sd=20, phi=0.15, missing=0.1, tau_nights=tau)
        return appraise(design, spread, effects=(), alpha=0.05).carry_over_bias

    assert bias(2) < bias(1) < bias(0.5) < 0


@pytest.mark.parametrize(("name", "kind"), [("glycine", Dose), ("hot_bath", Bath), ("magnesium_citrate", Dose)])
def test_an_arm_is_allowed_by_the_second_door(name: str, kind: type) -> None:
    knowledge = load()
    arm = arm_for(adult(), name, None, knowledge)
    assert isinstance(arm, Arm)
    assert isinstance(arm.doses[0] if arm.doses else arm.bath, kind)
    assert assess(adult(), arm.doses, arm.bath, knowledge).verdict == "allow"


@pytest.mark.parametrize(
    ("name", "who", "status"),
    [
        ("glycine", adult(flags=("suicidal",)), "stop"),
        ("magnesium_citrate", adult(conditions=("ckd",), egfr=25.0), "stop"),
        ("glycine", adult(sex="female", pregnant="yes"), "stop"),
        ("lemon_balm", adult(medicines=(medicine("zolpidem", "N05CF02"),)), "stop"),
        ("glycine", adult(taking=(Dose(substance="glycine", mg=3000.0, clock=1380, origin="product"),)), "stop"),
        ("glycine", adult(medicines=(TakenMedicine(typed="?", status="unknown", atc=(), route="oral"),)), "ask"),
    ],
)
def test_what_stops_or_asks_in_a_plan_does_so_here(name: str, who: Person, status: str) -> None:
    made = arm_for(who, name, None, load())
    assert isinstance(made, Refused)
    assert made.status == status
    assert made.texts


def test_nothing_that_interacts_is_hidden_in_a_capsule() -> None:
    knowledge = load()
    alone = arm_for(adult(), "magnesium_citrate", None, knowledge)
    beside = arm_for(adult(medicines=(medicine("ciprofloxacin", "J01MA02"),)), "magnesium_citrate", None, knowledge)
    bath = arm_for(adult(), "hot_bath", None, knowledge)
    assert isinstance(alone, Arm)
    assert alone.open_because is None
    assert isinstance(beside, Arm)
    assert beside.open_because is not None
    assert isinstance(bath, Arm)
    assert bath.open_because is not None


def test_names_and_amounts_that_are_none() -> None:
    with pytest.raises(InputError, match="component"):
        arm_for(adult(), "moonstone", None, load())
    with pytest.raises(InputError, match="component"):
        arm_for(adult(), "habits", None, load())
    with pytest.raises(InputError, match="mg"):
        arm_for(adult(), "glycine", 9999.0, load())
    with pytest.raises(InputError, match="outcome"):
        outcome_for("unrefreshing", None, load())
