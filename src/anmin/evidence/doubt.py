"""What a paper prints, recomputed from what else it prints.

Each check is one function that looks at one row (or at one study's rows together) and yields a verdict only where the
figures needed are printed. A verdict that is not ``ok`` is a contradiction inside the paper; it says nothing about
whose fault it is (a model behind the p, a misprint, people counted twice). Rounding is allowed for.

Sources: Brown & Heathers 2017 on means of whole numbers (GRIM, doi 10.1177/1948550616673876); Heathers 2018 on spreads
(SPRITE, doi 10.7287/peerj.preprints.26968v1); Bhatia & Davis 2000 on the largest spread
(doi 10.1080/00029890.2000.12005203).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Literal

import msgspec

from anmin.evidence import effect_sizes as es
from anmin.evidence.derive import arms_of, degrees, difference_of_arms
from anmin.evidence.distributions import normal_p, t_p
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Text
from anmin.knowledge.studies import OutcomeId, Study, StudyOutcome
from anmin.knowledge.texts import Filling

Kind = Literal[
    "interval", "p_interval", "p_arms", "p_size", "too_sure", "slope", "two_rows", "correlation", "grim", "spread"
]


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """One figure recomputed: ``ok``, or a contradiction in words."""

    study: str
    outcome: OutcomeId
    measure: str
    kind: Kind
    ok: bool
    text: Text | None = None


def doubts(knowledge: Knowledge) -> tuple[Verdict, ...]:
    """Every contradiction, in the order of the studies."""
    return tuple(verdict for verdict in verdicts(knowledge) if not verdict.ok)


def verdicts(knowledge: Knowledge) -> Iterator[Verdict]:
    """Every figure that could be recomputed."""
    for study in knowledge.studies.values():
        yield from recompute(study, knowledge)


def recompute(study: Study, knowledge: Knowledge) -> Iterator[Verdict]:
    """Every figure of one study that could be recomputed."""
    for outcome in study.outcomes:
        for check in _ROW_CHECKS:
            yield from check(study, outcome, knowledge)
    for check_study in _STUDY_CHECKS:
        yield from check_study(study, knowledge)


def _verdict(
    study: Study, outcome: StudyOutcome, kind: Kind, ok: bool, knowledge: Knowledge, **params: Filling
) -> Verdict:
    words = None if ok else knowledge.text(f"evidence.doubt.{kind}", **({"measure": outcome.measure} | params))
    return Verdict(study=study.id, outcome=outcome.outcome, measure=outcome.measure, kind=kind, ok=ok, text=words)


def decimals(*values: float | None) -> int:
    """The most decimal places that any of the printed values shows."""
    shown = [f"{value:.10f}".rstrip("0") for value in values if value is not None]
    return max((len(text.partition(".")[2]) for text in shown), default=0)


def _short(value: float) -> str:
    return f"{value:.3g}" if abs(value) < 1 else f"{value:.4g}"


def _printed_p(outcome: StudyOutcome) -> str:
    sign = "" if outcome.p_bound == "=" else outcome.p_bound
    return f"{sign}{outcome.p:.3g}" if outcome.p is not None else ""


def _far(outcome: StudyOutcome, computed: float) -> bool:
    """Whether a recomputed p is too far from the printed one to be rounding or another test of the same kind."""
    printed = outcome.p
    if printed is None or outcome.p_bound == ">":
        return False
    if outcome.p_bound != "=":
        return computed > 1.2 * printed
    ratio = max(computed, printed) / max(min(computed, printed), 1e-12)
    other_side = (computed < 0.05) != (printed < 0.05)
    return ratio > 3.0 or (other_side and ratio > 1.5)


def _interval(study: Study, outcome: StudyOutcome, knowledge: Knowledge) -> Iterator[Verdict]:
    """Is the interval centred on the effect (on the log scale for ratios)?"""
    effect, low, high = outcome.effect, outcome.low, outcome.high
    if effect is None or low is None or high is None or outcome.metric in ("mean", "slope", "p_only"):
        return
    places = decimals(effect, low, high)
    slack = 10.0**-places * 1.01
    middle = math.sqrt(low * high) if outcome.metric == "odds_ratio" and low > 0.0 else (low + high) / 2.0
    ok = abs(middle - effect) <= slack and low <= effect <= high
    yield _verdict(
        study, outcome, "interval", ok, knowledge,
        low=_short(low), high=_short(high), effect=_short(effect), middle=_short(middle),
    )  # fmt: skip


def _p_interval(study: Study, outcome: StudyOutcome, knowledge: Knowledge) -> Iterator[Verdict]:
    """Does the interval (or the paired spread) give the printed p?"""
    effect, p = outcome.effect, outcome.p
    if effect is None or p is None:
        return
    df = degrees(outcome, study)
    if outcome.sd_paired is not None and outcome.n is not None:
        statistic = effect / es.paired_difference(effect, outcome.sd_paired, outcome.n)[1]
    elif outcome.low is not None and outcome.high is not None and outcome.metric in ("MD", "SMD", "log_ratio"):
        statistic = effect / es.se_from_interval(outcome.low, outcome.high, df)
    elif outcome.metric == "odds_ratio" and outcome.low and outcome.high:
        statistic = math.log(effect) / es.se_from_interval(math.log(outcome.low), math.log(outcome.high))
        df = math.inf
    else:
        return
    computed = t_p(statistic, df)
    yield _verdict(
        study,
        outcome,
        "p_interval",
        not _far(outcome, computed),
        knowledge,
        p=_printed_p(outcome),
        computed=_short(computed),
    )


def _p_arms(study: Study, outcome: StudyOutcome, knowledge: Knowledge) -> Iterator[Verdict]:
    """Do the printed means and spreads of two parallel arms give the printed p?"""
    if outcome.p is None or outcome.contrast != "between" or study.crossover:
        return
    made = difference_of_arms(outcome, study)
    if made is None or made.se == 0.0:
        return
    computed = t_p(made.effect / made.se, made.df)
    yield _verdict(
        study,
        outcome,
        "p_arms",
        not _far(outcome, computed),
        knowledge,
        p=_printed_p(outcome),
        computed=_short(computed),
    )


def _p_size(study: Study, outcome: StudyOutcome, knowledge: Knowledge) -> Iterator[Verdict]:
    """Does a printed standardised effect in two parallel arms of this many people give the printed p?"""
    n = study.n_analysed or study.n_randomised
    if outcome.d_printed is None or outcome.p is None or n is None or study.crossover:
        return
    computed = normal_p(outcome.d_printed * math.sqrt(n) / 2.0)
    yield _verdict(
        study, outcome, "p_size", not _far(outcome, computed), knowledge,
        p=_printed_p(outcome), d=_short(outcome.d_printed), n=n, computed=_short(computed),
    )  # fmt: skip


def _too_sure(study: Study, outcome: StudyOutcome, knowledge: Knowledge) -> Iterator[Verdict]:
    """Is a standardised difference surer than two equal arms of all these people could make it?"""
    n = outcome.n or study.n_analysed or study.n_randomised
    if outcome.metric != "SMD" or outcome.low is None or outcome.high is None or outcome.effect is None or n is None:
        return
    if study.crossover or outcome.contrast != "between":
        return
    least = math.sqrt(4.0 / n)
    rounding = 10.0 ** -decimals(outcome.low, outcome.high) / (2.0 * es.critical())
    se = es.se_from_interval(outcome.low, outcome.high)
    yield _verdict(
        study, outcome, "too_sure", se + rounding >= least, knowledge, se=_short(se), n=n, least=_short(least)
    )


def _correlation(study: Study, outcome: StudyOutcome, knowledge: Knowledge) -> Iterator[Verdict]:
    """Can a crossover's printed p come from its two printed spreads at any correlation?"""
    active, other = arms_of(outcome)
    if not study.crossover or active is None or other is None or outcome.p is None or outcome.p_bound != "=":
        return
    effect, n = outcome.effect, active.n
    if effect is None or effect == 0.0 or not n or active.post_sd is None or other.post_sd is None:
        return
    spread = es.se_from_p(effect, outcome.p, n - 1.0) * math.sqrt(n)
    r = es.correlation_of_change(active.post_sd, other.post_sd, spread)
    yield _verdict(study, outcome, "correlation", -1.0 <= r <= 1.0, knowledge, r=_short(r))


