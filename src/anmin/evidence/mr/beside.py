"""What stood beside magnesium in the same kind of study: zinc and vitamin D, and other results told with an interval.

No estimate is made up: of zinc and vitamin D only directions were told, so what is computed is how strong their known
variants are and what such a study could have found; of printed ratios the p, and how far rounding leaves it open.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import msgspec

from anmin.evidence.distributions import normal_p
from anmin.evidence.mr.diagnostics import explained, p_of_interval
from anmin.evidence.mr.power import se_of_log_odds, smallest_effect
from anmin.evidence.mr.tails import z_of
from anmin.knowledge.load import Knowledge
from anmin.knowledge.mr import MrResult

SETS = {"mr-medicine-2025-zinc": "mrbase-zinc", "mr-medicine-2025-vitamin-d": "wang-2010"}
"""The result told without numbers, and the study whose variants for the same exposure are known."""


class Companion(msgspec.Struct, frozen=True, kw_only=True):
    """An exposure told without numbers: ``variants`` known elsewhere and what a study with them finds.

    ``explained``: share of the exposure's variance, from p and people; from the study that found the variants, so it
    flatters. ``smallest``: log odds per SD found with the wanted chance, ``smallest_among`` below the p that so many
    tries need.
    """

    result: str
    variants: int
    people: int
    explained: float
    weakest_f: float
    case_share: float
    smallest: float
    smallest_among: float
    tests: int


class Recomputed(msgspec.Struct, frozen=True, kw_only=True):
    """A printed ratio with its interval: p from it, the p that rounding leaves possible, and the p that is needed."""

    result: str
    p: float
    p_low: float
    p_high: float
    printed: float | None
    tests: int
    needed: float
    passes: bool


class Beside(msgspec.Struct, frozen=True, kw_only=True):
    """All that stood beside."""

    companions: tuple[Companion, ...]
    recomputed: tuple[Recomputed, ...]


def beside(knowledge: Knowledge, people: float, case_share: float) -> Beside:
    """The companions in a study of ``people``, of whom ``case_share`` are ill; every other result among many tries."""
    return Beside(
        companions=tuple(_companions(knowledge, people, case_share)),
        recomputed=tuple(
            recompute(row)
            for row in knowledge.mr_results.values()
            if row.tests and row.ratio is not None and row.p is not None
        ),
    )


def _companions(knowledge: Knowledge, people: float, case_share: float) -> Iterator[Companion]:
    wanted = knowledge.value("mr.power.wanted")
    for result, name in SETS.items():
        rows = [each for each in knowledge.instruments.values() if each.set == name and each.n]
        z = [(z_of(-math.log10(each.p)), float(each.n or 0)) for each in rows]
        share = sum(explained(*each) for each in z)
        tests = knowledge.mr_results[result].tests or 1
        se = se_of_log_odds(share, people, case_share)
        yield Companion(
            result=result, variants=len(rows), people=max(each.n or 0 for each in rows), explained=share,
            weakest_f=min(value for value, _ in z) ** 2, case_share=case_share, tests=tests,
            smallest=smallest_effect(se, wanted), smallest_among=smallest_effect(se, wanted, 0.05 / tests),
        )  # fmt: skip


def recompute(row: MrResult) -> Recomputed:
    """p of a printed ratio; ``p_low`` and ``p_high`` are the ends that half a unit of its last digit allows."""
    assert row.ratio is not None
    assert row.low is not None
    assert row.high is not None
    tests = row.tests or 1
    _, _, p = p_of_interval(row.ratio, row.low, row.high)
    half = 0.5 * 10.0 ** -max(2, *(_decimals(value) for value in (row.ratio, row.low, row.high)))
    spread = 2.0 * 1.959963984540054
    widest = math.log((row.high + half) / (row.low - half)) / spread
    narrowest = math.log((row.high - half) / (row.low + half)) / spread
    ends = sorted(abs(math.log(row.ratio + side * half)) for side in (-1, 1))
    return Recomputed(
        result=row.id, p=p, p_low=normal_p(ends[1] / narrowest), p_high=normal_p(ends[0] / widest), printed=row.p,
        tests=tests, needed=0.05 / tests, passes=p < 0.05 / tests,
    )  # fmt: skip


def _decimals(value: float) -> int:
    """Digits behind the point as the number is written; trailing zeros are lost, the others of its row tell."""
    return len(f"{value:.10f}".rstrip("0").partition(".")[2])
