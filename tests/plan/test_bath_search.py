"""`anmin bath` from Python: two doors, caps, refusals, and figures that agree with the model run by hand."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest

from anmin.body.bath.model import Body
from anmin.body.bath.parameters import best, draws
from anmin.body.bath.protocols import Protocol, Surroundings, nights
from anmin.errors import GateError, InputError
from anmin.knowledge.load import load
from anmin.person.model import Dose, Person
from anmin.plan import bath_search
from anmin.plan.bath_body import bather
from anmin.plan.bath_choice import beyond_model
from anmin.plan.bath_search import BathAnswer, Proposed, Wish, find_bath, never_above
from anmin.safety.assess import assess
from anmin.safety.permit import permit

KNOWN = load()
MILD = Surroundings(bed_hour=23)


def somebody(**told: Any) -> Person:
    plain: dict[str, Any] = {
        "age": 34, "sex": "male", "country": "TW", "bed": 23 * 60, "rise": 7 * 60, "complaint": "falling_asleep",
        "height_cm": 172.0, "weight_kg": 70.0, "alcohol_tonight": False, "egfr": 95.0, "pregnant": "no",
    }  # fmt: skip
    return Person(**{**plain, **told})


def found(around: Surroundings = MILD, **told: Any) -> BathAnswer:
    return find_bath(somebody(**told), Wish(around, draws=20), KNOWN)


def proposed(around: Surroundings = MILD, **told: Any) -> Proposed:
    answer = found(around, **told)
    assert answer.proposed is not None
    return answer.proposed


def test_a_healthy_adult_gets_a_bath_of_the_trials_that_the_second_door_allows() -> None:
    answer = proposed()
    assert answer.studied
    assert answer.core_back
    assert 40 <= answer.bath.water_c <= 41
    assert 10 <= answer.bath.minutes <= 15
    assert 60 <= answer.end_min <= 120
    assert assess(somebody(), (), answer.bath, KNOWN).verdict == "allow"
    assert answer.bath.end == 23 * 60 - answer.end_min


@pytest.mark.parametrize(
    ("told", "max_c", "max_minutes"),
    [
        ({"age": 72}, 41, 10),
        ({"conditions": ("hypertension",)}, 41, 10),
        ({"sex": "female", "pregnant": "yes", "pregnancy_week": 20}, 39, 10),
        ({"sex": "female", "pregnant": "trying"}, 39, 10),
    ],
)
def test_no_run_of_the_model_lifts_a_cap(told: dict[str, Any], max_c: float, max_minutes: float) -> None:
    for around in (MILD, Surroundings(bed_hour=23, season="winter")):
        answer = proposed(around, **told)
        for each in (answer.bath, answer.top, *answer.others):
            assert each.water_c <= max_c
            assert each.minutes <= max_minutes


@pytest.mark.parametrize(
    "told",
    [
        {"alcohol_tonight": True},
        {"alcohol_tonight": None, "alcohol_last": 20 * 60},
        {"conditions": ("epilepsy",)},
        {"conditions": ("falls",)},
        {"conditions": ("severe_heart_failure",)},
        {"conditions": ("fever",)},
        {"flags": ("osa",)},
    ],
)
def test_who_must_not_bathe_is_refused_before_any_run(told: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bath_search, "nights", None)
    answer = found(**told)
    assert answer.status == "refused"
    assert answer.findings
    assert answer.proposed is None


def test_somebody_old_and_alone_gets_no_tub() -> None:
    answer = found(age=72, bathes_alone=True)
    assert (answer.status, answer.alone) == ("refused", True)
    assert found(age=72, bathes_alone=False).status == "bath"


def test_a_sedative_closes_the_hours_after_it() -> None:
    early = Dose(substance="valerian", mg=400, clock=20 * 60, origin="product")
    assert KNOWN.substances["valerian"].sedating
    answer = found(taking=(early,))
    assert (answer.status, answer.no_hour) == ("refused", True)
    late = msgspec.structs.replace(early, clock=22 * 60)
    answer = found(taking=(late,))
    assert answer.proposed is not None
    assert answer.proposed.bath.end <= 22 * 60
    assert min(answer.proposed.ends) >= 60


def test_the_second_door_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    shut = msgspec.structs.replace(assess(somebody(), (), None, KNOWN), verdict="avoid")
    monkeypatch.setattr(bath_search, "assess", lambda *_: shut)
    with pytest.raises(GateError, match="bath: avoid"):
        found()


def test_an_unread_medicine_is_a_question_not_a_bath() -> None:
    from anmin.person.model import TakenMedicine

    unknown = TakenMedicine(typed="Zelmoravin", status="unknown", atc=(), route="oral")
    assert found(medicines=(unknown,)).status == "ask"


def test_the_gain_is_that_of_the_model_run_by_hand() -> None:
    answer = proposed()
    bath = Protocol(
        water_c=answer.bath.water_c, minutes=answer.bath.minutes, end_min=answer.end_min,
        level=answer.level,  # type: ignore[arg-type]
    )  # fmt: skip
    run = nights(bather(somebody(), KNOWN).body, [bath], draws(KNOWN, 20), MILD, KNOWN)
    assert answer.gain.mean == pytest.approx(float(run.gain().mean()), abs=0.002)
    assert answer.gain.low == pytest.approx(float(np.quantile(run.gain(), 0.05)), abs=0.002)
    assert answer.course.gradient.gain[answer.course.minutes.index(0.0)] == pytest.approx(answer.gain.mean, abs=0.002)


def test_the_warmth_fades_with_the_hours_and_the_salt_film_slows_the_core() -> None:
    answer = proposed()
    gains = [each.gain.mean for each in answer.by_end]
    assert [each.end_min for each in answer.by_end] == [60, 90, 120]
    assert gains == sorted(gains, reverse=True), "no peak at 90"
    film = next(each for each in answer.others if each.kind == "coating")
    assert film.core_left.mean > answer.core_left.mean
    assert film.rise.mean > answer.rise.mean


def test_a_footbath_leaves_the_core_alone_and_a_shower_does_less_than_the_bath() -> None:
    answer = proposed()
    others = {each.kind: each for each in answer.others}
    assert abs(others["footbath"].rise.mean) < 0.05
    assert others["shower"].gain.mean < answer.gain.mean


def test_in_a_hot_room_nothing_is_left_and_in_a_cold_one_more() -> None:
    hot, mild, cold = (proposed(Surroundings(bed_hour=23, season=each)) for each in ("summer", "mild", "winter"))
    assert hot.gain.mean < 0.1 < mild.gain.mean < cold.gain.mean


def test_the_warning_run_is_hotter_than_the_estimate_and_below_the_line() -> None:
    answer = proposed()
    run = nights(
        bather(somebody(), KNOWN).body, [Protocol(water_c=40, minutes=10, end_min=90)], [best(KNOWN)], MILD, KNOWN
    )
    assert float(run.hottest[:, 1].max()) < answer.warning_peak_c < never_above(KNOWN) == 38.9


def test_a_bath_whose_warning_run_gets_too_hot_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bath_search, "never_above", lambda _: 37.0)
    answer = found()
    assert (answer.status, answer.no_hour, answer.proposed) == ("refused", False, None)


def test_all_evenings_go_out_at_the_same_time_and_the_one_without_is_the_first() -> None:
    protocols = [Protocol(water_c=40, minutes=10, end_min=60), Protocol(water_c=41, minutes=15, end_min=120)]
    run = nights(Body(), protocols, [best(KNOWN)], MILD, KNOWN, after_min=60)
    assert run.minutes[run.lights_out] == 0
    assert run.minutes[-1] >= 60
    assert run.core.shape == (run.minutes.size, 3, 1)
    assert np.abs(run.against_none(run.core)[run.minutes < -140]).max() < 1e-6, "the same before any water"


def test_the_light_way_agrees_with_the_compiled_one() -> None:
    pytest.importorskip("numba")
    protocols = [Protocol(water_c=40, minutes=10, end_min=60)]
    two = [nights(Body(), protocols, [best(KNOWN)], MILD, KNOWN, kernel=each) for each in ("numba", "numpy")]
    assert two[0].gain() == pytest.approx(two[1].gain(), abs=1e-6)


def test_a_body_is_the_persons_own_where_told_and_average_where_not() -> None:
    own = bather(somebody(height_cm=180.0, weight_kg=90.0), KNOWN)
    assert (own.body.height_m, own.body.weight_kg, own.assumed) == (1.8, 90.0, ())
    bmi = 90 / 1.8**2
    assert own.body.fat_percent == pytest.approx(1.2 * bmi + 0.23 * 34 - 10.8 - 5.4), "Deurenberg 1991"
    assert bather(somebody(height_cm=None, sex=None), KNOWN).assumed == ("sex", "height_cm")
    with pytest.raises(InputError, match="age"):
        bather(somebody(age=None), KNOWN)


def test_what_the_model_knows_nothing_of_is_named() -> None:
    assert found(sex="female", pregnant="yes", pregnancy_week=20).beyond == ("pregnant",)
    assert found(conditions=("hypertension",)).beyond == ("hypertension",)
    assert beyond_model(somebody(bathes_alone=True), KNOWN) == ()
    assert beyond_model(somebody(age=80), KNOWN) == (), "age is in the model"


def test_the_usual_bath_time_is_kept_where_it_is_as_good_and_not_otherwise() -> None:
    free = proposed()
    own = round(23 * 60 - free.ends[-1]) + 5
    assert proposed(bathing="bath", bath_time=own).bath.end == own
    assert proposed(bathing="bath", bath_time=19 * 60).bath.end == free.bath.end
    assert proposed(bathing="bath", bath_time=22 * 60 + 30).bath.end == free.bath.end


def test_the_ends_offered_are_open_for_this_person() -> None:
    late = Dose(substance="valerian", mg=400, clock=21 * 60 + 20, origin="product")
    person = somebody(taking=(late,))
    ends = bath_search.open_ends(person, permit(person, KNOWN).bath, KNOWN)
    assert ends == [105, 120]
