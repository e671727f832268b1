"""Building is repeatable, and what is shown is what was built."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from anmin.cli.evidence import evidence_group, find_component
from anmin.errors import UnknownId
from anmin.evidence.forest import forest
from anmin.evidence.model import Effect
from anmin.evidence.shipped import decode, encode, read
from anmin.evidence.table import effects
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import LANGS, Lang
from anmin.report.evidence import component_page, doubt_page, study_page
from anmin.report.forest import as_text, forest_chart, forest_title, span
from anmin.report.svg import svg
from anmin.report.wrap import cells

Table = dict[tuple[str, str], Effect]


def test_same_facts_same_bytes_in_another_process(knowledge: Knowledge) -> None:
    script = (
        "import sys; from anmin.knowledge.compile import knowledge_of; from anmin.knowledge.rows import read_rows;"
        "from anmin.evidence.shipped import encode; sys.stdout.buffer.write(encode(knowledge_of(read_rows(), 'test')))"
    )
    made = [
        subprocess.run(
            [sys.executable, "-c", script], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    ]
    assert made[0] == made[1] == encode(knowledge)


def test_the_built_table_round_trips(knowledge: Knowledge) -> None:
    table = decode(encode(knowledge))
    assert table.effects == effects(knowledge)
    assert {doubt.study for doubt in table.doubts} >= {"cheah-2021", "lian-2022"}


def test_a_table_of_other_facts_is_not_believed(knowledge: Knowledge, tmp_path: Path) -> None:
    target = tmp_path / "table.msgpack"
    lie = msgspec.structs.replace(decode(encode(knowledge)), effects=())
    target.write_bytes(msgspec.msgpack.encode(lie))
    assert read(knowledge, target) == ()  # the version fits: it is read as it stands
    target.write_bytes(msgspec.msgpack.encode(msgspec.structs.replace(lie, version="older")))
    assert read(knowledge, target) == effects(knowledge)
    target.write_bytes(b"\xff broken")
    assert read(knowledge, target) == effects(knowledge)


def test_the_way_of_a_plan_imports_no_numerical_library() -> None:
    script = (
        "import sys; from anmin.evidence.belief import belief, Facts; from anmin.knowledge.load import load;"
        "belief('melatonin', 'sleep_onset_latency', Facts(), load());"
        "print([m for m in ('numpy', 'scipy', 'yaml') if m in sys.modules])"
    )
    made = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert made.stdout.strip() == "[]"


@pytest.mark.parametrize("lang", LANGS)
def test_pages_are_complete_in_each_language(table: Table, knowledge: Knowledge, lang: Lang) -> None:
    from anmin.evidence.doubt import verdicts

    for component in sorted({component for component, _ in table}):
        mine = [effect for (name, _), effect in table.items() if name == component]
        page = component_page(component, mine, knowledge, lang)
        assert all(effect.text.get(lang)[:8] in page for effect in mine)
        assert not re.search(r"[{}]|evidence\.", page)
    for study in knowledge.studies.values():
        assert study.label in study_page(study, knowledge, lang)
    assert "Lian 2022" in doubt_page(tuple(verdicts(knowledge)), True, knowledge, lang)


def test_lines_fit_a_page(table: Table, knowledge: Knowledge) -> None:
    for lang in LANGS:
        mine = [effect for (name, _), effect in table.items() if name == "magnesium"]
        for line in component_page("magnesium", mine, knowledge, lang).splitlines():
            assert cells(line) <= 88 or "://" in line


def test_the_plot_puts_marks_where_the_numbers_are(table: Table, knowledge: Knowledge) -> None:
    drawn = forest(table["melatonin", "sleep_onset_latency"], knowledge)
    low, high = span(drawn)
    assert low < 0 < 10 < high
    lines = as_text(drawn, knowledge, "en")
    used, axis = lines[-3], lines[-2]
    zero, ten, mark = axis.index("0"), axis.index("10"), used.index("◆")
    assert (mark - zero) / (ten - zero) == pytest.approx(0.706, abs=0.03)  # 7.06 of 10 minutes, better to the right
    assert (used.index("─") - zero) / (ten - zero) == pytest.approx(0.437, abs=0.03)


def test_svg_is_well_formed_self_contained_and_stable(table: Table, knowledge: Knowledge) -> None:
    drawn = forest(table["magnesium", "sleep_onset_latency"], knowledge)
    for lang in LANGS:
        chart = forest_chart(drawn, forest_title(drawn, knowledge, lang), knowledge, lang)
        figure = svg(chart)
        root = ET.fromstring(figure)
        assert root.attrib["role"] == "img"
        assert "Mah &amp; Pitre 2021" in figure
        assert figure.count("http") == 1  # the namespace, nothing is fetched
        assert "<script" not in figure
        assert figure == svg(chart)
        assert "<desc>" in figure
        assert chart.table is not None
        assert len(chart.table.rows) == len(drawn.lines)


def test_names_in_three_languages_find_the_component(knowledge: Knowledge) -> None:
    for typed in ("glycine", "甘胺酸", "グリシン", "Glycine "):
        assert find_component(typed, knowledge) == "glycine"
    with pytest.raises(UnknownId, match="melatonin"):
        find_component("moon dust", knowledge)


def test_commands(tmp_path: Path) -> None:
    runner = CliRunner()
    target = tmp_path / "table.msgpack"
    built = runner.invoke(evidence_group, ["build", "--out", str(target), "--lang", "en"], catch_exceptions=False)
    assert built.exit_code == 0
    assert runner.invoke(evidence_group, ["build", "--out", str(target), "--check"]).exit_code == 0
    target.write_bytes(b"stale")
    assert runner.invoke(evidence_group, ["build", "--out", str(target), "--check"]).exit_code == 2
    figure = tmp_path / "forest.svg"
    shown = runner.invoke(
        evidence_group,
        ["show", "magnesium", "--outcome", "isi", "--svg", str(figure), "--json"],
        catch_exceptions=False,
    )
    effects = json.loads(shown.output)["effects"]
    assert [effect["outcome"] for effect in effects] == ["isi"]
    ET.fromstring(figure.read_text())
    doubt = json.loads(runner.invoke(evidence_group, ["doubt", "--json"]).output)
    named = {entry["study"] for entry in doubt["doubts"]}
    assert {"perez-pinero-2024", "lian-2022", "cheah-2021", "sutanto-2022", "abbasi-2012"} <= named
    assert {"langan-evans-2023", "ferracioli-oda-2013"} <= set(doubt["clean"])


@pytest.mark.parametrize("arguments", [["show", "moon dust"], ["show", "magnesium", "--outcome", "luck"]])
def test_unknown_names_are_errors_with_a_way_out(arguments: list[str]) -> None:
    made = CliRunner().invoke(evidence_group, arguments)
    assert isinstance(made.exception, UnknownId)
    assert "allowed" in str(made.exception)
