"""How often and by which way a medicine is taken: what contradicts or is left out is asked about, never forgotten."""

from __future__ import annotations

import json

import pytest

from anmin.knowledge.load import load
from anmin.person.model import Person
from anmin.person.profile import parse_profile
from anmin.person.understand import understand
from anmin.safety.check import check
from anmin.units.clock import show_clock


def somebody(*medicines: object) -> Person:
    lines = json.dumps(medicines, ensure_ascii=False)
    text = f"{{age: 40, sex: male, country: US, bed: '23:00', alcohol: no, medicines: {lines}}}"
    return understand(parse_profile(text), load())


def asked(person: Person) -> list[str]:
    return [each.id.split(":")[0] for each in person.questions if each.field == "medicines"]


@pytest.mark.parametrize(
    "line",
    [
        "ciprofloxacin 500 mg twice daily 08:00", "cipro bid 08:00", "cipro b.i.d. 08:00", "cipro 2x/day 08:00",
        "cipro 1日2回 08:00", "環丙沙星 一天兩次 08:00", "cipro twice 08:00", "cipro three times a day 08:00 20:00",
        "cipro every 10 hours 08:00", "cipro twice-daily 08:00", "cipro 每日兩次 08:00",
        {"name": "cipro", "dose": "500 mg twice daily", "at": ["08:00"]}, {"name": "cipro bid", "at": "08:00"},
    ],
)  # fmt: skip
def test_fewer_hours_than_doses_is_a_question_and_any_hour_meanwhile(line: object) -> None:
    person = somebody(line)
    assert person.medicines[0].status == "recognised"
    assert not person.medicines[0].clocks_known
    assert asked(person) == ["medicine-hour"]
    found = check(person, ("magnesium citrate 200 mg elemental 20:30",), load())
    assert found.verdict != "allow"
    assert any(each.rule == "mg-ciprofloxacin" and each.applies for each in found.findings)


@pytest.mark.parametrize(
    ("line", "hours"),
    [
        ("cipro every 12 hours 08:00", "08:00 20:00"), ("cipro q12h 08:00", "08:00 20:00"),
        ("cipro every eight hours 06:00", "06:00 14:00 22:00"), ("cipro 12時間ごと 8:00", "08:00 20:00"),
        ("環丙沙星 每12小時 08:00", "08:00 20:00"), ("cipro twice daily 08:00 20:00", "08:00 20:00"),
        ("cipro once daily 08:00", "08:00"), ("cipro daily 08:00", "08:00"), ("cipro q24h 08:00", "08:00"),
        ("cipro every 48 hours 08:00", "08:00"), ("cipro qid 08:00 12:00 16:00 20:00", "08:00 12:00 16:00 20:00"),
    ],
)  # fmt: skip
def test_an_interval_or_enough_hours_tell_them_all(line: str, hours: str) -> None:
    person = somebody(line)
    assert person.medicines[0].clocks_known
    assert " ".join(map(show_clock, person.medicines[0].clocks)) == hours
    assert asked(person) == []


def test_every_dose_of_a_medicine_counts_in_the_ledger() -> None:
    doses = somebody("酸化マグネシウム錠330mg 1日3回").taking
    assert len(doses) == 3
    assert sum(dose.mg for dose in doses) == pytest.approx(3 * 199, abs=0.1)


@pytest.mark.parametrize(
    ("name", "route"),
    [
        ("Cipro 500 mg tablet", "eye"), ("cipro capsules", "skin"), ("シプロフロキサシン錠200mg", "eye"),
        ("環丙沙星錠", "skin"), ("cipro tablets", "ear"), ("cipro injection", "eye"),
    ],
)  # fmt: skip
def test_a_route_that_contradicts_the_form_is_asked_and_the_form_counts(name: str, route: str) -> None:
    person = somebody({"name": name, "route": route, "at": "20:00"})
    medicine = person.medicines[0]
    assert asked(person) == ["medicine-route"]
    assert medicine.status == "question"
    assert medicine.route == ("injection" if "injection" in name else "oral")
    assert "J01MA02" in medicine.atc
    found = check(person, ("magnesium citrate 200 mg elemental 20:30",), load())
    assert found.verdict == "ask"
    if medicine.route == "oral":
        assert any(each.rule == "mg-ciprofloxacin" and each.applies for each in found.findings)


@pytest.mark.parametrize(
    ("name", "route"),
    [("Cipro", "eye"), ("Cipro eye drops", "eye"), ("Cipro 500 mg tablet", "oral"), ("clotrimazole tablet", "vaginal")],
)
def test_a_route_that_fits_is_believed(name: str, route: str) -> None:
    person = somebody({"name": name, "route": route, "at": "20:00"})
    assert asked(person) == []
    assert person.medicines[0].route == route
