"""Write docs/reference anew from the program itself: commands, JSON Schemas, coverage of the facts.

Run by ``make docs``; the output is committed, so that a reader without a shell sees it too.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click

from anmin.cli.main import cli

HERE = Path(__file__).resolve().parent.parent
OUT = HERE / "docs" / "reference"


def run(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "anmin", *arguments],
        capture_output=True,
        text=True,
        check=True,
        env={"ANMIN_LANG": "en", "COLUMNS": "100", "PATH": "", "PYTHONIOENCODING": "utf-8"},
    )
    return done.stdout


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    parts = ["# Commands\n", "```text\n" + run("--help") + "```\n"]
    for command in cli.list_commands(click.Context(cli)):
        parts += [f"## anmin {command}\n", "```text\n" + run(command, "--help") + "```\n"]
    (OUT / "commands.md").write_text("\n".join(parts), encoding="utf-8")
    for name in ("profile", "plan", "check"):
        (OUT / f"{name}.schema.json").write_text(run("schema", name), encoding="utf-8")
    (OUT / "coverage.md").write_text(
        "# What the facts rest on\n\n```text\n" + run("facts", "--coverage") + "```\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
