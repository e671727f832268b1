"""What people type into a profile, and what they cannot have meant."""

from __future__ import annotations

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from anmin.errors import ProfileError
from anmin.knowledge.load import load
from anmin.person.answers import (
    Alcohol,
    Bathing,
    Caffeine,
    Diet,
    Kidney,
    Medicine,
    PackPrice,
    Preferences,
    Product,
    Profile,
    Sleep,
)
from anmin.person.profile import dump_profile, parse_profile, profile_schema
from anmin.person.quantities import money_per_day, per_week, surgery_in_days


@pytest.mark.parametrize(
    ("text", "field", "value", "allowed"),
    [
        ("age: -3", "age", "-3", "0 to 120 years"),
        ("age: 34.5", "age", "34.5", "whole number"),
        ("kidney: {egfr: 900}", "kidney.egfr", "900", "1 to 250 mL/min"),
        ("egfr: 900", "kidney.egfr", "900", "1 to 250 mL/min"),
        ("kidney: {creatinine: 0.9}", "kidney.creatinine", "0.9", "unit"),
        ("kidney: {creatinine: 90 mg/dL}", "kidney.creatinine", "90 mg/dL", "0.1 to 30 mg/dL"),
        ("serum_magnesium: 20 mmol/L", "serum_magnesium", "20 mmol/L", "0.1 to 6 mmol/L"),
        ("diet: {magnesium_mg: 5000}", "diet.magnesium_mg", "5000", "0 to 2000 mg"),
        ("bed: 27:99", "bed", "27:99", "00:00 to 23:59"),
        ("medicines: [aspirin 100 mg 25:00]", "medicines[0]", "25:00", "00:00 to 23:59"),
        ("medicines: [{name: aspirin, at: soon}]", "medicines[0].at", "soon", "clock times"),
        ("medicines: [{at: 8:00, route: oral}]", "medicines[0].name", "dict", "the name on the pack"),
        ("sleep: {isi: 40}", "sleep.isi", "40", "0 to 28 points"),
        ("sleep: {epworth: 25}", "sleep.epworth", "25", "0 to 24 points"),
        ("sleep: {problem: hungry}", "sleep.problem", "hungry", "falling_asleep"),
        ("sex: x", "sex", "x", "female, male"),
        ("country: Atlantis", "country", "Atlantis", "US, UK, JP"),
        ("weight: 900", "weight_kg", "900", "2 to 400 kg"),
        ("pregnancy_week: 60", "pregnancy_week", "60", "1 to 43 weeks"),
        ("pregnant: no\npregnancy_week: 20", "pregnancy_week", "20", "no week"),
        ("sex: male\npregnant: yes", "pregnant", "yes", "no, beside sex: male"),
        ("surgery: soon", "surgery", "soon", "in 10 days"),
        ("budget: three bananas", "budget", "three bananas", "currency"),
        ("red_flags: {snoringg: yes}", "red_flags.snoringg", "snoringg", "osa"),
        ("red_flags: {osa: perhaps so}", "red_flags.osa", "perhaps so", "yes, no"),
    ],
)
def test_impossible_values_name_field_value_and_range(text: str, field: str, value: str, allowed: str) -> None:
    with pytest.raises(ProfileError) as caught:
        parse_profile(text)
    error = caught.value
    assert (error.field, str(error.value)) == (field, value)
    assert allowed in error.allowed
    assert error.line == text.count("\n") + 1
    assert f"profile.yaml:{error.line}: {field}: " in str(error)


