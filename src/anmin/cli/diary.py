"""``anmin diary``: one short entry each morning, corrected, listed, brought in and out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

import click

from anmin.cli.book import local_zone, log_option, now, open_log, read_bounded
from anmin.cli.measured import correct_command, measured_command, nights_command
from anmin.cli.options import json_option, lang_option, print_json
from anmin.errors import InputError
from anmin.knowledge.model import Lang

if TYPE_CHECKING:
    from anmin.knowledge.load import Knowledge
    from anmin.store.log import Log
    from anmin.trial.diary import Entry, Night

F = TypeVar("F", bound=Callable[..., Any])

_SHOWN = 40
"""Characters of an unreadable answer that are shown again."""

_QUESTIONNAIRES = ("isi", "psqi", "epworth", "ais")


def _clock(ctx: click.Context, param: click.Parameter, value: str | None) -> int | None:
    from anmin.units.clock import parse_clock

    return None if value is None else parse_clock(value, param.name or "clock")


def _minutes(ctx: click.Context, param: click.Parameter, value: str | None) -> float | None:
    from anmin.units.durations import parse_minutes

    return None if value is None else parse_minutes(value, param.name or "minutes")


def _day(ctx: click.Context, param: click.Parameter, value: str | None) -> date | None:
    try:
        return None if value is None else date.fromisoformat(value)
    except ValueError:
        raise InputError(param.name or "night", value, "a date such as 2026-11-23") from None


_ANSWERS = (
    click.option("--into-bed", callback=_clock, metavar="HH:MM", help="Got into bed."),
    click.option("--try-sleep", callback=_clock, metavar="HH:MM", help="Wanted to sleep."),
    click.option("--sol", callback=_minutes, metavar="MIN", help="Minutes to fall asleep."),
    click.option("--awakenings", type=int, metavar="N", help="Times awake before morning."),
    click.option("--waso", callback=_minutes, metavar="MIN", help="Minutes awake in the middle of the night."),
    click.option("--final-wake", callback=_clock, metavar="HH:MM", help="Woke for the last time."),
    click.option("--out-of-bed", callback=_clock, metavar="HH:MM", help="Got up."),
    click.option("--quality", type=click.IntRange(1, 5), help="1 very poor ... 5 very good."),
    click.option(
        "--early", callback=_minutes, metavar="MIN", help="Minutes of trying to sleep on after the last waking."
    ),
    click.option("--taken/--not-taken", default=None, help="In a trial: took what the evening asked for."),
    click.option("--comment", help="A line for yourself."),
    click.option("--zone", metavar="ZONE", help="Time zone of the bed, such as Asia/Taipei."),
)


def _answers(command: F) -> F:
    for option in reversed(_ANSWERS):
        command = option(command)
    return command


@click.group("diary")
def diary_group() -> None:
    """Each morning, at most nine short answers. Nothing is ever overwritten; a missed night stays missing."""


@diary_group.command(
    "add",
    epilog="""\b
Examples:
  anmin diary add                       asks what is not given
  anmin diary add --into-bed 22:45 --try-sleep 23:10 --sol 35 --awakenings 2 --waso 25 \\
      --final-wake 06:20 --out-of-bed 06:50 --quality 3
