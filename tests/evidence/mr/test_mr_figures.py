"""Figures and page of a Mendelian randomization: the finding in every title, every number beside, no script, whole."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ElementTree
from functools import partial
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from anmin.cli.mr import mr_group
from anmin.errors import InputError
from anmin.evidence.mr.analyse import Analysis, analyse
from anmin.evidence.mr.demo import Demo, run
from anmin.evidence.mr.diagnostics import leave_one_out, single_variants
from anmin.evidence.mr.medians import median
from anmin.evidence.mr.model import Matched
from anmin.evidence.mr.modes import mode
from anmin.evidence.mr.pair import pair_of
from anmin.evidence.mr.presso import presso
from anmin.evidence.mr.regression import egger, ivw, wald
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import LANGS, Lang
from anmin.report.chart import Line
from anmin.report.mr_figures import MOST_ROWS, figures
from anmin.report.mr_html import report_page
from anmin.report.mr_words import answer, main_estimate
from anmin.report.strobe import checklist
from anmin.report.svg import svg

NAMES = ("exposure.csv", "outcome.csv")


def _light(rows: list[Matched]) -> Analysis:
    """The figures' estimates only; the searches of :func:`analyse` take most of its time."""
    pair = pair_of(rows)
    if not pair.count:
        return Analysis(matched=tuple(rows), used=(), estimates=())
    several = (ivw, egger, partial(median, draws=50), partial(mode, draws=50)) if pair.count > 1 else (wald,)
    return Analysis(
        matched=tuple(rows), used=pair.snps, estimates=tuple(method(pair) for method in several),
        single=single_variants(pair), without_one=leave_one_out(pair) if pair.count > 2 else (),
        presso=presso(pair, draws=100),
    )  # fmt: skip


def _rows(count: int, slope: float = 0.5, wild: int = -1, lean: float = 0.0) -> list[Matched]:
    random = np.random.default_rng(3)
    rows = []
    for i in range(count):
        bx = 0.05 + 0.1 * i / max(count, 2)
        by = slope * bx + lean + random.normal(0, 0.002) + (0.4 if i == wild else 0.0)
        rows.append(Matched(
            snp=f"rs{i}", reason="same", keep=True, effect_allele="A", other_allele="G", beta_exposure=bx,
            se_exposure=0.005, beta_outcome=by, se_outcome=0.004,
        ))  # fmt: skip
    return [*rows, Matched(snp="rs-lost", reason="not_in_outcome", keep=False)]


def _analysis(count: int, slope: float = 0.5, wild: int = -1, lean: float = 0.0) -> Analysis:
    return _light(_rows(count, slope, wild, lean))


@pytest.fixture(scope="module")
def ten() -> Analysis:
    return analyse(_rows(10), draws=50)


@pytest.fixture(scope="module")
def demo(knowledge: Knowledge) -> Demo:
    return run(knowledge)


def _page(analysis: Analysis, knowledge: Knowledge, lang: Lang = "en", demo: Demo | None = None) -> str:
    charts = figures(analysis, knowledge, lang)
    return report_page(analysis, NAMES, charts, knowledge, lang, draws=100, seed=1, demo=demo)


@pytest.mark.parametrize("lang", LANGS)
def test_every_figure_is_sound_svg_with_the_finding_in_its_title(
    ten: Analysis, knowledge: Knowledge, lang: Lang
) -> None:
    charts = figures(ten, knowledge, lang)
    assert set(charts) == {"scatter", "forest", "funnel", "leave_one_out"}
    main = main_estimate(ten)
    assert main is not None
    assert main.estimate is not None
    for name, chart in charts.items():
        root = ElementTree.fromstring(svg(chart))
        titles = [each.text for each in root.iter("{http://www.w3.org/2000/svg}title")]
        assert titles == [chart.title]
        assert re.search(r"\d", chart.title), name
        assert chart.table is not None
        assert {f"rs{i}" for i in range(10)} <= {row[0] for row in chart.table.rows}
        assert not re.search(r"\{\w+\}", f"{chart.title}{chart.says}")
    assert f"{math.exp(main.estimate):.3f}" in charts["scatter"].title
    assert knowledge.say("mr_report.shows.more", lang) in charts["scatter"].title


