"""``anmin evidence site``: everything the studies say, as a folder of plain pages."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click

from anmin.cli.options import lang_option
from anmin.knowledge.model import Lang

_PATIENCE = 1.0
"""Seconds before progress is shown."""


@click.command(
    "site",
    epilog="""\b
Example:
  anmin evidence site pages && open pages/index.html""",
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@lang_option
def site_command(folder: Path, lang: Lang) -> None:
    """Write a website into DIR: a page for each ingredient and claim, three languages, no script, no network."""
    from anmin.knowledge.load import load
    from anmin.report.site import count, pages
    from anmin.report.site.material import material
    from anmin.report.site.write import check, write_site

    knowledge = load()
    check(folder)
    found = material(knowledge)
    total, start = count(found), time.monotonic()

    def tell(done: int) -> None:
        if time.monotonic() - start > _PATIENCE and (done % 50 == 0 or done == total):
            text = knowledge.say("site.progress", lang, done=str(done), total=str(total))
            click.echo(f"\r{text}", nl=done == total, err=True)
            sys.stderr.flush()

    written = write_site(folder, pages(knowledge, found), tell)
    click.echo(knowledge.say("site.written", lang, pages=str(written), first=str(folder / "index.html")))
