"""A broken YAML file is an error that names file, line and reason; nothing is guessed."""

from pathlib import Path

import pytest

from anmin.errors import KnowledgeError
from anmin.knowledge.rows import read_file, read_rows

FOOD = """foods:
- id: almonds
  name: {en: almonds, zh_hant: 杏仁, ja: アーモンド}
  portion: {en: a, zh_hant: b, ja: c}
  mg_per_portion: 75
  sources: [{label: list, read_in: secondary}]
"""

BROKEN = {
    "unknown kind": ("fods: []\n", 1, "unknown kind of fact 'fods'"),
    "not a list": ("foods: {a: 1}\n", 1, "a list of rows"),
    "not a mapping": ("- 1\n- 2\n", 1, "a file is a mapping"),
    "unknown field": (FOOD.replace("mg_per_portion", "mg_a_portion"), 2, "mg_a_portion"),
    "missing field": (FOOD.replace("  portion: {en: a, zh_hant: b, ja: c}\n", ""), 2, "portion"),
    "wrong type": (FOOD.replace("75", "many"), 5, "float"),
    "wrong word": (FOOD.replace("secondary", "hearsay"), 6, "hearsay"),
    "key twice": (FOOD.replace("  mg_per_portion: 75\n", "  mg_per_portion: 75\n  mg_per_portion: 76\n"), 6, "twice"),
    "alias": ("foods: &a []\nlimits: *a\n", 1, "anchors, aliases and tags"),
    "merge key": (FOOD + "  <<: {id: x}\n", 7, "merging"),
    "python tag": ("foods: !!python/object/apply:os.system ['true']\n", 1, "anchors, aliases and tags"),
    "own tag": ("foods: !x []\n", 1, "anchors, aliases and tags"),
    "broken yaml": ("foods:\n- id: [\n", 2, "readable YAML"),
    "no is not false": (FOOD.replace("id: almonds", "id: no"), 2, "reads as bool"),
    "a clock is not a number": (FOOD.replace("75", "22:30"), 5, "reads as int"),
    "octal": (FOOD.replace("75", "075"), 5, "reads as int"),
    "a date is a word": (FOOD.replace("id: almonds", "id: 2026-01-02"), 2, "reads as timestamp"),
    "infinity": (FOOD.replace("75", ".inf"), 5, "reads as float"),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_broken_yaml_names_file_line_and_reason(case: str) -> None:
    text, line, reason = BROKEN[case]
    with pytest.raises(KnowledgeError) as error:
        list(read_file(text, "foods.yaml"))
    assert error.value.file == "foods.yaml"
    assert error.value.line == line
    assert reason in error.value.reason
    assert str(error.value).startswith(f"foods.yaml:{line}: ")


def test_a_good_file_is_read() -> None:
    [(kind, row)] = list(read_file(FOOD, "foods.yaml"))
    assert (kind, row.file, row.line(), row.line("sources", 0, "label")) == ("foods", "foods.yaml", 2, 6)


def test_empty_files_and_empty_kinds_hold_nothing() -> None:
    assert list(read_file("", "a.yaml")) == []
    assert list(read_file("# only words\n", "a.yaml")) == []
    assert list(read_file("foods:\n", "a.yaml")) == []


def test_messages_may_be_a_bare_list() -> None:
    text = "- id: plan.x\n  text: {en: a, zh_hant: b, ja: c}\n"
    assert [kind for kind, _ in read_file(text, "messages/plan.yaml")] == ["messages"]


def test_an_id_in_two_files_names_both(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(FOOD, encoding="utf-8")
    (tmp_path / "b.yaml").write_text(FOOD, encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"b\.yaml:2: id 'almonds' is already in a\.yaml:2"):
        read_rows(tmp_path)
