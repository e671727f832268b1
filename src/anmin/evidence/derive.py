"""One printed row of results → an estimate, or the reason why there is none.

Where several routes lead to a standard error (interval, p, spreads of the arms) and disagree, the largest is taken:
a paper that contradicts itself is not to be trusted with its most flattering figure.
"""

from __future__ import annotations

import math
from typing import cast

import msgspec

from anmin.evidence import effect_sizes as es
from anmin.evidence.model import EffectMetric, Estimate, Missing
from anmin.knowledge.studies import Study, StudyArm, StudyOutcome

NO_SIZE = Missing(reason="evidence.missing.no_size")
NO_SPREAD = Missing(reason="evidence.missing.no_spread")
ONE_ARM = Missing(reason="evidence.missing.one_arm")
NOT_BETWEEN = Missing(reason="evidence.missing.not_between")
MIXTURE = Missing(reason="evidence.missing.mixture")
UNIT = Missing(reason="evidence.missing.unit")


def derive(outcome: StudyOutcome, study: Study) -> Estimate | Missing:
    """The effect of one row in its printed metric, with the largest standard error that the figures allow.

    A change from baseline counts only where the study is about the comparator itself (``placebo``); figures of a
    cohort count as an association.
    """
    if outcome.contrast == "within" and study.components != ("placebo",):
        return NOT_BETWEEN
    if outcome.contrast == "regression" or (outcome.contrast == "association" and study.kind != "cohort"):
        return NOT_BETWEEN
    if outcome.metric not in ("MD", "SMD", "log_ratio"):
        return _direction_only(outcome)
    found = routes(outcome, study)
    if not found:
        return NO_SPREAD if outcome.effect is not None else _direction_only(outcome)
    return max(found, key=lambda estimate: estimate.se)


def _direction_only(outcome: StudyOutcome) -> Missing:
    active, other = arms_of(outcome)
    printed = [arm is not None and arm.post_mean is not None for arm in (active, other)]
    return ONE_ARM if printed == [True, False] and outcome.effect is None else NO_SIZE


def routes(outcome: StudyOutcome, study: Study) -> list[Estimate]:
    """Every route to effect and standard error that the printed figures allow."""
    metric = cast(EffectMetric, outcome.metric)
    found: list[Estimate] = []
    effect = outcome.effect
    df = degrees(outcome, study)
    if effect is not None:
        if outcome.low is not None and outcome.high is not None:
            half = max(effect - outcome.low, outcome.high - effect)
            se = half / es.critical(df)
            found.append(_made(metric, effect, se, df, "interval", "6.3.1"))
        if outcome.sd_paired is not None and outcome.n is not None:
            _, se = es.paired_difference(effect, outcome.sd_paired, outcome.n)
            found.append(_made(metric, effect, se, df, "paired", "23.2.7.1"))
        if outcome.p is not None and outcome.p_bound != ">" and 0.0 < outcome.p < 1.0 and not found:
            found.append(_made(metric, effect, es.se_from_p(effect, outcome.p, df), df, "p", "6.5.2.3"))
    if metric == "MD":
        by_arms = difference_of_arms(outcome, study)
        if by_arms is not None:
            found.append(by_arms if effect is None else msgspec.structs.replace(by_arms, effect=effect, metric=metric))
    return [estimate for estimate in found if estimate.se > 0.0 and math.isfinite(estimate.se)]


def degrees(outcome: StudyOutcome, study: Study) -> float:
    """Degrees of freedom of a row: people less one (crossover) or two (parallel); infinite for pools and cohorts."""
    if study.kind not in ("trial", "self_experiment"):
        return math.inf
    n = (
        outcome.n
        or sum(arm.n or 0 for arm in outcome.arms if arm.role != "other")
        or study.n_analysed
        or study.n_randomised
    )
    if study.crossover and outcome.arms and outcome.n is None:
        n = max((arm.n or 0 for arm in outcome.arms), default=0) or n
    return math.inf if not n or n < 4 else n - (1.0 if study.crossover else 2.0)


def arms_of(outcome: StudyOutcome) -> tuple[StudyArm | None, StudyArm | None]:
    """The active arm and the comparator."""
    active = next((arm for arm in outcome.arms if arm.role == "active"), None)
    other = next((arm for arm in outcome.arms if arm.role == "comparator"), None)
    return active, other


def difference_of_arms(outcome: StudyOutcome, study: Study) -> Estimate | None:
    """The difference of the two arms' printed means or changes, if both are complete.

    A crossover whose correlation is not printed is read as if the periods were independent: the larger error.
    """
    active, other = arms_of(outcome)
    if active is None or other is None or active.second_hand or other.second_hand:
        return None
    df = degrees(outcome, study)
    if None not in (active.post_mean, active.post_sd, active.n, other.post_mean, other.post_sd, other.n):
        one, two = _figures(active), _figures(other)
        effect, se = es.mean_difference(*one, *two)
        return _made("MD", effect, se, df, "arms", "6.5.1.1")
    changes = [_change(active), _change(other)]
    if changes[0] is not None and changes[1] is not None:
        (change1, se1), (change2, se2) = changes[0], changes[1]
        return _made("MD", change1 - change2, math.hypot(se1, se2), df, "changes", "6.5.2.2")
    return None


def standardised_arms(outcome: StudyOutcome, study: Study) -> Estimate | None:
    """Hedges' g of the two arms' printed end values, if complete."""
    active, other = arms_of(outcome)
    if active is None or other is None:
        return None
    if None in (active.post_mean, active.post_sd, active.n, other.post_mean, other.post_sd, other.n):
        return None
    g, se = es.standardised_difference(*_figures(active), *_figures(other))
    return Estimate(
        metric="SMD",
        effect=g,
        se=se,
        df=degrees(outcome, study),
        route="arms",
        source="Hedges 1981, doi 10.3102/10769986006002107",
    )


def _figures(arm: StudyArm) -> tuple[float, float, float]:
    return cast(float, arm.post_mean), cast(float, arm.post_sd), cast(float, arm.n)


def _change(arm: StudyArm) -> tuple[float, float] | None:
    if arm.change_mean is None:
        return None
    if arm.change_low is not None and arm.change_high is not None:
        return arm.change_mean, es.se_from_interval(arm.change_low, arm.change_high)
    if arm.change_sd is not None and arm.n is not None:
        return arm.change_mean, arm.change_sd / math.sqrt(arm.n)
    return None


def _made(metric: EffectMetric, effect: float, se: float, df: float, route: str, section: str) -> Estimate:
    return Estimate(metric=metric, effect=effect, se=se, df=df, route=route, source=f"{es.HANDBOOK}, {section}")
