"""Names as people write them: what a pharmacist would read, held against what the program reads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from anmin.knowledge.load import load
from anmin.medicines.read import read_medicine

EXPECTED: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("names.yaml").read_text(encoding="utf-8"))


def _read() -> Iterator[tuple[str, str, str]]:
    for place, names in EXPECTED["read"].items():
        route, _, code = place.rpartition(" ")
        yield from ((str(name), route or "oral", code) for name in names)


def _asked() -> Iterator[tuple[str, str, str]]:
    for why, groups in EXPECTED["ask"].items():
        yield from ((str(name), why, code) for code, names in groups.items() for name in names)


@pytest.mark.parametrize("rule", EXPECTED["rules"], ids=lambda rule: rule["row"])
def test_every_name_the_rules_speak_of_is_read(rule: dict[str, Any]) -> None:
    knowledge = load()
    assert rule["row"] in knowledge.interactions
    for name in rule["names"]:
        reading = read_medicine(name, knowledge)
        assert reading.status == "recognised", (name, reading.why, reading.candidates)
        assert any(code.startswith(tuple(rule["atc"])) for code in reading.atc), (name, reading.atc)
    for name in rule.get("asks", ()):
        reading = read_medicine(name, knowledge)
        assert (reading.status, reading.why) == ("question", "class_word"), name
        assert any(code.startswith(tuple(rule["atc"])) for code in reading.atc), (name, reading.atc)


@pytest.mark.parametrize(("name", "route", "code"), list(_read()))
def test_a_name_is_read_as_one_medicine(name: str, route: str, code: str) -> None:
    reading = read_medicine(name, load())
    assert (reading.status, reading.why, reading.atc[:1], reading.route) == ("recognised", "exact", (code,), route)
    assert not reading.candidates
    assert reading.typed == name


@pytest.mark.parametrize(("name", "why", "code"), list(_asked()))
def test_a_doubtful_name_is_a_question(name: str, why: str, code: str) -> None:
    reading = read_medicine(name, load())
    assert (reading.status, reading.why) == ("question", why), reading.candidates
    assert code in reading.atc
    assert reading.candidates
    for candidate in reading.candidates:
        assert set(candidate.atc) <= set(reading.atc)


@pytest.mark.parametrize("name", EXPECTED["unknown"])
def test_what_is_no_medicine_is_unknown(name: object) -> None:
    reading = read_medicine(str(name), load())
    assert (reading.status, reading.why, reading.atc, reading.candidates) == ("unknown", "not_found", (), ())


def test_there_are_enough_cases() -> None:
    assert len(list(_read())) + len(list(_asked())) + len(EXPECTED["unknown"]) >= 500
    assert sum(len(rule["names"]) + len(rule.get("asks", ())) for rule in EXPECTED["rules"]) == 861


COMBINATIONS = {
    "Triumeq": {"J05AR13", "J05AJ03", "J05AF05", "J05AF06"},
    "Genvoya": {"J05AR18", "J05AJ02", "V03AX03", "J05AF09", "J05AF13"},
    "スタリビルド": {"J05AR09", "J05AJ02", "V03AX03", "J05AF09", "J05AF07"},
    "Dovato": {"J05AR25", "J05AJ03", "J05AF05"},
    "ジャルカ": {"J05AR21", "J05AJ03", "J05AG05"},
    "Biktarvy": {"J05AR20", "J05AF09", "J05AF13"},
    "Stalevo": {"N04BA03", "N04BX02"},
    "Caduet": {"C10BX03", "C10AA05", "C08CA01"},
    "エックスフォージ": {"C09DB01", "C09CA03", "C08CA01"},
    "ミカムロ": {"C09DB04", "C09CA07", "C08CA01"},
    "好悅您": {"C09DA01", "C09CA01", "C03AA03"},
    "co-amoxiclav": {"J01CR02", "J01CA04"},
    "Harvoni": {"J05AP51", "J05AP08"},
    "Epclusa": {"J05AP55", "J05AP08"},
    "Tylenol PM": {"R06AA52", "N02BE01", "R06AA02"},
    "NyQuil": {"R05X", "R05DA09", "R06AA09", "N02BE01"},
    "ボノサップパック": {"A02BD14", "A02BC08", "J01CA04", "J01FA09"},
    "Bactrim": {"J01EE01", "J01EC01", "J01EA01"},
    "Fosavance": {"M05BB03", "M05BA04", "A11CC05"},
    "福善美保骨": {"M05BB03", "M05BA04", "A11CC05"},
}


@pytest.mark.parametrize(("name", "codes"), COMBINATIONS.items())
def test_a_combination_carries_the_codes_of_all_its_ingredients(name: str, codes: set[str]) -> None:
    assert set(read_medicine(name, load()).atc) == codes


def test_levodopa_with_a_decarboxylase_inhibitor_is_not_levodopa_alone() -> None:
    """Vitamin B6 works against levodopa alone only, so the combination must not carry its code (N04BA01)."""
    for name in ("Sinemet", "Madopar", "Stalevo", "メネシット", "levodopa/carbidopa"):
        assert "N04BA01" not in read_medicine(name, load()).atc


def test_ingredients_written_out_are_read_together_even_where_no_such_product_is_listed() -> None:
    reading = read_medicine("losartan / magnesium oxide 250", load())
    assert reading.status == "recognised"
    assert {"C09CA01", "A02AA02"} <= set(reading.atc)
    known = read_medicine("ramipril + amlodipine", load())
    assert known.atc[0] == "C09BB07"
    assert read_medicine("amlodipine/wonderweed", load()).status == "question"


def test_the_route_of_the_profile_goes_before_the_words() -> None:
    knowledge = load()
    assert read_medicine("ciprofloxacin", knowledge, "eye").atc == ("S01AE03",)
    assert read_medicine("ciprofloxacin eye drops", knowledge, "oral").atc == ("J01MA02",)
    eye_only = read_medicine("Timoptic", knowledge, "oral")
    assert (eye_only.status, eye_only.why) == ("question", "route")
    never = read_medicine("amlodipine", knowledge, "eye")
    assert (never.status, never.why, never.route, never.atc) == ("question", "route", "eye", ("C08CA01",))


def test_a_question_about_the_route_offers_names_that_settle_it() -> None:
    knowledge = load()
    for name in ("betamethasone", "ベタメタゾン", "倍他米松", "albuterol"):
        for candidate in read_medicine(name, knowledge).candidates:
            answer = read_medicine(candidate.name, knowledge)
            assert (answer.status, answer.atc, answer.route) == ("recognised", candidate.atc, candidate.route), name


def test_a_candidate_typed_as_shown_is_never_unknown() -> None:
    knowledge = load()
    for name in ("シプロ", "降圧薬", "antibiotic", "metfromin", "バファリン", "貼布", "胃藥"):
        for candidate in read_medicine(name, knowledge).candidates:
            assert read_medicine(candidate.name, knowledge).status != "unknown", candidate


def test_the_language_of_the_answer_is_that_of_the_question() -> None:
    knowledge = load()
    assert "amlodipine" in [each.name for each in read_medicine("blood pressure pill", knowledge).candidates]
    assert "氨氯地平" in [each.name for each in read_medicine("血壓藥", knowledge).candidates]
    assert "アムロジピン" in [each.name for each in read_medicine("降圧薬", knowledge).candidates]


def test_old_codes_still_find_their_medicine() -> None:
    reading = read_medicine("N03AX12", load())
    assert reading.atc == ("N02BF01",)
    assert read_medicine("J99ZZ99", load()).status == "unknown"
