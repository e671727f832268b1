"""Arms of a trial of several pass the gate like a plan, and its protocol answers every item of SPENT 2019."""

from __future__ import annotations

import time
from datetime import date

import msgspec
import pytest

from anmin.errors import InputError
from anmin.knowledge.load import load
from anmin.person.model import Person, TakenMedicine
from anmin.safety.assess import assess
from anmin.trial.arms import Refused
from anmin.trial.blinding import Guess
from anmin.trial.contrasts import judged
from anmin.trial.design import Asked, Proposal, outcome_for, propose_arms
from anmin.trial.items import spent_items
from anmin.trial.protocol import Declared, Protocol, declare_several, levels, protocol_text
from anmin.trial.several import Several, arms_for, factors_for, read_names
from anmin.trial.several_result import blindness_of

ADULT = Person(
    age=34, sex="male", country="TW", bed=23 * 60 + 30, rise=7 * 60, complaint="falling_asleep", egfr=95.0,
    bathing="bath", bathes_alone=False, alcohol_tonight=False,
)  # fmt: skip
FIRST = date(2026, 12, 1)


def adult(**changes: object) -> Person:
    return msgspec.structs.replace(ADULT, **changes)


def medicine(typed: str, *atc: str) -> TakenMedicine:
    return TakenMedicine(typed=typed, status="recognised", atc=atc, route="oral", clocks=(8 * 60,))


def factors(text: str, person: Person = ADULT) -> Several:
    made = factors_for(person, text, load())
    assert isinstance(made, Several)
    return made


def proposed(several: Several, **asked: object) -> Proposal:
    knowledge = load()
    facts = [arm.fact for arm in several.things.values()]
    outcome = outcome_for("falling_asleep", None, knowledge)
    wanted = Asked(first=FIRST, **asked)  # type: ignore[arg-type]
    return propose_arms(facts, several.arms, several.factors, outcome, (), knowledge, wanted)


@pytest.mark.parametrize("text", ["glycine,magnesium_citrate", "glycine,hot_bath", "magnesium_citrate,hot_bath"])
def test_every_combination_of_the_factors_is_allowed_by_the_second_door(text: str) -> None:
    several, knowledge = factors(text), load()
    assert len(several.arms) == 4
    for arm in several.arms:
        things = several.in_arm(arm)
        doses = tuple(dose for thing in things for dose in thing.doses)
        bath = next((thing.bath for thing in things if thing.bath is not None), None)
        assert assess(ADULT, doses, bath, knowledge).verdict == "allow"
        assert len(things) == (0 if arm == "without" else arm.count("+") + 1)


def test_a_thing_stands_at_the_same_hour_in_every_arm() -> None:
    several = factors("glycine,magnesium_citrate")
    alone, both = several.in_arm("glycine"), several.in_arm("glycine+magnesium_citrate")
    assert alone[0].doses == both[0].doses


def test_what_interacts_is_not_hidden_in_a_trial_of_several_either() -> None:
    beside = adult(medicines=(medicine("ciprofloxacin", "J01MA02"),))
    for made in (
        factors_for(beside, "glycine,magnesium_citrate", load()),
        arms_for(beside, "without,glycine,magnesium_citrate", load()),
    ):
        assert isinstance(made, Several)
        assert made.things["magnesium_citrate"].open_because is not None
        assert made.things["glycine"].open_because is None
    bath = factors("glycine,hot_bath")
    assert bath.things["hot_bath"].open_because is not None


@pytest.mark.parametrize(
    "who",
    [
        adult(flags=("suicidal",)),
        adult(sex="female", pregnant="yes"),
        adult(conditions=("ckd",), egfr=25.0),
        adult(medicines=(TakenMedicine(typed="?", status="unknown", atc=(), route="oral"),)),
    ],
)
def test_one_thing_that_is_not_offered_stops_them_all(who: Person) -> None:
    for made in (
        factors_for(who, "glycine,magnesium_citrate", load()),
        arms_for(who, "without,glycine,magnesium_citrate", load()),
    ):
        assert isinstance(made, Refused)
        assert made.texts


def test_two_things_are_compared_with_each_other_when_nobody_names_without() -> None:
    made = arms_for(ADULT, "glycine,magnesium_citrate", load())
    assert isinstance(made, Several)
    proposal = proposed(made)
    assert [contrast.id for contrast in judged(proposal.design)] == ["magnesium_citrate/glycine"]
    assert proposal.answers


@pytest.mark.parametrize("text", ["", "a,,b", "glycine:x", "glycine:-1", "glycine:nan", "glycine,glycine", "a+b,c"])
def test_names_that_are_none(text: str) -> None:
    with pytest.raises(InputError, match="--arms"):
        read_names(text, "--arms")


@pytest.mark.parametrize("text", ["glycine,glycine:1500", "magnesium_citrate,magnesium_bisglycinate"])
def test_two_of_a_kind_are_not_factors(text: str) -> None:
    with pytest.raises(InputError):
        factors_for(ADULT, text, load())


