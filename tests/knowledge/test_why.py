"""One fact laid open: its sources, what disagrees, what it drives."""

import pytest

from anmin.errors import UnknownId
from anmin.knowledge.load import load
from anmin.knowledge.titles import FACT_KINDS
from anmin.knowledge.why import Explanation, explain


def _of(fact_id: str, kind: str) -> Explanation:
    return next(found for found in explain(fact_id, load()) if found.kind == kind)


def _driven(explanation: Explanation, kind: str) -> set[str]:
    return {driven.id for driven in explanation.drives if driven.kind == kind}


@pytest.mark.parametrize("kind", [kind for kind in FACT_KINDS if kind != "drugs"])
def test_every_fact_of_every_kind_can_be_explained(kind: str) -> None:
    for fact_id in getattr(load(), kind):
        explanation = _of(fact_id, kind)
        assert explanation.title.en
        assert explanation.title.zh_hant
        assert explanation.title.ja


def test_every_field_that_is_shown_has_words() -> None:
    knowledge = load()
    shown = {
        entry.field
        for kind in FACT_KINDS
        if kind != "drugs"
        for fact_id in getattr(knowledge, kind)
        for entry in _of(fact_id, kind).entries
    }
    assert {field for field in shown if f"knowledge.field.{field}" not in knowledge.messages} == set()
    assert {kind for kind in FACT_KINDS if f"knowledge.kind.{kind}" not in knowledge.messages} == set()


def test_a_medicine_is_explained_with_the_rules_it_falls_under() -> None:
    for fact_id in list(load().drugs)[:20]:
        assert _of(fact_id, "drugs").title.en


def test_a_rule_drives_the_plan_lines_and_the_hours_of_its_substance() -> None:
    explanation = _of("mg-ciprofloxacin", "interactions")
    magnesium = {component.id for component in load().components.values() if component.substance == "magnesium"}
    assert magnesium
    assert _driven(explanation, "components") == magnesium
    assert _driven(explanation, "timing") == {"timing-magnesium"}
    assert explanation.sources == load().interactions["mg-ciprofloxacin"].sources


def test_readings_that_differ_are_shown() -> None:
    knowledge = load()
    rule = next(rule for rule in knowledge.interactions.values() if len(rule.readings) > 1)
    shown = _of(rule.id, "interactions").disagrees
    assert len(shown) == len(rule.readings)
    assert all(reading.source in text.en for reading, text in zip(rule.readings, shown, strict=True))


def test_a_limit_shows_what_other_bodies_say() -> None:
    knowledge = load()
    limit = next(row for row in knowledge.limits.values() if row.substance == "magnesium" and row.countries == ("EU",)
                 and row.binding and row.value_mg == 250 and row.age_below is None)  # fmt: skip
    assert any("350" in text.en for text in _of(limit.id, "limits").disagrees)


def test_a_study_drives_what_cites_it() -> None:
    explanation = _of("schuster-2025", "studies")
    assert "timing-magnesium" in _driven(explanation, "timing")
    assert "magnesium_bisglycinate" in _driven(explanation, "components")
    assert "mah-pitre-2021" in _driven(_of("abbasi-2012", "studies"), "studies")


def test_a_study_shows_what_is_doubtful_in_it() -> None:
    assert any("renin" in text.en for text in _of("abbasi-2012", "studies").disagrees)


def test_a_form_drives_its_components_prices_and_rules() -> None:
    oxide = _of("oxide", "forms")
    assert "magnesium_oxide" in _driven(oxide, "components")
    assert "magnesium" not in _driven(oxide, "components"), "another row names the oxide"
    assert "price-jp-oxide-330-100" in _driven(oxide, "prices")
    alkaline = {rule.id for rule in load().interactions.values() if rule.salts == "alkaline"}
    assert alkaline <= _driven(oxide, "interactions")
    assert not _driven(_of("citrate", "forms"), "interactions")


def test_a_judgment_drives_the_outcome_that_uses_it() -> None:
    assert "isi" in _driven(_of("evidence.matters.isi", "judgments"), "outcomes")


def test_a_condition_key_drives_its_conditions() -> None:
    assert _driven(_of("dialysis", "condition_keys"), "conditions")


def test_a_substance_drives_everything_that_names_it() -> None:
    melatonin = _of("melatonin", "substances")
    assert "mel-fluvoxamine" in _driven(melatonin, "interactions")
    assert "timing-melatonin" in _driven(melatonin, "timing")


def test_an_id_of_two_kinds_shows_both() -> None:
    assert {"substances", "components"} <= {explanation.kind for explanation in explain("hot_bath", load())}


@pytest.mark.parametrize(
    ("typed", "near"),
    [("mg-ciprofloxacine", "mg-ciprofloxacin"), ("abbasi", "abbasi-2012"), ("酸化マグネシウム", "oxide"),
     ("Melatonine", "melatonin")],
)  # fmt: skip
def test_an_unknown_id_gets_near_ones(typed: str, near: str) -> None:
    with pytest.raises(UnknownId) as error:
        explain(typed, load())
    assert near in error.value.hint


@pytest.mark.parametrize("typed", ["", " ", "\x00", "x" * 1000, "../../etc/passwd"])
def test_a_hostile_id_is_an_unknown_id(typed: str) -> None:
    with pytest.raises(UnknownId, match="id"):
        explain(typed, load())
