"""A log may be a URL wherever it may be a file: the same errors, no password anywhere, no folder named after a URL."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from anmin.cli.book import beside_log, log_exists
from anmin.cli.main import cli
from anmin.errors import InputError

URL = "postgresql://me:s3cret@127.0.0.1:1/none?connect_timeout=1"


@pytest.mark.parametrize(
    "words",
    [
        "diary list", "diary add --night 2026-01-01", "diary nights", "diary undo", "trial status", "trial report",
        "diary correct 2026-01-01 --tst 400", "trial design --example taiwan-34 --component glycine",
        "trial start --example taiwan-34 --component glycine",
    ],
)  # fmt: skip
@pytest.mark.parametrize("by", ["option", "environment"])
def test_a_server_that_is_not_there_is_one_error_without_the_password(
    words: str, by: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    given = [*words.split(), *(["--log", URL] if by == "option" else [])]
    made = CliRunner().invoke(cli, given, env={"ANMIN_LOG": URL, "XDG_DATA_HOME": str(tmp_path)})
    assert isinstance(made.exception, InputError), made.output
    assert "cannot be used" in str(made.exception)
    assert "s3cret" not in made.output + str(made.exception) + repr(vars(made.exception))
    assert not [path for path in tmp_path.rglob("*") if "postgres" in path.name]


@pytest.mark.parametrize(
    "place",
    [
        "postgresql+psycopg://me:s3cret@host/db", " postgresql://me:s3cret@host/db", "postgresql:/me:s3cret@host/db",
        "mysql://me:s3cret@host/db", "host=here user=me password=s3cret", "password = s3cret",
    ],
)  # fmt: skip
def test_what_names_a_server_otherwise_is_no_file(place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    made = CliRunner().invoke(cli, ["diary", "nights", "--log", place])
    assert isinstance(made.exception, InputError), made.output
    assert "s3cret" not in made.output + str(made.exception) + repr(vars(made.exception))
    assert not list(tmp_path.iterdir())


def test_what_lies_beside_a_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert beside_log(URL) == tmp_path / "anmin"
    assert beside_log(str(tmp_path / "x" / "log.db")) == (tmp_path / "x").resolve()
    assert log_exists(URL)
    assert not log_exists(str(tmp_path / "log.db"))
