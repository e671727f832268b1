"""One 56-night trial: the exact analysis against ordinary least squares with Newey-West errors in the same run.

    python benchmarks/bench_trial.py

The peer is plain NumPy of our own (the quickest thing a careful person would write by hand); its error rate with these
designs is 5 to 18 % at a nominal 5 % (docs/calibration.md), which is what the extra time buys.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from anmin.knowledge.load import load
from anmin.trial import kernel
from anmin.trial.analysis import GRID, Nights, posterior, randomisation_p
from anmin.trial.peers import newey_west
from anmin.trial.pool import Bundle, pool_people
from anmin.trial.schedule import Design, all_schedules, draw
from anmin.trial.simulate import Truth, outcomes
from anmin.trial.verdict import judge

DESIGN = Design(arms=("without", "with"), blocks=14, block_nights=4)


def main() -> None:
    knowledge = load()
    schedule = draw(DESIGN, 1)
    values, missed = outcomes(DESIGN, schedule, Truth(effect=-12), np.random.default_rng(1))
    kept = np.flatnonzero(missed == 0)
    nights = Nights(
        index=tuple(kept.tolist()),
        outcome=tuple(values[kept].tolist()),
        treated=tuple(np.repeat(schedule, DESIGN.block_nights)[kept].tolist()),
        weekend=tuple((kept % 7 >= 5).astype(int).tolist()),
    )
    schedules = np.array(list(all_schedules(DESIGN)), dtype=float)
    sets, blocks = np.repeat(schedules, DESIGN.block_nights, axis=1)[:, kept], kept // DESIGN.block_nights

    def whole() -> None:
        effect, p = posterior(nights), randomisation_p(nights, sets)
        judge(effect, p, nights=len(kept), matters=10, lower_is_better=True, knowledge=knowledge)

    def compiled() -> None:
        effect, p = kernel.posterior(nights), kernel.randomisation_p(nights, blocks, schedules)
        judge(effect, p, nights=len(kept), matters=10, lower_is_better=True, knowledge=knowledge)

    peer = best(lambda: newey_west(nights, lags=5))
    for name, job in (
        (f"posterior over {GRID[2]} values of φ", lambda: posterior(nights)),
        ("randomisation test, 128 schedules", lambda: randomisation_p(nights, sets)),
        ("all of it: posterior, test, interval, verdict", whole),
        ("compiled: posterior", lambda: kernel.posterior(nights)),
        ("compiled: randomisation test", lambda: kernel.randomisation_p(nights, blocks, schedules)),
        ("compiled: all of it", compiled),
    ):
        took = best(job)
        print(f"{name:48s} {took:7.3f} ms   {took / peer:6.1f} × the peer")
    print(f"{'peer: OLS with Newey-West errors, 5 lags':48s} {peer:7.3f} ms")
    for name, analyse in (("plain", posterior), ("compiled", kernel.posterior)):
        print(f"{name}: bit-identical on repeat:", len({repr(analyse(nights)) for _ in range(5)}) == 1)
    pooled()


def pooled(people: int = 1000) -> None:
    """A pool of many people's bundles."""
    rng = np.random.default_rng(1)
    gains, errors = rng.normal(8, 5, people), rng.uniform(3, 8, people)
    bundles = [
        Bundle(substance="glycine", outcome="sol", unit="min", gain=float(gain + rng.normal(0, error)),
               sd=float(error), share=1.0, nights=56, firm=True)
        for gain, error in zip(gains, errors, strict=True)
    ]  # fmt: skip
    print(f"{f'pool of {people:,} people':48s} {best(lambda: pool_people(bundles), rounds=5, repeat=3):7.3f} ms")


def best(job: Callable[[], object], rounds: int = 7, repeat: int = 30) -> float:
    """Milliseconds of the quickest round."""
    job()
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        for _ in range(repeat):
            job()
        times.append((time.perf_counter() - begun) / repeat)
    return 1000 * min(times)


if __name__ == "__main__":
    main()
