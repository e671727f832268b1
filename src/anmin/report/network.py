"""Blends against their parts in a terminal: the answer first, then each blend and the trial that would tell."""

from __future__ import annotations

from collections.abc import Iterator

from anmin.evidence.blends import Answer, Blend, SideBySide
from anmin.evidence.words import component_name, rounded
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Lang
from anmin.knowledge.texts import Filling
from anmin.report.wrap import cells, wrap

_WIDTH = 88


class _Words:
    def __init__(self, knowledge: Knowledge, lang: Lang) -> None:
        self.knowledge, self.lang = knowledge, lang

    def say(self, message: str, **params: Filling) -> str:
        return self.knowledge.say(f"evidence.network.{message}", self.lang, **params)

    def name(self, component: str) -> str:
        return component_name(component, self.knowledge).get(self.lang)

    def names(self, components: tuple[str, ...]) -> str:
        return (", " if self.lang == "en" else "、").join(self.name(component) for component in components)


def answer_lines(found: Answer, knowledge: Knowledge, lang: Lang) -> list[str]:
    """The whole answer, wrapped to 88 cells."""
    out = wrap(headline(found, knowledge, lang), _WIDTH)
    for blend in found.blends:
        out += ["", *_wrapped(blend_head(blend, knowledge, lang), "■ ")]
        out += [line for text in blend_lines(blend, knowledge, lang) for line in _wrapped(text, "  · ")]
    if found.side_by_side:
        out += ["", knowledge.say("evidence.network.beside", lang)]
        out += [line for pair in found.side_by_side for line in _wrapped(beside_line(pair, knowledge, lang), "  · ")]
    return [*out, "", *wrap(knowledge.say("evidence.network.thin", lang), _WIDTH)]


def _wrapped(text: str, lead: str) -> list[str]:
    first, *rest = wrap(text, _WIDTH - cells(lead))
    return [lead + first, *(" " * cells(lead) + line for line in rest)]


def headline(found: Answer, knowledge: Knowledge, lang: Lang) -> str:
    """The answer in a sentence."""
    head = "known" if found.told else "unknown"
    return knowledge.say(f"evidence.network.{head}", lang, blends=len(found.blends), told=found.told)


def blend_head(blend: Blend, knowledge: Knowledge, lang: Lang) -> str:
    """What one blend did on one outcome."""
    outcome = knowledge.outcomes[blend.outcome]
    return knowledge.say(
        "evidence.network.blend", lang, label=blend.label, name=outcome.name, unit=outcome.unit,
        gain=rounded(blend.gain), low=rounded(blend.low), high=rounded(blend.high),
    )  # fmt: skip


def blend_lines(blend: Blend, knowledge: Knowledge, lang: Lang) -> Iterator[str]:
    """What is known of one blend against its parts, and the trial that would tell."""
    words = _Words(knowledge, lang)
    outcome = knowledge.outcomes[blend.outcome]
    if blend.best is None or blend.beyond_best is None:
        yield words.say("no_part", parts=words.names(blend.unmeasured))
        yield words.say("trial_all", name=outcome.name)
        return
    best = next(part for part in blend.parts if part.component == blend.best)
    yield words.say(
        "beyond_best", part=words.name(blend.best), unit=outcome.unit, gain=rounded(best.gain or 0.0),
        low_part=rounded(best.low or 0.0), high_part=rounded(best.high or 0.0), more=rounded(blend.beyond_best.effect),
        low=rounded(blend.beyond_best.low), high=rounded(blend.beyond_best.high),
    )  # fmt: skip
    sized = tuple(part for part in blend.parts if part.gain is not None)
    if blend.beyond_sum is not None and (len(sized) > 1 or not blend.unmeasured):
        rest = words.names(blend.unmeasured) or words.say("together")
        yield words.say(
            "beyond_sum", parts=words.names(tuple(part.component for part in sized)), unit=outcome.unit, rest=rest,
            sum=rounded(sum(part.gain or 0.0 for part in sized)), more=rounded(blend.beyond_sum.effect),
            low=rounded(blend.beyond_sum.low), high=rounded(blend.beyond_sum.high),
        )  # fmt: skip
    if blend.unmeasured:
        yield words.say("unmeasured", parts=words.names(blend.unmeasured))
    for part in sized:
        if part.dose_low_mg is not None and part.dose_high_mg is not None:
            studied: dict[str, Filling] = {
                "part": words.name(part.component),
                "low": part.dose_low_mg,
                "high": part.dose_high_mg,
            }
            yield words.say("dose_unknown" if part.given_mg is None else "dose", given=part.given_mg or 0.0, **studied)
    yield _trial(blend, blend.best, words)


def _trial(blend: Blend, best: str, words: _Words) -> str:
    outcome = words.knowledge.outcomes[blend.outcome]
    if blend.people_per_arm is None or outcome.threshold is None:
        return words.say("trial_open", part=words.name(best))
    matters = words.knowledge.value(outcome.threshold)
    return words.say(
        "trial", part=words.name(best), people=blend.people_per_arm, matters=matters, unit=outcome.unit
    )  # fmt: skip


def beside_line(pair: SideBySide, knowledge: Knowledge, lang: Lang) -> str:
    """What the one trial of both printed."""
    known = knowledge.outcomes.get(pair.outcome)
    unit = known.unit if known is not None and known.unit_code == pair.unit else pair.unit
    return knowledge.say(
        f"evidence.network.beside_{'more' if pair.more else 'less'}", lang, label=pair.label, measure=pair.measure,
        unit=unit, both=pair.blend_effect, part=component_name(pair.part, knowledge), alone=pair.part_effect,
    )  # fmt: skip
