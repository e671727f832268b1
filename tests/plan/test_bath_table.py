"""The shipped table of baths: as the model computes it today, never above a cap, and what the plan makes of it."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import msgspec
import pytest

from anmin.knowledge.load import load
from anmin.person.model import Bath, Dose, Person
from anmin.plan import bath_table, components
from anmin.plan.bath_choice import Caps
from anmin.plan.bath_reasons import bath_reasons, free_ends
from anmin.plan.bath_table import AGES, SEASONS, Row, advised, caps_of, rows_of, version_of
from anmin.plan.make import make_plan
from anmin.plan.timetable import bath_places, timing_of
from anmin.safety.model import BathPermission
from anmin.safety.permit import permit

KNOWN = load()
TABLE = bath_table._shipped()
OPEN = BathPermission(max_c=41, max_minutes=15, refused_by=(), advice=())


def somebody(**told: Any) -> Person:
    plain: dict[str, Any] = {
        "age": 34, "sex": "male", "country": "TW", "bed": 23 * 60, "rise": 7 * 60, "complaint": "falling_asleep",
        "alcohol_tonight": False, "egfr": 95.0, "pregnant": "no", "wants": ("hot_bath",), "dinner": 19 * 60,
        "lactating": False,
    }  # fmt: skip
    return Person(**{**plain, **told})


def test_the_table_is_as_new_as_the_facts() -> None:
    assert TABLE is not None
    assert TABLE.version == version_of(KNOWN), "run python -m anmin.plan.bath_table"


@pytest.mark.parametrize(("age", "sex", "season"), [(30, "male", "mild"), (70, "female", "winter")])
def test_cells_computed_anew_are_those_of_the_table(age: int, sex: Any, season: Any) -> None:
    assert TABLE is not None
    shipped = {row for row in map(key, TABLE.rows) if row[:3] == (age, sex, season)}
    assert {key(row) for row in rows_of(age, sex, season, KNOWN)} == shipped, "run python -m anmin.plan.bath_table"


def key(row: Row) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in Row.__struct_fields__)


def test_every_row_keeps_its_caps_and_the_hours_of_the_trials() -> None:
    assert TABLE is not None
    timing = timing_of("hot_bath", KNOWN)
    assert timing is not None
    assert len(TABLE.rows) == len(AGES) * 2 * len(SEASONS) * len(caps_of(KNOWN))
    for row in TABLE.rows:
        assert row.water_c <= row.max_c
        assert row.minutes <= row.max_minutes
        assert timing.nearest_min <= row.near <= row.far <= timing.farthest_min


@pytest.mark.parametrize("max_c", [39, 40, 41, 44])
@pytest.mark.parametrize("max_minutes", [10, 12, 15, 60])
def test_nobody_is_advised_more_than_their_caps(max_c: float, max_minutes: float) -> None:
    for age in (18, 34, 65, 104):
        for sex in ("female", "male", None):
            found = advised(somebody(age=age, sex=sex), Caps(max_c=max_c, max_minutes=max_minutes), KNOWN)
            assert found is not None
            assert found.row.water_c <= max_c
            assert found.row.minutes <= max_minutes
            assert found.gain_warm_room < found.row.gain < found.gain_cold_room


def test_where_no_row_is_mild_enough_or_the_model_knows_nothing_the_plan_asks_the_trials() -> None:
    assert advised(somebody(), Caps(max_c=37, max_minutes=10), KNOWN) is None
    assert advised(somebody(age=None), Caps(max_c=41, max_minutes=10), KNOWN) is None
    assert advised(somebody(sex="female", pregnant="yes"), Caps(max_c=39, max_minutes=10), KNOWN) is None
    assert advised(somebody(conditions=("hypertension",)), Caps(max_c=41, max_minutes=10), KNOWN) is None


def test_a_table_older_than_the_facts_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    assert TABLE is not None
    stale = msgspec.structs.replace(TABLE, version="0")
    monkeypatch.setattr(bath_table, "_shipped", lambda: stale)
    assert advised(somebody(), Caps(max_c=41, max_minutes=15), KNOWN) is None
    plan = make_plan(somebody(), KNOWN)
    assert plan.bath is not None
    assert not any("bath-parameters" in line.rules for line in plan.lines)


def test_a_table_gone_wrong_cannot_lift_the_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    row = Row(
        age=30, sex="male", season="mild", max_c=41, max_minutes=15, water_c=45, minutes=60, near=60, far=120, gain=1,
        core_left=0, sooner_by=0,
    )  # fmt: skip
    wrong = bath_table.Advised(row=row, gain_warm_room=0, gain_cold_room=2)
    monkeypatch.setattr(components, "advised", lambda *_: wrong)
    monkeypatch.setattr(components, "mildest", lambda *_: row)
    plan = make_plan(somebody(), KNOWN)
    assert plan.bath is not None
    assert (plan.bath.water_c, plan.bath.minutes) == (41, 15)


def test_the_plan_says_what_the_model_expects_and_that_no_minute_is_special() -> None:
    plan = make_plan(somebody(), KNOWN)
    (line,) = [line for line in plan.lines if line.substance == "hot_bath"]
    assert "bath-parameters" in line.rules
    assert any("not proof" in text.en for text in line.why)
    assert any("nothing speaks for exactly 90" in text.en for text in line.why)
    assert any(source.doi == "10.1016/j.enbuild.2020.110575" for source in line.sources)


def test_the_hours_called_as_good_come_before_anything_that_sedates() -> None:
    row = Row(
        age=30, sex="male", season="mild", max_c=41, max_minutes=15, water_c=40, minutes=10, near=60, far=120,
        gain=0.4, core_left=0.05, sooner_by=0.1,
    )  # fmt: skip
    bath = Bath(water_c=40, minutes=10, end=21 * 60 + 30)
    free = free_ends(bath, (), OPEN, somebody(), row, KNOWN)
    assert (free[0], free[-1]) == (60, 120)
    theanine = Dose(substance="valerian", mg=400, clock=21 * 60 + 45)
    assert min(free_ends(bath, (theanine,), OPEN, somebody(), row, KNOWN)) == 75
    shut = msgspec.structs.replace(OPEN, forbidden=((20 * 60, 21 * 60 + 20),))
    assert max(free_ends(bath, (), shut, somebody(), row, KNOWN)) == 90
    outside = msgspec.structs.replace(bath, end=22 * 60 + 30)
    assert free_ends(outside, (), OPEN, somebody(), row, KNOWN) == ()


def test_of_the_hours_of_the_trials_the_models_come_first_and_the_own_one_before_all() -> None:
    places = bath_places(OPEN, somebody(), KNOWN, (60, 75)).window
    assert 60 <= places[0] <= 75
    assert {60, 120} <= set(places), "the others are still there"
    assert bath_places(OPEN, somebody(bath_time=21 * 60), KNOWN, (60, 75)).window[0] == 120


def test_no_reasons_are_given_for_another_bath_than_the_tables() -> None:
    person = somebody()
    other = Bath(water_c=39, minutes=7, end=21 * 60 + 30)
    assert list(bath_reasons(other, (), permit(person, KNOWN).bath, person, KNOWN)) == []


def test_a_plan_with_a_bath_needs_neither_numpy_nor_the_heat_model() -> None:
    code = (
        "import sys\n"
        "from anmin.knowledge.load import load\n"
        "from anmin.person.model import Person\n"
        "from anmin.plan.make import make_plan\n"
        "plan = make_plan(Person(age=34, sex='male', country='TW', bed=1380, rise=420, complaint='falling_asleep',\n"
        "    alcohol_tonight=False, egfr=95.0, pregnant='no', lactating=False, dinner=1140,\n"
        "    wants=('hot_bath',)), load())\n"
        "assert plan.bath is not None, plan.status\n"
        "assert not {'numpy', 'numba', 'anmin.body.bath.simulate'} & set(sys.modules)\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 0, run.stderr
