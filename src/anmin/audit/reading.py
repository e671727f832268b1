"""Checks that a person made by reading: what a source says, or that none was found."""

from __future__ import annotations

from anmin.audit.book import Book, found
from anmin.audit.model import Finding, Outcome
from anmin.knowledge.claims import NotFound, Read

_OUTCOME: dict[str, Outcome] = {
    "supports": "fits", "limits": "in_part", "contradicts": "against", "silent": "silent"
}  # fmt: skip


def read(check: Read, book: Book) -> Finding:
    """What the source says, and how that bears on the claim."""
    record = book.record(check.record)
    sources = book.sources_of(record)
    where = "; ".join(dict.fromkeys(_where(source.doi, source.pmid, source.url) for source in sources))
    return found(check, _OUTCOME[check.bearing], book, sources, by="record", says=record.says, where=where)


def _where(doi: str | None, pmid: str | None, url: str | None) -> str:
    return f"doi:{doi}" if doi else f"PMID {pmid}" if pmid else url or ""


def not_found(check: NotFound, book: Book) -> Finding:
    """Silence that was looked for."""
    what = book.knowledge.text(f"audit.looked_for.{check.looked_for}")
    return found(check, "silent", book, (), by="record", what=what)
