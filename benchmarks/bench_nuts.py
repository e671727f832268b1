"""The exact trial analysis against a long run of a sampler (NUTS, NumPyro) on the same nights and the same priors.

    pip install numpyro && python benchmarks/bench_nuts.py [--write]

Prints how far apart the two are, in posterior standard deviations, and how much quicker the exact one is. ``--write``
keeps the sampler's answer in tests/golden/nuts.json, against which the tests hold the analysis without the sampler.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np

from anmin.trial.analysis import GRID, Nights, design_of, posterior
from anmin.trial.schedule import Design, draw
from anmin.trial.simulate import Truth, outcomes

TARGET = Path(__file__).parent.parent / "tests" / "golden" / "nuts.json"
DESIGN = Design(arms=("without", "with"), blocks=14, block_nights=4)
CASES = ((1, 0.15), (2, 0.5), (3, -0.2))
WARM_UP, KEPT, CHAINS = 2_000, 50_000, 4
LEVELS = (0.025, 0.25, 0.5, 0.75, 0.975)


def nights_of_case(seed: int, phi: float) -> Nights:
    """56 nights, some forgotten."""
    schedule = draw(DESIGN, seed)
    values, missed = outcomes(DESIGN, schedule, Truth(effect=-12, phi=phi), np.random.default_rng(seed))
    kept = np.flatnonzero(missed == 0)
    return Nights(
        index=tuple(kept.tolist()),
        outcome=tuple(values[kept].round(3).tolist()),
        treated=tuple(np.repeat(schedule, DESIGN.block_nights)[kept].tolist()),
        weekend=tuple((kept % 7 >= 5).astype(int).tolist()),
    )


def sample(nights: Nights, seed: int) -> tuple[dict[str, object], float]:
    """Mean, SD, quantiles and effective sample size of the effect; seconds of the run without compilation."""
    import jax
    import jax.numpy as jnp
    import numpyro
    import numpyro.distributions as dist
    from numpyro.diagnostics import effective_sample_size
    from numpyro.infer import MCMC, NUTS

    jax.config.update("jax_enable_x64", True)
    x = jnp.asarray(design_of(nights, np.asarray(nights.treated, dtype=float)))
    y = jnp.asarray(nights.outcome)
    gap = jnp.asarray(np.diff(nights.index), dtype=float)
    root = jnp.linalg.qr(x)[1]  # decorrelates the coefficients; flat stays flat

    def model() -> None:
        phi = numpyro.sample("phi", dist.Uniform(*GRID[:2]))
        numpyro.factor("prior of phi", -0.5 * jnp.log(1 - phi**2))
        log_sd = numpyro.sample("log_sd", dist.ImproperUniform(dist.constraints.real, (), ()))
        turned = numpyro.sample("b", dist.ImproperUniform(dist.constraints.real, (), (x.shape[1],)))
        b = numpyro.deterministic("coefficients", jnp.linalg.solve(root, turned))
        rest, sd = y - x @ b, jnp.exp(log_sd)
        carried = jnp.sign(phi) ** gap * jnp.abs(phi) ** gap
        scale = sd * jnp.sqrt((1 - carried**2) / (1 - phi**2))
        numpyro.factor("first", dist.Normal(0, sd / jnp.sqrt(1 - phi**2)).log_prob(rest[0]))
        numpyro.factor("rest", dist.Normal(carried * rest[:-1], scale).log_prob(rest[1:]).sum())

    start = {"b": jnp.asarray(root @ jnp.linalg.lstsq(x, y)[0]), "log_sd": jnp.log(jnp.std(y)), "phi": jnp.asarray(0.1)}
    run = MCMC(NUTS(model, init_strategy=numpyro.infer.init_to_value(values=start)), num_warmup=WARM_UP,
               num_samples=KEPT, num_chains=CHAINS, chain_method="sequential", progress_bar=False)  # fmt: skip
    run.run(jax.random.PRNGKey(seed))
    begun = time.perf_counter()
    run.run(jax.random.PRNGKey(seed + 1))
    effect = np.asarray(run.get_samples(group_by_chain=True)["coefficients"])[:, :, 1]
    took = time.perf_counter() - begun
    flat = effect.ravel()
    return {
        "mean": float(flat.mean()), "sd": float(flat.std(ddof=1)),
        "quantiles": [float(q) for q in np.quantile(flat, LEVELS)],
        "effective": float(effective_sample_size(effect)),
    }, took  # fmt: skip


def main() -> int:
    """Compare, and keep if asked."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--write", action="store_true")
    asked = ask.parse_args()
    try:
        import numpyro
    except ImportError:
        print("left out: NumPyro is not installed (pip install numpyro)")
        return 0
    kept = []
    for seed, phi in CASES:
        nights = nights_of_case(seed, phi)
        posterior(nights)
        begun = time.perf_counter()
        for _ in range(50):
            exact = posterior(nights)
        ours = (time.perf_counter() - begun) / 50
        found, took = sample(nights, seed)
        pairs = zip(LEVELS, found["quantiles"], strict=True)  # type: ignore[call-overload]
        gaps = [found["mean"] - exact.mean, found["sd"] - exact.sd, *(q - exact.quantile(at) for at, q in pairs)]  # type: ignore[operator]
        print(
            f"φ {phi:5.2f}: apart by at most {max(map(abs, gaps)) / exact.sd:.4f} SD "
            f"(effective sample {found['effective']:,.0f}); "
            f"NUTS {took:.1f} s, exact {1000 * ours:.2f} ms, {took / ours:,.0f} ×"
        )
        kept.append({"seed": seed, "phi": phi, **{name: list(getattr(nights, name)) for name in
                     ("index", "outcome", "treated", "weekend")}, "levels": list(LEVELS), "nuts": found})  # fmt: skip
    if asked.write:
        about = f"NumPyro {numpyro.__version__} NUTS, {CHAINS} chains of {KEPT:,} after {WARM_UP:,}"
        TARGET.write_text(json.dumps({"about": about, "cases": kept}, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
