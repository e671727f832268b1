"""How near Mendelian randomization is to the reference, and how long many outcomes take.

    python benchmarks/bench_mr.py [--outcomes 2400] [--workers 2]

The peer is the loop a person writes first: outcome by outcome in NumPy, medians sorted for each draw, modes on R's grid
of 512 points. It is timed on a few outcomes in the same run and scaled.
"""

from __future__ import annotations

import argparse
import gzip
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from anmin.evidence.mr.constrained import cml
from anmin.evidence.mr.debiased import divw, pivw
from anmin.evidence.mr.lasso import lasso
from anmin.evidence.mr.likelihood import maximum_likelihood
from anmin.evidence.mr.many import Outcomes, analyse_many
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

METHODS: dict[str, Callable[[Pair], Estimate]] = {
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
        for name, method in METHODS.items():
            theirs: dict[str, Any] = table["uv"][f"{trait}_chd"][name]
            found = method(pair)
            se = theirs.get("StdError", theirs.get("StdError.Est"))
            differences = [abs((found.estimate or 0.0) - theirs["Estimate"]), abs((found.se or 0.0) - (se or 0.0))]
            worst[name] = [max(pair) for pair in zip(worst.get(name, [0.0, 0.0]), differences, strict=True)]
        gap = abs((maximum_likelihood(pair).estimate or 0.0) - exact[f"{trait}_chd"]["exact"])
        worst["maximum likelihood (exact)"] = [max(worst.get("maximum likelihood (exact)", [0.0, 0.0])[0], gap), 0.0]
    for name, (estimate, se) in worst.items():
        print(f"  {name:<42} {estimate:9.1e} {se:9.1e}")


def made(count: int) -> Outcomes:
    random = np.random.default_rng(1)
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


def speed(count: int, workers: int) -> None:
    outcomes = made(count)
    print(f"\n{count} outcomes, {VARIANTS} variants, {DRAWS} draws")
    for name in ("ivw", "egger", "weighted_median", "simple_mode"):
        print(f"  {name:<42} {timed(lambda name=name: analyse_many(outcomes, (name,))):8.2f} s")  # type: ignore[misc]
    one = timed(lambda: analyse_many(outcomes))
    print(f"  {'all five, one process':<42} {one:8.2f} s")
    print(f"  {f'all five, {workers} processes':<42} {timed(lambda: analyse_many(outcomes, workers=workers)):8.2f} s")
    few = 4
    loop = timed(lambda: plain_loop(outcomes, few)) * count / few
    print(f"  {'plain loop, scaled from ' + str(few):<42} {loop:8.1f} s   ratio {loop / one:.1f}")
    pairs = [Pair(bx=outcomes.bx, sx=outcomes.sx, by=outcomes.by[i], sy=outcomes.sy[i]) for i in range(min(count, 200))]
    tests = timed(lambda: [presso(pair, draws=DRAWS) for pair in pairs]) * count / len(pairs)
    print(f"  {'PRESSO, all three tests, scaled from 200':<42} {tests:8.2f} s")
    closed = timed(lambda: [analyse_many(outcomes, ("ivw", "egger")) for _ in range(5)]) * 20
    print(f"  {'closed forms, 100 exposures, scaled from 5':<42} {closed:8.2f} s")


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
    options = parser.parse_args()
    agreement()
    speed(options.outcomes, options.workers)
    reading()
