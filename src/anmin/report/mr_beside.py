"""What stood beside magnesium, in sentences."""

from __future__ import annotations

import math
from collections.abc import Iterator

from anmin.evidence.mr.demo import Demo
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Lang


def seventeen(demo: Demo, knowledge: Knowledge, lang: Lang) -> str:
    """What the published set of variants could find, from the error that its interval shows."""
    verdict = demo.published
    return knowledge.say(
        "mr.published_power", lang, ratio=f"{math.exp(verdict.log_odds):.3f}", needed=f"{verdict.needed:.4f}",
        alone=f"{100 * verdict.power_alone:.0f}", among=f"{100 * verdict.power_among:.0f}",
        low=f"{math.exp(-verdict.smallest_among):.2f}", high=f"{math.exp(verdict.smallest_among):.2f}",
    )  # fmt: skip


def beside_sentences(demo: Demo, knowledge: Knowledge, lang: Lang) -> Iterator[str]:
    """Zinc and vitamin D: told without numbers, and what could have been found; then what was told with numbers."""
    yield knowledge.say("mr.beside", lang)
    for each in demo.beside.companions:
        yield knowledge.say(
            "mr.beside_reach", lang, exposure=knowledge.mr_results[each.result].exposure.get(lang),
            variants=each.variants, people=f"{each.people:,}", percent=f"{100 * each.explained:.1f}",
            weakest=f"{each.weakest_f:.0f}", cases=f"{100 * each.case_share:.2g}", tests=each.tests,
            low=f"{math.exp(-each.smallest):.2f}", high=f"{math.exp(each.smallest):.2f}",
            low_among=f"{math.exp(-each.smallest_among):.2f}", high_among=f"{math.exp(each.smallest_among):.2f}",
        )  # fmt: skip
    yield knowledge.say("mr.beside_told", lang)
    for row in demo.beside.recomputed:
        told = knowledge.mr_results[row.result]
        yield knowledge.say(
            "mr.beside_passes" if row.passes else "mr.beside_fails", lang,
            exposure=told.exposure.get(lang), outcome=told.outcome.get(lang), label=told.label,
            ratio=f"{told.ratio:.2f}", low=f"{told.low:.2f}", high=f"{told.high:.2f}",
            p=f"{row.p:.2g}", p_low=f"{row.p_low:.2g}", p_high=f"{row.p_high:.2g}", printed=f"{row.printed:.2g}",
            tests=row.tests, needed=f"{row.needed:.4f}",
        )  # fmt: skip
