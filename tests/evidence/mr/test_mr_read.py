"""Files of every dialect, as they are and as somebody would forge them."""

from __future__ import annotations

import gzip
import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anmin.errors import InputError
from anmin.evidence.mr.harmonise import harmonise
from anmin.evidence.mr.model import Association
from anmin.evidence.mr.read import read_outcome, read_table
from anmin.evidence.mr.synthetic import write_finngen

WANTED = (
    Association(snp="rs1", effect_allele="A", other_allele="G", beta=0.1, se=0.01, eaf=0.3),
    Association(snp="rs2", effect_allele="T", other_allele="C", beta=0.2, se=0.01, eaf=0.4),
    Association(snp="rs3", effect_allele="C", other_allele="A", beta=0.3, se=0.01, eaf=0.2),
)

DIALECTS = {
    "FinnGen": "#chrom\tpos\tref\talt\trsids\tnearest_genes\tpval\tmlogp\tbeta\tsebeta\taf_alt\taf_alt_cases\t"
    "af_alt_controls\n1\t10\tG\tA\trs1\tX\t0\t400.5\t0.5\t0.1\t0.3\t0.3\t0.3\n",
    "GWAS-SSF": "chromosome\tbase_pair_location\teffect_allele\tother_allele\tbeta\tstandard_error\t"
    "effect_allele_frequency\tneg_log_10_p_value\trsid\n1\t10\tA\tG\t0.5\t0.1\t0.3\t400.5\trs1\n",
    "REGENIE": "CHROM GENPOS ID ALLELE0 ALLELE1 A1FREQ INFO N TEST BETA SE CHISQ LOG10P EXTRA\n"
    "1 10 rs1 G A 0.3 1 1000 ADD 0.5 0.1 25 400.5 NA\n",
    "SAIGE": "CHR\tPOS\tMarkerID\tAllele1\tAllele2\tAC_Allele2\tAF_Allele2\tBETA\tSE\tp.value\n"
    "1\t10\trs1\tG\tA\t30\t0.3\t0.5\t0.1\t5.7e-7\n",
    "BOLT-LMM": "SNP\tCHR\tBP\tGENPOS\tALLELE1\tALLELE0\tA1FREQ\tF_MISS\tBETA\tSE\tP_BOLT_LMM_INF\n"
    "rs1\t1\t10\t0\tA\tG\t0.3\t0\t0.5\t0.1\t5.7e-7\n",
    "PLINK 2": "#CHROM\tPOS\tID\tREF\tALT\tA1\tA1_FREQ\tTEST\tOBS_CT\tOR\tLOG(OR)_SE\tP\n"
    "1\t10\trs1\tG\tA\tA\t0.3\tADD\t1000\t1.6487212707\t0.1\t5.7e-7\n",
    "METAL": "MarkerName\tAllele1\tAllele2\tFreq1\tEffect\tStdErr\tP-value\tDirection\n"
    "rs1\ta\tg\t0.3\t0.5\t0.1\t5.7e-7\t++\n",
    "plain": "SNP,effect_allele.outcome,other_allele.outcome,beta.outcome,se.outcome,eaf.outcome,pval.outcome\n"
    '"rs1","A","G",0.5,0.1,0.3,0\n',
}


@pytest.mark.parametrize("name", DIALECTS)
@pytest.mark.parametrize("packed", [False, True])
def test_each_dialect_reads_the_same_association(name: str, packed: bool, tmp_path: Path) -> None:
    path = tmp_path / "file"
    data = DIALECTS[name].encode()
    path.write_bytes(gzip.compress(data[:40]) + gzip.compress(data[40:]) if packed else data)
    reading = read_outcome(path, WANTED)
    assert (reading.dialect, reading.rows, list(reading.found)) == (name, 1, ["rs1"])
    row = reading.found["rs1"]
    assert (row.effect_allele, row.other_allele, row.se, row.eaf) == ("A", "G", 0.1, 0.3)
    assert row.beta == pytest.approx(0.5, abs=1e-9)
    expected = 400.5 if "400.5" in DIALECTS[name] else 6.24
    assert row.neg_log10_p == pytest.approx(expected, abs=0.01)


def _finngen(*rows: str) -> str:
    return DIALECTS["FinnGen"].split("\n")[0] + "\n" + "\n".join(rows) + "\n"


def test_lists_of_rsids_and_places_with_three_alleles(tmp_path: Path) -> None:
    path = tmp_path / "f.tsv"
    path.write_text(_finngen(
        "1\t10\tG\tC\trs1\tX\t.5\t.3\t9\t.1\t.01\t0\t0",
        "1\t10\tG\tA\trs1,rs77\tX\t.5\t.3\t0.5\t.1\t.3\t0\t0",
        "1\t11\tA\tG\trs22\tX\t.5\t.3\t0.7\t.1\t.3\t0\t0",
    ))  # fmt: skip
    reading = read_outcome(path, WANTED)
    assert list(reading.found) == ["rs1"]
    assert reading.found["rs1"].beta == 0.5
    assert reading.several == ()


