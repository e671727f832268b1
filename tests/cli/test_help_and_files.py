"""Every command shows how it is used; a file is written whole or not at all; a number is a number."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from anmin.cli.files import write_whole
from anmin.cli.main import cli
from anmin.cli.options import Finite
from anmin.errors import InputError

GROUPS = ("mr", "body", "evidence", "diary")


def commands() -> Iterator[tuple[str, click.Command]]:
    context = click.Context(cli)
    for group in GROUPS:
        found = cli.get_command(context, group)
        assert isinstance(found, click.Group)
        for name, command in found.commands.items():
            if not command.hidden:
                yield f"{group} {name}", command


@pytest.mark.parametrize(("name", "command"), [pytest.param(*each, id=each[0]) for each in commands()])
def test_every_help_has_an_example_of_the_command(name: str, command: click.Command) -> None:
    assert f"anmin {name}" in (command.epilog or "")
    for option in command.params:
        if isinstance(option, click.Option):
            assert option.help, f"{name} {option.name}"


@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "1e999"])
def test_a_range_holds_numbers_only(text: str) -> None:
    command = click.Command("x", params=[click.Option(["--of"], type=Finite(min=0))])
    found = CliRunner().invoke(command, ["--of", text])
    assert found.exit_code == 2


def test_nothing_is_left_beside_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError):
        write_whole(str(tmp_path / "folder"), b"x")
    assert [each.name for each in tmp_path.iterdir()] == ["folder"]
    write_whole(str(tmp_path / "file"), b"x")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["file", "folder"]
