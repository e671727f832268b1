"""``anmin plan PROFILE``: the main job."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Literal

import click

from anmin.cli.options import json_option, lang_option, print_json
from anmin.knowledge.model import Lang

if TYPE_CHECKING:
    from anmin.evidence.own import OwnResult


@click.command(
    "plan",
    epilog="""\b
Examples:
  anmin plan profile.yaml
  anmin plan --example japan-72 --lang ja --explain
  anmin plan profile.yaml --ics evening.ics
Exit codes: 0 plan, 2 bad input, 3 questions open, 4 stopped.""",
)
@click.argument("profile", required=False, type=click.Path())
@click.option("--example", metavar="NAME", help="Plan for one of the examples of `anmin new --list`.")
@click.option("--explain", is_flag=True, help="Every reason, every rule that was checked, every alternative.")
@click.option("--ics", type=click.Path(dir_okay=False), help="Also write the evening as a calendar, neutral titles.")
@click.option("--belief", type=click.Choice(["sceptical", "pooled", "enthusiast"]), default="pooled",
              show_default=True, help="How much to trust small trials.")  # fmt: skip
@click.option("--results", multiple=True, type=click.Path(), help="Result of a finished self-trial; repeatable.")
@lang_option
@json_option
def plan_command(
    profile: str | None,
    example: str | None,
    explain: bool,
    ics: str | None,
    belief: Literal["sceptical", "pooled", "enthusiast"],
    results: tuple[str, ...],
    lang: Lang,
    as_json: bool,
) -> None:
    """A safe evening for the person in PROFILE: on the clock, with reasons; or a question, or a stop."""
    from anmin.cli.people import load_person
    from anmin.knowledge.load import load
    from anmin.plan.make import make_plan

    knowledge = load()
    plan = make_plan(load_person(profile, example, knowledge), knowledge, _own(results), belief)
    if ics is not None and plan.status == "plan":
        from datetime import date

        from anmin.cli.files import write_whole
        from anmin.report.calendar import plan_ics

        write_whole(ics, plan_ics(plan, knowledge, lang, date.today()))
    if as_json:
        from anmin.report.contract import plan_out

        print_json(plan_out(plan, lang, knowledge.version))
    else:
        from anmin.report.text import plan_text

        plan_text(plan, knowledge, lang, explain=explain)
    sys.exit({"plan": 0, "ask": 3, "stop": 4}[plan.status])


def _own(paths: tuple[str, ...]) -> list[OwnResult]:
    if not paths:
        return []
    from anmin.cli.book import read_bounded
    from anmin.evidence.own import MAX_BYTES, read_results

    return [own for path in paths for own in read_results(read_bounded(path, MAX_BYTES))]
