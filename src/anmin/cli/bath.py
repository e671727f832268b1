"""``anmin bath PROFILE``: the best bath of tonight, inside what is safe."""

from __future__ import annotations

import math
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import click

from anmin.cli.options import json_option, lang_option, print_json
from anmin.errors import InputError
from anmin.knowledge.model import Lang

_DRAWS, _FEW = 200, 40


@click.command(
    "bath",
    epilog="""\b
Examples:
  anmin bath profile.yaml
  anmin bath --example taiwan-34 --season winter --svg bath.svg
Exit codes: 0 a bath, 2 bad input, 3 questions open, 4 no bath tonight.""",
)
@click.argument("profile", required=False, type=click.Path())
@click.option("--example", metavar="NAME", help="One of the examples of `anmin new --list`.")
@click.option("--season", type=click.Choice(["summer", "mild", "winter"]), default="mild", show_default=True,
              help="Room, clothes and bedding: 30, 24 or 18 °C.")  # fmt: skip
@click.option("--room", type=click.FloatRange(10, 35), metavar="C", help="The room in °C, instead of the season's.")
@click.option("--depth", type=click.Choice(["shoulders", "chest", "waist"]), help="Only this depth of water.")
@click.option("--draws", type=click.IntRange(20, 5000), help="Runs behind each 90 % band; 200, or 40 without numba.")
@click.option("--fast", is_flag=True, help="Few runs: rougher bands, sooner.")
@click.option("--explain", is_flag=True, help="Also other ways, the curve of the evening, and what is assumed.")
@click.option("--svg", type=click.Path(dir_okay=False, path_type=Path), help="Also write the figure to FILE.")
@lang_option
@json_option
def bath_command(
    profile: str | None,
    example: str | None,
    season: Literal["summer", "mild", "winter"],
    room: float | None,
    depth: Literal["shoulders", "chest", "waist"] | None,
    draws: int | None,
    fast: bool,
    explain: bool,
    svg: Path | None,
    lang: Lang,
    as_json: bool,
) -> None:
    """The best bath for the person in PROFILE: how warm, how long, when; what it does, and what nobody knows."""
    from anmin.body.bath.protocols import Surroundings
    from anmin.cli.people import load_person
    from anmin.knowledge.load import load
    from anmin.plan.bath_search import Wish, find_bath

    if room is not None and not math.isfinite(room):
        raise InputError("--room", room, "10 to 35")
    knowledge = load()
    person = load_person(profile, example, knowledge)
    quick = find_spec("numba") is not None
    count = draws if draws is not None else _DRAWS if quick and not fast else _FEW
    around = Surroundings(bed_hour=person.bed / 60, season=season, room_c=room)
    level: Literal["mid_thorax", "shoulders", "waist"] | None = "mid_thorax" if depth == "chest" else depth
    wish = Wish(around, level, count, "numba" if quick else "numpy")
    answer = find_bath(
        person, wish, knowledge, lambda step: click.echo(knowledge.say(f"bath.step.{step}", lang), err=True)
    )
    if svg is not None and answer.proposed is not None:
        from anmin.cli.files import write_whole
        from anmin.report.bath_chart import bath_chart
        from anmin.report.svg import svg as drawn

        write_whole(str(svg), drawn(bath_chart(answer, person, knowledge, lang)).encode())
    if as_json:
        print_json(answer)
    else:
        from anmin.report.bath import bath_page

        bath_page(answer, person, knowledge, lang, explain=explain)
    if svg is not None and answer.proposed is not None:
        click.echo(knowledge.say("bath.svg_written", lang, file=str(svg)), err=True)
    sys.exit({"bath": 0, "ask": 3, "refused": 4}[answer.status])
