"""How near Mendelian randomization is to the reference, and how long many outcomes take.

    python benchmarks/bench_mr.py [--outcomes 2400] [--workers 2] [--engine numpy] [--peer-python VENV/bin/python]

The peer is the loop a person writes first: outcome by outcome in NumPy, medians sorted for each draw, modes on R's grid
of 512 points. It is timed on a few outcomes in the same run and scaled; so is pytwosamplemr, where a Python that has it
is named. Compiling is not timed.
"""

from __future__ import annotations

import argparse
import gzip
import json
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from anmin.evidence.mr.constrained import cml
from anmin.evidence.mr.debiased import divw, pivw
from anmin.evidence.mr.diagnostics import leave_one_out
from anmin.evidence.mr.lasso import lasso
from anmin.evidence.mr.likelihood import maximum_likelihood
from anmin.evidence.mr.many import ALL_METHODS, METHODS, Engine, Outcomes, analyse_many
from anmin.evidence.mr.many_closed import closed_many, leave_one_out_many
from anmin.evidence.mr.many_drawn import compiled
from anmin.evidence.mr.many_presso import presso_many
from anmin.evidence.mr.medians import median
from anmin.evidence.mr.mixture import contamination_mixture
from anmin.evidence.mr.model import Association, Estimate
from anmin.evidence.mr.modes import mode
from anmin.evidence.mr.pair import Pair
from anmin.evidence.mr.presso import presso
from anmin.evidence.mr.read import read_outcome
from anmin.evidence.mr.regression import egger, ivw
from anmin.evidence.mr.synthetic import write_finngen

GOLDEN = Path(__file__).parents[1] / "tests" / "golden"
VARIANTS, DRAWS = 50, 1000

REFERENCES: dict[str, Callable[[Pair], Estimate]] = {
    "ivw_random_pen0_rob0": ivw,
    "ivw_fixed_pen0_rob0": lambda p: ivw(p, "fixed"),
    "ivw_random_pen1_rob0": lambda p: ivw(p, penalised=True),
    "ivw_delta": lambda p: ivw(p, weights="delta2"),
    "ivw_delta_psi03": lambda p: ivw(p, weights="delta2", covariance=0.3),
    "egger_pen0_rob0": lambda p: egger(p, distribution="normal"),
    "egger_pen1_rob0": lambda p: egger(p, distribution="normal", penalised=True),
    "divw": divw,
    "pivw": pivw,
    "lasso": lasso,
    "conmix": contamination_mixture,
    "cML_BIC": lambda p: cml(p, 17_723, averaged=False),
    "cML_MA": lambda p: cml(p, 17_723),
    "median_simple_iter10000_seed314159265": lambda p: median(p, "simple", draws=10_000),
    "median_weighted_iter10000_seed314159265": lambda p: median(p, "weighted", draws=10_000),
    "median_penalized_iter10000_seed314159265": lambda p: median(p, "penalised", draws=10_000),
    "mbe_unweighted_simple_phi1_iter10000": lambda p: mode(p, "simple", "first"),
    "mbe_weighted_delta_phi1_iter10000": lambda p: mode(p, "weighted", "delta2"),
}


def agreement() -> None:
    table = json.loads((GOLDEN / "mr-lipids.json").read_text())
    exact = json.loads((GOLDEN / "mr-reference-defects.json").read_text())["maximum_likelihood"]["values"]
    columns = table["input"]
    print("largest difference from the reference over three lipids: estimate, standard error")
    worst: dict[str, list[float]] = {}
    for trait in ("ldlc", "hdlc", "trig"):
        names = (trait, f"{trait}se", "chdlodds", "chdloddsse")
        bx, sx, by, sy = (np.array(columns[name]) for name in names)
        pair = Pair(bx=bx, sx=sx, by=by, sy=sy)
        for name, method in REFERENCES.items():
            theirs: dict[str, Any] = table["uv"][f"{trait}_chd"][name]
            found = method(pair)
            se = theirs.get("StdError", theirs.get("StdError.Est"))
            differences = [abs((found.estimate or 0.0) - theirs["Estimate"]), abs((found.se or 0.0) - (se or 0.0))]
            worst[name] = [max(pair) for pair in zip(worst.get(name, [0.0, 0.0]), differences, strict=True)]
        gap = abs((maximum_likelihood(pair).estimate or 0.0) - exact[f"{trait}_chd"]["exact"])
        worst["maximum likelihood (exact)"] = [max(worst.get("maximum likelihood (exact)", [0.0, 0.0])[0], gap), 0.0]
    for name, (estimate, se) in worst.items():
        print(f"  {name:<42} {estimate:9.1e} {se:9.1e}")


