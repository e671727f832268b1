"""Nothing confirmed is lost, nothing is overwritten, everything can be taken back, and an export is the log."""

from __future__ import annotations

import contextlib
import io
import itertools
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from log_places import Place, schemas

from anmin.errors import InputError
from anmin.store import log as log_module
from anmin.store.backend import is_url
from anmin.store.log import Log

_NUMBERS = itertools.count()


def values(log: Log, kind: str = "night") -> dict[str, bytes]:
    return {key: bytes(event.value) for key, event in log.fold().current(kind).items()}


def exported(log: Log) -> bytes:
    target = io.BytesIO()
    log.export(target)
    return target.getvalue()


def test_a_correction_keeps_the_old_value(place: Place) -> None:
    with Log(place("log")) as log:
        log.put("night", "2026-11-23", {"sol": 30})
        log.put("night", "2026-11-23", {"sol": 35})
        assert values(log) == {"2026-11-23": b'{"sol":35}'}
        assert [bytes(event.value) for event in log.history("night", "2026-11-23")] == [
            b'{"sol":30}', b'{"sol":35}',
        ]  # fmt: skip


def test_a_hundred_steps_back_and_forth(place: Place) -> None:
    with Log(place("log")) as log:
        seen = [values(log)]
        for step in range(150):
            if step % 10 == 9:
                log.remove("night", f"n{(step - 1) % 7}")
            else:
                log.put("night", f"n{step % 7}", step)
            seen.append(values(log))
        for state in reversed(seen[:-1]):
            assert log.undo() is not None
            assert values(log) == state
        assert log.undo() is None
        for state in seen[1:]:
            assert log.redo() is not None
            assert values(log) == state
        assert log.redo() is None
    with Log(place("log")) as again:
        assert values(again) == seen[-1]


def test_a_new_write_ends_redo_and_notes_cannot_be_undone(place: Place) -> None:
    with Log(place("log")) as log:
        log.put("night", "a", 1)
        log.note("trial", "t", "unlocked")
        log.undo()
        assert [event.key for event in log.fold().notes("trial")] == ["t"]
        log.put("night", "b", 2)
        assert log.redo() is None


def test_the_past_can_be_read_as_it_was(place: Place) -> None:
    with Log(place("log")) as log:
        log.put("night", "a", 1)
        sealed = log.note("trial", "t", "unlocked").seq
        log.put("night", "a", 2)
        log.undo()
        log.put("night", "a", 3)
        assert bytes(log.fold(sealed).current("night")["a"].value) == b"1"


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.sampled_from(["put", "remove", "undo", "redo", "note"]), st.sampled_from("abc"), st.text()))
)
def test_export_import_export_is_byte_identical(place: Place, steps: list[tuple[str, str, str]]) -> None:
    names = f"{next(_NUMBERS)}"
    with Log(place(f"one{names}")) as one, Log(place(f"two{names}")) as two:
        for op, key, value in steps:
            if op == "put":
                one.put("night", key, value)
            elif op == "note":
                one.note("night", key, value)
            elif op == "remove":
                if key in one.fold().current("night"):
                    one.remove("night", key)
            elif op == "undo":
                one.undo()
            else:
                one.redo()
        first = exported(one)
        two.restore(io.BytesIO(first))
        assert exported(two) == first
        assert values(two) == values(one)
        assert two.restore(io.BytesIO(first)) == 0


def test_two_writers_take_turns(place: Place) -> None:
    with Log(place("log")) as one, Log(place("log")) as two:
        one.put("night", "a", 1)
        two.put("night", "b", 2)
        one.put("night", "c", 3)
        assert list(values(one)) == list(values(two)) == ["a", "b", "c"]


_WRITER = """
import sys
from anmin.store.log import Log
log = Log(sys.argv[1])
number = log.fold().seq
while True:
    number += 1
    log.put("night", str(number), {"n": number, "pad": "x" * 500})
    print(number, flush=True)
"""