def _scale(study: Study, outcome: StudyOutcome, knowledge: Knowledge) -> Iterator[Verdict]:
    """Can whole numbers on the questionnaire's scale have this mean and this spread?"""
    rules = knowledge.outcomes.get(outcome.outcome)
    if rules is None or rules.scale is None or outcome.metric not in ("MD", "p_only"):
        return
    low, high = rules.scale
    for arm in outcome.arms:
        if arm.n is None:
            continue
        for mean, sd in ((arm.baseline_mean, arm.baseline_sd), (arm.post_mean, arm.post_sd)):
            if mean is None:
                continue
            places = decimals(mean)
            if arm.n < 10**places:
                yield _verdict(study, outcome, "grim", grim(mean, arm.n, places), knowledge, mean=_short(mean), n=arm.n)
            if sd is not None:
                most = largest_spread(mean, arm.n, low, high)
                ok = sd <= most + 0.5 * 10.0 ** -decimals(sd)
                yield _verdict(
                    study, outcome, "spread", ok, knowledge, mean=_short(mean), sd=_short(sd), most=_short(most)
                )


def grim(mean: float, n: int, places: int) -> bool:
    """Whether some sum of ``n`` whole numbers gives this mean at this many decimal places.

    >>> grim(5.19, 28, 2), grim(5.18, 28, 2)
    (False, True)
    """
    half = 0.5 * 10.0**-places + 1e-9
    return any(abs(total / n - mean) <= half for total in (math.floor(mean * n), math.ceil(mean * n)))


