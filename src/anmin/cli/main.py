"""The door: ``anmin COMMAND``. Commands are imported only when they are called, so that the others stay quick.

Exit codes: 0 plan or answer, 2 bad input, 3 questions open, 4 stopped, 70 a defect of anmin.
"""

from __future__ import annotations

import importlib
import os
import sys

import click

from anmin import __version__
from anmin.errors import AnminError, GateError

EXIT_INPUT, EXIT_DEFECT, EXIT_INTERRUPTED = 2, 70, 130

_COMMANDS: dict[str, tuple[str, str]] = {
    "plan": ("anmin.cli.plan:plan_command", "A safe evening for the person in PROFILE, or a question, or a stop."),
    "check": ("anmin.cli.check:check_command", "May this person take this, at this hour?"),
    "new": ("anmin.cli.new:new_command", "Write a profile: answer a few questions, or start from an example."),
    "dose": ("anmin.cli.dose:dose_command", "Compound to element and back; glycine in bisglycinate."),
    "medicine": ("anmin.cli.medicine:medicine_command", "How a medicine's name is read."),
    "facts": ("anmin.cli.facts:facts_command", "Look a fact up, in any of the three languages."),
    "why": ("anmin.cli.facts:why_command", "Show one fact, rule or study with its sources."),
    "audit": ("anmin.cli.audit:audit_command", "The claims of an article, computed or held against sources."),
    "evidence": ("anmin.cli.evidence:evidence_group", "What the studies say, recomputed."),
    "mr": ("anmin.cli.mr:mr_group", "Mendelian randomization on your own files, and a worked example."),
    "bath": ("anmin.cli.bath:bath_command", "The best warm bath of tonight, inside what is safe."),
    "body": ("anmin.cli.body:body_group", "Magnesium stores, sleep clock, synapse, plasma curves: models and limits."),
    "diary": ("anmin.cli.diary:diary_group", "Each morning, at most nine short answers."),
    "trial": ("anmin.cli.trial:trial_group", "Did it work for me? A sealed, randomised self-trial."),
    "import": ("anmin.cli.imports:import_command", "Nights out of a tracker's export: Apple, Fitbit, Oura ..."),
    "schema": ("anmin.cli.schema:schema_command", "JSON Schema of the profile, the plan and the check."),
}


class _Lazy(click.Group):
    """A group that knows its commands' one-line help without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, name = _COMMANDS[cmd_name][0].split(":")
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in _COMMANDS.items()])


@click.group(
    cls=_Lazy,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start:  anmin new > answer > anmin plan profile.yaml      Example:  anmin plan --example taiwan-34",
)
@click.version_option(__version__, prog_name="anmin")
def cli() -> None:
    """anmin 安眠: what is known about sleep supplements, and a safe evening out of it.

    It informs; it does not treat. Nothing you type leaves this machine.
    """


def main() -> None:
    """Run the command line; turn every error into one readable line and an exit code."""
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    code = _run()
    try:
        sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            code = _refused(f"the answer could not be written: {error.strerror}")
    sys.exit(code)


def _run() -> int:
    try:
        result = cli.main(standalone_mode=False)
    except SystemExit as stopped:
        if type(sys.stdout).__name__.endswith("PacifyFlushWrapper"):
            return 0  # click's mark that the reader of the pipe has seen enough
        return stopped.code if isinstance(stopped.code, int) else 0
    except click.ClickException as error:
        error.show()
        return EXIT_INPUT
    except (click.Abort, KeyboardInterrupt):
        click.echo("anmin: stopped; nothing was written.", err=True)
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        return 0
    except GateError as error:
        click.echo(
            f"anmin: the safety check refused its own plan, so nothing is shown. Please report: {error}", err=True
        )
        return EXIT_DEFECT
    except AnminError as error:
        return _refused(str(error))
    except OSError as error:
        return _refused(f"{error.filename or 'the answer'}: {error.strerror}")
    except Exception as error:
        if os.environ.get("ANMIN_DEBUG"):
            raise
        click.echo(f"anmin: a defect, not your fault ({type(error).__name__}: {error}). Nothing was written.", err=True)
        return EXIT_DEFECT
    return result if isinstance(result, int) else 0


def _refused(message: str) -> int:
    click.echo(f"anmin: {message}", err=True)
    return EXIT_INPUT
