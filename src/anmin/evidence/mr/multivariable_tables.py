"""Several exposure tables and one outcome brought to the same alleles, with the fate of every variant.

A variant is used only where every exposure and the outcome have it. The alleles are those of the first exposure by
name, so that neither the order of the files nor which of them calls an allele the effect changes anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

import msgspec
import numpy as np

from anmin.evidence.mr.harmonise import Action, match
from anmin.evidence.mr.model import Association, Reason
from anmin.evidence.mr.multivariable import Several


class SeveralMatched(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of one variant. ``where``: the table that it fails in, if it is left out for one of them."""

    snp: str
    keep: bool
    reason: Reason | Literal["not_in_exposure"]
    where: str = ""


def bring_together(
    wanted: Iterable[str],
    exposures: Mapping[str, Mapping[str, Association]],
    outcome: Mapping[str, Association],
    action: Action = 2,
) -> tuple[tuple[SeveralMatched, ...], Several]:
    """The variants in the order of ``wanted``: their fates, and the effects of those that are kept.

    The exposures keep the order of the mapping.
    """
    names = tuple(exposures)
    fates: list[SeveralMatched] = []
    rows: list[tuple[list[float], list[float], float, float]] = []
    seen: set[str] = set()
    for snp in wanted:
        fate, numbers = _one(snp, exposures, outcome, action)
        if snp in seen:
            fate, numbers = SeveralMatched(snp=snp, keep=False, reason="repeated"), None
        seen.add(snp)
        fates.append(fate)
        if numbers is not None:
            rows.append(numbers)
    bx, sx = (np.array([row[i] for row in rows], dtype=np.float64).reshape(-1, len(names)) for i in (0, 1))
    by, sy = (np.array([row[i] for row in rows], dtype=np.float64) for i in (2, 3))
    kept = tuple(fate.snp for fate in fates if fate.keep)
    return tuple(fates), Several(names=names, bx=bx, sx=sx, by=by, sy=sy, snps=kept)


def _one(
    snp: str, exposures: Mapping[str, Mapping[str, Association]], outcome: Mapping[str, Association], action: Action
) -> tuple[SeveralMatched, tuple[list[float], list[float], float, float] | None]:
    for name in sorted(exposures):
        if snp not in exposures[name]:
            return SeveralMatched(snp=snp, keep=False, reason="not_in_exposure", where=name), None
    if snp not in outcome:
        return SeveralMatched(snp=snp, keep=False, reason="not_in_outcome"), None
    first = exposures[min(exposures)][snp]
    # A probe of effect one: what comes back is the sign, also where the variant has no effect on the first exposure.
    probe = msgspec.structs.replace(first, beta=1.0, se=1.0)
    found: dict[str, tuple[float, float]] = {}
    reason: Reason = "same"
    for name in (*sorted(exposures), ""):
        row = exposures[name][snp] if name else outcome[snp]
        if row.beta is None or not row.se:
            return SeveralMatched(snp=snp, keep=False, reason="no_effect_or_error", where=name), None
        if row is first:
            found[name] = (row.beta, row.se)
            continue
        matched = match(probe, row, action)
        if not matched.keep or matched.beta_outcome is None or matched.beta_exposure is None:
            return SeveralMatched(snp=snp, keep=False, reason=matched.reason, where=name), None
        found[name] = (matched.beta_outcome * matched.beta_exposure, row.se)
        reason = matched.reason
    effects = ([found[name][i] for name in exposures] for i in (0, 1))
    return SeveralMatched(snp=snp, keep=True, reason=reason), (*effects, *found[""])  # type: ignore[return-value]
