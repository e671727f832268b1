"""Maximum likelihood, mixture and constrained likelihood reach the true optimum; where the reference does not, why."""

from __future__ import annotations

import math

import numpy as np
import pytest
from mr_lipids import DEFECTS, TRAITS, pair, reference

from anmin.evidence.distributions import chi2_p, chi2_quantile
from anmin.evidence.mr.constrained import cml
from anmin.evidence.mr.lasso import lasso
from anmin.evidence.mr.likelihood import maximum_likelihood, profile_deviance, raps
from anmin.evidence.mr.mixture import contamination_mixture
from anmin.evidence.mr.pair import Pair


@pytest.mark.parametrize("trait", TRAITS)
def test_maximum_likelihood_is_the_maximum_where_the_reference_stops_early(trait: str) -> None:
    """R searches J + 1 parameters by Nelder–Mead and reports success away from the maximum (LDL 3.225, exact 3.173)."""
    known = DEFECTS["maximum_likelihood"]["values"][f"{trait}_chd"]
    found = maximum_likelihood(pair(trait))
    assert found.estimate == pytest.approx(known["exact"], abs=1e-8)
    assert found.q == pytest.approx(2 * known["nll_exact"], abs=1e-9)
    assert found.estimate is not None
    assert profile_deviance(pair(trait), found.estimate) < profile_deviance(pair(trait), known["r"])
    assert abs(found.estimate - known["r"]) > 0.01


@pytest.mark.parametrize("trait", TRAITS)
def test_the_profile_score_without_overdispersion_is_maximum_likelihood(trait: str) -> None:
    score = raps(pair(trait), "l2", overdispersed=False)
    assert score[0].estimate == pytest.approx(maximum_likelihood(pair(trait)).estimate, rel=1e-9)


def test_the_robust_score_forgets_one_gross_outlier() -> None:
    random = np.random.default_rng(5)
    gamma = random.normal(0, 0.1, 200)
    sx, sy = np.full(200, 0.01), np.full(200, 0.02)
    by = random.normal(0.5 * gamma, sy)
    by[0] += 2.0
    made = Pair(bx=random.normal(gamma, sx), sx=sx, by=by, sy=sy)
    tukey, l2 = raps(made, "tukey")[0], raps(made, "l2")[0]
    assert tukey.estimate is not None
    assert tukey.se is not None
    assert tukey.estimate == pytest.approx(0.5, abs=3 * tukey.se)
    assert tukey.se < (l2.se or 0)


def test_intervals_of_the_robust_score_cover_as_often_as_they_say() -> None:
    random, covered, runs = np.random.default_rng(11), 0, 120
    for _ in range(runs):
        gamma = random.normal(0, 0.1, 60)
        sx, sy = np.full(60, 0.02), np.full(60, 0.03)
        made = Pair(
            bx=random.normal(gamma, sx), sx=sx, by=random.normal(0.4 * gamma + random.normal(0, 0.03, 60), sy), sy=sy
        )
        found = raps(made, "huber")[0]
        covered += found.low is not None and found.high is not None and found.low <= 0.4 <= found.high
    assert 0.88 <= covered / runs <= 1.0


@pytest.mark.parametrize("trait", TRAITS)
@pytest.mark.parametrize(("name", "psi"), [("conmix", None), ("conmix_psi0.5", 0.5)])
def test_contamination_mixture_within_the_step_of_their_grid(trait: str, name: str, psi: float | None) -> None:
    found, theirs = contamination_mixture(pair(trait), psi), reference(trait, name)
    assert found.tuning == pytest.approx(theirs["Psi"], rel=1e-12)
    assert (found.estimate, found.low, found.high) == pytest.approx(
        (theirs["Estimate"], theirs["CILower"], theirs["CIUpper"]), abs=1.01 * theirs["CIStep"]
    )
    valid = {f"snp_{i + 1}" for i in range(28)} - {f"snp_{i + 1}" for i in found.left_out}
    assert valid == set(theirs["ValidSNPs"])


@pytest.mark.parametrize("trait", TRAITS)
def test_more_scatter_among_the_valid_never_gives_a_smaller_p(trait: str) -> None:
    """R widens the interval by the residual standard error φ but multiplies the test statistic by φ² (not divides).

    Its p for LDL is 4.8e-15 beside an interval from 2.00 to 3.43; the interval's own p is 1.4e-6.
    """
    found, theirs = contamination_mixture(pair(trait)), reference(trait, "conmix")
    assert found.p is not None
    assert found.residual_se is not None
    statistic = chi2_quantile(1.0 - found.p, 1)
    assert chi2_p(statistic * found.residual_se**4, 1) == pytest.approx(theirs["Pvalue"], rel=2e-3)
    assert found.p > theirs["Pvalue"]


def test_a_mixture_with_two_groups_shows_both_intervals() -> None:
    bx, s = np.full(10, 0.2), np.full(10, 0.01)
    by = bx * np.array([1.0] * 5 + [-1.0] * 5)
    found = contamination_mixture(Pair(bx=bx, sx=s, by=by, sy=s), 0.8)
    assert len(found.intervals) == 2
    assert found.intervals[0][0] < -1 < found.intervals[0][1] < found.intervals[1][0] < 1 < found.intervals[1][1]


PEOPLE = 17_723


@pytest.mark.parametrize("trait", ["ldlc", "trig"])
def test_constrained_likelihood_agrees_where_the_reference_found_the_optimum(trait: str) -> None:
    found, theirs = cml(pair(trait), PEOPLE, averaged=False), reference(trait, "cML_BIC")
    assert [i + 1 for i in found.left_out] == theirs["BIC_invalid"]
    assert (found.estimate, found.se) == pytest.approx((theirs["Estimate"], theirs["StdError"]), abs=1e-7)


def test_constrained_likelihood_is_never_worse_than_the_reference() -> None:
    """For HDL coordinate descent from zero ends at K = 4, −3.571; K = 3, −3.946 has a smaller BIC."""

    def bic(theta: float, left_out: set[int]) -> float:
        kept = np.array([i for i in range(28) if i not in left_out])
        return profile_deviance(pair("hdlc").only(kept), theta) + math.log(PEOPLE) * len(left_out)

    found, theirs = cml(pair("hdlc"), PEOPLE, averaged=False), reference("hdlc", "cML_BIC")
    assert found.estimate is not None
    ours = bic(found.estimate, set(found.left_out))
    assert ours < bic(theirs["Estimate"], {i - 1 for i in theirs["BIC_invalid"]}) - 1e-6
    averaged = cml(pair("ldlc"), PEOPLE)
    assert averaged.estimate == pytest.approx(reference("ldlc", "cML_MA")["Estimate"], abs=1e-4)


def test_lasso_at_a_given_penalty_stands_at_the_optimum_of_its_own_problem() -> None:
    """For HDL at 0.3 the reference keeps 16 variants at its loose tolerance; at the optimum 15 are free of one."""
    hdl = pair("hdlc")
    found = lasso(hdl, 0.3)
    assert 28 - len(found.left_out) == reference("hdlc", "lasso_lambda0.3")["Valid"] - 1