@pytest.mark.parametrize(
    "several",
    [
        "glycine,magnesium_citrate",
        "glycine,hot_bath",
        "without,glycine,l_theanine",
        "without,glycine,l_theanine,hot_bath",
    ],
)
def test_a_design_of_several_takes_less_than_two_seconds(several: str) -> None:
    way = arms_for if several.startswith("without") else factors_for
    made = way(ADULT, several, load())
    assert isinstance(made, Several)
    for matters in (3.0, 10.0):
        begun = time.process_time()
        proposal = proposed(made, matters=matters)
        assert time.process_time() - begun < 2
        assert proposal.design.weekends is not None
        assert proposal.design.nights <= 140
        assert proposal.answers == (
            proposal.appraisal.smallest_p <= 0.05
            and proposal.appraisal.power[proposal.aim] >= 0.5
            and -proposal.appraisal.carry_over_bias <= 0.25
        )


def test_several_answers_cost_more_nights_than_one() -> None:
    knowledge = load()
    outcome = outcome_for("falling_asleep", None, knowledge)
    one = propose_arms(
        (knowledge.components["glycine"],), ("without", "with"), (), outcome, (), knowledge, Asked(first=FIRST)
    )
    two = proposed(factors("glycine,hot_bath"))
    three = arms_for(ADULT, "without,glycine,l_theanine", knowledge)
    assert isinstance(three, Several)
    needed = [each.nights_needed[each.aim] or 9999 for each in (one, two, proposed(three))]
    assert needed == sorted(needed)
    assert needed[0] < needed[1] < needed[2]


def protocol(text: str = "glycine,hot_bath", looks: tuple[int, ...] = (), solo: bool = False) -> Protocol:
    several, knowledge = factors(text), load()
    declared = Declared(first_evening=FIRST, today=FIRST, looks=looks, solo=solo, measured="tst")
    return declare_several(several, proposed(several), declared, knowledge, "en")


def test_a_protocol_of_several_says_what_each_arm_is() -> None:
    made = protocol()
    assert made.version == 2
    assert {arm: [part.name for part in made.things_in(arm)] for arm in made.design.arms} == {
        "without": [], "glycine": ["glycine"], "hot_bath": ["hot_bath"], "glycine+hot_bath": ["glycine", "hot_bath"],
    }  # fmt: skip
    assert msgspec.json.decode(msgspec.json.encode(made), type=Protocol) == made
    for declared in ("factors:", "weekends:", "parts:", "version: 2"):
        assert declared in protocol_text(made)


@pytest.mark.parametrize("looks", [(), (96,)])
def test_every_item_of_spent_is_answered_or_says_why_not(looks: tuple[int, ...]) -> None:
    made = protocol(looks=looks)
    items = spent_items(made, load())
    numbers = [item.number for item in items]
    assert len(numbers) == len(set(numbers)) == 51
    assert {str(number) for number in range(1, 34)} == {number.rstrip("abcd") for number in numbers}
    for item in items:
        for lang in ("en", "zh_hant", "ja"):
            says = getattr(item.says, lang)
            assert says.strip()
            assert "{" not in says
    by_number = {item.number: item for item in items}
    assert by_number["21b"].applies == bool(looks)
    assert str(made.schedules) in by_number["16a"].says.en
    assert made.what in by_number["1"].says.en
    assert "warm bath" in by_number["17a"].says.en.lower()
    assert "tracker" in by_number["12"].says.en
    assert "interaction" in by_number["20b"].says.en


def test_the_levels_of_the_looks_are_frozen_in_the_protocol() -> None:
    made = protocol(looks=(96,))
    assert made.looks == (96, made.design.nights)
    assert made.look_levels == levels(2, load())
    assert "look_levels" in protocol_text(made)
    assert "look_levels" not in protocol_text(protocol())


def test_a_guess_at_an_arm_is_a_guess_at_each_of_its_factors() -> None:
    made = protocol("glycine,magnesium_citrate")
    glycine, magnesium = judged(made.design)
    arms = made.design.arms
    schedule = tuple(block % 4 for block in range(made.design.blocks))
    knows_glycine = {
        block: Guess(block=block, arm="glycine" if "glycine" in arms[arm].split("+") else "without", sure=1)
        for block, arm in enumerate(schedule)
    }
    blocks = len(schedule)
    found = blindness_of(glycine, made, schedule, knows_glycine, 0.05)
    assert (found.right, found.said, found.broken) == (blocks, blocks, True)
    other = blindness_of(magnesium, made, schedule, knows_glycine, 0.05)
    assert (other.right, other.said, other.broken) == (blocks // 2, blocks, False)
    nothing = {block: Guess(block=block, arm="unknown", sure=0) for block in range(blocks)}
    assert blindness_of(glycine, made, schedule, nothing, 0.05).unknown == blocks


def test_a_guess_at_an_arm_that_is_not_compared_counts_for_neither() -> None:
    several, knowledge = arms_for(ADULT, "without,glycine,l_theanine", load()), load()
    assert isinstance(several, Several)
    declared = Declared(first_evening=FIRST, today=FIRST)
    made = declare_several(several, proposed(several, matters=15.0), declared, knowledge, "ja")
    schedule = tuple(block % 3 for block in range(made.design.blocks))
    right = {block: Guess(block=block, arm=made.design.arms[arm], sure=2) for block, arm in enumerate(schedule)}
    for contrast in judged(made.design):
        found = blindness_of(contrast, made, schedule, right, 0.05)
        assert found.said == found.right == len(schedule) * 2 // 3
