"""Checks that hold a claim against the tables the plan itself uses: limits, windows, rules, hours, studies, effects."""

from __future__ import annotations

from collections.abc import Callable

from anmin.audit.book import Book, agreed, ends, found, need, same, shown
from anmin.audit.model import Finding, Outcome
from anmin.errors import InputError
from anmin.evidence.model import CERTAINTIES
from anmin.evidence.shipped import index
from anmin.knowledge.claims import (
    Bath,
    DoseLimit,
    Effect,
    Hour,
    Largest,
    LimitValue,
    Pooled,
    Rule,
    Span,
    StudyFigure,
    Window,
)  # fmt: skip
from anmin.knowledge.model import BathRule, Condition, Interaction, Limit, Text
from anmin.knowledge.show import join
from anmin.knowledge.studies import Study, StudyOutcome
from anmin.knowledge.titles import title_of, word_for


def _limits(ids: tuple[str, ...], book: Book) -> tuple[list[Limit], list[float], str]:
    """The limits, their values, and both in a line: ``350 (US), 250 (EU)``."""
    limits = [need(book.knowledge.limits, limit_id, "limits") for limit_id in ids]
    values = [limit.value_mg for limit in limits if limit.value_mg is not None]
    if len(values) < len(limits):
        raise InputError("limits", ids, "limits with a value in mg")
    return limits, values, ", ".join(f"{shown(value)} ({limit.jurisdiction})"
                                     for value, limit in zip(values, limits, strict=True))  # fmt: skip


def dose_limit(check: DoseLimit, book: Book) -> Finding:
    """Every dose of the claimed range has to stay within each limit."""
    limits, values, line = _limits(check.limits, book)
    most = ends(check.claimed_mg)[1]
    sources = (source for limit in limits for source in limit.sources)
    return found(
        check, agreed(most <= value for value in values), book, sources, claimed=shown(check.claimed_mg), limits=line
    )


def limit_value(check: LimitValue, book: Book) -> Finding:
    """In how many of the places named the number is the limit."""
    limits, values, line = _limits(check.limits, book)
    sources = (source for limit in limits for source in limit.sources)
    return found(
        check, agreed(value == check.claimed_mg for value in values), book, sources,
        claimed=shown(check.claimed_mg), limits=line,
    )  # fmt: skip


def window(check: Window, book: Book) -> Finding:
    """A flat number of hours has to be enough for each medicine on both sides; the strictest reading counts."""
    rules = [need(book.knowledge.interactions, rule_id, "rules") for rule_id in check.rules]
    enough = all(check.claimed_h >= _hours(rule) for rule in rules)
    lines = join(_window_line(rule, book) for rule in rules)
    sources = (source for rule in rules for source in rule.sources)
    return found(
        check, "fits" if enough else "against", book, sources, claimed=shown(check.claimed_h), rules=lines
    )  # fmt: skip


def _hours(rule: Interaction) -> float:
    hours = [hour for hour in (rule.before_h, rule.after_h, rule.strict_before_h, rule.strict_after_h) if hour]
    if not hours:
        raise InputError("rules", rule.id, "rules with hours")
    return max(hours)


def _window_line(rule: Interaction, book: Book) -> Text:
    def hours(value: float | None) -> str:
        return "?" if value is None else shown(value)

    return book.knowledge.text(
        "audit.window", drugs=rule.drugs, before=hours(rule.strict_before_h), after=hours(rule.strict_after_h)
    )


def rule(check: Rule, book: Book) -> Finding:
    """Whether the gate's own rules act as the claim says."""
    known: dict[str, Interaction | Condition | BathRule] = {
        **book.knowledge.interactions, **book.knowledge.conditions, **book.knowledge.bath_rules
    }  # fmt: skip
    rules = [need(known, rule_id, "rules") for rule_id in check.rules]
    lines = join(
        book.knowledge.text(
            "audit.rule", rule=title_of(each, book.knowledge), action=word_for("action", each.action, book.knowledge)
        )
        for each in rules
    )
    sources = (source for each in rules for source in each.sources)
    return found(check, agreed(each.action in check.actions for each in rules), book, sources, rules=lines)


def hour(check: Hour, book: Book) -> Finding:
    """Inside the window of the studies, overlapping it, or outside."""
    timing = need(book.knowledge.timing, check.timing, "timing")
    low, high = ends(check.claimed_min)
    inside = timing.nearest_min <= low and high <= timing.farthest_min
    overlap = low <= timing.farthest_min and high >= timing.nearest_min
    sources = (*timing.sources, *(source for study in timing.studies for source in book.study(study).sources))
    return found(
        check, "fits" if inside else "in_part" if overlap else "against", book, sources,
        claimed=shown(check.claimed_min), value=shown((timing.nearest_min, timing.farthest_min)),
    )  # fmt: skip


