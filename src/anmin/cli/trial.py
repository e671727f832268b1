"""``anmin trial``: design, declare, keep blind, unlock, judge."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from anmin.cli.book import beside_log, log_exists, log_option, open_log, read_bounded
from anmin.cli.options import json_option, lang_option, print_json
from anmin.errors import InputError
from anmin.knowledge.model import Lang

if TYPE_CHECKING:
    from anmin.knowledge.load import Knowledge
    from anmin.store.log import Log
    from anmin.store.trials import Started
    from anmin.trial.arms import Arm, Refused
    from anmin.trial.design import Proposal
    from anmin.trial.schedule import Commitment

F = TypeVar("F", bound=Callable[..., Any])


def _day(ctx: click.Context, param: click.Parameter, value: str | None) -> date:
    try:
        return datetime.now().date() if value is None else date.fromisoformat(value)
    except ValueError:
        raise InputError(f"--{param.name}", value, "a date such as 2026-11-23") from None


_ASKED = (
    click.argument("profile", required=False, type=click.Path()),
    click.option("--example", metavar="NAME", help="One of the examples of `anmin new --list` instead of a file."),
    click.option("--component", required=True, metavar="NAME", help="What is tried: glycine, hot_bath ..."),
    click.option("--mg", type=float, help="The amount a day, one of those the plan offers."),
    click.option("--outcome", metavar="NAME", help="sleep_onset_latency, wake_after_sleep_onset, total_sleep_time ..."),
    click.option("--matters", type=float, metavar="MIN", help="The smallest difference that matters to you."),
    click.option("--nights", "most_nights", type=int, metavar="N", help="As many nights as you are willing to give."),
    click.option("--blocks", type=int, metavar="N", help="Ask about a design with so many blocks."),
    click.option("--block-nights", type=click.IntRange(1, 28), metavar="N", help="... of so many nights."),
)  # fmt: skip

_TODAY = click.option("--today", callback=_day, metavar="DATE", help="Instead of today's date (for simulations).")


def _asked(command: F) -> F:
    for option in reversed(_ASKED):
        command = option(command)
    return command


@click.group("trial")
def trial_group() -> None:
    """Did it work for me? A randomised, sealed self-trial that can really answer, and its verdict."""


@trial_group.command(
    "design",
    epilog="""\b
Examples:
  anmin trial design profile.yaml --component glycine
  anmin trial design --example taiwan-34 --component magnesium_citrate --nights 84
Exit codes: 0 a design that can answer, 2 bad input, 3 questions open, 4 not safe, or it could not answer.""",
)
@_asked
@log_option
@lang_option
@json_option
def design_command(log_path: str, lang: Lang, as_json: bool, **asked: Any) -> None:
    """What a trial of one component could answer for you, before the first night."""
    from anmin.knowledge.load import load
    from anmin.report.trial import design_lines, design_out

    knowledge = load()
    arm, proposal = _proposed(asked, log_path, knowledge, lang, as_json)
    lines = design_lines(arm, proposal, knowledge, lang)
    if as_json:
        print_json(design_out(arm, proposal, lines))
    else:
        for line in lines:
            click.echo(line)
        if proposal.answers:
            click.echo(knowledge.say("trial.design_next", lang))
    sys.exit(0 if proposal.answers else 4)


@trial_group.command(
    "start",
    epilog="""\b
Example:
  anmin trial start profile.yaml --component glycine --nights 56 --first 2026-12-01
