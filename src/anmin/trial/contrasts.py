"""What a trial compares: two arms, several arms, or the factors of a factorial design.

A contrast is a weighting of the arms that sums to zero. Those that get a verdict form one family, whose errors are
kept together: the chance that any of them is called "worth it" when nothing works stays at the declared level. An
interaction is shown with its interval, and gets no verdict: hardly any trial of one person is long enough for one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import msgspec

from anmin.errors import InputError
from anmin.trial.reference import LISTED, alternatives, reference
from anmin.trial.schedule import Design, count, schedule_at, smallest_p

WITHOUT = "without"


class Contrast(msgspec.Struct, frozen=True, kw_only=True):
    """One comparison. ``weights``: of the arms, in their order, positive where ``what`` is given; they sum to zero.

    ``against``: the arm or level it is compared with. ``verdict``: whether it belongs to the family that is judged.
    """

    id: str
    what: str
    against: str
    weights: tuple[float, ...]
    verdict: bool = True

    @property
    def on(self) -> tuple[int, ...]:
        """The arms that count as with."""
        return tuple(arm for arm, weight in enumerate(self.weights) if weight > 0)

    @property
    def off(self) -> tuple[int, ...]:
        """The arms that count as without."""
        return tuple(arm for arm, weight in enumerate(self.weights) if weight < 0)


def contrasts_of(design: Design) -> tuple[Contrast, ...]:
    """The contrasts of a design, those with a verdict first.

    Factorial: the main effect of each factor, averaged over the levels of the others, then the interactions of two.
    Several arms: each against ``without``; where there is no such arm, every pair.
    """
    if design.factors:
        return _factorial(design)
    arms = design.arms
    if WITHOUT in arms:
        control = arms.index(WITHOUT)
        pairs = [(arm, control) for arm in range(len(arms)) if arm != control]
    else:
        pairs = [(one, other) for other in range(len(arms)) for one in range(other + 1, len(arms))]
    return tuple(
        Contrast(
            id=arms[one] if arms[other] == WITHOUT else f"{arms[one]}/{arms[other]}",
            what=arms[one],
            against=arms[other],
            weights=tuple(1.0 if arm == one else -1.0 if arm == other else 0.0 for arm in range(len(arms))),
        )
        for one, other in pairs
    )


def judged(design: Design) -> tuple[Contrast, ...]:
    """The contrasts that get a verdict."""
    return tuple(contrast for contrast in contrasts_of(design) if contrast.verdict)


def contrast_named(design: Design, name: str) -> Contrast:
    """The contrast of an id; :class:`InputError` when there is none."""
    for contrast in contrasts_of(design):
        if contrast.id == name:
            return contrast
    raise InputError("contrast", name, ", ".join(contrast.id for contrast in contrasts_of(design)))


def held(design: Design, together: Sequence[Contrast]) -> Callable[[int], int]:
    """What stays in its block while contrasts are tested together: arms with the same label may change places.

    Factors: the levels of those that are not tested. Arms: every arm that is not compared, directly or by way of
    another.
    """
    if all(contrast.id in design.factors for contrast in together):
        bits = sum(1 << design.factors.index(contrast.id) for contrast in together)
        return lambda arm: arm & ~bits
    label = list(range(len(design.arms)))
    for contrast in together:
        met = {label[arm] for arm in (*contrast.on, *contrast.off)}
        label = [min(met) if each in met else each for each in label]
    return lambda arm: label[arm]


@lru_cache(maxsize=256)
def smallest_joint_p(design: Design) -> float:
    """The smallest adjusted two-sided p that the randomisation test of a contrast can reach.

    The test of one contrast alone decides it: its most extreme placement has one mirror image among the schedules that
    hold the rest. With more than two arms their number differs by schedule; the fewest of some spread over all count.
    """
    total = count(design)
    if not total:
        return 1.0
    if len(design.arms) == 2:
        return smallest_p(design)
    alone, some = held(design, judged(design)[:1]), 4
    fewest = LISTED
    for rank in sorted({place * (total - 1) // (some - 1) for place in range(some)}):
        schedule = schedule_at(design, rank)
        others = alternatives(design, schedule, alone)
        if others <= LISTED:
            fewest = min(fewest, others if design.weekends is None else len(reference(design, schedule, alone)))
    return min(1.0, 2 / fewest)


def _factorial(design: Design) -> tuple[Contrast, ...]:
    factors, half = design.factors, 2 ** (len(design.factors) - 1)
    has = [[bool(arm >> place & 1) for place in range(len(factors))] for arm in range(len(design.arms))]
    made = [
        Contrast(
            id=factor, what=factor, against=WITHOUT,
            weights=tuple((1.0 if has[arm][place] else -1.0) / half for arm in range(len(design.arms))),
        )
        for place, factor in enumerate(factors)
    ]  # fmt: skip
    for one in range(len(factors)):
        for other in range(one + 1, len(factors)):
            made.append(
                Contrast(
                    id=f"{factors[one]}*{factors[other]}", what=f"{factors[one]}*{factors[other]}", against=WITHOUT,
                    weights=tuple((1.0 if has[arm][one] == has[arm][other] else -1.0) / (half / 2)
                                  for arm in range(len(design.arms))),
                    verdict=False,
                )
            )  # fmt: skip
    return tuple(made)
