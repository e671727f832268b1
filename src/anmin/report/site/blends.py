"""Does a blend beat its parts? The answer of the network models as a page."""

from __future__ import annotations

from html import escape

from anmin.evidence.blends import answer
from anmin.report.html import items
from anmin.report.network import beside_line, blend_head, blend_lines, headline
from anmin.report.site.frame import Frame


def page(frame: Frame) -> str:
    """Headline, each blend with what would tell, the trials that gave both, and how far all this carries."""
    knowledge, lang = frame.knowledge, frame.lang
    found = answer(knowledge)
    body = [f'<p class="answer">{escape(headline(found, knowledge, lang))}</p>']
    for blend in found.blends:
        names = (blend.label, knowledge.outcomes[blend.outcome].name.get(lang))
        title = (", " if lang == "en" else "、").join(names)
        body += [f"<section><h2>{escape(title)}</h2>", f"<p>{escape(blend_head(blend, knowledge, lang))}</p>"]
        body += [*items(list(blend_lines(blend, knowledge, lang))), "</section>"]
    if found.side_by_side:
        body += [f"<h2>{escape(knowledge.say('evidence.network.beside', lang))}</h2>"]
        body += items([beside_line(pair, knowledge, lang) for pair in found.side_by_side])
    body.append(f'<div class="card"><p>{escape(knowledge.say("evidence.network.thin", lang))}</p></div>')
    return frame.page(knowledge.say("site.blends_question", lang), body)
