"""A network of one's own: a CSV file in, the reference's numbers out, and a line for whatever is wrong with it."""

from __future__ import annotations

import contextlib
import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from anmin.cli.evidence import evidence_group
from anmin.errors import InputError
from anmin.evidence import component_network, network
from anmin.evidence.contrasts import Comparison
from anmin.evidence.network_file import MAX_BYTES, read_comparisons

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "network.json").read_text())


def write(folder: Path, name: str) -> Path:
    path = folder / f"{name}.csv"
    with path.open("w", newline="") as handle:
        writer = csv.DictWriter(handle, ["study", "treatment", "other", "effect", "se"])
        writer.writeheader()
        writer.writerows(GOLDEN[name]["comparisons"])
    return path


def run(*words: str) -> str:
    return CliRunner().invoke(evidence_group, ["network", *words], catch_exceptions=False).output


def test_senn_out_of_a_file(tmp_path: Path) -> None:
    made = json.loads(run(str(write(tmp_path, "senn2013")), "--reference", "placebo", "--method", "DL", "--json"))
    wanted = GOLDEN["senn2013"]["network"]["DL"]
    assert made["network"]["tau2"] == pytest.approx(wanted["tau2"], rel=1e-8)
    against = {each["treatment"]: each for each in made["network"]["differences"] if each["other"] == "placebo"}
    for name, effect in wanted["beta"].items():
        assert against[name]["effect"] == pytest.approx(effect, rel=1e-8)
    text = run(str(write(tmp_path, "senn2013")), "--reference", "placebo", "--lang", "en")
    assert text.startswith("rosiglitazone ranks first of 10 (P-score 0.9")
    assert "10 treatments, 26 studies" in text
    assert text.index("rosiglitazone") < text.index("sulfonylurea")  # the better P-score first


def test_a_cell_too_many_is_no_decimal_comma(tmp_path: Path) -> None:
    path = tmp_path / "comma.csv"
    path.write_text("study,treatment,other,effect,se\none,a,b,1,5,0,3\n")  # 1,5 and 0,3 were meant
    with pytest.raises(InputError, match="7 cells"):
        read_comparisons(path)


def test_options_of_a_file_need_the_file() -> None:
    for words in (["--reference", "placebo"], ["--components"]):
        with pytest.raises(InputError, match="FILE"):
            run(*words)


def test_the_first_line_says_something(tmp_path: Path) -> None:
    assert run(str(write(tmp_path, "apart")), "--reference", "placebo", "--components").splitlines()[0]
    path = tmp_path / "worse.csv"
    path.write_text("study,treatment,other,effect,se\none,a,placebo,3,1\n")
    assert run(str(path), "--reference", "placebo", "--lang", "en").startswith("Nothing ranks above placebo")


def test_separate_pieces_need_components(tmp_path: Path) -> None:
    path = write(tmp_path, "apart")
    with pytest.raises(InputError, match="connected"):
        run(str(path), "--reference", "placebo")
    text = run(str(path), "--reference", "placebo", "--components", "--lang", "en")
    assert "not determined by these studies" in text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "study, treatment"),
        ("a,b\n1,2\n", "study, treatment"),
        ("study,treatment,other,effect,se\ns,a,b,x,1\n", "own.csv:2.*number"),
        ("study,treatment,other,effect,se\ns,a,,1,1\n", "own.csv:2.*name"),
        ("study,treatment,other,effect,se\ns,a,b,1\n", "own.csv:2.*number"),
        ('study,treatment,other,effect,se\ns,"a,b,1,1\n', "CSV"),
        ("study,treatment,other,effect,se\ns,a,b,nan,1\n", "finite"),
        ("study,treatment,other,effect,se\ns,a,b,1,1e300\n", "standard error"),
        ("study,treatment,other,effect,se\n", "one comparison"),
        ("study,treatment,other,effect,se\n" + "".join(f"s{i},a{i},b,1,1\n" for i in range(200)), "at most 100"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "own.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=words):
        run(str(path), "--reference", "b")


def test_hostile_files(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_bytes(b"x" * (MAX_BYTES + 1))
    with pytest.raises(InputError, match="MiB"):
        read_comparisons(path)
    path.write_bytes(b"study,treatment\xff\n")
    with pytest.raises(InputError, match="UTF-8"):
        read_comparisons(path)
    with pytest.raises(InputError, match="read"):
        read_comparisons(tmp_path)
    with pytest.raises(InputError, match="--reference"):
        run(str(write(tmp_path, "blend")), "--reference", "moon")


NAMES = ["placebo", "A", "B", "C", "A+B", "A+B+C"]


@given(
    st.lists(
        st.tuples(
            st.permutations(NAMES), st.floats(-1e6, 1e6), st.floats(1e-6, 1e6), st.sampled_from(["DL", "REML", "ML"])
        ),
        min_size=1,
        max_size=8,
    )
)  # fmt: skip
@settings(max_examples=150, deadline=None)
def test_any_numbers_end_in_an_answer_or_a_reason(rows: list[tuple[list[str], float, float, str]]) -> None:
    made = [
        Comparison(study=f"s{i}", treatment=names[0], other=names[1], effect=y, se=se)
        for i, (names, y, se, _) in enumerate(rows)
    ]
    method = rows[0][3]
    for fit in (
        lambda: network.split(made, method),  # type: ignore[arg-type]
        lambda: component_network.fit(made, inactive="placebo", method=method),  # type: ignore[arg-type]
    ):
        with contextlib.suppress(InputError):
            fit()
