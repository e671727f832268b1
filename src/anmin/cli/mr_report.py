"""``--report`` of ``anmin mr``: one HTML page, or a folder with the page and its figures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from anmin.cli.files import write_whole
from anmin.errors import InputError
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Lang

if TYPE_CHECKING:
    from anmin.evidence.mr.analyse import Analysis
    from anmin.evidence.mr.demo import Demo

F = TypeVar("F", bound=Callable[..., Any])

PAGE = "index.html"


def report_option(command: F) -> F:
    """``--report DIR|FILE.html``."""
    return click.option(
        "--report", type=click.Path(path_type=Path), metavar="DIR|FILE.html",
        help="Write a page: figures, every number, the STROBE-MR checklist; no script, no network.",
    )(command)  # fmt: skip


def write_report(
    target: Path, analysis: Analysis, names: tuple[str, str], knowledge: Knowledge, lang: Lang, *, draws: int,
    seed: int, demo: Demo | None = None,
) -> str:  # fmt: skip
    """Write the page (each file whole or not at all) and say its first line and where it is."""
    from anmin.report.mr_figures import figures
    from anmin.report.mr_html import report_page
    from anmin.report.mr_words import answer
    from anmin.report.svg import svg

    made_up = demo is not None and demo.synthetic
    charts = figures(analysis, knowledge, lang, made_up=made_up)
    document = report_page(analysis, names, charts, knowledge, lang, draws=draws, seed=seed, demo=demo)
    files = {target: document}
    if target.suffix.lower() not in (".html", ".htm"):
        try:
            target.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError("--report", str(target), "FILE.html or a folder", str(error.strerror)) from None
        if _foreign(target / PAGE):
            raise InputError("--report", str(target), "a new folder, or one that anmin wrote", f"Not ours: {PAGE}")
        files = {target / f"{name}.svg": svg(chart) for name, chart in charts.items()}
        files[target / PAGE] = document
    for path, content in files.items():
        write_whole(str(path), content.encode())
    written = [knowledge.say("mr_report.written", lang, path=str(path)) for path in files]
    return "\n".join([answer(analysis, knowledge, lang, demo), "", *written])


def _foreign(page: Path) -> bool:
    """Whether a page is there that no earlier report can be: each of them names the program."""
    try:
        return b"anmin" not in page.read_bytes()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise InputError("--report", str(page), "a page that can be read", str(error.strerror)) from None