def test_kill_nine_loses_nothing_that_was_confirmed(place: Place) -> None:
    """Ten times: a writer is killed at a moment nobody chose; every number it confirmed must be in the log."""
    rng = random.Random(7)
    path = place("log")
    confirmed = 0
    for _ in range(10):
        writer = subprocess.Popen([sys.executable, "-c", _WRITER, path], stdout=subprocess.PIPE, text=True)
        assert writer.stdout is not None
        confirmed = int(writer.stdout.readline())
        time.sleep(rng.uniform(0, 0.15))
        writer.send_signal(signal.SIGKILL)
        said = writer.stdout.read()
        writer.wait()
        whole = [line for line in said.splitlines(keepends=True) if line.endswith("\n")]
        confirmed = int(whole[-1]) if whole else confirmed
        with Log(path) as log:
            held = values(log)
            assert all(str(number) in held for number in range(1, confirmed + 1))
    assert confirmed > 20
    if not is_url(path):
        check = sqlite3.connect(path)
        assert check.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        check.close()


def test_a_confirmed_write_is_on_the_disk_and_not_only_with_the_system(place: Place) -> None:
    """What `kill -9` cannot show: a power cut. Both places must wait for the disk."""
    path = place("log")
    with Log(path) as log:
        held = log._backend._connection  # type: ignore[attr-defined]
        if is_url(path):
            assert held.execute("SHOW synchronous_commit").fetchone() == ("on",)
        else:
            assert held.execute("PRAGMA synchronous").fetchone() == (2,)
            assert held.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_the_file_itself_refuses_to_be_rewritten(tmp_path: Path) -> None:
    with Log(tmp_path / "log.db") as log:
        log.put("night", "a", 1)
    raw = sqlite3.connect(tmp_path / "log.db")
    for statement in ("UPDATE events SET value = '2'", "DELETE FROM events"):
        with pytest.raises(sqlite3.Error, match="append only"):
            raw.execute(statement)
    raw.close()


def test_a_foreign_or_altered_database_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "text.db"
    text.write_bytes(b"not a database, but long enough to be taken for one" * 100)
    foreign = tmp_path / "foreign.db"
    other = sqlite3.connect(foreign)
    other.execute("CREATE TABLE events (seq)")
    other.commit()
    other.close()
    altered = tmp_path / "altered.db"
    Log(altered).close()
    added = sqlite3.connect(altered)
    added.execute("CREATE VIEW extra AS SELECT 1")
    added.commit()
    added.close()
    for path in (text, foreign, altered, tmp_path):
        with pytest.raises(InputError, match="log"):
            Log(path)


@pytest.mark.parametrize(
    "bad",
    [
        b"",
        b'{"anmin_log":2}\n',
        b'{"anmin_log":1}\nnonsense\n',
        b'{"anmin_log":1}\n{"seq":2,"at":"2026-11-23T00:00:00+00:00","op":"put","kind":"k","key":"a","value":1}\n',
        b'{"anmin_log":1}\n{"seq":1,"at":"never","op":"put","kind":"k","key":"a","value":1,"of":null}\n',
        b'{"anmin_log":1}\n{"seq":1,"at":"2026-11-23T00:00:00+00:00","op":"undo","kind":"k","key":"a","value":null,"of":1}\n',
        b'{"anmin_log":1}\n{"seq":1,"at":"2026-11-23T00:00:00+00:00","op":"put","kind":"k","key":"a","value":1,"of":null}',
        b'{"anmin_log":1}\n{"seq":1,"at":"2026-11-23T00:00:00+00:00","op":"put","kind":"k","key":"a","value":'
        + b"[" * 50_000 + b"]" * 50_000 + b',"of":null}\n',
        b'{"anmin_log":1}\n' + b"x" * 1_000_000,
    ],
)  # fmt: skip
def test_a_broken_export_adds_nothing(place: Place, bad: bytes) -> None:
    with Log(place("log")) as log:
        with pytest.raises(InputError):
            log.restore(io.BytesIO(bad))
        assert log.fold().seq == 0
        log.put("night", "a", 1)


def test_another_history_is_not_mixed_in(place: Place) -> None:
    with Log(place("one")) as one, Log(place("two")) as two:
        one.put("night", "a", 1)
        two.put("night", "a", 2)
        two.put("night", "b", 2)
        with pytest.raises(InputError, match="continues"):
            one.restore(io.BytesIO(exported(two)))
        assert list(values(one)) == ["a"]


