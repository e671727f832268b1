"""How near pooling is to metafor, and how long things take.

    python benchmarks/bench_evidence.py

The peer for REML is Fisher scoring in NumPy with projection matrices, the usual way of writing it; statsmodels
(``combine_effects``, Paule–Mandel) is timed as well when it is installed.
"""

from __future__ import annotations

import json
import random
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from anmin.evidence.belief import Facts, belief_of
from anmin.evidence.pool import pool
from anmin.evidence.table import effects
from anmin.evidence.tau2 import tau2
from anmin.knowledge.load import load

GOLDEN: dict[str, Any] = json.loads((Path(__file__).parents[1] / "tests" / "golden" / "meta-analysis.json").read_text())
TESTS: dict[str, Any] = {"z": "z", "knha": "hartung_knapp", "adhoc": "hartung_knapp_ad_hoc"}


def agreement() -> None:
    """Largest differences from metafor by estimator: absolute, and relative to the golden value."""
    worst: defaultdict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for data in (*GOLDEN["datasets"].values(), *GOLDEN["degenerate"].values()):
        y, v = data["input"]["yi"], data["input"]["vi"]
        y, v = (y, v) if isinstance(y, list) else ([y], [v])
        for name, fit in data["fit"].items():
            method, test = name.split("_")
            got = pool(y, v, method=method, test=TESTS[test], prediction="normal" if test == "z" else "k-1")
            pairs = [
                ("effect", got.effect, fit["beta"]), ("se", got.se, fit["se"]), ("low", got.low, fit["ci_lb"]),
                ("high", got.high, fit["ci_ub"]), ("p", got.p, fit["pval"]), ("q", got.q, fit["QE"]),
                ("tau2", got.tau2, fit["tau2"]), ("i2", got.i2, fit["I2"]),
                ("prediction", got.prediction_low, fit["pred"]["pi_lb"]),
            ]  # fmt: skip
            for what, ours, theirs in pairs:
                if ours is None or theirs is None:
                    continue
                worst[method]["absolute"] = max(worst[method]["absolute"], abs(ours - theirs))
                relative = abs(ours - theirs) / abs(theirs) if abs(theirs) > 1e-12 else 0.0
                worst[method]["relative"] = max(worst[method]["relative"], relative)
                worst[method][what] = max(worst[method][what], abs(ours - theirs))
    print("agreement with metafor (largest over all fits and figures)")
    for method, found in worst.items():
        print(
            f"  {method:5} absolute {found['absolute']:.1e}  relative {found['relative']:.1e}  tau2 {found['tau2']:.1e}"
        )


def fisher_scoring(y: list[float], v: list[float], step: float = 1e-10) -> float:
    """REML by Fisher scoring on projection matrices."""
    import numpy as np

    ya, va, x = np.asarray(y), np.asarray(v), np.ones((len(y), 1))
    t = max(0.0, float(ya.var(ddof=1) - va.mean()))
    for _ in range(200):
        w = np.diag(1.0 / (va + t))
        p = w - w @ x @ np.linalg.inv(x.T @ w @ x) @ x.T @ w
        move = float((ya @ p @ p @ ya - np.trace(p)) / np.trace(p @ p))
        t = max(0.0, t + move)
        if abs(move) < step:
            break
    return t


def per_call(work: Callable[[], object], seconds: float = 0.5) -> float:
    """Seconds per call, best of five rounds."""
    rounds, best = max(1, int(seconds / 5 / max(_once(work), 1e-7))), float("inf")
    for _ in range(5):
        start = time.perf_counter()
        for _ in range(rounds):
            work()
        best = min(best, (time.perf_counter() - start) / rounds)
    return best


def _once(work: Callable[[], object]) -> float:
    work()
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def speed() -> None:
    """Times, and a ratio against the peer in the same run where there is one."""
    bcg = GOLDEN["datasets"]["bcg"]["input"]
    y, v = bcg["yi"], bcg["vi"]
    print("time")
    reml = per_call(lambda: tau2(y, v, "REML"))
    scoring = per_call(lambda: fisher_scoring(y, v))
    print(f"  tau2 REML, k=13          {reml * 1e3:8.3f} ms")
    print(f"  Fisher scoring, k=13     {scoring * 1e3:8.3f} ms   peer / ours {scoring / reml:.1f}")
    print(f"  difference in tau2       {abs(tau2(y, v, 'REML') - fisher_scoring(y, v)):.1e}")
    ours = per_call(lambda: pool(y, v))
    print(f"  whole pool REML, k=13    {ours * 1e3:8.3f} ms")
    pm = per_call(lambda: pool(y, v, method="PM", test="z"))
    print(f"  whole pool PM, k=13      {pm * 1e3:8.3f} ms")
    draw = random.Random(1)
    many = [draw.gauss(0, 1) for _ in range(1000)], [draw.uniform(0.1, 1) for _ in range(1000)]
    print(f"  whole pool REML, k=1000  {per_call(lambda: pool(*many)) * 1e3:8.3f} ms")
    try:
        import numpy as np
        from statsmodels.stats.meta_analysis import combine_effects  # type: ignore[import-not-found]

        peer = per_call(lambda: combine_effects(np.array(y), np.array(v), method_re="iterated"))
        print(f"  statsmodels PM, k=13     {peer * 1e3:8.3f} ms   peer / ours {peer / pm:.1f}")
    except ImportError:
        print("  statsmodels is not installed: no peer in this run")
    knowledge = load()
    print(f"  whole effects table      {per_call(lambda: effects(knowledge)) * 1e3:8.3f} ms")
    effect = next(e for e in effects(knowledge) if e.component == "magnesium" and e.gain)
    facts = Facts(dose_mg=250, age=40, low_magnesium=0.6, now=45)
    print(f"  one belief               {per_call(lambda: belief_of(effect, facts, knowledge)) * 1e6:8.3f} µs")


if __name__ == "__main__":
    agreement()
    speed()