Writes the sealed schedule, and for a blinded trial a packing sheet (for a helper) and a code sheet (for you).""",
)
@_asked
@click.option("--first", callback=_day, metavar="DATE", help="The first evening; today if not given.")
@click.option("--measured", type=click.Choice(["tst", "waso"]), help="What a tracker will measure beside your answers.")
@click.option(
    "--folder",
    type=click.Path(file_okay=False),
    help="Where the files go (made if missing); beside the log if not given.",
)
@_TODAY
@click.option("--seed", type=int, hidden=True)
@log_option
@lang_option
@json_option
def start_command(
    first: date,
    measured: Any,
    folder: str | None,
    today: date,
    seed: int | None,
    log_path: str,
    lang: Lang,
    as_json: bool,
    **asked: Any,
) -> None:
    """Freeze the protocol, draw and seal the schedule, print the commitment."""
    from anmin.cli.files import write_whole
    from anmin.knowledge.load import load
    from anmin.report.trial import code_sheet, design_lines, packing_sheet
    from anmin.store import trials
    from anmin.trial.blinding import seal
    from anmin.trial.protocol import protocol_for

    knowledge = load()
    arm, proposal = _proposed(asked, log_path, knowledge, lang, as_json)
    if not proposal.answers:
        for line in design_lines(arm, proposal, knowledge, lang):
            click.echo(line, err=as_json)
        sys.exit(4)
    if first < today:
        raise InputError("--first", first.isoformat(), f"today ({today.isoformat()}) or later")
    protocol = protocol_for(arm, proposal, first, today, knowledge, lang, measured)
    place = Path(folder) if folder else beside_log(log_path)
    _make_folder(place)
    files = {kind: str(place / f"{protocol.trial}.{kind}") for kind in ("sealed", "packing.txt", "codes.txt")}
    with open_log(log_path) as log:
        started, commitment = trials.prepare(log, protocol, files["sealed"], seed)
        write_whole(files["sealed"], seal(commitment))
        Path(files["sealed"]).chmod(0o600)
        if protocol.blinded:
            pieces = max(1, arm.component.pieces)
            write_whole(
                files["packing.txt"], packing_sheet(started, commitment.schedule, pieces, knowledge, lang).encode()
            )
            write_whole(files["codes.txt"], code_sheet(started, knowledge, lang).encode())
        trials.declare(log, started)
    if as_json:
        print_json({"trial": protocol.trial, "digest": started.digest, "blinded": protocol.blinded, "files": files,
                    "first_evening": protocol.first_evening, "last_morning": protocol.last_morning})  # fmt: skip
        return
    click.echo(knowledge.say("trial.started", lang, trial=protocol.trial, first=first.isoformat(),
                             last=protocol.last_morning.isoformat()))  # fmt: skip
    click.echo(knowledge.say("trial.digest", lang, digest=started.digest))
    message = "trial.files_blind" if protocol.blinded else "trial.files_open"
    click.echo(knowledge.say(message, lang, sealed=files["sealed"], packing=files["packing.txt"],
                             codes=files["codes.txt"]))  # fmt: skip


@trial_group.command("status")
@click.option("--profile", type=click.Path(), help="Also check again that the arm is still safe: exit 4 if it is not.")
@_TODAY
@log_option
@lang_option
@json_option
def status_command(profile: str | None, today: date, log_path: str, lang: Lang, as_json: bool) -> None:
    """Tonight's bag and how complete the diary is; nothing about the effect until the end."""
    from anmin.knowledge.load import load
    from anmin.report.trial import status_lines
    from anmin.store import trials

    knowledge = load()
    with open_log(log_path) as log:
        started = trials.the_running(log.fold())
        state = trials.status(log.fold(), today)
    if profile is not None:
        _check_again(profile, started, knowledge, lang)
    arm = None
    if not started.protocol.blinded and state.night is not None:
        arm = trials.tonight(started, _sealed(started, None), today)
    if as_json:
        import msgspec

        print_json({**msgspec.to_builtins(state), "tonight": arm})
        return
    for line in status_lines(state, arm, started.protocol, knowledge, lang):
        click.echo(line)


@trial_group.command("guess")
@click.option("--block", type=int, required=True, help="Number of the block, from 1.")
@click.option("--arm", type=click.Choice(["with", "without", "unknown"]), required=True, help="What you think it was.")
@click.option("--sure", type=click.IntRange(0, 2), default=1, show_default=True, help="1 a little, 2 very.")
@_TODAY
@log_option
@lang_option
def guess_command(block: int, arm: Any, sure: Any, today: date, log_path: str, lang: Lang) -> None:
    """Say what you think a block was, before you know."""
    from anmin.knowledge.load import load
    from anmin.store import trials
    from anmin.trial.blinding import Guess

    with open_log(log_path) as log:
        trials.guess(log, Guess(block=block - 1, arm=arm, sure=0 if arm == "unknown" else sure), today)
    click.echo(load().say("trial.guessed", lang))


