"""Many treatments at once: a frequentist network meta-analysis.

Every study compares two treatments or more; what A does against C follows from A against B and B against C as well.
Generalised least squares with the covariance of studies that have several arms; one τ² for all comparisons. The same
estimates as the electrical-network form of Rücker 2012 (doi 10.1002/jrsm.1058). Heterogeneity is parted into what
differs within designs and what the designs contradict each other about (Krahn 2013, doi 10.1186/1471-2288-13-35);
direct evidence is held against indirect by taking it out again (König 2013, doi 10.1002/sim.6001; Dias 2010,
doi 10.1002/sim.3767). P-scores: Rücker & Schwarzer 2015 (doi 10.1186/s12874-015-0060-8).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Literal

import msgspec
import numpy as np

from anmin.errors import InputError
from anmin.evidence.contrasts import Between, Block, Comparison, Fit, Model, blocks
from anmin.evidence.distributions import chi2_p, normal_cdf, normal_p, normal_quantile, t_quantile

if TYPE_CHECKING:
    from anmin.evidence.contrasts import Array


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """``treatment`` minus ``other``, with its error, interval and two-sided normal p."""

    treatment: str
    other: str
    effect: float
    se: float
    low: float
    high: float
    p: float


class Heterogeneity(msgspec.Struct, frozen=True, kw_only=True):
    """A sum of squares with its degrees; ``p`` is 1 where there are none."""

    q: float
    df: int
    p: float


class Network(msgspec.Struct, frozen=True, kw_only=True):
    """A fitted network. ``differences``: every ordered pair, in the order of ``treatments``.

    ``total`` = ``within`` + ``between`` designs, all at τ² = 0. ``i2`` in percent, from the total. ``prediction_df``:
    degrees of a prediction interval (studies less treatments and one), None where there are none.
    """

    treatments: tuple[str, ...]
    studies: int
    comparisons: int
    designs: tuple[tuple[str, ...], ...]
    method: Between
    level: float
    tau2: float
    i2: float | None
    total: Heterogeneity
    within: Heterogeneity
    between: Heterogeneity
    differences: tuple[Difference, ...]

    def difference(self, treatment: str, other: str) -> Difference:
        """``treatment`` minus ``other``; :class:`InputError` for a name that is not in the network."""
        for name in (treatment, other):
            if name not in self.treatments:
                raise InputError("treatment", name, ", ".join(self.treatments))
        if treatment == other:
            raise InputError("other", other, "another treatment than the first")
        n, i, j = len(self.treatments), self.treatments.index(treatment), self.treatments.index(other)
        return self.differences[i * (n - 1) + j - (j > i)]

    def prediction(self, treatment: str, other: str) -> tuple[float, float] | None:
        """Where the true difference of a new study is expected; None with too few studies to tell."""
        df = self.studies - len(self.treatments)  # netmeta counts so: k - (n - 1) - 1
        if df < 1:
            return None
        found = self.difference(treatment, other)
        reach = t_quantile(0.5 + self.level / 2.0, df) * math.hypot(found.se, math.sqrt(self.tau2))
        return found.effect - reach, found.effect + reach


class Split(msgspec.Struct, frozen=True, kw_only=True):
    """One comparison taken apart. ``direct_share``: of the network's precision; ``p``: do the two contradict?

    ``indirect`` and ``p`` are None where no other way leads from one treatment to the other.
    """

    treatment: str
    other: str
    studies: int
    direct_share: float
    network: Difference
    direct: Difference
    indirect: Difference | None
    p: float | None


def fit(comparisons: Sequence[Comparison], method: Between = "REML", level: float = 0.95) -> Network:
    """The network; :class:`InputError` for unusable comparisons or a network in separate pieces."""
    return fit_blocks(blocks(comparisons), method, level)


def fit_blocks(data: Sequence[Block], method: Between = "REML", level: float = 0.95) -> Network:
    """The same from studies already read."""
    if not 0.0 < level < 1.0:
        raise InputError("level", level, "between 0 and 1")
    treatments = treatments_of(data)
    pieces = connected(data)
    if len(pieces) > 1:
        shown = " | ".join(", ".join(piece) for piece in pieces)
        raise InputError("comparisons", shown, "one connected network (components can join separate ones)")
    model = Model(data, design(data, treatments))
    made = model.fit(method)
    total = heterogeneity(model.at(0.0).q, model.df)
    within = _within(data)
    found = tuple(_differences(made, treatments, level))
    return Network(
        treatments=treatments,
        studies=len(data),
        comparisons=sum(len(block.treatments) * (len(block.treatments) - 1) // 2 for block in data),
        designs=tuple(sorted({block.treatments for block in data})),
        method=method,
        level=level,
        tau2=made.tau2,
        i2=inconsistency(total),
        total=total,
        within=within,
        between=heterogeneity(max(0.0, total.q - within.q), total.df - within.df),
        differences=found,
    )


def treatments_of(data: Iterable[Block]) -> tuple[str, ...]:
    """Every treatment, by name."""
    return tuple(sorted({name for block in data for name in block.treatments}))


def connected(data: Sequence[Block]) -> tuple[tuple[str, ...], ...]:
    """The pieces of the network, each by name; one piece when every treatment can be reached from every other."""
    pieces: list[set[str]] = []
    for block in data:
        joined = set(block.treatments)
        apart = []
        for piece in pieces:
            if piece & joined:
                joined |= piece
            else:
                apart.append(piece)
        pieces = [*apart, joined]
    return tuple(sorted(tuple(sorted(piece)) for piece in pieces))


def design(data: Sequence[Block], treatments: Sequence[str]) -> Array:
    """A row for each contrast of each study: +1 for its treatment, -1 for the study's first."""
    place = {name: i for i, name in enumerate(treatments)}
    rows = []
    for block in data:
        for name in block.treatments[1:]:
            row = np.zeros(len(place))
            row[place[name]], row[place[block.treatments[0]]] = 1.0, -1.0
            rows.append(row)
    return np.array(rows)