def test_places_count_only_within_the_same_build(tmp_path: Path) -> None:
    path = tmp_path / "f.tsv"
    path.write_text(_finngen("1\t10\tG\tA\t\tX\t.5\t.3\t0.5\t.1\t.3\t0\t0"))

    def wanted(build: str | None) -> tuple[Association, ...]:
        return (Association(
            snp="mine", effect_allele="A", other_allele="G", beta=1, se=1, chromosome="chr1", position=10, build=build
        ),)  # fmt: skip

    assert read_outcome(path, wanted("GRCh38")).found["mine"].beta == 0.5
    with pytest.raises(InputError, match="GRCh37"):
        read_outcome(path, wanted("GRCh37"))
    unknown = read_outcome(path, wanted(None))
    assert (list(unknown.found), unknown.unsure) == (["mine"], ("mine",))
    assert read_outcome(path, wanted("GRCh38")).unsure == ()


def test_a_number_that_is_none_is_missing_not_zero(tmp_path: Path) -> None:
    path = tmp_path / "f.tsv"
    path.write_text(_finngen(
        "1\t10\tG\tA\trs1\tX\t.5\t.3\tNA\t.1\t.3\t0\t0",
        "1\t11\tC\tT\trs2\tX\t.5\t.3\t0.5\t-1\t7\t0\t0",
        "1\t12\tA\tC\trs3\tX",
    ))  # fmt: skip
    reading = read_outcome(path, WANTED)
    assert reading.unusable == 1
    assert reading.found["rs2"].eaf is None
    assert [row.reason for row in harmonise(WANTED, reading.found)] == [
        "no_effect_or_error", "no_effect_or_error", "not_in_outcome",
    ]  # fmt: skip


HOSTILE = {
    "empty": b"",
    "zeros": b"\0" * 1000,
    "not text": bytes(range(128, 256)) * 10 + b"\n",
    "no columns": b"a\tb\tc\n1\t2\t3\n",
    "alleles of nobody's dialect": b"SNP\tallele1\tallele2\tbeta\tse\nrs1\tA\tG\t1\t1\n",
    "twice": b"SNP\teffect_allele\tother_allele\tbeta\tbeta\tse\nrs1\tA\tG\t1\t1\t1\n",
    "one endless line": b"x" * 200_000,
    "cut gzip": gzip.compress(DIALECTS["FinnGen"].encode() * 50)[:-20],
    "broken gzip": b"\x1f\x8b\x08\x00" + b"\xff" * 200,
    "gzip of noise": gzip.compress(bytes(range(256)) * 100),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_one_readable_error(name: str, tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(HOSTILE[name])
    with pytest.raises(InputError):
        read_outcome(path, WANTED)
    with pytest.raises(InputError):
        read_table(path)


def test_a_bomb_stops_at_the_bound_and_quickly(tmp_path: Path) -> None:
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(DIALECTS["FinnGen"].encode() + b"1\t1\n" * 3_000_000, 1))
    begun = time.perf_counter()
    with pytest.raises(InputError, match="smaller file"):
        read_outcome(path, WANTED, limit=10_000_000)
    assert time.perf_counter() - begun < 5
    with pytest.raises(InputError):
        read_outcome(tmp_path / "absent", WANTED)
    with pytest.raises(InputError):
        read_outcome(tmp_path, WANTED)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "any"
    for content in (data, DIALECTS["FinnGen"].encode() + data, gzip.compress(data)):
        path.write_bytes(content)
        with suppress(InputError):
            read_outcome(path, WANTED)


def test_the_made_up_file_is_bgzip_and_the_same_every_time(tmp_path: Path) -> None:
    options = {"log_odds_per_sd": -0.1, "people": 400_000.0, "case_share": 0.02, "background": 500}
    write_finngen(tmp_path / "a.gz", WANTED, **options)  # type: ignore[arg-type]
    write_finngen(tmp_path / "b.gz", WANTED, **options)  # type: ignore[arg-type]
    data = (tmp_path / "a.gz").read_bytes()
    assert data == (tmp_path / "b.gz").read_bytes()
    assert data[12:14] == b"BC"
    reading = read_outcome(tmp_path / "a.gz", WANTED)
    assert (reading.rows, len(reading.found), reading.several) == (504, 3, ())
    matched = harmonise(WANTED, reading.found)
    assert all(row.keep for row in matched)
    for row in matched:
        assert row.eaf_outcome == pytest.approx(row.eaf_exposure, abs=1e-4)
