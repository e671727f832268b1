"""What figures and page need of a finished trial, in one shape for one thing and for several."""

from __future__ import annotations

import msgspec

from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Lang, Text
from anmin.report.several import shown_arm
from anmin.store.trials import Finished, result_from
from anmin.trial.analysis import Posterior, posterior
from anmin.trial.blinding import Blindness
from anmin.trial.contrasts import WITHOUT, contrast_named
from anmin.trial.joint import fit
from anmin.trial.lot import Lot, lot_of, lot_of_two
from anmin.trial.protocol import Part, Protocol
from anmin.trial.result import ArmCount, Estimate, Result, arm_nights, nights_of, sign_of, until
from anmin.trial.schedule import Schedule
from anmin.trial.several_result import SeveralResult
from anmin.trial.verdict import Regions, Verdict, regions


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """One comparison with all that is known of it. ``name``: what is compared, in words; empty if there is only one.

    ``adjusted_p``: with the other comparisons; None if there is only one.
    """

    name: str
    what: str
    verdict: Verdict
    withheld: Text | None
    effect: Posterior
    regions: Regions
    lot: Lot
    p: float
    adjusted_p: float | None
    as_randomised: Estimate
    as_taken: Estimate | None
    block_shift: Estimate | None
    built_up: Estimate | None
    ratio: Estimate | None
    measured: Estimate | None
    blinded: bool
    blind: Blindness


class Findings(msgspec.Struct, frozen=True, kw_only=True):
    """A finished trial and its comparisons, the first declared first."""

    finished: Finished
    result: Result | SeveralResult
    comparisons: tuple[Comparison, ...]

    @property
    def protocol(self) -> Protocol:
        """The frozen protocol."""
        return self.finished.started.protocol

    @property
    def schedule(self) -> Schedule:
        """The arm of every block as it was really slept."""
        return self.finished.schedule

    @property
    def arms(self) -> tuple[ArmCount, ...]:
        """What was written down in each arm."""
        return self.result.arms

    @property
    def sign(self) -> float:
        """1 where more of the outcome is better, -1 where less is."""
        return sign_of(self.protocol)


def findings(finished: Finished, knowledge: Knowledge, lang: Lang) -> Findings:
    """The analysis once more, with what the figures draw."""
    result = result_from(finished, knowledge)
    if isinstance(result, SeveralResult):
        return Findings(finished=finished, result=result, comparisons=_several(finished, result, knowledge, lang))
    return Findings(finished=finished, result=result, comparisons=(_single(finished, result, knowledge),))


def arm_name(arm: str, protocol: Protocol, knowledge: Knowledge, lang: Lang) -> str:
    """``with`` and ``without`` in words; an arm of a trial of several by the things in it."""
    if arm == "with" and not protocol.parts:
        return knowledge.say("trial_report.arm_with", lang)
    things = protocol.things_in(arm)
    return " + ".join(_thing(part, protocol, knowledge, lang) for part in things) or shown_arm(arm, knowledge, lang)


def _thing(part: Part, protocol: Protocol, knowledge: Knowledge, lang: Lang) -> str:
    """By its substance; as it was named at the beginning where two parts share one."""
    alike = sum(other.substance == part.substance for other in protocol.parts)
    known = knowledge.substances.get(part.substance)
    return known.name.get(lang) if known is not None and alike == 1 else part.name


def _single(finished: Finished, result: Result, knowledge: Knowledge) -> Comparison:
    protocol = finished.started.protocol
    nights = nights_of(protocol, finished.schedule, until(protocol, finished.entries, result.stopped_at))
    effect = posterior(nights)
    return Comparison(
        name="", what=protocol.what, verdict=result.verdict, withheld=result.withheld, effect=effect,
        regions=regions(effect, protocol.matters, protocol.better == "lower", knowledge),
        lot=lot_of_two(protocol, nights), p=result.randomisation_p, adjusted_p=None,
        as_randomised=result.as_randomised, as_taken=result.as_taken, block_shift=result.block_shift,
        built_up=result.built_up, ratio=result.ratio, measured=result.measured, blinded=result.blinded,
        blind=result.blind,
    )  # fmt: skip


def _several(finished: Finished, result: SeveralResult, knowledge: Knowledge, lang: Lang) -> tuple[Comparison, ...]:
    protocol = finished.started.protocol
    nights = arm_nights(protocol, finished.schedule, until(protocol, finished.entries, result.stopped_at))
    together = fit(nights, len(protocol.design.arms))
    made = []
    for one in result.contrasts:
        contrast = contrast_named(protocol.design, one.id)
        effect = together.posterior(contrast)
        what, against = (arm_name(arm, protocol, knowledge, lang) for arm in (one.what, one.against))
        name = what
        if one.against != WITHOUT:
            name = knowledge.say("trial_report.against", lang, what=what, against=against)
        made.append(
            Comparison(
                name=name, what=what, verdict=one.verdict, withheld=one.withheld, effect=effect,
                regions=regions(effect, protocol.matters, protocol.better == "lower", knowledge),
                lot=lot_of(protocol, nights, finished.schedule, contrast), p=one.p, adjusted_p=one.adjusted_p,
                as_randomised=one.as_randomised, as_taken=one.as_taken, block_shift=one.block_shift,
                built_up=one.built_up, ratio=one.ratio, measured=one.measured, blinded=one.blinded, blind=one.blind,
            )
        )  # fmt: skip
    return tuple(made)
