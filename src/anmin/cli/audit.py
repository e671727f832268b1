"""``anmin audit``: the claims of an article, computed where they can be and else held against what was read."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from anmin.cli.options import json_option, lang_option, print_json
from anmin.errors import InputError

if TYPE_CHECKING:
    from anmin.audit.model import Audit, Judged
    from anmin.knowledge.load import Knowledge
    from anmin.knowledge.model import Lang

_WIDTH = 100


@click.command(
    "audit",
    epilog="""\b
Examples:
  anmin audit                                    the article this project began with
  anmin audit --claim C136 --lang ja             how one claim was checked
  anmin audit --html check.html --lang zh-Hant   everything on one page
  anmin audit --new article.txt --out claims.yaml
  anmin audit claims.yaml
Exit codes: 0 audited or written, 2 bad input, or a verdict that nothing supports.""",
)
@click.argument("file", required=False, type=click.Path(), metavar="[CLAIMS.yaml]")
@click.option("--all", "show_all", is_flag=True, help="List every claim, not only what is wrong.")
@click.option("--claim", "claim_id", metavar="ID", help="Show one claim and how it was checked.")
@click.option("--html", metavar="FILE", help="Write one page with everything: no script, no network.")
@click.option("--new", "article", type=click.Path(), metavar="ARTICLE", help="Prepare a claims file from a text.")
@click.option("--out", metavar="FILE", default="-", show_default=True, help="Where --new writes; - for the screen.")
@click.option("--force", is_flag=True, help="Overwrite a file that is already there.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of a claims file.")
@lang_option
@json_option
def audit_command(
    file: str | None,
    show_all: bool,
    claim_id: str | None,
    html: str | None,
    article: str | None,
    out: str,
    force: bool,
    schema: bool,
    lang: Lang,
    as_json: bool,
) -> None:
    """Check the claims in CLAIMS.yaml; without a file, the 164 claims of the article this project began with."""
    if schema:
        from anmin.audit.schema import claims_schema

        print_json(claims_schema())
    elif article is not None:
        if file is not None or html is not None or claim_id is not None:
            raise InputError("--new", article, "--new alone, or with --out")
        _prepare(article, out, force)
    else:
        _audit(file, show_all, claim_id, html, lang, as_json)


def _prepare(article: str, out: str, force: bool) -> None:
    from pathlib import Path

    from msgspec.structs import replace

    from anmin.audit.draft import MAX_TEXT, prepare
    from anmin.audit.read import BOUNDS
    from anmin.cli.files import write_whole
    from anmin.knowledge.load import load
    from anmin.knowledge.plain import read_text

    text = read_text(article, replace(BOUNDS, size=4 * MAX_TEXT))
    made = prepare(text, Path(article).name, load())
    if out == "-":
        click.echo(made, nl=False)
        return
    if Path(out).exists() and not force:
        raise InputError("--out", out, "a file that does not exist yet", "Choose another name, or add --force.")
    write_whole(out, made.encode())
    click.echo(out, err=True)


def _audit(file: str | None, show_all: bool, claim_id: str | None, html: str | None, lang: Lang, as_json: bool) -> None:
    from anmin.audit.read import read_article
    from anmin.audit.walk import audit, shipped
    from anmin.knowledge.load import load

    knowledge = load()
    result = audit(read_article(file) if file is not None else shipped(knowledge, lang), knowledge)
    if html is not None:
        from anmin.audit.page import page
        from anmin.cli.files import write_whole

        write_whole(html, page(result, knowledge, lang).encode())
    chosen = _chosen(result, claim_id) if claim_id is not None else None
    if as_json:
        from anmin.audit.contract import audit_out, claim_out

        print_json(audit_out(result, knowledge, lang) if chosen is None else claim_out(chosen, lang))
    elif chosen is not None:
        _show_claim(chosen, knowledge, lang)
    else:
        _show(result, show_all, knowledge, lang)
    if result.problems():
        for judged in result.problems():
            where = f"{file}:{judged.line}: " if file is not None else ""
            assert judged.problem is not None
            click.echo(f"anmin: {where}{judged.claim.id}: {judged.problem.get(lang)}", err=True)
        sys.exit(2)


def _chosen(result: Audit, claim_id: str) -> Judged:
    for judged in result.claims:
        if judged.claim.id.casefold() == claim_id.strip().casefold():
            return judged
    ids = [judged.claim.id for judged in result.claims]
    raise InputError("--claim", claim_id, f"{ids[0]} to {ids[-1]}")


def _show(result: Audit, show_all: bool, knowledge: Knowledge, lang: Lang) -> None:
    from anmin.audit.markup import deciding
    from anmin.audit.page import summary
    from anmin.report.wrap import wrap

    def say(message: str, **params: str | int) -> str:
        return knowledge.say(message, lang, **params)

    width = min(shutil.get_terminal_size((_WIDTH, 40)).columns, _WIDTH)
    head = [say("audit.title", title=result.title), say("audit.summary", **summary(result)), ""]
    wrong = result.wrong()
    head.append(say("audit.heading.all" if show_all else "audit.heading.wrong" if wrong else "audit.all_fine"))
    rows = []
    for judged in result.claims if show_all else wrong:
        claim = judged.claim
        last = claim.right.get(lang) if claim.right else deciding(judged, lang)
        if show_all:
            last = say(f"knowledge.verdict.{judged.verdict}" if judged.verdict else "audit.undecided")
        safety = say(f"knowledge.safety.{claim.safety}") if claim.safety != "none" else ""
        rows.append((claim.id, safety, claim.text.get(lang), last))
    names = ("id", "safety", "claim", "verdict" if show_all else "right")
    counts = "  ".join(f"{say(f'knowledge.verdict.{verdict}')} {count}" for verdict, count in result.counts().items())
    foot = ["", counts, say("audit.not_false"), say("audit.hint")]
    if result.open():
        foot.insert(2, say("audit.heading.open", count=len(result.open())))
    for line in (line for text in head for line in wrap(text, width)):
        click.echo(line)
    if rows:
        titles = tuple(say(f"audit.column.{name}") for name in names)
        for line in _table((titles, *rows), width, 0.7 if show_all else 0.45):
            click.echo(line)
    for line in (line for text in foot for line in wrap(text, width)):
        click.echo(line)


def _table(rows: tuple[tuple[str, ...], ...], width: int, share: float) -> Iterator[str]:
    """Two narrow columns and two that share the rest of the line, broken as the language breaks lines."""
    from anmin.report.wrap import cells, wrap

    narrow = [max(cells(row[place]) for row in rows) for place in (0, 1)]
    rest = max(20, width - sum(narrow) - 6)
    widths = [*narrow, round(rest * share), rest - round(rest * share)]
    for row in rows:
        columns = [wrap(cell, columns_width) for cell, columns_width in zip(row, widths, strict=True)]
        for number in range(max(map(len, columns))):
            pieces = [column[number] if number < len(column) else "" for column in columns]
            padded = (piece + " " * (wide - cells(piece)) for piece, wide in zip(pieces, widths, strict=True))
            yield "  ".join(padded).rstrip()


def _show_claim(judged: Judged, knowledge: Knowledge, lang: Lang) -> None:
    from anmin.audit.markup import source_line

    def say(message: str) -> str:
        return knowledge.say(message, lang)

    claim = judged.claim
    click.echo(f"{claim.id}  {claim.text.get(lang)}")
    verdict = say(f"knowledge.verdict.{judged.verdict}" if judged.verdict else "audit.undecided")
    line = f" · {say('audit.column.line')} {claim.article_line}" if claim.article_line else ""
    click.echo(f"{verdict} · {say('audit.column.safety')}: {say(f'knowledge.safety.{claim.safety}')}{line}")
    for label, text in (("audit.column.right", claim.right), ("audit.label.caveat", claim.caveat)):
        if text is not None:
            click.echo(f"{say(label)}: {text.get(lang)}")
    click.echo(say("audit.heading.checks"))
    for finding in judged.findings:
        words = [say(f"audit.by.{finding.by}"), say(f"audit.outcome.{finding.outcome}")]
        words += [] if finding.decides else [say("audit.label.beside")]
        click.echo(f"  {finding.says.get(lang)} ({', '.join(words)})")
        click.echo(f"    {say('audit.label.how')}: {finding.how.get(lang)}")
        for source in finding.sources:
            click.echo(f"    - {source_line(source, knowledge, lang)}")
