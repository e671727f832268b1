"""Whatever the numbers, an analysis ends in estimates or in a reason, never in an exception."""

from __future__ import annotations

import math

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anmin.evidence.mr.analyse import analyse
from anmin.evidence.mr.harmonise import harmonise
from anmin.evidence.mr.model import Association

_EFFECT = st.one_of(st.sampled_from([0.0, 0.1, -0.1, 1e-12, 1e6, -1e6]), st.floats(-2, 2))
_ERROR = st.one_of(st.sampled_from([0.01, 1e-9, 1e6]), st.floats(0.001, 1))
_ROW = st.tuples(_EFFECT, _ERROR, _EFFECT, _ERROR)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=st.lists(_ROW, min_size=0, max_size=7), people=st.sampled_from([None, 1e4]))
def test_any_effects(rows: list[tuple[float, float, float, float]], people: float | None) -> None:
    exposure = [
        Association(snp=f"rs{i}", effect_allele="A", other_allele="G", beta=bx, se=sx)
        for i, (bx, sx, _, _) in enumerate(rows)
    ]
    outcome = {
        f"rs{i}": Association(snp=f"rs{i}", effect_allele="A", other_allele="G", beta=by, se=sy)
        for i, (_, _, by, sy) in enumerate(rows)
    }
    found = analyse(
        harmonise(exposure, outcome), people_exposure=people, people_outcome=people, draws=20
    )  # fmt: skip
    for each in found.estimates:
        assert (each.estimate is None) == bool(each.why_not)
        if each.estimate is not None:
            assert math.isfinite(each.estimate), each
            assert each.p is None or 0.0 <= each.p <= 1.0, each


def test_many_instruments_stay_bounded() -> None:
    """A table of 400: the searches over valid variants say why they are not done, all others are."""
    exposure = [
        Association(snp=f"rs{i}", effect_allele="A", other_allele="G", beta=0.1 + i / 1e4, se=0.01) for i in range(400)
    ]
    outcome = {
        row.snp: Association(snp=row.snp, effect_allele="A", other_allele="G", beta=0.05 + (i % 7) / 1e3, se=0.02)
        for i, row in enumerate(exposure)
    }
    found = analyse(harmonise(exposure, outcome), people_exposure=1e4, people_outcome=1e4, draws=10)
    left = {each.method for each in found.estimates if each.why_not == "too_many_variants"}
    assert left == {"lasso", "cml"}
    assert all(each.estimate is not None for each in found.estimates if each.method not in left)
