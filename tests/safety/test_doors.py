"""Two doors that share no clock arithmetic must open and shut at the same minutes, and nothing may open them wider."""

from __future__ import annotations

import pytest
from gate_facts import known
from gate_people import COUNTRIES, clocks, doses, medicines, people, somebody
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from anmin.errors import AmountError, InputError
from anmin.knowledge.load import Knowledge
from anmin.person.model import Bath, Dose, Person, TakenMedicine
from anmin.safety.assess import assess
from anmin.safety.combine import clashes
from anmin.safety.findings import gravity_of, verdict_of
from anmin.safety.gaps import is_kept
from anmin.safety.model import Assessment, Permission
from anmin.safety.permit import permit
from anmin.safety.windows import around, inside, merge

quick = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
somebodies = st.deferred(lambda: people(known()))
pills = st.deferred(lambda: medicines(known()))
regimens = st.deferred(lambda: doses(known()))
amounts = st.sampled_from([1.0, 50.0, 210.0, 260.0, 360.0, 600.0])
hours = st.sampled_from([None, 0, 0.25, 0.5, 1, 2, 3, 4, 6, 8, 12, 20, 24, 30])


@quick
@given(st.lists(clocks, max_size=3), hours, hours)
def test_intervals_and_gaps_agree_at_every_minute(drug: list[int], before: float | None, after: float | None) -> None:
    forbidden = merge(interval for clock in drug for interval in around(clock, before, after))
    for minute in range(1440):
        assert inside(minute, forbidden) != is_kept(minute, drug, before, after), minute


def free(permission: Permission, mg: float, clock: int) -> bool:
    """What the first door says of one dose."""
    return (
        not permission.refused_by
        and not permission.open_questions
        and not inside(clock, permission.forbidden)
        and (permission.ceiling_mg is None or mg <= permission.ceiling_mg + 1e-6)
        and (permission.max_single_mg is None or mg <= permission.max_single_mg)
    )


def allows(person: Person, dose: Dose) -> bool:
    return assess(person, (dose,), None, known()).verdict == "allow"


def calm(person: Person) -> Person:
    """The same person without what refuses everything, so that hours and amounts come into play."""
    spaced = tuple(
        replace(medicine, status="recognised", as_needed=False, clocks_known=True, stopped_days_ago=None)
        for medicine in person.medicines
    )
    return replace(
        person, flags=(), conditions=(), unknown_conditions=(), unknown_products=(), questions=(), scores={}, age=40,
        sex="male", egfr=90.0, serum_mg_mmol_l=None, pregnant=None, pregnancy_week=None, lactating=None, allergies=(),
        alcohol_tonight=False, surgery_in_days=None, medicines=spaced, country=person.country or "JP",
    )  # fmt: skip


@settings(quick, max_examples=12)
@given(somebodies, st.booleans())
def test_the_doors_agree_on_magnesium_at_every_minute(person: Person, alkaline: bool) -> None:
    knowledge, person = known(), calm(person)
    permission = next(each for each in permit(person, knowledge).substances["magnesium"] if each.alkaline == alkaline)
    mg = min(100.0, permission.ceiling_mg or 1.0)
    for minute in range(1440):
        dose = Dose(substance="magnesium", mg=mg, clock=minute, alkaline=alkaline)
        assert free(permission, mg, minute) == allows(person, dose), minute


@quick
@given(
    somebodies,
    st.sampled_from([1.0, 50.0, 210.0, 260.0, 360.0, 600.0]),
    st.lists(clocks, min_size=4, max_size=4),
    st.booleans(),
)
def test_the_doors_agree_on_everything(person: Person, mg: float, minutes: list[int], made_calm: bool) -> None:
    knowledge = known()
    if made_calm:
        person = calm(person)
    for permissions in permit(person, knowledge).substances.values():
        for permission in permissions:
            if permission.substance == "zinc":
                continue  # its one rule starts at an amount that a permission cannot know
            for minute in minutes:
                dose = Dose(substance=permission.substance, mg=mg, clock=minute, alkaline=permission.alkaline)
                assert free(permission, mg, minute) == allows(person, dose)


