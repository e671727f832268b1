"""Clumping: every variant's fate, no order of the input matters, underflow loses nothing, every source of LD agrees."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import permutations
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anmin.errors import InputError
from anmin.evidence.mr import clump as clump_module
from anmin.evidence.mr import parquet
from anmin.evidence.mr.candidates import read_candidates
from anmin.evidence.mr.clump import clump
from anmin.evidence.mr.ld import DosageLd, MatrixLd, PairLd, read_ld
from anmin.evidence.mr.model import Association
from anmin.evidence.mr.named_matrix import Named, read_matrix
from anmin.evidence.mr.pair import Array


def _row(snp: str, strength: float | None, position: int | None = 1, chromosome: str | None = "1") -> Association:
    return Association(
        snp=snp, effect_allele="A", other_allele="G", beta=0.1, se=0.01 if strength is not None else None,
        neg_log10_p=strength, chromosome=chromosome, position=position,
    )  # fmt: skip


def _ld(names: str, values: dict[str, float]) -> MatrixLd:
    matrix = np.eye(len(names))
    for pair, r in values.items():
        i, j = names.index(pair[0]), names.index(pair[1])
        matrix[i, j] = matrix[j, i] = r
    return MatrixLd(Named(tuple(names), matrix), squared=False)


def test_a_chain_is_not_one_clump() -> None:
    """a–b and b–c are linked, a–c are not: a takes b, and c stays, as greedy clumping has it."""
    rows = [_row("a", 30), _row("b", 20), _row("c", 10)]
    found = clump(rows, _ld("abc", {"ab": 0.6, "bc": 0.6}), r2=0.1)
    assert found.kept == ("a", "c")
    fate = found.fates[1]
    assert (fate.reason, fate.by, fate.distance_kb) == ("clumped", "a", 0.0)
    assert fate.r2 == pytest.approx(0.36)


def test_each_variant_has_a_reason() -> None:
    rows = [
        _row("a", 30), _row("a", 30), _row("b", 5), _row("c", None), _row("x", 12), _row("d", 9), _row("e", 8)
    ]  # fmt: skip
    found = clump(rows, _ld("abcde", {"ad": -0.9}), r2=0.1)
    assert [fate.reason for fate in found.fates] == [
        "index", "repeated", "above_p", "no_p", "not_in_reference", "clumped", "index"
    ]  # fmt: skip
    kept = clump(rows, _ld("abcde", {"ad": -0.9}), r2=0.1, keep_unknown=True)
    assert kept.kept == ("a", "x", "e")


def test_p_below_what_a_float_holds_still_has_an_order() -> None:
    """Two p of 1e-400 and 1e-500 are both zero as numbers; the second is the stronger, and none is lost."""
    assert math.pow(10, -400) == math.pow(10, -500) == 0.0
    found = clump([_row("a", 400), _row("b", 500)], _ld("ab", {"ab": 0.9}), r2=0.1)
    assert found.kept == ("b",)


def test_strength_comes_from_the_effect_where_no_p_is_given(tmp_path: Path) -> None:
    path = tmp_path / "hits.csv"
    path.write_text(
        "snp,effect_allele,other_allele,beta,se,p\na,A,G,1.0,0.01,0\nb,A,G,1.2,0.01,0\nc,A,G,0.1,0.01,1e-23\n"
    )
    read = read_candidates(path, 5e-8)
    assert [row.snp for row in read.rows] == ["a", "b", "c"]
    found = clump(read.rows, _ld("abc", {"ab": 0.9, "bc": 0.9}), r2=0.1)
    assert found.kept == ("b",)
    assert found.everywhere


def test_the_window_and_the_chromosome_end_a_clump() -> None:
    rows = [_row("a", 30, 1_000_000), _row("b", 20, 3_000_001), _row("c", 10, 1_000_000, "2"), _row("d", 9, None)]
    ld = _ld("abcd", {"ab": 0.9, "ac": 0.9, "ad": 0.9})
    found = clump(rows, ld, r2=0.1, kb=2_000)
    assert found.kept == ("a", "b", "c")
    assert found.fates[3].distance_kb is None
    assert clump(rows, ld, r2=0.1, kb=2_001).kept == ("a", "c")


def test_chromosomes_do_not_wait_for_each_other() -> None:
    """r² is asked within a chromosome only: fifty thousand hits of a height study would else take many minutes."""
    asked: list[tuple[str, str]] = []

    class Told(PairLd):
        def r2(self, snp: str, others: Sequence[str]) -> Array:
            asked.extend((snp, other) for other in others)
            return super().r2(snp, others)

    names = [f"{chromosome}.{i}" for chromosome in range(1, 5) for i in range(50)]
    rows = [_row(name, 10.0 + i, i, name.split(".")[0]) for i, name in enumerate(names)]
    looked: list[str] = []
    distance = clump_module._distance

    def counted(one: Association, two: Association) -> float | None:
        looked.append(two.snp)
        return distance(one, two)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clump_module, "_distance", counted)
        found = clump(rows, Told({name: {} for name in names}))
    assert len(found.kept) == 200
    assert all(one.split(".")[0] == two.split(".")[0] for one, two in asked)
    assert len(looked) == 4 * 50 * 49 // 2


def test_ties_and_the_order_of_the_input_change_nothing() -> None:
    rows = [_row("a", 10, 5), _row("b", 10, 4), _row("c", 10, 4), _row("d", 12, 9)]
    ld = _ld("abcd", {"ab": 0.9, "bc": 0.9, "ac": 0.9})
    for shuffled in permutations(rows):
        assert set(clump(list(shuffled), ld, r2=0.1).kept) == {"b", "d"}


@settings(max_examples=50, deadline=None)
@given(st.integers(2, 12), st.integers(0, 10_000))
def test_what_is_kept_is_independent_and_what_is_not_has_a_stronger_one_near(count: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    names = [f"rs{i}" for i in range(count)]
    dosages = random.integers(0, 3, (30, count)).astype(float)
    rows = [_row(name, float(random.integers(8, 12)), int(random.integers(1, 5_000_000))) for name in names]
    ld = DosageLd(names, dosages)
    found = clump(rows, ld, r2=0.05, kb=1_000)
    place = {row.snp: row.position or 0 for row in rows}
    strength = {row.snp: row.neg_log10_p or 0.0 for row in rows}
    for one in found.kept:
        for two in found.kept:
            if one != two and abs(place[one] - place[two]) <= 1_000_000:
                assert ld.r2(one, [two])[0] < 0.05
    for fate in found.fates:
        if fate.reason == "clumped":
            assert fate.by in found.kept
            assert strength[fate.by or ""] >= strength[fate.snp]


def _sample(missing: bool = False) -> tuple[list[str], Array]:
    random = np.random.default_rng(3)
    shared = random.integers(0, 3, (200, 1))
    noise = random.integers(0, 3, (200, 6))
    values = np.where(random.random((200, 6)) < np.linspace(0, 1, 6), shared, noise).astype(float)
    if missing:
        values[random.random(values.shape) < 0.1] = np.nan
    return [f"rs{i}" for i in range(6)], values


def test_dosages_matrix_and_pairs_give_the_same_fates(tmp_path: Path) -> None:
    names, values = _sample()
    r: Array = np.asarray(np.corrcoef(values.T))
    rows = [_row(name, 10.0 + i, 100 * i) for i, name in enumerate(names)]
    body = "\n".join(f"p{k}," + ",".join(f"{v:g}" for v in row) for k, row in enumerate(values))
    (tmp_path / "people.csv").write_text("iid," + ",".join(names) + "\n" + body)
    (tmp_path / "r.csv").write_text(
        ","
        + ",".join(names)
        + "\n"
        + "\n".join(f"{n}," + ",".join(map(repr, row.tolist())) for n, row in zip(names, r, strict=True))
    )
    (tmp_path / "r2.tsv").write_text(
        "\t".join(names) + "\n" + "\n".join("\t".join(map(repr, row.tolist())) for row in r**2)
    )
    pairs = [f"1 {i} {names[i]} 1 {j} {names[j]} {float(r[i, j]) ** 2!r}" for i in range(6) for j in range(i)]
    (tmp_path / "plink.ld").write_text(" CHR_A BP_A SNP_A CHR_B BP_B SNP_B R2\n" + "\n".join(pairs))
    found = [
        clump(rows, read_ld(tmp_path / name, kind, names), r2=0.2)  # type: ignore[arg-type]
        for name, kind in (
            ("people.csv", "dosages"), ("r.csv", "matrix"), ("r2.tsv", "matrix-r2"), ("plink.ld", "pairs")
        )
    ]  # fmt: skip
    for other in found[1:]:
        assert other.kept == found[0].kept
        assert [fate.by for fate in other.fates] == [fate.by for fate in found[0].fates]
        for one, two in zip(other.fates, found[0].fates, strict=True):
            assert (one.r2 or 0.0) == pytest.approx(two.r2 or 0.0, rel=1e-9)
    assert 1 < len(found[0].kept) < 6
    assert len({each.ld for each in found}) == 4


def test_dosages_out_of_parquet(tmp_path: Path) -> None:
    polars = pytest.importorskip("polars")
    names, values = _sample(missing=True)
    path = tmp_path / "people.parquet"
    table = {name: [None if np.isnan(v) else v for v in values[:, i]] for i, name in enumerate(names)}
    polars.DataFrame({"iid": [str(k) for k in range(200)], **table}).write_parquet(path)
    ld = read_ld(path, "dosages", [*names, "rs99"])
    assert ld.knows("rs99") == "no"
    both = np.isfinite(values[:, 4]) & np.isfinite(values[:, 5])
    expected = np.corrcoef(values[both, 4], values[both, 5])[0, 1] ** 2
    assert ld.r2("rs4", ["rs5"])[0] == pytest.approx(expected, rel=1e-9)


def test_a_variant_that_nobody_in_the_reference_differs_in_is_told_as_such() -> None:
    names, values = _sample()
    values[:, 2] = 1.0
    found = clump([_row(name, 10) for name in names], DosageLd(names, values), r2=0.2)
    assert found.fates[2].reason == "no_variation"


@pytest.mark.parametrize(("kind", "text"), [
    ("matrix", "a,b\n1,0.5\n0.4,1\n"), ("matrix", "a,b\n1,0.5\n"), ("matrix", "a,a\n1,0\n0,1\n"),
    ("matrix", "a,b\n1,x\nx,1\n"), ("matrix", "a,b\n1,7\n7,1\n"), ("matrix", ""), ("matrix-r2", "a,b\n1,-1\n-1,1\n"),
    ("pairs", "a,b,r2\nx,y,0.1\n"), ("pairs", "snp_a,snp_b,r2\na,b,2\n"), ("pairs", "snp_a,snp_b,r2\na\n"),
    ("dosages", "a,b\n0,3\n1,1\n2,2\n"), ("dosages", "c,d\n0,1\n1,1\n2,2\n"), ("dosages", "a,a\n0,1\n1,1\n2,2\n"),
    ("dosages", "a,b\n0,1\n"),
])  # fmt: skip
def test_a_file_that_is_no_ld_is_one_error(tmp_path: Path, kind: str, text: str) -> None:
    path = tmp_path / "ld.csv"
    path.write_text(text)
    with pytest.raises(InputError):
        read_ld(path, kind, ["a", "b"])  # type: ignore[arg-type]
    with pytest.raises(InputError):
        read_matrix(tmp_path / "nothing")


def test_pairs_that_are_not_listed_count_as_none() -> None:
    ld = PairLd({"a": {"b": 0.5}, "b": {"a": 0.5}, "c": {"d": 0.1}, "d": {"c": 0.1}})
    assert ld.r2("a", ["b", "c"]).tolist() == [0.5, 0.0]
    assert ld.kind == "listed"


def test_of_a_long_file_only_the_significant_are_kept_and_the_others_counted(tmp_path: Path) -> None:
    path = tmp_path / "genome.tsv"
    lines = [f"rs{i}\tA\tG\t0.01\t0.01\t{0.5 if i % 1000 else 1e-300}" for i in range(5_000)]
    path.write_text("snp\teffect_allele\tother_allele\tbeta\tse\tp\n" + "\n".join(lines))
    read = read_candidates(path, 5e-8)
    assert [row.snp for row in read.rows] == ["rs0", "rs1000", "rs2000", "rs3000", "rs4000"]
    assert (read.count, read.above) == (5_000, 4_995)


def test_all_of_a_long_parquet_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "SLICE", 300_000)
    count = 1_000_150  # a bound that once cut the file without a word
    p = np.full(count, 0.5)
    p[[0, count - 1]] = 1e-300
    path = tmp_path / "long.parquet"
    pl.DataFrame({"snp": np.arange(count), "effect_allele": "A", "beta": 0.01, "se": 0.01, "p": p}).write_parquet(path)
    told: list[int] = []
    read = read_candidates(path, 5e-8, told.append)
    assert [row.snp for row in read.rows] == ["0", str(count - 1)]
    assert (read.count, read.above) == (count, count - 2)
    assert told == sorted(told)
    assert told[-1] == path.stat().st_size


def test_a_reference_too_small_for_the_threshold_is_told() -> None:
    """Among 101 people unrelated variants show r² of 0.01 on average: a threshold of 0.001 clumps chance."""
    random = np.random.default_rng(1)
    names = [f"rs{i}" for i in range(60)]
    dosages = random.binomial(2, 0.4, (101, 60)).astype(float)
    ld = DosageLd(names, dosages)
    found = clump([_row(name, 10.0 + i) for i, name in enumerate(names)], ld)
    assert found.noise_r2 == pytest.approx(0.01)
    assert float(np.mean([ld.r2("rs0", names[1:])])) == pytest.approx(0.01, abs=0.006)
    assert len(found.kept) < 30
