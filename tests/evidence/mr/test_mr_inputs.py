"""Every way of reading a file finds the same rows, in every format, and never in another build."""

from __future__ import annotations

import gzip
import math
import sys
from pathlib import Path

import msgspec
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mr_files import bgzip, finngen_text, genome, write_instruments, write_outcome

from anmin.errors import InputError
from anmin.evidence.mr import parquet, stream, tabix
from anmin.evidence.mr.columns import layout_of
from anmin.evidence.mr.index import write_index
from anmin.evidence.mr.model import Association
from anmin.evidence.mr.prefilter import Sieve
from anmin.evidence.mr.read import read_outcome, read_table, why_slow
from anmin.evidence.mr.synthetic import write_large

ROWS = genome(3000)
WANTED = tuple(msgspec.structs.replace(row, beta=0.1, se=0.01) for row in ROWS[::29] if row.beta != 9.0)
BY_NAME = tuple(msgspec.structs.replace(row, chromosome=None, position=None, build=None) for row in WANTED)


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = write_outcome(tmp_path_factory.mktemp("inputs") / "finngen_TEST.gz", ROWS)
    write_index(path)
    return path


def test_index_parquet_and_pass_find_the_same(outcome: Path) -> None:
    truth = {row.snp: row for row in ROWS if row.beta != 9.0}
    by_route = {route: read_outcome(outcome, WANTED, route=route) for route in ("index", "parquet", "pass")}  # type: ignore[arg-type]
    for route, reading in by_route.items():
        assert reading.route == route
        assert reading.found == {row.snp: truth[row.snp] for row in WANTED}
        assert reading.dialect == "FinnGen"
        assert reading.build == "GRCh38"
    assert by_route["pass"].rows == len(ROWS)
    assert by_route["index"].rows < 2 * len(WANTED)
    assert read_outcome(outcome, WANTED).route == "index"


def test_names_alone_find_the_same_without_an_index(outcome: Path) -> None:
    assert why_slow(outcome, WANTED) == ""
    truth = read_outcome(outcome, WANTED, route="pass").found
    for route in ("pass", "parquet"):
        reading = read_outcome(outcome, BY_NAME, route=route)  # type: ignore[arg-type]
        assert reading.found == truth
    with pytest.raises(InputError, match="known by place"):
        read_outcome(outcome, BY_NAME, route="index")


def test_without_pysam_or_polars_the_text_is_read(outcome: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tabix, "have_pysam", lambda: False)
    assert read_outcome(outcome, WANTED).route == "parquet"
    monkeypatch.setattr(parquet, "fresh", lambda path: False)
    assert read_outcome(outcome, WANTED).route == "pass"
    assert why_slow(outcome, WANTED) == "no_library"
    assert why_slow(outcome, BY_NAME) == "names_only"


def test_parquet_of_an_older_file_is_not_used(tmp_path: Path) -> None:
    path = tmp_path / "plain.tsv"
    path.write_bytes(finngen_text(ROWS[:50]))
    write_index(path)
    assert read_outcome(path, WANTED[:1]).route == "parquet"
    path.write_bytes(finngen_text([msgspec.structs.replace(ROWS[0], beta=0.5), *ROWS[1:60]]))
    reading = read_outcome(path, WANTED[:1])
    assert (reading.route, reading.found[WANTED[0].snp].beta) == ("pass", 0.5)
    parquet.made_of(path).write_bytes(b"PAR1 rubbish")
    assert read_outcome(path, WANTED[:1]).route == "pass"


def test_an_unsorted_file_is_sorted_in_its_parquet(tmp_path: Path) -> None:
    path = tmp_path / "shuffled.tsv"
    path.write_bytes(finngen_text(ROWS[1000:] + ROWS[:1000]))
    made = write_index(path, tmp_path / "made.parquet")
    assert (made.rows, made.sorted) == (len(ROWS), False)
    places = pl.read_parquet(tmp_path / "made.parquet")["place"]
    assert places.is_sorted()
    assert read_outcome(tmp_path / "made.parquet", WANTED).found == read_outcome(path, WANTED, route="pass").found


