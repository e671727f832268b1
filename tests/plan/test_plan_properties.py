"""Whoever asks: no plan breaks a hard rule. ``make soak`` runs the same on as many people as ANMIN_PEOPLE says."""

from __future__ import annotations

import os

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plan_people import codes, known, medicines, people

from anmin.knowledge.model import Text
from anmin.person.model import Dose, Person, TakenMedicine
from anmin.person.status import magnesium_status
from anmin.plan.believe import believe
from anmin.plan.components import offers
from anmin.plan.make import make_plan
from anmin.plan.model import Plan
from anmin.safety.assess import assess
from anmin.safety.permit import permit
from anmin.safety.triage import triage
from anmin.units.clock import minutes_from

MANY = settings(
    max_examples=2000, deadline=None, database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)  # fmt: skip
SOAK = settings(MANY, max_examples=int(os.environ.get("ANMIN_PEOPLE", "10000")))


def doses_of(plan: Plan) -> tuple[Dose, ...]:
    return tuple(
        Dose(substance=line.substance, mg=line.amount_mg, form=line.form, clock=line.clock)
        for line in plan.lines
        if line.substance is not None and line.amount_mg is not None
    )


def holds(person: Person) -> None:
    """Everything that must be true of the answer to one person."""
    knowledge = known()
    plan = make_plan(person, knowledge)
    assert msgspec.json.decode(msgspec.json.encode(plan), type=Plan) == plan
    assert plan.headline.en
    if triage(person, knowledge):
        assert plan.status == "stop"
    if any(medicine.status != "recognised" for medicine in person.medicines):
        assert plan.status != "plan"
    if (
        any({"*", "plan", "magnesium"} & set(question.blocks) for question in person.questions)
        and plan.status == "plan"
    ):
        assert all(each.refused_by for each in permit(person, knowledge).substances["magnesium"])
        assert not any({"*", "plan"} & set(question.blocks) for question in person.questions)
    if plan.status == "ask":
        assert plan.questions
    if plan.status != "plan":
        assert not doses_of(plan)
        assert plan.bath is None
        assert plan.regimen is None
        emergency = any(
            knowledge.red_flags[each.rule].urgency == "emergency"
            for each in plan.findings
            if each.rule in knowledge.red_flags
        )
        assert bool(plan.safe_anyway) is not (plan.status == "stop" and emergency)
        return
    is_safe(person, plan)
    is_tidy(person, plan)


def is_safe(person: Person, plan: Plan) -> None:
    knowledge, doses = known(), doses_of(plan)
    second = assess(person, doses, plan.bath, knowledge)
    assert second.verdict == "allow"
    assert not second.questions or not (doses or plan.bath)
    planned = {dose.substance for dose in doses}
    for line in plan.ledger:
        if line.substance in planned:
            assert not line.over
            assert line.limit_mg is None or line.total_mg <= line.limit_mg + 1e-6
    assert len(doses) <= 2 * 5
    if plan.bath is not None:
        for dose in doses:
            if knowledge.substances[dose.substance].sedating:
                assert dose.clock is not None
                assert minutes_from(plan.bath.end, dose.clock) < 12 * 60, "after the bath, not before"
    allowed = permit(person, knowledge)
    for dose in doses:
        salt = knowledge.forms[dose.form].alkaline if dose.form else None
        fits = [each for each in allowed.substances[dose.substance] if each.alkaline in (None, salt)]
        assert all(not each.refused_by and not each.open_questions for each in fits)


def is_tidy(person: Person, plan: Plan) -> None:
    assert plan.front
    assert plan.regimen == plan.front[0]
    assert all(regimen.components[0].kind == "habits" for regimen in plan.front)
    kinds = [component.kind for component in plan.front[0].components]
    assert len(set(kinds)) == len(kinds) <= 6
    assert all(0 <= line.clock < 1440 for line in plan.lines)
    assert not set(kinds[1:]) & set(person.refuses)  # the habits are always there
    for text in (*plan.dropped, *plan.expectations, *plan.safe_anyway, *plan.changes, plan.headline):
        assert isinstance(text, Text)
        assert text.en
        assert text.zh_hant
        assert text.ja
        assert "{" not in text.en + text.zh_hant + text.ja


def offered(person: Person) -> set[str]:
    """Ids of everything that could be chosen tonight, once no question holds the plan up."""
    knowledge = known()
    chance = magnesium_status(person, knowledge).probability_inadequate
    believed = believe(person, knowledge, chance)
    return {each.id for each in offers(person, permit(person, knowledge), believed, knowledge).components}


@MANY
@given(people())
def test_no_plan_breaks_a_hard_rule(person: Person) -> None:
    holds(person)


@settings(MANY, max_examples=300)
@given(people(), medicines())
def test_another_medicine_never_unlocks_anything(person: Person, medicine: TakenMedicine) -> None:
    more = msgspec.structs.replace(person, medicines=(*person.medicines, medicine))
    assert offered(more) <= offered(person)


@settings(MANY, max_examples=300)
@given(people(), st.data())
def test_another_condition_never_unlocks_anything(person: Person, data: st.DataObject) -> None:
    key = data.draw(st.sampled_from(sorted(known().condition_keys)))
    more = msgspec.structs.replace(person, conditions=(*person.conditions, key))
    assert offered(more) <= offered(person)


@settings(MANY, max_examples=100)
@given(people(), st.sampled_from(codes()))
def test_a_name_that_was_not_understood_is_never_safe(person: Person, code: str) -> None:
    for status in ("unknown", "question"):
        medicine = TakenMedicine(typed="?", status=status, atc=(code,), route="oral", clocks=(480,))  # type: ignore[arg-type]
        plan = make_plan(msgspec.structs.replace(person, medicines=(medicine,)), known())
        assert plan.status in ("ask", "stop")


@pytest.mark.soak
@SOAK
@given(people())
def test_soak(person: Person) -> None:
    holds(person)
