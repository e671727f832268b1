"""The body clock as a van der Pol oscillator that light pushes: Forger 1999, and HCL's version of it.

    x'  = (pi/12) (xc + B)
    xc' = (pi/12) (mu (xc - 4/3 xc^3) - x ((24/(f tau))^2 + k B))
    n'  = 60 (a (1 - n) - beta n),  a = alpha0 (L/I0)^p,  B = G a (1 - n) (1 - b x) (1 - b xc)

Time in hours, light in lux at the eye. Forger, Jewett & Kronauer 1999, J Biol Rhythms 14:532; HCL after Skeldon 2023.
The parameters are the rows ``clock-forger`` and ``clock-hcl`` of ``body_models.yaml``. Valid for regular days and white
light; two people differ by more than two of these models do.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from anmin.knowledge.body_models import BodyModel

State = tuple[float, float, float]


class Forger(NamedTuple):
    """The parameters, as the equations want them."""

    stiffness: float
    mu: float
    gain: float
    alpha0: float
    fade: float
    p: float
    i0: float
    k: float
    b: float
    start: State

    @property
    def turn(self) -> float:
        """What the second state gains in a day: nothing, both are coordinates."""
        return 0.0

    def drive(self, lux: float) -> float:
        """The forward rate of the light process at this light, per minute."""
        return float(self.alpha0 * (lux / self.i0) ** self.p) if lux > 0 else 0.0

    def slope(self, x: float, xc: float, n: float, drive: float) -> State:
        """The right-hand side, per hour."""
        push = self.gain * (1.0 - n) * drive * (1.0 - self.b * x) * (1.0 - self.b * xc)
        omega = math.pi / 12.0
        return (
            omega * (xc + push),
            omega * (self.mu * (xc - 4.0 / 3.0 * xc * xc * xc) - x * (self.stiffness + self.k * push)),
            60.0 * (drive * (1.0 - n) - self.fade * n),
        )

    def depth(self, state: State) -> float:
        """Largest when the core is coldest (CBTmin): the minimum of x."""
        return -state[0]


def forger(model: BodyModel) -> Forger:
    """The oscillator of a row of ``body_models.yaml``.

    >>> from anmin.knowledge.load import load
    >>> clock = forger(load().body_models["clock-forger"])
    >>> round(clock.drive(9500.0), 3)  # at I0 the drive is alpha0
    0.05
    """
    v = model.numbers()
    return Forger(
        (24.0 / (v["f"] * v["tau"])) ** 2, v["mu"], v["G"], v["alpha0"], v["beta"], v["p"], v["I0"], v["k"], v["b"],
        (v["x"], v["xc"], v["n"]),
    )  # fmt: skip
