"""The worked example: derived effects, four of six, Bonferroni, power; in three languages and as JSON."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from anmin.cli.mr import mr_group
from anmin.errors import InputError
from anmin.evidence.mr import instruments
from anmin.evidence.mr.demo import Demo, published, run
from anmin.evidence.mr.instruments import association_of, standardised, usable_instruments
from anmin.evidence.mr.model import Reason
from anmin.evidence.mr.synthetic import write_finngen
from anmin.knowledge.load import Knowledge
from anmin.report.mr import demo_page

DERIVED = {
    "rs4072037": (0.11546, 0.00916, 158.9), "rs7965584": (0.08372, 0.01008, 69.0),
    "rs3925584": (0.07458, 0.00919, 65.8), "rs11144134": (0.13099, 0.01686, 60.3),
    "rs13146355": (0.06637, 0.00922, 51.8), "rs448378": (0.05256, 0.00917, 32.8),
}  # fmt: skip


@pytest.fixture(scope="module")
def demo(knowledge: Knowledge) -> Demo:
    return run(knowledge)


def test_standardised_effects_of_the_six(knowledge: Knowledge) -> None:
    found = {each.snp: association_of(each) for each in usable_instruments(knowledge, "magnesium")}
    assert set(found) == set(DERIVED)
    for snp, (beta, se, f) in DERIVED.items():
        row = found[snp]
        assert (row.beta, row.se) == pytest.approx((beta, se), abs=6e-6)
        assert row.beta is not None
        assert row.se is not None
        assert (row.beta / row.se) ** 2 == pytest.approx(f, abs=0.06)
    assert standardised.__doc__ is not None
    assert instruments.standardised(2e-36, 0.54, 23_829)[0] == pytest.approx(0.11546, abs=5e-6)


def test_the_published_result_fails_bonferroni(knowledge: Knowledge) -> None:
    verdict = published(knowledge)
    assert verdict.p == pytest.approx(0.0346, abs=5e-5)
    assert verdict.needed == pytest.approx(0.00333, abs=5e-6)
    assert not verdict.passes
    assert verdict.power_among < verdict.power_alone < 0.6


def test_four_of_six_also_touch_the_kidney_or_blood_pressure(demo: Demo) -> None:
    assert set(demo.touching) == {"rs4072037", "rs3925584", "rs13146355", "rs448378"}


def test_what_six_variants_can_and_cannot_tell(demo: Demo) -> None:
    assert demo.explained == pytest.approx(0.018, abs=0.001)
    for row in demo.reach:
        assert row.power < 0.8
        assert math.exp(-row.smallest) < 0.869
    powers = [row.power for row in demo.reach]
    assert powers == sorted(powers)


def test_the_made_up_file_is_called_made_up_and_repeats(demo: Demo, knowledge: Knowledge) -> None:
    assert demo.synthetic
    assert "MADE-UP" in demo_page(demo, knowledge, "en")
    assert run(knowledge) == demo
    assert run(knowledge, seed=2).analysis.estimates != demo.analysis.estimates


def test_every_number_told_about_zinc_and_vitamin_d_is_counted(knowledge: Knowledge) -> None:
    zinc = [each for each in knowledge.instruments.values() if each.set == "mrbase-zinc"]
    vitamin_d = [each for each in knowledge.instruments.values() if each.set == "wang-2010"]
    assert (len(zinc), len(vitamin_d)) == (2, 3)
    assert all(each.eaf is None for each in zinc)
    assert all(each.beta is None for each in vitamin_d)


def test_every_reason_and_method_has_words(knowledge: Knowledge, demo: Demo) -> None:
    for reason in Reason.__args__:  # type: ignore[attr-defined]
        assert f"mr.reason.{reason}" in knowledge.messages
    for each in demo.analysis.estimates:
        assert f"mr.method.{each.method}" in knowledge.messages


@pytest.mark.parametrize("lang", ["en", "zh-Hant", "ja"])
def test_the_page_in_three_languages(demo: Demo, knowledge: Knowledge, lang: str) -> None:
    page = demo_page(demo, knowledge, lang)  # type: ignore[arg-type]
    assert not re.search(r"\{\w+\}|\bmr\.\w", page)
    for told in ("0.869", "0.763", "0.0346", "0.0033", "rs448378", "finngen_R12_F5_INSOMNIA.gz"):
        assert told in page
    if lang != "en":
        assert "interval" not in page


def test_the_real_files_command_runs_on_a_file_of_that_format(knowledge: Knowledge, tmp_path: Path) -> None:
    """The published format at a tenth of a percent of its size; a truth of 1.5 is found, and its side is right."""
    wanted = [association_of(each) for each in usable_instruments(knowledge, "magnesium")]
    path = tmp_path / "finngen_R12_F5_INSOMNIA.gz"
    write_finngen(
        path, wanted, log_odds_per_sd=math.log(1.5), people=400_000, case_share=0.05, background=20_000, seed=3
    )
    arguments = ["demo", "--outcome", str(path), "--cases", "20000", "--controls", "380000", "--json"]
    result = CliRunner().invoke(mr_group, arguments)
    assert result.exit_code == 0, result.output
    found = json.loads(result.output)
    assert found["synthetic"] is False
    assert found["rows"] == 20_007
    first = found["analysis"]["estimates"][0]
    assert first["low"] <= math.log(1.5) <= first["high"]
    assert first["low"] > 0
    assert first["convention"]["weights"] == "first"
    assert len(found["reach"]) == 1


def test_your_own_two_tables(tmp_path: Path) -> None:
    exposure, outcome = tmp_path / "e.csv", tmp_path / "o.tsv"
    exposure.write_text("SNP,effect_allele,other_allele,eaf,beta,se\n" + "".join(
        f"rs{i},A,G,0.3,{0.1 + i / 100},0.01\n" for i in range(1, 6)
    ))  # fmt: skip
    outcome.write_text("SNP\teffect_allele\tother_allele\teaf\tbeta\tse\n" + "".join(
        f"rs{i}\tG\tA\t0.7\t{-0.5 * (0.1 + i / 100)}\t0.02\n" for i in range(1, 5)
    ))  # fmt: skip
    result = CliRunner().invoke(mr_group, ["run", str(exposure), str(outcome)])
    assert result.exit_code == 0, result.output
    assert "alleles swapped, sign turned" in result.output
    assert "not in the outcome file" in result.output
    assert "1.649" in result.output


def test_bad_input_is_one_error(tmp_path: Path) -> None:
    bad = tmp_path / "bad"
    bad.write_bytes(b"\x1f\x8bnothing")
    for arguments in (["demo", "--outcome", str(bad)], ["demo", "--cases", "5"], ["run", str(bad), str(bad)]):
        result = CliRunner().invoke(mr_group, arguments)
        assert isinstance(result.exception, InputError)