def largest_spread(mean: float, n: int, low: float, high: float) -> float:
    """The largest standard deviation that ``n`` values between two bounds can have at this mean."""
    return math.sqrt(max(0.0, (high - mean) * (mean - low)) * n / (n - 1.0))


def _slope(study: Study, knowledge: Knowledge) -> Iterator[Verdict]:
    """Does a slope on dose stay possible over the doses it was made from, given the study's own group means?"""
    for slope in study.outcomes:
        if slope.metric != "slope" or slope.effect is None or slope.unit != "min/g":
            continue
        groups = [
            row.effect for row in study.outcomes
            if row.metric == "mean" and row.outcome == slope.outcome and row.effect is not None
        ]  # fmt: skip
        most = max((dose.mg_high or dose.mg or 0.0 for dose in study.doses), default=0.0) / 1000.0
        if len(groups) < 2 or most == 0.0 or slope.effect >= 0.0:
            continue
        zero = max(groups) / -slope.effect
        yield _verdict(
            study, slope, "slope", zero >= most, knowledge,
            slope=_short(slope.effect), dose=_short(zero), one=_short(groups[0]), two=_short(groups[1]),
        )  # fmt: skip


def _two_rows(study: Study, knowledge: Knowledge) -> Iterator[Verdict]:
    """Do two rows with almost the same name fall on different sides of 0.05?"""
    named = [(row, _plain(row.measure)) for row in study.outcomes if row.p is not None and row.contrast == "between"]
    for (one, name), (two, other) in combinations(named, 2):
        if name != other or one.p is None or two.p is None or one.component != two.component:
            continue
        yield _verdict(
            study, one, "two_rows", (one.p < 0.05) == (two.p < 0.05), knowledge,
            one=one.measure, two=two.measure, p_one=_printed_p(one), p_two=_printed_p(two),
        )  # fmt: skip


def _plain(measure: str) -> str:
    """A measure's name without what is in brackets and without the word "total"."""
    name = measure.lower().partition("(")[0].partition(",")[0]
    return " ".join(word for word in name.split() if word != "total")


_RowCheck = Callable[[Study, StudyOutcome, Knowledge], Iterator[Verdict]]
_ROW_CHECKS: tuple[_RowCheck, ...] = (_interval, _p_interval, _p_arms, _p_size, _too_sure, _correlation, _scale)
_STUDY_CHECKS: tuple[Callable[[Study, Knowledge], Iterator[Verdict]], ...] = (_slope, _two_rows)
