"""``anmin mr scan``, ``anmin mr index``: many exposures on many outcomes, and quick access to files of a genome."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from anmin.cli.options import json_option, lang_option, print_json
from anmin.errors import InputError
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Lang

if TYPE_CHECKING:
    from anmin.evidence.mr.model import Association
    from anmin.evidence.mr.wanted import By, Reading

F = TypeVar("F", bound=Callable[..., Any])
_FILE = click.Path(path_type=Path)
_SLOW_BYTES = 50 << 20
"""Packed bytes from which reading may take longer than somebody waits without a word."""


def place_options(command: F) -> F:
    """``--exposure-build``, ``--outcome-build``, ``--by-name``: what a position means on either side."""
    for option in (
        click.option("--by-name", is_flag=True, help="Match by rs number and alleles, whatever the positions are."),
        click.option("--outcome-build", metavar="BUILD", help="The same of the outcome, over what its file says."),
        click.option("--exposure-build", metavar="BUILD", help="Genome build of the instruments' positions: GRCh38."),
    ):
        command = option(command)
    return command


def read_with_bar(
    file: Path, wanted: tuple[Association, ...], build: str | None, by_name: bool, knowledge: Knowledge, lang: Lang
) -> Reading:
    """The wanted variants of a file; says on standard error why a large one takes its time."""
    from anmin.evidence.mr.read import read_outcome, why_slow

    by: By = "name" if by_name else "auto"
    slow = why_slow(file, wanted, build, by)
    if slow and file.stat().st_size > _SLOW_BYTES:
        click.echo(knowledge.say(f"mr_scan.slow_{slow}", lang, file=file.name), err=True)
    with reading_bar(file, knowledge, lang) as tell:
        found = read_outcome(file, wanted, build, by=by, progress=tell)
    for message, names in (("elsewhere", found.elsewhere), ("unsure", found.unsure)):
        if names:
            click.echo(knowledge.say(f"mr_scan.{message}", lang, count=len(names)), err=True)
    return found


@click.command(
    "scan",
    epilog="""\b
Examples:
  anmin mr scan instruments/ finngen/ --out magnesium --exposure-build GRCh38 --workers 2
  anmin mr scan instruments/ finngen/ --out all --methods ivw,egger,weighted_median
  anmin mr scan instruments/ finngen/ --out all --part 3/40      (one job of forty, on one shared folder)
The same command goes on where it was stopped. Exit codes: 0 done, 2 bad input or an outcome that cannot be read.""",
)
@click.argument("exposures", type=_FILE)
@click.argument("outcomes", type=_FILE)
@click.option("--out", type=_FILE, required=True, help="Folder for results, shards and the manifest.")
@click.option(
    "--workers", type=click.IntRange(1, 1024), default=1, show_default=True, help="Processes on this machine."
)
@click.option("--dask", metavar="ADDRESS", help="A running Dask scheduler, whose workers see the same files.")
@click.option("--part", metavar="I/N", default="1/1", show_default=True, help="Only every N-th outcome, from the I-th.")
@click.option("--methods", default="ivw,egger,weighted_median", show_default=True, help="The first one is summed up.")
@click.option(
    "--action", type=click.IntRange(1, 3), default=2, show_default=True,
    help="Palindromes: as written, by frequency, left out.",
)  # fmt: skip
@click.option(
    "--draws", type=click.IntRange(100, 100_000), default=1000, show_default=True, help="For errors without a formula."
)
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Of every random draw.")
@click.option("--own-draws", is_flag=True, help="Draws of its own for each outcome, not shared by all of an exposure.")
@place_options
@click.option("--full-hash", is_flag=True, help="Read all of every outcome file to tell whether it has changed.")
@lang_option
@json_option
def scan_command(
    exposures: Path, outcomes: Path, out: Path, workers: int, dask: str | None, part: str, methods: str, action: int,
    draws: int, seed: int, own_draws: bool, exposure_build: str | None, outcome_build: str | None, by_name: bool,
    full_hash: bool, lang: Lang, as_json: bool,
) -> None:  # fmt: skip
    """Every exposure in EXPOSURES on every outcome in OUTCOMES (a file, or a folder of files)."""
    from anmin.evidence.mr.scan import scan
    from anmin.evidence.mr.scan_work import Settings
    from anmin.evidence.mr.spread import Dask, Here, Processes, Spread
    from anmin.knowledge.load import load
    from anmin.report.mr_scan import scan_page

    if dask and workers > 1:
        raise InputError("--dask", dask, "either --dask or --workers")
    settings = Settings(
        methods=tuple(name.strip() for name in methods.split(",") if name.strip()),
        action=action,  # type: ignore[arg-type]
        draws=draws, seed=seed, shared=not own_draws, exposure_build=exposure_build, outcome_build=outcome_build,
        by="name" if by_name else "auto",
    )  # fmt: skip
    knowledge = load()
    spread: Spread = Dask(dask) if dask else Processes(workers) if workers > 1 else Here()
    try:
        with _bar(knowledge.say("mr_scan.progress", lang)) as tell:
            found = scan(
                exposures, outcomes, out, settings, spread=spread, part=_part(part), whole_hash=full_hash, tell=tell
            )
    except KeyboardInterrupt:
        click.echo(knowledge.say("mr_scan.stopped", lang, out=str(out)), err=True)
        raise SystemExit(130) from None
    if as_json:
        print_json(found)
    else:
        scan_page(found, knowledge, lang)
    if found.failed:
        raise SystemExit(2)


@click.command(
    "index",
    epilog="""\b
