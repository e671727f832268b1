"""A scan says what every pair says alone, whatever the order, the workers, and however often it was stopped."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mr_files import genome, write_instruments, write_outcome

from anmin.errors import InputError
from anmin.evidence.mr import scan as scan_module
from anmin.evidence.mr import scan_work
from anmin.evidence.mr.harmonise import Action, harmonise
from anmin.evidence.mr.matrix import REASONS, Fates, align, matrix_of
from anmin.evidence.mr.model import Association
from anmin.evidence.mr.pair import pair_of
from anmin.evidence.mr.read import read_outcome, read_table
from anmin.evidence.mr.regression import egger, ivw
from anmin.evidence.mr.scan import scan
from anmin.evidence.mr.scan_out import Scan, adjusted
from anmin.evidence.mr.scan_work import Exposure, Settings, union
from anmin.evidence.mr.shards import Shards, fingerprint
from anmin.evidence.mr.spread import Dask, Here, Processes, Spread

GOLDEN = Path(__file__).parents[2] / "golden"
ROWS = genome(400, seed=5)
SETTINGS = Settings(methods=("ivw", "egger", "weighted_median"), draws=100, exposure_build="GRCh38")


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three exposures and seven outcomes; an outcome lacks some variants, writes others turned."""
    folder = tmp_path_factory.mktemp("scan")
    random = np.random.default_rng(2)
    (folder / "exposures").mkdir()
    (folder / "outcomes").mkdir()
    own = [row for row in ROWS if row.beta != 9.0]
    for number, name in enumerate(("magnesium", "zinc", "iron")):
        chosen = own[number * 10 : number * 10 + 25]
        write_instruments(folder / "exposures" / f"{name}.csv", chosen)
    for number in range(7):
        rows = [_measured(row, number, random) for row in ROWS if random.uniform() > 0.1 * (number == 3)]
        write_outcome(folder / "outcomes" / f"finngen_R12_{number}.gz", rows, index=number % 2 == 0)
    return folder


def _measured(row: Association, number: int, random: np.random.Generator) -> Association:
    truth = 0.0 if row.beta == 9.0 else (0.8 if number == 5 else 0.0) * (row.beta or 0.0)
    beta = round(float(random.normal(truth, 0.02)), 5)
    measured = msgspec.structs.replace(row, beta=beta, se=0.02)
    if number == 2:
        turned = {"effect_allele": row.other_allele, "other_allele": row.effect_allele}
        return msgspec.structs.replace(measured, beta=-beta, eaf=1.0 - (row.eaf or 0.5), **turned)
    return measured


def _scan(inputs: Path, out: Path, spread: Spread | None = None, **more: Any) -> Scan:
    return scan(inputs / "exposures", inputs / "outcomes", out, more.pop("settings", SETTINGS),
                spread=spread or Here(), **more)  # fmt: skip


@pytest.fixture(scope="module")
def whole(inputs: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Scan, Path]:
    out = tmp_path_factory.mktemp("whole") / "out"
    return _scan(inputs, out), out


def test_each_pair_is_what_it_is_alone(inputs: Path, whole: tuple[Scan, Path]) -> None:
    found, out = whole
    table = pl.read_parquet(out / "results.parquet")
    assert len(table) == 3 * 7 * 3
    assert (found.exposures, found.outcomes, found.pairs, found.tested) == (3, 7, 21, 21)
    variants = pl.read_parquet(out / "variants.parquet")
    for exposure in ("magnesium", "iron"):
        wanted = read_table(inputs / "exposures" / f"{exposure}.csv", "GRCh38")
        for outcome in ("finngen_R12_2", "finngen_R12_3", "finngen_R12_5"):
            matched = harmonise(wanted, read_outcome(inputs / "outcomes" / f"{outcome}.gz", wanted, route="pass").found)
            one = variants.filter(exposure=exposure, outcome=outcome)
            assert one["snp"].to_list() == [row.snp for row in matched]
            assert one["reason"].to_list() == [row.reason for row in matched]
            assert one["keep"].to_list() == [row.keep for row in matched]
            for method, single in (("ivw", ivw(pair_of(matched))), ("egger", egger(pair_of(matched)))):
                row = table.row(by_predicate=(pl.col("exposure") == exposure) & (pl.col("outcome") == outcome)
                                & (pl.col("method") == method), named=True)  # fmt: skip
                assert row["n"] == single.n
                assert (row["estimate"], row["se"], row["p"]) == pytest.approx(
                    (single.estimate, single.se, single.p), rel=1e-9
                )


