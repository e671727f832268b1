"""Where one arrives: the choice of a language, and the list of ingredients."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from anmin.audit.page import summary
from anmin.evidence.words import component_name
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import LANGS
from anmin.report.evidence import best
from anmin.report.html import TAGS
from anmin.report.html import page as document
from anmin.report.site.frame import LANGUAGE_NAMES, SITE_STYLE, Frame
from anmin.report.site.material import Material


def chooser(knowledge: Knowledge) -> str:
    """The first page: nothing but three languages, each in its own words."""
    body = ["<main><h1>anmin 安眠</h1>"]
    for lang in LANGS:
        tag = TAGS[lang]
        body += [
            f'<section class="card" lang="{tag}"><h2><a href="{lang}/index.html" hreflang="{tag}">'
            f"{LANGUAGE_NAMES[lang]}</a></h2>",
            f"<p>{escape(knowledge.say('site.intro', lang))}</p></section>",
        ]
    return document("anmin 安眠", [*body, "</main>"], "en", style=SITE_STYLE)


def index(frame: Frame, found: Material) -> str:
    """Every ingredient with its leading effect and how sure that is."""
    knowledge, lang = frame.knowledge, frame.lang
    body = [
        f'<p class="answer">{frame.say("intro")}</p>',
        f"<p>{frame.say('how_to_read')}</p>",
        "<table>",
        f"<caption>{frame.say('ingredients_caption', count=len(found.ingredients))}</caption>",
        f'<thead><tr><th scope="col">{frame.say("column.ingredient")}</th><th scope="col">'
        f'{frame.say("column.effect")}</th><th scope="col">{frame.say("column.certainty")}</th></tr></thead><tbody>',
        *_rows(frame, found),
        "</tbody></table>",
        f"<h2>{frame.say('claims')}</h2>",
        f"<p>{escape(knowledge.say('audit.summary', lang, **summary(found.audit)))} "
        f"{frame.link('claims.html', knowledge.say('site.all_claims', lang))}</p>",
        f"<h2>{frame.say('blends')}</h2>",
        f"<p>{frame.link('blends.html', knowledge.say('site.blends_question', lang))}</p>",
    ]
    return frame.page(knowledge.say("site.title", lang), body)


def _rows(frame: Frame, found: Material) -> Iterator[str]:
    knowledge, lang = frame.knowledge, frame.lang
    for name in found.ingredients:
        title = component_name(name, knowledge).get(lang)
        effect = best(found.effects.get(name, ()))
        said = knowledge.say("evidence.page.no_effect", lang, name=title) if effect is None else effect.text.get(lang)
        sure = "–" if effect is None else knowledge.say(f"evidence.certainty.{effect.certainty}", lang)
        yield (
            f'<tr><th scope="row">{frame.ingredient(name, title)}</th><td>{escape(said)}</td>'
            f"<td>{escape(sure)}</td></tr>"
        )