@quick
@given(somebodies, st.integers(36, 43), st.integers(5, 20), clocks, st.booleans())
def test_the_doors_agree_on_the_bath(person: Person, water: int, minutes: int, end: int, made_calm: bool) -> None:
    knowledge = known()
    if made_calm:
        person = replace(calm(person), taking=person.taking)
    given_bath = permit(person, knowledge).bath
    allowed = (
        not given_bath.refused_by
        and not given_bath.open_questions
        and water <= given_bath.max_c
        and minutes <= given_bath.max_minutes
        and not inside(end, given_bath.forbidden)
    )
    found = assess(person, (), Bath(water_c=water, minutes=minutes, end=end), knowledge)
    assert (found.verdict == "allow") == allowed


@quick
@given(somebodies, st.lists(regimens, max_size=3), st.integers(1, 1439))
def test_only_gaps_count_not_hours(person: Person, regimen: list[Dose], by: int) -> None:
    def later(clock: int | None) -> int | None:
        return None if clock is None else (clock + by) % 1440

    moved = replace(
        person,
        bed=(person.bed + by) % 1440,
        rise=(person.rise + by) % 1440,
        medicines=tuple(
            replace(each, clocks=tuple((clock + by) % 1440 for clock in each.clocks)) for each in person.medicines
        ),
        taking=tuple(replace(each, clock=later(each.clock)) for each in person.taking),
    )
    then = tuple(replace(each, clock=later(each.clock)) for each in regimen)
    assert assess(person, tuple(regimen), None, known()) == assess(moved, then, None, known())


def same_or_graver(before: Assessment, after: Assessment) -> bool:
    return gravity_of(after.verdict) >= gravity_of(before.verdict)


def no_wider(before: Permission, after: Permission) -> bool:
    ceiling = before.ceiling_mg is None or (after.ceiling_mg is not None and after.ceiling_mg <= before.ceiling_mg)
    shut = before.refused_by or before.open_questions
    return (
        ceiling
        and (not shut or bool(after.refused_by or after.open_questions))
        and all(inside(minute, after.forbidden) for minute in range(0, 1440, 7) if inside(minute, before.forbidden))
    )


@quick
@given(somebodies, pills, st.lists(regimens, max_size=3), clocks)
def test_a_further_medicine_opens_nothing(person: Person, one: TakenMedicine, regimen: list[Dose], end: int) -> None:
    _opens_nothing(person, replace(person, medicines=(*person.medicines, one)), regimen, end)


@quick
@given(somebodies, st.data(), st.lists(regimens, max_size=3), clocks)
def test_a_further_disease_opens_nothing(person: Person, data: st.DataObject, regimen: list[Dose], end: int) -> None:
    key = data.draw(st.sampled_from(sorted(known().condition_keys)))
    _opens_nothing(person, replace(person, conditions=(*person.conditions, key)), regimen, end)


def _opens_nothing(person: Person, worse: Person, regimen: list[Dose], end: int) -> None:
    knowledge, bath = known(), Bath(water_c=40, minutes=10, end=end)
    before = assess(person, tuple(regimen), bath, knowledge)
    assert same_or_graver(before, assess(worse, tuple(regimen), bath, knowledge))
    permitted, later = permit(person, knowledge), permit(worse, knowledge)
    for name, permissions in permitted.substances.items():
        for one, two in zip(permissions, later.substances[name], strict=True):
            assert no_wider(one, two), name
    assert later.bath.max_c <= permitted.bath.max_c
    assert later.bath.max_minutes <= permitted.bath.max_minutes


@quick
@given(somebodies, st.lists(regimens, max_size=4))
def test_the_ledger_adds_up_and_is_never_negative(person: Person, regimen: list[Dose]) -> None:
    day = (*person.taking, *regimen)
    for line in assess(person, tuple(regimen), None, known()).ledger:
        parts = (line.from_products_mg, line.from_medicines_mg, line.from_plan_mg, line.from_food_mg)
        assert all(part >= 0 for part in parts)
        assert line.total_mg == pytest.approx(sum(parts))
        assert sum(parts[:3]) == pytest.approx(sum(dose.mg for dose in day if dose.substance == line.substance))
        assert line.over == (line.limit_mg is not None and line.total_mg > line.limit_mg + 1e-6)


