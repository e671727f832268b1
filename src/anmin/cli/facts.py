"""``anmin facts [WORD]`` and ``anmin why ID``: what is known, where it was read, and what it drives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from anmin.cli.options import json_option, lang_option, print_json

if TYPE_CHECKING:
    from anmin.knowledge.load import Knowledge
    from anmin.knowledge.lookup import Group
    from anmin.knowledge.model import Lang, Source, Text
    from anmin.knowledge.why import Explanation

_SHOWN = 6
_WIDTH = 100


@click.command(
    "facts",
    epilog="""\b
Examples:
  anmin facts ciprofloxacin
  anmin facts 酸化マグネシウム --lang ja
  anmin facts 甘胺酸鎂 --lang zh-Hant
  anmin facts --coverage
Exit codes: 0 found, 1 nothing known by that word, 2 bad input.""",
)
@click.argument("words", nargs=-1, metavar="[WORD]...")
@click.option("--coverage", "show_coverage", is_flag=True, help="Count what every kind of fact rests on.")
@click.option("--all", "show_all", is_flag=True, help="Show every hit, not the best few of each kind.")
@lang_option
@json_option
def facts_command(words: tuple[str, ...], show_coverage: bool, show_all: bool, lang: Lang, as_json: bool) -> None:
    """Look facts up by a WORD in English, 中文 or 日本語: medicines, rules, limits, compounds, studies, foods."""
    from anmin.knowledge.load import load

    knowledge = load()
    word = " ".join(words).strip()
    if show_coverage:
        _coverage(knowledge, lang, as_json)
    elif not word:
        _overview(knowledge, lang, as_json)
    else:
        _find(word[:200], knowledge, lang, as_json, show_all)


@click.command(
    "why",
    epilog="""\b
Examples:
  anmin why mg-ciprofloxacin
  anmin why abbasi-2012 --lang zh-Hant
  anmin why bisglycinate --json