def test_the_slopes_drawn_are_the_estimates(ten: Analysis, knowledge: Knowledge) -> None:
    by_name = {each.method: each for each in ten.estimates}
    lines = [mark for mark in figures(ten, knowledge, "en")["scatter"].marks if isinstance(mark, Line)]
    for line, name in zip(lines, ("ivw", "egger", "weighted_median", "weighted_mode"), strict=True):
        each = by_name[name]
        assert (line.y[1] - line.y[0]) / (line.x[1] - line.x[0]) == pytest.approx(each.estimate)
        assert line.y[0] == (each.intercept or 0.0)


def test_titles_tell_the_difference(knowledge: Knowledge) -> None:
    steady = figures(_analysis(12), knowledge, "en")
    assert "stays the same" in steady["leave_one_out"].title
    assert "No sign" in steady["funnel"].title
    assert "12 of 12 variants alone leave out 1" in steady["forest"].title
    leaning = figures(_analysis(12, lean=0.05), knowledge, "en")
    assert "lean to one side: a sign" in leaning["funnel"].title
    assert "could hide it" in figures(_analysis(5), knowledge, "en")["funnel"].title


def test_a_result_that_hangs_on_one_variant_names_it(knowledge: Knowledge) -> None:
    rows = [
        Matched(
            snp=f"rs{i}", reason="same", keep=True, beta_exposure=0.1, se_exposure=0.005, se_outcome=0.01,
            beta_outcome=0.036 if i == 2 else 0.006,
        )
        for i in range(3)
    ]  # fmt: skip
    chart = figures(_light(rows), knowledge, "en")["leave_one_out"]
    assert "hangs on single variants" in chart.title
    assert "rs2" in chart.title
    assert "rs0" not in chart.title or "rs1" in chart.title


def test_few_variants_have_few_figures(knowledge: Knowledge) -> None:
    assert figures(_analysis(1), knowledge, "en") == {}
    assert "leave_one_out" not in figures(_analysis(2), knowledge, "en")
    assert figures(_analysis(0), knowledge, "en") == {}
    for count in (0, 1, 2):
        assert "<h1>" in _page(_analysis(count), knowledge)


def test_a_forest_of_hundreds_is_cut_and_its_table_is_not(knowledge: Knowledge) -> None:
    rows = _analysis(MOST_ROWS + 40)
    chart = figures(rows, knowledge, "en")["forest"]
    assert len(chart.y.rows) == MOST_ROWS + 1
    assert chart.table is not None
    assert len(chart.table.rows) == MOST_ROWS + 41


def test_made_up_data_are_named_in_every_title(demo: Demo, knowledge: Knowledge) -> None:
    for chart in figures(demo.analysis, knowledge, "en", made_up=True).values():
        assert chart.title.startswith("Made-up data.")


