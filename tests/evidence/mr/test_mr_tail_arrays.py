"""Tail areas of arrays against constants made with mpmath (40 digits), and −log10 p beyond the smallest double."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anmin.evidence import distributions
from anmin.evidence.mr import tail_arrays
from anmin.evidence.mr.tail_arrays import chi2_tails, normal_tails, t_quantiles, t_tails

NORMAL = {
    0.3: (0.76417715562209473, 0.1168059492903183), 1.96: (0.049995790296440868, 1.3010665622238702),
    5.0: (5.7330314375838782e-7, 6.2416156767266733), 20.0: (5.5072482372124674e-89, 88.259065347411611),
    37.0: (1.1451142445049154e-299, 298.94115118294594), 60.0: (0.0, 783.60639916844673),
}  # fmt: skip
T = {
    (0.5, 3): (0.65144796484815099, 0.18612026833486955), (2.0, 48): (0.05117593384024045, 1.2909342237418981),
    (12.0, 48): (4.6691371321737068e-16, 15.330763370688652), (40.0, 200): (2.2487396535202507e-97, 96.648060821836231),
    (1e4, 48): (2.5635538810165805e-153, 152.59115755008539),
}  # fmt: skip
CHI2 = {
    (0.4, 1): (0.52708925686553809, 0.27811583548597756), (49.0, 49): (0.47312829565476522, 0.32502107799401561),
    (200.0, 49): (3.8447471714016026e-20, 19.41513221390555), (5000.0, 49): (0.0, 1028.9808528031304),
    (900.0, 1000): (0.98928276190871026, 0.0046795583673998868),
}  # fmt: skip


@pytest.fixture(params=["compiled", "plain"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "plain":
        monkeypatch.setattr(tail_arrays, "_compiled", lambda: None)
    else:
        pytest.importorskip("numba")


@pytest.mark.usefixtures("way")
def test_twelve_digits() -> None:
    z = np.array(list(NORMAL))
    for found, wanted in (
        (normal_tails(-z), NORMAL.values()),
        (t_tails(np.array([t for t, _ in T]), np.array([df for _, df in T])), T.values()),
        (chi2_tails(np.array([x for x, _ in CHI2]), np.array([df for _, df in CHI2])), CHI2.values()),
    ):
        assert found.p == pytest.approx([p for p, _ in wanted], rel=1e-12, abs=0.0)
        assert found.neg_log10_p == pytest.approx([log for _, log in wanted], rel=1e-12, abs=0.0)


@pytest.mark.usefixtures("way")
def test_ends() -> None:
    assert normal_tails([0.0, np.inf]).p.tolist() == [1.0, 0.0]
    assert np.isnan(normal_tails([np.nan]).p).all()
    assert t_tails([0.0, np.inf], 7).p.tolist() == [1.0, 0.0]
    assert np.isnan(t_tails([1.0, np.nan], [0, 5]).p).all()
    assert chi2_tails([0.0, -1.0], 4).p.tolist() == [1.0, 1.0]
    assert np.isfinite(normal_tails([1e5]).neg_log10_p).all()


@given(st.floats(0, 36), st.integers(1, 2000))
def test_the_same_as_one_by_one(x: float, df: int) -> None:
    assert normal_tails([x]).p[0] == pytest.approx(distributions.normal_p(x), rel=1e-12)
    # One by one loses digits where p is near one, the array does not.
    assert t_tails([x], df).p[0] == pytest.approx(distributions.t_p(x, df), rel=1e-11 if x > 0.1 else 1e-7)
    assert chi2_tails([x * df / 9.0], df).p[0] == pytest.approx(distributions.chi2_p(x * df / 9.0, df), rel=1e-11)


def test_quantiles_of_each_df() -> None:
    found = t_quantiles(0.975, np.array([15, 0, 15, 48]))
    assert found[[0, 2, 3]] == pytest.approx([2.1314495, 2.1314495, 2.0106348], abs=1e-7)
    assert np.isnan(found[1])
