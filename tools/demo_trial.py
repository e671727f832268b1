"""A whole self-trial on a simulated person whose true effect is known, by the very commands a person would use.

    python tools/demo_trial.py [PAGE.html]

Design, sealed schedule, 56 mornings of diary, the exports of a watch and of a band that were worn beside it, guesses,
unlock, verdict, and the next plan, which differs. Ends with 1 when that is not what the truth allows.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from click.testing import CliRunner
from tracker_exports import Slept, apple_export, fitbit_export

from anmin.cli.main import cli
from anmin.store import diary, trials
from anmin.store.log import Log
from anmin.trial.blinding import open_seal
from anmin.trial.chances import build_up
from anmin.trial.protocol import Protocol
from anmin.trial.schedule import Schedule
from anmin.trial.simulate import Truth
from anmin.trial.simulate import diary as mornings_of

TRUE_GAIN = 28.0
TRUTH = Truth(level=55, effect=-TRUE_GAIN, sd=12, phi=0.15, missing=0.1, tau_nights=0.7)
SLEEP_SD, SEED = 30.0, 5
FIRST = date(2026, 3, 2)
ZONE = "Asia/Taipei"
ASKED = ["--example", "taiwan-34", "--component", "glycine", "--nights", "56"]


def main() -> int:
    """Run it all in a folder of its own; 1 when the end is not what the truth allows."""
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        os.environ.update(ANMIN_LOG=str(home / "log.db"), ANMIN_LANG="en")
        anmin("1. What could 56 nights answer?", home, "trial", "design", *ASKED, shown=5)
        anmin("2. Declare it: protocol frozen, schedule drawn and sealed", home, "trial", "start", *ASKED, "--measured",
              "tst", "--first", FIRST.isoformat(), "--today", FIRST.isoformat(), "--seed", "2026")  # fmt: skip
        title(f"3. Fifty-six nights (simulated: truly asleep {TRUE_GAIN:.0f} minutes sooner with glycine)")
        sleep(home)
        anmin(None, home, "diary", "import", str(home / "diary.csv"))
        kept = ["import", str(home / "apple.zip"), str(home / "fitbit.json"), "--zone", ZONE, "--keep"]
        anmin("   A watch and a band were worn: their exports, kept beside the diary", home, *kept, shown=(0, -4, -1))
        again = anmin("   The same files once more change nothing", home, *kept, "--json", shown=())
        print("    " + json.dumps(json.loads(again)["kept"]))
        anmin("   Half-way the screen shows how complete the diary is, and nothing else", home, "trial", "status",
              "--today", (FIRST + timedelta(days=28)).isoformat(), shown=3)  # fmt: skip
        guess(home)
        result = str(home / "trial.json")
        verdict = anmin("4. The look at the end: the seal is verified, then the verdict", home, "trial", "unlock",
                        "--today", (FIRST + timedelta(days=56)).isoformat(), "--out", result)  # fmt: skip
        page = sys.argv[1] if len(sys.argv) > 1 else str(home / "report.html")
        anmin("   The same as a page to keep: figures, CENT 2015, the seal to check", home, "trial", "report", "--html",
              page, shown=(-1,))  # fmt: skip
        before = anmin("5. The plan before ...", home, "plan", "--example", "taiwan-34", shown=6)
        informed = ["plan", "--example", "taiwan-34", "--results", result]
        after = anmin("   ... and the plan that knows of it", home, *informed, shown=6)
    title(f"Done in {time.perf_counter() - begun:.1f} s")
    found = verdict.startswith("Likely worth it") and json.loads(again)["kept"]["added"] == 0
    return 0 if found and before != after and "glycine" in after else 1


def sleep(home: Path) -> None:
    """What the person writes down each morning, and what the watch and the band record of the same nights."""
    with Log(home / "log.db") as log:
        started = trials.the_running(log.fold())
    schedule = open_seal(Path(started.sealed).read_bytes()).schedule
    made = mornings_of(started.protocol, schedule, TRUTH, SEED)
    (home / "diary.csv").write_text(diary.as_csv(made), encoding="utf-8")
    nights = recorded(started.protocol, schedule)
    (home / "apple.zip").write_bytes(apple_export(nights, exported_in="Europe/Berlin"))
    (home / "fitbit.json").write_bytes(fitbit_export(nights[10:], generous=12))


def recorded(protocol: Protocol, schedule: Schedule) -> list[Slept]:
    """Every night as it truly was: up at half past six, asleep the sooner with glycine."""
    rng = np.random.default_rng(SEED)
    given = build_up(np.repeat(np.asarray(schedule, dtype=np.float64), protocol.design.block_nights), TRUTH.tau_nights)
    asleep = np.round(390 + TRUE_GAIN * given + SLEEP_SD * rng.standard_normal(len(given)))
    nights = []
    for number, minutes in enumerate(asleep):
        morning = protocol.first_evening + timedelta(days=number + 1)
        up = datetime(morning.year, morning.month, morning.day, 6, 30, tzinfo=ZoneInfo(ZONE)).astimezone(UTC)
        awake = int(rng.integers(5, 30))
        onset = (up - timedelta(minutes=int(minutes) + awake)).astimezone(ZoneInfo(ZONE))
        nights.append(Slept(onset, int(minutes), awake))
    return nights


def guess(home: Path) -> None:
    """A person who cannot tell: a third of the guesses each way, by the number of the block."""
    with Log(home / "log.db") as log:
        for block in range(trials.the_running(log.fold()).protocol.design.blocks):
            arm = ("with", "without", "unknown")[block % 3]
            trials.guess(log, trials.Guess(block=block, arm=arm, sure=1), date(2026, 5, 1))  # type: ignore[arg-type]


def anmin(what: str | None, home: Path, *words: str, shown: int | tuple[int, ...] = 40) -> str:
    """Run a command and show the first lines of what it prints, or those of these numbers; its whole output."""
    if what is not None:
        title(what)
    print("  $ anmin " + " ".join(words).replace(str(home) + "/", ""))
    done = CliRunner().invoke(cli, list(words))
    if done.exit_code not in (0, 3, 4):
        raise SystemExit(f"anmin {words[0]} failed: {done.exception!r}\n{done.output}")
    lines = done.stdout.replace(str(home) + "/", "").splitlines()
    for line in lines[:shown] if isinstance(shown, int) else [lines[number] for number in shown]:
        print("    " + line)
    return done.stdout


def title(text: str) -> None:
    """A line of its own."""
    print(f"\n{text}")


if __name__ == "__main__":
    sys.exit(main())
