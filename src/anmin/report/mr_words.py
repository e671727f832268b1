"""Numbers of a Mendelian randomization in words, alike in a terminal, a figure and a page."""

from __future__ import annotations

from anmin.evidence.mr.model import Estimate
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Lang
from anmin.report.mr import ratio_words


def ratio_with_interval(found: Estimate) -> str:
    """``0.890 (0.757–1.047)``; empty where there is no estimate."""
    if found.estimate is None or found.low is None or found.high is None:
        return ""
    return f"{ratio_words(found.estimate)} ({ratio_words(found.low)}–{ratio_words(found.high)})"


def shows(found: Estimate, knowledge: Knowledge, lang: Lang) -> str:
    """What an interval shows: less, more, or that neither is shown."""
    if found.high is not None and found.high < 0.0:
        return knowledge.say("mr_report.shows.less", lang)
    if found.low is not None and found.low > 0.0:
        return knowledge.say("mr_report.shows.more", lang)
    return knowledge.say("mr_report.shows.nothing", lang)