def test_the_file_itself_is_never_written_over(tmp_path: Path) -> None:
    path = write_outcome(tmp_path / "a.gz", ROWS[:50])
    before = path.read_bytes()
    with pytest.raises(InputError, match="--out"):
        write_index(path, tmp_path / ".." / tmp_path.name / "a.gz")
    assert path.read_bytes() == before


def test_a_table_without_one_whole_line_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cut.tsv"
    path.write_bytes(finngen_text(ROWS[:1]).split(b"\n")[0] + b"\n1\t100\n")
    with pytest.raises(InputError, match="no rows"):
        write_index(path)
    assert [each.name for each in tmp_path.iterdir()] == ["cut.tsv"]


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("blanks", [False, True])
def test_line_ends_and_runs_of_blanks(ending: str, blanks: bool, tmp_path: Path) -> None:
    header = "CHROM GENPOS ID ALLELE0 ALLELE1 A1FREQ N TEST BETA SE LOG10P"
    rows = [
        "1 10 rs1 G A 0.3 1000 DOM 9 1 1",
        "1 10 rs1 G A 0.3 1000 ADD 0.5 0.1 6.2",
        "X 1e+05 rs2 G A 0.3 9 ADD 1 1 NA",
    ]
    lines = [header, *rows]
    if blanks:
        lines = ["  ".join(line.split()) + " " for line in lines]
    path = tmp_path / "regenie"
    path.write_bytes((ending.join(lines) + ending + ending).encode())
    by_name = read_outcome(path, [Association(snp="rs1", effect_allele="A", other_allele="G", beta=1, se=1)])
    assert (by_name.found["rs1"].beta, by_name.unusable, by_name.rows, by_name.dialect) == (0.5, 1, 3, "REGENIE")
    placed = Association(
        snp="rs2", effect_allele="A", other_allele="G", beta=1, se=1, chromosome="23", position=100_000, build="GRCh38"
    )
    assert read_outcome(path, [placed], "GRCh38").found["rs2"].position == 100_000
    made = write_index(path, tmp_path / "out.parquet", "hg38")
    assert (made.rows, made.build) == (3, "GRCh38")
    assert read_outcome(tmp_path / "out.parquet", [placed]).found == read_outcome(path, [placed], "GRCh38").found


def test_gwas_vcf_with_its_build_and_several_alleles(tmp_path: Path) -> None:
    text = (
        "##fileformat=VCFv4.2\n##contig=<ID=1,length=249250621,assembly=HG19/GRCh37>\n"
        "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ttrait\n"
        "1\t10\trs1\tG\tA\t.\tPASS\tAF=0.3\tES:SE:LP:AF:SS:ID\t0.5:0.1:400.5:0.3:1000:rs1\n"
        "1\t20\trs2\tC\tT,A\t.\tPASS\t.\tES:SE:LP:AF\t0.7,9:0.1,1:3,1:0.4,0.01\n"
    )
    path = tmp_path / "trait.vcf.gz"
    path.write_bytes(bgzip(text.encode()))
    wanted = [
        Association(
            snp="rs1", effect_allele="G", other_allele="A", beta=1, se=1, chromosome="1", position=10, build="GRCh37"
        ),
        Association(
            snp="rs2", effect_allele="T", other_allele="C", beta=1, se=1, chromosome="1", position=20, build="GRCh37"
        ),
    ]
    found = {}
    for made in (False, True):
        if made:
            write_index(path)
        reading = read_outcome(path, wanted)
        assert (reading.dialect, reading.build, reading.several) == ("GWAS-VCF", "GRCh37", ())
        one, two = reading.found["rs1"], reading.found["rs2"]
        assert (one.effect_allele, one.beta, one.se, one.neg_log10_p, one.eaf, one.n) == (
            "A",
            0.5,
            0.1,
            400.5,
            0.3,
            1000,
        )
        assert (two.effect_allele, two.beta, two.eaf) == ("T", 0.7, 0.4)
        found[reading.route] = reading.found
    assert found["pass"] == found["parquet"]
    with pytest.raises(InputError, match="GRCh38"):
        read_outcome(path, [msgspec.structs.replace(wanted[0], build="GRCh38")])
    two_traits = text.replace("\ttrait\n", "\ttrait\tother\n")
    path.with_name("two.vcf").write_text(two_traits)
    with pytest.raises(InputError, match="one trait"):
        read_outcome(path.with_name("two.vcf"), wanted)


