"""One HTML page: no script, no network, nothing outside the file; readable in the dark and by a screen reader."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Lang
from anmin.report.chart import Chart, Table
from anmin.report.svg import svg

STYLE = """
:root { color-scheme: light dark; --line: #8886; --quiet: #666; --link: #0b5c6b; }
@media (prefers-color-scheme: dark) { :root { --quiet: #aaa; --link: #7fd0df; } }
* { box-sizing: border-box; }
body { font: 100%/1.65 system-ui, "Noto Sans TC", "Noto Sans JP", sans-serif; max-width: 52rem; margin: 0 auto;
  padding: 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.3; } h2 { font-size: 1.2rem; margin-top: 2rem; } h3 { font-size: 1rem; }
a { color: var(--link); }
.answer { font-size: 1.2rem; font-weight: 600; }
.quiet, figcaption, footer { color: var(--quiet); font-size: .9rem; }
table { border-collapse: collapse; margin: 1rem 0; display: block; overflow-x: auto; }
caption { text-align: left; font-weight: 600; padding: .3rem 0; }
th, td { overflow-wrap: break-word; border-bottom: 1px solid var(--line); padding: .35rem .6rem; text-align: left;
  vertical-align: top; }
figure { margin: 1.5rem 0; } figure svg { max-width: 100%; height: auto; border-radius: .4rem; }
@media print { body { max-width: none; } details { display: block; } }
""".strip()

TAGS: dict[Lang, str] = {"en": "en", "zh-Hant": "zh-Hant-TW", "ja": "ja"}
"""The language of a page as BCP 47 has it."""


def page(title: str, body: Iterable[str], lang: Lang, *, head: str = "", style: str = STYLE) -> str:
    """A whole document. ``title`` is text; ``body`` and ``head`` are markup, escaped by whoever made them."""
    return "\n".join(
        [
            "<!DOCTYPE html>",
            f'<html lang="{TAGS[lang]}">',
            '<head><meta charset="utf-8"/>',
            '<meta name="viewport" content="width=device-width, initial-scale=1"/>',
            f"<title>{escape(title)}</title>",
            f"<style>\n{style}\n</style>{head}</head>",
            "<body>",
            *body,
            "</body></html>\n",
        ]
    )


def figure(chart: Chart, knowledge: Knowledge) -> list[str]:
    """A chart, what it shows in words, and its figures as a table to unfold."""
    out = ["<figure>", svg(chart).rstrip(), f"<figcaption>{escape(chart.says)}</figcaption>"]
    if chart.table is not None:
        named = escape(knowledge.say("report.figures_of_chart", chart.lang))
        out += [f"<details><summary>{named}</summary>", *table(chart.table, chart.title), "</details>"]
    return [*out, "</figure>"]


def table(rows: Table, caption: str) -> list[str]:
    """A table whose first column names the rows."""
    heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in rows.heads)
    out = [f"<table><caption>{escape(caption)}</caption><thead><tr>{heads}</tr></thead><tbody>"]
    for first, *rest in rows.rows:
        cells = "".join(f"<td>{escape(cell)}</td>" for cell in rest)
        out.append(f'<tr><th scope="row">{escape(first)}</th>{cells}</tr>')
    return [*out, "</tbody></table>"]


def items(lines: Sequence[str]) -> list[str]:
    """A list of plain texts."""
    return ["<ul>", *(f"<li>{escape(line)}</li>" for line in lines), "</ul>"]
