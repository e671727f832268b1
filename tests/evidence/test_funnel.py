"""Funnel plots: drawn from three studies on, and modest about what they tell."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from click.testing import CliRunner

from anmin.cli.evidence import evidence_group
from anmin.errors import InputError
from anmin.evidence.forest import Forest, ForestLine
from anmin.evidence.small_studies import egger
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import LANGS, Lang, Text
from anmin.report.funnel import funnel, points, verdict
from anmin.report.plot import plot
from anmin.report.svg import svg


def made(k: int) -> Forest:
    """Small studies with larger effects: as lopsided as can be."""
    lines = tuple(
        ForestLine(label=f"Trial {i}", mark="trial", value=4.0 + 2.0 * i, low=1.0 - i, high=7.0 + 5.0 * i)
        for i in range(k)
    )
    name = Text(en="x", zh_hant="x", ja="x")
    pooled = ForestLine(label="Review", mark="pooled", value=5.0, low=1.0, high=9.0)
    return Forest(
        component="magnesium", outcome="sleep_onset_latency", name=name, unit="min", unit_name=name, matters=10.0,
        lines=(*lines, pooled),
    )  # fmt: skip


@pytest.mark.parametrize("lang", LANGS)
def test_fewer_than_three_studies_are_no_funnel(knowledge: Knowledge, lang: Lang) -> None:
    assert funnel(made(2), knowledge, lang) is None
    assert "2" in verdict(points(made(2)), knowledge, lang)


def test_reviews_are_no_points() -> None:
    assert len(points(made(5))) == 5


@pytest.mark.parametrize("lang", LANGS)
def test_a_few_are_drawn_with_the_warning(knowledge: Knowledge, lang: Lang) -> None:
    chart = funnel(made(4), knowledge, lang)
    assert chart is not None
    assert chart.says.endswith(knowledge.say("evidence.funnel.few", lang, few=10))
    root = ET.fromstring(svg(chart))
    assert len(root.findall(".//{http://www.w3.org/2000/svg}circle")) == 5  # four studies and the legend
    assert len(plot(chart, 70, 10)) > 12


def test_many_get_the_test_of_egger(knowledge: Knowledge) -> None:
    studies = points(made(12))
    test = egger([effect for _, effect, _ in studies], [se * se for _, _, se in studies])
    assert test.slope_p < 0.05
    assert f"{test.slope_p:.2g}" in verdict(studies, knowledge, "en")


def test_the_command_says_why_there_is_none(tmp_path: Path) -> None:
    target = tmp_path / "funnel.svg"
    run = CliRunner().invoke(evidence_group, ["show", "magnesium", "--funnel", str(target)])
    assert isinstance(run.exception, InputError)
    assert "Funnel plot: none" in str(run.exception)
    assert not target.exists()


def test_a_substance_without_studies_says_so() -> None:
    run = CliRunner().invoke(evidence_group, ["show", "zinc", "--lang", "en"])
    assert run.exit_code == 0
    assert "No study here" in run.output
    assert "example plans" in run.output
