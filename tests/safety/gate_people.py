"""Made-up people for the gate's tests: every field, every rule's words, hostile corners."""

from __future__ import annotations

from hypothesis import strategies as st

from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Text
from anmin.medicines.model import Candidate
from anmin.person.model import Dose, Person, Question, TakenMedicine
from anmin.safety.book import rulebook

COUNTRIES = ("US", "EU", "UK", "JP", "TW", "CN", "CA", "AU", None)
ROUTES = ("oral", "injection", "eye", "ear", "nose", "inhaled", "skin", "patch", "rectal", "vaginal", "mouth")
SAY = Text(en="?", zh_hant="?", ja="?")

clocks = st.integers(0, 1439)
near_clocks = st.integers(0, 47).map(lambda half_hours: half_hours * 30)


def somebody(**known: object) -> Person:
    """A healthy man of 40 in the United States, unless told otherwise."""
    plain: dict[str, object] = {
        "age": 40, "sex": "male", "country": "US", "bed": 23 * 60, "rise": 7 * 60, "complaint": "falling_asleep",
    }  # fmt: skip
    return Person(**{**plain, **known})  # type: ignore[arg-type]


def all_codes(knowledge: Knowledge) -> list[str]:
    found = {code for rule in knowledge.interactions.values() for code in (*rule.atc, *rule.atc_aliases)}
    whole = {code if len(code) == 7 else code + "01"[: 7 - len(code)] for code in found}
    return sorted(found | whole | {"N05CH01", "N06AX02", "C10AA05", "A02BC01", "N05", "J01", "A12CC02", "V03AZ01"})


def medicines(knowledge: Knowledge) -> st.SearchStrategy[TakenMedicine]:
    code = st.sampled_from(all_codes(knowledge))
    return st.builds(
        TakenMedicine,
        typed=st.sampled_from(["one", "two", "three", "four"]),
        status=st.sampled_from(["recognised", "recognised", "recognised", "question", "unknown"]),
        atc=st.lists(code, max_size=2).map(tuple),
        route=st.sampled_from((*["oral"] * 8, *ROUTES)),
        clocks=st.lists(near_clocks | clocks, max_size=3).map(tuple),
        clocks_known=st.sampled_from([True, True, True, False]),
        candidates=st.lists(
            st.builds(Candidate, name=st.just("it"), atc=st.just(()), route=st.sampled_from(ROUTES)), max_size=2
        ).map(tuple),
        stopped_days_ago=st.sampled_from([None, None, None, None, 0, 1, 13, 14, 40]),
        as_needed=st.sampled_from([False, False, False, True]),
    )


def doses(knowledge: Knowledge, origin: str = "plan") -> st.SearchStrategy[Dose]:
    names = sorted(rulebook(knowledge).swallowed)
    return st.builds(
        Dose,
        substance=st.sampled_from([*names, "magnesium", "magnesium", "l_tryptophan", "melatonin", "moonstone"]),
        mg=st.sampled_from([0.0, 3.0, 10.0, 100.0, 150.0, 220.0, 250.0, 350.0, 400.0, 500.0, 3000.0]),
        form=st.sampled_from([None, "oxide", "citrate", "bisglycinate", "nonsense"]),
        clock=st.none() | near_clocks | clocks,
        origin=st.just(origin),
    )


def people(knowledge: Knowledge) -> st.SearchStrategy[Person]:
    keys = sorted({key for rule in knowledge.conditions.values() for key in rule.keys} | set(knowledge.condition_keys))
    flags = sorted(knowledge.red_flags)
    question = st.builds(
        Question, id=st.just("q"), field=st.just("f"), text=st.just(SAY), why=st.just(SAY),
        blocks=st.sampled_from([("*",), ("plan",), ("magnesium",), ("melatonin", "hot_bath")]),
    )  # fmt: skip
    rarely = st.sampled_from([(), (), (), (), ("something",)])
    return st.builds(
        Person,
        age=st.none() | st.integers(0, 120) | st.integers(18, 64),
        sex=st.sampled_from(["female", "male", None]),
        country=st.sampled_from(COUNTRIES),
        bed=clocks,
        rise=clocks,
        complaint=st.just("falling_asleep"),
        pregnant=st.sampled_from([None, "no", "no", "no", "yes", "trying"]),
        pregnancy_week=st.sampled_from([None, None, None, 20]),
        lactating=st.sampled_from([None, False, True]),
        weight_kg=st.none() | st.floats(2, 200),
        egfr=st.none() | st.sampled_from([5.0, 15.0, 20.0, 29.9, 30.0, 45.0, 59.9, 60.0, 95.0]),
        serum_mg_mmol_l=st.sampled_from([None, None, None, 0.49, 0.5, 0.8, 1.05, 1.2]),
        conditions=st.lists(st.sampled_from(keys), max_size=2).map(tuple),
        unknown_conditions=rarely,
        allergies=st.sampled_from([(), (), (), ("chamomile",), ("asteraceae_allergy",), ("magnesium",)]),
        surgery_in_days=st.sampled_from([None, None, None, 3, 14, 15, 300]),
        medicines=st.lists(medicines(knowledge), max_size=3).map(tuple),
        taking=st.lists(doses(knowledge, "product"), max_size=3).map(tuple),
        unknown_products=rarely,
        diet_mg=st.none() | st.floats(0, 1000),
        alcohol_last=st.none() | clocks,
        alcohol_tonight=st.sampled_from([None, False, False, True]),
        scores=st.sampled_from([{}, {}, {"epworth": 5.0}, {"epworth": 11.0}]),
        flags=st.lists(st.sampled_from(flags), max_size=1).map(tuple),
        bathes_alone=st.sampled_from([None, False, True]),
        dinner=st.none() | clocks,
        questions=st.lists(question, max_size=1).map(tuple),
    )
