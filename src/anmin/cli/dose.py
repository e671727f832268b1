"""``anmin dose``: compound to element and back; what glycine comes along, and what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import click

from anmin.cli.options import json_option, lang_option, print_json
from anmin.person.model import Country

if TYPE_CHECKING:
    from anmin.knowledge.load import Knowledge
    from anmin.knowledge.model import Lang
    from anmin.person.dosing import DoseAnswer


@click.command(
    "dose",
    epilog="""\b
Examples:
  anmin dose "200 mg Mg" --as bisglycinate
  anmin dose "414 mg MgO" --times 2
  anmin dose "200 mg elemental magnesium"
  anmin dose "glycinate 18 %"
  anmin dose --glycine "3 g" --country JP
  anmin dose --table --lang zh-Hant
Exit codes: 0 answered, 2 bad input.""",
)
@click.argument("amount", nargs=-1)
@click.option("--as", "as_form", metavar="COMPOUND", help="The compound wanted: bisglycinate, citrate, 氧化鎂 ...")
@click.option("--times", type=int, default=1, show_default=True, help="How many times a day.")
@click.option("--glycine", metavar="AMOUNT", help="What so much glycine would need, and how to stack it.")
@click.option("--table", "as_table", is_flag=True, help="Magnesium bisglycinate at every amount that matters.")
@click.option("--country", type=click.Choice(get_args(Country), case_sensitive=False), help="Whose limit counts.")
@lang_option
@json_option
def dose_command(
    amount: tuple[str, ...],
    as_form: str | None,
    times: int,
    glycine: str | None,
    as_table: bool,
    country: str | None,
    lang: Lang,
    as_json: bool,
) -> None:
    """What is an AMOUNT in magnesium, in the compound, and in glycine?"""
    from anmin.errors import InputError
    from anmin.knowledge.load import load
    from anmin.person.dosing import answer_dose, read_glycine, table

    typed = " ".join(amount).strip()
    if bool(typed) + (glycine is not None) + as_table != 1:
        raise InputError("AMOUNT", typed, 'an amount such as "200 mg Mg", or --glycine "3 g", or --table')
    knowledge = load()
    if as_table:
        _show_table(table(knowledge, country), country, knowledge, lang, as_json)
    elif glycine is not None:
        _show(read_glycine(glycine, knowledge, times=times, country=country), country, knowledge, lang, as_json)
    else:
        answer = answer_dose(typed, knowledge, as_form=as_form, times=times, country=country)
        _show(answer, country, knowledge, lang, as_json)


def _show(answer: DoseAnswer, country: str | None, knowledge: Knowledge, lang: Lang, as_json: bool) -> None:
    from anmin.report.dose import dose_out, sentences

    lines = [text.get(lang) for text in sentences(answer, country, knowledge)]
    if as_json:
        print_json(dose_out(answer, lines))
        return
    click.echo(lines[0])
    for line in lines[1:]:
        click.echo(f"  {line}")


def _show_table(
    answers: tuple[DoseAnswer, ...], country: str | None, knowledge: Knowledge, lang: Lang, as_json: bool
) -> None:
    from anmin.report.dose import dose_out, table_text

    if as_json:
        print_json({"rows": [dose_out(answer) for answer in answers]})
    else:
        click.echo(table_text(answers, country, knowledge, lang))
