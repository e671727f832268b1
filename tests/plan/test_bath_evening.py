"""The bath among the other hours of the evening: dinner, patches, and the plan and `anmin bath` side by side."""

from __future__ import annotations

import re
from typing import Any

import pytest
from plan_people import known, takes

from anmin.body.bath.protocols import Surroundings
from anmin.person.model import Bath, Person
from anmin.plan.bath_search import BathAnswer, Wish, find_bath
from anmin.plan.make import make_plan
from anmin.safety.assess import assess
from anmin.safety.bath import meal_hours
from anmin.safety.permit import permit
from anmin.safety.windows import inside

KNOWN = known()
BED = 23 * 60


def somebody(**told: Any) -> Person:
    plain: dict[str, Any] = {
        "age": 34, "sex": "female", "country": "JP", "bed": BED, "rise": 7 * 60, "complaint": "falling_asleep",
        "pregnant": "no", "alcohol_tonight": False, "egfr": 95.0, "bathing": "bath", "wants": ("hot_bath",),
        "refuses": ("magnesium", "glycine", "gaba", "l_theanine"),
    }  # fmt: skip
    return Person(**{**plain, **told})


def tonight(person: Person) -> BathAnswer:
    return find_bath(person, Wish(Surroundings(bed_hour=person.bed / 60), draws=20), KNOWN)


def rules(person: Person, bath: Bath) -> list[str]:
    return [each.rule for each in assess(person, (), bath, KNOWN).findings if each.applies]


@pytest.mark.parametrize("dinner", [19 * 60, 20 * 60 + 15, 20 * 60 + 30, 21 * 60 + 50])
@pytest.mark.parametrize("bath_time", [None, 21 * 60 + 30])
def test_no_bath_lies_over_dinner_or_right_after_it_where_another_hour_is_free(
    dinner: int, bath_time: int | None
) -> None:
    person = somebody(dinner=dinner, bath_time=bath_time)
    proposed = tonight(person).proposed
    plan = make_plan(person, KNOWN)
    assert proposed is not None
    assert plan.bath is not None
    for bath in (proposed.bath, plan.bath):
        assert not inside(bath.end, meal_hours(person, bath.minutes, KNOWN))
        assert "after-meal" not in rules(person, bath)
    for end in proposed.ends:
        assert not inside(round(BED - end), meal_hours(person, proposed.bath.minutes, KNOWN))


def test_where_dinner_leaves_no_other_hour_the_bath_says_so() -> None:
    person = somebody(dinner=20 * 60 + 59)  # an hour and the bath after it fill all the hours of the trials
    answer, plan = tonight(person), make_plan(person, KNOWN)
    assert "after-meal" in [each.rule for each in answer.findings]
    assert plan.bath is not None
    assert "after-meal" in [rule for line in plan.lines for rule in line.rules]


def test_a_dinner_in_the_middle_of_the_bath_counts() -> None:
    assert "after-meal" in rules(somebody(dinner=21 * 60 + 25), Bath(water_c=40, minutes=10, end=21 * 60 + 30))


@pytest.mark.parametrize(("code", "route"), [("N02AB03", "patch"), ("N02AE01", "patch"), ("N05AD01", "injection")])
def test_a_patch_and_a_depot_sedate_at_every_hour(code: str, route: str) -> None:
    worn = somebody(medicines=(takes(code, at=(8 * 60,), route=route),))
    assert permit(worn, KNOWN).bath.refused_by
    assert tonight(worn).status == "refused"
    assert assess(worn, (), Bath(water_c=39, minutes=5, end=21 * 60 + 30), KNOWN).verdict == "avoid"
    assert tonight(somebody(medicines=(takes(code, at=(8 * 60,)),))).status == "bath"


@pytest.mark.parametrize("pregnant", ["yes", "trying"])
def test_the_plan_for_a_pregnancy_is_as_mild_as_anmin_bath(pregnant: str) -> None:
    person = somebody(pregnant=pregnant)
    plan, proposed = make_plan(person, KNOWN), tonight(person).proposed
    assert proposed is not None
    baths = [part.bath for regimen in plan.front for part in regimen.components if part.bath is not None]
    assert baths
    for bath in baths:
        assert bath.water_c <= proposed.bath.water_c
        assert bath.minutes <= proposed.bath.minutes
    assert not any("warmer against the trunk" in why.en for line in plan.lines for why in line.why)


def test_a_bath_offered_as_another_way_carries_its_limits() -> None:
    plan = make_plan(somebody(pregnant="yes", complaint="staying_asleep", wants=()), KNOWN)
    said = [text for text in plan.changes if "warm bath" in text.en]
    assert said
    for text in said:
        assert "°C" in text.en
        assert "minutes" in text.en
        assert "℃" in text.ja


def test_a_free_stretch_of_a_minute_is_not_called_any_time() -> None:
    for dinner in range(20 * 60, 21 * 60, 4):
        plan = make_plan(somebody(bed=BED - 20, dinner=dinner), KNOWN)
        for line in plan.lines:
            for why in line.why:
                hours = re.search(r"from (\d\d):(\d\d) to (\d\d):(\d\d) is as good", why.en)
                if hours:
                    first, least, last, most = map(int, hours.groups())
                    assert (last - first) * 60 + most - least >= 15


def test_a_bath_below_the_trials_is_not_praised_with_them() -> None:
    plan = make_plan(somebody(pregnant="yes"), KNOWN)
    assert plan.bath is not None
    said = " ".join(why.en for line in plan.lines if line.substance == "hot_bath" for why in line.why)
    assert "no trial speaks for this bath" in said
    assert "core should not get hot" in said, "the rule that caps it"
    assert "Small trials" not in said
    assert "mildest bath" not in said


def test_while_a_question_is_open_nothing_was_passed_over() -> None:
    plan = make_plan(somebody(medicines=(takes("", typed="Zelmoravin", status="unknown"),)), KNOWN)
    assert plan.status == "ask"
    assert not any("warm bath" in text.en for text in plan.dropped)
