"""One piece of a scan: a few outcome files, read once each for the instruments of all exposures.

A piece depends on nothing but its own content, so it can be done in any order, on any machine that sees the files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from anmin.errors import InputError
from anmin.evidence.mr.harmonise import Action
from anmin.evidence.mr.many import Column, Outcomes, analyse_many
from anmin.evidence.mr.matrix import REASONS, Aligned, Fates, OutcomeMatrix, align, matrix_of
from anmin.evidence.mr.model import Association
from anmin.evidence.mr.pair import Array
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
    fates = Fates(settings.action)
    aligned: list[Aligned] = []
    estimates: list[dict[str, Column]] = []
    for exposure, own in zip(piece.exposures, columns, strict=True):
        each = align(exposure.rows, own, matrix, fates)
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
    results, variants = _Results(piece, estimates), _Variants(piece, aligned)
    for row, one in enumerate(read):
        shards.write(one.shard, results.of(row, one.name), variants.of(row, one.name), msgspec.json.encode(one))


def _or_zero(value: float | None) -> float:
    return 0.0 if value is None else value


class _Results:
    """Every estimate of a piece; exposures × methods × outcomes."""

    def __init__(self, piece: Piece, estimates: Sequence[Mapping[str, Column]]) -> None:
        columns = [column for each in estimates for column in each.values()]
        self._exposures = [each.name for each in piece.exposures for _ in piece.settings.methods]
        self._methods = [column.method for column in columns]
        self._conventions = [msgspec.json.encode(column.convention).decode() for column in columns]
        self._n = np.array([column.n for column in columns])
        self._numbers = {name: np.array([_row(column, name) for column in columns]) for name in NUMBERS}

    def of(self, row: int, outcome: str) -> pl.DataFrame:
        """The table of one outcome."""
        import polars as pl

        numbers = {name: _finite(values[:, row]) for name, values in self._numbers.items()}
        return pl.DataFrame({
            "exposure": self._exposures, "outcome": [outcome] * len(self._exposures), "method": self._methods,
            "n": self._n[:, row], **numbers, "convention": self._conventions,
        }, nan_to_null=True)  # fmt: skip


def _row(column: Column, name: str) -> Array:
    values = getattr(column, name)
    return np.full(len(column.n), np.nan) if values is None else np.asarray(values, dtype=np.float64)


def _finite(values: Array) -> Array:
    return np.where(np.isfinite(values), values, np.nan)


class _Variants:
    """What became of every variant of a piece."""

    def __init__(self, piece: Piece, aligned: Sequence[Aligned]) -> None:
        import polars as pl

        lines = [(each.name, line) for each in piece.exposures for line in each.rows]
        self._aligned = aligned
        self._own = pl.DataFrame({
            "exposure": [name for name, _ in lines], "snp": [line.snp for _, line in lines],
            "beta_exposure": [line.beta for _, line in lines], "se_exposure": [line.se for _, line in lines],
        }, schema_overrides={"beta_exposure": pl.Float64, "se_exposure": pl.Float64})  # fmt: skip
        self._reasons = np.array(REASONS)

    def of(self, row: int, outcome: str) -> pl.DataFrame:
        """The table of one outcome."""
        import polars as pl

        def joined(name: str) -> NDArray[Any]:
            return np.concatenate([getattr(each, name)[row] for each in self._aligned])

        measured = pl.DataFrame({
            "reason": self._reasons[joined("reasons")], "keep": joined("keep"), "beta_outcome": joined("by"),
            "se_outcome": joined("sy"), "eaf_outcome": joined("eaf"),
        }, nan_to_null=True)  # fmt: skip
        return self._own.hstack(measured).select(
            "exposure", pl.lit(outcome).alias("outcome"), "snp", "reason", "keep", "beta_exposure", "se_exposure",
            "beta_outcome", "se_outcome", "eaf_outcome",
        )  # fmt: skip
