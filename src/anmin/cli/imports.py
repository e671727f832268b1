"""``anmin import``: what a tracker recorded, as nights. Kept only when asked; nothing leaves this machine."""

from __future__ import annotations

import contextlib
from pathlib import Path

import click

from anmin.cli.book import log_option, open_log
from anmin.cli.options import json_option, lang_option, print_json
from anmin.errors import InputError
from anmin.knowledge.model import Lang

_SLOW = 100 << 20
"""Bytes from which reading may take longer than somebody waits without a word."""


@click.command(
    "import",
    epilog="""\b
Examples:
  anmin import export.zip                        Apple Health, whatever the file inside is called
  anmin import takeout-1.zip takeout-2.zip --zone Asia/Taipei
  anmin import export.zip --keep                 ... and keep the nights beside your diary (undo: anmin diary undo)
  anmin import mine.csv --column start=Bedtime --column end=Woke --csv nights.csv
Exit codes: 0 read, 2 bad input.""",
)
@click.argument("files", nargs=-1, required=True, type=click.Path())
@click.option("--zone", metavar="IANA", help="Time zone of records that name none, such as Asia/Taipei.")
@click.option("--csv", "target", metavar="OUT", type=click.Path(dir_okay=False), help="Write every night to OUT.")
@click.option("--keep", "keeping", is_flag=True, help="Keep the nights in your log, beside the diary.")
@click.option("--prefer", multiple=True, metavar="SOURCE", help="Use this source first where several saw a night.")
@click.option("--column", "columns", multiple=True, metavar="NAME=HEADER", help="Columns of a table of your own.")
@log_option
@lang_option
@json_option
def import_command(
    files: tuple[str, ...],
    zone: str | None,
    target: str | None,
    keeping: bool,
    prefer: tuple[str, ...],
    columns: tuple[str, ...],
    log_path: str,
    lang: Lang,
    as_json: bool,
) -> None:
    """Read what a tracker recorded (files, folders, archives) into one night a date."""
    from anmin.imports.found import Ask
    from anmin.imports.instants import asked_zone
    from anmin.imports.model import rules_of
    from anmin.imports.registry import fingerprints, read_files
    from anmin.knowledge.load import load
    from anmin.report.nights import nights_csv, nights_out, nights_text

    knowledge = load()
    ask = Ask(rules_of(knowledge), asked_zone(zone), dict(map(_pair, columns)))
    if _bytes(files) > _SLOW:
        click.echo(knowledge.say("imports.reading", lang, files=", ".join(files)), err=True)
    if target is not None and any(_same(target, file) for file in files):
        raise InputError("--csv", target, "another file than the one that is read")
    imported = read_files(list(files), ask, prefer)
    if target is not None:
        from anmin.cli.files import write_whole

        write_whole(target, nights_csv(imported))
    brought = None
    if keeping:
        from anmin.store.sleeps import keep

        with open_log(log_path) as log:
            prints = fingerprints(files, ask)
            brought = keep(log, imported.episodes, prints, ask.zone.key if ask.zone else "", ask.rules)
    if as_json:
        print_json({**nights_out(imported, knowledge, lang), "kept": brought})
        return
    click.echo(nights_text(imported, knowledge, lang))
    if brought is not None:
        click.echo(knowledge.say("imports.kept", lang, added=brought.added, same=brought.same))
    if target is not None:
        click.echo(knowledge.say("imports.written", lang, file=target))


def _same(one: str, two: str) -> bool:
    with contextlib.suppress(OSError, ValueError):
        return Path(one).samefile(two)
    return False


def _bytes(files: tuple[str, ...]) -> int:
    with contextlib.suppress(OSError, ValueError):
        return sum(Path(file).stat().st_size for file in files)
    return 0


def _pair(text: str) -> tuple[str, str]:
    name, sign, header = text.partition("=")
    if not sign or not header.strip():
        raise InputError("column", text, "a name and a header, such as start=Bedtime")
    return name.strip(), header.strip()
