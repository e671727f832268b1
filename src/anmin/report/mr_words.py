"""Numbers of a Mendelian randomization in words, alike in a terminal, a figure and a page."""

from __future__ import annotations

import math

from anmin.evidence.mr.analyse import Analysis
from anmin.evidence.mr.demo import Demo
from anmin.evidence.mr.model import Estimate
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Lang


def ratio_words(log_odds: float) -> str:
    """An odds ratio to three places, shorter where it is far from one."""
    value = math.exp(min(max(log_odds, -20.0), 20.0))
    return f"{value:.3f}" if 0.001 <= value < 1000 else f"{value:.2g}"


def main_estimate(analysis: Analysis) -> Estimate | None:
    """The one the answer is read from: IVW, or the Wald ratio of a single variant."""
    for each in analysis.estimates:
        if each.method in ("ivw", "wald") and each.estimate is not None and each.low is not None:
            return each
    return None


def answer(analysis: Analysis, knowledge: Knowledge, lang: Lang, demo: Demo | None = None) -> str:
    """The first line: what was found, or why nothing can be."""
    main = main_estimate(analysis)
    if main is None or main.estimate is None:
        return knowledge.say("mr.nothing", lang)
    if demo is not None and demo.synthetic:
        middle = demo.reach[len(demo.reach) // 2]
        return knowledge.say(
            "mr_report.answer.made_up", lang, n=str(len(analysis.used)), people=f"{demo.people:,.0f}",
            low=f"{math.exp(-middle.smallest):.2f}", high=f"{math.exp(middle.smallest):.2f}",
            published=ratio_words(demo.published.log_odds), tests=str(demo.published.tests),
        )  # fmt: skip
    slopes = [each.estimate for each in analysis.estimates if each.estimate is not None]
    same = sum(1 for slope in slopes if (slope > 0.0) == (main.estimate > 0.0))
    return knowledge.say(
        "mr_report.answer.shown", lang, numbers=ratio_with_interval(main), shows=shows(main, knowledge, lang),
        same=str(same), methods=str(len(slopes)), n=str(len(analysis.used)),
    )  # fmt: skip


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