Exit codes: 0 written, 2 bad input (nothing is written).""",
)
@click.option("--night", callback=_day, metavar="DATE", help="The date of the morning; today if not given.")
@_answers
@log_option
@lang_option
@json_option
def add_command(night: date | None, log_path: str, lang: Lang, as_json: bool, **answers: Any) -> None:
    """Write down the night that ended this morning."""
    import msgspec

    from anmin.knowledge.load import load
    from anmin.store import diary
    from anmin.trial.diary import Entry

    knowledge, entered = load(), now()
    with open_log(log_path) as log:
        answers["zone"] = answers["zone"] or _usual_zone(log)
        day = night or _today(answers["zone"])
        if day.isoformat() in log.fold().current(diary.NIGHT):
            raise InputError("night", day.isoformat(), "a night that is not in the diary yet", "Use `diary edit`.")
        given = _ask(answers, knowledge, lang, in_trial=_in_trial(log))
        entry = msgspec.convert({"night": day, "entered_at": entered, **given}, Entry)
        made = diary.add(log, entry, knowledge)
    _tell("added", entry, made, knowledge, lang, as_json)


@diary_group.command("edit", epilog="Example:  anmin diary edit 2026-11-21 --sol 25")
@click.argument("night", callback=_day)
@_answers
@log_option
@lang_option
@json_option
def edit_command(night: date, log_path: str, lang: Lang, as_json: bool, **answers: Any) -> None:
    """Correct answers of NIGHT (the date of the morning); the old ones stay in the log."""
    from anmin.knowledge.load import load
    from anmin.store import diary

    knowledge = load()
    changes = {name: value for name, value in answers.items() if value is not None}
    if not changes:
        raise InputError("edit", night.isoformat(), "at least one answer to correct, such as --sol 20")
    with open_log(log_path) as log:
        made = diary.edit(log, night, changes, knowledge)
        entry = diary.entry_of(log.fold().current(diary.NIGHT)[night.isoformat()])
    _tell("changed", entry, made, knowledge, lang, as_json)


@diary_group.command("list", epilog="Example:  anmin diary list --lang ja")
@click.option("--csv", "as_csv", is_flag=True, help="As CSV that `diary import` reads back.")
@log_option
@lang_option
@json_option
def list_command(as_csv: bool, log_path: str, lang: Lang, as_json: bool) -> None:
    """Every night that holds, with what follows from it."""
    from anmin.knowledge.load import load
    from anmin.report.diary import diary_out, diary_text
    from anmin.store import diary

    knowledge = load()
    with open_log(log_path) as log:
        found, scores = diary.entries(log.fold()), diary.totals(log.fold())
    if as_csv:
        click.echo(diary.as_csv(found), nl=False)
    elif as_json:
        print_json(diary_out(found, scores))
    else:
        diary_text(found, scores, knowledge, lang)


@diary_group.command("import", epilog="Example:  anmin diary import diary.csv")
@click.argument("file", type=click.Path())
@click.option("--zone", metavar="ZONE", help="Time zone for rows that name none.")
@log_option
@lang_option
@json_option
def import_command(file: str, zone: str | None, log_path: str, lang: Lang, as_json: bool) -> None:
    """Bring in a CSV diary: all of it or nothing. Nights that are here already stay as they are."""
    from anmin.knowledge.load import load
    from anmin.store import diary

    knowledge = load()
    data = read_bounded(file, diary.MAX_BYTES)
    with open_log(log_path) as log:
        made = diary.bring(log, data, zone or _usual_zone(log), knowledge, now())
    if as_json:
        print_json(made)
    else:
        click.echo(knowledge.say("diary.imported", lang, added=made.added, same=made.same, kept=len(made.kept)))


@diary_group.command("total", epilog="Example:  anmin diary total isi 14")
@click.argument("questionnaire", type=click.Choice(_QUESTIONNAIRES, case_sensitive=False))
@click.argument("score", type=float)
@click.option("--day", callback=_day, metavar="DATE", help="Today if not given.")
@log_option
@lang_option
def total_command(questionnaire: str, score: float, day: date | None, log_path: str, lang: Lang) -> None:
    """Type in the total of a questionnaire you filled in elsewhere (its questions are not ours to show)."""
    from anmin.knowledge.load import load
    from anmin.store import diary

    knowledge = load()
    with open_log(log_path) as log:
        total = diary.Total(questionnaire=questionnaire, day=day or _today(_usual_zone(log)), score=score)
        diary.add_total(log, total, knowledge)
    click.echo(
        knowledge.say(
            "diary.total_added", lang, name=questionnaire.upper(), score=f"{score:g}", day=total.day.isoformat()
        )
    )


@diary_group.command("undo", epilog="Example:  anmin diary undo")
@log_option
@lang_option
def undo_command(log_path: str, lang: Lang) -> None:
    """Take the latest entry or correction back."""
    with open_log(log_path) as log:
        together = len(log.fold().next("undo"))
        event = log.undo()
    _turned(event, together, "undone", "nothing_to_undo", lang)


@diary_group.command("redo", epilog="Example:  anmin diary redo")
@log_option
@lang_option
def redo_command(log_path: str, lang: Lang) -> None:
    """Do again what was taken back."""
    with open_log(log_path) as log:
        together = len(log.fold().next("redo"))
        event = log.redo()
    _turned(event, together, "redone", "nothing_to_redo", lang)


@diary_group.command("export", epilog="Example:  anmin diary export mine.jsonl")
@click.argument("file", type=click.Path(dir_okay=False))
@log_option
@lang_option
def export_command(file: str, log_path: str, lang: Lang) -> None:
    """Write the whole log, corrections included, to FILE (JSON Lines)."""
    import io

    from anmin.cli.files import write_whole
    from anmin.knowledge.load import load

    target = io.BytesIO()
    with open_log(log_path) as log:
        count = log.export(target)
    write_whole(file, target.getvalue())
    click.echo(load().say("diary.exported", lang, count=count, file=file))


@diary_group.command("restore", epilog="Example:  anmin diary restore mine.jsonl")
@click.argument("file", type=click.Path())
@log_option
@lang_option
def restore_command(file: str, log_path: str, lang: Lang) -> None:
    """Read an export back: into an empty log, or one that it continues."""
    from anmin.knowledge.load import load

    try:
        source = open(file, "rb")  # noqa: SIM115 - closed below; the error belongs to the file, not to the log
    except (OSError, ValueError) as error:
        raise InputError("file", file, "a file that can be read", str(getattr(error, "strerror", ""))) from None
    with source, open_log(log_path) as log:
        count = log.restore(source)
    click.echo(load().say("diary.restored", lang, count=count))


for _command in (measured_command, nights_command, correct_command):
    diary_group.add_command(_command)


def _ask(answers: dict[str, Any], knowledge: Knowledge, lang: Lang, *, in_trial: bool) -> dict[str, Any]:
    """What was given, completed by asking: never more than nine questions, and what may stay open only when at it."""
    from anmin.units.clock import parse_clock, show_clock
    from anmin.units.durations import parse_minutes

    asked: list[str] = []

    def ask(name: str, read: Callable[[str], Any], kind: str, default: str | None = None) -> None:
        def value(text: str) -> Any:
            try:
                return read(text)
            except InputError:
                raise click.UsageError(knowledge.say(f"diary.again_{kind}", lang, typed=text[:_SHOWN])) from None

        if answers.get(name) is None:
            question = knowledge.say(f"diary.ask_{name}", lang)
            asked.append(name)
            answers[name] = click.prompt(question, default=default, value_proc=value, err=True)

    ask("into_bed", parse_clock, "clock")
    ask("try_sleep", parse_clock, "clock", show_clock(answers["into_bed"]))
    ask("sol", parse_minutes, "minutes")
    ask("awakenings", _count, "count")
    if answers["awakenings"] == 0 and answers["waso"] is None:
        answers["waso"] = 0.0
    ask("waso", parse_minutes, "minutes")
    ask("final_wake", parse_clock, "clock")
    ask("out_of_bed", parse_clock, "clock", show_clock(answers["final_wake"]))
    if asked:
        ask("quality", _level, "level")
        if in_trial:
            ask("taken", _yes, "yes_no")
    return {name: value for name, value in answers.items() if value is not None}


def _count(text: str) -> int:
    """``2``, ``2回``, ``兩次``."""
    from anmin.units.numbers import parse_number

    number = re.sub(r"\s*(?:times?|x|回|次|度)$", "", unicodedata.normalize("NFKC", text).strip(), flags=re.IGNORECASE)
    value = parse_number(number, "awakenings")
    if value != int(value):
        raise InputError("awakenings", text, "a whole number of times")
    return int(value)


def _level(text: str) -> int:
    plain = unicodedata.normalize("NFKC", text).strip()
    if plain not in ("1", "2", "3", "4", "5"):
        raise InputError("quality", text, "1 to 5")
    return int(plain)


def _yes(text: str) -> bool:
    word = text.strip().lower()
    if word not in ("yes", "y", "no", "n", "是", "否", "はい", "いいえ"):
        raise InputError("taken", text, "yes or no")
    return word in ("yes", "y", "是", "はい")


def _tell(message: str, entry: Entry, night: Night, knowledge: Knowledge, lang: Lang, as_json: bool) -> None:
    from anmin.report.diary import duration, night_out

    if as_json:
        print_json(night_out(entry))
        return
    click.echo(
        knowledge.say(
            f"diary.{message}", lang, night=entry.night.isoformat(), tst=duration(night.tst), sol=f"{night.sol:g}",
            waso=f"{night.waso:g}",
        )
    )  # fmt: skip
    if night.late:
        click.echo(knowledge.say("diary.late", lang))


def _turned(event: Any, together: int, done: str, nothing: str, lang: Lang) -> None:
    """Say what was turned; ``together``: entries of the one write it was."""
    from anmin.knowledge.load import load

    if event is None:
        click.echo(load().say(f"diary.{nothing}", lang))
    else:
        knowledge = load()
        known = f"diary.what_{event.kind}s" if event.kind == "night" and together > 1 else f"diary.what_{event.kind}"
        message = known if known in knowledge.messages else "diary.what_other"
        first, _, second = event.key.partition("/")
        what = knowledge.text(message, key=event.key, first=first.upper(), second=second, count=together)
        click.echo(knowledge.say(f"diary.{done}", lang, what=what))


def _usual_zone(log: Log) -> str:
    """The zone of the latest night, else of this machine."""
    from anmin.store import diary

    found = diary.entries(log.fold())
    return found[-1].zone if found else local_zone()


def _today(zone: str) -> date:
    from zoneinfo import ZoneInfo

    try:
        return now().astimezone(ZoneInfo(zone)).date()
    except (ValueError, OSError, KeyError):
        raise InputError("zone", zone, "an IANA time zone such as Asia/Taipei") from None


def _in_trial(log: Log) -> bool:
    return bool(log.fold().notes("trial.start")) and len(log.fold().notes("trial.start")) > len(
        log.fold().notes("trial.unlock")
    )