def made(count: int, seed: int = 1) -> Outcomes:
    random = np.random.default_rng(seed)
    gamma = random.normal(0, 0.1, VARIANTS)
    sy = random.uniform(0.01, 0.03, (count, VARIANTS))
    by = random.normal(0.3 * gamma + random.normal(0, 0.02, sy.shape), sy)
    names = tuple(f"o{i}" for i in range(count))
    return Outcomes(bx=random.normal(gamma, 0.01), sx=np.full(VARIANTS, 0.01), by=by, sy=sy, names=names)


def plain_loop(outcomes: Outcomes, count: int) -> None:
    """IVW, Egger, weighted median and both modes as one writes them first."""
    random = np.random.default_rng(1)
    bx, sx = outcomes.bx, outcomes.sx
    for by, sy in zip(outcomes.by[:count], outcomes.sy[:count], strict=True):
        w = sy**-2
        _ = np.sum(w * bx * by) / np.sum(w * bx**2)
        design = np.column_stack([np.ones(VARIANTS), np.abs(bx)]) / sy[:, None]
        np.linalg.lstsq(design, by * np.sign(bx) / sy, rcond=None)
        ratio, se = by / bx, np.sqrt(sy**2 / bx**2 + by**2 * sx**2 / bx**4)
        for _ in range(DRAWS):
            plain_median(random.normal(by, sy) / random.normal(bx, sx), (bx / sy) ** 2)
        for weights in (np.ones(VARIANTS), se**-2):
            for _ in range(DRAWS):
                plain_mode(random.normal(ratio, se), weights / weights.sum())


def plain_median(values: np.ndarray[Any, Any], weights: np.ndarray[Any, Any]) -> float:
    order = np.argsort(values)
    middles = np.cumsum(weights[order]) - 0.5 * weights[order]
    return float(np.interp(0.5, middles / weights.sum(), values[order]))


def plain_mode(values: np.ndarray[Any, Any], weights: np.ndarray[Any, Any]) -> float:
    deviation = 1.4826 * np.median(np.abs(values - np.median(values)))
    width = 0.9 * min(np.std(values, ddof=1), deviation) * len(values) ** -0.2
    line = np.linspace(values.min() - 3 * width, values.max() + 3 * width, 512)
    heights = np.exp(-0.5 * ((line[:, None] - values) / width) ** 2) @ weights
    return float(line[np.argmax(heights)])


def timed(call: Callable[[], object]) -> float:
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


def least(call: Callable[[], object], times: int = 3) -> float:
    """Seconds of the quickest of several runs, after one that loads and compiles."""
    call()
    return min(timed(call) for _ in range(times))


def speed(count: int, workers: int, engine: Engine, peer: str | None) -> None:
    outcomes, few = made(count), made(max(2, workers * 2))
    kind = "compiled" if compiled(engine) else "NumPy"
    print(f"\n{count} outcomes, {VARIANTS} variants, {DRAWS} draws, {kind} kernels; seconds of a single run, 1 process")

    def run(methods: Sequence[str], threads: int = 1) -> float:
        analyse_many(few, methods, engine=engine, workers=threads)
        return timed(lambda: analyse_many(outcomes, methods, engine=engine, workers=threads))

    for name in ALL_METHODS:
        print(f"  {name:<50} {run((name,)):8.2f} s")
    five = run(METHODS)
    print(f"  {'five: ' + ', '.join(METHODS):<50} {five:8.2f} s")
    print(f"  {f'the same, {workers} workers':<50} {run(METHODS, workers):8.2f} s")
    whole = run(ALL_METHODS, workers)
    presso_many(few, engine=engine)
    tests = timed(lambda: presso_many(outcomes, engine=engine, workers=workers))
    print(f"  {f'all {len(ALL_METHODS)}, {workers} workers':<50} {whole:8.2f} s")
    print(f"  {f'PRESSO: global, outlier, distortion, {workers} workers':<50} {tests:8.2f} s")
    print(f"  {f'all {len(ALL_METHODS)} and PRESSO':<50} {whole + tests:8.2f} s")
    sample = 4
    loop = timed(lambda: plain_loop(outcomes, sample)) * count / sample
    print(f"  {f'plain loop of the five, scaled from {sample}':<50} {loop:8.1f} s   {loop / five:.0f} x")
    pairs = [Pair(bx=outcomes.bx, sx=outcomes.sx, by=outcomes.by[i], sy=outcomes.sy[i]) for i in range(20)]
    singly = timed(lambda: [presso(pair, draws=DRAWS) for pair in pairs]) * count / len(pairs)
    print(f"  {'PRESSO one by one, scaled from 20':<50} {singly:8.2f} s   {singly / tests:.1f} x")
    if peer:
        theirs = pytwosamplemr(peer, outcomes, sample) * count / sample
        print(f"  {f'pytwosamplemr, the five, scaled from {sample}':<50} {theirs:8.1f} s   {theirs / five:.0f} x")


