"""The commands for several exposures, clumping and correlated variants, from files."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from click.testing import CliRunner
from mr_lipids import GOLDEN, TRAITS

from anmin.cli.mr import mr_group
from anmin.errors import InputError
from anmin.evidence.mr.clump import ClumpReason
from anmin.evidence.mr.ld import R2
from anmin.evidence.mr.model import Association
from anmin.evidence.mr.multivariable_strength import Covariance
from anmin.evidence.mr.multivariable_tables import bring_together
from anmin.evidence.mr.read import read_table
from anmin.knowledge.load import Knowledge

HEADER = "snp,effect_allele,other_allele,eaf,beta,se\n"


def _run(arguments: Sequence[object]) -> str:
    result = CliRunner().invoke(mr_group, [str(each) for each in arguments])
    assert result.exit_code == 0, result.output or result.exception
    return result.output


def _line(i: int, trait: str, error: str, turned: bool) -> str:
    table = GOLDEN["input"]
    value, eaf = table[trait][i], table["eaf"][i]
    one, two = ("T", "C") if not turned else ("C", "T")
    return f"rs{i},{one},{two},{1 - eaf if turned else eaf},{-value if turned else value},{table[error][i]}\n"


@pytest.fixture
def lipids(tmp_path: Path) -> Path:
    """The published lipids as files; each file counts another allele of every other variant."""
    for k, trait in enumerate(TRAITS):
        rows = [_line(i, trait, f"{trait}se", (i + k) % 2 == 0) for i in range(28)]
        (tmp_path / f"{trait}.csv").write_text(HEADER + "".join(rows))
    rows = [_line(i, "chdlodds", "chdloddsse", i % 3 == 0) for i in range(28)]
    (tmp_path / "chd.csv").write_text(HEADER + "".join(rows))
    return tmp_path


def test_from_files_to_the_published_estimates(lipids: Path) -> None:
    files = [lipids / f"{trait}.csv" for trait in TRAITS]
    found = json.loads(_run(["multi", *files, "--outcome", lipids / "chd.csv", "--json"]))
    assert len(found["used"]) == 28
    theirs = GOLDEN["multivariable"]
    first, egger = found["estimates"][0], found["estimates"][1]
    assert [each["estimate"] for each in first["effects"]] == pytest.approx(theirs["mvivw_default"]["Estimate"])
    assert [each["estimate"] for each in egger["effects"]] == pytest.approx(theirs["mvegger_orient1"]["Estimate"])
    assert [each["used"] for each in found["strengths"]] == [28, 28, 28]
    assert found["q_a"]["covariance"] == "zero"


def test_the_order_of_the_files_changes_no_number(lipids: Path) -> None:
    """Also not the last digit: whatever depends on an order is done in the order of the names."""
    numbers = []
    for order in (TRAITS, ("trig", "hdlc", "ldlc")):
        files = [lipids / f"{trait}.csv" for trait in order]
        found = json.loads(_run(["multi", *files, "--outcome", lipids / "chd.csv", "--json", "--draws", "100"]))
        assert found["exposures"] == list(order)
        told = {
            (each["method"], each["convention"].get("detail"), effect["exposure"]): effect
            for each in found["estimates"] for effect in each.get("effects", ())
        }  # fmt: skip
        numbers.append(told)
    assert numbers[0].keys() == numbers[1].keys()
    for key, one in numbers[0].items():
        two = numbers[1][key]
        assert (one["estimate"], one["se"]) == pytest.approx((two["estimate"], two["se"]), rel=1e-9), key


def test_a_correlation_table_is_read_by_name(lipids: Path) -> None:
    (lipids / "traits.csv").write_text(",trig,ldlc,hdlc\ntrig,1,0.2,-0.4\nldlc,0.2,1,0\nhdlc,-0.4,0,1\n")
    files = [lipids / f"{trait}.csv" for trait in TRAITS]
    arguments = ["multi", *files, "--outcome", lipids / "chd.csv", "--correlations", lipids / "traits.csv", "--json"]
    found = json.loads(_run(arguments))
    assert {each["covariance"] for each in found["strengths"]} == {"given"}
    (lipids / "traits.csv").write_text("ldlc,hdlc\n1,0\n0,1\n")
    assert isinstance(CliRunner().invoke(mr_group, [str(each) for each in arguments]).exception, InputError)


def test_large_exposure_files_with_a_table_of_instruments(lipids: Path) -> None:
    (lipids / "snps.csv").write_text(HEADER + "".join(f"rs{i},T,C,0.2,0.1,0.01\n" for i in range(10)))
    files = [lipids / f"{trait}.csv" for trait in TRAITS]
    found = json.loads(
        _run(["multi", *files, "--outcome", lipids / "chd.csv", "--instruments", lipids / "snps.csv", "--json"])
    )
    assert set(found["used"]) == {f"rs{i}" for i in range(10)}


def test_every_variant_has_a_fate_and_the_file_it_fails_in() -> None:
    def row(snp: str, effect: str = "A", other: str = "G", beta: float | None = 0.1) -> Association:
        return Association(snp=snp, effect_allele=effect, other_allele=other, beta=beta, se=0.01, eaf=0.3)

    tables = {
        "b": {"1": row("1", "G", "A"), "3": row("3", "A", "T"), "4": row("4"), "5": row("5", beta=None)},
        "a": {name: row(name) for name in "12345"} | {"3": row("3", "A", "C")},
    }
    outcome = {name: row(name) for name in "1235"}
    fates, data = bring_together(["1", "2", "3", "4", "5", "1"], tables, outcome)
    told = [(fate.reason, fate.where) for fate in fates]
    assert told == [
        ("same", ""), ("not_in_exposure", "b"), ("alleles_differ", "b"), ("not_in_outcome", ""),
        ("no_effect_or_error", "b"), ("repeated", ""),
    ]  # fmt: skip
    assert data.names == ("b", "a")
    assert data.bx.tolist() == [[-0.1, 0.1]]


def test_clump_and_run(lipids: Path) -> None:
    """What clumping writes is what the other commands read."""
    rows = [f"rs{i},1,{1000 * i},T,C,0.3,0.1,0.01,{300 + i}" for i in range(6)]
    (lipids / "hits.csv").write_text("snp,chr,pos,effect_allele,other_allele,eaf,beta,se,mlogp\n" + "\n".join(rows))
    (lipids / "plink.ld").write_text("SNP_A SNP_B R2\nrs0 rs1 0.9\nrs2 rs3 0.5\nrs4 rs5 0.0001\n")
    out = lipids / "kept.csv"
    told = _run(["clump", lipids / "hits.csv", "--ld", lipids / "plink.ld", "--as", "pairs", "--out", out])
    assert told.startswith("4 of 6 variants in hits.csv stay.")
    assert re.search(r"rs0 +left out, inherited with rs1 \(r² 0\.9, 1 kb\)", told)
    assert [line.split(",")[0] for line in out.read_text().splitlines()] == ["snp", "rs1", "rs3", "rs4", "rs5"]
    found = json.loads(_run(["run", out, lipids / "chd.csv", "--json"]))
    assert len(found["matched"]) == 4


def test_correlated_from_files(tmp_path: Path) -> None:
    table = GOLDEN["input_correlated"]
    turned = [False, True, False, True, True, False]
    for name, beta, error in (("gene", "calcium", "calciumse"), ("out", "fastgluc", "fastglucse")):
        rows = []
        for i in range(6):
            away = turned[i] and name == "out"
            one, two = ("G", "A") if away else ("A", "G")
            rows.append(f"rs{i},{one},{two},0.3,{-table[beta][i] if away else table[beta][i]},{table[error][i]}\n")
        (tmp_path / f"{name}.csv").write_text(HEADER + "".join(rows))
    order = [3, 1, 0, 2, 5, 4]
    rho = np.array(table["rho"])[np.ix_(order, order)]
    names = [f"rs{i}" for i in order]
    (tmp_path / "ld.csv").write_text(
        ",".join(names) + "\n" + "\n".join(",".join(f"{value:.9g}" for value in row) for row in rho)
    )
    found = json.loads(
        _run(["correlated", tmp_path / "gene.csv", tmp_path / "out.csv", "--ld", tmp_path / "ld.csv", "--json"])
    )
    theirs = GOLDEN["correlated"]
    assert found["estimates"][0]["estimate"] == pytest.approx(theirs["ivw_correl_default"]["Estimate"], abs=1e-7)
    assert found["estimates"][1]["estimate"] == pytest.approx(theirs["egger_correl"]["Estimate"], abs=1e-7)


@pytest.mark.parametrize("lang", ["en", "zh-Hant", "ja"])
def test_the_pages_in_three_languages(lipids: Path, lang: str) -> None:
    files = [lipids / f"{trait}.csv" for trait in TRAITS]
    page = _run(["multi", *files, "--outcome", lipids / "chd.csv", "--lang", lang, "--draws", "100"])
    (lipids / "ld.csv").write_text("snp_a,snp_b,r2\nrs0,rs1,0.9\n")
    page += _run(["clump", files[0], "--ld", lipids / "ld.csv", "--as", "pairs", "--p", "1", "--lang", lang])
    assert not re.search(r"\{\w+\}|\bmr\.\w", page)
    assert "6.856" in page
    if lang != "en":
        assert "interval" not in page
        assert "left out" not in page


@pytest.mark.parametrize(("lang", "words"), [("en", "odds ratio"), ("zh-Hant", "勝算比"), ("ja", "オッズ比")])
def test_the_first_line_answers(lipids: Path, lang: str, words: str) -> None:
    files = [lipids / f"{trait}.csv" for trait in TRAITS]
    names = read_table(files[0])
    ld = [[row.snp for row in names], *([str(float(i == j)) for j in range(len(names))] for i in range(len(names)))]
    (lipids / "rho.csv").write_text("".join(",".join(row) + "\n" for row in ld))
    for command in (
        ["run", files[0], lipids / "chd.csv", "--draws", "100"],
        ["correlated", files[0], lipids / "chd.csv", "--ld", lipids / "rho.csv"],
        ["multi", *files, "--outcome", lipids / "chd.csv", "--draws", "100"],
    ):
        page = _run([*command, "--lang", lang])
        assert words in page.splitlines()[0]
        if lang != "en":
            assert not re.search(r"[\u3040-\u9fff]: ", page)


def test_numbers_beyond_floats_end_in_a_reason_and_no_warning(lipids: Path, recwarn: pytest.WarningsRecorder) -> None:
    head = "snp,effect_allele,other_allele,beta,se\n"
    values = ("1e308,1e-308", "1e308,1e308", "-1e308,1e-308", "1e-308,1e-308")
    for name in ("one", "two"):
        (lipids / f"{name}.csv").write_text(head + "".join(f"rs{i},A,G,{each}\n" for i, each in enumerate(values)))
    (lipids / "eye.csv").write_text("rs0,rs1,rs2,rs3\n1,0,0,0\n0,1,0,0\n0,0,1,0\n0,0,0,1\n")
    one, two = lipids / "one.csv", lipids / "two.csv"
    assert "nan" not in _run(["multi", one, two, "--outcome", lipids / "chd.csv", "--draws", "100"])
    found = json.loads(_run(["correlated", one, two, "--ld", lipids / "eye.csv", "--json"]))
    assert {each["why_not"] for each in found["estimates"]} <= {"beyond_numbers", "no_solution"}
    assert not recwarn.list


def test_every_word_is_there(knowledge: Knowledge) -> None:
    for reason in get_args(ClumpReason):
        assert f"mr.clump.{reason}" in knowledge.messages
    for r2 in get_args(R2):
        assert f"mr.ld.{r2}" in knowledge.messages
    for covariance in get_args(Covariance):
        assert f"mr.covariance.{covariance.replace(', ', '_')}" in knowledge.messages
    for name in ("ivw", "egger", "median", "robust", "lasso", "gmm"):
        assert f"mr.method.mv_{name}" in knowledge.messages


def test_nothing_that_is_read_or_somebody_elses_is_written_over(lipids: Path) -> None:
    table, ld = lipids / "own.csv", lipids / "own.ld"
    table.write_text("snp,effect_allele,beta,se\nrs1,A,0.5,0.01\n")
    ld.write_text("snp_a,snp_b,r2\nrs1,rs2,0.9\n")
    (lipids / "site").mkdir()
    (lipids / "site" / "index.html").write_text("mine")
    for command in (
        ["clump", table, "--ld", ld, "--as", "pairs", "--out", table],
        ["clump", table, "--ld", ld, "--as", "pairs", "--out", ld],
        ["run", table, table, "--report", lipids / "site"],
        ["demo", "--cases", "5", "--controls", "5"],
    ):
        result = CliRunner().invoke(mr_group, [str(each) for each in command])
        assert isinstance(result.exception, InputError), command
    assert table.read_text().endswith("0.01\n")
    assert ld.read_text().endswith("0.9\n")
    assert [each.read_text() for each in (lipids / "site").iterdir()] == ["mine"]
    for _ in range(2):  # its own page is
        _run(["run", table, table, "--report", lipids / "page"])


def test_bad_input_is_one_error(lipids: Path) -> None:
    one = lipids / "ldlc.csv"
    broken = lipids / "broken"
    broken.write_bytes(b"\xff\xfe\x00\x01")
    attempts: list[list[Any]] = [
        ["multi", one, "--outcome", one], ["multi", one, one, "--outcome", one],
        ["multi", one, lipids / "nothing.csv", "--outcome", one], ["multi", one, broken, "--outcome", one],
        ["multi", one, lipids / "hdlc.csv", "--outcome", one, "--people", "20"],
        ["clump", one, "--ld", broken, "--as", "pairs"], ["clump", one, "--ld", lipids / "no", "--as", "dosages"],
        ["correlated", one, lipids / "chd.csv", "--ld", broken],
    ]  # fmt: skip
    for arguments in attempts:
        result = CliRunner().invoke(mr_group, [str(each) for each in arguments])
        assert isinstance(result.exception, InputError), arguments
