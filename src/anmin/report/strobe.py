"""The STROBE-MR checklist (doi 10.1001/jama.2021.18236) answered by one analysis: where, or why not."""

from __future__ import annotations

from anmin.evidence.mr.analyse import Analysis
from anmin.evidence.mr.demo import Demo
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Lang, Struct
from anmin.knowledge.mr import ChecklistItem
from anmin.knowledge.texts import Filling, fill
from anmin.report.mr_words import main_estimate, ratio_with_interval


class Answer(Struct, frozen=True, kw_only=True):
    """One point of the checklist: its number, what it asks for, and what the report says to it."""

    number: str
    asks: str
    answered: bool
    says: str


def checklist(
    analysis: Analysis, names: tuple[str, str], knowledge: Knowledge, lang: Lang, demo: Demo | None = None
) -> tuple[Answer, ...]:
    """Every point, in order; ``names`` are those of exposure and outcome."""
    holds = _conditions(analysis, demo)
    main = main_estimate(analysis)
    filling: dict[str, Filling] = {
        "n": str(len(analysis.used)), "listed": str(len(analysis.matched)),
        "left_out": str(len(analysis.matched) - len(analysis.used)),
        "methods": str(sum(1 for each in analysis.estimates if each.estimate is not None)),
        "exposure": names[0], "outcome": names[1],
        "numbers": ratio_with_interval(main) if main is not None else "",
    }  # fmt: skip
    items = sorted(knowledge.checklist.values(), key=lambda item: item.id)
    return tuple(_answer(item, holds, filling, knowledge, lang) for item in items)


def _conditions(analysis: Analysis, demo: Demo | None) -> frozenset[str]:
    """What is true of this analysis, in the words of the checklist's ``when``."""
    known = {
        "always": True,
        "estimate": main_estimate(analysis) is not None,
        "several": len(analysis.used) >= 2 and len(analysis.single) >= 2,
        "three": len(analysis.without_one) >= 3,
        "direction": analysis.direction is not None,
        "demo": demo is not None,
    }
    return frozenset(name for name, true in known.items() if true)


def _answer(
    item: ChecklistItem, holds: frozenset[str], filling: dict[str, Filling], knowledge: Knowledge, lang: Lang
) -> Answer:
    answered = item.when in holds and item.answer is not None
    text = item.answer if answered else item.missing
    said = fill(text, filling).get(lang) if text is not None else ""
    says = (
        knowledge.say("mr_report.answered", lang, where=said)
        if answered
        else knowledge.say("mr_report.not_answered", lang, why=said)
    )
    return Answer(number=item.number, asks=item.name.get(lang), answered=answered, says=says)
