"""What the lot alone could have done: the difference under every schedule that might have been drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from anmin.trial.analysis import Nights, differences, randomisation_p
from anmin.trial.contrasts import Contrast, held
from anmin.trial.joint import ArmNights, contrasts_under, drawn, own_p
from anmin.trial.protocol import Protocol
from anmin.trial.reference import LISTED, alternatives, reference
from anmin.trial.result import treated_sets
from anmin.trial.schedule import Schedule, count

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


class Lot(msgspec.Struct, frozen=True, kw_only=True):
    """A randomisation distribution, in the unit and with the sign of the outcome.

    ``observed``: the difference under the schedule that was drawn; ``p``: share of schedules with one as large, either
    way. ``complete``: every schedule is there; else a uniform sample with the drawn one.
    """

    observed: float
    differences: tuple[float, ...]
    p: float
    complete: bool

    @property
    def reached(self) -> int:
        """How many schedules give a difference as large as the real one."""
        return round(self.p * len(self.differences))


def lot_of_two(protocol: Protocol, nights: Nights) -> Lot:
    """Of a trial of one thing against nothing."""
    sets = treated_sets(protocol, nights)
    observed, every = differences(nights, sets)
    return Lot(
        observed=observed,
        differences=tuple(every.tolist()),
        p=randomisation_p(nights, sets),
        complete=count(protocol.design) <= LISTED,
    )


def lot_of(protocol: Protocol, nights: ArmNights, schedule: Schedule, contrast: Contrast) -> Lot:
    """Of one contrast of a trial of several, over the schedules that leave everything else where it was.

    The test compares differences over their own standard error; they are given times the real one's, so that the
    order of the differences is that of the test.
    """
    design, alone = protocol.design, held(protocol.design, (contrast,))
    total, error = contrasts_under(nights, design, reference(design, schedule, alone), (contrast,))
    mine, scale = contrasts_under(nights, design, drawn(nights, design), (contrast,))
    return Lot(
        observed=float(mine[0, 0]),
        differences=tuple((total[:, 0] / error[:, 0] * scale[0, 0]).tolist()),
        p=own_p(nights, design, schedule, contrast),
        complete=alternatives(design, schedule, alone) <= LISTED,
    )
