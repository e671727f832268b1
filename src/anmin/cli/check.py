"""``anmin check PROFILE --take TEXT``: may this person take this, at this hour?"""

from __future__ import annotations

import sys

import click

from anmin.cli.options import json_option, lang_option, print_json
from anmin.knowledge.model import Lang


@click.command(
    "check",
    epilog="""\b
Examples:
  anmin check profile.yaml --take "magnesium citrate 300 mg elemental 22:30"
  anmin check --example cipro --take "Mg glycinate 200mg elemental 20:30" --take "glycine 3 g 21:30"
  anmin check profile.yaml --take "酸化マグネシウム 330mg 寝る前" --lang ja
Exit codes: 0 may be taken, 2 bad input, 3 questions open, 4 not like this.""",
)
@click.argument("profile", required=False, type=click.Path())
@click.option("--example", metavar="NAME", help="Check one of the examples of `anmin new --list` instead of a file.")
@click.option("--take", "takes", multiple=True, required=True, metavar="TEXT", help="What would be taken; repeatable.")
@lang_option
@json_option
def check_command(profile: str | None, example: str | None, takes: tuple[str, ...], lang: Lang, as_json: bool) -> None:
    """May the person in PROFILE take this, at this hour, on top of everything else?"""
    from anmin.cli.people import load_person
    from anmin.knowledge.load import load
    from anmin.report.contract import check_out
    from anmin.safety.check import check

    knowledge = load()
    person = load_person(profile, example, knowledge)
    assessment = check(person, takes, knowledge)
    if as_json:
        print_json(check_out(assessment, lang, knowledge.version))
    else:
        from anmin.report.text import check_text

        check_text(assessment, knowledge, lang)
    sys.exit(_EXIT.get(assessment.verdict, 4))


_EXIT = {"allow": 0, "consult": 4, "cap": 4, "separate": 4, "ask": 3, "avoid": 4, "block": 4, "stop": 4}
