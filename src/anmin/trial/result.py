"""A finished trial: the seal verified, the effect as randomised, what would change it, the blind, and the verdict."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Literal

import msgspec

from anmin.errors import InputError
from anmin.evidence.distributions import t_p, t_quantile
from anmin.evidence.own import OwnResult
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Text
from anmin.trial.analysis import Nights, Posterior, posterior, randomisation_p
from anmin.trial.blinding import Blindness, blindness
from anmin.trial.contrasts import WITHOUT, Contrast, contrasts_of
from anmin.trial.diary import Entry, derive
from anmin.trial.finished import Finished
from anmin.trial.joint import ArmNights, block_means, fit_built_up
from anmin.trial.protocol import Protocol
from anmin.trial.reference import LISTED
from anmin.trial.schedule import Schedule, all_schedules, count, draw
from anmin.trial.verdict import Verdict, judge

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """An effect as a gain (positive when better) with its 95 % interval; ``chance`` that it is a gain at all."""

    gain: float
    low: float
    high: float
    chance: float
    nights: int


class ArmCount(msgspec.Struct, frozen=True, kw_only=True):
    """What was written down in one arm, of the nights that were to be analysed."""

    arm: str
    planned: int
    written: int
    late: int
    not_taken: int
    mean: float | None


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """One comparison and its verdict. ``withheld``: why there is no verdict although the numbers look good.

    ``as_taken``: nights on which the treatment was not taken count as without. ``block_shift``: whole blocks may be
    good or bad, so that only their means count. ``ratio``: on the log scale, treated over untreated (outcome + 1).
    ``measured``: the tracker's measure that was declared. ``built_up``: the steady effect if it comes and goes with
    the planned carry-over, all nights counted. ``blinded``: whether the two sides could not be told apart by design.
    """

    verdict: Verdict
    withheld: Text | None
    as_randomised: Estimate
    as_taken: Estimate | None
    block_shift: Estimate | None
    built_up: Estimate | None
    ratio: Estimate | None
    measured: Estimate | None
    blinded: bool
    blind: Blindness


class Result(Judged, frozen=True, kw_only=True):
    """Everything the report says. ``randomisation_p``: of the exact test, which the verdict uses.

    ``own``: the line for the next plan. ``stopped_at``: nights after which a declared look ended it.
    """

    trial: str
    digest: str
    outcome: str
    unit: str
    randomisation_p: float
    arms: tuple[ArmCount, ...]
    opened_blocks: tuple[int, ...]
    early: bool
    own: OwnResult
    stopped_at: int | None = None


def evaluate(found: Finished, knowledge: Knowledge) -> Result:
    """The result; :class:`InputError` when the seal does not fit what was committed, or the nights are too few."""
    found.verify()
    protocol, schedule = found.started.protocol, found.schedule
    stopped_at, early = found.end.stopped_at, found.end.early
    entries = until(protocol, found.entries, stopped_at)
    nights = nights_of(protocol, schedule, entries)
    effect = posterior(nights)
    p = randomisation_p(nights, treated_sets(protocol, nights))
    verdict = judge(
        effect, p, nights=len(nights.index), matters=protocol.matters,
        lower_is_better=protocol.better == "lower", knowledge=knowledge, unit=unit_of(protocol.outcome, knowledge),
        alpha=level_of(protocol, stopped_at),
    )  # fmt: skip
    blind = blindness(schedule, found.guesses, knowledge.value("trial.blind_broken_p"))
    tracker = _tracker(protocol, schedule, found.measured)
    backed = tracker is not None and tracker.chance >= knowledge.value("trial.measured_sure")
    withheld = withheld_why(protocol, verdict, blind, early, backed, knowledge)
    estimate = estimate_of(effect, protocol, len(nights.index))
    return Result(
        trial=protocol.trial,
        digest=found.started.digest,
        outcome=protocol.outcome,
        unit=protocol.unit,
        verdict=verdict,
        withheld=withheld,
        as_randomised=estimate,
        randomisation_p=p,
        as_taken=_as_taken(protocol, schedule, entries),
        block_shift=block_shift(protocol, nights),
        ratio=_ratio(protocol, nights),
        built_up=_built_up(protocol, schedule, entries),
        measured=tracker,
        arms=counts(protocol, schedule, entries, stopped_at),
        blinded=protocol.blinded,
        blind=blind,
        opened_blocks=found.opened,
        early=early,
        own=OwnResult(
            trial=protocol.trial, substance=protocol.substance, outcome=protocol.outcome,  # type: ignore[arg-type]
            unit=protocol.unit, gain=round(estimate.gain, 4), sd=round(effect.sd, 4), share=protocol.share,
            nights=len(nights.index), firm=is_firm(protocol, blind) and not early,
            word=verdict.word if withheld is None else "withheld",
        ),
        stopped_at=stopped_at,
    )  # fmt: skip


def until(protocol: Protocol, entries: Sequence[Entry], nights: int | None) -> Sequence[Entry]:
    """The entries of the first ``nights`` nights; all of them with None."""
    if nights is None:
        return entries
    return [entry for entry in entries if (number := protocol.night_of(entry.night)) is not None and number < nights]


def level_of(protocol: Protocol, stopped_at: int | None) -> float:
    """The level of the randomisation test at the look that ended the trial."""
    if not protocol.look_levels:
        return protocol.alpha
    return protocol.look_levels[-1 if stopped_at is None else protocol.looks.index(stopped_at)]


def nights_of(protocol: Protocol, schedule: Schedule, entries: Sequence[Entry], *, as_taken: bool = False) -> Nights:
    """The analysed nights: written down, inside the trial, not among the first of a block."""
    design = protocol.design
    rows = []
    for entry in entries:
        number = protocol.night_of(entry.night)
        if number is None or number % design.block_nights < design.dropped:
            continue
        treated = schedule[number // design.block_nights]
        if as_taken and entry.taken is False:
            treated = 0
        value = float(getattr(derive(entry), protocol.measure))
        rows.append((number, value, treated, int(entry.night.weekday() >= 5)))
    rows.sort()
    index, outcome, treated_nights, weekend = zip(*rows, strict=True) if rows else ((), (), (), ())
    return Nights(index=index, outcome=outcome, treated=treated_nights, weekend=weekend)


def treated_sets(protocol: Protocol, nights: Nights) -> NDArray[np.float64]:
    """Every admissible schedule on the analysed nights; of more than ``LISTED``, so many and the true one."""
    import numpy as np

    design = protocol.design
    all_of_them = count(design) <= LISTED
    every = list(all_schedules(design)) if all_of_them else [draw(design, seed) for seed in range(LISTED)]
    blocks = np.asarray(nights.index) // design.block_nights
    sets = np.asarray(every, dtype=np.float64)[:, blocks]
    return sets if all_of_them else np.vstack([np.asarray(nights.treated, dtype=np.float64)[None, :], sets])


def block_shift(protocol: Protocol, nights: Nights) -> Estimate | None:
    """The effect of two arms from block means alone; see :func:`block_shift_of`."""
    arms = ArmNights(index=nights.index, outcome=nights.outcome, arm=nights.treated, weekend=nights.weekend)
    return block_shift_of(contrasts_of(protocol.design)[0], protocol, arms)


def block_shift_of(contrast: Contrast, protocol: Protocol, nights: ArmNights) -> Estimate | None:
    """The contrast from block means alone, as if whole blocks were good or bad by chance: least squares, t interval."""
    import numpy as np

    mean, arm, found = block_means(nights, protocol.design)
    arms = len(protocol.design.arms)
    table = np.column_stack([np.ones(len(found)), np.eye(arms)[arm][:, 1:], found - found.mean()])
    df = len(found) - table.shape[1]
    if df < 2 or np.linalg.matrix_rank(table) < table.shape[1]:
        return None
    inverse = np.linalg.inv(table.T @ table)
    solved = inverse @ table.T @ mean
    rest = mean - table @ solved
    place = np.zeros(table.shape[1])
    place[1:arms] = contrast.weights[1:]
    error = math.sqrt(float(rest @ rest) / df * float(place @ inverse @ place))
    gain = sign_of(protocol) * float(place @ solved)
    reach = t_quantile(0.975, df) * error
    tail = t_p(gain / error, df) / 2 if error else 0.0
    return Estimate(
        gain=gain, low=gain - reach, high=gain + reach, chance=1 - tail if gain > 0 else tail, nights=len(nights.index)
    )


def unit_of(outcome: str, knowledge: Knowledge) -> Text:
    """The unit of an outcome, in words."""
    found = [each.unit for each in knowledge.outcomes.values() if each.id == outcome]
    if not found:
        raise InputError("outcome", outcome, ", ".join(knowledge.outcomes))
    return found[0]


def is_firm(protocol: Protocol, blind: Blindness) -> bool:
    """Whether the blind is known to have held: guesses were made, and were no better than luck."""
    return protocol.blinded and blind.said + blind.unknown > 0 and not blind.broken


def sign_of(protocol: Protocol) -> float:
    """1 where more is better, -1 where less is."""
    return -1.0 if protocol.better == "lower" else 1.0


def estimate_of(effect: Posterior, protocol: Protocol, nights: int) -> Estimate:
    """A posterior as a gain, positive when better."""
    sign = sign_of(protocol)
    low, high = sorted(sign * bound for bound in effect.interval(0.95))
    below = effect.below(0.0)
    return Estimate(gain=sign * effect.mean, low=low, high=high, chance=below if sign < 0 else 1 - below, nights=nights)


def _as_taken(protocol: Protocol, schedule: Schedule, entries: Sequence[Entry]) -> Estimate | None:
    """None when nothing was left out, or too much to say."""
    nights = nights_of(protocol, schedule, entries, as_taken=True)
    if nights == nights_of(protocol, schedule, entries):
        return None
    try:
        return estimate_of(posterior(nights), protocol, len(nights.index))
    except InputError:
        return None


def _tracker(protocol: Protocol, schedule: Schedule, measured: Mapping[date, float]) -> Estimate | None:
    """The effect on what the tracker measured, positive when better; None without enough nights of it."""
    if protocol.measured is None:
        return None
    design, rows = protocol.design, []
    for morning, value in measured.items():
        number = protocol.night_of(morning)
        if number is not None and number % design.block_nights >= design.dropped:
            rows.append((number, value, schedule[number // design.block_nights], int(morning.weekday() >= 5)))
    if not rows:
        return None
    index, outcome, treated, weekend = zip(*sorted(rows), strict=True)
    better: Literal["lower", "higher"] = "higher" if protocol.measured == "tst" else "lower"
    try:
        effect = posterior(Nights(index=index, outcome=outcome, treated=treated, weekend=weekend))
    except InputError:
        return None
    return estimate_of(effect, msgspec.structs.replace(protocol, better=better), len(index))


def _built_up(protocol: Protocol, schedule: Schedule, entries: Sequence[Entry]) -> Estimate | None:
    """None where nothing is planned to linger, or the nights are too few."""
    tau = protocol.planned_with["carry_over_nights"]
    nights = arm_nights(protocol, schedule, entries, every=True)
    if tau <= 0 or not nights.index:
        return None
    try:
        effect = fit_built_up(nights, protocol.design, schedule, tau).posterior(contrasts_of(protocol.design)[0])
    except InputError:
        return None
    return estimate_of(effect, protocol, len(nights.index))


def arm_nights(
    protocol: Protocol, schedule: Schedule, entries: Sequence[Entry], *, as_taken: bool = False, every: bool = False
) -> ArmNights:
    """The analysed nights with the number of their arm; ``every``: the first of each block too.

    ``as_taken``: a night on which nothing was taken counts as without, or not at all where there is no such arm.
    """
    design, rows = protocol.design, []
    for entry in entries:
        number = protocol.night_of(entry.night)
        if number is None or not (every or design.is_analysed(number)):
            continue
        arm = schedule[number // design.block_nights]
        if as_taken and entry.taken is False:
            if WITHOUT not in design.arms:
                continue
            arm = design.arms.index(WITHOUT)
        rows.append((number, float(getattr(derive(entry), protocol.measure)), arm, int(entry.night.weekday() >= 5)))
    return rows_as_nights(rows)


def rows_as_nights(rows: Sequence[tuple[int, float, int, int]]) -> ArmNights:
    """Rows of number, outcome, arm and weekend, in any order."""
    index, outcome, arm, weekend = zip(*sorted(rows), strict=True) if rows else ((), (), (), ())
    return ArmNights(index=index, outcome=outcome, arm=arm, weekend=weekend)


def _ratio(protocol: Protocol, nights: Nights) -> Estimate | None:
    if protocol.better != "lower":
        return None
    effect = posterior(msgspec.structs.replace(nights, outcome=tuple(math.log1p(value) for value in nights.outcome)))
    low, high = effect.interval(0.95)
    return Estimate(
        gain=math.exp(effect.mean), low=math.exp(low), high=math.exp(high), chance=effect.below(0.0),
        nights=len(nights.index),
    )  # fmt: skip


def counts(
    protocol: Protocol, schedule: Schedule, entries: Sequence[Entry], stopped_at: int | None = None
) -> tuple[ArmCount, ...]:
    """What was written down in each arm: with before without where there are two, else in the order of the design.

    ``stopped_at``: nights after which a declared look ended it; later ones were never to be written down.
    """
    design = protocol.design
    nights = design.nights if stopped_at is None else stopped_at
    by_number = {number: entry for entry in entries if (number := protocol.night_of(entry.night)) is not None}

    def counted(arm: int) -> ArmCount:
        planned = [
            number
            for number in range(nights)
            if schedule[number // design.block_nights] == arm and design.is_analysed(number)
        ]
        written = [by_number[number] for number in planned if number in by_number]
        values = [float(getattr(derive(entry), protocol.measure)) for entry in written]
        return ArmCount(
            arm=design.arms[arm],
            planned=len(planned),
            written=len(written),
            late=sum(derive(entry).late for entry in written),
            not_taken=sum(entry.taken is False for entry in written),
            mean=sum(values) / len(values) if values else None,
        )

    order = range(len(design.arms)) if protocol.parts else (1, 0)
    return tuple(counted(arm) for arm in order)


def withheld_why(
    protocol: Protocol, verdict: Verdict, blind: Blindness, early: bool, backed: bool, knowledge: Knowledge
) -> Text | None:
    """No good word from answers of one's own alone when one knew what one took: hope does as much."""
    if early:
        return knowledge.text("trial.withheld_early")
    if verdict.word != "worth_it" or backed:
        return None
    if not protocol.blinded:
        return knowledge.text("trial.withheld_open")
    if blind.broken:
        return knowledge.text("trial.withheld_broken", right=blind.right, said=blind.said)
    return None