def test_the_answer_counts_what_passes(whole: tuple[Scan, Path]) -> None:
    found, out = whole
    main = pl.read_parquet(out / "results.parquet").filter(method="ivw")
    assert found.limit == pytest.approx(0.05 / 21)
    assert found.bonferroni == int((main["p"] * 21 < 0.05).sum()) >= 3
    assert found.fdr == int((main["fdr"] < 0.05).sum()) >= found.bonferroni
    assert {hit.outcome for hit in found.hits if hit.bonferroni} == {"finngen_R12_5"}
    assert sum(found.reasons.values()) == 25 * 3 * 7
    assert found.reasons["not_in_outcome"] > 0
    rows = list(csv.DictReader((out / "results.csv").open()))
    assert len(rows) == 63
    manifest = json.loads((out / "manifest.json").read_text())
    assert [each["route"] for each in manifest["outcomes"]] == ["index", "pass"] * 3 + ["index"]
    assert manifest["settings"]["seed"] == 1


def test_false_discovery_rates_are_those_of_the_paper() -> None:
    """Benjamini and Hochberg 1995, table of section 3.2: fifteen p values, four pass at 0.05."""
    p = np.array(
        [
            0.0001,
            0.0004,
            0.0019,
            0.0095,
            0.0201,
            0.0278,
            0.0298,
            0.0344,
            0.0459,
            0.3240,
            0.4262,
            0.5719,
            0.6528,
            0.7590,
            1.0,
        ]
    )
    found = adjusted(p)
    assert int((found <= 0.05).sum()) == 4
    assert found[3] == pytest.approx(0.0095 * 15 / 4)
    order = np.random.default_rng(1).permutation(15)
    assert adjusted(p[order]) == pytest.approx(found[order])


def _bytes(out: Path) -> dict[str, Any]:
    return {
        name: (out / name).read_bytes() if name.endswith("csv") else pl.read_parquet(out / name)
        for name in ("results.csv", "results.parquet", "variants.parquet")
    }


def _same(one: Path, two: Path) -> None:
    for name, content in _bytes(one).items():
        other = _bytes(two)[name]
        assert content.equals(other) if isinstance(content, pl.DataFrame) else content == other


def test_processes_and_company_change_nothing(inputs: Path, whole: tuple[Scan, Path], tmp_path: Path) -> None:
    _scan(inputs, tmp_path / "two", Processes(2))
    _same(whole[1], tmp_path / "two")
    alone = scan(
        inputs / "exposures", inputs / "outcomes" / "finngen_R12_4.gz", tmp_path / "alone", SETTINGS, spread=Here()
    )
    assert alone.outcomes == 1
    rows = pl.read_parquet(tmp_path / "alone" / "results.parquet").drop("p_bonferroni", "fdr")
    company = pl.read_parquet(whole[1] / "results.parquet").filter(outcome="finngen_R12_4").drop("p_bonferroni", "fdr")
    assert rows.equals(company)


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        processes=False, n_workers=1, threads_per_worker=2, dashboard_address=None
    ) as running:
        yield running.scheduler_address


def test_dask_changes_nothing(inputs: Path, whole: tuple[Scan, Path], tmp_path: Path, cluster: str) -> None:
    spread = Dask(cluster)
    assert spread.workers == 2
    _scan(inputs, tmp_path / "dask", spread)
    _same(whole[1], tmp_path / "dask")


