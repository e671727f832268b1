"""The clock: windows across midnight, the bath first, together where possible, another hour where not."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from plan_people import clock, known, somebody

from anmin.person.model import Bath, Dose
from anmin.plan.model import Component
from anmin.plan.timetable import Places, bath_places, near_meal, places, timetable, timing_of, window
from anmin.safety.model import BathPermission, Permission
from anmin.safety.windows import inside

SEDATING = frozenset({"gaba", "l_tryptophan"})


def allowed(*forbidden: tuple[int, int], single: float | None = None) -> Permission:
    return Permission(
        substance="magnesium", alkaline=False, ceiling_mg=350, max_single_mg=single, forbidden=forbidden,
        refused_by=(), forbidden_by=(), open_questions=(),
    )  # fmt: skip


def dose(substance: str, times: int = 1) -> Component:
    return Component(
        id=substance, kind=substance, doses=(Dose(substance=substance, mg=100),) * times, bath=None, expected=None,
        cost=None, pieces=1, steps=1, pathways=(),
    )  # fmt: skip


BATH = Component(
    id="hot_bath", kind="bath", doses=(), bath=Bath(water_c=40, minutes=10, end=0), expected=None, cost=0.0, pieces=0,
    steps=2, pathways=(),
)  # fmt: skip


@given(st.integers(0, 1439), st.lists(st.tuples(st.integers(0, 1439), st.integers(1, 1440)), max_size=3))
def test_a_window_holds_its_minutes_and_keeps_out_of_forbidden_hours(bed: int, shut: list[tuple[int, int]]) -> None:
    person, timing = somebody(bed=bed), timing_of("magnesium", known())
    assert timing is not None
    for before in window(timing, shut, person, 5):
        assert timing.nearest_min <= before <= timing.farthest_min
        assert not inside((bed - before) % 1440, shut)


def test_a_window_reaches_across_midnight() -> None:
    person = somebody(bed=clock("00:20"))
    found = places("magnesium", allowed(), person, known())
    assert (person.bed - found.window[0]) % 1440 == clock("23:35")


def test_times_are_round_whenever_bed_is_not() -> None:
    found = places("magnesium", allowed(), somebody(bed=clock("23:07")), known())
    assert all((clock("23:07") - before) % 5 == 0 for before in found.window)
    assert found.window


def test_where_bedtime_is_shut_dinner_is_next_and_then_breakfast() -> None:
    evening = (clock("19:01"), clock("03:00"))
    hours = ("dinner", "breakfast")
    found = places("magnesium", allowed(evening), somebody(), known(), hours)
    assert not found.window
    assert found.dinner == 4 * 60
    found = places("magnesium", allowed((clock("17:30"), clock("03:00"))), somebody(), known(), hours)
    assert found.dinner is None
    assert found.breakfast is not None
    assert places("magnesium", allowed((0, 1440)), somebody(), known(), hours).doses == 0


def test_near_a_meal_is_the_nearest_open_minute() -> None:
    person = somebody(bed=clock("23:00"))
    assert near_meal(clock("19:00"), [(clock("18:30"), clock("19:20"))], person, 60, 5) == 23 * 60 - clock("19:20")
    assert near_meal(None, [], person, 60, 5) is None


def test_the_bath_ends_before_anything_that_sedates_and_everything_else_shares_one_time() -> None:
    person = somebody()
    where = {
        "hot_bath": Places((90, 85, 95, 60, 120)), "gaba": Places((45, 40, 50)), "glycine": Places((45, 40, 50)),
    }  # fmt: skip
    evening = timetable([BATH, dose("gaba"), dose("glycine")], where, SEDATING, person)
    assert evening is not None
    assert evening.bath is not None
    assert evening.bath.end == clock("21:30")
    assert {each.clock for each in evening.doses} == {clock("22:15")}


def test_a_sedating_dose_waits_for_the_bath_or_the_bath_moves() -> None:
    where = {"hot_bath": Places((90, 60, 120)), "l_tryptophan": Places((100, 110))}
    evening = timetable([BATH, dose("l_tryptophan")], where, SEDATING, somebody())
    assert evening is not None
    assert evening.bath is not None
    assert evening.bath.end == clock("21:00")
    early = {"hot_bath": Places((90, 60)), "l_tryptophan": Places((100, 110))}
    assert timetable([BATH, dose("l_tryptophan")], early, SEDATING, somebody()) is None


def test_a_split_day_uses_bedtime_then_dinner() -> None:
    where = {"magnesium": Places((45,), dinner=240)}
    evening = timetable([dose("magnesium", times=2)], where, SEDATING, somebody())
    assert evening is not None
    assert [(each.where, each.dose.clock) for each in evening.placed] == [
        ("window", clock("22:15")), ("dinner", clock("19:00")),
    ]  # fmt: skip
    assert timetable([dose("magnesium", times=3)], where, SEDATING, somebody()) is None


def test_the_own_bath_time_comes_first_where_it_fits() -> None:
    free = BathPermission(max_c=41, max_minutes=10, refused_by=(), advice=())
    assert bath_places(free, somebody(bath_time=clock("21:10")), known()).window[0] == 110
    assert bath_places(free, somebody(bath_time=clock("18:00")), known()).window[0] == 90
    shut = BathPermission(
        max_c=41, max_minutes=10, refused_by=(), advice=(), forbidden=((clock("21:15"), clock("23:00")),)
    )
    assert all(before >= 105 for before in bath_places(shut, somebody(), known()).window)
