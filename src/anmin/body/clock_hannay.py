"""The body clock as a reduced population of cells: Hannay, Booth & Forger 2019, single population.

    a = alpha0 L^p / (L^p + I0),  B = G (1 - n) a
    R'   = -gamma R + K cos(beta1)/2 R (1 - R^4) + A1/2 B (1 - R^4) cos(psi + bL1) + A2/2 B R (1 - R^8) cos(2 psi + bL2)
    psi' = 2 pi/tau + K/2 sin(beta1) (1 + R^4) + sigma B - A1/2 B (R^3 + 1/R) sin(psi + bL1)
           - A2/2 B (1 + R^8) sin(2 psi + bL2)
    n'   = 60 (a (1 - n) - delta n)

R is how far the cells agree (0 to 1), psi their common phase in radians. doi 10.1177/0748730419878298; parameters in
the row ``clock-hannay`` of ``body_models.yaml``. Valid for regular days and white light in lux.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from anmin.knowledge.body_models import BodyModel

State = tuple[float, float, float]


class Hannay(NamedTuple):
    """The parameters, as the equations want them."""

    pace: float
    pull: float
    twist: float
    gamma: float
    a1: float
    a2: float
    bl1: float
    bl2: float
    sigma: float
    gain: float
    alpha0: float
    fade: float
    p: float
    i0: float
    start: State

    @property
    def turn(self) -> float:
        """What the phase gains in a day."""
        return 2.0 * math.pi

    def drive(self, lux: float) -> float:
        """The forward rate of the light process at this light, per minute."""
        strength = lux**self.p
        return float(self.alpha0 * strength / (strength + self.i0))

    def slope(self, r: float, psi: float, n: float, drive: float) -> State:
        """The right-hand side, per hour."""
        push = 0.5 * self.gain * (1.0 - n) * drive
        r4 = r * r * r * r
        r8 = r4 * r4
        first, second = psi + self.bl1, 2.0 * psi + self.bl2
        rise = self.a1 * (1.0 - r4) * math.cos(first) + self.a2 * r * (1.0 - r8) * math.cos(second)
        turn = self.a1 * (r * r * r + 1.0 / r) * math.sin(first) + self.a2 * (1.0 + r8) * math.sin(second)
        return (
            -self.gamma * r + self.pull * r * (1.0 - r4) + push * rise,
            self.pace + self.twist * (1.0 + r4) + 2.0 * self.sigma * push - push * turn,
            60.0 * (drive * (1.0 - n) - self.fade * n),
        )

    def depth(self, state: State) -> float:
        """Largest when the core is coldest (CBTmin): at psi = pi."""
        return -math.cos(state[1])


def hannay(model: BodyModel) -> Hannay:
    """The population of a row of ``body_models.yaml``.

    >>> from anmin.knowledge.load import load
    >>> clock = hannay(load().body_models["clock-hannay"])
    >>> clock.drive(0.0), round(clock.drive(1e6), 4)  # saturates at alpha0
    (0.0, 0.05)
    """
    v = model.numbers()
    return Hannay(
        2.0 * math.pi / v["tau"], v["K"] * math.cos(v["beta1"]) / 2.0, v["K"] / 2.0 * math.sin(v["beta1"]),
        v["gamma"], v["A1"], v["A2"], v["betaL1"], v["betaL2"], v["sigma"], v["G"], v["alpha0"], v["delta"], v["p"],
        v["I0"], (v["R"], v["psi"], v["n"]),
    )  # fmt: skip
