"""The evidence as a website of plain files: no script, no network, three languages, the same facts the same bytes.

    index.html                      which language?
    <lang>/index.html               every ingredient and how sure its best effect is
    <lang>/ingredient/<id>.html     effects with plots, belief, certainty, doubts, doses, limits, safety, plans, sources
    <lang>/claims.html              every claim of the article and its verdict
    <lang>/claim/<id>.html          one claim, how it was checked, and how anybody can
    <lang>/blends.html              does a blend beat its parts?

Each module holds one kind of page; :mod:`~anmin.report.site.write` puts the files in place, whole or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator

from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import LANGS, Lang
from anmin.report.site import blends, claims, home, ingredient
from anmin.report.site.frame import Frame
from anmin.report.site.material import Material, material

__all__ = ["count", "pages"]


def pages(knowledge: Knowledge, found: Material | None = None) -> Iterator[tuple[str, str]]:
    """Every page as its path below the site's root and its text, in a fixed order. ``found``: if it is made already."""
    found = found or material(knowledge)
    yield "index.html", home.chooser(knowledge)
    for lang in LANGS:
        for place, text in _of_language(lang, found, knowledge):
            yield f"{lang}/{place}", text


def _of_language(lang: Lang, found: Material, knowledge: Knowledge) -> Iterator[tuple[str, str]]:
    for place, write in (("index.html", home.index), ("claims.html", claims.listing)):
        yield place, write(Frame(knowledge, lang, place), found)
    yield "blends.html", blends.page(Frame(knowledge, lang, "blends.html"))
    for name in found.ingredients:
        place = f"ingredient/{name}.html"
        yield place, ingredient.page(Frame(knowledge, lang, place), name, found)
    for number, judged in enumerate(found.audit.claims):
        place = f"claim/{judged.claim.id}.html"
        yield place, claims.page(Frame(knowledge, lang, place), number, found)


def count(found: Material) -> int:
    """How many pages there are."""
    return 1 + len(LANGS) * (3 + len(found.ingredients) + len(found.audit.claims))
