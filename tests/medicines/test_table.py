"""The shipped table of medicines: complete, well-formed, and no name silently means two medicines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import get_args

import pytest

from anmin.knowledge.drugs import Drug
from anmin.knowledge.load import load
from anmin.knowledge.model import Route
from anmin.medicines import model
from anmin.medicines.index import Index, all_names, build, index_of
from anmin.medicines.normalise import key, keys, normalise
from anmin.medicines.read import LONGEST, read_medicine

DRUGS: dict[str, Drug] = load().drugs
MEDICINES = {each: drug for each, drug in DRUGS.items() if drug.kind == "drug"}
CODE = re.compile(r"[ABCDGHJLMNPRSV]\d\d[A-Z]([A-Z](\d\d)?)?")
LOCAL: dict[Route, str] = {"eye": "S", "ear": "S"}

SHARED = {"麻藥", "kenalog", "ロメフロン", "urex", "貝他斯汀"}
"""Names that really do mean two things, each for a reason: narcotic in Japanese and anaesthetic in Chinese; injected
or on the skin; in the eye or in the ear; furosemide in Australia and methenamine in the United States; two medicines
with one Chinese transcription."""


def test_there_are_many_medicines_and_names() -> None:
    assert len(MEDICINES) >= 1700
    assert len({code for drug in MEDICINES.values() for code in drug.atc}) >= 1400
    assert sum(len(all_names(drug)) for drug in MEDICINES.values()) >= 10_000
    assert sum(drug.kind == "class" for drug in DRUGS.values()) >= 90


@pytest.mark.parametrize("language", ["en", "zh_hant", "ja"])
def test_every_medicine_has_a_name_in_each_language(language: str) -> None:
    missing = [each for each, drug in DRUGS.items() if drug.kind != "ask" and not getattr(drug.names, language)]
    assert not missing


def test_every_code_is_well_formed_and_every_route_has_codes() -> None:
    for each, drug in MEDICINES.items():
        assert drug.atc, each
        for route, codes in [(drug.route, drug.atc), *((route, there.atc) for route, there in drug.routes.items())]:
            assert codes, (each, route)
            assert all(CODE.fullmatch(code) for code in (*codes, *drug.old_atc)), (each, codes)
            if route in LOCAL:
                assert all(code.startswith(LOCAL[route]) for code in codes), (each, route, codes)
        assert drug.route not in drug.routes, each


def test_what_a_row_refers_to_exists() -> None:
    knowledge = load()
    for each, drug in DRUGS.items():
        assert drug.route in get_args(Route)
        for part in drug.of:
            assert MEDICINES[part], (each, part)
            assert each not in DRUGS[part].of
        for inside in drug.contains:
            assert inside.substance in knowledge.substances, each
            assert inside.form is None or inside.form in knowledge.forms, each
        if drug.kind != "drug":
            assert drug.of, each


def test_the_routes_of_the_room_are_those_of_the_facts() -> None:
    assert get_args(model.Route) == get_args(Route)


def _names() -> Iterator[tuple[str, str]]:
    for each, drug in DRUGS.items():
        yield from ((each, name) for name in all_names(drug))


def test_names_are_written_as_they_are_compared() -> None:
    """The index takes shipped names as clean; a name that is not would never be found."""
    names = [name for _, name in _names()]
    assert keys(names) == [normalise(name) for name in names]
    assert max(map(len, names)) <= LONGEST
    assert all(name == name.strip() for name in names)


def test_no_chinese_name_holds_kana_or_a_simplified_character() -> None:
    variants = set("药压剂铁亚点盐钠钾钙镁锂锌铝环诺罗红维韦兰达马贝来纳奥丽尔龙脉单宁头苏异双霉胺")
    simplified = variants - set("胺")
    for each, drug in DRUGS.items():
        for name in (*drug.names.zh_hant, *(drug.brands.zh_hant if drug.brands else ())):
            assert not re.search(r"[\u3040-\u30ff]", name), (each, name)
            assert not simplified & set(name), (each, name)


def test_only_the_listed_names_mean_two_things_and_those_are_questions() -> None:
    index = index_of(load())
    assert set(index.shared) == {key(name) for name in SHARED}
    for name in SHARED:
        assert read_medicine(name, load()).status == "question"


def test_every_name_leads_to_its_own_row() -> None:
    knowledge, index = load(), index_of(load())
    for each, name in _names():
        assert each in {drug_id for drug_id, _ in index.entries(key(name.casefold()))}, (each, name)
        reading = read_medicine(name, knowledge)
        if DRUGS[each].kind == "drug" and normalise(name) not in index.shared:
            assert reading.drugs == (each,), (each, name, reading)
            assert reading.status == "recognised" or reading.why == "route", (each, name, reading)
        else:
            assert reading.status == "question", (each, name)


def test_a_class_word_counts_every_medicine_below_it() -> None:
    knowledge = load()
    for each, drug in DRUGS.items():
        if drug.kind == "class":
            reading = read_medicine(drug.names.en[0], knowledge)
            below = {code for one in MEDICINES.values() for code in one.atc if code.startswith(drug.atc)}
            assert set(drug.atc) | below <= set(reading.atc), each


def test_ingredients_are_part_of_every_combination() -> None:
    index: Index = build(load())
    for each, drug in MEDICINES.items():
        codes = set(index.codes(each, drug.route))
        assert set(drug.atc) <= codes
        for part in drug.of:
            own = index.codes(part, drug.route) or index.codes(part, DRUGS[part].route)
            assert set(own) <= codes, (each, part)
