"""Maximum likelihood and the robust adjusted profile score: both errors count, the true effects are profiled out.

With the true effect of each variant maximised away, J + 1 parameters become one (Zhao et al. 2020, doi
10.1214/19-AOS1866), so the optimum is found exactly; a search over all J + 1 stops early without a word.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from anmin.evidence.distributions import chi2_p, find_root, normal_cdf
from anmin.evidence.mr.closing import cannot, close
from anmin.evidence.mr.model import Convention, Estimate
from anmin.evidence.mr.pair import Array, Pair

Loss = Literal["l2", "huber", "tukey"]
HUBER, TUKEY = 1.345, 4.685
"""The usual tuning: 95 % efficiency under the normal."""


def maximum_likelihood(pair: Pair, spread: Literal["fixed", "multiplicative"] = "multiplicative") -> Estimate:
    """The maximum of the profile likelihood ½ Σ (b_y − θ b_x)² / (s_y² + θ² s_x²); SE from its curvature.

    ``multiplicative`` widens the SE by the residual standard error, never below one. Q is the likelihood ratio.
    """
    floor = 1.0 if spread == "multiplicative" else None
    convention = Convention(spread=spread, floor=floor, se="information", detail="exact profile")
    if pair.count < 2:
        return cannot("maximum_likelihood", pair.count, convention)
    roots = profile_roots(pair)
    if not roots:
        return cannot("maximum_likelihood", pair.count, convention, "no_solution")
    slope = min(roots, key=lambda theta: profile_deviance(pair, theta))
    deviance, df = profile_deviance(pair, slope), pair.count - 1
    residual = math.sqrt(deviance / df)
    se = 1.0 / math.sqrt(_curvature(pair, slope)) * (max(residual, 1.0) if floor else 1.0)
    return close(
        "maximum_likelihood", pair.count, slope, se, convention,
        residual_se=residual, q=deviance, q_df=df, q_p=chi2_p(deviance, df),
    )  # fmt: skip


def profile_deviance(pair: Pair, theta: float) -> float:
    """Twice the negative profile log likelihood, up to a constant."""
    return float(np.sum((pair.by - theta * pair.bx) ** 2 / (pair.sy**2 + theta**2 * pair.sx**2)))


def profile_roots(pair: Pair) -> tuple[float, ...]:
    """Every slope, up to far beyond any ratio, at which the profile score is zero and turns downwards."""
    scale = float(np.median(pair.sy / np.where(pair.sx > 0, pair.sx, pair.sy)))

    def score(theta: Array) -> Array:
        variance = pair.sy**2 + theta**2 * pair.sx**2
        residual = pair.by - theta * pair.bx
        return np.asarray(
            np.sum(residual * (pair.bx * variance + residual * theta * pair.sx**2) / variance**2, axis=-1)
        )

    return _falling_roots(score, scale)


def _falling_roots(f: Callable[[Array], Array], scale: float, points: int = 800) -> tuple[float, ...]:
    """Roots of ``f`` (slopes in a column → values) where it falls, searched evenly in the angle: any size of slope."""
    line = scale * np.tan(np.linspace(-math.pi / 2 + 1e-4, math.pi / 2 - 1e-4, points))
    values = f(line[:, None])
    down = np.flatnonzero((values[:-1] > 0.0) & (values[1:] <= 0.0))
    one = lambda theta: float(f(np.array([theta]))[()])  # noqa: E731
    return tuple(find_root(one, float(line[i]), float(line[i + 1])) for i in down)


def _curvature(pair: Pair, theta: float) -> float:
    """Second derivative of half the profile deviance."""
    s, variance = pair.sx**2, pair.sy**2 + theta**2 * pair.sx**2
    r = pair.by - theta * pair.bx
    first = pair.bx**2 / variance + 4.0 * pair.bx * r * theta * s / variance**2
    second = -(r**2) * s / variance**2 + 4.0 * r**2 * theta**2 * s**2 / variance**3
    return float(np.sum(first + second))


@dataclass(frozen=True)
class _Root:
    theta: float
    tau2: float


def raps(pair: Pair, loss: Loss = "huber", overdispersed: bool = True) -> tuple[Estimate, ...]:
    """The robust adjusted profile score: every root found, the one with the smallest loss first.

    ``overdispersed`` adds a variance τ² of direct effects, estimated together with the slope. Standard errors are
    the sandwich of the estimating equations, so they hold whatever the loss.
    """
    spread: Literal["additive", "fixed"] = "additive" if overdispersed else "fixed"
    convention = Convention(spread=spread, se="sandwich", detail=loss)
    if pair.count < 3:
        return (cannot("raps", pair.count, convention),)
    roots = (
        _overdispersed_roots(pair, loss) if overdispersed else [_Root(t, 0.0) for t in _score_roots(pair, loss, 0.0)]
    )
    roots = sorted(roots, key=lambda root: _total_loss(pair, loss, root))
    if not roots:
        return (cannot("raps", pair.count, convention, "no_solution"),)
    return tuple(
        close("raps", pair.count, root.theta, _sandwich(pair, loss, root), convention, tuning=math.sqrt(root.tau2))
        for root in roots
    )


def _score_roots(pair: Pair, loss: Loss, tau2: float) -> tuple[float, ...]:
    scale = float(np.median(pair.sy / np.where(pair.sx > 0, pair.sx, pair.sy)))
    return _falling_roots(lambda theta: np.sum(_slope_score(pair, loss, theta, tau2), axis=-1), scale, 400)


def _overdispersed_roots(pair: Pair, loss: Loss) -> list[_Root]:
    """Both equations: at each τ² the slopes that solve the first, τ² by bisection of the second along each."""
    found: list[_Root] = []
    for start in _score_roots(pair, loss, 0.0):
        tau2, theta = 0.0, start
        for _ in range(200):
            following = _tau2(pair, loss, theta)
            roots = _score_roots(pair, loss, following)
            if not roots:
                break
            nearest = min(roots, key=lambda root: abs(root - theta))
            done = abs(nearest - theta) <= 1e-12 * (1.0 + abs(theta)) and abs(following - tau2) <= 1e-14 + 1e-12 * tau2
            tau2, theta = following, nearest
            if done:
                break
        if all(abs(theta - other.theta) > 1e-8 * (1.0 + abs(theta)) for other in found):
            found.append(_Root(theta, tau2))
    return found


def _tau2(pair: Pair, loss: Loss, theta: float) -> float:
    def equation(tau2: float) -> float:
        return float(np.sum(_spread_score(pair, loss, theta, tau2)))

    if equation(0.0) <= 0.0:
        return 0.0
    high = float(np.max((pair.by - theta * pair.bx) ** 2)) + 1e-12
    while equation(high) > 0.0 and high < 1e300:
        high *= 4.0
    return find_root(equation, 0.0, high)


def _slope_score(pair: Pair, loss: Loss, theta: float | Array, tau2: float) -> Array:
    """ψ₁ of each variant: the loss' derivative times the best guess of the variant's true effect."""
    variance = pair.sy**2 + tau2 + theta**2 * pair.sx**2
    t = (pair.by - theta * pair.bx) / np.sqrt(variance)
    u = (pair.bx * (pair.sy**2 + tau2) + theta * pair.by * pair.sx**2) / variance**1.5
    return np.asarray(_psi(t, loss) * u)


def _spread_score(pair: Pair, loss: Loss, theta: float, tau2: float) -> Array:
    """ψ₂ of each variant: t ψ(t) against what a normal gives, weighted by s_x² / variance."""
    variance = pair.sy**2 + tau2 + theta**2 * pair.sx**2
    t = (pair.by - theta * pair.bx) / np.sqrt(variance)
    return np.asarray(pair.sx**2 * (t * _psi(t, loss) - _delta(loss)) / variance)


def _psi(t: Array, loss: Loss) -> Array:
    if loss == "l2":
        return t
    if loss == "huber":
        return np.clip(t, -HUBER, HUBER)
    return np.where(np.abs(t) < TUKEY, t * (1.0 - (t / TUKEY) ** 2) ** 2, 0.0)


def _total_loss(pair: Pair, loss: Loss, root: _Root) -> float:
    variance = pair.sy**2 + root.tau2 + root.theta**2 * pair.sx**2
    t = np.abs(pair.by - root.theta * pair.bx) / np.sqrt(variance)
    if loss == "l2":
        rho = 0.5 * t**2
    elif loss == "huber":
        rho = np.where(t <= HUBER, 0.5 * t**2, HUBER * (t - 0.5 * HUBER))
    else:
        rho = TUKEY**2 / 6.0 * (1.0 - (1.0 - np.minimum(t / TUKEY, 1.0) ** 2) ** 3)
    return float(np.sum(rho) + 0.5 * np.sum(np.log(variance)))


def _delta(loss: Loss) -> float:
    """E[T ψ(T)] for a standard normal T."""
    if loss == "l2":
        return 1.0
    if loss == "huber":
        return 2.0 * normal_cdf(HUBER) - 1.0
    line = np.linspace(-TUKEY, TUKEY, 20_001)
    height = line * _psi(line, loss) * np.exp(-0.5 * line**2) / math.sqrt(2.0 * math.pi)
    return float(np.sum(0.5 * (height[1:] + height[:-1]) * np.diff(line)))


def _sandwich(pair: Pair, loss: Loss, root: _Root) -> float:
    """A⁻¹ B A⁻ᵀ with A the mean derivative (central differences) and B the products of the scores."""
    parameters = [root.theta] if root.tau2 <= 0.0 else [root.theta, root.tau2]

    def scores(values: list[float]) -> Array:
        tau2 = values[1] if len(values) > 1 else root.tau2
        rows = [_slope_score(pair, loss, values[0], tau2)]
        if len(values) > 1:
            rows.append(_spread_score(pair, loss, values[0], tau2))
        return np.array(rows)

    a = np.empty((len(parameters), len(parameters)))
    for k, value in enumerate(parameters):
        step = 1e-6 * (abs(value) if value else 1.0)
        up, down = list(parameters), list(parameters)
        up[k], down[k] = value + step, value - step
        a[:, k] = (scores(up).sum(axis=1) - scores(down).sum(axis=1)) / (2.0 * step)
    psi = scores(parameters)
    inverse = np.linalg.inv(a)
    return math.sqrt(float((inverse @ (psi @ psi.T) @ inverse.T)[0, 0]))
