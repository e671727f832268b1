"""The frame around every page: where one is, the other languages, and links that work from a folder."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from html import escape

from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import LANGS, Lang
from anmin.knowledge.texts import Filling
from anmin.report.html import STYLE, TAGS
from anmin.report.html import page as document

LANGUAGE_NAMES: dict[Lang, str] = {"en": "English", "zh-Hant": "繁體中文", "ja": "日本語"}

SITE_STYLE = (
    STYLE
    + """
:root { --paper: #fbf9f4; --ink: #22262a; --card: #f3efe6; }
@media (prefers-color-scheme: dark) { :root { --paper: #17191b; --ink: #d9d6d0; --card: #202325; }
  figure svg { filter: invert(.88) hue-rotate(180deg); } }
body { background: var(--paper); color: var(--ink); max-width: 46rem; }
header, footer { font-size: .9rem; } header nav { display: flex; flex-wrap: wrap; gap: .3rem 1rem; margin: .3rem 0; }
main:focus { outline: none; } .skip { position: absolute; left: -99rem; } .skip:focus { position: static; }
.card { background: var(--card); border-radius: .5rem; padding: .8rem 1rem; margin: 1rem 0; }
.card > :first-child { margin-top: 0; } .card > :last-child { margin-bottom: 0; }
.verdict { font-weight: 600; } .wrong { border-left: .35rem solid #b3261e; }
.small { font-size: .9rem; } .turn { display: flex; justify-content: space-between; gap: 1rem; margin-top: 2rem; }
h4 { margin: 1.2rem 0 .3rem; font-size: 1rem; }
summary { cursor: pointer; padding: .2rem 0; } ul { padding-left: 1.2rem; } li { margin: .25rem 0; }
""".rstrip()
)


class Frame:
    """One page in one language. ``place`` is its path below the language's folder."""

    def __init__(self, knowledge: Knowledge, lang: Lang, place: str) -> None:
        self.knowledge, self.lang, self.place = knowledge, lang, place
        self._folder = posixpath.dirname(f"{lang}/{place}")

    def say(self, message: str, **params: Filling) -> str:
        """A message of the site, escaped."""
        return escape(self.knowledge.say(f"site.{message}", self.lang, **params))

    def to(self, place: str, lang: Lang | None = None) -> str:
        """The relative address of a page of this language (or another one)."""
        return escape(posixpath.relpath(f"{lang or self.lang}/{place}", self._folder))

    def link(self, place: str, text: str) -> str:
        """A link; ``text`` is plain."""
        return f'<a href="{self.to(place)}">{escape(text)}</a>'

    def ingredient(self, name: str, text: str) -> str:
        """A link to an ingredient's page."""
        return self.link(f"ingredient/{name}.html", text)

    def page(self, title: str, body: Iterable[str]) -> str:
        """The whole document around ``body``."""
        parts = [
            f'<a class="skip" href="#main">{self.say("skip")}</a>',
            "<header>",
            f'<nav aria-label="{self.say("nav")}">',
            *(self._nav(place, name) for place, name in _SECTIONS.items()),
            "</nav>",
            f'<nav aria-label="{self.say("languages")}">',
            *(self._language(lang) for lang in LANGS),
            "</nav></header>",
            '<main id="main" tabindex="-1">',
            f"<h1>{escape(title)}</h1>",
            *body,
            "</main>",
            f"<footer><p>{self.say('footer', version=self.knowledge.version[:12])}</p></footer>",
        ]
        return document(f"{title} – anmin", parts, self.lang, style=SITE_STYLE)

    def _nav(self, place: str, name: str) -> str:
        here = ' aria-current="page"' if place == self.place else ""
        return f'<a href="{self.to(place)}"{here}>{self.say(name)}</a>'

    def _language(self, lang: Lang) -> str:
        tag = TAGS[lang]
        if lang == self.lang:
            return f'<span lang="{tag}" aria-current="true">{LANGUAGE_NAMES[lang]}</span>'
        return f'<a href="{self.to(self.place, lang)}" lang="{tag}" hreflang="{tag}">{LANGUAGE_NAMES[lang]}</a>'


_SECTIONS = {"index.html": "ingredients", "claims.html": "claims", "blends.html": "blends"}
