"""Magnesium compounds: what their formulas give, against printed figures."""

import pytest

from anmin.knowledge.load import load

# Share of magnesium in per cent of mass, as computed from IUPAC atomic weights and printed to two decimals.
PRINTED = {
    "oxide": 60.30, "hydroxide": 41.68, "carbonate": 28.83, "basic_carbonate": 25.99, "bisglycinate": 14.10,
    "bisglycinate_monohydrate": 12.76, "glycinate_dihydrate": 11.66, "citrate": 16.16, "citrate_nonahydrate": 11.89,
    "hydrogen_citrate": 11.34, "malate": 15.54, "malate_trihydrate": 11.55, "taurate": 8.92, "acetyl_taurate": 6.81,
    "threonate": 8.25, "threonate_monohydrate": 7.78, "lactate_dihydrate": 10.19, "gluconate_dihydrate": 5.39,
    "aspartate_dihydrate": 7.49, "orotate_dihydrate": 6.56, "pidolate": 8.66, "acetate_tetrahydrate": 11.33,
    "chloride": 25.53, "chloride_hexahydrate": 11.96, "sulfate": 20.19, "sulfate_heptahydrate": 9.86,
    "phosphate": 27.74,
}  # fmt: skip


@pytest.mark.parametrize("form", PRINTED)
def test_the_share_of_magnesium_is_the_printed_one(form: str) -> None:
    fraction = load().forms[form].magnesium_fraction
    assert fraction is not None
    assert round(100 * fraction, 2) == pytest.approx(PRINTED[form], abs=0.011)


def test_nothing_is_known_of_a_compound_without_one_formula() -> None:
    form = load().forms["dimagnesium_malate"]
    assert (form.formula, form.molar_mass, form.magnesium_fraction) == (None, None, None)


def test_no_compound_is_left_out() -> None:
    assert set(load().forms) == {*PRINTED, "dimagnesium_malate", "trisilicate"}


def test_the_alkaline_salts_are_the_antacids() -> None:
    alkaline = {form.id for form in load().forms.values() if form.alkaline}
    assert alkaline == {"oxide", "hydroxide", "carbonate", "basic_carbonate", "trisilicate"}


def test_200_mg_magnesium_from_bisglycinate_bring_1235_mg_glycine() -> None:
    form = load().forms["bisglycinate"]
    assert form.glycine_per_magnesium is not None
    assert form.magnesium_fraction is not None
    assert round(200 * form.glycine_per_magnesium) == 1235
    assert round(200 / form.magnesium_fraction) == 1419
    assert round(3000 / form.glycine_per_magnesium) == 486


def test_water_changes_the_compound_and_not_its_glycine() -> None:
    forms = load().forms
    ratios = {forms[name].glycine_per_magnesium for name in ("bisglycinate", "bisglycinate_monohydrate")}
    assert len({round(ratio or 0, 9) for ratio in ratios}) == 1
    assert all(form.glycine_per_magnesium is None for form in forms.values() if not form.glycine_count)


def test_414_mg_oxide_twice_are_499_mg_magnesium() -> None:
    fraction = load().forms["oxide"].magnesium_fraction
    assert fraction is not None
    assert round(2 * 414 * fraction) == 499


def test_a_name_without_its_hydrate_means_the_form_with_more_magnesium() -> None:
    forms = load().forms
    pairs = [("chloride", "chloride_hexahydrate"), ("sulfate", "sulfate_heptahydrate"), ("malate", "malate_trihydrate"),
             ("carbonate", "basic_carbonate"), ("threonate", "threonate_monohydrate")]  # fmt: skip
    for dry, wet in pairs:
        assert (forms[dry].magnesium_fraction or 0) > (forms[wet].magnesium_fraction or 0)
        assert f"magnesium {dry}" in {*forms[dry].aliases, forms[dry].name.en}
        assert f"magnesium {dry}" not in forms[wet].aliases


def test_the_derived_prices_follow_from_the_pack() -> None:
    price = load().prices["price-jp-oxide-330-100"]
    assert price.price_per_g == pytest.approx(1980 / 19.9)


def test_every_sedating_mark_has_its_reason() -> None:
    for substance in load().substances.values():
        if substance.kind == "supplement":
            assert substance.sedating_reason is not None, substance.id
            assert substance.sources, substance.id


def test_who_gets_which_average_requirement() -> None:
    """One EAR, and only one, for every adult of every profile country."""
    rows = [row for row in load().intakes.values() if row.kind == "EAR" and row.current and not row.added]
    for country in ("US", "EU", "UK", "JP", "TW", "CN", "CA", "AU"):
        for sex in ("female", "male"):
            for age in range(19, 100):
                fitting = [
                    row.id
                    for row in rows
                    if country in row.countries + row.stand_in_for
                    and row.sex == sex
                    and row.state is None
                    and row.age_from <= age < (row.age_below or 200)
                ]
                assert len(fitting) == 1, (country, sex, age, fitting)


def test_windows_before_bed_reach_every_sleep_ingredient() -> None:
    knowledge = load()
    timed = {timing.substance for timing in knowledge.timing.values()}
    assert {component.substance for component in knowledge.components.values()} - {"habits"} <= timed
    assert len(timed) == len(knowledge.timing)