@pytest.mark.parametrize(
    ("text", "closest"),
    [
        ("agee: 3", "age"),
        ("medicine_list: []", "medicines"),
        ("sleep: {probelm: x}", "problem"),
        ("kidney: {efgr: 3}", "egfr"),
    ],
)
def test_an_unknown_field_is_an_error_with_the_closest_one(text: str, closest: str) -> None:
    with pytest.raises(ProfileError, match=f"Did you mean {closest}"):
        parse_profile(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("age: 34歲", {"age": 34}),
        ("年齢: 34", {"age": 34}),
        ("age: ３４", {"age": 34}),
        ("sex: 女", {"sex": "female"}),
        ("sex: 男性", {"sex": "male"}),
        ("country: GB", {"country": "UK"}),
        ("country: deutschland", {"country": "EU"}),
        ("country: NL", {"country": "EU"}),
        ("country: 臺灣", {"country": "TW"}),
        ("country: アメリカ", {"country": "US"}),
        ("pregnant: 20 weeks", {"pregnant": "yes", "pregnancy_week": 20}),
        ("pregnant: 妊娠20週", {"pregnant": "yes", "pregnancy_week": 20}),
        ("pregnant: 備孕", {"pregnant": "trying"}),
        ("lactating: はい", {"breastfeeding": True}),
        ("weight: 154 lb", {"weight_kg": pytest.approx(69.85, abs=0.01)}),
        ("height: 1.70 m", {"height_cm": 170}),
        ("kidney: 41", {"kidney": Kidney(egfr=41)}),
        ("eGFR: 41", {"kidney": Kidney(egfr=41)}),
        ("kidney: 0.9 mg/dL", {"kidney": Kidney(creatinine="0.9 mg/dL")}),
        ("medicines: none", {"medicines": ()}),
        ("薬: なし", {"medicines": ()}),
        ("medicines:", {"medicines": None}),
        ("medicines: unknown", {"medicines": None}),
        ("medicines: {levothyroxine: '23:00'}", {"medicines": (Medicine(name="levothyroxine", at=("23:00",)),)}),
        ("medicines:\n- name: x\n  as_needed: yes", {"medicines": (Medicine(name="x", as_needed=True),)}),
        ("medicines:\n- ibuprofen: as needed", {"medicines": (Medicine(name="ibuprofen", as_needed=True),)}),
        ("medicines: [{drug: x, dose: 5 mg}]", {"medicines": (Medicine(name="x", dose="5 mg"),)}),
        ("medicines: [{name: x, times: [8:00]}]", {"medicines": (Medicine(name="x", at=("8:00",)),)}),
        ("conditions: asthma, 糖尿病", {"conditions": ("asthma", "糖尿病")}),
        ("diet: 250 mg", {"diet": Diet(magnesium_mg=250)}),
        ("alcohol: no", {"alcohol": Alcohol(tonight=False)}),
        ("alcohol: 21:00", {"alcohol": Alcohol(last="21:00")}),
        ("caffeine: none", {"caffeine": Caffeine(last="none")}),
        ("sleep: 寝つきが悪い", {"sleep": Sleep(problem="falling_asleep")}),
        ("isi: 14\nsleep: {problem: 早醒}", {"sleep": Sleep(problem="early_waking", isi=14)}),
        ("sleep: {for: 3個月}", {"sleep": Sleep(lasting="3個月")}),
        ("bed: 晚上11點半", {"bed": "23:30"}),
        ("bathing: 泡澡 21:30", {"bathing": Bathing(kind="bath", at="21:30")}),
        ("surgery: 10天後", {"surgery": "in 10 days"}),
        ("surgery: 2027/3/1", {"surgery": "2027-03-01"}),
        ("preferences: [blend, vegan]", {"preferences": Preferences(prefer="blend", vegan=True)}),
        ("red_flags: [osa]", {"red_flags": {"osa": True}}),
    ],
)  # fmt: skip
def test_people_differ_in_how_they_write(text: str, expected: dict[str, object]) -> None:
    profile = parse_profile(text)
    for field, value in expected.items():
        assert getattr(profile, field) == value


def test_no_red_flags_at_all_answers_every_one() -> None:
    assert parse_profile("red_flags: none").red_flags == dict.fromkeys(load().red_flags, False)


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("NT$20", 20, "TWD"),
        ("2 USD a day", 2, "USD"),
        ("100円", 100, "JPY"),
        ("每月 600 元", 600 / 30.4375, "TWD"),
        ("€10.50 per week", 1.5, "EUR"),
        ("1,200 yen a month", 1200 / 30.4375, "JPY"),
        ("$2", 2, "TWD"),
    ],
)
def test_money_a_day(text: str, amount: float, currency: str) -> None:
    money = money_per_day(text, "budget", load(), "TW")
    assert money.amount == pytest.approx(amount)
    assert money.currency == currency


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("2/week", 2),
        ("twice a week", 2),
        ("daily", 7),
        ("每週兩次", 2),
        ("週2回", 2),
        ("never", 0),
        ("一天2次", 14),
        ("毎日", 7),
    ],
)
def test_how_often(text: str, times: float) -> None:
    assert per_week(text, "diet.foods.almonds", load()) == times


def test_an_operation_that_is_over_counts_no_longer() -> None:
    from datetime import date

    assert surgery_in_days("2027-03-01", date(2027, 2, 20)) == 9
    assert surgery_in_days("2027-03-01", date(2027, 3, 2)) is None
    assert surgery_in_days("no", date(2027, 3, 2)) is None


