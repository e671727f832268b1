"""Compound and element, what a chelate gives up, and what a label above the pure fraction means.

Atomic masses: IUPAC abridged. Magnesium bisglycinate C4H8MgN2O4 172.42 g/mol, glycine 75.07, MgO 40.30; computed
here from the formulas with molmass, so that the expected figures do not come from the code under test.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from molmass import Formula

from anmin.errors import AmountError
from anmin.units.amount import Compound, Elemental, Free
from anmin.units.stoichiometry import buffer, compound_holding, element_for, element_in, freed_by, missing, stack

MG = Formula("Mg").mass
CHELATE = MG / Formula("C4H8MgN2O4").mass
OXIDE = MG / Formula("MgO").mass
RATIO = 2 * Formula("C2H5NO2").mass / MG

fractions = st.floats(0.01, 1.0)
masses = st.floats(0.001, 1e5)


def magnesium(value: float) -> Elemental:
    return Elemental(value=value, unit="mg", of="magnesium")


def glycine(value: float) -> Free:
    return Free(value=value, unit="mg", of="glycine")


@pytest.mark.parametrize(
    ("element", "compound", "acid", "percent"),
    [(200, 1419, 1235, 41), (250, 1774, 1544, 51), (350, 2483, 2162, 72), (400, 2838, 2471, 82),
     (485.7, 3446, 3000, 100), (500, 3547, 3089, 103)],
)  # fmt: skip
def test_the_table_of_bisglycinate(element: float, compound: float, acid: float, percent: float) -> None:
    assert round(compound_holding(magnesium(element), "bisglycinate", CHELATE).value) == compound
    freed = freed_by(magnesium(element), "glycine", RATIO)
    assert round(freed.value) == acid
    assert round(100 * (freed / glycine(3000))) == percent


def test_two_tablets_of_414_mg_oxide() -> None:
    """Abbasi 2012 (PMID 23853635): 414 mg of magnesium oxide twice a day."""
    taken = Compound(value=414, unit="mg", of="oxide") * 2
    assert element_in(taken, "magnesium", OXIDE).value == pytest.approx(499.3, abs=0.05)


def test_three_grams_of_glycine_from_the_chelate_alone() -> None:
    assert element_for(glycine(3000), "magnesium", RATIO).value == pytest.approx(485.7, abs=0.05)


@given(masses, fractions)
def test_compound_and_element_invert(mass: float, fraction: float) -> None:
    back = element_in(compound_holding(magnesium(mass), "x", fraction), "magnesium", fraction)
    assert back.value == pytest.approx(mass)


@given(masses, masses, st.floats(0.5, 20))
def test_a_stack_meets_the_target_within_the_limit(target: float, limit: float, ratio: float) -> None:
    result = stack(glycine(target), magnesium(limit), ratio)
    assert result.element.value <= limit * (1 + 1e-12)
    assert result.from_chelate.value + result.to_add.value == pytest.approx(target)
    if result.to_add.value > 1e-6 * target:
        assert result.element.value == pytest.approx(limit)


def test_units_may_differ() -> None:
    result = stack(Free(value=3, unit="g", of="glycine"), magnesium(250), RATIO)
    assert result.element.to("mg").value == pytest.approx(250)
    assert result.to_add.to("mg").value == pytest.approx(3000 - 250 * RATIO)


def test_nothing_is_missing_when_the_target_is_passed() -> None:
    assert missing(glycine(3000), glycine(3500)).value == 0
    with pytest.raises(AmountError):
        missing(glycine(3000), Free(value=1, unit="mg", of="taurine"))


def test_a_label_above_the_pure_fraction_is_buffered() -> None:
    """18 % magnesium: by mass balance 8.4 % of the powder is oxide, which brings 28 % of the magnesium."""
    read = buffer(0.18, CHELATE, OXIDE)
    assert read.buffered
    assert 1 - read.chelate_of_mass == pytest.approx(0.0845, abs=5e-4)
    assert read.element_from_filler == pytest.approx(0.283, abs=1e-3)


@pytest.mark.parametrize("labelled", [0.10, 0.117, 0.14, CHELATE, 0.141])
def test_at_or_below_the_pure_fraction_nothing_points_to_a_filler(labelled: float) -> None:
    assert not buffer(labelled, CHELATE, OXIDE).buffered


@given(st.floats(0, 1))
def test_a_mixture_made_on_paper_is_read_back(share: float) -> None:
    labelled = share * CHELATE + (1 - share) * OXIDE
    read = buffer(labelled, CHELATE, OXIDE)
    if read.buffered:
        assert read.chelate_of_mass == pytest.approx(share, abs=1e-9)
        assert read.element_from_filler == pytest.approx((1 - share) * OXIDE / labelled, abs=1e-9)


@pytest.mark.parametrize("labelled", [0.62, 1.0, 0.0, -0.1, 1.2])
def test_what_no_mixture_reaches_is_refused(labelled: float) -> None:
    with pytest.raises(AmountError):
        buffer(labelled, CHELATE, OXIDE)


def test_moles_are_not_mass() -> None:
    with pytest.raises(AmountError):
        element_in(Compound(value=1, unit="mmol", of="oxide"), "magnesium", OXIDE)
