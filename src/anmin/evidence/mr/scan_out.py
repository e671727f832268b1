"""What a scan leaves: one table of all pairs, what p means among so many, a manifest, a summary."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np
from numpy.typing import NDArray

from anmin.evidence.mr.scan_work import Done, Exposure, Settings, Source
from anmin.evidence.mr.shards import Shards, whole_or_not, write_table

if TYPE_CHECKING:
    import polars as pl


_TABLES = ("results.parquet", "results.csv", "variants.parquet")
WRITTEN = (*_TABLES, "manifest.json")
"""What a scan leaves beside the folder of its shards."""


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """One pair that passes."""

    exposure: str
    outcome: str
    n: int
    estimate: float
    low: float
    high: float
    p: float
    neg_log10_p: float
    fdr: float
    bonferroni: bool


class Scan(msgspec.Struct, frozen=True, kw_only=True):
    """What a scan found. Passing counts p of ``method`` over all ``tested`` pairs: Bonferroni at 0.05, FDR at 0.05."""

    out: str
    method: str
    exposures: int
    outcomes: int
    pairs: int
    tested: int
    bonferroni: int
    fdr: int
    limit: float | None
    computed: int
    reused: int
    failed: tuple[Done, ...]
    waiting: int
    """Outcomes that another part of the scan has not done yet."""
    read_whole: int
    """Outcomes without index or parquet, or with variants known by name only."""
    elsewhere: int
    unsure: int
    hits: tuple[Hit, ...]
    reasons: dict[str, int]


def together(shards: Shards, sources: Sequence[Source], settings: Settings, out: Path) -> pl.DataFrame | None:
    """Every shard in one table, in an order of its own, with what p means among so many; ``None`` without shards."""
    import polars as pl

    if not sources:
        for name in _TABLES:
            (out / name).unlink(missing_ok=True)  # of another scan into the same folder
        return None
    keys = [source.shard for source in sources]
    order = {name: number for number, name in enumerate(settings.methods)}
    rank = pl.col("method").replace_strict(order, return_dtype=pl.Int64)
    found = shards.together(keys, "results").collect().sort("exposure", "outcome", rank)
    tested = pl.col("p").count().over("method")
    rate = pl.Series("fdr", np.full(len(found), np.nan))
    for method in settings.methods:
        rows = (found["method"] == method).arg_true()
        rate = rate.scatter(rows, adjusted(found["p"].gather(rows).fill_null(float("nan")).to_numpy()))
    found = found.with_columns(
        (pl.col("p") * tested).clip(upper_bound=1.0).alias("p_bonferroni"), rate.fill_nan(None)
    ).select(pl.exclude("convention"), "convention")
    write_table(found, out / "results.parquet")
    whole_or_not(out / "results.csv", found.write_csv)
    variants = shards.together(keys, "variants")
    whole_or_not(out / "variants.parquet", lambda beside: variants.sink_parquet(beside, compression="zstd"))
    return found


def adjusted(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """False discovery rates of Benjamini and Hochberg 1995 (doi 10.1111/j.2517-6161.1995.tb02031.x); NaN stays.

    >>> adjusted(np.array([0.01, 0.04, np.nan, 0.03])).round(3).tolist()
    [0.03, 0.04, nan, 0.04]
    """
    found = np.full(len(p), np.nan)
    there = np.flatnonzero(np.isfinite(p))
    order = there[np.argsort(p[there], kind="stable")]
    scaled = p[order] * len(order) / np.arange(1, len(order) + 1)
    found[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return found


def write_manifest(
    out: Path, exposures: Sequence[Exposure], sources: Sequence[Source], told: Sequence[Done], failed: Sequence[Done],
    settings: Settings,
) -> None:  # fmt: skip
    """What went in, and what was met in every outcome file."""
    known = {each.shard: each for each in (*told, *failed)}
    content = {
        "settings": settings,
        "exposures": [{"name": each.name, "variants": len(each.rows)} for each in exposures],
        "outcomes": [
            {"file": source.path, **msgspec.to_builtins(known.get(source.shard) or _waiting(source))}
            for source in sources
        ],
    }  # fmt: skip
    text = msgspec.json.format(msgspec.json.encode(content), indent=1) + b"\n"
    whole_or_not(out / "manifest.json", lambda beside: beside.write_bytes(text))


def _waiting(source: Source) -> Done:
    return Done(name=source.name, shard=source.shard)


def summary(
    found: pl.DataFrame | None, exposures: Sequence[Exposure], sources: Sequence[Source], told: Sequence[Done],
    failed: Sequence[Done], settings: Settings, out: Path, counts: tuple[int, int],
) -> Scan:  # fmt: skip
    """What passes among how many, by the first method; ``counts`` are outcomes computed now and looked at in all."""
    import polars as pl

    method = settings.methods[0]
    hits: tuple[Hit, ...] = ()
    tested = bonferroni = fdr = 0
    reasons: dict[str, int] = {}
    if found is not None:
        main = found.filter(pl.col("method") == method)
        tested = int(main["p"].count())
        passing = main.filter(pl.col("fdr") < 0.05).sort("p", "exposure", "outcome")
        fdr = len(passing)
        bonferroni = int((main["p_bonferroni"] < 0.05).sum())
        hits = tuple(_hit(row) for row in passing.head(20).iter_rows(named=True))
        table = pl.scan_parquet(out / "variants.parquet").group_by("reason").len().sort("reason").collect()
        reasons = dict(zip(table["reason"].to_list(), table["len"].to_list(), strict=True))
    return Scan(
        out=str(out), method=method, exposures=len(exposures), outcomes=len(sources),
        pairs=len(exposures) * len(told), tested=tested, bonferroni=bonferroni, fdr=fdr,
        limit=0.05 / tested if tested else None, computed=counts[0], reused=len(told) - counts[0],
        failed=tuple(failed), waiting=len(sources) - len(told) - len(failed),
        read_whole=sum(each.route == "pass" for each in told),
        elsewhere=sum(len(each.elsewhere) for each in told), unsure=sum(each.unsure for each in told), hits=hits,
        reasons=reasons,
    )  # fmt: skip


def _hit(row: dict[str, object]) -> Hit:
    names = ("exposure", "outcome", "n", "estimate", "low", "high", "p", "neg_log10_p", "fdr")
    values = {name: row[name] for name in names}
    passes = isinstance(row["p_bonferroni"], float) and row["p_bonferroni"] < 0.05
    return msgspec.convert(values | {"bonferroni": passes}, Hit)
