"""A hundred variants out of a genome-wide file: by index, by sorted parquet, by one pass; and a small scan.

    python benchmarks/bench_mr_files.py [--rows 2000000] [--folder DIR]

A real FinnGen file has about 21 million rows: ``--rows 21000000`` makes one of 0.75 GB in a temporary folder, deleted
afterwards. Peers in the same run: polars reading the packed text and filtering by rsid, and unpacking alone with
Python's gzip module. Each time is the smallest of several, as wall time and as processor time of all threads.
"""

from __future__ import annotations

import argparse
import gzip
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import polars as pl

from anmin.evidence.mr import parquet
from anmin.evidence.mr.index import write_index
from anmin.evidence.mr.model import Association
from anmin.evidence.mr.read import read_outcome
from anmin.evidence.mr.scan import scan
from anmin.evidence.mr.scan_work import Settings
from anmin.evidence.mr.spread import Here, Processes, Spread
from anmin.evidence.mr.synthetic import tabix_index, write_large

COUNT = 100


def timed(name: str, call: Callable[[], object], times: int = 1) -> float:
    wall, spent = [], []
    for _ in range(times):
        begun, used = time.perf_counter(), time.process_time()
        call()
        wall.append(time.perf_counter() - begun)
        spent.append(time.process_time() - used)
    print(f"  {name:<46} {min(wall):9.3f} s wall {min(spent):9.3f} s processor")
    return min(spent)


def instruments(table: Path, rows: int) -> list[Association]:
    names = ("snp", "chromosome", "position", "effect_allele", "other_allele")
    found = []
    for row in random.Random(1).sample(range(rows), COUNT):
        values = pl.scan_parquet(table).select(names).slice(row, 1).collect().row(0, named=True)
        values["snp"] = values["snp"].split(",")[0]
        found.append(Association(beta=0.1, se=0.01, build="GRCh38", **values))
    return found


def drain(path: Path) -> None:
    with gzip.open(path) as handle:
        while handle.read(1 << 20):
            pass


def plain_polars(path: Path, names: list[str]) -> None:
    table = pl.scan_csv(path, separator="\t", schema_overrides={"#chrom": pl.String})
    found = table.filter(pl.col("rsids").is_in(names)).collect()
    assert len(found) <= len(names)  # it does not look into lists


def one_file(path: Path, rows: int) -> None:
    print(f"{rows:,} rows of FinnGen's format")
    timed("make it up", lambda: write_large(path, rows))
    print(f"  {path.stat().st_size / 1e6:,.0f} MB packed")
    timed("anmin mr index", lambda: write_index(path))
    assert tabix_index(path)
    wanted = instruments(parquet.made_of(path), rows)
    names = [row.snp for row in wanted]
    by_name = [msgspec.structs.replace(row, position=None, chromosome=None, build=None) for row in wanted]
    print(f"{COUNT} variants out of it")
    found = {}
    index = timed("by place, tabix", lambda: found.update(a=read_outcome(path, wanted, route="index")), 5)
    table = timed("by place, parquet", lambda: found.update(b=read_outcome(path, wanted, route="parquet")), 5)
    timed("by name, parquet", lambda: found.update(c=read_outcome(path, by_name, route="parquet")), 2)
    ours = timed("by place, one pass", lambda: found.update(d=read_outcome(path, wanted, route="pass")), 2)
    timed("by name, one pass", lambda: found.update(e=read_outcome(path, by_name, route="pass")), 2)
    assert all(each.found == found["a"].found for each in found.values())
    peer = timed("peer: polars over the packed text, by name", lambda: plain_polars(path, names), 2)
    unpack = timed("unpacking alone, gzip module", lambda: drain(path), 2)
    print(
        f"  processor time: pass / unpacking {ours / unpack:.2f}; polars / tabix {peer / index:.0f}; "
        f"polars / parquet {peer / table:.0f}; polars / pass {peer / ours:.2f}"
    )  # fmt: skip


def many_files(folder: Path, path: Path, outcomes: int) -> None:
    """The same file under many names: what reading and three methods take for each outcome."""
    rows = int(pl.scan_parquet(parquet.made_of(path)).select(pl.len()).collect().item())
    lines = ["SNP,chr,pos,effect_allele,other_allele,beta,se,eaf"]
    lines += [
        f"{each.snp},{each.chromosome},{each.position},{each.effect_allele},{each.other_allele},0.1,0.01,0.3"
        for each in instruments(parquet.made_of(path), rows)
    ]
    (folder / "exposure.csv").write_text("\n".join(lines) + "\n")
    (folder / "outcomes").mkdir()
    for number in range(outcomes):
        for ending in ("", ".tbi"):
            (folder / "outcomes" / f"{number}.gz{ending}").hardlink_to(f"{path}{ending}")
    print(f"one exposure of {COUNT} variants on {outcomes} indexed outcomes, IVW, Egger and weighted median")
    settings = Settings(methods=("ivw", "egger", "weighted_median"), exposure_build="GRCh38")
    spreads: list[tuple[str, Spread]] = [("here", Here()), ("2 processes", Processes(2))]
    for name, spread in spreads:
        out = folder / name
        timed(
            f"scan, {name}",
            lambda out=out, spread=spread: scan(  # type: ignore[misc]
                folder / "exposure.csv", folder / "outcomes", out, settings, spread=spread
            ),
        )
    timed(
        "the same again: nothing is missing",
        lambda: scan(folder / "exposure.csv", folder / "outcomes", folder / "here", settings, spread=Here()),
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--outcomes", type=int, default=40)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as made:
        file = Path(made) / "finngen_R12_F5_INSOMNIA.gz"
        one_file(file, options.rows)
        many_files(Path(made), file, options.outcomes)