@trial_group.command("break")
@click.option("--block", type=int, required=True, help="Number of the block, from 1.")
@click.option("--confirm", metavar="WORD", help="The word that the first step gave.")
@click.option("--sealed", type=click.Path(), help="The sealed file, if it was moved.")
@log_option
@lang_option
def break_command(block: int, confirm: str | None, sealed: str | None, log_path: str, lang: Lang) -> None:
    """In an emergency: learn what one block is, in two steps. Logged; the other blocks stay blind."""
    from anmin.knowledge.load import load
    from anmin.store import trials

    knowledge = load()
    with open_log(log_path) as log:
        if confirm is None:
            word = trials.ask_to_open(log, block - 1)
            click.echo(knowledge.say("trial.break_first", lang, block=block, word=word))
            return
        started = trials.the_running(log.fold())
        arm = trials.open_block(log, block - 1, confirm, _sealed(started, sealed))
    click.echo(knowledge.say(f"trial.break_{arm}", lang, block=block, what=started.protocol.what))


@trial_group.command("unlock")
@click.option("--early", is_flag=True, help="End the trial before its declared look; there is no verdict then.")
@click.option("--sealed", type=click.Path(), help="The sealed file, if it was moved.")
@click.option("--out", type=click.Path(dir_okay=False), help="Also write the result for `anmin plan --results`.")
@_TODAY
@log_option
@lang_option
@json_option
def unlock_command(
    early: bool, sealed: str | None, out: str | None, today: date, log_path: str, lang: Lang, as_json: bool
) -> None:
    """Open the seal, verify it, analyse, judge. Once only; the result can be read again with `report`."""
    from anmin.knowledge.load import load
    from anmin.store import trials

    knowledge = load()
    with open_log(log_path) as log:
        commitment = _sealed(trials.the_running(log.fold()), sealed)
        trials.unlock(log, commitment, today, knowledge, early=early)
        _show(log, None, out, knowledge, lang, as_json)


@trial_group.command("report")
@click.argument("trial", required=False)
@click.option("--out", type=click.Path(dir_okay=False), help="Also write the result for `anmin plan --results`.")
@click.option("--bundle", type=click.Path(dir_okay=False), help="Also write what can be shared: no dates, no words.")
@log_option
@lang_option
@json_option
def report_command(
    trial: str | None, out: str | None, bundle: str | None, log_path: str, lang: Lang, as_json: bool
) -> None:
    """The result of a finished TRIAL (the latest), from the diary as it stood at the unlocking."""
    from anmin.knowledge.load import load

    with open_log(log_path) as log:
        if bundle is not None:
            import msgspec

            from anmin.cli.files import write_whole
            from anmin.store import trials
            from anmin.trial.pool import bundle_of

            own = trials.result_of(log, trial, load())[1].own
            write_whole(bundle, msgspec.json.encode(bundle_of(own)) + b"\n")
        _show(log, trial, out, load(), lang, as_json)


@trial_group.command("pool")
@click.argument("files", nargs=-1, required=True, type=click.Path())
@lang_option
@json_option
def pool_command(files: tuple[str, ...], lang: Lang, as_json: bool) -> None:
    """Put the bundles of many people together: the mean, how people differ, and what each may expect."""
    from anmin.knowledge.load import load
    from anmin.report.trial import pool_lines
    from anmin.trial.pool import MAX_BUNDLE, pool_people, read_bundle

    knowledge = load()
    bundles = [read_bundle(read_bounded(path, MAX_BUNDLE)) for path in files]
    together = pool_people(bundles)
    if as_json:
        print_json(together)
        return
    firm = [Path(path).name for path, bundle in zip(files, bundles, strict=True) if bundle.firm]
    for line in pool_lines(together, firm, knowledge, lang):
        click.echo(line)