SSF = (
    "chromosome\tbase_pair_location\teffect_allele\tother_allele\tbeta\tstandard_error\teffect_allele_frequency\t"
    "p_value\trsid\n1\t9\tA\tG\t0.5\t0.1\t0.3\t3e-450\trs1\n"
)


def _placed(position: int, build: str) -> list[Association]:
    return [Association(
        snp="rs1", effect_allele="A", other_allele="G", beta=1, se=1, chromosome="1", position=position, build=build
    )]  # fmt: skip


def test_the_metadata_of_gwas_ssf_count(tmp_path: Path) -> None:
    path = tmp_path / "GCST1.tsv.gz"
    path.write_bytes(gzip.compress(SSF.encode()))
    meta = tmp_path / "GCST1.tsv.gz-meta.yaml"
    meta.write_text("genome_assembly: GRCh37\ncoordinate_system: 0-based\nfile_type: GWAS-SSF v1.0\n")
    for made in (False, True):
        if made:
            write_index(path)
        reading = read_outcome(path, _placed(10, "GRCh37"))
        assert reading.build == "GRCh37"
        assert reading.found["rs1"].position == 10
        assert reading.found["rs1"].neg_log10_p == pytest.approx(450 - math.log10(3), rel=1e-12)
        assert read_outcome(path, _placed(9, "GRCh37")).found == {}
    for text, message in (
        ("genome_assembly: Marsian", "genome_assembly"), ("coordinate_system: 2-based", "coordinate_system"),
        ("- a list", "mapping"), ("a: [", "YAML"), ("x: " + "y" * (2 << 20), "1024 KiB"),
        ("genome_assembly: [37]", "meta.yaml:1: genome_assembly"), ("a: &b 1", "anchors"),
    ):  # fmt: skip
        meta.write_text(text)
        with pytest.raises(InputError, match=message):
            read_outcome(path, _placed(10, "GRCh37"))


def test_the_build_in_a_name_and_one_that_differs(tmp_path: Path) -> None:
    path = tmp_path / "29_GCST9_buildGRCh37.tsv"
    path.write_text(SSF)
    assert read_outcome(path, _placed(9, "GRCh37")).build == "GRCh37"
    with pytest.raises(InputError, match="GRCh38"):
        read_outcome(path, _placed(9, "GRCh38"))
    assert list(read_outcome(path, _placed(12, "GRCh38"), by="name").found) == ["rs1"]
    clash = tmp_path / "f_buildGRCh37.tsv"
    clash.write_bytes(finngen_text(ROWS[:3]))
    with pytest.raises(InputError, match="GRCh37 and GRCh38"):
        read_outcome(clash, WANTED)


def test_an_unknown_build_is_found_by_name_and_its_place_compared(tmp_path: Path) -> None:
    path = tmp_path / "unknown.tsv"
    path.write_text(SSF)
    assert read_outcome(path, _placed(9, "GRCh38")).elsewhere == ()
    assert read_outcome(path, _placed(5000, "GRCh38")).elsewhere == ("rs1",)
    nameless = [msgspec.structs.replace(_placed(9, "GRCh38")[0], snp="1:9:A:G")]
    reading = read_outcome(path, nameless)
    assert (reading.unsure, reading.found["1:9:A:G"].beta) == (("1:9:A:G",), 0.5)


