"""A page of a terminal, written downwards: an answer, headings, hanging paragraphs, numbered sources."""

from __future__ import annotations

import os
import shutil
import sys

import click

from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Lang, Source
from anmin.knowledge.texts import Filling
from anmin.report.wrap import cells, wrap

_WIDEST = 88
"""Longer lines are hard to read when tired."""


class Page:
    """Writes to standard output in one language; remembers which sources were cited."""

    def __init__(self, knowledge: Knowledge, lang: Lang, room: str = "report") -> None:
        self.knowledge = knowledge
        self.lang = lang
        self.room = room
        self.width = min(_WIDEST, shutil.get_terminal_size((_WIDEST, 24)).columns)
        self.cited: list[Source] = []

    def say(self, message: str, **params: Filling) -> str:
        """A message of the room the page speaks for."""
        return self.knowledge.say(f"{self.room}.{message}", self.lang, **params)

    def read_in(self, source: Source) -> str:
        """How a source was read, in words."""
        return self.knowledge.say(f"report.read_{source.read_in}", self.lang)

    def named(self, source: Source) -> str:
        """A source and, in brackets as the language writes them, how it was read."""
        how = self.read_in(source)
        return f"{source.label} ({how})" if self.lang == "en" else f"{source.label}（{how}）"

    def line(self, text: str = "", *, indent: int = 0, bold: bool = False, dim: bool = False) -> None:
        """A paragraph; further lines of it hang two cells deeper."""
        first, *rest = wrap(text, max(self.width - indent, 20))
        self._line(" " * indent + first, bold=bold, dim=dim)
        for more in [part for whole in rest for part in wrap(whole, max(self.width - indent - 2, 20))]:
            self._line(" " * (indent + 2) + more, bold=bold, dim=dim)

    def answer(self, text: str) -> None:
        """The first thing to read."""
        for line in wrap(text, self.width):
            self._line(line, bold=True)

    def heading(self, message: str) -> None:
        """A blank line and a heading."""
        self._line("")
        self._line(self.say(message), bold=True)

    def item(self, text: str, lead: str = "·", indent: int = 2, sources: tuple[Source, ...] = ()) -> None:
        """A paragraph hanging behind its lead, followed by the numbers of its sources."""
        numbers = self.cite(sources)
        hang = indent + cells(lead) + 1
        first, *rest = wrap(f"{text} {numbers}".rstrip(), max(self.width - hang, 20))
        self._line(" " * indent + lead + " " + first)
        for line in rest:
            self._line(" " * hang + line)

    def footer(self, text: str) -> None:
        """A blank line and a last word."""
        self._line("")
        for line in wrap(text, self.width):
            self._line(line, dim=True)

    def sources(self) -> None:
        """Everything cited so far, numbered, with how it was read."""
        if not self.cited:
            return
        self.heading("sources")
        for number, source in enumerate(self.cited, 1):
            where = f"doi:{source.doi}" if source.doi else source.url or (f"PMID {source.pmid}" if source.pmid else "")
            self.item(f"{self.named(source)} {where}".rstrip(), lead=f"[{number}]")

    def cite(self, sources: tuple[Source, ...]) -> str:
        """``[1][3]`` for these sources; a new one gets the next number."""
        for source in sources:
            if source not in self.cited:
                self.cited.append(source)
        numbers = sorted({self.cited.index(source) + 1 for source in sources})
        return "".join(f"[{number}]" for number in numbers)

    def _line(self, line: str, *, bold: bool = False, dim: bool = False) -> None:
        line = line.rstrip()
        if line and (bold or dim) and sys.stdout.isatty() and "NO_COLOR" not in os.environ:
            line = click.style(line, bold=bold or None, dim=dim or None)
        click.echo(line)
