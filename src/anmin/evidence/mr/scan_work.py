"""One piece of a scan: a few outcome files, read once each for the instruments of all exposures.

A piece depends on nothing but its own content, so it can be done in any order, on any machine that sees the files.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from anmin.errors import InputError
from anmin.evidence.mr.harmonise import Action
from anmin.evidence.mr.many import Column, Outcomes, analyse_many
from anmin.evidence.mr.matrix import REASONS, Aligned, OutcomeMatrix, align, matrix_of
from anmin.evidence.mr.model import Association
from anmin.evidence.mr.read import gather
from anmin.evidence.mr.shards import Shards
from anmin.evidence.mr.wanted import By, Reading

if TYPE_CHECKING:
    import polars as pl

NUMBERS = (
    "estimate", "se", "low", "high", "p", "neg_log10_p", "q", "q_df", "q_p", "intercept", "intercept_se", "intercept_p",
)  # fmt: skip


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What changes a result."""

    methods: tuple[str, ...]
    action: Action = 2
    draws: int = 1000
    seed: int = 1
    shared: bool = True
    exposure_build: str | None = None
    outcome_build: str | None = None
    by: By = "auto"
    version: str = ""


class Exposure(msgspec.Struct, frozen=True, kw_only=True):
    """Independent instruments of one exposure."""

    name: str
    rows: tuple[Association, ...]


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """One outcome file and the name of its shard."""

    name: str
    path: str
    shard: str


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """What one worker does at a time."""

    sources: tuple[Source, ...]
    exposures: tuple[Exposure, ...]
    settings: Settings
    out: str


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one outcome file; ``error`` is why it could not be read."""

    name: str
    shard: str
    error: str = ""
    route: str = ""
    dialect: str = ""
    build: str | None = None
    rows: int = 0
    found: int = 0
    several: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    unsure: int = 0
    unusable: int = 0


def union(exposures: Sequence[Exposure]) -> tuple[tuple[Association, ...], tuple[tuple[int, ...], ...]]:
    """Every variant once, whatever its effect on which exposure, and where each exposure's variants stand among them.

    The same name with other alleles, or at another place, is another variant.
    """
    at: dict[tuple[object, ...], int] = {}
    rows: list[Association] = []
    columns = []
    for exposure in exposures:
        own = []
        for row in exposure.rows:
            alleles = frozenset((row.effect_allele, row.other_allele))
            key = (row.snp, row.chromosome, row.position, row.build, alleles)
            if key not in at:
                at[key] = len(rows)
                rows.append(row)
            own.append(at[key])
        columns.append(tuple(own))
    return tuple(rows), tuple(columns)


def work(piece: Piece) -> tuple[Done, ...]:
    """Read, harmonise, estimate, write one shard for each outcome; a file that cannot be read is told, not raised."""
    wanted, columns = union(piece.exposures)
    done: list[Done] = []
    found = []
    for source in piece.sources:
        try:
            looked, route, rows = gather(
                Path(source.path), wanted, piece.settings.outcome_build, by=piece.settings.by
            )  # fmt: skip
        except InputError as error:
            done.append(Done(name=source.name, shard=source.shard, error=str(error)))
            continue
        best = looked.best()
        found.append(best)
        done.append(_told(source, looked.reading(route, rows), len(best)))
    read = [each for each in done if not each.error]
    if read:
        matrix = matrix_of([each.name for each in read], found, len(wanted))
        _estimate(piece, matrix, columns, read)
    return tuple(done)


def _told(source: Source, reading: Reading, found: int) -> Done:
    return Done(
        name=source.name, shard=source.shard, route=reading.route, dialect=reading.dialect, build=reading.build,
        rows=reading.rows, found=found, several=reading.several, elsewhere=reading.elsewhere,
        unsure=len(reading.unsure), unusable=reading.unusable,
    )  # fmt: skip


def _estimate(
    piece: Piece, matrix: OutcomeMatrix, columns: Sequence[Sequence[int]], read: Sequence[Done]
) -> None:  # fmt: skip
    settings = piece.settings
    aligned: list[Aligned] = []
    estimates: list[dict[str, Column]] = []
    for exposure, own in zip(piece.exposures, columns, strict=True):
        each = align(exposure.rows, own, matrix, settings.action)
        aligned.append(each)
        outcomes = Outcomes(
            bx=np.array([_or_zero(row.beta) for row in exposure.rows]),
            sx=np.array([_or_zero(row.se) for row in exposure.rows]),
            by=each.by, sy=each.sy, names=matrix.names, exposure=exposure.name,
        )  # fmt: skip
        estimates.append(
            analyse_many(outcomes, settings.methods, draws=settings.draws, seed=settings.seed, shared=settings.shared)
        )
    shards = Shards(Path(piece.out))
    for row, each_done in enumerate(read):
        results = _results(piece, estimates, row, each_done.name)
        variants = _variants(piece, aligned, row, each_done.name)
        shards.write(each_done.shard, results, variants, msgspec.json.encode(each_done))


def _or_zero(value: float | None) -> float:
    return 0.0 if value is None else value


def _results(piece: Piece, estimates: Sequence[dict[str, Column]], row: int, outcome: str) -> pl.DataFrame:
    import polars as pl

    table: dict[str, list[object]] = {
        name: [] for name in ("exposure", "outcome", "method", "n", *NUMBERS, "convention")
    }
    for exposure, columns in zip(piece.exposures, estimates, strict=True):
        for method, column in columns.items():
            table["exposure"].append(exposure.name)
            table["outcome"].append(outcome)
            table["method"].append(method)
            table["n"].append(int(column.n[row]))
            for name in NUMBERS:
                values = getattr(column, name)
                value = float("nan") if values is None else float(values[row])
                table[name].append(value if np.isfinite(value) else None)
            table["convention"].append(msgspec.json.encode(column.convention).decode())
    text = dict.fromkeys(("exposure", "outcome", "method", "convention"), pl.String)
    return pl.DataFrame(table, schema_overrides=text | {"n": pl.Int64} | dict.fromkeys(NUMBERS, pl.Float64))


def _variants(piece: Piece, aligned: Sequence[Aligned], row: int, outcome: str) -> pl.DataFrame:
    import polars as pl

    parts = []
    for exposure, each in zip(piece.exposures, aligned, strict=True):
        if not exposure.rows:
            continue
        parts.append(pl.DataFrame({
            "exposure": exposure.name, "outcome": outcome, "snp": [line.snp for line in exposure.rows],
            "reason": [REASONS[code] for code in each.reasons[row]], "keep": each.keep[row],
            "beta_exposure": pl.Series([line.beta for line in exposure.rows], dtype=pl.Float64),
            "se_exposure": pl.Series([line.se for line in exposure.rows], dtype=pl.Float64),
            "beta_outcome": each.by[row], "se_outcome": each.sy[row], "eaf_outcome": each.eaf[row],
        }, nan_to_null=True))  # fmt: skip
    return pl.concat(parts)