Examples:
  anmin mr index GCST90012345.tsv.gz
  anmin mr index old.txt.gz --build GRCh37 --out tables/old.parquet""",
)
@click.argument("file", type=_FILE)
@click.option("--out", type=_FILE, help="Instead of FILE.anmin.parquet beside it, where it is found by itself.")
@click.option("--build", metavar="BUILD", help="Genome build, where the file does not say: GRCh37, GRCh38.")
@lang_option
@json_option
def index_command(file: Path, out: Path | None, build: str | None, lang: Lang, as_json: bool) -> None:
    """Write FILE as parquet sorted by place, so that a hundred variants out of it take a moment."""
    from anmin.evidence.mr.index import write_index
    from anmin.knowledge.load import load
    from anmin.report.mr_scan import indexed_page

    knowledge = load()
    with reading_bar(file, knowledge, lang) as tell:
        found = write_index(file, out, build, tell)
    if as_json:
        print_json(found)
    else:
        indexed_page(found, file.name, out is None, knowledge, lang)


@click.command("made-up", hidden=True)
@click.argument("out", type=_FILE)
@click.option("--rows", type=click.IntRange(1, 100_000_000), default=21_000_000, show_default=True)
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True)
@lang_option
def made_up_command(out: Path, rows: int, seed: int, lang: Lang) -> None:
    """A made-up outcome file in FinnGen's format and size, with a tabix index where pysam is installed.

    The magnesium variants stand in it, at invented places and without an effect, so that ``anmin mr demo`` runs on it.
    """
    from anmin.evidence.mr.instruments import association_of, usable_instruments
    from anmin.evidence.mr.synthetic import tabix_index, write_large
    from anmin.knowledge.load import load

    knowledge = load()
    own = [association_of(each) for each in usable_instruments(knowledge, "magnesium")]
    write_large(out, rows, seed=seed, instruments=own)
    tabix_index(out)
    click.echo(knowledge.say("mr_scan.made_up", lang, out=str(out), rows=f"{rows:,}"))


@contextmanager
def reading_bar(file: Path | None, knowledge: Knowledge, lang: Lang) -> Iterator[Callable[[int], None]]:
    """Progress over the bytes of a file, on standard error, where a person is looking at a large one."""
    size = file.stat().st_size if file is not None and file.is_file() else 0
    if file is None or size < _SLOW_BYTES:
        yield lambda done: None
        return
    with _bar(knowledge.say("mr_scan.reading", lang, file=file.name)) as tell:
        yield lambda done: tell(done, size)


@contextmanager
def _bar(label: str) -> Iterator[Callable[[int, int], None]]:
    if not sys.stderr.isatty():
        yield _silent
        return
    bar: Any
    with click.progressbar(length=1, label=label, file=sys.stderr, width=30) as bar:

        def tell(done: int, total: int) -> None:
            bar.length = max(1, total)
            bar.update(done - bar.pos)

        yield tell


def _silent(done: int, total: int) -> None:
    """Nobody is looking."""


def _part(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", text.strip())
    if found is None or not 1 <= int(found[1]) <= int(found[2]):
        raise InputError("--part", text, "I/N with 1 ≤ I ≤ N, such as 3/40")
    return int(found[1]), int(found[2])
