"""``anmin trial``: design, declare, keep blind, unlock, judge."""

from __future__ import annotations

import sys
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from anmin.cli.book import beside_log, log_option, open_log, read_bounded
from anmin.cli.files import keep_foreign, write_whole
from anmin.cli.options import json_option, lang_option, print_json
from anmin.cli.trial_ask import asked_options, check_again, proposed
from anmin.cli.trial_report import RESULT, make_folder, pool_command, report_command, show_result, today_option
from anmin.errors import InputError
from anmin.knowledge.model import Lang

if TYPE_CHECKING:
    from anmin.knowledge.load import Knowledge
    from anmin.trial.finished import Started
    from anmin.trial.schedule import Commitment


@click.group("trial")
def trial_group() -> None:
    """Did it work for me? A randomised, sealed self-trial that can really answer, and its verdict."""


@trial_group.command(
    "design",
    epilog="""\b
Examples:
  anmin trial design profile.yaml --component glycine
  anmin trial design --example taiwan-34 --component magnesium_citrate --nights 84
  anmin trial design profile.yaml --factorial glycine,hot_bath
  anmin trial design profile.yaml --arms without,glycine,l_theanine --looks 72,96
Exit codes: 0 a design that can answer, 2 bad input, 3 questions open, 4 not safe, or it could not answer.""",
)
@asked_options
@log_option
@lang_option
@json_option
def design_command(log_path: str, lang: Lang, as_json: bool, **asked: Any) -> None:
    """What a trial could answer for you, before the first night: one thing, several, or two with each other."""
    from anmin.knowledge.load import load

    knowledge = load()
    made = proposed(asked, log_path, knowledge, lang, as_json)
    lines = made.lines(knowledge, lang)
    if as_json:
        print_json(made.out(lines))
    else:
        for line in lines:
            click.echo(line)
        if made.proposal.answers:
            click.echo(knowledge.say("trial.design_next", lang))
    sys.exit(0 if made.proposal.answers else 4)


@trial_group.command(
    "start",
    epilog="""\b
Example:
  anmin trial start profile.yaml --component glycine --nights 56 --first 2026-12-01
Writes the sealed schedule, and for a blinded trial a packing sheet (for a helper) and a code sheet (for you).""",
)
@asked_options
@click.option("--measured", type=click.Choice(["tst", "waso"]), help="What a tracker will measure beside your answers.")
@click.option(
    "--paper", type=click.Choice(["a4", "letter"]), default="a4", show_default=True, help="Of what is printed."
)
@click.option(
    "--folder",
    type=click.Path(file_okay=False),
    help="Where the files go (made if missing); beside the log if not given.",
)
@today_option
@click.option("--seed", type=int, hidden=True)
@log_option
@lang_option
@json_option
def start_command(
    measured: Any,
    paper: Any,
    folder: str | None,
    today: date,
    seed: int | None,
    log_path: str,
    lang: Lang,
    as_json: bool,
    **asked: Any,
) -> None:
    """Freeze the protocol, draw and seal the schedule, print the commitment."""
    from anmin.knowledge.load import load
    from anmin.store import trials
    from anmin.trial.arms import Arm
    from anmin.trial.blinding import seal
    from anmin.trial.protocol import Declared, capsules, declare_one, declare_several

    knowledge = load()
    made = proposed(asked, log_path, knowledge, lang, as_json)
    if not made.proposal.answers:
        for line in made.lines(knowledge, lang):
            click.echo(line, err=as_json)
        sys.exit(4)
    first = asked["first"]
    if first < today:
        raise InputError("--first", first.isoformat(), f"today ({today.isoformat()}) or later")
    declared = Declared(first_evening=first, today=today, measured=measured, looks=made.nights, solo=asked["solo"])
    if isinstance(made.thing, Arm):
        protocol = declare_one(made.thing, made.proposal, declared, knowledge, lang)
        pieces = capsules(made.thing, knowledge)
    else:
        protocol = declare_several(made.thing, made.proposal, declared, knowledge, lang)
        pieces = 1
    place = Path(folder).absolute() if folder else beside_log(log_path)
    make_folder(place, "--folder")
    sealed = str(place / f"{protocol.trial}.sealed")
    if Path(sealed).exists():
        raise InputError(
            "--folder", str(place), f"a folder without {protocol.trial}.sealed, which may be somebody's trial"
        )
    with open_log(log_path) as log:
        started, commitment = trials.prepare(log, protocol, sealed, seed)
        write_whole(sealed, seal(commitment))
        Path(sealed).chmod(0o600)
        kit = _kit(started, commitment.schedule, pieces, paper, knowledge, lang) if protocol.blinded else {}
        files = {kind: str(place / f"{protocol.trial}.{kind}") for kind in kit}
        for kind, text in kit.items():
            write_whole(files[kind], text.encode())
        trials.declare(log, started)
    if as_json:
        print_json({"trial": protocol.trial, "digest": started.digest, "blinded": protocol.blinded,
                    "files": {"sealed": sealed, **files}, "first_evening": protocol.first_evening,
                    "last_morning": protocol.last_morning, "looks": protocol.looks})  # fmt: skip
        return
    click.echo(knowledge.say("trial.started", lang, trial=protocol.trial, first=first.isoformat(),
                             last=protocol.last_morning.isoformat()))  # fmt: skip
    if not made.nights:
        click.echo(knowledge.say("trial.look_once", lang))
    else:
        days = ", ".join((first + timedelta(days=night)).isoformat() for night in made.nights)
        click.echo(knowledge.say("trial.looks_declared", lang, days=days))
    click.echo(knowledge.say("trial.digest", lang, digest=started.digest))
    if protocol.solo:
        click.echo(knowledge.say("trial.files_solo", lang, sealed=sealed, solo=files["solo.html"]))
    elif protocol.blinded:
        click.echo(knowledge.say("trial.files_blind", lang, sealed=sealed, packing=files["packing.txt"],
                                 codes=files["codes.txt"]))  # fmt: skip
        click.echo(knowledge.say("trial.files_labels", lang, labels=files["labels.html"]))
    else:
        click.echo(knowledge.say("trial.files_open", lang, sealed=sealed))
        click.echo(knowledge.say("trial.skip_evenings", lang))