@quick
@given(somebodies, st.lists(regimens, min_size=1, max_size=3))
def test_a_name_nobody_knows_is_never_safe(person: Person, regimen: list[Dose]) -> None:
    unknown = TakenMedicine(typed="?", status="unknown", atc=(), route="eye", clocks=(480,))
    worse = replace(person, medicines=(*person.medicines, unknown))
    assert gravity_of(assess(worse, tuple(regimen), None, known()).verdict) >= gravity_of("ask")
    assert all(permission.open_questions for each in permit(worse, known()).substances.values() for permission in each)


@quick
@given(somebodies, st.lists(regimens, max_size=4))
def test_the_verdict_is_the_gravest_finding_or_an_open_question(person: Person, regimen: list[Dose]) -> None:
    found = assess(person, tuple(regimen), None, known())
    gravest = max((gravity_of(verdict_of(each)) for each in found.findings), default=0)
    assert gravity_of(found.verdict) == max(gravest, gravity_of("ask") if found.questions else 0)
    assert [gravity_of(verdict_of(each)) for each in found.findings] == sorted(
        (gravity_of(verdict_of(each)) for each in found.findings), reverse=True
    )
    assert len({(each.rule, each.substance, each.with_, each.action) for each in found.findings}) == len(found.findings)
    for each in found.findings:
        assert each.reason.en
        assert each.reason.zh_hant
        assert each.reason.ja
        assert "{" not in each.reason.en
        assert each.sources or each.action == "ask" or each.rule == "allergy"


def test_what_clashes_is_refused_and_what_does_not_is_free(knowledge: Knowledge) -> None:
    found = clashes(knowledge)
    alone = {name for pair in found for name in pair} | {"magnesium", "glycine", "glutathione", "gaba", "rafuma"}
    names = sorted(alone - {"kava"})  # refused to everybody, with or without another
    assert frozenset(("melatonin", "lemon_balm")) in found
    assert frozenset(("gaba", "rafuma")) not in found
    for number, one in enumerate(names):
        for other in names[number + 1 :]:
            regimen = tuple(Dose(substance=name, mg=1, clock=1350, form="citrate") for name in (one, other))
            verdict = assess(somebody(egfr=90.0), regimen, None, knowledge).verdict
            assert (verdict == "allow") != (frozenset((one, other)) in found), (one, other)


@pytest.mark.parametrize("country", [country for country in COUNTRIES if country])
def test_nothing_is_left_above_the_limit(knowledge: Knowledge, country: str) -> None:
    person = somebody(country=country, egfr=90.0)
    for permission in permit(person, knowledge).substances["magnesium"]:
        assert permission.ceiling_mg is not None
        most = Dose(substance="magnesium", mg=permission.ceiling_mg, clock=1350, alkaline=permission.alkaline)
        assert assess(person, (most,), None, knowledge).verdict == "allow"
        more = replace(most, mg=permission.ceiling_mg + 1)
        found = assess(person, (more,), None, knowledge)
        assert found.verdict == "cap"
        assert found.findings[0].cap_mg == permission.ceiling_mg


@pytest.mark.parametrize("mg", [-1.0, float("nan"), float("inf")])
def test_impossible_amounts_are_refused(knowledge: Knowledge, mg: float) -> None:
    with pytest.raises(AmountError):
        assess(somebody(), (Dose(substance="magnesium", mg=mg),), None, knowledge)
    with pytest.raises(AmountError):
        permit(somebody(taking=(Dose(substance="magnesium", mg=mg),)), knowledge)


@pytest.mark.parametrize("bath", [(float("nan"), 10, 1300), (40, -1, 1300), (40, 10, 1440), (40, float("inf"), 0)])
def test_impossible_baths_are_refused(knowledge: Knowledge, bath: tuple[float, float, int]) -> None:
    water, minutes, end = bath
    with pytest.raises(InputError):
        assess(somebody(), (), Bath(water_c=water, minutes=minutes, end=end), knowledge)