def bath(check: Bath, book: Book) -> Finding:
    """The hottest and longest that the claim allows, against each rule that has a number for it."""
    rules = [need(book.knowledge.bath_rules, rule_id, "rules") for rule_id in check.rules]
    held, lines = [], []
    for each in rules:
        for claimed, cap, unit in ((check.celsius, each.max_c, "°C"), (check.minutes, each.max_minutes, "min")):
            if claimed is not None and cap is not None:
                held.append(ends(claimed)[1] <= cap)
                lines.append(f"{shown(cap)} {unit}{f' ({each.age_from}+)' if each.age_from else ''}")
    if not held:
        raise InputError("rules", check.rules, "rules that have a number for what is claimed")
    said = [
        f"{shown(span)} {unit}" for span, unit in ((check.celsius, "°C"), (check.minutes, "min")) if span is not None
    ]
    sources = (source for each in rules for source in each.sources)
    return found(check, agreed(held), book, sources, claimed=", ".join(said), caps=", ".join(lines))


_FIGURES: dict[str, Callable[[Study], Span | str | None]] = {
    "n_randomised": lambda study: study.n_randomised,
    "year": lambda study: study.year,
    "weeks": lambda study: study.weeks,
    "blinding": lambda study: study.blinding,
    "country": lambda study: study.country or None,
    "ages": lambda study: _pair(study.age_low, study.age_high),
    "dose_mg": lambda study: study.doses[0].mg if study.doses else None,
    "compound_mg": lambda study: study.doses[0].compound_mg if study.doses else None,
    "before_bed": lambda study: _pair(study.before_bed_min, study.before_bed_max),
}


def _pair(low: float | None, high: float | None) -> Span | None:
    return None if low is None or high is None else (low, high)


def study_figure(check: StudyFigure, book: Book) -> Finding:
    """A property of a study as the table of studies has it; numbers within half a percent."""
    study = book.study(check.study)
    right = _FIGURES[check.figure](study)
    if right is None:
        raise InputError("figure", check.figure, f"something that is known of {check.study}")
    if isinstance(right, str) or isinstance(check.claimed, str):
        fits = str(right).casefold() == str(check.claimed).casefold()
    else:
        pairs = zip(ends(right), ends(check.claimed), strict=True)
        fits = all(abs(one - other) <= 0.005 * abs(one) for one, other in pairs)
    return found(
        check, agreed([fits]), book, study.sources, study=study.label, value=_word(right), claimed=_word(check.claimed),
        figure=book.knowledge.text(f"audit.figure.{check.figure}"),
    )  # fmt: skip


def _word(value: Span | str) -> str:
    return value if isinstance(value, str) else shown(value)


def effect(check: Effect, book: Book) -> Finding:
    """Whether a printed row of the study says it: the direction, and the p where one is claimed."""
    study = book.study(check.study)
    rows = [row for row in study.outcomes if row.outcome == check.outcome and check.measure in row.measure]
    if not rows:
        raise InputError("outcome", check.outcome, f"an outcome of {check.study}")
    held = [row for row in rows if check.claimed in (None, row.direction) and _same_p(row, check.p)]
    row = held[0] if held else rows[0]
    return found(
        check, agreed([bool(held)]), book, study.sources, study=study.label, measure=row.measure,
        value=_printed(row, book), claimed=_both(check.claimed or row.direction, check.p, book),
    )  # fmt: skip


def _same_p(row: StudyOutcome, p: float | None) -> bool:
    return p is None or (row.p is not None and abs(row.p - p) <= 1e-9)


def _printed(row: StudyOutcome, book: Book) -> Text:
    return _both(row.direction, row.p, book, "" if row.p_bound == "=" else row.p_bound)


def _both(direction: str, p: float | None, book: Book, bound: str = "") -> Text:
    word = word_for("direction", direction, book.knowledge)
    if p is None:
        return word
    tail = f" (p {bound or '='} {p:g})"
    return Text(en=word.en + tail, zh_hant=word.zh_hant + tail, ja=word.ja + tail)


def pooled(check: Pooled, book: Book) -> Finding:
    """The row of the table of effects that plans are made from; too little certainty makes it true in part."""
    known = index(book.knowledge).get((check.component, check.outcome))
    name = need(book.knowledge.substances, check.component, "component").name
    if known is None:
        raise InputError("outcome", check.outcome, f"an outcome with an effect of {check.component}")
    sure = CERTAINTIES.index(known.certainty) >= CERTAINTIES.index(check.certainty)
    outcome: Outcome = "against"
    if known.direction == check.claimed:
        outcome = "fits" if sure else "in_part"
    elif known.direction in ("mixed", "unclear"):
        outcome = "in_part"
    sources = (source for study in known.studies for source in book.study(study).sources)
    return found(
        check, outcome, book, sources, component=name, measure=book.knowledge.outcomes[check.outcome].name,
        value=word_for("direction", known.direction, book.knowledge),
        certainty=book.knowledge.text(f"audit.certainty.{known.certainty}"),
    )  # fmt: skip


def largest(check: Largest, book: Book) -> Finding:
    """The number of people randomised, against that of the other studies."""
    study = book.study(check.study)
    others = [book.study(other) for other in check.among]
    sizes = [(other.n_randomised or other.n_analysed or 0) for other in others]
    own = study.n_randomised or study.n_analysed or 0
    lines = ", ".join(f"{other.label}: {size}" for other, size in zip(others, sizes, strict=True))
    sources = (source for each in (study, *others) for source in each.sources)
    return found(
        check, agreed([all(own >= size for size in sizes)]), book, sources,
        study=study.label, value=shown(own), others=same(lines),
    )  # fmt: skip
