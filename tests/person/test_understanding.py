"""What a profile means, and which questions stay open: exactly those that safety still needs."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anmin.errors import ProfileError
from anmin.knowledge.load import load
from anmin.person.answers import Profile
from anmin.person.model import WHOLE_PLAN, Person
from anmin.person.profile import parse_profile
from anmin.person.understand import understand
from anmin.safety.check import check

COMPLETE = """
age: 40
sex: female
pregnant: no
breastfeeding: no
country: US
kidney: {egfr: 95}
conditions: []
allergies: []
medicines: []
taking: []
alcohol: no
sleep: {problem: falling_asleep, for: 2 weeks}
bed: 23:00
rise: 07:00
red_flags: none
"""


def person(text: str) -> Person:
    return understand(parse_profile(text), load(), today=date(2027, 1, 1))


def asked(text: str) -> set[str]:
    return {question.id for question in person(text).questions}


def without(*fields: str) -> str:
    return "\n".join(
        line for line in COMPLETE.splitlines() if not line.startswith(tuple(f"{field}:" for field in fields))
    )


def test_a_complete_profile_leaves_nothing_to_ask() -> None:
    assert person(COMPLETE).questions == ()


_SAME = ("age", "sex", "pregnant", "breastfeeding", "country", "medicines", "conditions", "taking", "bed", "alcohol")
_ASKED = {"sleep": "problem", "red_flags": "red_flags"} | dict(zip(_SAME, _SAME, strict=True))


@pytest.mark.parametrize(("field", "question"), _ASKED.items())
def test_each_missing_field_is_asked_for(field: str, question: str) -> None:
    assert question in asked(without(field))


def test_every_question_speaks_three_languages_and_says_why() -> None:
    for question in person("").questions:
        for text in (question.text, question.why):
            assert len({text.en, text.zh_hant, text.ja}) == 3


@pytest.mark.parametrize(
    ("age", "sex", "expected"),
    [(11, "female", False), (12, "female", True), (55, "female", True), (56, "female", False), (30, "male", False)],
)
def test_pregnancy_is_asked_of_women_from_12_to_55(age: int, sex: str, expected: bool) -> None:
    text = without("pregnant", "breastfeeding", "age", "sex") + f"\nage: {age}\nsex: {sex}"
    assert ({"pregnant", "breastfeeding"} <= asked(text)) is expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("age: 64", False),
        ("age: 65", True),
        ("age: 40\nmedicines: [furosemide 20 mg 08:00]", True),
        ("age: 40\nmedicines: [lithium 300 mg 08:00]", True),
        ("age: 40\nmedicines: [levothyroxine 50 µg 07:00]", False),
        ("age: 40\nconditions: [chronic kidney disease]", True),
        ("age: 40\nconditions: [asthma]", False),
        ("age: 70\nconditions: [dialysis]", False),
    ],
)
def test_kidney_function_is_asked_at_65_or_with_a_hint(change: str, expected: bool) -> None:
    fields = tuple(line.partition(":")[0] for line in change.splitlines())
    text = without("kidney", *fields) + "\n" + change
    assert ("kidney" in asked(text)) is expected
    if expected:
        question = next(each for each in person(text).questions if each.id == "kidney")
        assert question.blocks == ("magnesium",)


def test_an_unknown_medicine_is_not_checked_and_holds_everything() -> None:
    who = person(without("medicines") + "\nmedicines: [Zelmoravin 20 mg 20:00]")
    assert [medicine.status for medicine in who.medicines] == ["unknown"]
    (question,) = who.questions
    assert "*" in question.blocks
    assert "Zelmoravin" in question.text.en


def test_an_ambiguous_medicine_is_a_question_with_its_candidates() -> None:
    who = person(without("medicines") + "\nmedicines: [シプロ 200mg 8:00]")
    assert who.medicines[0].status == "question"
    (question,) = who.questions
    assert "*" in question.blocks
    assert len(question.options) >= 2


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("levothyroxine 50 µg", True),
        ("levothyroxine 50 µg 23:00", False),
        ("levothyroxine 50 µg before breakfast", False),
        ("levothyroxine 50 µg as needed", False),
        ("levothyroxine 50 µg, stopped 3 days ago", False),
    ],
)
def test_a_swallowed_medicine_without_an_hour_is_asked_for_it(line: str, expected: bool) -> None:
    who = person(without("medicines") + f"\nmedicines: ['{line}']")
    assert who.medicines[0].atc == ("H03AA01",)
    assert who.medicines[0].clocks_known is bool(who.medicines[0].clocks)
    questions = [each for each in who.questions if each.id.startswith("medicine-hour:")]
    assert bool(questions) is expected
    assert all("magnesium" in each.blocks for each in questions)


def test_a_line_is_taken_apart() -> None:
    text = (
        without("medicines")
        + "\nmedicines:\n- sertraline 50 mg daily, stopped 10 days ago\n- ibuprofen 400 mg as needed"
    )
    stopped, needed = person(text).medicines
    assert stopped.stopped_days_ago == 10
    assert stopped.status == "recognised"
    assert needed.as_needed
    assert not needed.clocks_known


def test_magnesium_in_a_laxative_counts_in_the_ledger_once_for_every_intake() -> None:
    who = person(without("medicines") + "\nmedicines: [酸化マグネシウム錠330mg 8:00 12:30 18:30]")
    assert [medicine.status for medicine in who.medicines] == ["recognised"]
    doses = [dose for dose in who.taking if dose.origin == "medicine"]
    assert [dose.clock for dose in doses] == [480, 750, 1110]
    assert all(dose.substance == "magnesium" and dose.form == "oxide" and dose.alkaline for dose in doses)
    assert sum(dose.mg for dose in doses) == pytest.approx(3 * 330 * 0.603, rel=0.001)


def test_a_japanese_tablet_counts_the_same_wherever_it_stands() -> None:
    line = "[酸化マグネシウム330mg 8:00 12:30 18:30]"
    as_medicine, as_product = (person(f"{without(field)}\n{field}: {line}") for field in ("medicines", "taking"))
    sums = [sum(dose.mg for dose in who.taking if dose.substance == "magnesium") for who in (as_medicine, as_product)]
    assert sums == [pytest.approx(3 * 330 * 0.603, rel=0.001)] * 2
    assert not any("basis" in question.id for who in (as_medicine, as_product) for question in who.questions)


@pytest.mark.parametrize("line", ["酸化マグネシウム 8:00", "Maalox 10 ml 21:00", "バファリンA 8:00"])
def test_magnesium_of_an_unknown_amount_holds_magnesium_back(line: str) -> None:
    who = person(without("medicines") + f"\nmedicines: [{line}]")
    assert who.medicines[0].status == "recognised"
    (question,) = who.questions
    assert question.blocks == ("magnesium",)


def test_the_label_of_a_medicine_answers_what_is_in_it() -> None:
    label = "{name: Maalox, at: '21:00', contains: [magnesium hydroxide 400 mg compound]}"
    who = person(without("medicines") + f"\nmedicines: [{label}]")
    assert who.questions == ()
    (dose,) = who.taking
    assert (dose.substance, dose.form, dose.clock, dose.origin) == ("magnesium", "hydroxide", 1260, "medicine")
    assert dose.mg == pytest.approx(400 * 0.4168, rel=0.001)


@pytest.mark.parametrize(
    ("line", "substance", "mg"),
    [("Circadin 2 mg 21:00", "melatonin", 2), ("Optimax 500 mg 22:00", "l_tryptophan", 500)],
)
def test_a_sleep_ingredient_on_prescription_counts_as_well(line: str, substance: str, mg: float) -> None:
    who = person(without("medicines") + f"\nmedicines: [{line}]")
    assert [(dose.substance, dose.mg, dose.origin) for dose in who.taking] == [(substance, mg, "medicine")]


def test_the_strength_of_a_magnesium_brand_is_never_read_as_less() -> None:
    who = person(without("medicines") + "\nmedicines: [Slow-Mag 64 mg 8:00]")
    assert [dose.mg for dose in who.taking] == [64]


def test_a_mixture_is_read_from_its_label_at_the_hour_of_the_product() -> None:
    text = without("taking") + (
        "\ntaking:\n- {product: ZMA, contains: [magnesium aspartate 450 mg elemental, zinc 30 mg], at: bedtime}"
    )
    doses = person(text).taking
    assert [(dose.substance, dose.mg, dose.origin) for dose in doses] == [
        ("magnesium", 450, "product"),
        ("zinc", 30, "product"),
    ]
    assert all(dose.clock is not None for dose in doses)


def test_a_product_nobody_knows_is_a_question_and_not_left_out() -> None:
    who = person(without("taking") + "\ntaking: [ZMA 22:30]")
    assert who.unknown_products == ("ZMA",)
    (question,) = who.questions
    assert "*" in question.blocks
    assert "ZMA" in question.text.ja


def test_an_ambiguous_amount_is_a_question_and_the_larger_counts() -> None:
    who = person(without("taking") + "\ntaking: [magnesium citrate 300 mg 21:00]")
    assert [dose.mg for dose in who.taking] == [300]
    assert any("magnesium" in question.blocks for question in who.questions)


@pytest.mark.parametrize("line", ["magnesium 5 g 22:00", "melatonin 3 g 22:00", "magnesium 200 mg 27:99"])
def test_an_impossible_amount_or_hour_names_the_field(line: str) -> None:
    with pytest.raises(ProfileError) as caught:
        person(without("taking") + f"\ntaking: [{line}]")
    assert caught.value.field == "taking[0]"


def test_conditions_are_read_in_three_languages_and_unknown_ones_are_asked() -> None:
    who = person(without("conditions") + "\nconditions: [Asthma, 糖尿病, 重症筋無力症, myastenia]")
    assert {"asthma", "diabetes", "myasthenia_gravis"} <= set(who.conditions)
    assert who.unknown_conditions == ("myastenia",)
    (question,) = who.questions
    assert "*" in question.blocks
    assert "myasthenia gravis" in question.options


@pytest.mark.parametrize(
    ("allergy", "conditions", "questions"),
    [
        ("ragweed", ("asteraceae_allergy",), 0),
        ("penicillin", (), 0),
        ("海鮮", (), 0),
        ("strange flower", (), 1),
        ("other", (), 0),
    ],
)
def test_an_allergy_is_a_rule_or_harmless_or_a_question(
    allergy: str, conditions: tuple[str, ...], questions: int
) -> None:
    who = person(without("allergies") + f"\nallergies: [{allergy}]")
    assert who.conditions == conditions
    assert len(who.questions) == questions
    assert who.allergies == (allergy,)


def test_an_allergy_to_a_substance_refuses_it() -> None:
    assert "chamomile" in person(without("allergies") + "\nallergies: [カモミール]").refuses


def test_duties_of_the_night_become_condition_keys() -> None:
    who = person(COMPLETE + "\ndrives_at_night: yes\nnight_work: no\nnight_care: yes")
    assert who.conditions == ("driving_at_night", "night_care")


def test_units_become_the_programs() -> None:
    who = person(
        COMPLETE
        + "\nserum_magnesium: 2.0 mg/dL\nsurgery: 2027-01-11\ndiet: {foods: {almonds: 7/week}}\nbudget: NT$600 a month"
    )
    assert who.serum_mg_mmol_l == pytest.approx(0.823, abs=0.001)
    assert who.surgery_in_days == 10
    assert who.diet_mg == round(load().value("person.diet_rest_mg") + (load().foods["almonds"].mg_per_portion or 0))
    assert who.currency == "TWD"
    assert who.budget_per_day == pytest.approx(19.7, abs=0.1)


def test_wishes_are_ids_and_an_unknown_one_is_asked_without_holding_anything() -> None:
    who = person(COMPLETE + "\npreferences: {wants: [グリシン, 甘胺酸鎂], refuses: [melatonin, moonshine]}")
    assert who.wants == ("glycine", "bisglycinate")
    assert who.refuses == ("melatonin",)
    (question,) = who.questions
    assert question.blocks == ()


def test_alcohol_is_asked_once_and_holds_what_makes_drowsy_and_the_bath() -> None:
    (question,) = person(without("alcohol")).questions
    assert "hot_bath" in question.blocks
    assert "l_tryptophan" in question.blocks
    assert "magnesium" not in question.blocks
    assert person(without("alcohol") + "\nalcohol: 21:00").alcohol_tonight is True


def test_open_warning_signs_are_one_question_that_names_them() -> None:
    (question,) = person(without("red_flags") + "\nred_flags: {osa: no}").questions
    assert WHOLE_PLAN in question.blocks
    assert "suicidal" in question.options
    assert "osa" not in question.options


def test_signs_that_concern_only_what_is_taken_are_asked_only_then() -> None:
    flags = "\n".join(f"  {flag.id}: no" for flag in load().red_flags.values() if flag.ask_everyone)
    text = without("red_flags") + f"\nred_flags:\n{flags}"
    assert person(text).questions == ()
    with_magnesium = text.replace("taking: []", "taking: [magnesium glycinate 100 mg elemental 21:00]")
    (question,) = person(with_magnesium).questions
    assert "hypermag" in question.options


def test_a_long_insomnia_is_told_beside_the_plan() -> None:
    assert "persistent-insomnia" not in person(COMPLETE).flags
    assert "persistent-insomnia" in person(COMPLETE.replace("2 weeks", "6 weeks")).flags


_FIELDS = [line.partition(":")[0] for line in COMPLETE.strip().splitlines()]


def _held(who: Person) -> set[str]:
    blocked = {substance for question in who.questions for substance in question.blocks}
    return {*load().substances, WHOLE_PLAN, "hot_bath"} if "*" in blocked else blocked


@given(
    st.sets(st.sampled_from(_FIELDS)),
    st.sampled_from(_FIELDS),
    st.sampled_from([40, 70]),
    st.sampled_from(["female", "male"]),
)
@settings(max_examples=150, deadline=None)
def test_an_answer_only_takes_questions_away(missing: set[str], filled: str, age: int, sex: str) -> None:
    full = parse_profile(
        COMPLETE.replace("pregnant: no", "pregnant: no" if sex == "female" else "").replace("female", sex)
    )
    full = msgspec.structs.replace(full, age=age)
    less = msgspec.structs.replace(full, **dict.fromkeys(missing | {filled}))
    more = msgspec.structs.replace(less, **{filled: getattr(full, filled)})
    before, after = understand(less, load()), understand(more, load())
    assert {each.id for each in after.questions} <= {each.id for each in before.questions}
    assert _held(after) <= _held(before)


def test_an_empty_profile_is_understood_and_asks() -> None:
    who = understand(Profile(), load())
    assert who.age is None
    assert {"age", "sex", "country", "medicines", "kidney", "pregnant", "red_flags", "bed"} <= {
        each.id for each in who.questions
    }


def test_no_hour_is_made_up_from_a_bed_time_nobody_gave() -> None:
    text = without("bed", "taking", "medicines") + (
        "\ntaking: [glycine 3 g before bed, zinc 10 mg 08:00]\nmedicines: [酸化マグネシウム錠330mg 寝る前]"
    )
    who = person(text)
    assert not who.bed_known
    assert {dose.substance: dose.clock for dose in who.taking} == {"glycine": None, "zinc": 480, "magnesium": None}
    assert len(who.medicines[0].clocks) > 2
    assert "bed" in {question.field for question in check(who, ("warm bath 40 C 10 min before bed",), load()).questions}


def test_an_antacid_among_the_products_is_a_medicine() -> None:
    who = person(without("taking") + "\ntaking: [Tums 14:00]")
    (medicine,) = who.medicines
    assert medicine.status == "recognised"
    assert medicine.clocks == (840,)
    assert who.unknown_products == ()
    assert [each.id for each in who.questions] == ["medicine-amount:calcium:Tums"]
