"""Network and component network meta-analysis against reference results and against what must hold."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anmin.errors import InputError
from anmin.evidence import component_network, network
from anmin.evidence.contrasts import Comparison, Model, blocks
from anmin.evidence.pool import pool

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "network.json").read_text())


def comparisons(name: str) -> list[Comparison]:
    return [Comparison(**row) for row in GOLDEN[name]["comparisons"]]


def close(found: float, wanted: float, tolerance: float = 1e-8) -> bool:
    return math.isclose(found, wanted, rel_tol=tolerance, abs_tol=tolerance)


def tolerance_of(name: str, fit: str) -> float:
    """Linde's differences of one study are printed rounded and do not add up; netmeta spreads what is left over all
    pairs, we and the metafor fits take those against the first treatment."""
    return 1e-6 if (name, fit) == ("linde2016", "DL") else 1e-8


CASES = [(name, fit) for name in ("senn2013", "linde2016") for fit in GOLDEN[name]["network"]]


@pytest.mark.parametrize(("name", "fit"), CASES)
def test_estimates_equal_the_reference_at_its_tau2(name: str, fit: str) -> None:
    """metafor::rma.mv (EE, ML, REML) and netmeta's moments (DL), three-arm and four-arm studies included."""
    wanted, reference = GOLDEN[name]["network"][fit], GOLDEN[name]["reference"]
    data = blocks(comparisons(name))
    names = network.treatments_of(data)
    model = Model(data, network.design(data, names))
    made = model.at(wanted["tau2"])
    for treatment, effect in wanted["beta"].items():
        weights = np.zeros(len(names))
        weights[names.index(treatment)], weights[names.index(reference)] = 1.0, -1.0
        found = made.contrast(weights)
        assert found is not None
        assert close(found[0], effect, tolerance_of(name, fit))
        assert close(found[1], wanted["se"][treatment], tolerance_of(name, fit))
    assert close(model.at(0.0).q, wanted["q"], tolerance_of(name, fit))
    assert model.df == pytest.approx(wanted["df"])


@pytest.mark.parametrize("name", ["senn2013", "linde2016"])
@pytest.mark.parametrize("method", ["DL", "ML", "REML"])
def test_between_study_variance(name: str, method: str) -> None:
    """DL to 1e-8. The reference stops its search early for ML and REML: ours is no lower on the likelihood."""
    wanted = GOLDEN[name]["network"][method]
    data = blocks(comparisons(name))
    model = Model(data, network.design(data, network.treatments_of(data)))
    found = model.tau2(method)  # type: ignore[arg-type]
    if method == "DL":
        assert close(found, wanted["tau2"], tolerance_of(name, method))
        return
    assert abs(found - wanted["tau2"]) < 2e-7
    assert model.height(found, method) >= model.height(wanted["tau2"], method) - 1e-12  # type: ignore[arg-type]


def test_likelihood_differs_from_the_reference_by_a_constant_only() -> None:
    for method in ("ML", "REML"):
        fits = GOLDEN["senn2013"]["network"]
        data = blocks(comparisons("senn2013"))
        model = Model(data, network.design(data, network.treatments_of(data)))
        ours = model.height(fits[method]["tau2"], method) - model.height(0.25, method)  # type: ignore[arg-type]
        assert close(ours, fits[method]["ll"] - fits[f"{method}_given"]["ll"])


def test_heterogeneity_is_parted_as_by_netmeta() -> None:
    """Senn 2013: 96.98 on 18 degrees = 74.45 within designs on 11 + 22.53 between them on 7."""
    found = network.fit(comparisons("senn2013"), "DL")
    wanted = GOLDEN["senn2013"]["network"]["DL"]["decomposition"]
    for part, name in ((found.total, "Total"), (found.within, "Within designs"), (found.between, "Between designs")):
        assert close(part.q, wanted[name][0])
        assert part.df == wanted[name][1]
        assert close(part.p, wanted[name][2])
    assert found.i2 is not None
    assert close(found.i2, GOLDEN["senn2013"]["network"]["DL"]["i2"])
    assert found.prediction("metformin", "placebo") is not None


def test_p_scores_and_league() -> None:
    found = network.fit(comparisons("senn2013"), "DL")
    scores = network.p_scores(found, "lower")
    for name, score in GOLDEN["senn2013"]["network"]["DL"]["p_scores_lower_better"].items():
        assert close(scores[name], score)
    assert next(iter(scores)) == "rosiglitazone"
    assert sum(scores.values()) == pytest.approx(len(scores) / 2)
    table = network.league(found, list(scores))
    for i, row in enumerate(table):
        for j, cell in enumerate(row):
            mirror = table[j][i]
            assert (cell is None) == (i == j)
            if cell is not None and mirror is not None:
                assert cell.effect == pytest.approx(-mirror.effect)


def test_direct_and_indirect_evidence() -> None:
    found = {(part.treatment, part.other): part for part in network.split(comparisons("senn2013"), "DL")}
    for row in GOLDEN["senn2013"]["network"]["DL"]["split"]:
        one, other = sorted(row["pair"])
        sign = 1.0 if [one, other] == row["pair"] else -1.0
        part = found.pop((one, other))
        assert part.studies == row["k"]
        assert close(part.direct_share, row["share"])
        assert close(sign * part.direct.effect, row["direct"])
        assert close(part.direct.se, row["direct_se"])
        assert (part.indirect is None) == (row["share"] > 1.0 - 1e-9)
        if part.indirect is not None:
            assert close(sign * part.indirect.effect, row["indirect"])
            assert close(part.indirect.se, row["indirect_se"])
            assert part.p is not None
            assert close(part.p, row["p"])
    assert not found


