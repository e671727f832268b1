"""The spacing cases of the labels, as plans: whatever hour the plan finds keeps its distance, and the hours the
labels forbid are closed."""

from __future__ import annotations

import pytest
from plan_people import clock, known, somebody, takes

from anmin.person.model import Dose, Person, TakenMedicine
from anmin.plan.make import make_plan
from anmin.plan.model import Plan
from anmin.safety.assess import assess
from anmin.safety.gaps import is_kept

CIPRO = takes("J01MA02", at=(clock("08:00"), clock("20:00")), typed="Cipro")
DOLUTEGRAVIR = takes("J05AJ03", at=(clock("07:00"),), typed="Tivicay")
LEVOTHYROXINE = takes("H03AA01", at=(clock("23:00"),), typed="Euthyrox")
RALTEGRAVIR = takes("J05AJ01", at=(clock("08:00"), clock("20:00")), typed="Isentress")
ROSUVASTATIN = takes("C10AA07", at=(clock("19:00"),), typed="Crestor")


def moxifloxacin(at: str) -> TakenMedicine:
    return takes("J01MA14", at=(clock(at),), typed="Avelox")


# Hours: how long after the medicine, how long before the next dose (labels; research cases).
CASES = [
    (CIPRO, "22:30", True), (CIPRO, "20:30", False), (CIPRO, "04:00", False),
    (moxifloxacin("08:00"), "22:30", True), (moxifloxacin("20:00"), "22:30", False),
    (DOLUTEGRAVIR, "22:30", True), (DOLUTEGRAVIR, "02:00", False),
    (LEVOTHYROXINE, "21:00", False),
    *[(RALTEGRAVIR, f"{hour:02d}:00", False) for hour in range(24)],
    (ROSUVASTATIN, "21:30", True),
]  # fmt: skip


@pytest.mark.parametrize(("medicine", "at", "passes"), CASES)
def test_the_second_door_agrees_with_the_labels(medicine: TakenMedicine, at: str, passes: bool) -> None:
    person = somebody(medicines=(medicine,))
    for form in ("citrate", "oxide"):
        verdict = assess(
            person, (Dose(substance="magnesium", mg=200, form=form, clock=clock(at)),), None, known()
        ).verdict
        assert (verdict == "allow") == passes


def plan_for(*medicines: TakenMedicine, **told: object) -> tuple[Person, Plan]:
    person = somebody(medicines=medicines, wants=("magnesium",), **told)
    return person, make_plan(person, known())


def magnesium_clocks(plan: Plan) -> list[int]:
    return [line.clock for line in plan.lines if line.substance == "magnesium"]


@pytest.mark.parametrize(
    ("medicine", "after_h", "before_h"),
    [(CIPRO, 2, 6), (moxifloxacin("08:00"), 4, 8), (DOLUTEGRAVIR, 2, 6), (LEVOTHYROXINE, 4, 4)],
)
def test_planned_magnesium_keeps_both_sides(medicine: TakenMedicine, after_h: float, before_h: float) -> None:
    _, plan = plan_for(medicine)
    clocks = magnesium_clocks(plan)
    assert clocks, "there is an hour for it"
    for at in clocks:
        assert is_kept(at, medicine.clocks, after_h, before_h)
    (line,) = [line for line in plan.lines if line.substance == "magnesium"]
    assert any(medicine.typed in text.en for text in line.why), "the reason names the medicine"


def test_cipro_twice_a_day_leaves_bedtime() -> None:
    _, plan = plan_for(CIPRO)
    assert magnesium_clocks(plan) == [clock("22:15")]


def test_levothyroxine_at_bedtime_moves_magnesium_to_dinner() -> None:
    _, plan = plan_for(LEVOTHYROXINE)
    assert magnesium_clocks(plan) == [clock("19:00")]
    (line,) = [line for line in plan.lines if line.substance == "magnesium"]
    assert "with dinner" in line.what.en
    assert "隨晚餐" in line.what.zh_hant
    assert "夕食" in line.what.ja


def test_moxifloxacin_in_the_evening_leaves_breakfast_or_nothing() -> None:
    # 20:00: closed from 12:00 (8 h before) to 00:00 (4 h after); bed at 23:00, dinner at 19:00.
    _, plan = plan_for(moxifloxacin("20:00"))
    assert magnesium_clocks(plan) == [clock("07:00")]
    _, plan = plan_for(takes("J01MA14", at=(clock("20:00"), clock("08:00")), typed="Avelox"))
    assert magnesium_clocks(plan) == []
    assert any("Avelox" in text.en and text.en.startswith("magnesium") for text in plan.dropped)


def test_raltegravir_refuses_magnesium_and_leaves_the_rest() -> None:
    _, plan = plan_for(RALTEGRAVIR)
    assert plan.status == "plan"
    assert magnesium_clocks(plan) == []
    assert any(text.en.startswith("magnesium: not for you") for text in plan.dropped)
    assert [line for line in plan.lines if line.substance != "magnesium"]


def test_a_statin_bound_to_alkaline_salts_leaves_the_oxide_its_hour() -> None:
    person, plan = plan_for(ROSUVASTATIN)
    assert magnesium_clocks(plan) == [clock("22:15")]
    oxide = Dose(substance="magnesium", mg=250, form="oxide", clock=clock("22:15"))
    assert assess(person, (oxide,), None, known()).verdict == "allow"


def test_a_medicine_without_a_known_hour_closes_every_hour_for_magnesium() -> None:
    _, plan = plan_for(takes("J01MA02", typed="Cipro"))
    assert magnesium_clocks(plan) == []
    assert any("Cipro" in text.en for text in plan.dropped) or plan.status == "ask"
