"""Many outcomes on the same variants as one matrix, and their harmonisation as one step.

What becomes of a variant depends on the alleles of both sides and on which side of three limits each frequency lies.
There are few such constellations among millions of cells: each is decided once, by the rule for a single pair.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, get_args

import msgspec
import numpy as np
from numpy.typing import NDArray

from anmin.evidence.mr.harmonise import TOLERANCE, Action, match
from anmin.evidence.mr.model import Association, Reason
from anmin.evidence.mr.pair import Array, Flags

REASONS: tuple[Reason, ...] = get_args(Reason)
Codes: TypeAlias = NDArray[np.int64]
Fate: TypeAlias = tuple[int, int, int]
"""Reason, sign of the outcome's effect, kept or not."""
_ABSENT = -1
_ABSENT_FATE: Fate = (REASONS.index("not_in_outcome"), 1, 0)
_CLASSES = 64


@dataclass(frozen=True, kw_only=True)
class OutcomeMatrix:
    """O outcomes × J variants; NaN where a number is missing.

    ``alleles`` (O, J) points into ``spelt``, pairs of effect and other allele; −1 where the outcome lacks the variant.
    """

    names: tuple[str, ...]
    beta: Array
    se: Array
    eaf: Array
    alleles: Codes
    spelt: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, kw_only=True)
class Aligned:
    """The outcomes' effects for one exposure's effect alleles, shapes (O, K): NaN in ``by``, ``sy`` where left out.

    ``reasons`` points into :data:`REASONS`. ``eaf`` is that of the exposure's effect allele.
    """

    by: Array
    sy: Array
    eaf: Array
    keep: Flags
    reasons: Codes


class Fates:
    """What becomes of a constellation of alleles and frequencies, decided once and remembered."""

    def __init__(self, action: Action = 2, tolerance: float = TOLERANCE) -> None:
        self.action, self.tolerance = action, tolerance
        self._known: dict[tuple[object, ...], Fate] = {}

    def of(self, row: Association, kind: int, spelt: tuple[str, str | None], eaf: float, outcome_kind: int) -> Fate:
        """For one variant of the exposure and one way an outcome has it; ``kind`` as :func:`_kinds` says."""
        key = (row.effect_allele, row.other_allele, kind, spelt, outcome_kind)
        fate = self._known.get(key)
        if fate is None:
            fate = self._known[key] = self._decide(row, spelt, None if math.isnan(eaf) else eaf)
        return fate

    def _decide(self, row: Association, spelt: tuple[str, str | None], eaf: float | None) -> Fate:
        outcome = Association(snp=row.snp, effect_allele=spelt[0], other_allele=spelt[1], beta=1.0, se=1.0, eaf=eaf)
        found = match(msgspec.structs.replace(row, beta=1.0, se=1.0), outcome, self.action, self.tolerance)
        assert found.beta_exposure is not None
        assert found.beta_outcome is not None
        return REASONS.index(found.reason), int(found.beta_outcome * found.beta_exposure), int(found.keep)


def matrix_of(names: Sequence[str], found: Sequence[Mapping[int, Association]], count: int) -> OutcomeMatrix:
    """What was found in each outcome, by the number of the variant (below ``count``)."""
    shape = (len(names), count)
    beta, se, eaf = (np.full(shape, np.nan) for _ in range(3))
    alleles = np.full(shape, _ABSENT, dtype=np.int64)
    spelt: dict[tuple[str, str | None], int] = {}
    for row, each in enumerate(found):
        for column, hit in each.items():
            alleles[row, column] = spelt.setdefault((hit.effect_allele, hit.other_allele), len(spelt))
            for table, value in ((beta, hit.beta), (se, hit.se), (eaf, hit.eaf)):
                if value is not None:
                    table[row, column] = value
    return OutcomeMatrix(names=tuple(names), beta=beta, se=se, eaf=eaf, alleles=alleles, spelt=tuple(spelt))


def align(
    exposure: Sequence[Association], columns: Sequence[int], matrix: OutcomeMatrix, fates: Fates | None = None
) -> Aligned:
    """One exposure's variants, which stand in these columns, with every outcome.

    The same decisions as :func:`~anmin.evidence.mr.harmonise.harmonise`; where that turns the exposure's effect, the
    outcome's is turned here instead, so that the exposure's effects are the same for every outcome.
    """
    fates = fates or Fates()
    at = np.asarray(columns, dtype=np.int64)
    beta, se, eaf = (table[:, at] for table in (matrix.beta, matrix.se, matrix.eaf))
    alleles = matrix.alleles[:, at]
    kinds = _kinds(eaf, fates.tolerance)
    own = _kinds(np.array([np.nan if row.eaf is None else row.eaf for row in exposure]), fates.tolerance).tolist()
    key = (np.arange(len(at)) * (len(matrix.spelt) + 1) + alleles + 1) * _CLASSES + kinds
    _, first, which = np.unique(key, return_index=True, return_inverse=True)
    cells = (first % len(at), *(table.ravel()[first] for table in (alleles, eaf, kinds)))
    decided = [
        _ABSENT_FATE if code == _ABSENT else fates.of(exposure[column], own[column], matrix.spelt[code], each, kind)
        for column, code, each, kind in zip(*(cell.tolist() for cell in cells), strict=True)
    ]
    table = np.array(decided, dtype=np.int64).reshape(-1, 3)[which.reshape(key.shape)]
    reasons, sign, keep = table[..., 0], table[..., 1], table[..., 2] == 1
    lacking = np.array([row.beta is None or row.se is None for row in exposure], dtype=np.bool_)
    there = alleles != _ABSENT
    broken = there & (lacking | ~np.isfinite(beta) | ~np.isfinite(se))
    reasons = np.where(broken, REASONS.index("no_effect_or_error"), reasons)
    reasons = np.where(_repeated(exposure), REASONS.index("repeated"), reasons)
    keep &= ~broken & ~_repeated(exposure)
    return Aligned(
        by=np.where(keep, sign * beta, np.nan), sy=np.where(keep, se, np.nan),
        eaf=np.where(sign < 0, 1.0 - eaf, eaf), keep=keep, reasons=reasons,
    )  # fmt: skip


def _kinds(eaf: Array, tolerance: float) -> Codes:
    """Where each frequency and its complement lie against the limits: the same number, the same decision."""
    return np.asarray(8 * _side(eaf, tolerance) + _side(1.0 - eaf, tolerance))


def _side(eaf: Array, tolerance: float) -> Codes:
    limits = np.array([0.5 - tolerance, 0.5, 0.5 + tolerance])
    with np.errstate(invalid="ignore"):
        side = np.searchsorted(limits, eaf, "left") + np.searchsorted(limits, eaf, "right")
    return np.asarray(np.where(np.isnan(eaf), 7, side), dtype=np.int64)


def _repeated(exposure: Sequence[Association]) -> Flags:
    seen: set[str] = set()
    flags = []
    for row in exposure:
        flags.append(row.snp in seen)
        seen.add(row.snp)
    return np.array(flags, dtype=np.bool_)
