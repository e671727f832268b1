"""``anmin body``: what the body does, as small cited models with figures."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from anmin.cli.options import Finite, json_option, lang_option, print_json
from anmin.knowledge.model import Lang

if TYPE_CHECKING:
    from anmin.knowledge.load import Knowledge
    from anmin.report.chart import Chart

_svg_option = click.option(
    "--svg", type=click.Path(dir_okay=False, path_type=Path), help="Also write the figure to FILE."
)


@click.group(
    "body",
    epilog="""\b
Examples:
  anmin body magnesium --dose 500 --form oxide --weeks 8
  anmin body clock --example taiwan-34 --svg clock.svg
  anmin body synapse
  anmin body kinetics --lang ja""",
)
def body_group() -> None:
    """Magnesium stores, the sleep clock, the synapse, plasma curves: models with sources and limits."""


@body_group.command("magnesium", epilog="Example:  anmin body magnesium profile.yaml --form bisglycinate --split 2")
@click.argument("profile", required=False, type=click.Path())
@click.option("--example", metavar="NAME", help="One of the examples of `anmin new --list`.")
@click.option("--dose", type=float, metavar="MG", help="Magnesium a day in mg; without it that of the trials, or less.")
@click.option("--form", default="citrate", show_default=True, help="Id of a compound, see `anmin facts magnesium`.")
@click.option("--split", type=click.IntRange(1, 6), default=1, show_default=True, help="Doses a day.")
@click.option("--weeks", type=Finite(0.5, 520), help="Without it, until serum no longer rises.")
@click.option(
    "--figure",
    type=click.Choice(["weeks", "uptake", "chelate", "urine"]),
    default="weeks",
    show_default=True,
    help="Which figure --svg writes. The two studies are two figures: they share no axis.",
)
@_svg_option
@lang_option
@json_option
def magnesium_command(
    profile: str | None,
    example: str | None,
    dose: float | None,
    form: str,
    split: int,
    weeks: float | None,
    figure: str,
    svg: Path | None,
    lang: Lang,
    as_json: bool,
) -> None:
    """What is taken up of a dose, and what weeks of it do to serum and urine. Without PROFILE: healthy kidneys."""
    from anmin.errors import InputError
    from anmin.knowledge.load import load
    from anmin.report.body_magnesium import magnesium_answer, magnesium_page
    from anmin.report.body_magnesium_charts import stores_chart, two_studies, uptake_chart

    knowledge = load()
    person = None
    if profile is not None or example is not None:
        from anmin.cli.people import load_person

        person = load_person(profile, example, knowledge)
    answer = magnesium_answer(knowledge, person, dose_mg=dose, form=form, split=split, weeks=weeks)
    if svg is not None and (answer.refused or answer.asked or (figure == "weeks" and not answer.course)):
        raise InputError("--svg", str(svg), "a figure the answer has; here no curve may be drawn")

    def chart() -> Chart:
        if figure == "weeks":
            return stores_chart(answer, knowledge, lang)
        return uptake_chart(knowledge, lang) if figure == "uptake" else two_studies(knowledge, lang)[figure == "urine"]

    page = partial(magnesium_page, answer, knowledge, lang)
    _hand_out(answer, page, svg, chart, knowledge, lang, as_json)


@body_group.command("clock", epilog="Example:  anmin body clock profile.yaml --evening-lux 20")
@click.argument("profile", required=False, type=click.Path())
@click.option("--example", metavar="NAME", help="One of the examples of `anmin new --list`.")
@click.option("--evening-lux", type=float, help="Light at the eye in the four hours before sleep, if known.")
@click.option("--day-lux", type=float, help="Light at the eye by day, if known.")
@_svg_option
@lang_option
@json_option
def clock_command(
    profile: str | None,
    example: str | None,
    evening_lux: float | None,
    day_lux: float | None,
    svg: Path | None,
    lang: Lang,
    as_json: bool,
) -> None:
    """When melatonin starts by three models, when bed comes easily, and what moving light would do."""
    from anmin.cli.people import load_person
    from anmin.knowledge.load import load
    from anmin.report.body_clock import clock_page, clock_run

    knowledge = load()
    run = clock_run(load_person(profile, example, knowledge), knowledge, evening_lux=evening_lux, day_lux=day_lux)

    def chart() -> Chart:
        from anmin.report.body_clock_chart import clock_chart

        return clock_chart(run, knowledge, lang)

    _hand_out(run.answer, partial(clock_page, run, knowledge, lang), svg, chart, knowledge, lang, as_json)


@body_group.command("synapse", epilog="Example:  anmin body synapse --lack 30 --svg nmda.svg")
@click.option("--lack", type=float, help="The slider: per cent of the brain's magnesium missing, 0 to 60.")
@_svg_option
@lang_option
@json_option
def synapse_command(lack: float | None, svg: Path | None, lang: Lang, as_json: bool) -> None:
    """How far magnesium closes the NMDA receptor, and how little a pill can change that."""
    from anmin.knowledge.load import load
    from anmin.report.body_small import synapse_answer, synapse_chart, synapse_page

    knowledge = load()
    answer = synapse_answer(knowledge, lack)
    page, chart = partial(synapse_page, answer, knowledge, lang), partial(synapse_chart, answer, knowledge, lang)
    _hand_out(answer, page, svg, chart, knowledge, lang, as_json)


@body_group.command("kinetics", epilog="Example:  anmin body kinetics --svg plasma.svg")
@_svg_option
@lang_option
@json_option
def kinetics_command(svg: Path | None, lang: Lang, as_json: bool) -> None:
    """Plasma curves of theanine, GABA and melatonin; why there is none for glycine."""
    from anmin.knowledge.load import load
    from anmin.report.body_small import kinetics_answer, kinetics_chart, kinetics_page

    knowledge = load()
    answer = kinetics_answer(knowledge)
    out = {"curves": [each._asdict() for each in answer.curves], "without": answer.without}
    page, chart = partial(kinetics_page, answer, knowledge, lang), partial(kinetics_chart, answer, knowledge, lang)
    _hand_out(out, page, svg, chart, knowledge, lang, as_json)


def _hand_out(
    out: Any,
    page: Callable[[], None],
    svg: Path | None,
    chart: Callable[[], Chart],
    knowledge: Knowledge,
    lang: Lang,
    as_json: bool,
) -> None:
    """The figure into its file first, then the page or its twin for machines."""
    if svg is not None:
        from anmin.cli.files import write_whole
        from anmin.report.svg import svg as drawn

        write_whole(str(svg), drawn(chart()).encode())
    if as_json:
        print_json(out)
        return
    page()
    if svg is not None:
        click.echo(knowledge.say("body.svg_written", lang, file=str(svg)), err=True)