_TYPED = (
    st.text(
        st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs"), exclude_characters="\u202f"),
        min_size=1,
        max_size=30,
    )
    .map(lambda text: " ".join(text.split()))
    .filter(lambda text: text not in ("", "?") and parse_safe(text))
)


def parse_safe(text: str) -> bool:
    """Whether a random word stays the same word when it is read, and is no hour."""
    try:
        return parse_profile(dump_profile(Profile(medicines=(text,)))).medicines == (text,)
    except ProfileError:
        return False


_CLOCK = st.integers(0, 1439).map(lambda minute: f"{minute // 60:02d}:{minute % 60:02d}")
_NUMBER = st.integers(10, 1000).map(lambda tenths: tenths / 10)
_PROFILES = st.builds(
    Profile,
    age=st.none() | st.integers(0, 120),
    sex=st.sampled_from([None, "female"]),
    pregnant=st.sampled_from([None, "no", "yes", "trying"]),
    breastfeeding=st.sampled_from([None, True, False]),
    country=st.sampled_from([None, "TW", "EU"]),
    weight_kg=st.none() | _NUMBER.filter(lambda value: value >= 2),
    kidney=st.none() | st.builds(Kidney, egfr=_NUMBER, creatinine=st.sampled_from([None, "80 µmol/L"])),
    conditions=st.none() | st.lists(_TYPED, max_size=2).map(tuple),
    medicines=st.none()
    | st.lists(
        _TYPED
        | st.builds(
            Medicine,
            name=_TYPED,
            at=st.none() | st.lists(_CLOCK | st.just("睡前"), min_size=1, max_size=3).map(tuple),
            route=st.sampled_from([None, "oral", "eye"]),
            as_needed=st.booleans(),
            stopped_days_ago=st.none() | st.integers(0, 100),
        ),
        max_size=3,
    ).map(tuple),
    taking=st.none()
    | st.lists(
        st.builds(
            Product,
            product=_TYPED,
            amount=st.sampled_from([None, "200 mg"]),
            basis=st.sampled_from([None, "elemental"]),
            at=st.none() | st.just(("22:00",)),
            contains=st.lists(_TYPED, max_size=2).map(tuple),
        ),
        max_size=2,
    ).map(tuple),
    diet=st.none() | st.builds(Diet, magnesium_mg=_NUMBER),
    alcohol=st.none() | st.builds(Alcohol, tonight=st.booleans(), last=st.none() | _CLOCK),
    sleep=st.none() | st.builds(Sleep, problem=st.just("early_waking"), lasting=st.sampled_from([None, "6 週"])),
    bed=st.none() | _CLOCK,
    bathing=st.none() | st.builds(Bathing, kind=st.just("bath"), alone=st.sampled_from([None, True, False])),
    red_flags=st.none() | st.dictionaries(st.sampled_from(["osa", "rls", "drowsy-driving"]), st.booleans(), min_size=1),
    preferences=st.none() | st.builds(Preferences, vegan=st.booleans(), wants=st.just(("magnesium",))),
    budget=st.sampled_from([None, "NT$20", "1.50 EUR"]),
    prices=st.sampled_from([(), (PackPrice(product="glycine", price="NT$600", pieces=90, mg_per_piece=500),)]),
)


@given(_PROFILES, st.sampled_from(["en", "zh-Hant", "ja"]))
@settings(max_examples=60, deadline=None)
def test_what_is_written_reads_back_equal(profile: Profile, lang: str) -> None:
    written = dump_profile(profile, lang)  # type: ignore[arg-type]
    assert parse_profile(written) == profile
    jsonschema.validate(yaml.safe_load(written) or {}, profile_schema())


def test_every_field_is_documented_and_has_a_place_in_the_file() -> None:
    schema, written = profile_schema(), dump_profile(Profile())
    for field, inner in schema["$defs"]["Profile"]["properties"].items():
        assert f"{field}:" in written
        parts = [inner, *inner.get("anyOf", ())]
        refs = [schema["$defs"][part["$ref"].rpartition("/")[2]] for part in parts if "$ref" in part]
        assert any("description" in part for part in (*parts, *refs)), field


def test_the_schema_knows_what_is_possible() -> None:
    for bad in ({"age": -3}, {"kidney": {"egfr": 900}}, {"sleep": {"isi": 40}}, {"agee": 3}, {"sex": "x"}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(bad, profile_schema())
