"""Clumping: of variants inherited together, the most significant one is kept, and every other one's fate is told.

Greedy, as the field does it: the smallest p left becomes an index variant and takes with it whatever lies within the
window and above the r² threshold. −log10 p decides, so that p below 1e-308 still has an order; ties go to the larger
|z|, then along the genome, then by name, so no order of the input matters.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import msgspec
import numpy as np

from anmin.evidence.mr.ld import R2, Ld
from anmin.evidence.mr.model import Association
from anmin.evidence.mr.pair import Array
from anmin.evidence.mr.tails import neg_log10_p

ClumpReason = Literal[
    "index", "clumped", "above_p", "no_p", "not_in_reference", "no_variation", "kept_without_reference", "repeated"
]
"""``index`` and ``kept_without_reference`` are kept, the others left out."""


class Fate(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of one variant. ``clumped``: by which index variant, at which r² and distance in kb."""

    snp: str
    keep: bool
    reason: ClumpReason
    neg_log10_p: float | None = None
    by: str | None = None
    r2: float | None = None
    distance_kb: float | None = None


class Clumped(msgspec.Struct, frozen=True, kw_only=True):
    """Every variant's fate in the order given, and the settings with which r² was judged.

    ``everywhere``: positions were missing somewhere, so the window was no limit for those variants.
    """

    fates: tuple[Fate, ...]
    r2: float
    kb: float
    p: float
    ld: R2
    everywhere: bool
    noise_r2: float | None = None
    """r² that independent variants show on average in so small a reference, 1 / (people − 1)."""

    @property
    def kept(self) -> tuple[str, ...]:
        """The variants that stay."""
        return tuple(fate.snp for fate in self.fates if fate.keep)


@dataclass(frozen=True)
class _Candidate:
    row: Association
    strength: float


def clump(
    rows: Iterable[Association],
    ld: Ld,
    *,
    r2: float = 0.001,
    kb: float = 10_000.0,
    p: float = 5e-8,
    keep_unknown: bool = False,
) -> Clumped:
    """The fate of every row. ``p``: largest p of an index variant. ``keep_unknown`` keeps what LD does not know.

    Variants on different chromosomes, or further apart than ``kb``, are never clumped; where a position is missing
    the window does not apply and r² alone decides.
    """
    every = tuple(rows)
    fates: dict[int, Fate] = {}
    candidates: dict[int, _Candidate] = {}
    seen: set[str] = set()
    for i, row in enumerate(every):
        strength = strength_of(row)
        reason = _excluded(row, strength, ld, p, seen)
        if reason == "not_in_reference" and keep_unknown:
            reason = "kept_without_reference"
        seen.add(row.snp)
        if reason is None:
            assert strength is not None
            candidates[i] = _Candidate(row, strength)
        else:
            keep = reason == "kept_without_reference"
            fates[i] = Fate(snp=row.snp, keep=keep, reason=reason, neg_log10_p=strength)
    for left in _apart(candidates):
        while left:
            index, left = left[0], left[1:]
            fates[index] = Fate(
                snp=every[index].snp, keep=True, reason="index", neg_log10_p=candidates[index].strength
            )  # fmt: skip
            taken = _taken([candidates[i] for i in left], every[index], ld, r2, kb)
            for i, fate in zip(left, taken, strict=True):
                if fate is not None:
                    fates[i] = fate
            left = [i for i, fate in zip(left, taken, strict=True) if fate is None]
    everywhere = any(each.row.chromosome is None or each.row.position is None for each in candidates.values())
    noise = None if ld.people is None else 1.0 / (ld.people - 1)
    ordered = tuple(fates[i] for i in range(len(every)))
    return Clumped(fates=ordered, r2=r2, kb=kb, p=p, ld=ld.kind, everywhere=everywhere, noise_r2=noise)


def strength_of(row: Association) -> float | None:
    """−log10 p as the file has it, or from the effect; ``None`` where neither is there."""
    if row.neg_log10_p is not None:
        return row.neg_log10_p
    if row.beta is None or not row.se:
        return None
    return neg_log10_p(row.beta / row.se)


def _apart(candidates: Mapping[int, _Candidate]) -> Iterable[list[int]]:
    """The most significant first, chromosome by chromosome: none takes one of another, so each is a list of its own.

    Where a chromosome is not known, all are one list.
    """
    ranked = sorted(candidates, key=lambda i: _rank(candidates[i]))
    if any(each.row.chromosome is None for each in candidates.values()):
        return [ranked]
    lists: dict[str | None, list[int]] = defaultdict(list)
    for i in ranked:
        lists[candidates[i].row.chromosome].append(i)
    return lists.values()


def _excluded(row: Association, strength: float | None, ld: Ld, p: float, seen: set[str]) -> ClumpReason | None:
    if row.snp in seen:
        return "repeated"
    if strength is None:
        return "no_p"
    if strength < -float(np.log10(p)) - 1e-12:
        return "above_p"
    known = ld.knows(row.snp)
    if known == "yes":
        return None
    return "no_variation" if known == "no_variation" else "not_in_reference"


def _rank(candidate: _Candidate) -> tuple[float, float, str, int, str]:
    row = candidate.row
    z = abs(row.beta / row.se) if row.beta is not None and row.se else 0.0
    return -candidate.strength, -z, (row.chromosome or "").zfill(3), row.position or 0, row.snp


def _taken(left: list[_Candidate], index: Association, ld: Ld, r2: float, kb: float) -> list[Fate | None]:
    distances = [_distance(index, each.row) for each in left]
    near = [i for i, distance in enumerate(distances) if distance is None or distance <= kb]
    values: Array = ld.r2(index.snp, [left[i].row.snp for i in near]) if near else np.empty(0)
    found: list[Fate | None] = [None] * len(left)
    for i, value in zip(near, values, strict=True):
        if value >= r2:
            found[i] = Fate(
                snp=left[i].row.snp, keep=False, reason="clumped", neg_log10_p=left[i].strength, by=index.snp,
                r2=float(value), distance_kb=distances[i],
            )  # fmt: skip
    return found


def _distance(one: Association, two: Association) -> float | None:
    """In thousands of base pairs; infinite between chromosomes, ``None`` where it is not known."""
    if one.chromosome is None or two.chromosome is None:
        return None
    if one.chromosome != two.chromosome:
        return float("inf")
    if one.position is None or two.position is None:
        return None
    return abs(one.position - two.position) / 1000.0
