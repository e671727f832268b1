"""``anmin mr scan``, ``index`` and ``run`` from the outside: the first line is the answer, in three languages."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from click.testing import CliRunner
from mr_files import genome, write_instruments, write_outcome

from anmin.cli.mr import mr_group
from anmin.errors import InputError

ROWS = genome(300, seed=9)
OWN = [row for row in ROWS if row.beta != 9.0]


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    for name in ("exposures", "outcomes"):
        (tmp_path / name).mkdir()
    write_instruments(tmp_path / "exposures" / "magnesium.csv", OWN[:12])
    write_outcome(tmp_path / "outcomes" / "F5_INSOMNIA.gz", ROWS)
    return tmp_path


def _run(*arguments: object) -> str:
    result = CliRunner(mix_stderr=False) if "mix_stderr" in CliRunner.__init__.__code__.co_varnames else CliRunner()
    found = result.invoke(mr_group, [str(each) for each in arguments], catch_exceptions=False)
    assert found.exit_code == 0, found.output
    return found.stdout


@pytest.mark.parametrize(
    ("lang", "word"),
    [("en", "of 1 pairs pass Bonferroni"), ("zh-Hant", "檢驗了 1 對"), ("ja", "1組を検定")],
)
def test_scan_answers_first(folders: Path, lang: str, word: str) -> None:
    page = _run(
        "scan", folders / "exposures", folders / "outcomes", "--out", folders / "out", "--exposure-build", "38",
        "--methods", "ivw,egger", "--lang", lang,
    )  # fmt: skip
    assert word in page.replace("\n", " ").partition("  ")[0]
    assert "results.csv" in page
    assert (folders / "out" / "results.csv").read_text().count("\n") == 3


def test_scan_for_machines_and_again(folders: Path) -> None:
    arguments = (
        "scan",
        folders / "exposures",
        folders / "outcomes",
        "--out",
        folders / "out",
        "--json",
        "--draws",
        100,
    )
    found = json.loads(_run(*arguments))
    assert (found["tested"], found["computed"], found["reused"]) == (1, 1, 0)
    assert found["unsure"] == 0
    assert json.loads(_run(*arguments))["reused"] == 1


def test_a_broken_outcome_ends_with_two(folders: Path) -> None:
    (folders / "outcomes" / "bad.tsv").write_text("nothing\n")
    arguments = ["scan", str(folders / "exposures"), str(folders / "outcomes"), "--out", str(folders / "out")]
    found = CliRunner().invoke(mr_group, arguments)
    assert found.exit_code == 2
    assert "bad" in found.output
    for part in ("0/3", "4/3", "x"):
        with pytest.raises(InputError, match="--part"):
            CliRunner().invoke(mr_group, [*arguments, "--part", part], catch_exceptions=False)


def test_index_then_run(folders: Path) -> None:
    outcome = folders / "outcomes" / "F5_INSOMNIA.gz"
    page = _run("index", outcome)
    assert page.startswith("Wrote")
    assert f"{len(ROWS):,} variants" in page.replace("\n", " ")
    assert outcome.with_name(outcome.name + ".anmin.parquet").is_file()
    assert "questions to this file go there" in " ".join(page.split())
    elsewhere = " ".join(_run("index", outcome, "--out", folders / "e.parquet").split())
    assert "go there" not in elsewhere
    assert "itself in questions" in elsewhere
    (outcome.with_name(outcome.name + ".tbi")).unlink()
    run = ("run", folders / "exposures" / "magnesium.csv", outcome, "--json", "--draws", 100)
    by_name, by_place = json.loads(_run(*run)), json.loads(_run(*run, "--exposure-build", "GRCh38"))
    assert by_name["matched"] == by_place["matched"]
    with pytest.raises(InputError, match="GRCh37"):
        CliRunner().invoke(mr_group, [str(each) for each in (*run, "--exposure-build", "hg19")], catch_exceptions=False)
    assert json.loads(_run(*run, "--exposure-build", "hg19", "--by-name"))["matched"] == by_name["matched"]


def test_a_made_up_file_of_the_big_format(tmp_path: Path) -> None:
    out = tmp_path / "finngen_R12_F5_INSOMNIA.gz"
    assert "made-up" in _run("made-up", out, "--rows", 20_000)
    assert out.with_name(out.name + ".tbi").is_file()
    demo = json.loads(_run("demo", "--outcome", out, "--cases", 5000, "--controls", 400_000, "--json"))
    assert demo["rows"] == 20_006
    assert all(row["reason"] != "not_in_outcome" for row in demo["analysis"]["matched"])
    assert demo["analysis"]["estimates"][0]["estimate"] == 0.0


def test_the_page_tells_the_numbers_of_the_demo() -> None:
    from anmin.evidence.mr.demo import run
    from anmin.knowledge.load import load

    demo = run(load(), draws=100)
    page = " ".join((Path(__file__).parents[3] / "docs" / "mr.md").read_text().split())
    middle = demo.reach[1]
    for told in (
        f"explain {100 * demo.explained:.1f} % of",
        f"{demo.people:,.0f} people of whom {100 * middle.case_share:.0f} in 100",
        f"in {100 * middle.power:.0f} of 100 such studies", f"{math.exp(-middle.smallest):.2f} and less",
        f"or {math.exp(middle.smallest):.2f} and more", f"from which p is {demo.published.p:.3f}",
        f"{demo.published.needed:.4f}", f"in {100 * demo.published.power_alone:.0f} of 100 papers at 0.05",
        f"in {100 * demo.published.power_among:.0f} of 100 at",
        f"{100 * (1 - 0.95**demo.published.tests):.0f} of 100 such papers",
    ):  # fmt: skip
        assert told in page, told
    assert len(demo.touching) == 4
