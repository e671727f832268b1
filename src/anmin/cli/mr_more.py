"""``anmin mr multi``, ``clump`` and ``correlated``: several exposures, independent variants, linked variants."""

from __future__ import annotations

import csv
import io
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from anmin.cli.files import write_whole
from anmin.cli.mr_scan import place_options, read_with_bar, reading_bar
from anmin.cli.options import Finite, json_option, lang_option, print_json
from anmin.errors import InputError
from anmin.knowledge.model import Lang

if TYPE_CHECKING:
    from anmin.evidence.mr.model import Association

_action_option = click.option(
    "--action", type=click.IntRange(1, 3), default=2, show_default=True,
    help="Palindromes: as written, by frequency, left out.",
)  # fmt: skip
_seed_option = click.option(
    "--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Of every random draw."
)
_FILE = click.Path(path_type=Path)


@click.command(
    "multi",
    epilog="""\b
Examples:
  anmin mr multi ldl.csv hdl.csv trig.csv --outcome chd.gz
  anmin mr multi ldl.gz hdl.gz --instruments snps.csv --outcome chd.gz --correlations traits.csv --json""",
)
@click.argument("exposures", type=_FILE, nargs=-1, required=True)
@click.option("--outcome", type=_FILE, required=True, help="A file of any size.")
@click.option(
    "--instruments", type=_FILE,
    help="A small table of the variants to use; the exposures may then be files of any size.",
)  # fmt: skip
@_action_option
@place_options
@click.option(
    "--correlations", type=_FILE,
    help="Phenotypic correlations of the exposures: a square table headed by their names. Without it: zero, and said.",
)  # fmt: skip
@click.option("--people", type=Finite(min=4), help="In each exposure study: rebuilds the errors' covariance.")
@click.option(
    "--draws", type=click.IntRange(100, 100_000), default=1000, show_default=True, help="For errors without a formula."
)
@_seed_option
@lang_option
@json_option
def multi_command(
    exposures: tuple[Path, ...], outcome: Path, instruments: Path | None, action: int, correlations: Path | None,
    people: float | None, draws: int, seed: int, exposure_build: str | None, outcome_build: str | None, by_name: bool,
    lang: Lang, as_json: bool,
) -> None:  # fmt: skip
    """Effect of each of EXPOSURES on an outcome while the others stay: multivariable Mendelian randomization."""
    from anmin.evidence.mr.multivariable_analyse import analyse_several
    from anmin.evidence.mr.multivariable_tables import bring_together
    from anmin.evidence.mr.named_matrix import read_matrix
    from anmin.evidence.mr.read import read_table
    from anmin.knowledge.load import load
    from anmin.report.mr_multi import multi_page

    knowledge = load()
    names = _names(exposures)
    rho = read_matrix(correlations).of(names) if correlations else None
    wanted: dict[str, Association] = {}
    if instruments:
        wanted = {row.snp: row for row in read_table(instruments, exposure_build)}
    tables: dict[str, dict[str, Association]] = {}
    for name, path in zip(names, exposures, strict=True):
        if instruments:
            rows = tuple(wanted.values())
            tables[name] = read_with_bar(path, rows, exposure_build, by_name, knowledge, lang).found
        else:
            tables[name] = {row.snp: row for row in reversed(read_table(path, exposure_build))}
    if not instruments:
        wanted = {snp: row for name in sorted(tables, reverse=True) for snp, row in tables[name].items()}
    found = read_with_bar(outcome, tuple(wanted.values()), outcome_build, by_name, knowledge, lang).found
    fates, data = bring_together(sorted(wanted), tables, found, action)  # type: ignore[arg-type]
    analysis = analyse_several(data, fates, rho=rho, people=people, draws=draws, seed=seed)
    if as_json:
        print_json(analysis)
    else:
        click.echo(multi_page(analysis, outcome.name, knowledge, lang), nl=False)


