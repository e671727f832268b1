"""Whole plans of single people: what stops, what asks, what is refused with its reason, and what the front holds."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest
from plan_people import clock, known, somebody, takes

from anmin.errors import GateError
from anmin.evidence.shipped import index
from anmin.knowledge.model import Text
from anmin.person.model import WHOLE_PLAN, Dose, OwnPrice, Question
from anmin.person.profile import parse_profile
from anmin.person.understand import understand
from anmin.plan import make
from anmin.plan.make import make_plan
from anmin.plan.model import Line, Plan, Regimen

SAY = Text(en="?", zh_hant="?", ja="?")


def plan_of(**told: Any) -> Plan:
    return make_plan(somebody(**told), known())


def substances(plan: Plan) -> set[str]:
    return {line.substance for line in plan.lines if line.amount_mg is not None and line.substance is not None}


def kinds(regimen: Regimen) -> set[str]:
    return {component.kind for component in regimen.components}


def asks(*blocks: str) -> Question:
    return Question(id="q", field="f", text=SAY, why=SAY, blocks=blocks)


# --- status ---


def test_a_red_flag_stops_with_where_to_go_and_what_is_still_safe() -> None:
    plan = plan_of(flags=("osa",))
    assert plan.status == "stop"
    assert plan.headline.en.startswith("No supplements tonight.")
    assert not plan.lines
    assert any("CBT-I" in text.en for text in plan.safe_anyway)
    assert plan.sources


def test_an_emergency_shows_nothing_beside_the_help() -> None:
    taken = (Dose(substance="magnesium", mg=200, form="oxide", clock=clock("12:00"), origin="medicine"),)
    plan = plan_of(flags=("suicidal",), taking=taken)
    assert plan.status == "stop"
    assert (plan.safe_anyway, plan.ledger, plan.lines, plan.dropped) == ((), (), (), ())
    assert "do not stay alone tonight" in plan.headline.en.lower()


@pytest.mark.parametrize("code", ["N05CF02", "N02AA05"])
def test_with_a_medicine_that_sedates_nobody_is_told_to_walk_about_at_night(code: str) -> None:
    told = " ".join(text.en for text in plan_of(medicines=(takes(code, at=(clock("22:00"),)),)).safe_anyway)
    assert "get up again" not in told
    assert "do not walk about" in told
    assert "get up again" in " ".join(text.en for text in plan_of().safe_anyway)


@pytest.mark.parametrize("status", ["unknown", "question"])
def test_a_medicine_that_is_not_known_asks_and_says_nothing_of_safety(status: str) -> None:
    plan = plan_of(medicines=(takes("C10AA05", at=(480,), typed="Zzyzx", status=status),))
    assert plan.status == "ask"
    assert not substances(plan)
    assert plan.questions
    assert "Zzyzx" in plan.questions[0].text.en
    everything = msgspec.json.encode(plan).decode().lower()
    assert "no interaction" not in everything


@pytest.mark.parametrize("blocks", ["*", WHOLE_PLAN, "magnesium"])
def test_a_question_about_everything_or_magnesium_comes_first(blocks: str) -> None:
    assert plan_of(questions=(asks(blocks),)).status == "ask"


def test_a_question_about_something_else_leaves_the_plan_and_keeps_it_out() -> None:
    plan = plan_of(questions=(asks("l_theanine", "gaba"),))
    assert plan.status == "plan"
    assert not {"l_theanine", "gaba"} & {kind for regimen in plan.front for kind in kinds(regimen)}


def test_a_question_about_a_wish_comes_first() -> None:
    assert plan_of(questions=(asks("l_theanine"),), wants=("l_theanine",)).status == "ask"


def test_a_question_that_could_not_change_anything_is_no_obstacle() -> None:
    plan = plan_of(egfr=12.0, questions=(asks("magnesium"),))
    assert plan.status == "plan"


def test_unknown_kidneys_at_65_ask_and_known_ones_do_not() -> None:
    assert plan_of(age=70, egfr=None).status == "ask"
    assert plan_of(age=70, egfr=88.0).status == "plan"


def test_nothing_is_asked_twice_and_every_question_names_a_field_of_the_profile() -> None:
    profile = parse_profile(
        "age: 72\nsex: male\ncountry: JP\nbed: '22:00'\nrise: '06:00'\nmedicines: [ramipril 5 mg]\n"
    )
    plan = make_plan(understand(profile, known()), known())
    assert plan.status == "ask"
    fields = [question.field for question in plan.questions]
    assert fields.count("kidney.egfr") == 1
    plan = plan_of(age=70, egfr=None, medicines=(takes("C03AA03", at=(480,), typed="HCT"),))
    assert [question.field for question in plan.questions] == ["kidney.egfr"]
    plan = plan_of(age=None, country=None, sex=None)
    fields = [question.field for question in plan.questions]
    assert len(fields) == len(set(fields))
    assert {"age", "country", "pregnant"} <= set(fields)


# --- refusals ---


def test_pregnancy_leaves_magnesium_to_the_midwife_and_herbs_out() -> None:
    plan = plan_of(age=29, sex="female", pregnant="yes", pregnancy_week=20)
    assert plan.status == "plan"
    assert not substances(plan)
    told = " ".join(text.en for text in plan.dropped)
    assert "magnesium: only after asking your doctor or midwife" in told
    assert "L-theanine" in told


def test_an_antidepressant_refuses_wanted_tryptophan_by_name() -> None:
    plan = plan_of(medicines=(takes("N06AB06", at=(clock("08:00"),), typed="Zoloft"),), wants=("l_tryptophan",))
    assert "l_tryptophan" not in substances(plan)
    assert any(text.en.startswith("L-tryptophan: not for you") for text in plan.dropped)


def test_the_medicine_that_refuses_something_is_named() -> None:
    plan = plan_of(medicines=(takes("N05CF02", at=(clock("22:00"),), typed="マイスリー 5mg"),))
    (text,) = [text for text in plan.dropped if "L-theanine" in text.en]
    assert "Because you take マイスリー 5mg: " in text.en
    assert "因為您在用 マイスリー 5mg：" in text.zh_hant


def test_without_a_country_nobody_is_told_where_they_live() -> None:
    plan = plan_of(country=None, questions=(asks("*"),))
    assert "Where you live" not in msgspec.json.encode(plan).decode()
    assert any(text.en == "melatonin: depends on your country; answer that first." for text in plan.dropped)


def test_kidney_failure_refuses_magnesium_and_keeps_the_rest() -> None:
    plan = plan_of(egfr=20.0)
    assert "magnesium" not in substances(plan)
    assert any(text.en.startswith("magnesium") for text in plan.dropped)
    assert plan.status == "plan"


def test_alcohol_tonight_leaves_neither_sedating_things_nor_the_bath() -> None:
    plan = plan_of(alcohol_tonight=True, wants=("hot_bath", "l_theanine"))
    sedating = {each.id for each in known().substances.values() if each.sedating}
    assert not substances(plan) & sedating
    assert plan.bath is None


def test_what_is_already_taken_leaves_less_room() -> None:
    taken = (Dose(substance="magnesium", mg=200, form="oxide", clock=clock("12:00"), origin="medicine"),)
    plan = plan_of(taking=taken, wants=("magnesium",))
    (line,) = [line for line in plan.ledger if line.substance == "magnesium"]
    assert line.limit_mg == 350
    assert line.from_plan_mg <= 150
    assert not line.over
    full = plan_of(taking=(msgspec.structs.replace(taken[0], mg=340.0),), wants=("magnesium",))
    assert "magnesium" not in substances(full)
    assert any("leaves no useful amount" in text.en for text in full.dropped)


@pytest.mark.parametrize(("country", "limit"), [("US", 350), ("JP", 350), ("EU", 250), ("TW", 250), ("AU", 250)])
def test_nothing_above_the_limit_of_the_own_country(country: str, limit: float) -> None:
    plan = plan_of(country=country, wants=("magnesium",))
    for regimen in plan.front:
        for component in regimen.components:
            if component.kind == "magnesium":
                assert sum(dose.mg for dose in component.doses) <= limit


@pytest.mark.parametrize("age", [3, 12, 17])
def test_for_minors_nothing_is_planned_but_habits(age: int) -> None:
    plan = plan_of(age=age, wants=("magnesium", "hot_bath"))
    assert not substances(plan)
    assert plan.bath is None
    assert any("adults only" in text.en for text in plan.dropped)


def test_older_people_start_low() -> None:
    plan = plan_of(age=70, egfr=88.0, wants=("magnesium",))
    doses = [line.amount_mg for line in plan.lines if line.substance == "magnesium"]
    assert doses == [known().value("plan.start-low-mg")]


# --- the front and the pick ---

PRICES = (
    OwnPrice(substance="magnesium", form="oxide", pack_price=100, currency="JPY", pieces=100, mg_per_piece=250),
    OwnPrice(substance="magnesium", form="bisglycinate", pack_price=1500, currency="JPY", pieces=60, mg_per_piece=125),
    OwnPrice(substance="glycine", pack_price=3000, currency="JPY", pieces=100, mg_per_piece=3000),
    OwnPrice(substance="gaba", pack_price=2000, currency="JPY", pieces=60, mg_per_piece=50),
    OwnPrice(substance="l_theanine", pack_price=2000, currency="JPY", pieces=60, mg_per_piece=100),
)  # fmt: skip


def whole_front(**told: Any) -> list[Regimen]:
    from anmin.person.status import magnesium_status
    from anmin.plan.believe import believe, together
    from anmin.plan.choose import front
    from anmin.plan.components import offers
    from anmin.safety.permit import permit

    person, knowledge = somebody(**told), known()
    believed = believe(person, knowledge, magnesium_status(person, knowledge).probability_inadequate)
    offered = offers(person, permit(person, knowledge), believed, knowledge)
    return list(front(offered.components, together(offered.beliefs, knowledge), offered.clashes))


def test_the_readings_of_the_article_are_points_of_the_front() -> None:
    points = [{component.id for component in regimen.components} for regimen in whole_front(own_prices=PRICES)]
    assert {"hot_bath"} in points, "the bath only"
    assert any({"magnesium:bisglycinate:250", "glycine:1500"} <= ids for ids in points), "chelate plus free glycine"
    assert {"magnesium:oxide:350"} in points, "oxide for the small purse, within the limit"
    blends = [ids for ids in points if len({name.split(":")[0] for name in ids} - {"hot_bath"}) >= 3]
    assert blends, "several things at once"
    assert set() in points, "habits alone"


def test_oxide_is_what_a_small_purse_gets() -> None:
    plan = plan_of(own_prices=PRICES, bathing="shower", cheapest=True, budget_per_day=5, currency="JPY")
    (line,) = [line for line in plan.lines if line.substance == "magnesium"]
    assert line.form == "oxide"
    assert plan.regimen is not None
    assert plan.regimen.cost is not None
    assert plan.regimen.cost <= 5


def test_a_blend_is_what_a_wish_for_a_blend_gets() -> None:
    plan = plan_of(prefer="blend", bathing="shower")
    assert len(substances(plan)) >= 3


def test_one_thing_is_one_thing() -> None:
    plan = plan_of(prefer="one_thing")
    assert len(substances(plan)) + (plan.bath is not None) == 1
    assert any("more than one thing" in text.en for text in plan.changes)


def test_a_budget_says_what_more_money_would_buy() -> None:
    plan = plan_of(own_prices=PRICES, bathing="shower", budget_per_day=2, currency="JPY")
    assert any(text.en.startswith("With ") and "JPY" in text.en for text in plan.changes)
    assert plan.regimen is not None
    assert plan.regimen.known_cost <= 2


def test_without_capsules_only_powders_are_planned_and_capsules_are_offered_as_a_change() -> None:
    plan = plan_of(no_capsules=True, bathing="shower", wants=("magnesium",))
    for line in plan.lines:
        if line.amount_mg is not None:
            assert line.form in (None, "citrate", "bisglycinate", "chloride_hexahydrate")
    assert "lemon_verbena" not in {kind for regimen in plan.front for kind in kinds(regimen)}


def test_what_a_guideline_advises_against_needs_a_wish() -> None:
    told: dict[str, Any] = {"country": "US", "complaint": "staying_asleep"}
    assert not {"l_tryptophan", "melatonin"} & substances(plan_of(**told))
    assert "l_tryptophan" in substances(plan_of(**told, wants=("l_tryptophan",)))


def test_a_wish_without_evidence_is_told_so() -> None:
    plan = plan_of(wants=("vitamin_b6", "zinc"))
    told = " ".join(text.en for text in plan.dropped)
    assert "vitamin B6: no study shows" in told
    assert "zinc: anmin knows it for checking" in told


def test_unknown_prices_are_told_and_never_counted_as_nothing() -> None:
    plan = plan_of(bathing="shower")
    assert plan.regimen is not None
    assert plan.regimen.cost is None
    (line,) = [line for line in plan.lines if line.amount_mg is not None]
    assert any("No price was seen" in text.en for text in line.why)


# --- the bath, and what is too small to lead with ---


def bath_line(**told: Any) -> Line:
    plan = plan_of(egfr=90.0, wants=("hot_bath",), **told)
    (line,) = [line for line in plan.lines if line.substance == "hot_bath"]
    return line


def test_getting_out_of_the_tub_and_telling_somebody_are_among_the_reasons() -> None:
    assert {"not-alone", "stand-slowly", "cold-room"} <= set(bath_line().rules)
    assert "bath-salts-internal" not in bath_line().rules


@pytest.mark.parametrize(("age", "alone", "offered"), [(72, True, False), (72, False, True), (64, True, True)])
def test_no_tub_for_the_elderly_who_are_alone_even_when_it_is_wanted(age: int, alone: bool, offered: bool) -> None:
    plan = plan_of(age=age, egfr=90.0, bathes_alone=alone, wants=("hot_bath",))
    assert (plan.bath is not None) is offered
    assert any("do not recommend the tub" in text.en for text in plan.dropped) is not offered


def test_an_elderly_person_who_did_not_say_is_told_the_condition() -> None:
    assert "only while somebody else is in the house" in bath_line(age=72).what.en
    assert "somebody else" not in bath_line(age=72, bathes_alone=False).what.en
    assert "somebody else" not in bath_line(age=40).what.en


def test_what_is_too_small_to_notice_is_an_option_and_no_headline() -> None:
    plan = plan_of(bathing="bath", refuses=("magnesium", "glycine", "gaba", "l_theanine"))
    assert plan.bath is None
    assert any("too small to lead with: a warm bath (40 °C, 10 minutes)." in text.en for text in plan.changes)
    changes = plan_of(bathing="bath", budget_per_day=5, currency="JPY", wants=("bisglycinate",)).changes
    assert not any("With 0 JPY more" in text.en for text in changes)
    wished = plan_of(bathing="bath", wants=("hot_bath",))
    assert wished.bath is not None, "a wish outweighs it"
    assert not any("bath" in text.en for text in wished.dropped), "what is planned is not left out"


# --- numbers ---


def test_too_little_magnesium_raises_and_enough_lowers_what_is_expected() -> None:
    def gain(diet_mg: float) -> float:
        plan = plan_of(diet_mg=diet_mg, wants=("magnesium",), bathing="shower", prefer="one_thing")
        assert plan.regimen is not None
        return plan.regimen.gain

    assert gain(120) > gain(330) > gain(700)


def test_the_reason_for_counting_status_is_told_with_its_chance() -> None:
    plan = plan_of(diet_mg=700, wants=("magnesium",))
    (line,) = [line for line in plan.lines if line.substance == "magnesium"]
    assert any("less is expected" in text.en for text in line.why)


def test_glycine_has_no_number_and_says_so() -> None:
    plan = plan_of(wants=("glycine",), prefer="one_thing")
    assert substances(plan) == {"glycine"}
    assert plan.regimen is not None
    assert (plan.regimen.gain, plan.regimen.certainty) == (0.0, "none")
    (line,) = [line for line in plan.lines if line.amount_mg is not None]
    assert any("no study gives a number" in text.en for text in line.why)
    assert any("no study gives a number" in text.en for text in plan.expectations)


def test_every_number_on_the_plan_stands_in_the_evidence_table() -> None:
    table = index(known())
    plan = plan_of()
    for regimen in plan.front:
        for component in regimen.components:
            if component.expected is not None:
                effect = table[component.doses[0].substance if component.doses else component.id, "sleep_onset_latency"]
                assert component.expected.studies == effect.studies
                assert effect.gain is not None
                assert component.expected.gain < effect.gain, "doubt takes something away"


def test_the_comparison_shows_stronger_treatments_side_by_side() -> None:
    told = " ".join(text.en for text in plan_of().expectations)
    for number in ("CBT-I 19", "Z-drugs) 22", "melatonin 7.1", "dummy pill 13"):
        assert number in told
    assert "4 weeks" in told
    assert "again after 8" in told
    assert "Too much magnesium begins like the sleepiness you wish for" in told


def test_the_comparison_says_on_which_basis_each_number_stands() -> None:
    (told,) = [text.en for text in plan_of(wants=("magnesium",)).expectations if text.en.startswith("Side by side")]
    others, _, dummy = told.partition("Counted otherwise, from before to after: ")
    assert "difference from a dummy" in others
    assert "a dummy pill" not in others
    assert dummy.startswith("a dummy pill 13 (9.2 to 17).")
    assert re.search(r"this plan magnesium 17 in the studies, about [\d.]+ min for you after doubt", others)


def test_magnesium_says_whom_it_was_measured_in_and_what_the_forms_own_trial_found() -> None:
    (line,) = [line for line in plan_of(wants=("bisglycinate",)).lines if line.substance == "magnesium"]
    told = [text.en for text in line.why]
    assert line.form == "bisglycinate"
    assert told[1].startswith("Measured in: older adults, 55 people")
    assert "155 healthy adults" in told[2]
    assert "1.6 points" in told[2]
    assert "it may be zero" in told[2]
    assert "schuster-2025" in line.rules
    (other,) = [line for line in plan_of(wants=("oxide",)).lines if line.substance == "magnesium"]
    assert other.form == "oxide"
    assert "schuster-2025" not in other.rules


def test_less_than_a_minute_is_said_so_in_three_languages() -> None:
    counted = [text for text in bath_line().why if "chance that you notice" in text.en]
    assert len(counted) == 1
    assert "less than 1 minute sooner" in counted[0].en
    assert "不到 1 分鐘" in counted[0].zh_hant
    assert "1分未満" in counted[0].ja
    assert not re.search(r"0\.\d", counted[0].en)


def test_habits_are_said_to_do_more_only_where_a_number_says_so() -> None:
    assert "they do more" in plan_of().headline.en
    assert "they do more" not in plan_of(complaint="unrefreshing").headline.en


# --- the doors ---


def test_a_choice_that_the_second_door_refuses_is_never_output(monkeypatch: pytest.MonkeyPatch) -> None:
    from anmin.safety.model import Permission, Permitted

    def careless(person: Any, knowledge: Any) -> Permitted:
        given = real(person, knowledge)
        free = Permission(
            substance="magnesium", alkaline=None, ceiling_mg=None, max_single_mg=None, forbidden=(), refused_by=(),
            forbidden_by=(), open_questions=(),
        )  # fmt: skip
        return msgspec.structs.replace(given, substances={**given.substances, "magnesium": (free,)})

    real = make.permit
    monkeypatch.setattr(make, "permit", careless)
    with pytest.raises(GateError):
        plan_of(egfr=20.0)
    with pytest.raises(GateError):
        plan_of(country="EU", medicines=(takes("H03AA01", at=(clock("22:00"),)),), wants=("magnesium",))


@pytest.mark.parametrize("complaint", ["falling_asleep", "staying_asleep", "early_waking", "unrefreshing"])
@pytest.mark.parametrize("country", ["US", "EU", "UK", "JP", "TW", "CN", "CA", "AU"])
def test_a_plan_survives_json(complaint: str, country: str) -> None:
    plan = plan_of(complaint=complaint, country=country)
    assert msgspec.json.decode(msgspec.json.encode(plan), type=Plan) == plan
    assert plan.status == "plan"


def test_the_same_person_gets_the_same_plan() -> None:
    assert plan_of(wants=("magnesium",)) == plan_of(wants=("magnesium",))
