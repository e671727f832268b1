"""What the estimators take: the harmonised effects of J variants as arrays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from anmin.evidence.mr.model import Matched

Array: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]
Rows: TypeAlias = NDArray[np.intp]


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Effects of J variants on the exposure ``bx`` (SE ``sx``) and on the outcome ``by`` (SE ``sy``), same alleles."""

    bx: Array
    sx: Array
    by: Array
    sy: Array
    snps: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """J, the number of variants."""
        return len(self.bx)

    def only(self, rows: Rows | Flags) -> Pair:
        """The pair with some of the variants."""
        names = tuple(np.array(self.snps)[rows]) if self.snps else ()
        return Pair(bx=self.bx[rows], sx=self.sx[rows], by=self.by[rows], sy=self.sy[rows], snps=names)


def pair_of(matched: Iterable[Matched]) -> Pair:
    """The kept variants; a variant without effect on the exposure or without a positive error is not kept."""
    kept = [
        row for row in matched
        if row.keep and row.beta_exposure and (row.se_exposure or 0.0) >= 0.0 and (row.se_outcome or 0.0) > 0.0
    ]  # fmt: skip
    columns = ((row.beta_exposure, row.se_exposure, row.beta_outcome, row.se_outcome) for row in kept)
    table = np.array(list(columns), dtype=np.float64).reshape(-1, 4)
    return Pair(bx=table[:, 0], sx=table[:, 1], by=table[:, 2], sy=table[:, 3], snps=tuple(row.snp for row in kept))
