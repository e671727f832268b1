"""Finished trials of simulated people, made once for a test run, by the very objects that the log gives back."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from click.testing import CliRunner

from anmin.cli.main import cli
from anmin.knowledge.load import load
from anmin.store import diary, trials
from anmin.store.log import Log
from anmin.store.trials import Finished
from anmin.trial.blinding import Guess, open_seal
from anmin.trial.diary import Entry
from anmin.trial.protocol import Protocol
from anmin.trial.simulate import Truth
from anmin.trial.simulate import diary as simulated

FIRST = date(2026, 3, 2)
ONE = ("--component", "glycine", "--nights", "56", "--measured", "tst")
ARMS = ("--arms", "without,glycine,l_theanine", "--nights", "144")
LOOK = ("--component", "glycine", "--blocks", "26", "--looks", "88")
FACTORS = ("--factorial", "glycine,magnesium_citrate", "--nights", "112")


@cache
def finished(asked: tuple[str, ...], gain: float, *, guessed: str = "even", early: bool = False) -> Finished:
    """A trial in which glycine shortens the latency by ``gain`` minutes; a late morning, two not taken, one opened."""
    knowledge = load()
    with TemporaryDirectory() as folder:
        words = ["trial", "start", "--example", "taiwan-34", "--outcome", "sleep_onset_latency", *asked,
                 "--first", FIRST.isoformat(), "--today", FIRST.isoformat(), "--seed", "5", "--log",
                 f"{folder}/log.db", "--folder", folder]  # fmt: skip
        made = CliRunner().invoke(cli, words)
        assert made.exit_code == 0, made.output
        commitment = open_seal(next(Path(folder).glob("*.sealed")).read_bytes())
        with Log(f"{folder}/log.db") as log:
            protocol = trials.the_running(log.fold()).protocol
            flat = simulated(protocol, commitment.schedule, Truth(effect=0, level=50, sd=14, missing=0.1), seed=8)
            entries = [_moved(entry, place, commitment.schedule, protocol, gain) for place, entry in enumerate(flat)]
            log.put_all(diary.NIGHT, [(entry.night.isoformat(), entry) for entry in entries])
            for block, arm in enumerate(commitment.schedule if guessed else ()):
                said = protocol.design.arms[arm] if guessed == "right" else protocol.design.arms[block % 2]
                trials.guess(log, Guess(block=block, arm=said, sure=1), date(2027, 1, 1))
            word = trials.ask_to_open(log, 2)
            trials.open_block(log, 2, word, commitment)
            end = FIRST + timedelta(days=30) if early else protocol.last_morning
            if len(protocol.looks) > 1:
                end = FIRST + timedelta(days=protocol.looks[0])
                assert trials.look(log, commitment, end).settled
            trials.unlock(log, commitment, end, knowledge, early=early)
            found = trials.finished(log, None, knowledge)
    if protocol.measured is None:
        return found
    measured = {entry.night: 400.0 - entry.sol for entry in found.entries}
    return msgspec.structs.replace(found, measured=measured)


def _moved(entry: Entry, place: int, schedule: tuple[int, ...], protocol: Protocol, gain: float) -> Entry:
    number = protocol.night_of(entry.night)
    assert number is not None
    arm = protocol.design.arms[schedule[number // protocol.design.block_nights]]
    treated = arm == "with" or "glycine" in arm
    changes: dict[str, object] = {"sol": max(1.0, entry.sol - gain * treated), "comment": "Kim Example"}
    if place in (7, 8):
        changes["taken"] = False
    return msgspec.structs.replace(entry, **changes)
