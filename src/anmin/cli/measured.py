"""``anmin diary nights``, ``correct`` and ``measured``: what trackers saw, beside what a person wrote."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

import click

from anmin.cli.book import log_option, open_log, read_bounded
from anmin.cli.options import json_option, lang_option, print_json
from anmin.errors import InputError
from anmin.knowledge.model import Lang

if TYPE_CHECKING:
    from anmin.store.measured import Held


def _day(ctx: click.Context, param: click.Parameter, value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise InputError(param.name or "night", value, "a date such as 2026-11-23") from None


def _minutes(ctx: click.Context, param: click.Parameter, value: str | None) -> float | None:
    """``400``, ``400 min``, or hours and minutes as a tracker shows them, ``6:40``."""
    from anmin.units.durations import parse_minutes

    hours = re.fullmatch(r"\s*([0-9]{1,2}):([0-5][0-9])\s*", value or "")
    if hours is not None:
        return 60.0 * int(hours[1]) + int(hours[2])
    return None if value is None else parse_minutes(value, param.name or "minutes")


@click.command("measured", epilog="Example:  anmin diary measured nights.csv --source fitbit")
@click.argument("file", type=click.Path())
@click.option("--source", required=True, metavar="NAME", help="The tracker, such as fitbit.")
@log_option
@lang_option
def measured_command(file: str, source: str, log_path: str, lang: Lang) -> None:
    """Bring in nights as a tracker's screen shows them: CSV with night, tst, waso (minutes).

    An export of the tracker itself comes in with `anmin import FILE --keep`.
    """
    from anmin.knowledge.load import load
    from anmin.store import measured

    knowledge = load()
    data = read_bounded(file, measured.MAX_BYTES)
    with open_log(log_path) as log:
        count = measured.bring(log, data, source, knowledge)
    click.echo(knowledge.say("diary.measured", lang, count=count, source=source))


@click.command("nights", epilog="Example:  anmin diary nights --all --json")
@click.option("--source", metavar="NAME", help="Of this tracker only.")
@click.option("--all", "everything", is_flag=True, help="Every night, not only the latest.")
@log_option
@lang_option
@json_option
def nights_command(source: str | None, everything: bool, log_path: str, lang: Lang, as_json: bool) -> None:
    """The nights that trackers measured, as they hold: source, zone, confidence, corrections, files."""
    from anmin.knowledge.load import load
    from anmin.report.measured import held_lines, held_out
    from anmin.store import measured, sleeps

    knowledge = load()
    with open_log(log_path) as log:
        fold = log.fold()
        held = measured.every_night(fold, knowledge)
        sources = sorted({one.source for one in held})
        if source is not None and sources and source not in sources:
            raise InputError("--source", source, ", ".join(sources))
        found = [one for one in held if source in (None, one.source)]
        if as_json:
            files = iter(sleeps.origins(fold, [one.recorded for one in found if one.recorded is not None]))
            print_json([held_out(one, () if one.recorded is None else next(files)) for one in found])
            return
    for line in held_lines(found, knowledge, lang, everything=everything):
        click.echo(line)


@click.command(
    "correct",
    epilog="""\b
Examples:
  anmin diary correct 2026-11-21 --tst 6:40 --waso 25
  anmin diary correct 2026-11-22 --leave-out       the watch lay on the table
Exit codes: 0 written, 2 bad input (nothing is written).""",
)
@click.argument("night", callback=_day)
@click.option("--tst", callback=_minutes, metavar="MIN", help="Minutes asleep.")
@click.option("--waso", callback=_minutes, metavar="MIN", help="Minutes awake after falling asleep.")
@click.option("--leave-out", is_flag=True, help="Do not count this night of this tracker.")
@click.option("--source", metavar="NAME", help="Which tracker, where several saw the night.")
@log_option
@lang_option
@json_option
def correct_command(
    night: date,
    tst: float | None,
    waso: float | None,
    leave_out: bool,
    source: str | None,
    log_path: str,
    lang: Lang,
    as_json: bool,
) -> None:
    """Correct NIGHT (the date of the morning) of a tracker by hand. No later import changes it; undo does."""
    from anmin.knowledge.load import load
    from anmin.report.measured import held_out
    from anmin.store import measured

    knowledge = load()
    changes = {name: value for name, value in (("tst", tst), ("waso", waso)) if value is not None}
    if not changes and not leave_out:
        raise InputError("correct", night.isoformat(), "--tst, --waso or --leave-out")
    with open_log(log_path) as log:
        held: Held = measured.correct(log, night, source, changes, knowledge, leave_out=leave_out)
    if as_json:
        print_json(held_out(held, ()))
        return
    message = "diary.left_out" if leave_out else "diary.corrected"
    click.echo(knowledge.say(message, lang, night=night.isoformat(), source=held.source))
