"""A finished trial of several arms or factors: a verdict for each declared contrast, with their common error kept."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal

import msgspec

from anmin.errors import InputError
from anmin.evidence.own import OwnResult
from anmin.knowledge.load import Knowledge
from anmin.trial.blinding import Blindness, Guess, blindness
from anmin.trial.contrasts import WITHOUT, Contrast, contrasts_of, judged
from anmin.trial.diary import Entry
from anmin.trial.finished import Finished
from anmin.trial.joint import ArmNights, adjusted_p, fit, fit_built_up, own_p
from anmin.trial.protocol import Protocol
from anmin.trial.result import (
    ArmCount,
    Estimate,
    Judged,
    arm_nights,
    block_shift_of,
    counts,
    estimate_of,
    is_firm,
    level_of,
    rows_as_nights,
    unit_of,
    until,
    withheld_why,
)
from anmin.trial.schedule import Schedule
from anmin.trial.verdict import judge


class Compared(Judged, frozen=True, kw_only=True):
    """One contrast. ``p``: its own exact test; ``adjusted_p``: with the others, which the verdict uses."""

    id: str
    what: str
    against: str
    p: float
    adjusted_p: float


class Interaction(msgspec.Struct, frozen=True, kw_only=True):
    """How much more two things do together than one after the other; no verdict."""

    id: str
    estimate: Estimate


class SeveralResult(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the report says. ``alpha``: level of the adjusted test; ``own``: a line for the next plan for every
    contrast against without."""

    trial: str
    digest: str
    outcome: str
    unit: str
    contrasts: tuple[Compared, ...]
    interactions: tuple[Interaction, ...]
    arms: tuple[ArmCount, ...]
    alpha: float
    opened_blocks: tuple[int, ...]
    early: bool
    stopped_at: int | None
    own: tuple[OwnResult, ...]


def evaluate_several(found: Finished, knowledge: Knowledge) -> SeveralResult:
    """The result; :class:`InputError` when the seal does not fit what was committed, or the nights are too few."""
    found.verify()
    protocol, schedule = found.started.protocol, found.schedule
    stopped_at, early = found.end.stopped_at, found.end.early
    entries, design = until(protocol, found.entries, stopped_at), protocol.design
    nights = arm_nights(protocol, schedule, entries)
    together = fit(nights, len(design.arms))
    adjusted = adjusted_p(nights, design, schedule)
    compared = []
    errors = {}
    for contrast in judged(design):
        effect = together.posterior(contrast)
        verdict = judge(
            effect, adjusted[contrast.id], nights=len(nights.index), matters=protocol.matters,
            lower_is_better=protocol.better == "lower", knowledge=knowledge,
            unit=unit_of(protocol.outcome, knowledge), alpha=level_of(protocol, stopped_at),
        )  # fmt: skip
        blind = blindness_of(contrast, protocol, schedule, found.guesses, knowledge.value("trial.blind_broken_p"))
        tracker = _tracker(contrast, protocol, schedule, found.measured)
        backed = tracker is not None and tracker.chance >= knowledge.value("trial.measured_sure")
        hidden = is_hidden(contrast, protocol)
        as_if = msgspec.structs.replace(protocol, blinded=hidden)
        errors[contrast.id] = effect.sd
        compared.append(
            Compared(
                id=contrast.id, what=contrast.what, against=contrast.against, verdict=verdict,
                withheld=withheld_why(as_if, verdict, blind, early, backed, knowledge),
                as_randomised=estimate_of(effect, protocol, len(nights.index)),
                p=own_p(nights, design, schedule, contrast), adjusted_p=adjusted[contrast.id],
                as_taken=_as_taken(contrast, protocol, schedule, entries, nights),
                block_shift=block_shift_of(contrast, protocol, nights),
                built_up=_built_up(contrast, protocol, schedule, entries),
                ratio=_ratio(contrast, protocol, nights), measured=tracker, blinded=hidden, blind=blind,
            )
        )  # fmt: skip
    return SeveralResult(
        trial=protocol.trial,
        digest=found.started.digest,
        outcome=protocol.outcome,
        unit=protocol.unit,
        contrasts=tuple(compared),
        interactions=tuple(
            Interaction(id=one.id, estimate=estimate_of(together.posterior(one), protocol, len(nights.index)))
            for one in contrasts_of(design)
            if not one.verdict
        ),
        arms=counts(protocol, schedule, entries, stopped_at),
        alpha=level_of(protocol, stopped_at),
        opened_blocks=found.opened,
        early=early,
        stopped_at=stopped_at,
        own=tuple(_own(one, errors[one.id], protocol, early) for one in compared if one.against == WITHOUT),
    )


