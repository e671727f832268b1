"""Many outcomes give what each gives alone, whatever their order, company, missing variants and workers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from anmin.errors import InputError
from anmin.evidence.mr import many, many_closed, many_drawn, many_kernels_numpy, many_likelihood
from anmin.evidence.mr.many import ALL_METHODS, METHODS, Engine, Outcomes, analyse_many
from anmin.evidence.mr.many_drawn import kernels
from anmin.evidence.mr.many_kernels_numpy import row_medians
from anmin.evidence.mr.medians import median, weighted_medians
from anmin.evidence.mr.modes import bandwidths, mad, mode, modes
from anmin.evidence.mr.pair import Pair
from anmin.evidence.mr.regression import egger, ivw

COUNT, VARIANTS = 12, 30


@pytest.fixture(scope="module")
def made() -> Outcomes:
    random = np.random.default_rng(4)
    gamma = random.normal(0, 0.1, VARIANTS)
    sy = random.uniform(0.01, 0.03, (COUNT, VARIANTS))
    by = random.normal(0.3 * gamma + random.normal(0, 0.02, sy.shape), sy)
    by[3, 5:9] = np.nan
    sy[4, 2] = np.nan
    by[7, 2:] = np.nan
    return Outcomes(
        bx=random.normal(gamma, 0.01), sx=np.full(VARIANTS, 0.01), by=by, sy=sy,
        names=tuple(f"outcome-{i}" for i in range(COUNT)),
    )  # fmt: skip


def _pair(made: Outcomes, row: int) -> Pair:
    here = np.isfinite(made.by[row]) & np.isfinite(made.sy[row])
    return Pair(bx=made.bx[here], sx=made.sx[here], by=made.by[row, here], sy=made.sy[row, here])


def test_closed_forms_are_those_of_each_pair(made: Outcomes) -> None:
    found = analyse_many(made, ("ivw", "egger"))
    for row in range(COUNT):
        for column, single in ((found["ivw"], ivw(_pair(made, row))), (found["egger"], egger(_pair(made, row)))):
            if single.estimate is None:
                assert np.isnan(column.estimate[row])
                continue
            ours = (column.estimate[row], column.se[row], column.p[row], column.low[row], column.high[row])
            assert ours == pytest.approx((single.estimate, single.se, single.p, single.low, single.high), rel=1e-9)
            assert column.convention.floor == single.convention.floor or single.n < 4


def test_points_are_exact_and_errors_within_monte_carlo(made: Outcomes) -> None:
    found = analyse_many(made, draws=4000)
    for row in range(COUNT):
        pair = _pair(made, row)
        if pair.count < 3:
            assert np.isnan(found["weighted_mode"].estimate[row])
            continue
        singles = {
            "weighted_median": median(pair, draws=4000, seed=9),
            "simple_mode": mode(pair, "simple", draws=4000, seed=9),
            "weighted_mode": mode(pair, "weighted", draws=4000, seed=9),
        }
        for name, single in singles.items():
            assert found[name].estimate[row] == pytest.approx(single.estimate, rel=1e-9)
            assert found[name].se[row] == pytest.approx(single.se, rel=0.12)


def test_neither_order_nor_company_changes_a_result(made: Outcomes) -> None:
    order = np.random.default_rng(1).permutation(COUNT)
    turned = replace(made, by=made.by[order], sy=made.sy[order], names=tuple(made.names[i] for i in order))
    alone = replace(made, by=made.by[2:3], sy=made.sy[2:3], names=made.names[2:3])
    for shared in (True, False):
        whole, other, single = (
            analyse_many(each, ALL_METHODS, draws=100, shared=shared) for each in (made, turned, alone)
        )  # fmt: skip
        for name in ALL_METHODS:
            for field in ("estimate", "se", "p", "low"):
                ours, theirs = getattr(whole[name], field), getattr(other[name], field)
                assert np.array_equal(ours[order], theirs, equal_nan=True), (name, field)
                assert np.array_equal(ours[2:3], getattr(single[name], field), equal_nan=True), (name, field)


def test_draws_follow_the_names_of_exposure_and_outcome(made: Outcomes) -> None:
    renamed = replace(made, exposure="zinc")
    plain, other = analyse_many(made, ("weighted_median",)), analyse_many(renamed, ("weighted_median",))
    assert not np.array_equal(plain["weighted_median"].se, other["weighted_median"].se, equal_nan=True)
    own = analyse_many(replace(made, names=("new", *made.names[1:])), ("weighted_median",), shared=False)
    before = analyse_many(made, ("weighted_median",), shared=False)
    changed = own["weighted_median"].se != before["weighted_median"].se
    assert changed[0]
    assert not changed[1:7].any()


def test_the_size_of_a_block_changes_nothing(made: Outcomes, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = analyse_many(made, ALL_METHODS, draws=100)
    for module in (many, many_closed, many_drawn, many_likelihood):
        monkeypatch.setattr(module, "_CELLS", 3 * VARIANTS)
    monkeypatch.setattr(many_kernels_numpy, "_ROWS", 5 * VARIANTS)
    pieces = analyse_many(made, ALL_METHODS, draws=100)
    for name in ALL_METHODS:
        for field in ("estimate", "se", "p", "low", "high", "n"):
            assert np.array_equal(getattr(whole[name], field), getattr(pieces[name], field), equal_nan=True), name


def test_two_workers_give_the_same_bytes(made: Outcomes) -> None:
    one, two = analyse_many(made, draws=100), analyse_many(made, draws=100, workers=2)
    for name in METHODS:
        for field in ("estimate", "se", "p", "low", "high", "n"):
            assert np.array_equal(getattr(one[name], field), getattr(two[name], field), equal_nan=True)


def test_shared_and_own_draws_agree_and_are_named(made: Outcomes) -> None:
    shared, own = analyse_many(made, draws=4000), analyse_many(made, draws=4000, shared=False)
    both = np.isfinite(shared["weighted_median"].se)
    ratio = shared["weighted_median"].se[both] / own["weighted_median"].se[both]
    assert ratio == pytest.approx(1.0, abs=0.12)
    assert shared["weighted_median"].convention.detail != own["weighted_median"].convention.detail


def test_the_quick_median_is_the_median() -> None:
    random = np.random.default_rng(2)
    values, w = random.normal(size=(500, 41)), random.uniform(0.1, 2, 41)
    values[0, :] = -values[0, :] * 1e6
    assert row_medians(values, w) == pytest.approx(weighted_medians(values, np.broadcast_to(w, values.shape)), rel=1e-9)


@pytest.mark.parametrize("engine", ["numba", "numpy"])
def test_the_quick_mode_is_the_mode_but_for_near_ties(engine: Engine) -> None:
    if engine == "numba":
        pytest.importorskip("numba")
    random = np.random.default_rng(3)
    ratio, error = random.normal(0.3, 1.0, 50), random.uniform(0.2, 0.8, 50)
    ratio[7] = 400.0  # one wild ratio, far beyond every bandwidth
    normals = random.standard_normal((2000, 50), dtype=np.float32)
    w = np.stack([np.full(50, 0.02), error**-2 / np.sum(error**-2)], axis=1)
    centre = float(np.median(ratio))
    out = np.empty((2, 2000), dtype=np.float32)
    single = [np.ascontiguousarray(each, dtype=np.float32) for each in (ratio - centre, error, w.T, normals.T)]
    kernels(engine).modes_of_draws(*single, out)
    quick = out.T + centre
    rows = ratio + error * normals
    width = bandwidths(rows)
    for column in range(2):
        exact = modes(rows, np.broadcast_to(w[:, column], rows.shape), width)
        assert np.mean(np.abs(quick[:, column] - exact) > 0.01 * width) < 0.02
        assert mad(quick[None, :, column])[0] == pytest.approx(mad(exact[None])[0], rel=0.01)


def test_arrays_that_do_not_fit_are_refused(made: Outcomes) -> None:
    for broken in (
        replace(made, by=made.by[:5]),
        replace(made, names=("same",) * COUNT),
        replace(made, sx=made.sx[:3]),
    ):
        with pytest.raises(InputError):
            analyse_many(broken)
    with pytest.raises(InputError):
        analyse_many(made, ("ivw", "magic"))
