"""``anmin mr``: Mendelian randomization on your own files, and a worked example."""

from __future__ import annotations

from pathlib import Path

import click

from anmin.cli.mr_more import clump_command, correlated_command, multi_command
from anmin.cli.mr_report import report_option, write_report
from anmin.cli.mr_scan import (
    index_command,
    made_up_command,
    place_options,
    read_with_bar,
    reading_bar,
    scan_command,
)
from anmin.cli.options import Finite, json_option, lang_option, print_json
from anmin.errors import InputError
from anmin.knowledge.model import Lang

_DRAWS = 1000


@click.group(
    "mr",
    epilog="""\b
Examples:
  anmin mr demo
  anmin mr demo --outcome finngen_R12_F5_INSOMNIA.gz --cases 5000 --controls 400000
  anmin mr demo --report demo.html
  anmin mr run instruments.csv finngen_R12_F5_INSOMNIA.gz --json
  anmin mr multi ldl.csv hdl.csv --outcome chd.gz
  anmin mr clump hits.csv --ld plink.ld --as pairs --out instruments.csv
  anmin mr index GCST90012345.tsv.gz
  anmin mr scan instruments/ finngen/ --out found --exposure-build GRCh38 --workers 2""",
)
def mr_group() -> None:
    """Mendelian randomization: what inherited differences can tell, and what they cannot."""


for _command in (multi_command, clump_command, correlated_command, scan_command, index_command, made_up_command):
    mr_group.add_command(_command)


@mr_group.command(
    "demo", epilog="Example:  anmin mr demo --outcome finngen.gz --cases 5000 --controls 400000 --report demo.html"
)
@click.option(
    "--outcome", type=click.Path(path_type=Path), help="A downloaded outcome file instead of the made-up one."
)
@click.option("--cases", type=click.IntRange(min=1), help="People with the diagnosis in that file.")
@click.option("--controls", type=click.IntRange(min=1), help="People without it.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Of every random draw.")
@report_option
@lang_option
@json_option
def demo_command(
    outcome: Path | None,
    cases: int | None,
    controls: int | None,
    seed: int,
    report: Path | None,
    lang: Lang,
    as_json: bool,
) -> None:
    """Magnesium and insomnia: six variants, what they could find, and why 0.869 among 15 tries is not enough."""
    from anmin.evidence.mr.demo import EXPOSURE, run
    from anmin.evidence.mr.instruments import usable_instruments
    from anmin.knowledge.load import load
    from anmin.report.mr import demo_page

    if outcome is None and cases is not None:
        raise InputError("--cases", cases, "with --outcome only; the made-up file knows its own people")
    if (cases is None) != (controls is None):
        raise InputError("--cases", cases, "both --cases and --controls, or neither")
    knowledge = load()
    with reading_bar(outcome, knowledge, lang) as tell:
        demo = run(knowledge, outcome, cases=cases, controls=controls, draws=_DRAWS, seed=seed, progress=tell)
    said = ""
    if report is not None:
        names = (usable_instruments(knowledge, EXPOSURE)[0].trait.get(lang), demo.outcome_file)
        said = write_report(
            report, demo.analysis, names, knowledge, lang, draws=_DRAWS, seed=seed, demo=demo
        )  # fmt: skip
    if as_json:
        print_json(demo)
    elif said:
        click.echo(said)
    else:
        click.echo(demo_page(demo, knowledge, lang), nl=False)


@mr_group.command(
    "run", epilog="Example:  anmin mr run instruments.csv finngen.gz --exposure-build GRCh38 --report page.html"
)
@click.argument("exposure", type=click.Path(path_type=Path))
@click.argument("outcome", type=click.Path(path_type=Path))
@click.option(
    "--action",
    type=click.IntRange(1, 3),
    default=2,
    show_default=True,
    help="Palindromes: as written, by frequency, left out.",
)
@click.option("--people-exposure", type=Finite(min=4), help="For the direction and constrained likelihood.")
@click.option("--people-outcome", type=Finite(min=4), help="For the direction and constrained likelihood.")
@click.option(
    "--draws",
    type=click.IntRange(100, 100_000),
    default=_DRAWS,
    show_default=True,
    help="For errors without a formula.",
)
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Of every random draw.")
@place_options
@report_option
@lang_option
@json_option
def run_command(
    exposure: Path,
    outcome: Path,
    action: int,
    people_exposure: float | None,
    people_outcome: float | None,
    draws: int,
    seed: int,
    exposure_build: str | None,
    outcome_build: str | None,
    by_name: bool,
    report: Path | None,
    lang: Lang,
    as_json: bool,
) -> None:
    """Instruments of EXPOSURE (a small table) on OUTCOME (a file of any size)."""
    from anmin.evidence.mr.analyse import analyse
    from anmin.evidence.mr.harmonise import harmonise
    from anmin.evidence.mr.read import read_table
    from anmin.knowledge.load import load
    from anmin.report.mr import run_page

    knowledge = load()
    wanted = read_table(exposure, exposure_build)
    reading = read_with_bar(outcome, wanted, outcome_build, by_name, knowledge, lang)
    found = analyse(
        harmonise(wanted, reading.found, action),  # type: ignore[arg-type]
        people_exposure=people_exposure, people_outcome=people_outcome, draws=draws, seed=seed,
    )  # fmt: skip
    said = ""
    if report is not None:
        names = (exposure.name, outcome.name)
        said = write_report(report, found, names, knowledge, lang, draws=draws, seed=seed)
    if as_json:
        print_json(found)
    elif said:
        click.echo(said)
    else:
        click.echo(run_page(found, (exposure.name, outcome.name), knowledge, lang), nl=False)