def p_at_look(protocol: Protocol, schedule: Schedule, entries: Sequence[Entry], nights: int) -> float:
    """The smallest adjusted p of the first ``nights`` nights; 1 while an arm has none of them."""
    observed = arm_nights(protocol, schedule, until(protocol, entries, nights))
    if set(observed.arm) != set(range(len(protocol.design.arms))):
        return 1.0
    return min(adjusted_p(observed, protocol.design, schedule).values())


def is_hidden(contrast: Contrast, protocol: Protocol) -> bool:
    """Whether everything in which the two sides of a contrast differ is hidden."""
    names = {contrast.what} if contrast.what in protocol.design.factors else {contrast.what, contrast.against}
    return all(part.open_because is None for part in protocol.parts if part.name in names)


def blindness_of(
    contrast: Contrast, protocol: Protocol, schedule: Schedule, guesses: Mapping[int, Guess], alpha: float
) -> Blindness:
    """The guesses as guesses at one contrast: of the blocks it weighs, whether the guessed arm is on the right side."""
    arms = protocol.design.arms
    sides: list[int] = []
    said: dict[int, Guess] = {}
    for block, arm in enumerate(schedule):
        sides.append(int(arm in contrast.on))
        guess = guesses.get(block)
        if guess is None or arm not in (*contrast.on, *contrast.off):
            continue
        guessed = arms.index(guess.arm) if guess.arm in arms else -1
        word = "with" if guessed in contrast.on else "without" if guessed in contrast.off else "unknown"
        said[block] = msgspec.structs.replace(guess, arm=word)
    return blindness(tuple(sides), said, alpha)


def _as_taken(
    contrast: Contrast, protocol: Protocol, schedule: Schedule, entries: Sequence[Entry], nights: ArmNights
) -> Estimate | None:
    taken = arm_nights(protocol, schedule, entries, as_taken=True)
    return None if taken == nights else _estimated(contrast, protocol, taken)


def _built_up(contrast: Contrast, protocol: Protocol, schedule: Schedule, entries: Sequence[Entry]) -> Estimate | None:
    tau = protocol.planned_with["carry_over_nights"]
    nights = arm_nights(protocol, schedule, entries, every=True)
    if tau <= 0:
        return None
    try:
        effect = fit_built_up(nights, protocol.design, schedule, tau).posterior(contrast)
    except InputError:
        return None
    return estimate_of(effect, protocol, len(nights.index))


def _ratio(contrast: Contrast, protocol: Protocol, nights: ArmNights) -> Estimate | None:
    if protocol.better != "lower":
        return None
    logs = msgspec.structs.replace(nights, outcome=tuple(math.log1p(value) for value in nights.outcome))
    effect = fit(logs, len(protocol.design.arms)).posterior(contrast)
    low, high = effect.interval(0.95)
    return Estimate(
        gain=math.exp(effect.mean), low=math.exp(low), high=math.exp(high), chance=effect.below(0.0),
        nights=len(nights.index),
    )  # fmt: skip


def _tracker(
    contrast: Contrast, protocol: Protocol, schedule: Schedule, measured: Mapping[date, float]
) -> Estimate | None:
    """The contrast of what the tracker measured, positive when better; None without enough nights of it."""
    if protocol.measured is None:
        return None
    design, rows = protocol.design, []
    for morning, value in measured.items():
        number = protocol.night_of(morning)
        if number is not None and design.is_analysed(number):
            rows.append((number, value, schedule[number // design.block_nights], int(morning.weekday() >= 5)))
    better: Literal["lower", "higher"] = "higher" if protocol.measured == "tst" else "lower"
    return _estimated(contrast, msgspec.structs.replace(protocol, better=better), rows_as_nights(rows))


def _estimated(contrast: Contrast, protocol: Protocol, nights: ArmNights) -> Estimate | None:
    """None when the nights are too few."""
    if not nights.index:
        return None
    try:
        effect = fit(nights, len(protocol.design.arms)).posterior(contrast)
    except InputError:
        return None
    return estimate_of(effect, protocol, len(nights.index))


def _own(one: Compared, error: float, protocol: Protocol, early: bool) -> OwnResult:
    part = next(part for part in protocol.parts if part.name == one.what)
    as_if = msgspec.structs.replace(protocol, blinded=one.blinded)
    return OwnResult(
        trial=protocol.trial, substance=part.substance, outcome=protocol.outcome,  # type: ignore[arg-type]
        unit=protocol.unit, gain=round(one.as_randomised.gain, 4),
        sd=round(error, 4), share=part.share,
        nights=one.as_randomised.nights, firm=is_firm(as_if, one.blind) and not early,
        word=one.verdict.word if one.withheld is None else "withheld",
    )  # fmt: skip