class _Page(HTMLParser):
    """Remembers tags, addresses and the order of texts; complains about what is left open."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.addresses: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in ("meta", "rect", "line", "circle", "path", "polygon", "polyline", "img", "br"):
            self.open.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href", "srcset", "data")]

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip() and self.open and self.open[-1] not in ("style", "title"):
            self.texts.append(data.strip())


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_of_the_example(demo: Demo, knowledge: Knowledge, lang: Lang) -> None:
    page = _Page()
    text = _page(demo.analysis, knowledge, lang, demo)
    page.feed(text)
    assert page.open == []
    assert "script" not in page.tags
    assert not [each for each in page.addresses if not each.startswith("#")]
    assert page.texts[0] == answer(demo.analysis, knowledge, lang, demo)
    assert page.tags.count("svg") == 4
    for told in ("0.869", "0.763", "0.990", "0.0346", "0.0033", "rs448378", "10.1371/journal.pgen.1001045", "MUC1"):
        assert told in text, told
    for row in demo.analysis.matched:
        assert row.reason in text
    assert not re.search(r"\{\w+\}|\bmr_?\w*\.[a-z_]+\b", re.sub(r"<style.*?</style>", "", text, flags=re.S))


def test_the_first_line_of_ones_own_data_is_the_finding(ten: Analysis, knowledge: Knowledge) -> None:
    said = answer(ten, knowledge, "en")
    assert "more of the outcome with more of the exposure" in said
    methods = [each for each in ten.estimates if each.estimate is not None]
    assert f"{sum(1 for each in methods if (each.estimate or 0) > 0)} of {len(methods)}" in said


def test_the_checklist_has_every_point_and_answers_only_what_was_done(
    ten: Analysis, demo: Demo, knowledge: Knowledge
) -> None:
    numbers = {re.sub(r"\D", "", item.number) for item in knowledge.checklist.values()}
    assert numbers == {str(i) for i in range(1, 21)}
    own = {each.number: each for each in checklist(ten, NAMES, knowledge, "en")}
    example = {each.number: each for each in checklist(demo.analysis, NAMES, knowledge, "en", demo)}
    assert not own["13c"].answered  # no numbers of people, so no direction
    assert "--people-exposure" in own["13c"].says
    assert example["13c"].answered
    assert not own["6e"].answered
    assert example["6e"].answered
    assert "exposure.csv" in own["4a"].says
    assert "1 of 11" in own["6d"].says
    lone = {each.number: each for each in checklist(_analysis(1), NAMES, knowledge, "en")}
    assert not lone["11d"].answered
    assert not lone["13e"].answered
    for item in knowledge.checklist.values():
        assert (item.answer is None) == (item.when == "never")
        assert (item.missing is None) == (item.when == "always")
        for each in (own, example, lone):
            assert not re.search(r"\{\w+\}", each[item.number].says)


def test_presso_that_cannot_see_says_so(knowledge: Knowledge) -> None:
    assert "no variant can stand out here" in _page(_analysis(12), knowledge)


def test_numbers_beyond_floating_point_say_why(knowledge: Knowledge) -> None:
    rows = [
        Matched(
            snp=f"rs{i}", reason="same", keep=True, beta_exposure=1e-200, se_exposure=1e-201, beta_outcome=1e200,
            se_outcome=1e-150,
        )
        for i in range(4)
    ]  # fmt: skip
    found = analyse(rows, draws=20)
    left = [each for each in found.estimates if each.why_not == "beyond_numbers"]
    assert left
    assert all(each.convention.detail for each in left)
    assert "beyond what can be computed" in _page(found, knowledge)


def _tables(folder: Path) -> list[str]:
    exposure, outcome = folder / "e.csv", folder / "o.csv"
    head = "SNP,effect_allele,other_allele,eaf,beta,se\n"
    exposure.write_text(head + "".join(f"rs{i},A,G,0.3,{0.1 + i / 100},0.01\n" for i in range(6)))
    outcome.write_text(head + "".join(f"rs{i},A,G,0.3,{0.05 + i / 150},0.02\n" for i in range(6)))
    return [str(exposure), str(outcome)]


def test_one_file_or_a_folder(tmp_path: Path) -> None:
    tables = _tables(tmp_path)
    page, folder = tmp_path / "page.html", tmp_path / "out" / "deep"
    for target in (page, folder):
        result = CliRunner().invoke(
            mr_group, ["run", *tables, "--report", str(target), "--draws", "100", "--lang", "ja"]
        )
        assert result.exit_code == 0, result.output
        assert str(target) in result.output
    assert page.read_text() == (folder / "index.html").read_text()
    assert {each.name for each in folder.iterdir()} == {
        "index.html", "scatter.svg", "forest.svg", "funnel.svg", "leave_one_out.svg",
    }  # fmt: skip
    assert 'lang="ja"' in page.read_text()
    assert "e.csv" in page.read_text()


def test_names_from_outside_cannot_become_markup(tmp_path: Path) -> None:
    tables = _tables(tmp_path)
    table = Path(tables[0])
    table.write_text(table.read_text().replace("rs0", "<script>alert(1)</script>"))
    target = tmp_path / "page.html"
    result = CliRunner().invoke(mr_group, ["run", *tables, "--report", str(target), "--draws", "100"])
    assert result.exit_code == 0, result.output
    assert "<script" not in target.read_text()


def test_a_place_that_cannot_be_written_is_one_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for target in (tmp_path / "file" / "page.html", tmp_path / "file" / "folder", tmp_path / "none" / "page.html"):
        result = CliRunner().invoke(mr_group, ["run", *_tables(tmp_path), "--report", str(target), "--draws", "100"])
        assert isinstance(result.exception, InputError)
    assert (tmp_path / "file").read_text() == ""
