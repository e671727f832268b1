"""The claims of the article: the list, and one page for each."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from anmin.audit.markup import Markup
from anmin.audit.model import WRONG, Judged
from anmin.audit.page import summary
from anmin.evidence.words import component_name
from anmin.report.site.frame import Frame
from anmin.report.site.material import Material


def listing(frame: Frame, found: Material) -> str:
    """Every claim with its verdict; what is wrong stands first."""
    knowledge, lang = frame.knowledge, frame.lang
    say = Markup(knowledge, lang).say
    wrong = found.audit.wrong()
    rest = [judged for judged in found.audit.claims if judged.verdict not in WRONG]
    body = [
        f'<p class="answer">{say("audit.summary", **summary(found.audit))}</p>',
        f"<p>{say('audit.not_false')} {say('audit.not_advice')}</p>",
        *_table(frame, wrong, say("audit.heading.wrong")),
        *_table(frame, rest, frame.say("other_claims")),
    ]
    return frame.page(knowledge.say("audit.title", lang, title=knowledge.say("audit.article", lang)), body)


def _table(frame: Frame, claims: list[Judged] | tuple[Judged, ...], caption: str) -> Iterator[str]:
    markup = Markup(frame.knowledge, frame.lang)
    heads = "".join(
        f'<th scope="col">{markup.say(f"audit.column.{column}")}</th>'
        for column in ("id", "claim", "verdict", "safety")
    )
    yield f"<table><caption>{caption}</caption><thead><tr>{heads}</tr></thead><tbody>"
    for judged in claims:
        claim = judged.claim
        yield (
            f'<tr><th scope="row">{frame.link(f"claim/{claim.id}.html", claim.id)}</th>'
            f"<td>{escape(claim.text.get(frame.lang))}</td><td>{markup.verdict(judged)}</td>"
            f"<td>{markup.say(f'knowledge.safety.{claim.safety}')}</td></tr>"
        )
    yield "</tbody></table>"


def page(frame: Frame, number: int, found: Material) -> str:
    """One claim: verdict, what is right, how it was checked, where it was read, and its neighbours."""
    judged = found.audit.claims[number]
    claim = judged.claim
    markup = Markup(frame.knowledge, frame.lang)
    wrong = " wrong" if judged.verdict in WRONG else ""
    body = [
        f'<div class="card{wrong}"><p>{markup.about(judged)}</p>',
        *markup.words(judged),
        "</div>",
        f"<h2>{markup.say('audit.heading.checks')}</h2>",
        *markup.checks(judged),
    ]
    if about := found.about[claim.id]:
        links = (frame.ingredient(name, component_name(name, frame.knowledge).get(frame.lang)) for name in about)
        body += [f"<h2>{frame.say('ingredients')}</h2>", "<ul>", *(f"<li>{link}</li>" for link in links), "</ul>"]
    body.append(_turn(frame, number, found))
    return frame.page(f"{claim.id} {claim.text.get(frame.lang)}", body)


def _turn(frame: Frame, number: int, found: Material) -> str:
    claims = found.audit.claims
    parts = []
    if number > 0:
        before = claims[number - 1].claim.id
        parts.append(f'<a rel="prev" href="{frame.to(f"claim/{before}.html")}">← {escape(before)}</a>')
    parts.append(f'<a href="{frame.to("claims.html")}">{frame.say("all_claims")}</a>')
    if number + 1 < len(claims):
        after = claims[number + 1].claim.id
        parts.append(f'<a rel="next" href="{frame.to(f"claim/{after}.html")}">{escape(after)} →</a>')
    return f'<nav class="turn" aria-label="{frame.say("turn")}">{"".join(parts)}</nav>'
