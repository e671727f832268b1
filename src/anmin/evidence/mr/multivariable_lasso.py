"""Multivariable MR-Lasso (Grant and Burgess 2021, doi 10.1002/sim.9156): direct effects of variants are penalised."""

from __future__ import annotations

import msgspec
import numpy as np

from anmin.errors import InputError
from anmin.evidence.mr.lasso import chosen_penalty, direct_effects, projected
from anmin.evidence.mr.model import Convention
from anmin.evidence.mr.multivariable import MultiEstimate, Several, mv_cannot, mv_ivw
from anmin.evidence.mr.pair import Rows


def mv_lasso(
    data: Several, penalty: float | None = None, *, orient: str | None = None, path: int = 100
) -> MultiEstimate:
    """Multivariable IVW (multiplicative) on the variants whose direct effect the penalty sets to zero.

    The penalty is chosen as in :func:`anmin.evidence.mr.lasso.lasso`. The field scales each column by its standard
    deviation, which changes with the counted alleles, and turns them by one exposure; with ``orient`` that is done
    here, without it the scale is the root mean square and no exposure is singled out. Needs J > K + 1.
    """
    if orient is not None and orient not in data.names:
        raise InputError("orient", orient, ", ".join(data.names))
    scale = "no orientation" if orient is None else f"oriented to {orient}"
    convention = Convention(weights="first", spread="multiplicative", floor=1.0, detail=f"post-lasso IVW, {scale}")
    if data.count <= data.width + 1:
        return mv_cannot("mv_lasso", data, convention)
    if np.linalg.matrix_rank(data.bx / data.sy[:, None]) < data.width:
        return mv_cannot("mv_lasso", data, convention, "no_solution")
    sign = np.ones(data.count)
    if orient is not None:
        sign = np.where(data.bx[:, data.names.index(orient)] < 0, -1.0, 1.0)
    problem = projected(data.bx * sign[:, None], data.by * sign, data.sy, centred=orient is not None)

    def spread(kept: Rows) -> float:
        return float(mv_ivw(data.only(kept), "multiplicative").residual_se or 0.0)

    chosen = chosen_penalty(problem, spread, data.width + 1, path) if penalty is None else penalty
    direct = direct_effects(problem, chosen)
    valid = np.flatnonzero(direct == 0.0)
    found = mv_ivw(data.only(valid), "multiplicative")
    if not found.effects:
        return mv_cannot("mv_lasso", data, convention, "no_solution")
    return msgspec.structs.replace(
        found, method="mv_lasso", n=data.count, convention=convention, tuning=chosen,
        left_out=tuple(int(i) for i in np.flatnonzero(direct)), q=None, q_df=None, q_p=None,
    )  # fmt: skip
