"""The table of people says what the single assessment says, row by row."""

from __future__ import annotations

import builtins

import pytest
from gate_facts import known
from gate_people import doses, people, somebody
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anmin.errors import AmountError, InputError
from anmin.knowledge.load import Knowledge
from anmin.person.model import Dose, Person
from anmin.safety.assess import assess
from anmin.safety.many import assess_many
from anmin.safety.tables import people_table

pl = pytest.importorskip("polars")


def singly(person: Person, regimen: tuple[Dose, ...], knowledge: Knowledge) -> tuple[str, list[str]]:
    found = assess(person, regimen, None, knowledge)
    return found.verdict, sorted({each.rule for each in found.findings if each.applies and not each.beside})


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_row_is_the_single_assessment(data: st.DataObject) -> None:
    knowledge = known()
    crowd = data.draw(st.lists(people(knowledge), min_size=1, max_size=12))
    regimen = tuple(data.draw(st.lists(doses(knowledge), max_size=3)))
    table = assess_many(people_table(crowd), regimen, knowledge)
    assert list(zip(table["verdict"].to_list(), table["rules"].to_list(), strict=True)) == [
        singly(person, regimen, knowledge) for person in crowd
    ]


def test_missing_columns_are_not_known(knowledge: Knowledge) -> None:
    table = pl.DataFrame({"age": [40, None], "sex": ["male", "male"], "country": ["US", "US"]})
    found = assess_many(table, (Dose(substance="magnesium", mg=200, clock=1350, form="citrate"),), knowledge)
    assert found["verdict"].to_list() == ["allow", "ask"]
    # Without an age the limit for the youngest counts as well.
    assert found["rules"].to_list() == [[], ["limit-magnesium-us-iom-1997-1-3-years", "unknown-age"]]


def test_no_people_no_rows(knowledge: Knowledge) -> None:
    assert assess_many(people_table([]), (), knowledge).height == 0


def test_a_wrong_column_is_named(knowledge: Knowledge) -> None:
    with pytest.raises(InputError, match="age"):
        assess_many(pl.DataFrame({"age": ["old"]}), (), knowledge)


def test_an_impossible_amount_is_refused(knowledge: Knowledge) -> None:
    person = somebody(taking=(Dose(substance="magnesium", mg=-5.0),))
    with pytest.raises(AmountError, match=r"taking\.mg"):
        assess_many(people_table([person]), (), knowledge)


def test_without_polars_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, knowledge: Knowledge) -> None:
    real = builtins.__import__

    def without(name: str, *args: object, **more: object) -> object:
        if name == "polars":
            raise ImportError(name)
        return real(name, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ImportError, match=r"pip install anmin\[tables\]"):
        people_table([somebody()])
