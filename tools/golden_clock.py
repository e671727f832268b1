"""Write tests/golden/clock.json: what the package ``circadian`` says, for our clock kernels to agree with.

The package is not a dependency of anmin. To make the file anew:

    python3 -m venv /tmp/circadian && /tmp/circadian/bin/pip install circadian==1.0.3
    /tmp/circadian/bin/python tools/golden_clock.py

It holds the package's default parameters and, for three days of light that changes, the states every two hours and the
lowest core temperatures, stepped by the package's own Runge-Kutta (0.1 h, light constant within a step).
"""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
from circadian.models import CircadianModel, Forger99, Hannay19, Skeldon23

TARGET = Path(__file__).parent.parent / "tests" / "golden" / "clock.json"
STEP_H = 0.1
STRETCHES = [  # hours, lux: an ordinary day, a late bright evening, a dim day
    (7.0, 0.0), (9.0, 250.0), (7.0, 65.0), (9.0, 0.0), (0.5, 5000.0), (8.5, 1000.0), (9.0, 500.0), (6.0, 0.0),
    (12.0, 30.0), (4.0, 3.0),
]  # fmt: skip
ORBIT = [(12.0, 250.0), (4.0, 65.0), (8.0, 0.0)]


def main() -> None:
    made = {"package": f"circadian {version('circadian')}", "step_h": STEP_H, "stretches": STRETCHES, "orbit": ORBIT}
    made["models"] = {
        name: run(model)
        for name, model in (("clock-forger", Forger99()), ("clock-hannay", Hannay19()), ("clock-hcl", Skeldon23()))
    }
    TARGET.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {TARGET}")


def run(model: CircadianModel) -> dict[str, object]:
    """Parameters, start, states every two hours, and the settled day's lowest temperature (hours after rising)."""
    state = model._default_initial_condition.copy()
    start = state.tolist()
    kept, gone = [], 0
    for hours, lux in STRETCHES:
        for _ in range(round(hours / STEP_H)):
            gone += 1
            state = step(model, gone, state, lux)
            if gone % 20 == 0:
                kept.append(state[:3].tolist())
    parameters = {key: value for key, value in model.parameters.items() if isinstance(value, int | float)}
    return {"parameters": parameters, "start": start, "every_2_h": kept, "cbtmin_h": settled(model)}


def step(model: CircadianModel, number: int, state: np.ndarray, lux: float) -> np.ndarray:
    # The base class's step: Skeldon23's own one would also decide when to sleep, and sleep is given here.
    return CircadianModel.step_rk4(model, number * STEP_H, state, lux, STEP_H)


def settled(model: CircadianModel) -> float:
    state, track = model._default_initial_condition.copy(), []
    for day in range(60):
        for hours, lux in ORBIT:
            for number in range(round(hours / STEP_H)):
                state = step(model, number, state, lux)
                if day == 59:
                    track.append(np.cos(state[1]) if isinstance(model, Hannay19) else state[0])
    return (int(np.argmin(track)) + 1) * STEP_H


if __name__ == "__main__":
    main()
