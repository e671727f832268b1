"""Facts, one fact, and what the facts rest on, as text and as plain JSON values."""

from __future__ import annotations

from typing import Any

from anmin.knowledge.coverage import GROUNDS, coverage, weak_rows
from anmin.knowledge.load import Knowledge
from anmin.knowledge.lookup import Group
from anmin.knowledge.model import Lang, Source, Text
from anmin.knowledge.titles import FACT_KINDS
from anmin.knowledge.why import Explanation
from anmin.report.columns import columns
from anmin.report.page import Page

_ROOM = "knowledge"
_SHOWN = 6
"""Hits of a kind that are shown unless all are asked for."""


def groups_text(groups: tuple[Group, ...], word: str, knowledge: Knowledge, lang: Lang, *, show_all: bool) -> None:
    """Print what was found by kind; nothing found is never called safe."""
    page = Page(knowledge, lang, _ROOM)
    for group in groups:
        _show_group(group, page, show_all)
    if groups:
        page.line(page.say("hint"), dim=True)
    else:
        page.line(page.say("none_found", word=word))
        page.line(page.say("not_safe"), bold=True)


def explanations_text(explanations: tuple[Explanation, ...], knowledge: Knowledge, lang: Lang) -> None:
    """Print each fact of an id with its fields, sources, disagreements and what it drives."""
    page = Page(knowledge, lang, _ROOM)
    for number, explanation in enumerate(explanations):
        if number:
            page.line()
        _show(explanation, page)


def overview_text(counts: dict[str, int], knowledge: Knowledge, lang: Lang) -> None:
    """Print how many facts of each kind there are."""
    page = Page(knowledge, lang, _ROOM)
    page.line(page.say("overview", count=sum(counts.values()), kinds=len(counts)))
    for kind, count in counts.items():
        page.line(f"{count:>5}  {page.say(f'kind.{kind}')}", indent=2)


def _show_group(group: Group, page: Page, show_all: bool) -> None:
    page.line(page.say(f"kind.{group.kind}"), bold=True)
    shown = group.hits if show_all else group.hits[:_SHOWN]
    for hit in shown:
        title, summary = hit.title.get(page.lang), hit.summary.get(page.lang)
        page.line(
            f"{hit.id}  {title if title != hit.id else ''}{f' · {summary}' if summary else ''}".rstrip(), indent=2
        )
    if len(shown) < len(group.hits):
        page.line(page.say("more", count=len(group.hits) - len(shown)), dim=True, indent=2)
    page.line()


def _show(explanation: Explanation, page: Page) -> None:
    lang = page.lang
    page.line(f"{explanation.title.get(lang)}  [{explanation.id}]", bold=True)
    about = " · ".join(part for part in (page.say(f"kind.{explanation.kind}"), explanation.summary.get(lang)) if part)
    page.line(about, dim=True)
    for text in explanation.says:
        page.line(text.get(lang))
    for entry in explanation.entries:
        page.line(f"{entry.label.get(lang)}: {entry.value.get(lang)}", indent=2)
    _show_list(page, "disagrees", [text.get(lang) for text in explanation.disagrees])
    _show_list(page, "note", [explanation.note] if explanation.note else [])
    _show_list(
        page, "sources", [_source_line(source, page) for source in explanation.sources] or [page.say("no_sources")]
    )
    _show_drives(explanation, page)


def _show_drives(explanation: Explanation, page: Page) -> None:
    drives = explanation.drives
    lines = [
        f"{page.say(f'kind.{driven.kind}')}: {driven.title.get(page.lang)}  [{driven.id}]"
        for driven in drives[: 2 * _SHOWN]
    ]
    if len(lines) < len(drives):
        lines.append(page.say("more", count=len(drives) - len(lines)))
    _show_list(page, "drives", lines or [page.say("drives_nothing")])


def _show_list(page: Page, heading: str, lines: list[str]) -> None:
    if lines:
        page.line(page.say(heading), bold=True)
        for text in lines:
            page.line(text, indent=2)


def _source_line(source: Source, page: Page) -> str:
    where = f"doi:{source.doi}" if source.doi else source.url or (f"PMID {source.pmid}" if source.pmid else "")
    return f"{page.named(source)} {where}".rstrip()


def counts_of(knowledge: Knowledge) -> dict[str, int]:
    """How many facts of each kind there are."""
    return {kind: len(getattr(knowledge, kind)) for kind in FACT_KINDS if getattr(knowledge, kind)}


def coverage_text(knowledge: Knowledge, lang: Lang) -> None:
    """Print what every kind of fact rests on, and each grave row on weak ground."""
    page = Page(knowledge, lang, _ROOM)
    topics, weak = coverage(knowledge), weak_rows(knowledge)
    page.line(page.say("coverage.title", version=knowledge.version[:12]), bold=True)
    rows = [["", page.say("coverage.rows"), *GROUNDS]]
    for topic in topics:
        numbers = [str(topic.grounds[ground]) for ground in GROUNDS]
        rows.append([page.say(f"kind.{topic.kind}"), str(topic.rows), *numbers])
    for line in columns(rows):
        page.line(line)
    for ground in GROUNDS:
        page.line(f"{ground}: {page.say(f'grade.{ground.lower()}')}", dim=True, indent=2)
    ways: dict[str, int] = {}
    for topic in topics:
        for way, count in topic.read_in.items():
            ways[way] = ways.get(way, 0) + count
    shown = [f"{knowledge.say(f'report.read_{way}', lang)} {count}" for way, count in sorted(ways.items())]
    _show_list(page, "coverage.ways", shown)
    if weak:
        _show_list(page, "coverage.weak", [f"{row.id} ({page.say(f'severity.{row.severity}')})" for row in weak])
    else:
        page.line(page.say("coverage.no_weak"), bold=True)


def group_out(group: Group, lang: Lang) -> dict[str, Any]:
    """A group of hits as JSON values."""
    hits = [{"id": hit.id, "title": hit.title.get(lang), "summary": hit.summary.get(lang)} for hit in group.hits]
    return {"kind": group.kind, "hits": hits}


def explanation_out(explanation: Explanation, lang: Lang) -> dict[str, Any]:
    """One fact as JSON values."""

    def words(texts: tuple[Text, ...]) -> list[str]:
        return [text.get(lang) for text in texts]

    return {
        "kind": explanation.kind,
        "id": explanation.id,
        "title": explanation.title.get(lang),
        "summary": explanation.summary.get(lang),
        "says": words(explanation.says),
        "fields": [
            {"field": entry.field, "label": entry.label.get(lang), "value": entry.value.get(lang)}
            for entry in explanation.entries
        ],
        "sources": explanation.sources,
        "disagrees": words(explanation.disagrees),
        "note": explanation.note,
        "drives": [
            {"kind": driven.kind, "id": driven.id, "title": driven.title.get(lang)} for driven in explanation.drives
        ],
    }
