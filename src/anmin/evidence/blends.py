"""Does a blend beat its parts? What the studies can say, and the trial that would tell.

Blends were tried against placebo and so were some of their parts, never (with figures) against each other. So the
comparison goes through placebo: other people, other doses. For every blend and outcome:

    beyond_best = blend - its best part with a size        (network meta-analysis)
    beyond_sum  = blend - the sum of its parts with a size (component network)

Parts enter with the effect that the plan uses (:mod:`anmin.evidence.table`), blends with their own row. With one
study on each line nothing shows how much trials differ, so the intervals are the narrowest that are possible.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import msgspec

from anmin.evidence import component_network, network
from anmin.evidence.contrasts import Comparison
from anmin.evidence.distributions import normal_quantile
from anmin.evidence.forest import mixed_rows
from anmin.evidence.network import Difference
from anmin.evidence.rows import KINDS, Gain, gain_of, rank
from anmin.evidence.shipped import index
from anmin.knowledge.load import Knowledge
from anmin.knowledge.studies import Outcome, OutcomeId, Study, StudyOutcome

NOTHING = "comparator"
"""The middle of the star: placebo, or nothing where a study had no placebo."""


class BlendPart(msgspec.Struct, frozen=True, kw_only=True):
    """One ingredient of a blend, as studied alone. ``given_mg``: in the blend, None where the paper does not say."""

    component: str
    given_mg: float | None
    gain: float | None = None
    low: float | None = None
    high: float | None = None
    dose_low_mg: float | None = None
    dose_high_mg: float | None = None


class Blend(msgspec.Struct, frozen=True, kw_only=True):
    """One blend on one outcome; gains are positive when better, in the unit of the outcome.

    ``beyond_best``, ``beyond_sum``: None where no part has a size. ``people_per_arm``: of a trial with the blend, its
    best part and placebo that would see the difference that matters; None where the outcome's spread is not known.
    """

    study: str
    label: str
    outcome: OutcomeId
    gain: float
    low: float
    high: float
    parts: tuple[BlendPart, ...]
    best: str | None
    beyond_best: Difference | None
    beyond_sum: Difference | None
    people_per_arm: int | None

    @property
    def unmeasured(self) -> tuple[str, ...]:
        """Parts without a size on this outcome."""
        return tuple(part.component for part in self.parts if part.gain is None)


class SideBySide(msgspec.Struct, frozen=True, kw_only=True):
    """A blend and its part in one trial, printed without any spread: at most a direction (``more``: the blend's)."""

    study: str
    label: str
    outcome: OutcomeId
    measure: str
    blend: str
    blend_effect: float
    part: str
    part_effect: float
    unit: str
    more: bool


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the studies say about blends against parts. ``told``: how many blends are clear of their best part."""

    blends: tuple[Blend, ...]
    side_by_side: tuple[SideBySide, ...]
    told: int


def answer(knowledge: Knowledge) -> Answer:
    """The answer, from every blend in the studies."""
    found = [blend for study in _mixtures(knowledge) for blend in _blends(study, knowledge)]
    return Answer(
        blends=tuple(found),
        side_by_side=tuple(pair for study in knowledge.studies.values() for pair in _pairs(study)),
        told=sum(blend.beyond_best is not None and not blend.beyond_best.low <= 0.0 <= blend.beyond_best.high
                 for blend in found),
    )  # fmt: skip


def _mixtures(knowledge: Knowledge) -> Iterator[Study]:
    for study in knowledge.studies.values():
        if len(study.components) > 1 and study.kind in KINDS and study.route == "oral":
            yield study


def _blends(study: Study, knowledge: Knowledge) -> Iterator[Blend]:
    """The best row of each outcome of one mixture."""
    best: dict[OutcomeId, Gain] = {}
    usable = []
    for row, _ in mixed_rows(study.components[0], knowledge):
        gain = gain_of(row, knowledge.outcomes[row.outcome.outcome], knowledge)
        if row.study.id == study.id and row.outcome.component is None and gain is not None:
            usable.append((row, gain))
    for row, gain in sorted(usable, key=lambda item: rank(*item)):
        best[row.outcome.outcome] = gain
    for outcome, gain in best.items():
        yield _blend(study, knowledge.outcomes[outcome], gain, knowledge)


def _blend(study: Study, outcome: Outcome, gain: Gain, knowledge: Knowledge) -> Blend:
    parts = tuple(_part(component, study, outcome, gain, knowledge) for component in study.components)
    sized = [part for part in parts if part.gain is not None]
    best = max(sized, key=lambda part: part.gain or 0.0, default=None)
    return Blend(
        study=study.id,
        label=study.label,
        outcome=outcome.id,
        gain=gain.value,
        low=gain.low,
        high=gain.high,
        parts=parts,
        best=best.component if best else None,
        beyond_best=_beyond_best(study.id, gain, sized, best.component) if best else None,
        beyond_sum=_beyond_sum(study.id, gain, sized, len(parts)) if sized else None,
        people_per_arm=_people(outcome, knowledge) if best else None,
    )


def _part(component: str, study: Study, outcome: Outcome, gain: Gain, knowledge: Knowledge) -> BlendPart:
    given = next((dose.mg for dose in study.doses if dose.substance == component), None)
    effect = index(knowledge).get((component, outcome.id))
    if effect is None or effect.gain is None or effect.unit != gain.unit:
        return BlendPart(component=component, given_mg=given)
    return BlendPart(
        component=component, given_mg=given, gain=effect.gain, low=effect.low, high=effect.high,
        dose_low_mg=effect.dose_low_mg, dose_high_mg=effect.dose_high_mg,
    )  # fmt: skip


def _lines(study: str, gain: Gain, sized: Sequence[BlendPart], name: str) -> list[Comparison]:
    """The blend and each part against the comparator. An interval by t counts as if normal: the larger error."""
    lines = [_line(study, name, gain.value, gain.low, gain.high)]
    for part in sized:
        assert part.gain is not None
        assert part.low is not None
        assert part.high is not None
        lines.append(_line(f"{part.component} alone", part.component, part.gain, part.low, part.high))
    return lines


def _line(study: str, treatment: str, gain: float, low: float, high: float) -> Comparison:
    se = (high - low) / (2.0 * normal_quantile(0.975))
    return Comparison(study=study, treatment=treatment, other=NOTHING, effect=gain, se=se)


def _beyond_best(study: str, gain: Gain, sized: Sequence[BlendPart], best: str) -> Difference:
    return network.fit(_lines(study, gain, sized, "blend")).difference("blend", best)


def _beyond_sum(study: str, gain: Gain, sized: Sequence[BlendPart], parts: int) -> Difference | None:
    """What the blend has beyond the sum of its measured parts: the unmeasured ones, or working together."""
    names = [part.component for part in sized]
    composition = {NOTHING: [NOTHING], **{name: [name] for name in names}, "blend": [*names, "rest"]}
    if len(names) == parts > 1:
        composition["blend"] = names
        fitted = component_network.fit(
            _lines(study, gain, sized, "blend"), inactive=NOTHING, composition=composition, interactions=[tuple(names)]
        )
        return fitted.parts[-1].effect
    fitted = component_network.fit(_lines(study, gain, sized, "blend"), inactive=NOTHING, composition=composition)
    return fitted.part("rest").effect


def _people(outcome: Outcome, knowledge: Knowledge) -> int | None:
    if outcome.threshold is None or outcome.sd is None:
        return None
    share = knowledge.value(outcome.sd) / knowledge.value(outcome.threshold)
    z = normal_quantile(0.975) + normal_quantile(knowledge.value("evidence.network.power"))
    return math.ceil(2.0 * (z * share) ** 2)


def _pairs(study: Study) -> Iterator[SideBySide]:
    """Rows of one study that name a blend (``a+b``) and one of its parts on the same measure."""
    rows = [row for row in study.outcomes if row.component is not None and row.effect is not None]
    for blend in rows:
        if "+" in (blend.component or ""):
            yield from (_pair(study, blend, part) for part in rows if _beside(blend, part))


def _beside(blend: StudyOutcome, part: StudyOutcome) -> bool:
    names = (blend.component or "").split("+")
    return part.component in names and (part.outcome, part.metric, part.unit) == (
        blend.outcome, blend.metric, blend.unit
    )  # fmt: skip


def _pair(study: Study, blend: StudyOutcome, part: StudyOutcome) -> SideBySide:
    return SideBySide(
        study=study.id, label=study.label, outcome=blend.outcome, measure=blend.measure,
        blend=blend.component or "", blend_effect=blend.effect or 0.0,
        part=part.component or "", part_effect=part.effect or 0.0, unit=blend.unit or "",
        more=_signed(blend) > _signed(part),
    )  # fmt: skip


def _signed(row: StudyOutcome) -> float:
    return (row.effect or 0.0) * (1.0 if row.better == "higher" else -1.0)
