"""What is on offer: forms, amounts, splits, leads, prices."""

from __future__ import annotations

import msgspec
import pytest
from plan_people import known, somebody

from anmin.person.model import OwnPrice, Person
from anmin.plan.believe import believe, outcomes_of
from anmin.plan.components import Offers, offers
from anmin.plan.model import Component
from anmin.plan.prices import cost_of, currency_of
from anmin.plan.timetable import timetable
from anmin.safety.model import Permitted
from anmin.safety.permit import permit


def offered(person: Person, permitted: Permitted | None = None) -> Offers:
    knowledge = known()
    return offers(person, permitted or permit(person, knowledge), believe(person, knowledge, 0.6), knowledge)


def by_id(found: Offers) -> dict[str, Component]:
    return {component.id: component for component in found.components}


def test_every_oral_plannable_form_is_on_offer() -> None:
    forms = {form.id for form in known().forms.values() if form.oral and form.plannable and form.magnesium_fraction}
    assert {component.doses[0].form for component in offered(somebody()).components if component.doses} - {
        None
    } == forms


def test_amounts_come_from_the_data_and_stay_under_the_ceiling() -> None:
    levels = {level for fact in known().components.values() for level in fact.levels_mg}
    for component in offered(somebody(country="EU")).components:
        if component.doses:
            whole = sum(dose.mg for dose in component.doses)
            assert whole in levels
            assert component.kind != "magnesium" or whole <= 250


def test_a_single_dose_limit_splits_the_day_and_an_impossible_one_drops_it() -> None:
    person = somebody()
    given = permit(person, known())

    def limited(single: float) -> Offers:
        rows = tuple(msgspec.structs.replace(each, max_single_mg=single) for each in given.substances["magnesium"])
        return offered(person, msgspec.structs.replace(given, substances={**given.substances, "magnesium": rows}))

    found = limited(125)
    split = by_id(found)["magnesium:bisglycinate:250"]
    assert [dose.mg for dose in split.doses] == [125, 125]
    evening = timetable([split], found.where, frozenset(), person)
    assert evening is not None
    assert len({dose.clock for dose in evening.doses}) == 2
    assert "magnesium:oxide:350" in by_id(found), "three places: bedtime, dinner, breakfast"
    assert not any(component.kind == "magnesium" for component in limited(20).components)


def test_bisglycinate_counts_its_glycine_by_stoichiometry() -> None:
    found = by_id(offered(somebody()))
    # 250 mg of magnesium bring 1,544 mg of glycine; trials gave 3,000.
    assert found["magnesium:bisglycinate:250"].leads["glycine"] == pytest.approx(1544 / 3000, abs=0.002)
    assert "glycine" not in found["magnesium:oxide:250"].leads
    assert found["glycine:3000"].leads == {"glycine": 1.0}
    assert found["glycine:3000"].expected is None, "no study gives a number"


def test_a_lead_on_a_related_scale_counts_for_less() -> None:
    ranked = [outcome.id for outcome in outcomes_of("falling_asleep", known())]
    found = by_id(offered(somebody()))
    assert found["gaba:100"].leads == {"gaba": 1.0}
    place = ranked.index(believe(somebody(), known()).evidence["lemon_balm"].effect.outcome)
    assert place > 0
    assert found["lemon_balm:400"].leads == {"lemon_balm": pytest.approx(1 / (place + 1), abs=0.001)}


def test_a_smaller_dose_promises_less_in_proportion() -> None:
    found = by_id(offered(somebody()))
    full, part = found["l_theanine:200"].expected, found["l_theanine:100"].expected
    assert full is not None
    assert part is not None
    assert part.gain == pytest.approx(full.gain / 2, rel=0.01)
    tried, untried = found["magnesium:oxide:250"].expected, found["magnesium:hydroxide:250"].expected
    assert tried is not None
    assert untried is not None
    assert untried.gain < tried.gain, "no sleep trial used the hydroxide"


def test_without_a_study_there_is_nothing() -> None:
    assert not {"vitamin_b6", "chamomile"} & {component.kind for component in offered(somebody()).components}
    # Trials of magnesium did not change rated sleep quality; only its glycine is a lead there.
    rested = offered(somebody(complaint="unrefreshing"))
    forms = {component.doses[0].form for component in rested.components if component.kind == "magnesium"}
    assert forms == {"bisglycinate"}


def test_melatonin_stands_there_for_comparison_and_goes_with_nothing_that_is_taken() -> None:
    found = offered(somebody(country="US"))
    melatonin = [name for name in by_id(found) if name.startswith("melatonin")]
    assert melatonin
    for component in found.components:
        if component.doses and component.kind != "melatonin":
            assert frozenset((melatonin[0], component.id)) in found.clashes


def test_prices_are_those_of_the_own_country_or_the_own_purse() -> None:
    knowledge = known()
    japan, us = somebody(country="JP"), somebody(country="US")
    assert cost_of("magnesium", "oxide", 199, japan, knowledge) == pytest.approx(19.8)  # 1,980 yen for 100 tablets
    assert cost_of("magnesium", "oxide", 199, us, knowledge) is None
    assert (currency_of(japan, knowledge), currency_of(us, knowledge)) == ("JPY", "USD")
    own = OwnPrice(substance="magnesium", form="oxide", pack_price=50, currency="JPY", pieces=100, mg_per_piece=199)
    assert cost_of("magnesium", "oxide", 199, somebody(own_prices=(own,)), knowledge) == pytest.approx(0.5)
    foreign = msgspec.structs.replace(own, currency="USD")
    asked = somebody(own_prices=(foreign,), currency="JPY")
    assert cost_of("magnesium", "oxide", 199, asked, knowledge) == pytest.approx(19.8), "never mixed across currencies"


def test_a_bath_milder_than_studied_has_no_number() -> None:
    person = somebody()
    given = permit(person, known())
    mild = msgspec.structs.replace(given, bath=msgspec.structs.replace(given.bath, max_c=38.0))
    assert by_id(offered(person))["hot_bath"].expected is not None
    bath = by_id(offered(person, mild))["hot_bath"]
    assert bath.expected is None
    assert bath.bath is not None
    assert bath.bath.water_c == 38.0
