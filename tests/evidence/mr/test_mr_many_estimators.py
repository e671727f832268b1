"""Every estimator over many outcomes is that of the single pair; compiled and plain kernels agree."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from anmin.errors import InputError
from anmin.evidence.mr import many_drawn
from anmin.evidence.mr.analyse import estimates
from anmin.evidence.mr.diagnostics import leave_one_out
from anmin.evidence.mr.many import ALL_METHODS, Outcomes, analyse_many
from anmin.evidence.mr.many_closed import leave_one_out_many
from anmin.evidence.mr.many_drawn import MEDIANS, MODES
from anmin.evidence.mr.many_presso import presso_many
from anmin.evidence.mr.model import Estimate
from anmin.evidence.mr.modes import mode
from anmin.evidence.mr.pair import Pair
from anmin.evidence.mr.presso import presso
from anmin.evidence.mr.regression import ivw

COUNT, VARIANTS = 10, 24
DRAWN = (*MEDIANS, *MODES)


@pytest.fixture(scope="module")
def made() -> Outcomes:
    """Honest outcomes, one with three wild variants, and some with few or no variants."""
    random = np.random.default_rng(8)
    gamma = random.normal(0, 0.1, VARIANTS)
    sy = random.uniform(0.01, 0.03, (COUNT, VARIANTS))
    by = random.normal(0.3 * gamma + random.normal(0, 0.01, sy.shape), sy)
    by[1, :3] += 0.4
    by[3, 5:9] = np.nan
    by[4, 4:] = np.nan
    by[5, 2:] = np.nan
    sy[6] = np.nan
    return Outcomes(
        bx=random.normal(gamma, 0.01), sx=np.full(VARIANTS, 0.01), by=by, sy=sy,
        names=tuple(f"outcome-{i}" for i in range(COUNT)),
    )  # fmt: skip


@pytest.fixture(scope="module")
def singles(made: Outcomes) -> list[dict[str, Estimate]]:
    found = []
    for row, kept in enumerate(made.here):
        pair = made.pair(row, kept)
        alone = {each.method: each for each in estimates(pair, None, None, 400, 1)} if kept.any() else {}
        if kept.sum() > 1:
            alone["ivw_fixed"] = ivw(pair, "fixed")
        found.append(alone)
    return found


def test_every_estimate_is_that_of_the_pair(made: Outcomes, singles: list[dict[str, Estimate]]) -> None:
    found = analyse_many(made, ALL_METHODS, draws=400)
    compared = 0
    for row, alone in enumerate(singles):
        for name in ALL_METHODS:
            column, single = found[name], alone.get(name)
            if single is None or single.estimate is None:
                assert np.isnan(column.estimate[row]), (name, row)
                continue
            if name in DRAWN and made.here[row].sum() < 3:
                continue  # one pair may redraw a mode of two
            compared += 1
            assert column.estimate[row] == pytest.approx(single.estimate, rel=1e-9), (name, row)
            if name in DRAWN:
                continue
            ours = (column.low[row], column.high[row], column.p[row])
            assert ours == pytest.approx((single.low, single.high, single.p), rel=1e-7, abs=1e-300), (name, row)
            if single.q is not None and column.q is not None and column.q_p is not None:
                assert (column.q[row], column.q_p[row]) == pytest.approx((single.q, single.q_p), rel=1e-8)
            if single.intercept is not None and column.intercept is not None and column.intercept_p is not None:
                ours = (column.intercept[row], column.intercept_p[row])
                assert ours == pytest.approx((single.intercept, single.intercept_p), rel=1e-8)
    assert compared > 80


def test_without_each_variant_in_closed_form(made: Outcomes) -> None:
    found = leave_one_out_many(made)
    for row, kept in enumerate(made.here):
        assert np.isnan(found.estimate[row, ~kept]).all()
        if kept.sum() < 2:
            continue
        for place, single in zip(np.flatnonzero(kept), leave_one_out(made.pair(row, kept)), strict=True):
            ours = (found.estimate[row, place], found.se[row, place], found.p[row, place])
            assert ours == pytest.approx((single.estimate, single.se, single.p), rel=1e-8)


def test_compiled_and_plain_kernels_agree(made: Outcomes) -> None:
    pytest.importorskip("numba")
    quick = analyse_many(made, DRAWN, draws=600, engine="numba")
    plain = analyse_many(made, DRAWN, draws=600, engine="numpy")
    for name in DRAWN:
        assert np.array_equal(quick[name].estimate, plain[name].estimate, equal_nan=True)
        enough = made.here.sum(axis=1) > 4
        assert quick[name].se[enough] == pytest.approx(plain[name].se[enough], rel=0.01)
    one, other = presso_many(made, engine="numba"), presso_many(made, engine="numpy")
    for field in ("rss", "global_p", "outlier_p", "corrected", "distortion_percent", "distortion_p"):
        assert np.array_equal(getattr(one, field), getattr(other, field), equal_nan=True), field


@pytest.fixture
def without_numba(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    usual = builtins.__import__

    def refuse(name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0) -> Any:
        if name == "numba" or any("numba" in str(each) for each in fromlist or ()):
            raise ImportError(name)
        return usual(name, globals, locals, fromlist, level)

    many_drawn.kernels.cache_clear()
    monkeypatch.setattr(builtins, "__import__", refuse)
    yield
    monkeypatch.undo()
    many_drawn.kernels.cache_clear()


@pytest.mark.usefixtures("without_numba")
def test_without_numba_everything_still_runs(made: Outcomes) -> None:
    found = analyse_many(made, ALL_METHODS, draws=100)
    assert np.isfinite(found["weighted_mode"].se[:4]).all()
    assert np.isfinite(presso_many(made, draws=100).global_p[:4]).all()
    with pytest.raises(InputError, match=r"anmin\[fast\]"):
        analyse_many(made, DRAWN, engine="numba")


def test_presso_finds_the_wild_ones_and_matches_the_single_test(made: Outcomes) -> None:
    found = presso_many(made, draws=2000, shared=False)
    assert set(np.flatnonzero(found.outlier_p[1] < 0.05)) >= {0, 1, 2}
    alone = presso(made.pair(1, made.here[1]), draws=2000)
    assert alone is not None
    assert found.rss[1] == pytest.approx(alone.rss, rel=1e-12)
    assert found.global_p[1] == pytest.approx(alone.global_p, abs=0.002)
    assert alone.corrected is not None
    assert alone.outliers == tuple(np.flatnonzero(found.outlier_p[1] < 0.05))
    assert (found.corrected[1], found.corrected_se[1]) == pytest.approx((alone.corrected.estimate, alone.corrected.se))
    assert found.distortion_percent[1] == pytest.approx(alone.distortion_percent)
    for row in (0, 2, 7):
        single = presso(made.pair(row, made.here[row]), draws=2000)
        assert single is not None
        assert found.global_p[row] == pytest.approx(single.global_p, abs=0.05)
    assert np.isnan(found.global_p[5:7]).all()


def test_presso_depends_on_neither_order_nor_workers(made: Outcomes) -> None:
    order = np.random.default_rng(2).permutation(COUNT)
    turned = replace(made, by=made.by[order], sy=made.sy[order], names=tuple(made.names[i] for i in order))
    for shared in (True, False):
        whole, other = presso_many(made, draws=300, shared=shared), presso_many(turned, draws=300, shared=shared)
        threads = presso_many(made, draws=300, shared=shared, workers=2)
        for field in ("global_p", "outlier_p", "distortion_p", "corrected_se"):
            assert np.array_equal(getattr(whole, field)[order], getattr(other, field), equal_nan=True)
            assert np.array_equal(getattr(whole, field), getattr(threads, field), equal_nan=True)


def test_presso_says_when_no_variant_could_ever_stand_out(made: Outcomes) -> None:
    found = presso(made.pair(1, made.here[1]), draws=100)
    assert found is not None
    assert found.least_outlier_p == pytest.approx(VARIANTS / 101)
    assert min(found.outlier_p) >= found.least_outlier_p


def test_more_numbers_than_memory_are_refused(made: Outcomes) -> None:
    with pytest.raises(InputError, match="draws"):
        analyse_many(made, draws=10_000_000)


def test_many_variants_need_little_memory() -> None:
    """2,000 variants: a whole matrix of pairs for each draw would take gigabytes."""
    import tracemalloc

    random = np.random.default_rng(5)
    gamma = random.normal(0, 0.1, 2000)
    one = Outcomes(
        bx=gamma, sx=np.full(2000, 0.01), by=random.normal(0.3 * gamma, 0.02)[None], sy=np.full((1, 2000), 0.02),
        names=("o",),
    )  # fmt: skip
    tracemalloc.start()
    found = analyse_many(one, ("weighted_mode",), draws=4, engine="numpy")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert np.isfinite(found["weighted_mode"].se[0])
    assert peak < 150e6


def test_one_pair_of_very_many_variants_fits_into_memory() -> None:
    """3,000 variants: the exact mode's matrix of places alone would be 150 MB, of draws without blocks 24 MB each."""
    import tracemalloc

    random = np.random.default_rng(6)
    gamma = random.normal(0, 0.1, 3000)
    pair = Pair(bx=gamma, sx=np.full(3000, 0.01), by=random.normal(0.3 * gamma, 0.02), sy=np.full(3000, 0.02))
    tracemalloc.start()
    assert mode(pair, draws=2).estimate is not None
    assert presso(pair, draws=5000) is not None
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 400e6
