"""What a trial compares: two arms, several arms, or the factors of a factorial design.

A contrast is a weighting of the arms that sums to zero. Those that get a verdict form one family, whose errors are
kept together: the chance that *any* of them is called "worth it" when nothing works stays at the declared level
(max-T, Westfall & Young 1993, *Resampling-Based Multiple Testing*). An interaction is shown with its interval, and
gets no verdict: hardly any trial of one person is long enough for one.
"""

from __future__ import annotations

import math
from collections import Counter
from functools import lru_cache

import msgspec

from anmin.errors import InputError
from anmin.trial.schedule import Design, all_schedules, count, smallest_p

LISTED = 20_000
"""Up to so many schedules a randomisation test goes through all of them; the rest is memory, not truth."""

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


@lru_cache(maxsize=256)
def smallest_joint_p(design: Design) -> float:
    """The smallest adjusted two-sided p that the randomisation test of a contrast can reach.

    Two arms: :func:`~anmin.trial.schedule.smallest_p`. More: the most extreme placement of one contrast is reached by
    its mirror image, by the same placement under every other contrast's name, and by every order of what the contrast
    does not weigh. Counted among all schedules where they can be listed, else from the numbers of orders.
    """
    if not count(design):
        return 1.0
    if len(design.arms) == 2:
        return smallest_p(design)
    family = judged(design)
    total = count(design)
    if total <= LISTED:
        sides = [_sides(family[0], arm) for arm in range(len(design.arms))]
        seen = Counter(tuple(sides[arm] for arm in schedule) for schedule in all_schedules(design))
        return min(1.0, 2 * len(family) * min(seen.values()) / total)
    free = msgspec.structs.replace(design, weekends=None)
    placements = _placements(free, family[0])
    return max(2 * len(family) / placements * (count(free) / total), 1 / (LISTED + 1))


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


def _sides(contrast: Contrast, arm: int) -> int:
    weight = contrast.weights[arm]
    return (weight > 0) - (weight < 0)


def _placements(design: Design, contrast: Contrast) -> int:
    """Different ways to lay the two sides of a contrast and the rest on the blocks, weekends aside."""
    per_side = (len(contrast.on), len(contrast.off), len(design.arms) - len(contrast.on) - len(contrast.off))
    repeats = design.blocks // len(design.arms)
    if design.restriction == "cycles":
        return int(math.factorial(len(design.arms)) // math.prod(math.factorial(side) for side in per_side)) ** repeats
    return math.factorial(design.blocks) // math.prod(math.factorial(side * repeats) for side in per_side)