def test_a_stopped_scan_goes_on_and_computes_only_what_is_missing(
    inputs: Path, whole: tuple[Scan, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    read: list[str] = []
    gather = scan_work.gather

    def counted(path: Path, *args: Any, **more: Any) -> Any:
        if len(read) == 3:
            raise KeyboardInterrupt
        read.append(path.name)
        return gather(path, *args, **more)

    monkeypatch.setattr(scan_work, "gather", counted)
    with pytest.raises(KeyboardInterrupt):
        _scan(inputs, out)
    assert not (out / "results.csv").exists()
    monkeypatch.setattr(scan_work, "gather", gather)
    shards = sorted((out / "shards").iterdir())
    assert len(shards) == 9
    # A shard that was cut, and one left half written, are not taken for whole ones.
    shards[1].write_bytes(shards[1].read_bytes()[:-100])
    (out / "shards" / ".x.results.parquet.1.part").write_bytes(b"PAR1")
    found = _scan(inputs, out)
    assert (found.computed, found.reused) == (5, 2)
    _same(whole[1], out)
    again = _scan(inputs, out)
    assert (again.computed, again.reused, again.hits) == (0, 7, whole[0].hits)


@pytest.mark.parametrize("table", ["results", "variants"])
@pytest.mark.parametrize("damage", ["bit", "block"])
def test_a_shard_that_changed_on_the_disk_is_made_again(
    inputs: Path, whole: tuple[Scan, Path], tmp_path: Path, table: str, damage: str
) -> None:
    out = tmp_path / "out"
    shutil.copytree(whole[1], out)
    shard = sorted((out / "shards").glob(f"*.{table}.parquet"))[2]
    data = bytearray(shard.read_bytes())
    for at in range(8, 9) if damage == "bit" else range(4, len(data) // 3):
        data[at] ^= 4
    shard.write_bytes(data)
    found = _scan(inputs, out)
    assert (found.computed, found.reused) == (1, 6)
    _same(whole[1], out)


def test_the_order_of_rows_changes_nothing(inputs: Path, whole: tuple[Scan, Path], tmp_path: Path) -> None:
    (tmp_path / "exposures").mkdir()
    for file in (inputs / "exposures").iterdir():
        head, *rows = file.read_text().splitlines()
        (tmp_path / "exposures" / file.name).write_text("\n".join([head, *reversed(rows)]) + "\n")
    scan(tmp_path / "exposures", inputs / "outcomes", tmp_path / "out", SETTINGS, spread=Here())
    _same(whole[1], tmp_path / "out")


def test_nothing_of_somebody_else_is_written_over(inputs: Path, tmp_path: Path) -> None:
    (tmp_path / "results.csv").write_text("mine")
    with pytest.raises(InputError, match=r"results\.csv"):
        _scan(inputs, tmp_path)
    for own in ("exposures", "outcomes"):
        before = sorted((inputs / own).iterdir())
        with pytest.raises(InputError, match="another folder"):
            _scan(inputs, inputs / "outcomes" / ".." / own)
        assert sorted((inputs / own).iterdir()) == before
    assert [each.read_text() for each in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize("address", ["nowhere", "tcp://", "zzz://a:1"])
def test_an_address_that_is_none_makes_no_client(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that fails on it waits twenty seconds at its end and prints a traceback."""
    monkeypatch.setattr("distributed.Client", lambda *_, **__: pytest.fail("a client was made"))
    with pytest.raises(InputError, match="--dask"):
        Dask(address)


def test_large_files_that_are_read_whole_are_pieces_of_their_own(
    inputs: Path, whole: tuple[Scan, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []

    class Counted(Here):
        def run(self, pieces: Any) -> Any:
            sizes.extend(len(piece.sources) for piece in pieces)
            return super().run(pieces)

    monkeypatch.setattr(scan_module, "_LARGE", 0)
    monkeypatch.setattr(scan_module, "_PIECES_EACH", 1)
    _scan(inputs, tmp_path / "out", Counted())
    assert sizes == [4, 1, 1, 1]
    _same(whole[1], tmp_path / "out")


def test_what_changes_a_result_changes_the_shard(inputs: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert _scan(inputs, out, part=(1, 3)).computed == 3
    assert _scan(inputs, out, part=(2, 3)).waiting == 2
    other = msgspec.structs.replace(SETTINGS, seed=2)
    assert _scan(inputs, out, part=(1, 3), settings=other).computed == 3
    done = _scan(inputs, out)
    assert (done.computed, done.reused, done.waiting) == (2, 5, 0)


def test_one_broken_outcome_is_told_and_the_others_go_on(inputs: Path, tmp_path: Path) -> None:
    folder = tmp_path / "outcomes"
    folder.mkdir()
    good = inputs / "outcomes" / "finngen_R12_1.gz"
    (folder / "good.gz").write_bytes(good.read_bytes())
    (folder / "cut.gz").write_bytes(good.read_bytes()[:-40])
    (folder / "other_buildGRCh37.tsv").write_text(
        "SNP\tchr\tpos\teffect_allele\tother_allele\tbeta\tse\nrs1\t1\t5\tA\tG\t1\t1\n"
    )
    found = scan(inputs / "exposures", folder, tmp_path / "out", SETTINGS, spread=Here())
    assert [each.name for each in found.failed] == ["cut", "other_buildGRCh37"]
    assert "GRCh38" in found.failed[1].error
    assert found.pairs == 3
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert [bool(each["error"]) for each in manifest["outcomes"]] == [True, False, True]
    nothing = scan(inputs / "exposures", folder / "cut.gz", tmp_path / "out", SETTINGS, spread=Here())
    assert (nothing.pairs, nothing.limit, len(nothing.failed)) == (0, None, 1)
    assert not (tmp_path / "out" / "results.csv").exists()


def test_folders_that_cannot_be_used(inputs: Path, tmp_path: Path) -> None:
    def call(exposures: Path, outcomes: Path, **more: Any) -> None:
        scan(exposures, outcomes, tmp_path / "out", msgspec.structs.replace(SETTINGS, **more), spread=Here())

    good = inputs / "exposures"
    (tmp_path / "empty").mkdir()
    for exposures, more in (
        (tmp_path / "empty", {}), (tmp_path / "absent", {}), (good, {"methods": ("magic",)}), (good, {"methods": ()}),
        (good, {"exposure_build": "Mars"}), (good, {"methods": ("ivw", "ivw")}),
    ):  # fmt: skip
        with pytest.raises(InputError):
            call(exposures, inputs / "outcomes", **more)
    twice = tmp_path / "twice"
    twice.mkdir()
    for name in ("a.csv", "a.tsv.gz"):
        write_instruments(twice / name, ROWS[1:5])
    with pytest.raises(InputError, match="one file for each name"):
        call(twice, inputs / "outcomes")
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="--out"):
        scan(good, inputs / "outcomes", tmp_path / "file", SETTINGS, spread=Here())
    with pytest.raises(InputError, match="--dask"):
        Dask("tcp://127.0.0.1:9", "1s")


def test_a_fingerprint_tells_files_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from anmin.evidence.mr import shards

    one, two = tmp_path / "one", tmp_path / "two"
    one.write_bytes(b"a" * 100)
    two.write_bytes(b"a" * 99 + b"b")
    assert fingerprint(one) != fingerprint(two)
    monkeypatch.setattr(shards, "WHOLE_BELOW", 10)
    monkeypatch.setattr(shards, "_PIECE", 1)
    assert fingerprint(one) != fingerprint(two)
    assert fingerprint(one).startswith("pieces:100:")
    assert fingerprint(one, whole=True).startswith("sha256:")
    assert not Shards(tmp_path).whole("nothing")


LETTERS = st.sampled_from(["A", "C", "G", "T", "AT", "I", "D"])
FREQUENCY = st.sampled_from([None, 0.1, 0.42, 0.421, 0.499, 0.5, 0.55, 0.58, 0.581, 0.9])


@st.composite
def associations(draw: st.DrawFn, name: str) -> Association:
    return Association(
        snp=name, effect_allele=draw(LETTERS), other_allele=draw(st.one_of(LETTERS, st.none())),
        beta=draw(st.sampled_from([0.5, -0.2, None, 0.0])), se=draw(st.sampled_from([0.1, 0.1, None])),
        eaf=draw(FREQUENCY),
    )  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(data=st.data(), action=st.sampled_from([1, 2, 3]))
def test_the_matrix_harmonises_as_the_single_pair_does(data: st.DataObject, action: Action) -> None:
    names = ["rs1", "rs2", "rs3", "rs1"]
    exposure = [data.draw(associations(name)) for name in names]
    outcomes = [
        {index: data.draw(associations(names[index])) for index in data.draw(st.sets(st.integers(0, 3)))}
        for _ in range(4)
    ]
    found = align(exposure, range(4), matrix_of("abcd", outcomes, 4), Fates(action))
    for row, outcome in enumerate(outcomes):
        for column, wanted in enumerate(exposure):
            by_name = {names[column]: outcome[column]} if column in outcome else {}
            single = harmonise([*exposure[:column], wanted], by_name, action)[-1]
            assert REASONS[found.reasons[row, column]] == single.reason
            assert bool(found.keep[row, column]) == single.keep
            if single.keep:
                ours = found.by[row, column] * (wanted.beta or 0.0), found.sy[row, column]
                assert ours == ((single.beta_outcome or 0.0) * (single.beta_exposure or 0.0), single.se_outcome)


def test_the_matrix_agrees_with_the_reference_row_by_row() -> None:
    """All rows of the golden table at once, as outcomes of one variant each would be, in one matrix."""
    golden = json.loads((GOLDEN / "mr-harmonise.json").read_text())
    columns = golden["input"]
    sides = [
        [
            Association(
                snp=snp, effect_allele=columns[f"effect_allele.{side}"][i],
                other_allele=columns[f"other_allele.{side}"][i],
                eaf=columns[f"eaf.{side}"][i], beta=columns[f"beta.{side}"][i], se=columns[f"se.{side}"][i],
            )
            for i, snp in enumerate(columns["SNP"])
        ]
        for side in ("exposure", "outcome")
    ]  # fmt: skip
    count = len(sides[0])
    matrix = matrix_of(("all",), [dict(enumerate(sides[1]))], count)
    for action in (1, 2, 3):
        table = golden["result"][f"action{action}"]
        expected = dict(zip(table["SNP"], table["mr_keep"], strict=True))
        found = align(sides[0], range(count), matrix, Fates(action))  # type: ignore[arg-type]
        assert count > 900
        for column, row in enumerate(sides[0]):
            if row.snp in expected:
                assert bool(found.keep[0, column]) == expected[row.snp], row.snp


def test_the_union_holds_each_variant_once() -> None:
    own = [row for row in ROWS if row.beta != 9.0][:4]
    turned = msgspec.structs.replace(
        own[1], effect_allele=own[1].other_allele, other_allele=own[1].effect_allele, beta=3.0
    )
    foreign = msgspec.structs.replace(own[2], effect_allele="G" if own[2].effect_allele != "G" else "C")
    rows, columns = union([Exposure(name="a", rows=tuple(own[:3])), Exposure(name="b", rows=(turned, foreign, own[3]))])
    assert columns == ((0, 1, 2), (1, 3, 4))
    assert len(rows) == 5
