"""An effect with a size: from the best row, or from our own pool of single trials where nobody has pooled them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast

from anmin.evidence import certainty as grade
from anmin.evidence.doubt import recompute
from anmin.evidence.effect_sizes import critical
from anmin.evidence.model import Basis, Effect, Estimate
from anmin.evidence.pool import pool
from anmin.evidence.rows import Doses, Gain, Row, doses, lopsided, people, rank, read_in
from anmin.evidence.words import basis_text, describe
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Text
from anmin.knowledge.studies import Outcome

Usable = tuple[Row, Gain]


def from_best(
    component: str, outcome: Outcome, usable: Sequence[Usable], studied: Doses, knowledge: Knowledge
) -> Effect:
    """The effect of the best row."""
    row, gain = max(usable, key=lambda item: rank(*item))
    kind = row.study.kind
    basis: Basis = "pooled" if kind == "meta_analysis" else "cohort" if kind == "cohort" else "trial"
    return _effect(component, outcome, [(row, gain)], gain, basis, studied, knowledge)


def poolable(usable: Sequence[Usable]) -> list[Usable]:
    """Single trials that should be pooled here: two or more, in one unit, and no sound pooled analysis of others."""
    if any(row.study.kind == "meta_analysis" and not lopsided(row.outcome) for row, _ in usable):
        return []
    best: dict[str, Usable] = {}
    for item in sorted(usable, key=lambda item: rank(*item)):
        if item[0].study.kind == "trial" and item[0].study.randomised:
            best[item[0].study.id] = item
    trials = list(best.values())
    return trials if len(trials) > 1 and len({gain.unit for _, gain in trials}) == 1 else []


def from_pool(
    component: str, outcome: Outcome, trials: Sequence[Usable], studied: Doses, knowledge: Knowledge
) -> Effect:
    """Our own random-effects pool of single trials (REML, Hartung–Knapp with the ad hoc rule)."""
    errors = [(gain.high - gain.low) / (2.0 * critical(cast(Estimate, row.estimate).df)) for row, gain in trials]
    made = pool([gain.value for _, gain in trials], [error * error for error in errors])
    gain = Gain(unit=trials[0][1].unit, value=made.effect, low=made.low, high=made.high)
    return _effect(component, outcome, trials, gain, "pooled", studied, knowledge, made.i2)


def _effect(
    component: str,
    outcome: Outcome,
    used: Sequence[Usable],
    gain: Gain,
    basis: Basis,
    studied: Doses,
    knowledge: Knowledge,
    i2: float | None = None,
) -> Effect:
    studies = [row.study for row, _ in used]
    row, n = used[0][0], _sum([people(row) for row, _ in used])
    estimate = cast(Estimate, row.estimate)
    single = len(used) == 1
    found = grade.reasons(
        studies,
        row.outcome,
        outcome.id,
        n,
        gain.low < 0.0 < gain.high,
        knowledge,
        row.outcome.i2_percent if single else i2,
    )
    level = grade.certainty(found, grade.randomised(studies, row.outcome))
    if basis == "cohort" and not any(reason.domain == "risk_of_bias" for reason in found):
        found += (grade.not_randomised(knowledge),)
    own = doses(component, studies)
    low, high = own if own != (None, None) else studied
    half = critical(estimate.df) * estimate.se
    k = row.outcome.k or row.study.k if single and basis == "pooled" else len(used)
    words = basis_text(basis, k, n, ", ".join(study.label for study in studies), knowledge)
    ages = [study.age_low for study in studies if study.age_low is not None]
    return Effect(
        component=component,
        outcome=outcome.id,
        metric=estimate.metric,
        unit=gain.unit,
        gain=gain.value,
        low=gain.low,
        high=gain.high,
        direction="better" if gain.low > 0.0 else "worse" if gain.high < 0.0 else "unclear",
        certainty=level,
        basis=basis,
        studies=tuple(study.id for study in studies),
        k=k,
        n=n,
        read_in="secondary" if any(read_in(row) == "secondary" for row, _ in used) else read_in(row),
        text=describe(outcome, gain.unit, gain.value, gain.low, gain.high, level, words, knowledge),
        dose_low_mg=low,
        dose_high_mg=high,
        population=studies[0].population if single else None,
        maker_funded=all(bool(study.maker_funded) for study in studies),
        reasons=found,
        notes=tuple(_notes(used, outcome, knowledge)),
        printed=estimate.effect if single else None,
        printed_low=estimate.effect - half if single else None,
        printed_high=estimate.effect + half if single else None,
        converted_with=next((part.converted_with for _, part in used if part.converted_with), None),
        route=estimate.route if single else "pooled here",
        low_magnesium=all(bool(study.low_magnesium) for study in studies),
        age_low=min(ages) if len(ages) == len(studies) else None,
    )


def _sum(counts: Sequence[int | None]) -> int | None:
    return None if None in counts else sum(count for count in counts if count is not None)


def _notes(used: Sequence[Usable], outcome: Outcome, knowledge: Knowledge) -> Iterable[Text]:
    for row, gain in used:
        if gain.converted_with is not None:
            value = knowledge.value(gain.converted_with)
            if cast(Estimate, row.estimate).metric == "log_ratio":
                yield knowledge.text("evidence.note.converted_ratio", start=value)
            else:
                yield knowledge.text("evidence.note.converted_sd", sd=value, unit=outcome.unit)
        if read_in(row) == "secondary":
            yield knowledge.text("evidence.note.second_hand")
        if row.outcome.contrast == "within":
            yield knowledge.text("evidence.note.from_change")
        for verdict in recompute(row.study, knowledge):
            if verdict.outcome == outcome.id and verdict.text is not None:
                yield verdict.text
        yield from row.study.doubts