def closed_forms(count: int, workers: int) -> None:
    """IVW fixed and random, Q, Egger with intercept, IVW without each variant; every one with its p."""
    exposures = [made(count, seed) for seed in range(4)] * 25
    methods = ("ivw", "ivw_fixed", "egger")

    def one(outcomes: Outcomes) -> None:
        closed_many(outcomes, methods)
        leave_one_out_many(outcomes)

    def everything() -> None:
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(one, exposures))

    quick, alone = least(everything), least(lambda: [one(each) for each in exposures[:10]]) * 10
    pairs = [Pair(bx=e.bx, sx=e.sx, by=e.by[i], sy=e.sy[i]) for e in exposures[:1] for i in range(20)]
    singly = timed(
        lambda: [(ivw(p), ivw(p, "fixed"), egger(p), leave_one_out(p)) for p in pairs]
    ) * count * 100 / len(pairs)  # fmt: skip
    print(f"\n100 exposures × {count} outcomes × {VARIANTS} variants, closed forms and leave-one-out with p, in memory")
    print(f"  {f'{workers} threads':<50} {quick:8.2f} s")
    print(f"  {'one thread, scaled from 10 exposures':<50} {alone:8.2f} s")
    print(f"  {'pair by pair, scaled from 20':<50} {singly:8.0f} s   {singly / alone:.0f} x")


PEER = """
import sys, time, warnings
import numpy as np, pytwosamplemr as mr
warnings.simplefilter("ignore")
table = np.load(sys.argv[1])
draws = int(sys.argv[2])
begun = time.perf_counter()
for by, sy in zip(table["by"], table["sy"]):
    pair = mr.mr_input(bx=table["bx"], bxse=table["sx"], by=by, byse=sy)
    mr.mr_ivw(pair); mr.mr_egger(pair); mr.mr_median(pair, weighting="weighted", iterations=draws)
    for weighting in ("unweighted", "weighted"):
        mr.mr_mbe(pair, weighting=weighting, iterations=draws)
print(time.perf_counter() - begun)
"""


def pytwosamplemr(python: str, outcomes: Outcomes, count: int) -> float:
    """Seconds for ``count`` outcomes in another program's Python (pip install pytwosamplemr into a scratch venv)."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pairs.npz"
        np.savez(path, bx=outcomes.bx, sx=outcomes.sx, by=outcomes.by[:count], sy=outcomes.sy[:count])
        command = [python, "-c", PEER, str(path), str(DRAWS)]
        return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def reading() -> None:
    with tempfile.TemporaryDirectory() as folder:
        small, big = Path(folder) / "small.gz", Path(folder) / "big.gz"
        write_finngen(small, (), log_odds_per_sd=0.0, people=4e5, case_share=0.02, background=50_000)
        head, _, body = gzip.decompress(small.read_bytes()).partition(b"\n")
        big.write_bytes(gzip.compress(head + b"\n") + gzip.compress(body) * 20)
        wanted = [Association(snp=f"rs9{i:09d}", effect_allele="A", beta=0.1, se=0.01) for i in range(100)]
        plain = timed(lambda: drain(big))
        ours = timed(lambda: read_outcome(big, wanted))
    print(f"\n1,000,000 rows of FinnGen's format: unpack {plain:.2f} s, 100 variants out of it {ours:.2f} s")
    print(f"  ratio {ours / plain:.1f}")


def drain(path: Path) -> None:
    with gzip.open(path) as handle:
        while handle.read(1 << 22):
            pass


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--outcomes", type=int, default=2400)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--engine", choices=["auto", "numba", "numpy"], default="auto")
    parser.add_argument("--peer-python", help="a Python with pytwosamplemr, outside this project")
    options = parser.parse_args()
    agreement()
    speed(options.outcomes, options.workers, options.engine, options.peer_python)
    closed_forms(options.outcomes, options.workers)
    reading()
