"""What the README shows is what the program prints, and every command it names exists."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import click

from anmin.cli.main import cli

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def test_the_sample_is_the_output() -> None:
    block = re.search(r"^    \$ anmin (.+)\n((?:    .*\n|\n)+)", README, re.MULTILINE)
    assert block is not None
    done = subprocess.run(
        [sys.executable, "-m", "anmin", *block[1].split(), "--lang", "en"],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    printed = " ".join(done.stdout.split())
    shown = [" ".join(part.split()) for part in block[2].split("…")]
    assert sum(map(len, shown)) > 200
    assert not [part for part in shown if part not in printed]


def test_every_command_it_names_exists() -> None:
    named = set(re.findall(r"`anmin ([a-z]+)", README))
    assert len(named) > 8
    assert named <= set(cli.list_commands(click.Context(cli)))
