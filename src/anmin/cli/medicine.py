"""``anmin medicine``: how a medicine's name is read."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, get_args

import click

from anmin.cli.options import json_option, lang_option, print_json
from anmin.knowledge.model import Route

if TYPE_CHECKING:
    from collections.abc import Iterator

    from anmin.knowledge.load import Knowledge
    from anmin.knowledge.model import Lang, Text
    from anmin.medicines.model import Reading

_SHOWN_CODES = 12


@click.command(
    "medicine",
    epilog="""\b
Examples:
  anmin medicine Cipro
  anmin medicine シプロ --lang ja
  anmin medicine シプロ マイスリー --lang ja
  anmin medicine "環丙沙星 眼藥水" --lang zh-Hant
  anmin medicine "aspirin + omeprazole" --json
Exit codes: 0 every name recognised, 2 bad input, 3 a name is open or unknown.""",
)
@click.argument("name", nargs=-1, required=True)
@click.option("--route", type=click.Choice(get_args(Route)), help="How it is taken, where the name leaves it open.")
@lang_option
@json_option
def medicine_command(name: tuple[str, ...], route: Route | None, lang: Lang, as_json: bool) -> None:
    """How is the NAME of a medicine read, in English, Japanese or Traditional Chinese?

    Each NAME is answered by itself; one in quotes may hold several medicines, or the words that belong to it.
    """
    from anmin.knowledge.load import load
    from anmin.medicines.several import read_medicines

    knowledge = load()
    readings = [reading for each in name for reading in read_medicines(each, knowledge, route)]
    if as_json:
        print_json({"medicines": [_out(reading, knowledge) for reading in readings]})
    else:
        for reading in readings:
            for line in _lines(reading, knowledge):
                click.echo(line.get(lang))
    sys.exit(0 if all(reading.status == "recognised" for reading in readings) else 3)


def _out(reading: Reading, knowledge: Knowledge) -> dict[str, object]:
    from anmin.medicines.contents import contents

    return {
        "typed": reading.typed,
        "status": reading.status,
        "why": reading.why,
        "atc": reading.atc,
        "route": reading.route,
        "candidates": [{"name": each.name, "atc": each.atc, "route": each.route} for each in reading.candidates],
        "contains": [{"substance": each.substance, "form": each.form} for each in contents(reading, knowledge)],
    }


def _lines(reading: Reading, knowledge: Knowledge) -> Iterator[Text]:
    """The answer first, then the codes and what it contains, or the candidates."""
    from anmin.medicines.contents import contents

    text = knowledge.text
    if reading.status == "unknown":
        yield text("medicines.unknown", typed=reading.typed)
        return
    if reading.status == "question":
        reason = text(f"medicines.why.{reading.why}")
        yield text("medicines.question", typed=reading.typed, reason=reason)
        names = "; ".join(dict.fromkeys(each.name for each in reading.candidates))
        yield text("medicines.candidates", names=names)
        yield text("medicines.meanwhile")
        return
    yield text(
        "medicines.recognised", typed=reading.typed, name=_name(reading, knowledge),
        route=text(f"medicines.route.{reading.route}"),
    )  # fmt: skip
    more = " …" if len(reading.atc) > _SHOWN_CODES else ""
    yield text("medicines.codes", codes=", ".join(reading.atc[:_SHOWN_CODES]) + more)
    counted = dict.fromkeys(each.substance for each in contents(reading, knowledge))
    if counted:
        named = [knowledge.substances[each].name for each in counted]
        yield text("medicines.contains", names=_joined(named))


def _name(reading: Reading, knowledge: Knowledge) -> Text:
    from anmin.knowledge.model import Text

    names = [knowledge.drugs[each].names for each in reading.drugs]
    return _joined([Text(en=each.en[0], zh_hant=each.zh_hant[0], ja=each.ja[0]) for each in names])


def _joined(names: list[Text]) -> Text:
    from anmin.knowledge.model import Text

    return Text(
        en=" + ".join(name.en for name in names),
        zh_hant="＋".join(name.zh_hant for name in names),
        ja="＋".join(name.ja for name in names),
    )
