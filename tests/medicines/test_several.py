"""Several medicines in one line, and what a medicine brings along."""

from __future__ import annotations

import pytest

from anmin.knowledge.load import load
from anmin.medicines.contents import contents
from anmin.medicines.read import read_medicine
from anmin.medicines.several import read_medicines

LINES = {
    "aspirin + omeprazole": ["aspirin", "omeprazole"],
    "amlodipine, metformin 1,000 mg; aspirin": ["amlodipine", "metformin 1,000 mg", "aspirin"],
    "アムロジピン、ロスバスタチン": ["アムロジピン", "ロスバスタチン"],
    "阿斯匹靈和奧美拉唑": ["阿斯匹靈", "奧美拉唑"],
    "warfarin and wonderweed": ["warfarin", "wonderweed"],
    "Cipro\nMaalox": ["Cipro", "Maalox"],
    "加巴噴丁": ["加巴噴丁"],
    "trimethoprim/sulfamethoxazole": ["trimethoprim/sulfamethoxazole"],
    "trimethoprim and sulfamethoxazole": ["trimethoprim and sulfamethoxazole"],
    "losartan + hydrochlorothiazide": ["losartan + hydrochlorothiazide"],
    "レボドパ・カルビドパ": ["レボドパ・カルビドパ"],
    "cold and flu tablets": ["cold and flu tablets"],
    "insulin degludec and liraglutide": ["insulin degludec and liraglutide"],
    "foo and bar": ["foo and bar"],
}


@pytest.mark.parametrize(("line", "parts"), LINES.items())
def test_a_line_is_split_where_two_medicines_meet(line: str, parts: list[str]) -> None:
    assert [reading.typed for reading in read_medicines(line, load())] == parts


def test_an_unknown_part_stays_visible() -> None:
    readings = read_medicines("warfarin and wonderweed", load())
    assert [reading.status for reading in readings] == ["recognised", "unknown"]


CONTAINED = {
    "マグミット錠330mg": {("magnesium", "oxide")},
    "Milk of Magnesia": {("magnesium", "hydroxide")},
    "Maalox": {("magnesium", "hydroxide")},
    "Pepcid Complete": {("magnesium", "hydroxide"), ("calcium", None)},
    "マグコロール": {("magnesium", "citrate")},
    "太田胃散": {("magnesium", None)},
    "イブクイック": {("magnesium", "oxide"), ("caffeine", None)},
    "antacid": {("magnesium", None)},
    "magnesium": {("magnesium", None)},
    "Vitamin B6": {("vitamin_b6", None)},
    "melatonin 3 mg": {("melatonin", None)},
    "5-HTP": {("5_htp", None)},
    "L-tryptophan": {("l_tryptophan", None)},
    "ガンマロン": {("gaba", None)},
    "タチオン": {("glutathione", None)},
    "valerian": {("valerian", None)},
    "zinc gluconate": {("zinc", None)},
    "amlodipine": set(),
    "omeprazole": set(),
}


@pytest.mark.parametrize(("name", "expected"), CONTAINED.items())
def test_what_the_ledger_must_count_is_said(name: str, expected: set[tuple[str, str | None]]) -> None:
    knowledge = load()
    found = contents(read_medicine(name, knowledge), knowledge)
    assert {(each.substance, each.form) for each in found} == expected


def test_gaviscon_may_hold_magnesium_until_it_is_clear_which() -> None:
    knowledge = load()
    found = contents(read_medicine("Gaviscon", knowledge), knowledge)
    assert ("magnesium", "basic_carbonate") in {(each.substance, each.form) for each in found}