def _kit(
    started: Started, schedule: tuple[int, ...], pieces: int, paper: Any, knowledge: Knowledge, lang: Lang
) -> dict[str, str]:
    """What is printed for a blinded trial, by the ending of its file."""
    from anmin.report.kit import code_sheet, labels_page, packing_sheet, solo_page

    codes = {"codes.txt": code_sheet(started, knowledge, lang)}
    if started.protocol.solo:
        return {**codes, "solo.html": solo_page(started, schedule, pieces, knowledge, lang, paper)}
    return {
        **codes,
        "packing.txt": packing_sheet(started, schedule, pieces, knowledge, lang),
        "labels.html": labels_page(started, knowledge, lang, paper),
    }


@trial_group.command("status")
@click.option("--profile", type=click.Path(), help="Also check again that the arm is still safe: exit 4 if it is not.")
@today_option
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
        check_again(profile, started, knowledge, lang)
    arm = things = None
    seen = any(part.open_because is not None for part in started.protocol.parts)
    if state.night is not None and (seen or not started.protocol.blinded):
        commitment = _sealed(started, None)
        things = trials.open_tonight(started, commitment, today) if seen else None
        arm = trials.tonight(started, commitment, today) if not started.protocol.parts else None
    if as_json:
        import msgspec

        print_json({**msgspec.to_builtins(state), "tonight": arm, "open": things})
        return
    for line in status_lines(state, arm, started.protocol, knowledge, lang, things):
        click.echo(line)


@trial_group.command("look")
@click.option("--sealed", type=click.Path(), help="The sealed file, if it was moved.")
@today_option
@log_option
@lang_option
@json_option
def look_command(sealed: str | None, today: date, log_path: str, lang: Lang, as_json: bool) -> None:
    """Take a look that was declared beforehand: settled or not, and not a word more. Logged."""
    from anmin.knowledge.load import load
    from anmin.store import trials

    with open_log(log_path) as log:
        taken = trials.look(log, _sealed(trials.the_running(log.fold()), sealed), today)
    if as_json:
        print_json({"nights": taken.nights, "settled": taken.settled})
        return
    click.echo(load().say("trial.look_settled" if taken.settled else "trial.look_on", lang))