@trial_group.command("protocol")
@click.argument("trial", required=False)
@log_option
def protocol_command(trial: str | None, log_path: str) -> None:
    """The frozen protocol of a TRIAL (the latest), as YAML. The seal covers exactly this text."""
    from anmin.store import trials
    from anmin.trial.protocol import protocol_text

    with open_log(log_path) as log:
        known = trials.trials(log.fold())
    name = trial or next(reversed(known), None)
    if name not in known:
        raise InputError("trial", trial, ", ".join(known) or "a declared trial", "`anmin trial start` declares one.")
    click.echo(protocol_text(known[name].protocol), nl=False)


def _make_folder(place: Path) -> None:
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError("--folder", str(place), "a folder that can be made here", str(error.strerror)) from None


def _proposed(
    asked: dict[str, Any], log_path: str, knowledge: Knowledge, lang: Lang, as_json: bool
) -> tuple[Arm, Proposal]:
    """The arm past the gate and its design; leaves with 3 or 4 where the gate does not open."""
    from anmin.cli.people import load_person
    from anmin.store import diary
    from anmin.trial.arms import Refused, arm_for
    from anmin.trial.design import outcome_for, propose

    person = load_person(asked["profile"], asked["example"], knowledge)
    arm = arm_for(person, asked["component"], asked["mg"], knowledge)
    if isinstance(arm, Refused):
        _refuse(arm, lang, as_json)
    nights: tuple[Any, ...] = ()
    if log_exists(log_path):
        with open_log(log_path) as log:
            nights = diary.entries(log.fold())
    outcome = outcome_for(person.complaint, asked["outcome"], knowledge)
    return arm, propose(
        arm.fact, outcome, nights, knowledge, matters=asked["matters"], most_nights=asked["most_nights"],
        blocks=asked["blocks"], block_nights=asked["block_nights"],
    )  # fmt: skip


def _check_again(profile: str, started: Started, knowledge: Knowledge, lang: Lang) -> None:
    """The second door once more, for whoever has become somebody else since: a new medicine, a new illness."""
    from anmin.cli.people import load_person
    from anmin.safety.assess import assess

    person = load_person(profile, None, knowledge)
    assessment = assess(person, started.protocol.doses, started.protocol.bath, knowledge)
    if assessment.verdict == "allow":
        return
    click.echo(knowledge.say("trial.no_longer_safe", lang, what=started.protocol.what))
    for finding in assessment.findings:
        if finding.applies:
            click.echo(finding.reason.get(lang))
    for question in assessment.questions:
        click.echo(question.text.get(lang))
    sys.exit(4)


def _refuse(refused: Refused, lang: Lang, as_json: bool) -> NoReturn:
    if as_json:
        print_json({"status": refused.status, "text": [text.get(lang) for text in refused.texts],
                    "rules": [finding.rule for finding in refused.findings],
                    "questions": [question.id for question in refused.questions]})  # fmt: skip
    else:
        for text in refused.texts:
            click.echo(text.get(lang))
    sys.exit(3 if refused.status == "ask" else 4)


def _sealed(started: Started, path: str | None) -> Commitment:
    from anmin.trial.blinding import MAX_SEALED, open_seal

    return open_seal(read_bounded(path or started.sealed, MAX_SEALED))


def _show(log: Log, trial: str | None, out: str | None, knowledge: Knowledge, lang: Lang, as_json: bool) -> None:
    import msgspec

    from anmin.cli.files import write_whole
    from anmin.report.trial import report_lines, report_out
    from anmin.store import trials

    started, result = trials.result_of(log, trial, knowledge)
    lines = report_lines(started, result, knowledge, lang)
    contract = report_out(started, result, lines)
    if out is not None:
        write_whole(out, msgspec.json.format(msgspec.json.encode(contract), indent=2))
    if as_json:
        print_json(contract)
        return
    for line in lines:
        click.echo(line)
    if out is not None:
        click.echo(knowledge.say("trial.report_next", lang, file=out))