@click.command(
    "clump",
    epilog="""\b
Examples:
  anmin mr clump hits.csv --ld plink.ld --as pairs --r2 0.001 --kb 10000 --out instruments.csv
  anmin mr clump hits.csv --ld reference.parquet --as dosages --keep-unknown --json""",
)
@click.argument("table", type=_FILE)
@click.option("--ld", "ld_file", type=_FILE, required=True, help="Where linkage disequilibrium comes from.")
@click.option(
    "--as", "kind", type=click.Choice(["matrix", "matrix-r2", "pairs", "dosages"]), required=True,
    help="Correlations r; squared ones; a list snp_a, snp_b, r2; a person a row with 0 to 2 for each variant.",
)  # fmt: skip
@click.option("--r2", type=Finite(0, 1), default=0.001, show_default=True, help="From here on, one clump.")
@click.option("--kb", type=Finite(min=0), default=10_000, show_default=True, help="Window, thousand bases.")
@click.option("--p", type=Finite(0, 1, min_open=True), default=5e-8, show_default=True, help="Largest p.")
@click.option("--keep-unknown", is_flag=True, help="Keep variants that the LD file does not have.")
@click.option("--out", type=_FILE, help="Write the kept variants as a table for `anmin mr run`.")
@lang_option
@json_option
def clump_command(
    table: Path, ld_file: Path, kind: str, r2: float, kb: float, p: float, keep_unknown: bool, out: Path | None,
    lang: Lang, as_json: bool,
) -> None:  # fmt: skip
    """Of the variants of TABLE inherited together keep the most significant, and say what became of each."""
    from anmin.evidence.mr.candidates import read_candidates
    from anmin.evidence.mr.clump import clump
    from anmin.evidence.mr.ld import read_ld
    from anmin.knowledge.load import load
    from anmin.report.mr_multi import clump_page

    if out is not None and out.exists() and any(each.exists() and out.samefile(each) for each in (table, ld_file)):
        raise InputError("--out", str(out), "another file than those that are read")
    knowledge = load()
    with reading_bar(table, knowledge, lang) as tell:
        found = read_candidates(table, p, tell)
    ld = read_ld(ld_file, kind, [row.snp for row in found.rows])  # type: ignore[arg-type]
    clumped = clump(found.rows, ld, r2=r2, kb=kb, p=p, keep_unknown=keep_unknown)
    if out is not None:
        kept = set(clumped.kept)
        write_whole(str(out), _table([row for row in found.rows if row.snp in kept]))
    if as_json:
        print_json({"clumped": clumped, "rows": found.count, "above_p": found.above})
    else:
        click.echo(clump_page(clumped, found, table.name, knowledge, lang), nl=False)


@click.command(
    "correlated",
    epilog="""\b
Example:
  anmin mr correlated gene.csv outcome.gz --ld correlations.csv""",
)
@click.argument("exposure", type=_FILE)
@click.argument("outcome", type=_FILE)
@click.option(
    "--ld", "ld_file", type=_FILE, required=True,
    help="Signed correlations r of the effect alleles as EXPOSURE counts them: a square table headed by variants.",
)  # fmt: skip
@_action_option
@place_options
@lang_option
@json_option
def correlated_command(
    exposure: Path, outcome: Path, ld_file: Path, action: int, exposure_build: str | None, outcome_build: str | None,
    by_name: bool, lang: Lang, as_json: bool,
) -> None:  # fmt: skip
    """IVW and MR-Egger when the variants of EXPOSURE are inherited together, as those of one gene are."""
    from anmin.evidence.mr.analyse import attempt
    from anmin.evidence.mr.correlated import correlated_egger, correlated_ivw
    from anmin.evidence.mr.harmonise import harmonise
    from anmin.evidence.mr.named_matrix import read_matrix
    from anmin.evidence.mr.pair import pair_of
    from anmin.evidence.mr.read import read_table
    from anmin.knowledge.load import load
    from anmin.report.mr_multi import correlated_page

    knowledge = load()
    wanted = read_table(exposure, exposure_build)
    reading = read_with_bar(outcome, wanted, outcome_build, by_name, knowledge, lang)
    matched = harmonise(wanted, reading.found, action)  # type: ignore[arg-type]
    pair = pair_of(matched)
    rho = read_matrix(ld_file).of(pair.snps)
    methods = {"correlated_ivw": correlated_ivw, "correlated_egger": correlated_egger} if pair.count else {}
    estimates = tuple(attempt(name, pair.count, partial(method, pair, rho)) for name, method in methods.items())
    if as_json:
        print_json({"matched": matched, "used": pair.snps, "estimates": estimates})
    else:
        click.echo(correlated_page(matched, estimates, (exposure.name, outcome.name), knowledge, lang), nl=False)


def _names(paths: tuple[Path, ...]) -> tuple[str, ...]:
    names = tuple(path.name.split(".")[0] for path in paths)
    if len(set(names)) != len(names):
        raise InputError("exposures", ", ".join(names), "files whose names differ before the first dot")
    if len(names) < 2:
        raise InputError("exposures", names[0], "two or more", "For one exposure: anmin mr run.")
    return names


def _table(rows: list[Association]) -> bytes:
    columns = ("snp", "chromosome", "position", "effect_allele", "other_allele", "eaf", "beta", "se", "n")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*columns, "mlogp"])
    for row in rows:
        values = [getattr(row, name) for name in columns]
        writer.writerow(["" if value is None else value for value in (*values, row.neg_log10_p)])
    return text.getvalue().encode()
