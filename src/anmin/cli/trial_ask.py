"""What ``anmin trial design`` and ``start`` ask alike: who, what, how long, when; and the gate before any design."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn, TypeVar

import click

from anmin.cli.book import log_exists, open_log
from anmin.cli.options import print_json
from anmin.errors import InputError
from anmin.knowledge.model import Lang

if TYPE_CHECKING:
    from anmin.knowledge.load import Knowledge
    from anmin.person.model import Person
    from anmin.trial.arms import Arm, Refused
    from anmin.trial.design import Proposal
    from anmin.trial.finished import Started
    from anmin.trial.looks import Looks
    from anmin.trial.several import Several

F = TypeVar("F", bound=Callable[..., Any])


def day(ctx: click.Context, param: click.Parameter, value: str | None) -> date:
    """A date as typed; today without one."""
    try:
        return datetime.now().date() if value is None else date.fromisoformat(value)
    except ValueError:
        raise InputError(f"--{param.name}", value, "a date such as 2026-11-23") from None


_ASKED = (
    click.argument("profile", required=False, type=click.Path()),
    click.option("--example", metavar="NAME", help="One of the examples of `anmin new --list` instead of a file."),
    click.option("--component", metavar="NAME", help="What is tried against nothing: glycine, hot_bath ..."),
    click.option("--arms", metavar="A,B,...", help="Several things, one in each block: without,glycine,l_theanine:200"),
    click.option("--factorial", metavar="A,B", help="Two things with and without each other: glycine,hot_bath"),
    click.option("--mg", type=float, help="The amount a day of the component, one of those the plan offers."),
    click.option("--outcome", metavar="NAME", help="sleep_onset_latency, wake_after_sleep_onset, total_sleep_time ..."),
    click.option("--matters", type=float, metavar="MIN", help="The smallest difference that matters to you."),
    click.option("--nights", "most_nights", type=int, metavar="N", help="As many nights as you are willing to give."),
    click.option("--blocks", type=int, metavar="N", help="Ask about a design with so many blocks."),
    click.option("--block-nights", type=click.IntRange(1, 28), metavar="N", help="... of so many nights."),
    click.option("--first", callback=day, metavar="DATE", help="The first evening; today if not given."),
    click.option("--looks", metavar="N,N", help="Nights after which to look before the end: 72,96"),
    click.option("--solo", is_flag=True, help="Nobody can help: pack alone, with envelopes shuffled by hand."),
)  # fmt: skip


def asked_options(command: F) -> F:
    """The options that both commands take."""
    for option in reversed(_ASKED):
        command = option(command)
    return command


class Proposed(NamedTuple):
    """What may be tried, its design, and the looks before the end with their error rates."""

    thing: Arm | Several
    proposal: Proposal
    nights: tuple[int, ...]
    looks: Looks | None

    def lines(self, knowledge: Knowledge, lang: Lang) -> list[str]:
        """The design in words."""
        from anmin.report.several import several_design_lines
        from anmin.report.trial import design_lines, looks_line
        from anmin.trial.arms import Arm

        if isinstance(self.thing, Arm):
            lines = design_lines(self.thing, self.proposal, knowledge, lang)
        else:
            lines = several_design_lines(self.thing, self.proposal, knowledge, lang)
        if self.looks is not None:
            lines.append(looks_line(self.looks, self.proposal, knowledge, lang))
        return lines

    def out(self, lines: list[str]) -> dict[str, Any]:
        """The design for a machine."""
        from anmin.report.several import several_design_out
        from anmin.report.trial import design_out
        from anmin.trial.arms import Arm

        if isinstance(self.thing, Arm):
            return design_out(self.thing, self.proposal, self.looks, lines)
        return several_design_out(self.thing, self.proposal, self.looks, lines)


def proposed(asked: dict[str, Any], log_path: str, knowledge: Knowledge, lang: Lang, as_json: bool) -> Proposed:
    """What is asked for, past the gate, and its design; leaves with 3 or 4 where the gate does not open."""
    from anmin.cli.people import load_person
    from anmin.store import diary
    from anmin.trial.arms import Arm, Refused, arm_for
    from anmin.trial.design import ARMS, Asked, outcome_for, propose_arms
    from anmin.trial.several import arms_for, factors_for

    ways = [name for name in ("component", "arms", "factorial") if asked[name] is not None]
    if len(ways) > 1:
        raise InputError(
            "--component", " ".join(f"--{name}" for name in ways), "one of --component, --arms, --factorial"
        )
    person = load_person(asked["profile"], asked["example"], knowledge)
    if not ways:
        _offer(person, asked, knowledge, lang, as_json)
    thing: Arm | Several | Refused
    if ways == ["component"]:
        thing = arm_for(person, asked["component"], asked["mg"], knowledge)
    elif asked["mg"] is not None:
        raise InputError("--mg", asked["mg"], f"an amount in --{ways[0]}, such as glycine:3000")
    else:
        way = arms_for if ways == ["arms"] else factors_for
        thing = way(person, asked[ways[0]], knowledge)
    if isinstance(thing, Refused):
        refuse(thing, lang, as_json)
    if asked["solo"]:
        _may_pack_alone(thing, asked, lang)
    nights: tuple[Any, ...] = ()
    if log_exists(log_path):
        with open_log(log_path) as log:
            nights = diary.entries(log.fold())
    outcome = outcome_for(person.complaint, asked["outcome"], knowledge)
    wanted = Asked(
        matters=asked["matters"], most_nights=asked["most_nights"], blocks=asked["blocks"],
        block_nights=asked["block_nights"], first=None if asked["solo"] else asked["first"],
    )  # fmt: skip
    if isinstance(thing, Arm):
        proposal = propose_arms((thing.fact,), ARMS, (), outcome, nights, knowledge, wanted)
    else:
        facts = [arm.fact for arm in thing.things.values()]
        proposal = propose_arms(facts, thing.arms, thing.factors, outcome, nights, knowledge, wanted)
    if asked["looks"] is None:
        return Proposed(thing, proposal, (), None)
    return Proposed(thing, proposal, *_looks(asked["looks"], proposal, knowledge))


def check_again(profile: str, started: Started, knowledge: Knowledge, lang: Lang) -> None:
    """The second door once more, for whoever has become somebody else since: a new medicine, a new illness."""
    from anmin.cli.people import load_person
    from anmin.safety.assess import assess

    person, protocol = load_person(profile, None, knowledge), started.protocol
    evenings = [(protocol.doses, protocol.bath)]
    for arm in protocol.design.arms if protocol.parts else ():
        parts = protocol.things_in(arm)
        bath = next((part.bath for part in parts if part.bath is not None), None)
        evenings.append((tuple(dose for part in parts for dose in part.doses), bath))
    for doses, bath in dict.fromkeys(evenings):
        assessment = assess(person, doses, bath, knowledge)
        if assessment.verdict == "allow":
            continue
        click.echo(knowledge.say("trial.no_longer_safe", lang, what=protocol.what))
        for finding in assessment.findings:
            if finding.applies:
                click.echo(finding.reason.get(lang))
        for question in assessment.questions:
            click.echo(question.text.get(lang))
        sys.exit(4)


def refuse(refused: Refused, lang: Lang, as_json: bool) -> NoReturn:
    """Say why there is no trial, and leave."""
    if as_json:
        print_json({"status": refused.status, "text": [text.get(lang) for text in refused.texts],
                    "rules": [finding.rule for finding in refused.findings],
                    "questions": [question.id for question in refused.questions]})  # fmt: skip
    else:
        for text in refused.texts:
            click.echo(text.get(lang))
    sys.exit(3 if refused.status == "ask" else 4)


def _offer(person: Person, asked: dict[str, Any], knowledge: Knowledge, lang: Lang, as_json: bool) -> NoReturn:
    """Nothing was named: say what this person may try, and how to ask for it; leave with 2."""
    from anmin.report.choices import choice_lines
    from anmin.trial.arms import Refused, choices

    found = choices(person, knowledge)
    if isinstance(found, Refused):
        refuse(found, lang, as_json)
    who = f"--example {asked['example']}" if asked["profile"] is None else shlex.quote(asked["profile"])
    command = f"anmin trial {click.get_current_context().info_name} {who}"
    if as_json:
        print_json({"status": "choose", "choices": [{"component": each.id, "name": each.name.get(lang), "mg": each.mg}
                                                    for each in found]})  # fmt: skip
    else:
        for line in choice_lines(found, command, knowledge, lang):
            click.echo(line)
    sys.exit(2)


def _may_pack_alone(thing: Arm | Several, asked: dict[str, Any], lang: Lang) -> None:
    from anmin.trial.arms import Arm

    arms = [thing] if isinstance(thing, Arm) else list(thing.things.values())
    seen = next((arm.open_because for arm in arms if arm.open_because is not None), None)
    if seen is not None:
        raise InputError("--solo", None, "things that can all be hidden", seen.get(lang))
    if asked["looks"] is not None:
        raise InputError("--looks", asked["looks"], "no looks with --solo", "The slips stay closed until the end.")


def _looks(text: str, proposal: Proposal, knowledge: Knowledge) -> tuple[tuple[int, ...], Looks]:
    from anmin.trial.looks import appraise_looks, read_looks
    from anmin.trial.protocol import levels

    design = proposal.design
    nights = read_looks(text, design)
    at = (*nights, design.nights)
    looks = appraise_looks(design, proposal.baseline.spread, at, levels(len(at), knowledge), proposal.aim)
    for look in looks.each[:-1]:
        if look.smallest_p > look.level:
            reach = f"So early the test can reach {look.smallest_p:.2g} at best; it must reach {look.level:g}."
            raise InputError("--looks", look.nights, "a later night", reach)
    return nights, looks
