"""``anmin new``: write a profile by answering a few questions, or start from an example."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from anmin.cli.files import write_whole
from anmin.cli.options import lang_option
from anmin.errors import InputError
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Lang
from anmin.person.interview import Nodes, Step

_TRIES = 3


@click.command(
    "new",
    epilog="""\b
Examples:
  anmin new                           answer at most 12 questions
  anmin new --list                    the example people
  anmin new --example cipro --out cipro.yaml
Exit codes: 0 written, 2 bad input.""",
)
@click.option("--example", metavar="NAME", help="Write the profile of an example person.")
@click.option("--list", "show_list", is_flag=True, help="Name the example people.")
@click.option(
    "--out", metavar="FILE", default="profile.yaml", show_default=True, help="Where to write; - for the screen."
)
@click.option("--force", is_flag=True, help="Overwrite a file that is already there.")
@lang_option
def new_command(example: str | None, show_list: bool, out: str, force: bool, lang: Lang) -> None:
    """Write a profile: answer a few questions (each says why it asks), or start from an example."""
    from anmin.knowledge.load import load
    from anmin.person import examples

    knowledge = load()
    if show_list:
        click.echo(knowledge.say("person.new.list", lang))
        for name in examples.names():
            click.echo(f"  {name:<24}{examples.describe(name, knowledge).get(lang)}")
        return
    text = examples.text(example) if example is not None else None
    _may_write(out, force)
    text = text or _interview(knowledge, lang)
    if out == "-":
        click.echo(text, nl=False)
        return
    _may_write(out, force)
    write_whole(out, text.encode())
    click.echo(knowledge.say("person.new.written", lang, file=out), err=True)


def _may_write(out: str, force: bool) -> None:
    if out != "-" and not force and Path(out).exists():
        raise InputError("--out", out, "a file that does not exist yet", "Choose another name, or add --force.")


def _interview(knowledge: Knowledge, lang: Lang) -> str:
    """Ask, and give the commented profile. Talk goes to standard error, so that ``--out -`` stays clean."""
    from anmin.person.interview import MOST, is_asked, profile_of, signs, steps
    from anmin.person.profile import dump_profile

    click.echo(knowledge.say("person.new.welcome", lang, count=MOST), err=True)
    nodes: Nodes = {}
    lines = _Lines()
    for number, step in enumerate((each for each in steps() if is_asked(each, nodes, knowledge)), 1):
        why = knowledge.say(f"person.new.why.{step.id}", lang)
        click.echo(f"\n{number}. {knowledge.say(f'person.new.{step.id}', lang)}\n   ({why})", err=True)
        if step.id == "red_flags":
            for sign, flag in enumerate(signs(nodes, knowledge), 1):
                click.echo(f"   {sign}) {flag.question.get(lang)}", err=True)
        nodes.update(_ask(step, number, lines, nodes, knowledge, lang))
    return dump_profile(profile_of(nodes, knowledge), lang, knowledge)


class _Lines:
    """The answers as they are typed or piped in, counted."""

    def __init__(self) -> None:
        self.read = 0

    def next(self) -> str:
        self.read += 1
        return _line()


def _ask(step: Step, number: int, lines: _Lines, so_far: Nodes, knowledge: Knowledge, lang: Lang) -> Nodes:
    """One answer; a person at a terminal may try again, a pipe may not."""
    from anmin.person.interview import answer

    for _ in range(_TRIES):
        try:
            return answer(step, lines.next(), so_far, knowledge)
        except InputError as error:
            if not sys.stdin.isatty():
                if error.field == "stdin":
                    raise
                where = f"line {lines.read} of the input, the answer to question {number} ({step.id})"
                raise InputError(where, error.value, error.allowed, error.hint) from None
            help_ = knowledge.text(f"person.new.help.{step.id}")
            click.echo(knowledge.say("person.new.again", lang, typed=str(error.value), help=help_), err=True)
    return {}


def _line() -> str:
    try:
        return str(click.prompt("  ", default="", show_default=False, prompt_suffix="> ", err=True))
    except click.Abort:
        if sys.stdin.isatty():
            raise
        raise InputError("stdin", "the end of the input", "one answer a line (an empty line skips a question)",
                         "Without a terminal, `anmin new --example NAME` writes an example.") from None  # fmt: skip
