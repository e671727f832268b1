"""``anmin facts [WORD]`` and ``anmin why ID``: what is known, where it was read, and what it drives."""

from __future__ import annotations

import click

from anmin.cli.options import json_option, lang_option, print_json
from anmin.knowledge.model import Lang

_LONGEST = 200
"""Characters of a search that are looked at."""


@click.command(
    "facts",
    epilog="""\b
Examples:
  anmin facts ciprofloxacin
  anmin facts 酸化マグネシウム --lang ja
  anmin facts 甘胺酸鎂 --lang zh-Hant
  anmin facts --coverage
Exit codes: 0 found, 1 nothing known by that word, 2 bad input.""",
)
@click.argument("words", nargs=-1, metavar="[WORD]...")
@click.option("--coverage", "show_coverage", is_flag=True, help="Count what every kind of fact rests on.")
@click.option("--all", "show_all", is_flag=True, help="Show every hit, not the best few of each kind.")
@lang_option
@json_option
def facts_command(words: tuple[str, ...], show_coverage: bool, show_all: bool, lang: Lang, as_json: bool) -> None:
    """Look facts up by a WORD in English, 中文 or 日本語: medicines, rules, limits, compounds, studies, foods."""
    from anmin.knowledge.coverage import coverage, weak_rows
    from anmin.knowledge.load import load
    from anmin.knowledge.lookup import find
    from anmin.report import facts

    knowledge = load()
    word = " ".join(words).strip()[:_LONGEST]
    version = {"version": knowledge.version}
    if show_coverage:
        if as_json:
            print_json({**version, "topics": coverage(knowledge), "weak": weak_rows(knowledge)})
        else:
            facts.coverage_text(knowledge, lang)
        return
    if not word:
        counts = facts.counts_of(knowledge)
        if as_json:
            print_json({**version, "kinds": counts})
        else:
            facts.overview_text(counts, knowledge, lang)
        return
    groups = find(word, knowledge)
    if as_json:
        print_json({**version, "word": word, "groups": [facts.group_out(group, lang) for group in groups]})
    else:
        facts.groups_text(groups, word, knowledge, lang, show_all=show_all)
    if not groups:
        raise SystemExit(1)


@click.command(
    "why",
    epilog="""\b
Examples:
  anmin why mg-ciprofloxacin
  anmin why abbasi-2012 --lang zh-Hant
  anmin why bisglycinate --json
Exit codes: 0 shown, 2 no such id.""",
)
@click.argument("fact_id", metavar="ID")
@lang_option
@json_option
def why_command(fact_id: str, lang: Lang, as_json: bool) -> None:
    """Show the fact, rule, study, limit, form or choice with this ID: sources, how they were read, what it drives."""
    from anmin.knowledge.load import load
    from anmin.knowledge.why import explain
    from anmin.report.facts import explanation_out, explanations_text

    knowledge = load()
    explanations = explain(fact_id, knowledge)
    if as_json:
        shown = [explanation_out(explanation, lang) for explanation in explanations]
        print_json({"version": knowledge.version, "id": fact_id.strip(), "facts": shown})
    else:
        explanations_text(explanations, knowledge, lang)