def test_a_value_too_large_is_refused(place: Place) -> None:
    with Log(place("log")) as log, pytest.raises(InputError, match="bytes"):
        log.put("night", "a", "x" * (log_module.MAX_VALUE + 1))


def test_what_was_written_together_is_taken_back_together(place: Place) -> None:
    with Log(place("log")) as log:
        log.put("night", "a", 1)
        log.put_all("night", [("a", 2), ("b", 2), ("a", 3)])
        log.put_many([("night", "c", 4), ("import", "x", "file")])
        undone = log.undo()
        assert undone is not None
        assert (undone.kind, undone.key) == ("night", "c")
        assert not log.fold().current("import")
        log.undo()
        assert values(log) == {"a": b"1"}
        assert log.redo() is not None
        assert values(log) == {"a": b"3", "b": b"2"}
        log.redo()
        assert values(log) == {"a": b"3", "b": b"2", "c": b"4"}
        assert log.put_many([]) == 0


def test_every_write_is_later_than_the_one_before_even_when_the_clock_goes_back(place: Place) -> None:
    ahead = b'{"seq":1,"at":"2999-01-01T00:00:00.000+00:00","op":"put","kind":"night","key":"a","value":1,"of":null}\n'
    with Log(place("log")) as log:
        log.restore(io.BytesIO(b'{"anmin_log":1}\n' + ahead))
        assert log.put("night", "b", 2).at == "2999-01-01T00:00:00.001+00:00"
        log.undo()
        assert list(values(log)) == ["a"]


def test_a_damaged_file_is_an_error_or_a_log(tmp_path: Path) -> None:
    with Log(tmp_path / "whole.db") as log:
        for number in range(20):
            log.put("night", f"{number}", {"pad": "x" * 50})
        log.undo()
    whole = (tmp_path / "whole.db").read_bytes()
    rng = random.Random(5)
    for number in range(60):
        hurt = bytearray(whole)
        for _ in range(rng.randrange(1, 12)):
            hurt[rng.randrange(len(hurt)) if rng.random() < 0.6 else rng.randrange(100, 700)] = rng.randrange(256)
        path = tmp_path / f"{number}.db"
        path.write_bytes(bytes(hurt))
        with contextlib.suppress(InputError), Log(path) as log:
            log.put("night", "z", 1)
            log.undo()


@pytest.mark.postgres
def test_the_table_on_the_server_refuses_to_be_rewritten() -> None:
    import psycopg

    for place in schemas():
        with Log(place("log")) as log:
            log.put("night", "a", 1)
            with pytest.raises(InputError, match="null"):
                log.put("night", "\x00", 1)
            assert list(values(log)) == ["a"]
        with psycopg.connect(place("log"), autocommit=True) as raw:
            for statement in ("UPDATE anmin_events SET key = ''", "DELETE FROM anmin_events", "TRUNCATE anmin_events"):
                with pytest.raises(psycopg.Error, match="append only"):
                    raw.execute(statement)
            raw.execute("ALTER TABLE anmin_events DISABLE TRIGGER no_rewrite")
        with pytest.raises(InputError, match="anmin wrote"):
            Log(place("log"))
        with psycopg.connect(place("other"), autocommit=True) as raw:
            raw.execute("CREATE TABLE anmin_events (seq bigint)")
        with pytest.raises(InputError, match="anmin wrote"):
            Log(place("other"))


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:s3cret@127.0.0.1:1/none?connect_timeout=1",
        "postgresql://me:s3cret@[::1/none",
        "postgresql://me:s3cret@127.0.0.1:port/none",
        "postgresql://127.0.0.1:1/none?password=s3cret&nonsense=1",
        "mysql://me:s3cret@localhost/none",
    ],
)
def test_a_server_that_cannot_be_reached_is_an_error_without_the_password(url: str) -> None:
    with pytest.raises(InputError) as caught:
        Log(url)
    assert "s3cret" not in str(caught.value)
    assert "s3cret" not in repr(vars(caught.value))