@trial_group.command("guess")
@click.option("--block", type=int, required=True, help="Number of the block, from 1.")
@click.option("--arm", metavar="ARM", required=True, help="What you think it was: with, without, an arm, or unknown.")
@click.option("--sure", type=click.IntRange(0, 2), default=1, show_default=True, help="1 a little, 2 very.")
@today_option
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
    """In an emergency: learn what one block is, in two steps. Logged; only this block is opened."""
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
        told = trials.told(log.fold(), started)
    if arm in ("with", "without", "slip") and not started.protocol.parts:
        click.echo(knowledge.say(f"trial.break_{arm}", lang, block=block, what=started.protocol.what))
        _tell_neighbours(block, told, knowledge, lang)
        return
    what = ", ".join(part.what for part in started.protocol.things_in(arm))
    filler = knowledge.say("trial.only_filler", lang)
    click.echo(knowledge.say("trial.break_slip" if arm == "slip" else "trial.break_arm", lang, block=block,
                             what=what or filler))  # fmt: skip
    _tell_neighbours(block, told, knowledge, lang)


def _tell_neighbours(block: int, told: tuple[int, ...], knowledge: Knowledge, lang: Lang) -> None:
    """That the other blocks of a round are no longer a riddle either."""
    if others := [str(number + 1) for number in told if number + 1 != block]:
        click.echo(knowledge.say("trial.break_neighbours", lang, blocks=", ".join(others)))


@trial_group.command("unlock")
@click.option("--early", is_flag=True, help="End the trial before its declared look; there is no verdict then.")
@click.option("--sealed", type=click.Path(), help="The sealed file, if it was moved.")
@click.option("--slips", metavar="CODE,...", help="Packed alone: the codes of the slips, in the order of the bags.")
@click.option("--out", type=click.Path(dir_okay=False), help="Also write the result for `anmin plan --results`.")
@today_option
@log_option
@lang_option
@json_option
def unlock_command(
    early: bool,
    sealed: str | None,
    slips: str | None,
    out: str | None,
    today: date,
    log_path: str,
    lang: Lang,
    as_json: bool,
) -> None:
    """Open the seal, verify it, analyse, judge. Once only; the result can be read again with `report`."""
    from anmin.knowledge.load import load
    from anmin.store import trials

    keep_foreign(out, "--out", RESULT)
    knowledge = load()
    with open_log(log_path) as log:
        commitment = _sealed(trials.the_running(log.fold()), sealed)
        codes = tuple(word.strip().upper() for word in slips.split(",")) if slips else ()
        result = trials.unlock(log, commitment, today, knowledge, early=early, slips=codes)
        if result is not None:
            show_result(log, None, out, knowledge, lang, as_json)
        elif as_json:
            print_json({"status": "given_up"})
        else:
            click.echo(knowledge.say("trial.given_up", lang))


@trial_group.command(
    "protocol",
    epilog="""\b
Examples:
  anmin trial protocol                the frozen text, as the seal covers it
  anmin trial protocol --items        every item of SPENT 2019, answered or not applicable""",
)
@click.argument("trial", required=False)
@click.option("--items", is_flag=True, help="Every SPENT 2019 item, filled from the protocol or not applicable: why.")
@log_option
@lang_option
@json_option
def protocol_command(trial: str | None, items: bool, log_path: str, lang: Lang, as_json: bool) -> None:
    """The frozen protocol of a TRIAL (the latest), as YAML. The seal covers exactly this text."""
    from anmin.store import trials
    from anmin.trial.protocol import protocol_text

    with open_log(log_path) as log:
        known = trials.trials(log.fold())
    name = trial or next(reversed(known), None)
    if name not in known:
        raise InputError("trial", trial, ", ".join(known) or "a declared trial", "`anmin trial start` declares one.")
    protocol = known[name].protocol
    if not items:
        if as_json:
            print_json(protocol)
        else:
            click.echo(protocol_text(protocol), nl=False)
        return
    from anmin.knowledge.load import load
    from anmin.report.several import item_lines
    from anmin.trial.items import spent_items

    knowledge = load()
    found = spent_items(protocol, knowledge)
    if as_json:
        print_json([{"number": item.number, "section": item.section, "name": item.name.get(lang),
                     "applies": item.applies, "says": item.says.get(lang)} for item in found])  # fmt: skip
        return
    for line in item_lines(found, knowledge, lang):
        click.echo(line)


def _sealed(started: Started, path: str | None) -> Commitment:
    from anmin.trial.blinding import MAX_SEALED, open_seal

    return open_seal(read_bounded(path or started.sealed, MAX_SEALED))


trial_group.add_command(report_command)
trial_group.add_command(pool_command)
