"""Closed forms over the whole outcome × variant matrix at once: IVW, Egger, dIVW, pIVW, leave-one-out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from anmin.evidence.mr.many_table import Column, Outcomes, column
from anmin.evidence.mr.model import Convention
from anmin.evidence.mr.pair import Array
from anmin.evidence.mr.tail_arrays import chi2_tails, normal_tails, t_tails

CLOSED = ("ivw", "ivw_fixed", "egger", "divw", "pivw")


_CELLS = 8_000
"""Numbers of an outcome × variant block: all steps on it stay in the cache."""


def closed_many(outcomes: Outcomes, methods: Sequence[str] = CLOSED) -> dict[str, Column]:
    """Those of the closed forms that are asked for, as for each pair alone."""
    methods = [name for name in methods if name in CLOSED]
    if not methods:
        return {}
    parts = [_vectors(_Sums(block), methods) for block in _blocks(outcomes)]
    have = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    closers: dict[str, Callable[[], Column]] = {
        "ivw": lambda: _ivw(have, True), "ivw_fixed": lambda: _ivw(have, False), "egger": lambda: _egger(have),
        "divw": lambda: _debiased(have, "divw", ""), "pivw": lambda: _debiased(have, "pivw", "lambda 1"),
    }  # fmt: skip
    return {name: closers[name]() for name in methods}


def _blocks(outcomes: Outcomes) -> Iterator[Outcomes]:
    size = max(1, _CELLS // max(1, len(outcomes.bx)))
    for start in range(0, max(1, len(outcomes.names)), size):
        yield outcomes.rows(slice(start, start + size))


class _Sums:
    """Weights of the variants and the sums that every closed form starts from."""

    def __init__(self, outcomes: Outcomes) -> None:
        self.bx, self.sx = outcomes.bx, outcomes.sx
        here = self.here = outcomes.here
        self.n = here.sum(axis=1)
        whole = bool(here.all())
        sy = outcomes.sy if whole else np.where(here, outcomes.sy, 1.0)
        self.y: Array = outcomes.by if whole else np.where(here, outcomes.by, 0.0)
        self.w: Array = 1.0 / (sy * sy) if whole else np.where(here, 1.0 / (sy * sy), 0.0)
        wx = self.w * self.bx
        self.wxx, self.wxy = wx * self.bx, wx * self.y
        self.xx, self.xy = self.wxx.sum(axis=1), self.wxy.sum(axis=1)
        with np.errstate(all="ignore"):
            self.slope = self.xy / self.xx


def _vectors(sums: _Sums, methods: Sequence[str]) -> dict[str, Array]:
    """Everything that needs the matrix, as one number for each outcome."""
    found: dict[str, Array] = {"n": sums.n}
    with np.errstate(all="ignore"):
        if "ivw" in methods or "ivw_fixed" in methods:
            off = sums.y - sums.slope[:, None] * sums.bx
            off *= off
            off *= sums.w
            found |= {"ivw": sums.slope, "xx": sums.xx, "q": off.sum(axis=1)}
        if "egger" in methods:
            found |= _line(sums)
        for name in ("divw", "pivw"):
            if name in methods:
                found |= _free_of_error(sums, name)
    return found


def _heterogeneity(q: Array, df: Array) -> dict[str, Array]:
    some = df > 0
    q = np.where(some, q, np.nan)
    return {"q": q, "q_df": np.where(some, df, np.nan), "q_p": chi2_tails(q, np.where(some, df, 1)).p}


def _ivw(have: dict[str, Array], spread: bool) -> Column:
    n, q = have["n"], have["q"]
    with np.errstate(all="ignore"):
        se = 1.0 / np.sqrt(have["xx"])
        if spread:
            # Multiplicative random effects from four variants on, never narrower than fixed.
            se = se * np.where(n >= 4, np.maximum(1.0, np.sqrt(q / np.maximum(n - 1, 1))), 1.0)
    how: Literal["multiplicative", "fixed"] = "multiplicative" if spread else "fixed"
    convention = Convention(weights="first", spread=how, floor=1.0 if spread else None)
    name = "ivw" if spread else "ivw_fixed"
    return column(name, convention, have["ivw"], se, n, 1, **_heterogeneity(q, n - 1))


def _line(sums: _Sums) -> dict[str, Array]:
    """Egger's regression, every variant turned so that it raises the exposure."""
    sign = np.where(sums.bx < 0.0, -1.0, 1.0)
    x, y, w = sums.bx * sign, sums.y * sign, sums.w
    total = w.sum(axis=1)
    middle_x, middle_y = (w * x).sum(axis=1) / total, (w * y).sum(axis=1) / total
    dx, dy = x - middle_x[:, None], y - middle_y[:, None]
    weighted = w * dx
    sxx = np.sum(weighted * dx, axis=1)
    slope = np.sum(weighted * dy, axis=1) / sxx
    dx *= slope[:, None]
    dy -= dx
    dy *= dy
    dy *= w
    return {
        "egger": slope, "egger_q": dy.sum(axis=1), "sxx": sxx, "intercept": middle_y - slope * middle_x,
        "intercept_var": 1.0 / total + middle_x**2 / sxx,
    }  # fmt: skip


