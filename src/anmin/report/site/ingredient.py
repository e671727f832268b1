"""The page of one ingredient."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from anmin.audit.markup import source_line
from anmin.evidence.forest import mixed_rows, studies_of
from anmin.evidence.model import Effect
from anmin.evidence.words import component_name, rounded
from anmin.knowledge.texts import show_number
from anmin.report.chart import Table
from anmin.report.evidence import best, used_line
from anmin.report.html import items, table
from anmin.report.site.effect import section
from anmin.report.site.frame import Frame
from anmin.report.site.material import Material
from anmin.report.site.safety import dangers, doses, limits


def page(frame: Frame, name: str, found: Material) -> str:
    """Answer first, then effects, amounts, limits, dangers, plans, claims, studies."""
    knowledge, lang = frame.knowledge, frame.lang
    title = component_name(name, knowledge).get(lang)
    effects = found.effects.get(name, ())
    lead = best(effects)
    answer = knowledge.say("evidence.page.no_effect", lang, name=title) if lead is None else lead.text.get(lang)
    body = [
        f'<p class="answer">{escape(answer)}</p>',
        *_purpose(frame, name, effects),
        *_contents(frame, effects),
    ]
    if effects:
        body.append(f"<h2>{frame.say('effects')}</h2>")
        for effect in effects:
            body += section(frame, effect)
    body += [
        *_mixtures(frame, name),
        *doses(frame, name),
        *limits(frame, name),
        *dangers(frame, name),
        f"<h2>{frame.say('plans')}</h2>",
        f"<p>{escape(used_line(name, knowledge, lang))}</p>",
        *_claims(frame, name, found),
        *_studies(frame, name),
    ]
    return frame.page(title, body)


def _purpose(frame: Frame, name: str, effects: tuple[Effect, ...]) -> Iterator[str]:
    """Which problems it was studied for, and why it counts as sedating or not."""
    knowledge, lang = frame.knowledge, frame.lang
    found = dict.fromkeys(
        complaint for effect in effects for complaint in knowledge.outcomes[effect.outcome].complaints
    )
    if found:
        names = (", " if lang == "en" else "、").join(
            knowledge.say(f"plan.complaint.{complaint}", lang) for complaint in found
        )
        yield f"<p>{frame.say('purpose', complaints=names)}</p>"
    known = knowledge.substances.get(name)
    if known is not None and known.sedating_reason is not None:
        yield f"<p>{escape(known.sedating_reason.get(lang))}</p>"


def _contents(frame: Frame, effects: tuple[Effect, ...]) -> Iterator[str]:
    if len(effects) > 2:
        yield f'<nav class="card" aria-label="{frame.say("effects")}"><ul>'
        for effect in effects:
            name = frame.knowledge.outcomes[effect.outcome].name.get(frame.lang)
            yield f'<li><a href="#{effect.outcome}">{escape(name)}</a></li>'
        yield "</ul></nav>"


def _mixtures(frame: Frame, name: str) -> Iterator[str]:
    knowledge, lang = frame.knowledge, frame.lang
    rows = tuple(
        (
            row.study.label,
            knowledge.outcomes[row.outcome.outcome].name.get(lang),
            f"{show_number(rounded(made.effect))} {row.outcome.unit or ''}".rstrip(),
        )
        for row, made in mixed_rows(name, knowledge)
    )
    if rows:
        heads = tuple(knowledge.say(f"site.column.{column}", lang) for column in ("study", "outcome", "printed"))
        yield from table(Table(heads=heads, rows=rows), knowledge.say("evidence.page.mixtures", lang))
        yield f"<p>{frame.link('blends.html', knowledge.say('site.blends_question', lang))}</p>"


def _claims(frame: Frame, name: str, found: Material) -> Iterator[str]:
    about = found.claims.get(name, ())
    if not about:
        return
    judged = {each.claim.id: each for each in found.audit.claims}
    yield f"<h2>{frame.say('claims')}</h2>"
    yield f"<details><summary>{frame.say('claims_about', count=len(about))}</summary><ul>"
    for claim in about:
        verdict = judged[claim].verdict
        said = frame.knowledge.say(f"knowledge.verdict.{verdict}" if verdict else "audit.undecided", frame.lang)
        text = judged[claim].claim.text.get(frame.lang)
        yield f"<li>{frame.link(f'claim/{claim}.html', claim)} {escape(text)} – {escape(said)}</li>"
    yield "</ul></details>"


def _studies(frame: Frame, name: str) -> Iterator[str]:
    knowledge, lang = frame.knowledge, frame.lang
    studies = studies_of(name, knowledge)
    known = knowledge.substances.get(name)
    own = [source_line(source, knowledge, lang) for source in (known.sources if known else ())]
    if not studies and not own:
        return
    yield f"<h2>{frame.say('sources')}</h2>"
    yield from items(
        [
            f"{study.population.get(lang)} – "
            + "; ".join(source_line(source, knowledge, lang) for source in study.sources)
            for study in studies
        ]
        + own
    )
