"""The people that are shipped as examples: what each of them is there to show."""

from __future__ import annotations

from functools import cache

import pytest
from plan_people import known

from anmin.person import examples
from anmin.person.model import Dose, Person
from anmin.person.profile import parse_profile
from anmin.person.understand import understand
from anmin.plan.make import make_plan
from anmin.plan.model import Plan
from anmin.safety.assess import assess


@cache
def person(name: str) -> Person:
    return understand(parse_profile(examples.text(name), name=name), known())


@cache
def plan(name: str) -> Plan:
    return make_plan(person(name), known())


def doses(name: str) -> tuple[Dose, ...]:
    return tuple(
        Dose(substance=line.substance, mg=line.amount_mg, form=line.form, clock=line.clock)
        for line in plan(name).lines
        if line.amount_mg is not None and line.substance is not None
    )


def substances(name: str) -> set[str]:
    return {dose.substance for dose in doses(name)}


def told(name: str) -> str:
    return " ".join(text.en for text in plan(name).dropped)


@pytest.mark.parametrize("name", examples.names())
def test_every_example_is_answered_and_no_plan_is_refused_by_the_second_door(name: str) -> None:
    answer = plan(name)
    assert answer.headline.en
    assert answer.headline.zh_hant
    assert answer.headline.ja
    if answer.status == "plan":
        assert assess(person(name), doses(name), answer.bath, known()).verdict == "allow"
    else:
        assert not doses(name)


def test_taiwan_34_gets_magnesium_within_the_purse_and_the_limit() -> None:
    answer = plan("taiwan-34")
    assert answer.status == "plan"
    assert substances("taiwan-34") == {"magnesium"}
    assert answer.regimen is not None
    assert answer.regimen.cost is not None
    assert answer.regimen.cost <= (person("taiwan-34").budget_per_day or 0)
    (line,) = [line for line in answer.ledger if line.substance == "magnesium"]
    assert line.limit_mg == 250
    assert line.total_mg <= 250
    assert answer.bath is None, "a shower, no tub"


def test_japan_72_gets_no_magnesium_on_top_of_what_is_too_much_already() -> None:
    assert "magnesium" not in substances("japan-72")
    assert "magnesium: only after asking your doctor" in told("japan-72")
    (line,) = [line for line in plan("japan-72").ledger if line.substance == "magnesium"]
    assert line.over
    assert line.from_plan_mg == 0


def test_japan_72_alone_in_the_house_is_not_sent_into_the_tub() -> None:
    answer = plan("japan-72")
    assert answer.bath is None
    assert not any(component.bath for regimen in answer.front for component in regimen.components)
    assert "while you are alone in the house we do not recommend the tub" in told("japan-72")


@pytest.mark.parametrize("name", examples.names())
def test_the_labels_of_the_front_agree_with_their_numbers(name: str) -> None:
    front = plan(name).front
    for regimen in front:
        assert regimen.label is not None
        if regimen.label.en.startswith("most gain"):
            assert regimen.gain == max(each.gain for each in front) > 0
        if regimen.label.en.startswith("lowest cost"):
            assert regimen.cost is not None
    assert sum("starting point" in regimen.label.en for regimen in front if regimen.label) == bool(front)


def test_pregnant_29_is_sent_to_the_midwife_and_keeps_the_habits() -> None:
    assert plan("pregnant-29").status == "plan"
    assert not doses("pregnant-29")
    assert "doctor or midwife" in told("pregnant-29")
    assert plan("pregnant-29").safe_anyway


@pytest.mark.parametrize("name", ["cipro", "dolutegravir", "levothyroxine-bedtime"])
def test_a_medicine_with_a_window_keeps_it_and_is_named(name: str) -> None:
    assert "magnesium" in substances(name)
    medicines = [medicine.typed for medicine in person(name).medicines]
    (line,) = [line for line in plan(name).lines if line.substance == "magnesium"]
    assert any(typed in text.en for typed in medicines for text in line.why)


def test_levothyroxine_at_bedtime_sends_magnesium_to_dinner() -> None:
    (line,) = [line for line in plan("levothyroxine-bedtime").lines if line.substance == "magnesium"]
    assert "with dinner" in line.what.en


def test_ssri_refuses_the_tryptophan_that_was_wanted() -> None:
    assert "l_tryptophan" in person("ssri-tryptophan").wants
    assert "l_tryptophan" not in substances("ssri-tryptophan")
    texts = [text.en for text in plan("ssri-tryptophan").dropped]
    (tryptophan,) = [text for text in texts if text.startswith("L-tryptophan: not for you.")]
    assert "Because you take sertraline 50 mg: " in tryptophan
    assert "serotonin" in tryptophan
    assert any(text.startswith("melatonin: not for you.") for text in texts), "for a reason of its own"


def test_snoring_with_pauses_stops() -> None:
    assert plan("snoring-pauses").status == "stop"
    assert not plan("snoring-pauses").lines


def test_the_athlete_is_told_why_there_is_no_more_magnesium() -> None:
    assert "magnesium" not in substances("athlete-zma")
    assert "leaves no useful amount" in told("athlete-zma")


def test_an_unknown_medicine_is_a_question() -> None:
    answer = plan("unknown-medicine")
    assert answer.status == "ask"
    assert answer.questions