def _egger(have: dict[str, Array]) -> Column:
    n, q = have["n"], have["egger_q"]
    df = n - 2
    with np.errstate(all="ignore"):
        factor = np.maximum(1.0, np.sqrt(q / np.maximum(df, 1)))
        se = factor / np.sqrt(have["sxx"])
        intercept = np.where(df > 0, have["intercept"], np.nan)
        intercept_se = np.where(df > 0, factor * np.sqrt(have["intercept_var"]), np.nan)
        intercept_p = t_tails(intercept / intercept_se, df).p
    convention = Convention(weights="first", distribution="t", spread="multiplicative", floor=1.0)
    return column(
        "egger", convention, have["egger"], se, n, 3, df=df, **_heterogeneity(q, df),
        intercept=intercept, intercept_se=intercept_se, intercept_p=intercept_p,
    )  # fmt: skip


def _free_of_error(sums: _Sums, name: str) -> dict[str, Array]:
    """Slope and SE of dIVW or pIVW."""
    x, s, w, y = sums.bx, sums.sx, sums.w, sums.y
    strength = np.sum(w * (x * x - s * s), axis=1)
    if name == "divw":
        slope, divisor, sound = sums.xy / strength, strength, strength > 0.0
    else:
        w2 = w * w
        variance = np.sum(w2 * (4.0 * (x * x - s * s) * s * s + 2.0 * s**4), axis=1)
        covariance = np.sum(2.0 * w2 * x * y * s * s, axis=1)
        sound = variance > 0.0
        divisor = strength / 2.0 + np.copysign(np.sqrt(strength**2 / 4.0 + variance), strength)
        slope = (sums.xy + covariance / variance * (divisor - strength)) / divisor
    at = slope[:, None]
    excess = np.where(sums.here, (y - at * x) ** 2 * w - 1.0 - at**2 * s * s * w, 0.0)
    tau2 = np.maximum(0.0, excess.sum(axis=1) / w.sum(axis=1))[:, None]
    terms = w * x * x * (1.0 + tau2 * w) + at**2 * s * s * w * w * (x * x + s * s)
    return {name: np.where(sound, slope, np.nan), f"{name}_se": np.sqrt(terms.sum(axis=1)) / np.abs(divisor)}


def _debiased(have: dict[str, Array], name: str, detail: str) -> Column:
    convention = Convention(weights="first", spread="additive", se="information", detail=detail)
    return column(name, convention, have[name], have[f"{name}_se"], have["n"], 2)


@dataclass(frozen=True, kw_only=True)
class LeaveOneOut:
    """IVW without each variant: arrays of shape (O, J); NaN where the outcome lacks the variant or would have none."""

    estimate: Array
    se: Array
    p: Array

    @property
    def neg_log10_p(self) -> Array:
        """Computed when asked for: for most a p will do."""
        return normal_tails(self.estimate / self.se).neg_log10_p


def leave_one_out_many(outcomes: Outcomes) -> LeaveOneOut:
    """The convention of ``ivw`` on the J − 1 others, for every variant of every outcome, in closed form."""
    estimate, se, p = (np.empty(outcomes.by.shape) for _ in range(3))
    start = 0
    for block in _blocks(outcomes):
        rows = slice(start, start + len(block.names))
        estimate[rows], se[rows] = _without_each(_Sums(block))
        with np.errstate(all="ignore"):
            p[rows] = normal_tails(estimate[rows] / se[rows]).p
        start = rows.stop
    return LeaveOneOut(estimate=estimate, se=se, p=p)


def _without_each(sums: _Sums) -> tuple[Array, Array]:
    rest = (sums.n - 1)[:, None]
    with np.errstate(all="ignore"):
        xx, slope = sums.xx[:, None] - sums.wxx, sums.xy[:, None] - sums.wxy
        # Q of the others around their own slope; rounding may leave a tiny negative number.
        q = sums.w * sums.y
        q *= sums.y
        q = q.sum(axis=1, keepdims=True) - q
        q -= slope * slope / xx
        slope /= xx
        q /= np.maximum(rest - 1, 1)
        np.maximum(q, 1.0, out=q)
        se = np.where(rest >= 4, q, 1.0)
        se /= xx
        np.sqrt(se, out=se)
    unusable = ~(sums.here & (rest >= 1))
    slope[unusable], se[unusable] = np.nan, np.nan
    return slope, se
