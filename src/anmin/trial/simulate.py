"""A person whose truth is known: nights with a set effect, for demonstrations, tests and the calibration."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Literal

import msgspec

from anmin.trial.diary import Entry
from anmin.trial.power import build_up
from anmin.trial.protocol import Protocol
from anmin.trial.schedule import Design, Schedule

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


class Truth(msgspec.Struct, frozen=True, kw_only=True):
    """How the nights of a simulated person are. ``effect`` in the unit of the outcome (−15: asleep 15 min sooner).

    ``block_shift``: standard deviation, in ``sd``, of good and bad spells as long as a block; ``trend`` and ``weekend``
    in ``sd`` too. ``shape``: normal noise, or skewed as waiting times are (gamma of shape 2).
    """

    level: float = 45.0
    effect: float = 0.0
    sd: float = 20.0
    phi: float = 0.15
    missing: float = 0.1
    tau_nights: float = 0.0
    trend: float = 0.5
    weekend: float = 0.3
    block_shift: float = 0.0
    shape: Literal["normal", "gamma"] = "normal"


def outcomes(design: Design, schedule: Schedule, truth: Truth, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """The outcome of every night, and 1 where the morning's diary was forgotten."""
    import numpy as np

    nights = design.nights
    noise = rng.standard_normal(nights)
    for night in range(1, nights):
        noise[night] = truth.phi * noise[night - 1] + np.sqrt(1 - truth.phi**2) * noise[night]
    if truth.shape == "gamma":
        noise = _gamma(noise)
    number = np.arange(nights)
    shift = np.repeat(rng.standard_normal(design.blocks), design.block_nights) * truth.block_shift
    wave = truth.trend * number / nights + truth.weekend * (number % 7 >= 5) + shift
    given = build_up(np.repeat(np.asarray(schedule, dtype=np.float64), design.block_nights), truth.tau_nights)
    missed = (rng.random(nights) < truth.missing).astype(np.float64)
    return truth.level + truth.sd * (noise + wave) + truth.effect * given, missed


def diary(protocol: Protocol, schedule: Schedule, truth: Truth, seed: int, zone: str = "Asia/Taipei") -> list[Entry]:
    """The mornings of a trial as a person would write them down: whole minutes, some mornings forgotten."""
    import numpy as np

    latency, missed = outcomes(protocol.design, schedule, truth, np.random.default_rng(seed))
    made = []
    for number, (minutes, lost) in enumerate(zip(latency, missed, strict=True)):
        if lost:
            continue
        morning = protocol.first_evening + timedelta(days=number + 1)
        made.append(
            Entry(
                night=morning, zone=zone, into_bed=22 * 60 + 45, try_sleep=23 * 60, sol=float(max(1, round(minutes))),
                awakenings=1, waso=15, final_wake=6 * 60 + 30, out_of_bed=6 * 60 + 45, quality=3, taken=True,
                entered_at=datetime.combine(morning, time(1), tzinfo=UTC),
            )
        )  # fmt: skip
    return made


def _gamma(noise: Floats) -> Floats:
    """Noise of the same order with the shape of a gamma of shape 2, mean 0 and variance 1, by way of the normal ranks.

    The quantile is that of Wilson & Hilferty 1931, doi 10.1073/pnas.17.12.684, standardised by its own moments.
    """
    import numpy as np

    shape = 2.0
    made = shape * np.maximum(1 - 1 / (9 * shape) + noise / (3 * np.sqrt(shape)), 0.0) ** 3
    result: Floats = (made - shape) / np.sqrt(shape)
    return result