def test_a_table_of_instruments_in_text_quotes_and_parquet(tmp_path: Path) -> None:
    rows = tuple(msgspec.structs.replace(row, neg_log10_p=None) for row in WANTED[:20])
    plain = read_table(write_instruments(tmp_path / "a.csv.gz", rows), "GRCh38")
    assert plain == rows
    text = gzip.decompress((tmp_path / "a.csv.gz").read_bytes()).decode()
    (tmp_path / "b.csv").write_text("\n".join(",".join(f'"{c}"' for c in line.split(",")) for line in text.split("\n")))
    (tmp_path / "b.csv").write_text((tmp_path / "b.csv").read_text().replace('\n""', "\n"))
    assert read_table(tmp_path / "b.csv", "hg38") == rows
    pl.read_csv(text.encode()).write_parquet(tmp_path / "c.parquet")
    assert read_table(tmp_path / "c.parquet", "38") == rows
    (tmp_path / "d.tsv").write_text("SNP\tA1x\teffect_allele\tbeta\tse\nchr7:55:A:G\tx\tA\t1\t1\n")
    assert (read_table(tmp_path / "d.tsv")[0].chromosome, read_table(tmp_path / "d.tsv")[0].position) == ("7", 55)


def test_somebody_elses_parquet_is_read_by_its_names(outcome: Path, tmp_path: Path) -> None:
    table = pl.read_csv(finngen_text(ROWS), separator="\t")
    table.write_parquet(tmp_path / "theirs.parquet", row_group_size=500)
    theirs = read_outcome(tmp_path / "theirs.parquet", WANTED)
    assert theirs.route == "parquet"
    assert theirs.found == read_outcome(outcome, WANTED).found
    assert read_outcome(tmp_path / "theirs.parquet", BY_NAME).found == theirs.found
    pl.DataFrame({"a": [1]}).write_parquet(tmp_path / "no.parquet")
    with pytest.raises(InputError, match="a header with columns"):
        read_outcome(tmp_path / "no.parquet", WANTED)
    data = (tmp_path / "theirs.parquet").read_bytes()
    for broken in (b"PAR1", data[:200], data[: len(data) // 2] + b"\0" * 40 + data[-400:], data[:-8] + b"\xff" * 8):
        (tmp_path / "broken.parquet").write_bytes(broken)
        with pytest.raises(InputError):
            read_outcome(tmp_path / "broken.parquet", WANTED)


def test_twenty_thousand_rows_in_the_big_format(tmp_path: Path) -> None:
    from anmin.evidence.mr.synthetic import tabix_index

    path = tmp_path / "finngen_R12_F5_INSOMNIA.gz"
    write_large(path, 20_000, instruments=WANTED[:6])
    data = path.read_bytes()
    write_large(path, 20_000, instruments=WANTED[:6])
    assert path.read_bytes() == data
    reading = read_outcome(path, WANTED[:6], route="pass")
    assert (reading.rows, len(reading.found)) == (20_006, 6)
    assert tabix_index(path)
    assert read_outcome(path, WANTED[:6], route="index").found == reading.found


def test_hostile_packing_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "_RATIO_FROM", 8 << 20)
    text = finngen_text(ROWS)
    path = tmp_path / "f.gz"
    for broken, message in (
        (bgzip(text)[:-28], "It was cut"),
        (bgzip(text)[:-40], "cut|incomplete|Error"),
        (gzip.compress(text)[:-30], "cut"),
        (gzip.compress(text)[:-8] + b"\0" * 8, "incorrect"),
        (gzip.compress(text) + b"rubbish after the end", "incorrect header"),
        (gzip.compress(text.replace(b"\n", b" ")), "a line without end"),
        (gzip.compress(text[:200] + b"\n" + b"1\t" * 100_000 + b"\n"), "a line without end"),
        (gzip.compress(text.decode().encode("utf-16")), "UTF-8"),
        (gzip.compress(text[:150] + b"\n" + bytes(4 << 20)), "a line without end"),
        (gzip.compress(text.split(b"\n")[0] + b"\n" + b"1\t1\n" * (4 << 20)), "200 times"),
    ):
        path.write_bytes(broken)
        with pytest.raises(InputError, match=message):
            read_outcome(path, WANTED)
    path.write_bytes(gzip.compress(text) + bytes(512))
    assert read_outcome(path, WANTED).rows == len(ROWS)


def test_an_index_that_is_none_is_refused_or_finds_nothing_wrong(tmp_path: Path) -> None:
    path = write_outcome(tmp_path / "a.gz", ROWS[:500])
    index = tmp_path / "a.gz.tbi"
    data = index.read_bytes()
    for broken in (b"", b"nonsense" * 10, data[: len(data) // 2]):
        index.write_bytes(broken)
        with pytest.raises(InputError):
            read_outcome(path, WANTED[:5])


def test_the_index_of_another_file_is_refused(tmp_path: Path) -> None:
    """It finds nothing where the rows stand; "not in the file" would be the answer."""
    path = write_outcome(tmp_path / "a.gz", ROWS[:500])
    moved = [msgspec.structs.replace(row, position=(row.position or 0) + 40_000_000) for row in ROWS[:500]]
    write_outcome(tmp_path / "b.gz", moved)
    (tmp_path / "b.gz.tbi").replace(tmp_path / "a.gz.tbi")
    with pytest.raises(InputError, match=r"the index of a\.gz"):
        read_outcome(path, WANTED[:5])


CELL = st.text("ACGTrs0123456789,;.e+X", max_size=12)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lines=st.lists(st.lists(CELL, min_size=1, max_size=14), max_size=12),
    names=st.lists(st.sampled_from(["rs1", "rs12345678901", "s1", "r,s", "1"]), max_size=3, unique=True),
    positions=st.lists(st.sampled_from([1, 12, 100_000, 123_456_789]), max_size=3, unique=True),
    cut=st.sampled_from([b"\t", b",", b" "]),
)
def test_the_sieve_lets_no_wanted_line_fall(
    lines: list[list[str]], names: list[str], positions: list[int], cut: bytes
) -> None:
    layout = layout_of(finngen_text([]).decode().strip().split("\t"), "f")
    rows = [[cell.replace(cut.decode(), "") or "0" for cell in line] for line in lines]
    spelt = [str(position) for position in positions] + ["1e+05"] * (100_000 in positions)
    block = b"".join(cut.join(cell.encode() for cell in line) + b"\n" for line in rows)
    if not block:
        return
    count, passed = Sieve(layout, cut, names, positions, "f").lines(block)
    assert count == len(rows)
    kept = list(passed)
    for line in rows:
        listed = set(line[4].replace(";", ",").split(",")) if len(line) > 4 else set()
        if listed & set(names) or (len(line) > 1 and line[1] in spelt):
            assert cut.join(cell.encode() for cell in line) in kept


def test_a_missing_library_is_named_or_done_without(
    outcome: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from anmin.evidence.mr.scan import scan
    from anmin.evidence.mr.scan_work import Settings
    from anmin.evidence.mr.spread import Dask, Here

    truth = read_outcome(outcome, WANTED).found
    for library in ("polars", "pysam", "distributed"):
        monkeypatch.setitem(sys.modules, library, None)
    reading = read_outcome(outcome, WANTED)
    assert (reading.route, reading.found) == ("pass", truth)
    for call in (
        lambda: write_index(outcome, tmp_path / "x.parquet"),
        lambda: scan(outcome, outcome, tmp_path / "out", Settings(methods=("ivw",)), spread=Here()),
    ):
        with pytest.raises(InputError, match=r"anmin\[tables\]"):
            call()
    with pytest.raises(InputError, match=r"anmin\[cluster\]"):
        Dask("tcp://127.0.0.1:9")
