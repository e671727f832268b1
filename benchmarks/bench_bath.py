"""Four-hour evenings with a bath, at steps of a minute: our kernel against the package jos3 in the same run.

    python benchmarks/bench_bath.py

An hour in the room, 16 minutes at 40 °C, 164 minutes after it; 240 steps of 85 nodes in double precision. jos3 knows no
water, so it runs the same minutes in air: the same equations and the same number of steps. Wall time, best of several;
beside it what one second of processor time buys, which a busy machine does not change.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable

import jos3

from anmin.body.bath import kernel_numba
from anmin.body.bath.evenings import evening
from anmin.body.bath.model import Body, Phase
from anmin.body.bath.parameters import best, draws
from anmin.body.bath.simulate import Kernel, simulate
from anmin.knowledge.load import load

KNOWLEDGE = load()
STEPS = 240
BATH = (Phase(minutes=60), Phase(minutes=16, water_c=40, level="shoulders"), Phase(minutes=164, clo=0.5))
BED = (*BATH[:2], Phase(minutes=164, clo=0.5, posture="lying", bedding_clo=2.0))


def timed(job: Callable[[], object], times: int) -> tuple[float, float]:
    """Best wall time and best processor time (s)."""
    walls, works = [], []
    for _ in range(times):
        wall, work = time.perf_counter(), time.process_time()
        job()
        walls.append(time.perf_counter() - wall)
        works.append(time.process_time() - work)
    return min(walls), min(works)


def ours(lanes: int, kernel: Kernel, phases: tuple[Phase, ...] = BATH, step_s: float = 60.0) -> Callable[[], object]:
    spread = draws(KNOWLEDGE, lanes)
    return lambda: simulate([Body()], [phases], spread, KNOWLEDGE, kernel=kernel, step_s=step_s)


def peer() -> None:
    model = jos3.JOS3()
    model.Ta = model.Tr = 25
    model.simulate(STEPS, output=False)


def main() -> None:
    cores = os.cpu_count() or 1
    start = time.process_time()
    ours(1, "numba")()
    print(f"first run, compiled or read from the cache: {time.process_time() - start:.1f} s of processor time")
    peer_wall, peer_work = timed(peer, 2)
    print(f"{'jos3 0.5.0':52s} {1 / peer_wall:9.1f} runs/s   {1 / peer_work:9.1f} per processor-second")
    for name, lanes, kernel, phases, step, times in (
        ("NumPy, 256 side by side", 256, "numpy", BATH, 60.0, 2),
        ("compiled, 2048 side by side, one thread", 2048, "numba", BATH, 60.0, 5),
        (f"compiled, 2048 side by side, {cores} threads", 2048, "numba", BATH, 60.0, 5),
        (f"the same, then lying in bed, {cores} threads", 2048, "numba", BED, 60.0, 5),
        (f"option step_s=120, {cores} threads", 2048, "numba", BATH, 120.0, 5),
    ):
        kernel_numba.cpu_count = (lambda: 1) if "one thread" in name else os.cpu_count  # type: ignore[assignment]
        wall, work = timed(ours(lanes, kernel, phases, step), times)  # type: ignore[arg-type]
        print(
            f"{name:52s} {lanes / wall:9.1f} runs/s   {lanes / work:9.1f} per processor-second"
            f"   {peer_wall * lanes / wall:8.0f} × jos3"
        )
    grid = [
        evening(KNOWLEDGE, before_min=60, water_c=37.5 + 0.3 * t, bath_min=5 * (m + 1), to_bed_min=180 - 5 * (m + 1))
        for t in range(16)
        for m in range(6)
    ]
    fine, coarse = (
        simulate([Body()], [BATH], [best(KNOWLEDGE)], KNOWLEDGE, step_s=step, every=round(600 / step))
        for step in (60.0, 120.0)
    )
    print(
        f"step_s=120 against 60: core {abs(fine.core - coarse.core).max():.3f} °C, "
        f"skin {abs(fine.skin - coarse.skin).max():.3f} °C, worst of every tenth minute"
    )
    wall, _ = timed(lambda: simulate([Body()], grid, [best(KNOWLEDGE)], KNOWLEDGE), 3)
    print(f"96 protocols of one person: {wall * 1000:.0f} ms")


if __name__ == "__main__":
    main()
