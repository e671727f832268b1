"""The question of one evening, asked in words: nothing that was not read is ever allowed."""

from __future__ import annotations

import pytest
from gate_facts import known
from msgspec.structs import replace

from anmin.person.examples import text as example
from anmin.person.model import Dose, Person
from anmin.person.profile import parse_profile
from anmin.person.understand import understand
from anmin.plan.make import make_plan
from anmin.safety.book import rulebook
from anmin.safety.check import check
from anmin.safety.many import assess_many
from anmin.safety.model import Assessment
from anmin.safety.permit import permit
from anmin.safety.tables import people_table

HEALTHY = """
age: 40
sex: male
country: US
bed: "23:00"
medicines: none
conditions: none
allergies: none
taking: none
alcohol: no
"""


def person(profile: str = HEALTHY) -> Person:
    return understand(parse_profile(profile), known())


def checked(*takes: str, profile: str = HEALTHY) -> Assessment:
    return check(person(profile), takes, known())


@pytest.mark.parametrize(
    "text",
    [
        "asdfgh", "ZMA", "moonroot", "zolpidem 10 mg", "warfarin 2 mg", "sauna 21:00", "hot shower 21:00",
        "hot tub 21:00",         "シャワー 21時", "サウナ 21時", "淋浴 21:00", "三溫暖 21:00",
        "magnesum citrate 200 mg elemental 22:00",
        "melatonine 0.5 mg 22:00", "某種草 22:00", "glycin 3 g 22:00",
    ],
)  # fmt: skip
def test_what_was_not_read_is_never_allowed(text: str) -> None:
    found = checked(text)
    assert found.verdict != "allow"
    assert any("*" in each.blocks for each in found.questions)


def test_a_misspelt_name_is_held_against_the_rules_of_the_nearest() -> None:
    found = checked("magnisium 200 mg 20:30", profile=example("cipro"))
    assert found.verdict == "ask"
    assert any("magnisium" in each.text.en and "magnesium" in each.text.en for each in found.questions)
    assert "mg-ciprofloxacin" in {each.rule for each in found.findings if each.applies}


def test_something_read_beside_something_unread_is_not_allowed_either() -> None:
    assert checked("glycine 3 g 22:00").verdict == "allow"
    assert checked("glycine 3 g 22:00", "asdfgh").verdict == "ask"


def test_a_substance_that_no_rule_speaks_of_is_not_called_safe() -> None:
    knowledge = known()
    silent = replace(
        knowledge,
        limits={id: row for id, row in knowledge.limits.items() if row.substance != "vitamin_b6"},
        interactions={id: row for id, row in knowledge.interactions.items() if row.substance != "vitamin_b6"},
        conditions={id: row for id, row in knowledge.conditions.items() if "vitamin_b6" not in row.applies_to},
    )
    take = ("vitamin B6 1 mg 22:00",)
    assert check(person(), take, knowledge).verdict == "allow"
    found = check(person(), take, silent)
    assert found.verdict == "ask"
    assert [each.rule for each in found.findings if each.applies] == ["not-judged"]
    assert permit(person(), silent).substances["vitamin_b6"][0].open_questions == ("not-judged",)
    table = pytest.importorskip("polars") and assess_many(
        people_table([person()]), (Dose(substance="vitamin_b6", mg=1, clock=1320),), silent
    )
    assert (table["verdict"].to_list(), table["rules"].to_list()) == (["ask"], [["not-judged"]])


def test_every_recognised_thing_that_is_swallowed_is_judged_or_asked_about() -> None:
    book = rulebook(known())
    for name, row in known().substances.items():
        if row.kind == "practice":
            continue
        verdicts = {checked(f"{row.name.en} {mg} mg 22:00").verdict for mg in (1, 100)}
        assert book.judged(name) or "allow" not in verdicts, name


@pytest.mark.parametrize(
    ("value", "stops"),
    [("0.3 mmol/L", True), ("0.49 mmol/L", True), ("1.0 mg/dL", True), ("0.5 mmol/L", False), ("0.7 mmol/L", False)],
)
def test_severely_low_magnesium_in_blood_goes_to_a_doctor_today(value: str, stops: bool) -> None:
    """0.5 mmol/L is 1.2 mg/dL."""
    profile = HEALTHY + f"serum_magnesium: {value}"
    found = checked("glycine 3 g 22:00", profile=profile)
    plan = make_plan(person(profile), known())
    assert (found.verdict == "stop") is stops
    assert (plan.status == "stop") is stops
    if stops:
        (finding,) = (each for each in found.findings if each.rule == "severe-low-magnesium")
        assert "doctor today" in finding.reason.en
        assert finding.sources


@pytest.mark.parametrize(
    ("take", "told"),
    [
        ("melatonin 0.5 mg 12:00", True), ("melatonin 0.5 mg 18:59", True), ("melatonin 0.5 mg 19:00", False),
        ("melatonin 0.5 mg 22:30", False), ("melatonin 0.5 mg 02:00", False), ("glycine 3 g 12:00", False),
    ],
)  # fmt: skip
def test_what_makes_drowsy_long_before_bed_is_told_beside_the_verdict(take: str, told: bool) -> None:
    """Bed is at 23:00, getting up at 07:00."""
    found = checked(take, profile=HEALTHY + 'rise: "07:00"')
    findings = [each for each in found.findings if each.rule == "drowsy-while-awake"]
    assert bool(findings) is told
    assert all("drive" in each.reason.en and each.beside for each in findings)
    unknown_bed = checked(take, profile=HEALTHY.replace('bed: "23:00"', ""))
    assert "drowsy-while-awake" not in {each.rule for each in unknown_bed.findings}
