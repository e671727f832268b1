"""Facts are found by what people write, in three languages."""

import pytest

from anmin.knowledge.load import load
from anmin.knowledge.lookup import find


def _ids(word: str, kind: str) -> list[str]:
    return [hit.id for group in find(word, load()) for hit in group.hits if group.kind == kind]


@pytest.mark.parametrize("word", ["ciprofloxacin", "Ciprofloxacin", "ＣＩＰＲＯＦＬＯＸＡＣＩＮ", "環丙沙星",
                                  "シプロフロキサシン", "ｼﾌﾟﾛﾌﾛｷｻｼﾝ", "しぷろふろきさしん",
                                  "J01MA02", "mg-ciprofloxacin"])  # fmt: skip
def test_a_medicine_leads_to_its_rule(word: str) -> None:
    assert "mg-ciprofloxacin" in _ids(word, "interactions")


@pytest.mark.parametrize(
    ("word", "form"),
    [("Mg glycinate", "bisglycinate"), ("甘胺酸鎂", "bisglycinate"), ("グリシン酸マグネシウム", "bisglycinate"),
     ("酸化マグネシウム", "oxide"), ("カマ", "oxide"), ("マグミット", "oxide"), ("氧化鎂", "oxide"), ("MgO", "oxide"),
     ("檸檬酸鎂", "citrate"), ("柠檬酸镁", "citrate"), ("Epsom salt", "sulfate_heptahydrate"),
     ("瀉鹽", "sulfate_heptahydrate"), ("にがり", "chloride_hexahydrate"), ("L-蘇糖酸鎂", "threonate"),
     ("milk of magnesia", "hydroxide")],
)  # fmt: skip
def test_a_form_is_found_first_by_its_own_name(word: str, form: str) -> None:
    assert _ids(word, "forms")[0] == form


@pytest.mark.parametrize(
    ("word", "kind", "fact"),
    [("褪黑激素", "substances", "melatonin"), ("テアニン", "substances", "l_theanine"),
     ("羅布麻", "substances", "rafuma"), ("泡澡", "substances", "hot_bath"), ("杏仁", "foods", "almonds"),
     ("なっとう", "foods", "natto"), ("Abbasi", "studies", "abbasi-2012"), ("洗腎", "condition_keys", "dialysis")],
)  # fmt: skip
def test_kinds_of_facts_are_found(word: str, kind: str, fact: str) -> None:
    assert fact in _ids(word, kind)


def test_a_substance_leads_to_every_rule_about_it() -> None:
    knowledge = load()
    rules = {rule.id for rule in knowledge.interactions.values() if rule.substance == "melatonin"}
    assert rules <= set(_ids("メラトニン", "interactions"))
    assert "sed-stack-alcohol" in _ids("メラトニン", "interactions"), "rules of the sedating group speak of it too"
    limits = {limit.id for limit in knowledge.limits.values() if limit.substance == "melatonin"}
    assert limits <= set(_ids("褪黑激素", "limits"))


def test_the_best_hit_stands_first() -> None:
    groups = find("glycine", load())
    assert groups[0].hits[0].id == "glycine"
    assert all(a.rank <= b.rank for group in groups for a, b in zip(group.hits, group.hits[1:], strict=False))


def test_among_equals_the_gravest_rule_stands_first() -> None:
    order = ("contraindicated", "major", "moderate", "minor")
    group = next(group for group in find("magnesium", load()) if group.kind == "conditions")
    ranks = [(hit.rank, order.index(load().conditions[hit.id].severity)) for hit in group.hits]
    assert ranks == sorted(ranks)
    assert len({severity for _, severity in ranks}) > 1


@pytest.mark.parametrize("word", ["", "   ", "・", "zzzzqqq", "無此物", "{}", "\x00", "a" * 500])
def test_what_is_not_known_finds_nothing_and_breaks_nothing(word: str) -> None:
    assert find(word, load()) == ()
