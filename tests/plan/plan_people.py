"""People for the planner's tests: one by hand, or thousands with every field filled, hostile corners included."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from anmin.knowledge.load import Knowledge, load
from anmin.knowledge.model import Text
from anmin.person.model import Dose, OwnPrice, Person, Question, TakenMedicine

COUNTRIES = ("US", "EU", "UK", "JP", "TW", "CN", "CA", "AU")
COMPLAINTS = ("falling_asleep", "staying_asleep", "early_waking", "unrefreshing")
ROUTES = ("oral", "oral", "oral", "oral", "injection", "eye", "skin", "patch", "rectal", "inhaled")
SAY = Text(en="?", zh_hant="?", ja="?")


def known() -> Knowledge:
    return load()


def somebody(**told: Any) -> Person:
    """A healthy man of 34 in Japan who falls asleep late, unless told otherwise."""
    plain: dict[str, Any] = {
        "age": 34, "sex": "male", "country": "JP", "bed": 23 * 60, "rise": 7 * 60, "complaint": "falling_asleep",
        "dinner": 19 * 60, "alcohol_tonight": False,
    }  # fmt: skip
    return Person(**{**plain, **told})


def takes(*codes: str, at: tuple[int, ...] = (), typed: str = "it", **told: Any) -> TakenMedicine:
    """A medicine that was understood."""
    plain: dict[str, Any] = {"status": "recognised", "route": "oral", "clocks_known": bool(at)}
    return TakenMedicine(typed=typed, atc=codes, clocks=at, **{**plain, **told})


def clock(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def codes() -> list[str]:
    """A complete ATC code for every prefix that a rule names, and the prefixes themselves."""
    found = {code for rule in known().interactions.values() for code in (*rule.atc, *rule.atc_aliases)}
    whole = {code if len(code) == 7 else code + "01"[: 7 - len(code)] for code in found}
    return sorted(found | whole | {"C10AA05", "A02BC01", "N02BE01"})


clocks = st.integers(0, 1439)
half_hours = st.integers(0, 47).map(lambda number: number * 30)


def medicines() -> st.SearchStrategy[TakenMedicine]:
    return st.builds(
        TakenMedicine,
        typed=st.sampled_from(["one", "two", "三", "四"]),
        status=st.sampled_from([*["recognised"] * 14, "question", "unknown"]),
        atc=st.lists(st.sampled_from(codes()), min_size=1, max_size=2).map(tuple),
        route=st.sampled_from(ROUTES),
        clocks=st.lists(half_hours | clocks, min_size=1, max_size=3).map(tuple),
        clocks_known=st.sampled_from([True] * 7 + [False]),
        stopped_days_ago=st.sampled_from([None] * 6 + [0, 13, 14, 40]),
        as_needed=st.sampled_from([False] * 7 + [True]),
    )


def taken() -> st.SearchStrategy[Dose]:
    names = sorted(each.id for each in known().substances.values())
    return st.builds(
        Dose,
        substance=st.sampled_from([*names, "magnesium", "magnesium", "moonstone"]),
        mg=st.sampled_from([0.0, 2.0, 10.0, 60.0, 120.0, 220.0, 349.5, 400.0, 3000.0]),
        form=st.sampled_from([None, "oxide", "citrate", "bisglycinate"]),
        clock=st.none() | half_hours,
        origin=st.sampled_from(["product", "medicine"]),
    )


def prices() -> st.SearchStrategy[OwnPrice]:
    return st.builds(
        OwnPrice,
        substance=st.sampled_from(["magnesium", "glycine", "l_theanine", "gaba"]),
        form=st.sampled_from([None, "oxide", "bisglycinate", "citrate"]),
        pack_price=st.floats(0.5, 3000),
        currency=st.sampled_from([None, "TWD", "JPY", "USD"]),
        pieces=st.sampled_from([10.0, 60.0, 100.0]),
        mg_per_piece=st.sampled_from([100.0, 250.0, 1000.0]),
    )


def people() -> st.SearchStrategy[Person]:
    """Mostly people who told enough for a plan; every field can also be missing, contradictory or absurd."""
    keys = sorted({key for rule in known().conditions.values() for key in rule.keys} | set(known().condition_keys))
    wishes = sorted({*(fact.substance for fact in known().components.values()), "oxide", "zinc", "moonstone"})
    question = st.builds(
        Question, id=st.just("q"), field=st.just("f"), text=st.just(SAY), why=st.just(SAY),
        blocks=st.sampled_from([("*",), ("plan",), ("magnesium",), ("melatonin", "hot_bath"), ()]),
    )  # fmt: skip
    some = st.lists(st.sampled_from(wishes), max_size=2, unique=True).map(tuple)
    rarely = st.sampled_from([()] * 24 + [("something",)])
    return st.builds(
        Person,
        age=st.sampled_from([*range(18, 95), *range(18, 95), 0, 12, 17, 120, None]),
        sex=st.sampled_from(["female", "male", "male", None]),
        country=st.sampled_from([*COUNTRIES, *COUNTRIES, None]),
        bed=half_hours | clocks,
        rise=half_hours | clocks,
        complaint=st.sampled_from(COMPLAINTS),
        pregnant=st.sampled_from(["no"] * 12 + ["yes", "trying", None]),
        pregnancy_week=st.sampled_from([None] * 15 + [20]),
        lactating=st.sampled_from([False] * 8 + [True, None]),
        egfr=st.sampled_from([*[95.0] * 8, 5.0, 29.9, 30.0, 59.9, 60.0, None, None]),
        serum_mg_mmol_l=st.sampled_from([None] * 8 + [0.6, 0.8, 1.05, 1.2]),
        conditions=st.sampled_from([(), (), *((key,) for key in keys)]) | st.just(()),
        unknown_conditions=rarely,
        allergies=st.sampled_from([()] * 9 + [("asteraceae_allergy",), ("magnesium",)]),
        surgery_in_days=st.sampled_from([None] * 9 + [3, 300]),
        medicines=st.lists(medicines(), max_size=2).map(tuple),
        taking=st.lists(taken(), max_size=2).map(tuple),
        unknown_products=rarely,
        diet_mg=st.none() | st.floats(0, 900),
        alcohol_last=st.sampled_from([None] * 9 + [20 * 60]),
        alcohol_tonight=st.sampled_from([False] * 8 + [True, None]),
        scores=st.sampled_from([{}, {}, {"latency_min": 45.0}, {"latency_min": 11.0}, {"epworth": 12.0}]),
        flags=st.sampled_from([()] * 200 + [(flag,) for flag in sorted(known().red_flags)]),
        bathing=st.sampled_from([None, "bath", "bath", "shower", "neither"]),
        bath_time=st.none() | half_hours,
        bathes_alone=st.sampled_from([None, False, True]),
        dinner=st.none() | half_hours,
        prefer=st.sampled_from(["one_thing", "blend", "no_matter", "no_matter"]),
        no_capsules=st.sampled_from([False, False, False, True]),
        vegan=st.booleans(),
        cheapest=st.booleans(),
        refuses=some,
        wants=some,
        budget_per_day=st.none() | st.floats(0, 100),
        currency=st.sampled_from([None, "TWD", "JPY", "USD", "EUR"]),
        own_prices=st.lists(prices(), max_size=2).map(tuple),
        questions=st.sampled_from([()] * 12) | st.lists(question, max_size=1).map(tuple),
    )