def heterogeneity(q: float, df: int) -> Heterogeneity:
    """A sum of squares with its p."""
    return Heterogeneity(q=q, df=df, p=chi2_p(q, float(df)) if df > 0 else 1.0)


def inconsistency(total: Heterogeneity) -> float | None:
    """I² in percent by Higgins & Thompson 2002: the share of Q above its expectation."""
    if total.df < 1:
        return None
    return max(0.0, 100.0 * (total.q - total.df) / total.q) if total.q > 0.0 else 0.0


def difference(treatment: str, other: str, effect: float, se: float, level: float) -> Difference:
    """A difference with its normal interval and p."""
    half = normal_quantile(0.5 + level / 2.0) * se
    return Difference(
        treatment=treatment, other=other, effect=effect, se=se, low=effect - half, high=effect + half,
        p=normal_p(effect / se),
    )  # fmt: skip


def _differences(made: Fit, treatments: Sequence[str], level: float) -> Iterator[Difference]:
    for i, one in enumerate(treatments):
        for j, other in enumerate(treatments):
            if i != j:
                weights = np.zeros(len(treatments))
                weights[i], weights[j] = 1.0, -1.0
                found = made.contrast(weights)
                assert found is not None  # the network is connected
                yield difference(one, other, *found, level)


def _within(data: Sequence[Block]) -> Heterogeneity:
    """What studies of the same design disagree about, summed over designs."""
    by_design: dict[tuple[str, ...], list[Block]] = {}
    for block in data:
        by_design.setdefault(block.treatments, []).append(block)
    models = [Model(alike, design(alike, names)) for names, alike in by_design.items()]
    return heterogeneity(sum(model.at(0.0).q for model in models), sum(model.df for model in models))


def p_scores(network: Network, better: Literal["lower", "higher"]) -> dict[str, float]:
    """How far each treatment is surely better than the others, on average, 0 to 1; the best first.

    A rank, not a size: it says nothing about how much better, and with few studies small errors reorder it. Show it
    beside the intervals, never instead of them.
    """
    sign = 1.0 if better == "higher" else -1.0
    scores = {}
    for one in network.treatments:
        against = [network.difference(one, other) for other in network.treatments if other != one]
        scores[one] = sum(normal_cdf(sign * each.effect / each.se) for each in against) / len(against)
    return dict(sorted(scores.items(), key=lambda item: (-item[1], item[0])))


def league(network: Network, order: Sequence[str]) -> tuple[tuple[Difference | None, ...], ...]:
    """The league table: row minus column for the treatments in this order, None on the diagonal."""
    return tuple(
        tuple(None if one == other else network.difference(one, other) for other in order) for one in order
    )  # fmt: skip


def split(comparisons: Sequence[Comparison], method: Between = "REML", level: float = 0.95) -> tuple[Split, ...]:
    """Direct against indirect evidence for every pair that some study compares directly, at the network's τ²."""
    data = blocks(comparisons)
    whole = fit_blocks(data, method, level)
    pairs = sorted({(one, other) for block in data for one in block.treatments for other in block.treatments
                    if one < other})  # fmt: skip
    return tuple(_split(pair, data, whole) for pair in pairs)


def _split(pair: tuple[str, str], data: Sequence[Block], whole: Network) -> Split:
    one, other = pair
    own = [_only(block, one, other) for block in data if {one, other} <= set(block.treatments)]
    weights = [1.0 / (variance + whole.tau2) for _, variance in own]
    total = sum(weights)
    effect = sum(w * y for w, (y, _) in zip(weights, own, strict=True)) / total
    found = whole.difference(one, other)
    direct = difference(one, other, effect, math.sqrt(1.0 / total), whole.level)
    share = min(1.0, found.se**2 * total)
    rest = 1.0 - share
    if rest < 1e-9:
        return Split(treatment=one, other=other, studies=len(own), direct_share=1.0, network=found, direct=direct,
                     indirect=None, p=None)  # fmt: skip
    indirect = difference(
        one, other, (found.effect - share * effect) / rest, math.sqrt(found.se**2 / rest), whole.level
    )  # fmt: skip
    gap = (direct.effect - indirect.effect) / math.hypot(direct.se, indirect.se)
    return Split(treatment=one, other=other, studies=len(own), direct_share=share, network=found, direct=direct,
                 indirect=indirect, p=normal_p(gap))  # fmt: skip


def _only(block: Block, one: str, other: str) -> tuple[float, float]:
    """One pair of a study: its difference and variance."""
    effects = (0.0, *block.effects)
    cov = np.zeros((len(effects), len(effects)))
    cov[1:, 1:] = block.covariance
    i, j = block.treatments.index(one), block.treatments.index(other)
    return effects[i] - effects[j], float(cov[i, i] + cov[j, j] - 2.0 * cov[i, j])
