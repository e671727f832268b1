"""Options that several commands share."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click
import msgspec

from anmin.knowledge.model import LANGS, Lang

F = TypeVar("F", bound=Callable[..., Any])


def guess_lang() -> Lang:
    """The language of ``ANMIN_LANG``, else of the system, else English."""
    for name in ("ANMIN_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "").replace("_", "-")
        if value.startswith("ja"):
            return "ja"
        if value.startswith(("zh-TW", "zh-HK", "zh-Hant")):
            return "zh-Hant"
        if value.startswith("en"):
            return "en"
    return "en"


def lang_option(command: F) -> F:
    """``--lang en|zh-Hant|ja``."""
    return click.option(
        "--lang", type=click.Choice(LANGS), default=guess_lang, show_default="ANMIN_LANG, the system's, or en",
        help="Language of the answer.",
    )(command)  # fmt: skip


def json_option(command: F) -> F:
    """``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print the machine contract (see `anmin schema`).")(
        command
    )


class Finite(click.FloatRange):
    """A range that NaN and infinity are not in; they pass every comparison of :class:`click.FloatRange` or its end."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number; a usage error for one that is none."""
        number = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{value} is not a finite number.", param, ctx)
        return number


def print_json(value: object) -> None:
    """Indented UTF-8 JSON on standard output."""
    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def on_terminal() -> bool:
    """Whether a person is looking: colours and width follow the terminal."""
    return sys.stdout.isatty()
