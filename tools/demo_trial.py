"""A whole self-trial on a simulated person whose true effect is known, by the very commands a person would use.

    python tools/demo_trial.py

Design, sealed schedule, 56 mornings of diary, guesses, unlock, verdict, and the next plan, which differs.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from anmin.store import diary, trials
from anmin.store.log import Log
from anmin.trial.blinding import open_seal
from anmin.trial.simulate import Truth
from anmin.trial.simulate import diary as mornings_of

TRUE_GAIN = 28.0
TRUTH = Truth(level=55, effect=-TRUE_GAIN, sd=20, phi=0.15, missing=0.1, tau_nights=0.7)
FIRST = date(2026, 3, 2)
ASKED = ["--example", "taiwan-34", "--component", "glycine", "--nights", "56"]


def main() -> int:
    """Run it all in a folder of its own; 1 when the end is not what the truth allows."""
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        anmin("1. What could 56 nights answer?", home, "trial", "design", *ASKED)
        anmin("2. Declare it: protocol frozen, schedule drawn and sealed", home, "trial", "start", *ASKED,
              "--first", FIRST.isoformat(), "--today", FIRST.isoformat(), "--seed", "2026")  # fmt: skip
        title(f"3. Fifty-six nights (simulated: truly asleep {TRUE_GAIN:.0f} minutes sooner with glycine)")
        sleep(home)
        anmin("   Half-way the screen shows how complete the diary is, and nothing else", home, "trial", "status",
              "--today", (FIRST + timedelta(days=28)).isoformat())  # fmt: skip
        guess(home)
        end = FIRST + timedelta(days=56)
        result = str(home / "trial.json")
        anmin("4. The look at the end: the seal is verified, then the verdict", home, "trial", "unlock",
              "--today", end.isoformat(), "--out", result)  # fmt: skip
        before = anmin("5. The plan before ...", home, "plan", "--example", "taiwan-34", shown=6)
        informed = ["plan", "--example", "taiwan-34", "--results", result]
        after = anmin("   ... and the plan that knows of it", home, *informed, shown=6)
    title(f"Done in {time.perf_counter() - begun:.1f} s")
    return 0 if before != after and "glycine" in after else 1


def sleep(home: Path) -> None:
    """Write the simulated mornings into the log, as `anmin diary import` would."""
    with Log(home / "log.db") as log:
        started = trials.the_running(log.fold())
        commitment = open_seal(Path(started.sealed).read_bytes())
        made = mornings_of(started.protocol, commitment.schedule, TRUTH, seed=1)
    csv = home / "diary.csv"
    csv.write_text(diary.as_csv(made), encoding="utf-8")
    anmin(None, home, "diary", "import", str(csv))


def guess(home: Path) -> None:
    """A person who cannot tell: half of the guesses right, by the number of the block."""
    with Log(home / "log.db") as log:
        for block in range(trials.the_running(log.fold()).protocol.design.blocks):
            arm = ("with", "without", "unknown")[block % 3]
            trials.guess(log, trials.Guess(block=block, arm=arm, sure=1), date(2026, 5, 1))  # type: ignore[arg-type]


def anmin(what: str | None, home: Path, *words: str, shown: int = 40) -> str:
    """Run a command and show the first lines of what it prints; its whole output."""
    if what is not None:
        title(what)
    print("  $ anmin " + " ".join(words).replace(str(home) + "/", ""))
    environment = {**os.environ, "ANMIN_LOG": str(home / "log.db"), "ANMIN_LANG": "en"}
    done = subprocess.run(
        [sys.executable, "-m", "anmin", *words], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode not in (0, 3, 4):
        raise SystemExit(f"anmin {words[0]} failed:\n{done.stderr}")
    for line in done.stdout.replace(str(home) + "/", "").splitlines()[:shown]:
        print("    " + line)
    return done.stdout


def title(text: str) -> None:
    """A line of its own."""
    print(f"\n{text}")


if __name__ == "__main__":
    sys.exit(main())
