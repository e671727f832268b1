"""What others would do with the same nights, for the calibration and the benchmark only: never for a verdict.

Two-sided p-values: Welch's t-test of the nights, ordinary least squares with the covariates, and the same with
Newey-West errors (Newey & West 1987, doi 10.2307/1913610).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from anmin.evidence.distributions import t_p
from anmin.trial.analysis import Nights, design_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def welch(nights: Nights) -> float:
    """p of Welch's t-test of the treated against the other nights."""
    import numpy as np

    outcome, treated = np.asarray(nights.outcome), np.asarray(nights.treated) == 1
    on, off = outcome[treated], outcome[~treated]
    a, b = float(on.var(ddof=1)) / len(on), float(off.var(ddof=1)) / len(off)
    df = (a + b) ** 2 / (a**2 / (len(on) - 1) + b**2 / (len(off) - 1))
    return t_p(float(on.mean() - off.mean()) / math.sqrt(a + b), df)


def least_squares(nights: Nights) -> float:
    """p of the treatment in ordinary least squares with trend and weekend."""
    import numpy as np

    design, outcome = _regressors(nights)
    inverse = np.linalg.inv(design.T @ design)
    solved = inverse @ design.T @ outcome
    rest = outcome - design @ solved
    df = len(outcome) - design.shape[1]
    error = math.sqrt(float(rest @ rest) / df * float(inverse[1, 1]))
    return t_p(float(solved[1]) / error, df)


def newey_west(nights: Nights, lags: int = 5) -> float:
    """p of the treatment with errors that allow for autocorrelation up to ``lags`` nights."""
    import numpy as np

    design, outcome = _regressors(nights)
    inverse = np.linalg.inv(design.T @ design)
    solved = inverse @ design.T @ outcome
    scores = design * (outcome - design @ solved)[:, None]
    middle = scores.T @ scores
    for lag in range(1, lags + 1):
        cross = scores[lag:].T @ scores[:-lag]
        middle += (1 - lag / (lags + 1)) * (cross + cross.T)
    df = len(outcome) - design.shape[1]
    variance = float((inverse @ middle @ inverse)[1, 1]) * len(outcome) / df
    return t_p(float(solved[1]) / math.sqrt(max(variance, 1e-300)), df)


def _regressors(nights: Nights) -> tuple[Floats, Floats]:
    import numpy as np

    return design_of(nights, np.asarray(nights.treated, dtype=np.float64)), np.asarray(nights.outcome)
