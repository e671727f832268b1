"""One exposure and many outcomes as arrays: what goes in, and one method's results over all outcomes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anmin.errors import InputError
from anmin.evidence.distributions import normal_quantile
from anmin.evidence.mr.closing import LEVEL
from anmin.evidence.mr.model import Convention
from anmin.evidence.mr.pair import Array, Flags, Pair
from anmin.evidence.mr.tail_arrays import normal_tails, t_quantiles, t_tails

Counts = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Outcomes:
    """Effects of the same J variants on O outcomes, for the exposure's alleles; NaN where an outcome lacks one.

    Shapes: ``bx``, ``sx`` (J,); ``by``, ``sy`` (O, J). ``names`` are unique. ``exposure`` names what the variants
    shift; random draws are seeded by it and by the outcome's name.
    """

    bx: Array
    sx: Array
    by: Array
    sy: Array
    names: tuple[str, ...]
    exposure: str = ""

    @property
    def here(self) -> Flags:
        """(O, J): which variants of which outcome can be used."""
        return np.asarray(np.isfinite(self.by) & np.isfinite(self.sy) & (self.sy > 0.0) & (self.bx != 0.0))

    def rows(self, chosen: slice) -> Outcomes:
        """Some of the outcomes."""
        return Outcomes(
            bx=self.bx, sx=self.sx, by=self.by[chosen], sy=self.sy[chosen], names=self.names[chosen],
            exposure=self.exposure,
        )  # fmt: skip

    def pair(self, row: int, kept: Flags) -> Pair:
        """One outcome by itself."""
        return Pair(bx=self.bx[kept], sx=self.sx[kept], by=self.by[row, kept], sy=self.sy[row, kept])

    def check(self) -> None:
        """:class:`InputError` for arrays that do not fit together."""
        shape = (len(self.names), len(self.bx))
        if self.by.shape != shape or self.sy.shape != shape or len(self.sx) != shape[1]:
            raise InputError("outcomes", self.by.shape, f"matrices of {shape[0]} outcomes and {shape[1]} variants")
        if len(set(self.names)) != shape[0]:
            raise InputError("outcomes", "a name stands twice", "unique names")


@dataclass(frozen=True, kw_only=True)
class Column:
    """One method over all outcomes, arrays of shape (O,); NaN where an outcome has too few variants.

    ``neg_log10_p`` says how small p is where p itself has become zero. Heterogeneity and intercept only where the
    method has them.
    """

    method: str
    convention: Convention
    estimate: Array
    se: Array
    p: Array
    neg_log10_p: Array
    low: Array
    high: Array
    n: Counts
    q: Array | None = None
    q_df: Array | None = None
    q_p: Array | None = None
    intercept: Array | None = None
    intercept_se: Array | None = None
    intercept_p: Array | None = None


def column(
    method: str, convention: Convention, estimate: Array, se: Array, n: NDArray[Any], least: int, df: Any = None,
    **more: Array,
) -> Column:  # fmt: skip
    """Interval and p from estimates and standard errors; ``df`` where the distribution is t."""
    enough = n >= least
    estimate, se = np.where(enough, estimate, np.nan), np.where(enough, se, np.nan)
    sound = np.isfinite(estimate) & (se > 0.0)
    with np.errstate(all="ignore"):
        statistic = np.where(sound, estimate / np.where(sound, se, 1.0), np.nan)
    if df is None:
        tails, quantile = normal_tails(statistic), np.where(sound, normal_quantile(0.5 + LEVEL / 2), np.nan)
    else:
        tails, quantile = t_tails(statistic, df), np.where(sound, t_quantiles(0.5 + LEVEL / 2, df), np.nan)
    return Column(
        method=method, convention=convention, estimate=estimate, se=se, p=tails.p, neg_log10_p=tails.neg_log10_p,
        low=estimate - quantile * se, high=estimate + quantile * se, n=n.astype(np.int64), **more,
    )  # fmt: skip


def joined(parts: Sequence[Column]) -> Column:
    """Slices of the outcomes, put together in order."""
    whole: dict[str, Any] = {}
    for field in fields(Column):
        values = [getattr(part, field.name) for part in parts]
        whole[field.name] = np.concatenate(values) if isinstance(values[0], np.ndarray) else values[0]
    return Column(**whole)


def seeded(seed: int, *names: str) -> np.random.Generator:
    """A generator that depends on the seed and the names only."""
    digest = hashlib.blake2b("\0".join(names).encode(), digest_size=8).digest()
    return np.random.default_rng([seed, int.from_bytes(digest, "big")])
