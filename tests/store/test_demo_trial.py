"""The demonstration is a promise of the README: from a sealed lot over two trackers to a changed plan."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

DEMO = Path(__file__).parents[2] / "tools" / "demo_trial.py"


def test_a_whole_self_trial_ends_as_the_truth_allows() -> None:
    done = subprocess.run([sys.executable, str(DEMO)], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "never added together: Apple Watch (56), Fitbit (0), iPhone (0)" in done.stdout
    assert '{"added": 0, "same": 158}' in done.stdout
    assert "by your tracker" in done.stdout