Exit codes: 0 shown, 2 no such id.""",
)
@click.argument("fact_id", metavar="ID")
@lang_option
@json_option
def why_command(fact_id: str, lang: Lang, as_json: bool) -> None:
    """Show the fact, rule, study, limit, form or choice with this ID: sources, how they were read, what it drives."""
    from anmin.knowledge.load import load
    from anmin.knowledge.why import explain

    knowledge = load()
    explanations = explain(fact_id, knowledge)
    if as_json:
        facts = [_explanation_out(explanation, lang) for explanation in explanations]
        print_json({"version": knowledge.version, "id": fact_id.strip(), "facts": facts})
        return
    page = _Page(knowledge, lang)
    for number, explanation in enumerate(explanations):
        if number:
            page.line("")
        _show(explanation, page)


class _Page:
    """Lines down a page, wrapped by the width of what they hold."""

    def __init__(self, knowledge: Knowledge, lang: Lang) -> None:
        from rich.console import Console

        self.console = Console(highlight=False)
        self.console.width = min(self.console.width, _WIDTH) if self.console.is_terminal else _WIDTH
        self.knowledge = knowledge
        self.lang = lang

    def say(self, message: str, **params: Any) -> str:
        return self.knowledge.say(f"knowledge.{message}", self.lang, **params)

    def read(self, source: Source) -> str:
        return self.knowledge.say(f"report.read_{source.read_in}", self.lang)

    def line(self, text: str, style: str = "", indent: int = 0) -> None:
        from rich.padding import Padding
        from rich.text import Text as Words

        self.console.print(Padding(Words(text, style=style), (0, 0, 0, indent), expand=False))


def _find(word: str, knowledge: Knowledge, lang: Lang, as_json: bool, show_all: bool) -> None:
    from anmin.knowledge.lookup import find

    groups = find(word, knowledge)
    if as_json:
        print_json(
            {"version": knowledge.version, "word": word, "groups": [_group_out(group, lang) for group in groups]}
        )
    else:
        page = _Page(knowledge, lang)
        for group in groups:
            _show_group(group, page, show_all)
        if groups:
            page.line(page.say("hint"), style="dim")
        else:
            page.line(page.say("none_found", word=word))
            page.line(page.say("not_safe"), style="bold")
    if not groups:
        raise SystemExit(1)


def _show_group(group: Group, page: _Page, show_all: bool) -> None:
    page.line(page.say(f"kind.{group.kind}"), style="bold")
    shown = group.hits if show_all else group.hits[:_SHOWN]
    for hit in shown:
        title, summary = hit.title.get(page.lang), hit.summary.get(page.lang)
        page.line(
            f"{hit.id}  {title if title != hit.id else ''}{f' · {summary}' if summary else ''}".rstrip(), indent=2
        )
    if len(shown) < len(group.hits):
        page.line(page.say("more", count=len(group.hits) - len(shown)), style="dim", indent=2)
    page.line("")


def _show(explanation: Explanation, page: _Page) -> None:
    lang = page.lang
    page.line(f"{explanation.title.get(lang)}  [{explanation.id}]", style="bold")
    about = " · ".join(part for part in (page.say(f"kind.{explanation.kind}"), explanation.summary.get(lang)) if part)
    page.line(about, style="dim")
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


def _show_drives(explanation: Explanation, page: _Page) -> None:
    drives = explanation.drives
    lines = [
        f"{page.say(f'kind.{driven.kind}')}: {driven.title.get(page.lang)}  [{driven.id}]"
        for driven in drives[: 2 * _SHOWN]
    ]
    if len(lines) < len(drives):
        lines.append(page.say("more", count=len(drives) - len(lines)))
    _show_list(page, "drives", lines or [page.say("drives_nothing")])


def _show_list(page: _Page, heading: str, lines: list[str]) -> None:
    if lines:
        page.line(page.say(heading), style="bold")
        for text in lines:
            page.line(text, indent=2)


def _source_line(source: Source, page: _Page) -> str:
    where = f"doi:{source.doi}" if source.doi else source.url or (f"PMID {source.pmid}" if source.pmid else "")
    return f"{source.label} ({page.read(source)}) {where}".rstrip()


def _overview(knowledge: Knowledge, lang: Lang, as_json: bool) -> None:
    from anmin.knowledge.titles import FACT_KINDS

    counts = {kind: len(getattr(knowledge, kind)) for kind in FACT_KINDS if getattr(knowledge, kind)}
    if as_json:
        print_json({"version": knowledge.version, "kinds": counts})
        return
    page = _Page(knowledge, lang)
    page.line(page.say("overview", count=sum(counts.values()), kinds=len(counts)))
    for kind, count in counts.items():
        page.line(f"{count:>5}  {page.say(f'kind.{kind}')}", indent=2)


def _coverage(knowledge: Knowledge, lang: Lang, as_json: bool) -> None:
    from anmin.knowledge.coverage import GROUNDS, coverage, weak_rows

    topics, weak = coverage(knowledge), weak_rows(knowledge)
    if as_json:
        print_json({"version": knowledge.version, "topics": topics, "weak": weak})
        return
    from rich.table import Table

    page = _Page(knowledge, lang)
    page.line(page.say("coverage.title", version=knowledge.version[:12]), style="bold")
    table = Table(box=None, pad_edge=False)
    for heading in ("", page.say("coverage.rows"), *GROUNDS):
        table.add_column(heading, justify="left" if not heading else "right")
    for topic in topics:
        cells = (str(topic.grounds[ground]) for ground in GROUNDS)
        table.add_row(page.say(f"kind.{topic.kind}"), str(topic.rows), *cells)
    page.console.print(table)
    for ground in GROUNDS:
        page.line(f"{ground}: {page.say(f'grade.{ground.lower()}')}", style="dim", indent=2)
    ways: dict[str, int] = {}
    for topic in topics:
        for way, count in topic.read_in.items():
            ways[way] = ways.get(way, 0) + count
    shown = (f"{knowledge.say(f'report.read_{way}', lang)} {count}" for way, count in sorted(ways.items()))
    _show_list(page, "coverage.ways", list(shown))
    if weak:
        _show_list(page, "coverage.weak", [f"{row.id} ({page.say(f'severity.{row.severity}')})" for row in weak])
    else:
        page.line(page.say("coverage.no_weak"), style="bold")


def _group_out(group: Group, lang: Lang) -> dict[str, Any]:
    hits = [{"id": hit.id, "title": hit.title.get(lang), "summary": hit.summary.get(lang)} for hit in group.hits]
    return {"kind": group.kind, "hits": hits}


def _explanation_out(explanation: Explanation, lang: Lang) -> dict[str, Any]:
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
