"""One effect on an ingredient's page: the sentence, the plots, the belief, the certainty and every doubt."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from anmin.evidence.belief import MODES, Facts, belief_of
from anmin.evidence.forest import forest
from anmin.evidence.model import Effect
from anmin.evidence.words import rounded, unit_name
from anmin.knowledge.texts import show_number
from anmin.report.chart import Table
from anmin.report.evidence import bayes_lines, pico
from anmin.report.forest import forest_chart, forest_title
from anmin.report.funnel import funnel, points, verdict
from anmin.report.html import figure, items, table
from anmin.report.site.frame import Frame


def section(frame: Frame, effect: Effect) -> Iterator[str]:
    """Everything about one effect."""
    knowledge, lang = frame.knowledge, frame.lang
    outcome = knowledge.outcomes[effect.outcome]
    yield f'<section id="{effect.outcome}"><h3>{escape(outcome.name.get(lang))}</h3>'
    yield f"<p>{escape(effect.text.get(lang))}</p>"
    studies = [knowledge.studies[study] for study in effect.studies]
    yield f"<p>{escape(pico(studies, effect, knowledge, lang))}</p>"
    yield from _plots(frame, effect)
    yield from _belief(frame, effect)
    yield from _certainty(frame, effect)
    if effect.notes:
        yield f"<h4>{frame.say('doubts')}</h4>"
        yield from items([note.get(lang) for note in effect.notes])
    yield "</section>"


def _plots(frame: Frame, effect: Effect) -> Iterator[str]:
    knowledge, lang = frame.knowledge, frame.lang
    drawn = forest(effect, knowledge)
    if all(line.value is None for line in drawn.lines):
        return
    title = f"{forest_title(drawn, knowledge, lang)}{frame.say('colon')}{_short(effect, frame)}"
    yield from figure(forest_chart(drawn, title, knowledge, lang), knowledge)
    chart = funnel(drawn, knowledge, lang)
    if chart is not None:
        yield from figure(chart, knowledge)
    else:
        yield f'<p class="quiet">{escape(verdict(points(drawn), knowledge, lang))}</p>'


def _short(effect: Effect, frame: Frame) -> str:
    """The finding of the figure: ``17 min (7.4, 27)``."""
    if effect.gain is None or effect.low is None or effect.high is None:
        return frame.knowledge.say("site.no_size", frame.lang)
    unit = unit_name(frame.knowledge.outcomes[effect.outcome], effect.unit).get(frame.lang)
    gain, low, high = (show_number(rounded(value)) for value in (effect.gain, effect.low, effect.high))
    return f"{gain} {unit} ({low}, {high})"


def _belief(frame: Frame, effect: Effect) -> Iterator[str]:
    """What a person about whom nothing is known may expect, for three ways of trusting small trials."""
    knowledge, lang = frame.knowledge, frame.lang
    unit = unit_name(knowledge.outcomes[effect.outcome], effect.unit).get(lang)
    rows = []
    for mode in MODES:
        believed = belief_of(effect, Facts(), knowledge, mode)
        if believed is None:
            return
        low, high = believed.interval()
        rows.append(
            (
                knowledge.say(f"site.belief.{mode}", lang), f"{show_number(rounded(believed.mean))} {unit}",
                knowledge.say("site.range", lang, low=rounded(low), high=rounded(high)),
                f"{show_number(round(100 * believed.chance()))} %",
            )
        )  # fmt: skip
    heads = tuple(knowledge.say(f"site.column.{name}", lang) for name in ("reading", "expected", "range", "chance"))
    matters = knowledge.value(knowledge.outcomes[effect.outcome].threshold or "")
    yield from table(Table(heads=heads, rows=tuple(rows)), knowledge.say("site.belief_caption", lang))
    yield f'<p class="quiet">{frame.say("belief_note", matters=matters, unit=unit)}</p>'
    if lines := bayes_lines(effect, knowledge, lang):
        yield from items(lines)


def _certainty(frame: Frame, effect: Effect) -> Iterator[str]:
    knowledge, lang = frame.knowledge, frame.lang
    level = knowledge.say(f"evidence.certainty.{effect.certainty}", lang)
    rows = [
        (
            knowledge.say(f"site.domain.{reason.domain}", lang), f"−{reason.down}" if reason.down else "·",
            reason.why.get(lang),
        )
        for reason in effect.reasons
    ]  # fmt: skip
    caption = knowledge.say("site.certainty_caption", lang, level=level)
    if not rows:
        yield f"<p>{escape(caption)}</p>"
        return
    heads = tuple(knowledge.say(f"site.column.{name}", lang) for name in ("domain", "steps", "reason"))
    yield from table(Table(heads=heads, rows=tuple(rows)), caption)
