"""``anmin trial report`` and ``anmin trial pool``: a finished trial, or many, as text, page and figures."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from anmin.cli.book import log_option, open_log, read_bounded
from anmin.cli.files import keep_foreign, write_whole
from anmin.cli.options import json_option, lang_option, print_json
from anmin.cli.trial_ask import day
from anmin.errors import InputError
from anmin.knowledge.model import Lang

if TYPE_CHECKING:
    from anmin.knowledge.load import Knowledge
    from anmin.report.chart import Chart
    from anmin.store.log import Log

RESULT, BUNDLE, PAGE = b'{\n  "anmin_trial"', b'{"anmin_bundle"', b"<!DOCTYPE html>"
"""How the files begin that these commands write, and may write again."""

today_option = click.option("--today", callback=day, metavar="DATE", help="Instead of today's date (for simulations).")


@click.command(
    "report",
    epilog="""\b
Examples:
  anmin trial report --html report.html
  anmin trial report glycine-2026-12-01 --out result.json --bundle shared.json
Exit codes: 0 the report, 2 bad input, 4 the trial still runs and only its data quality is shown.""",
)
@click.argument("trial", required=False)
@click.option("--out", type=click.Path(dir_okay=False), help="Also write the result for `anmin plan --results`.")
@click.option("--bundle", type=click.Path(dir_okay=False), help="Also write what can be shared: no dates, no words.")
@click.option("--html", "html_file", type=click.Path(dir_okay=False), help="Also write it as a page, with figures.")
@click.option("--svg", "svg_folder", type=click.Path(file_okay=False), help="Also write the figures into this folder.")
@today_option
@log_option
@lang_option
@json_option
def report_command(
    trial: str | None,
    out: str | None,
    bundle: str | None,
    html_file: str | None,
    svg_folder: str | None,
    today: date,
    log_path: str,
    lang: Lang,
    as_json: bool,
) -> None:
    """The result of a finished TRIAL (the latest), from the diary as it stood at the unlocking."""
    from anmin.knowledge.load import load

    keep_foreign(out, "--out", RESULT)
    keep_foreign(bundle, "--bundle", BUNDLE)
    keep_foreign(html_file, "--html", PAGE)
    with open_log(log_path) as log:
        _refuse_while_blind(log, trial, today, lang, as_json)
        if bundle is not None:
            import msgspec

            from anmin.store import trials
            from anmin.trial.pool import bundle_of

            own = trials.result_of(log, trial, load())[1].own
            lines = own if isinstance(own, tuple) else (own,)
            target = Path(bundle)
            for place, line in enumerate(lines):  # one file a comparison, since each is pooled with its like
                name = bundle if place == 0 else str(target.with_stem(f"{target.stem}-{place + 1}"))
                write_whole(name, msgspec.json.encode(bundle_of(line)) + b"\n")
        show_result(log, trial, out, load(), lang, as_json, page=html_file)
        _draw(log, trial, html_file, svg_folder, load(), lang, as_json)


def _refuse_while_blind(log: Log, trial: str | None, today: date, lang: Lang, as_json: bool) -> None:
    """Of a trial that still runs only how complete its diary is; exit 4."""
    from anmin.knowledge.load import load
    from anmin.report.trial import status_lines
    from anmin.store import trials

    fold = log.fold()
    runs = trials.running(fold)
    ended = any(trials.unlocked(fold, name) is not None for name in trials.trials(fold))
    if runs is None or (trial is None and ended) or trial not in (None, runs.protocol.trial):
        return
    knowledge, state = load(), trials.status(fold, today)
    said = [knowledge.say("trial_report.blinded", lang), *status_lines(state, None, runs.protocol, knowledge, lang)]
    if as_json:
        import msgspec

        print_json({"status": "running", **msgspec.to_builtins(state), "text": said})
    for line in [] if as_json else said:
        click.echo(line)
    sys.exit(4)


def _draw(
    log: Log, trial: str | None, page: str | None, folder: str | None, knowledge: Knowledge, lang: Lang, as_json: bool
) -> None:
    """The page and the figures, where they were asked for."""
    if page is None and folder is None:
        return
    from anmin.report.trial_figures import figures
    from anmin.report.trial_findings import findings
    from anmin.report.trial_page import trial_page
    from anmin.store import trials

    found = findings(trials.finished(log, trial, knowledge), knowledge, lang)
    charts = figures(found, knowledge, lang)
    if folder is not None:
        _write_figures(charts, folder)
    if page is not None:
        write_whole(page, trial_page(found, charts, knowledge, lang).encode())
        if not as_json:
            click.echo(knowledge.say("trial_report.written_page", lang, file=page))


def _write_figures(charts: dict[str, Chart], folder: str) -> None:
    from anmin.report.svg import svg

    make_folder(Path(folder), "--svg")
    for name, chart in charts.items():
        write_whole(str(Path(folder) / f"{name}.svg"), svg(chart).encode())


@click.command("pool")
@click.argument("files", nargs=-1, required=True, type=click.Path())
@click.option("--html", "html_file", type=click.Path(dir_okay=False), help="Also write a page with the forest.")
@click.option("--svg", "svg_folder", type=click.Path(file_okay=False), help="Also write the forest into this folder.")
@lang_option
@json_option
def pool_command(
    files: tuple[str, ...], html_file: str | None, svg_folder: str | None, lang: Lang, as_json: bool
) -> None:
    """Put the bundles of many people together: the mean, how people differ, and what each may expect."""
    from anmin.knowledge.load import load
    from anmin.report.trial import pool_lines
    from anmin.trial.pool import MAX_BUNDLE, pool_people, read_bundle

    keep_foreign(html_file, "--html", PAGE)
    knowledge = load()
    bundles = [read_bundle(read_bounded(path, MAX_BUNDLE)) for path in files]
    together = pool_people(bundles)
    if svg_folder is not None or html_file is not None:
        from anmin.report.pool_figure import pool_chart, pool_page

        if svg_folder is not None:
            _write_figures({"people": pool_chart(together, knowledge, lang)}, svg_folder)
        if html_file is not None:
            write_whole(html_file, pool_page(together, knowledge, lang).encode())
    if as_json:
        print_json(together)
        return
    firm = [Path(path).name for path, bundle in zip(files, bundles, strict=True) if bundle.firm]
    for line in pool_lines(together, firm, knowledge, lang):
        click.echo(line)


def show_result(
    log: Log,
    trial: str | None,
    out: str | None,
    knowledge: Knowledge,
    lang: Lang,
    as_json: bool,
    page: str | None = None,
) -> None:
    """The result on the screen, and in a file for the next plan; ``page``: where it is written as one too."""
    import msgspec

    from anmin.report.several import several_report_lines, several_report_out
    from anmin.report.trial import report_lines, report_out
    from anmin.store import trials
    from anmin.trial.several_result import SeveralResult

    started, result = trials.result_of(log, trial, knowledge)
    if isinstance(result, SeveralResult):
        lines = several_report_lines(started, result, knowledge, lang)
        contract = several_report_out(started, result, lines)
    else:
        lines = report_lines(started, result, knowledge, lang)
        contract = report_out(started, result, lines)
    if out is not None:
        write_whole(out, msgspec.json.format(msgspec.json.encode(contract), indent=2))
    if as_json:
        print_json(contract)
        return
    for line in lines:
        click.echo(line)
    if page is None:
        click.echo(knowledge.say("trial_report.pointer", lang))
    if out is not None:
        click.echo(knowledge.say("trial.report_next", lang, file=out))


def make_folder(place: Path, option: str) -> None:
    """Make a folder if it is not there; :class:`InputError` names the option."""
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(option, str(place), "a folder that can be made here", str(error.strerror)) from None
