"""CKD-EPI 2021 against values of the National Kidney Foundation's own calculator."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anmin.knowledge.load import load
from anmin.person.profile import parse_profile
from anmin.person.quantities import creatinine_mg_dl
from anmin.person.renal import ckd_epi_2021
from anmin.person.understand import understand


@pytest.mark.parametrize(
    ("creatinine", "age", "sex", "egfr"),
    [
        # kidney.org/ckd-epi-creatinine-equation-2021, as quoted in the test suite of pharmaverse/admiral
        ("1.09 mg/dL", 55, "male", 80),
        ("85 µmol/L", 65, "female", 66),
        # the same calculator, as quoted in a public comparison
        ("1.2 mg/dL", 55, "male", 71),
    ],
)
def test_the_foundations_calculator_is_reproduced(creatinine: str, age: int, sex: str, egfr: int) -> None:
    typed = creatinine_mg_dl(creatinine, "creatinine", load())
    assert round(ckd_epi_2021(typed, age, sex, load())) == egfr  # type: ignore[arg-type]


def test_both_branches_meet_at_kappa() -> None:
    for sex, kappa in (("female", 0.7), ("male", 0.9)):
        below, above = (ckd_epi_2021(kappa * side, 40, sex, load()) for side in (1 - 1e-9, 1 + 1e-9))  # type: ignore[arg-type]
        assert below == pytest.approx(above, rel=1e-6)


@given(st.floats(0.1, 30), st.floats(1.01, 3), st.integers(18, 100), st.sampled_from(["female", "male"]))
def test_more_creatinine_and_more_years_never_mean_better_kidneys(
    value: float, more: float, age: int, sex: str
) -> None:
    egfr = ckd_epi_2021(value, age, sex, load())  # type: ignore[arg-type]
    assert egfr is not None
    assert ckd_epi_2021(value * more, age, sex, load()) < egfr  # type: ignore[arg-type, operator]
    assert ckd_epi_2021(value, age + 5, sex, load()) < egfr  # type: ignore[arg-type, operator]


def test_no_estimate_for_children() -> None:
    assert ckd_epi_2021(0.6, 17, "male", load()) is None


def test_creatinine_counts_only_with_age_and_sex_and_then_answers_the_question() -> None:
    old = "age: 70\nkidney: {creatinine: 85 µmol/L}"
    without_sex, with_sex = (understand(parse_profile(text), load()) for text in (old, f"{old}\nsex: female"))
    assert without_sex.egfr is None
    assert "kidney" in {each.id for each in without_sex.questions}
    assert with_sex.egfr is not None
    assert "kidney" not in {each.id for each in with_sex.questions}


def test_of_two_values_the_lower_counts() -> None:
    both = "age: 65\nsex: female\nkidney: {egfr: 90, creatinine: 85 µmol/L}"
    assert round(understand(parse_profile(both), load()).egfr or 0) == 66