@pytest.mark.parametrize("name", ["linde2016", "blend", "apart"])
def test_additive_components_equal_the_reference(name: str) -> None:
    """metafor::rma.mv on the components, netcomb's moments, and discomb on separate pieces."""
    for fit, wanted in GOLDEN[name]["additive"].items():
        if fit.endswith("_given") or fit == "ML":
            continue  # ML ends on the border here, where the reference's search only comes near
        found = component_network.fit(comparisons(name), inactive=GOLDEN[name]["reference"], method=fit)
        tolerance = tolerance_of(name, fit) if fit in ("EE", "DL") else 1e-6
        assert found.tau2 == pytest.approx(wanted["tau2"], abs=tolerance)
        assert close(found.additive.q, wanted["q"], tolerance)
        assert found.additive.df == pytest.approx(wanted["df"])
        for part, effect in wanted.get("parts", wanted.get("beta")).items():
            effect_found = found.part(part).effect
            if effect is None:
                assert effect_found is None
                continue
            assert effect_found is not None
            assert effect_found.effect == pytest.approx(effect, abs=tolerance)
            assert effect_found.se == pytest.approx(wanted.get("parts_se", wanted.get("se"))[part], abs=tolerance)
        if wanted.get("q_surplus") is not None:
            assert close(found.surplus.q, wanted["q_surplus"], tolerance)
            assert found.surplus.df == pytest.approx(wanted["df_surplus"])
            assert close(found.surplus.p, wanted["p_surplus"], tolerance)


def test_separate_pieces_are_joined_by_shared_components() -> None:
    found = component_network.fit(comparisons("apart"), inactive="placebo")
    assert found.pieces == (("A", "B", "placebo"), ("A+B+C", "A+C", "B+C"))
    assert found.part("C").effect is None  # every arm of its piece holds it
    blends = {blend.name: blend.effect for blend in found.blends}
    assert blends["A+C"] is None
    with pytest.raises(InputError, match="connected"):
        network.fit(comparisons("apart"))


def test_an_interaction_uses_the_degree_that_tests_additivity() -> None:
    """With A*B in the model the blend is free again, so nothing is left of the surplus."""
    found = component_network.fit(comparisons("blend"), inactive="placebo", interactions=[("A", "B")], method="DL")
    free = network.fit(comparisons("blend"), "DL")
    assert found.surplus.df == 0
    assert close(found.additive.q, free.total.q)
    extra = found.part("A*B").effect
    assert extra is not None
    total = sum(part.effect.effect for part in found.parts if part.effect)
    assert close(total, free.difference("A+B", "placebo").effect)


@given(st.lists(st.tuples(st.floats(-50, 50), st.floats(0.1, 20)), min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_a_network_of_two_is_an_ordinary_pool(rows: list[tuple[float, float]]) -> None:
    found = network.fit(
        [Comparison(study=f"s{i}", treatment="x", other="y", effect=y, se=se) for i, (y, se) in enumerate(rows)]
    )
    wanted = pool([y for y, _ in rows], [se * se for _, se in rows], test="z")
    assert found.difference("x", "y").effect == pytest.approx(wanted.effect, rel=1e-7, abs=1e-7)
    assert found.difference("x", "y").se == pytest.approx(wanted.se, rel=1e-7)
    assert found.tau2 == pytest.approx(wanted.tau2 or 0.0, rel=1e-6, abs=1e-7)


def test_results_do_not_depend_on_order_or_direction() -> None:
    rows = comparisons("senn2013")
    turned = [
        Comparison(study=row.study, treatment=row.other, other=row.treatment, effect=-row.effect, se=row.se)
        for row in reversed(rows)
    ]
    one, other = network.fit(rows), network.fit(turned)
    assert other.tau2 == pytest.approx(one.tau2, rel=1e-10)
    assert other.difference("acarbose", "placebo").effect == pytest.approx(one.difference("acarbose", "placebo").effect)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], "one comparison"),
        ([("s", "a", "b", math.nan, 1.0)], "finite effect"),
        ([("s", "a", "b", 1.0, 0.0)], "above 0"),
        ([("s", "a", "a", 1.0, 1.0)], "different"),
        ([("s", "a", "b", 1.0, 1.0), ("s", "b", "a", -1.0, 1.0)], "once"),
        ([("s", "a", "b", 1.0, 1.0), ("s", "b", "c", 1.0, 1.0)], "all 3 pairs"),
        ([("s", "a", "b", 1.0, 1.0), ("s", "b", "c", 1.0, 1.0), ("s", "a", "c", 9.0, 1.0)], "add up"),
        ([("s", "a", "b", 1.0, 1.0), ("s", "b", "c", 1.0, 1.0), ("s", "a", "c", 2.0, 9.0)], "standard errors"),
    ],
)
def test_unusable_comparisons_are_named(rows: list[tuple[Any, ...]], words: str) -> None:
    made = [Comparison(study=s, treatment=t, other=o, effect=y, se=se) for s, t, o, y, se in rows]
    with pytest.raises(InputError, match=words):
        network.fit(made)
