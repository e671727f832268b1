"""An amount keeps value, unit, substance and basis apart."""

import math
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mypy import api

from anmin.errors import AmountError
from anmin.units.amount import (
    MAX_VALUE,
    UNIT_WORDS,
    UNITS,
    Amount,
    AnyAmount,
    Compound,
    Elemental,
    Free,
    Scale,
    Unit,
    amount,
    parse_quantity,
)  # fmt: skip

MAGNESIUM = Scale(molar_mass=24.305, valence=2, mg_per_iu=0.5)
kinds = st.sampled_from([Elemental, Compound, Free])
units = st.sampled_from(UNITS)
values = st.floats(0, 400.0)  # two of these in g still make an amount in µg
amounts = st.builds(
    lambda kind, value, unit, of: kind(value=value, unit=unit, of=of), kinds, values, units, st.text(max_size=8)
)


@given(amounts, units)
def test_conversions_invert(given_amount: Amount, unit: Unit) -> None:
    there = given_amount.to("mg", MAGNESIUM)
    if there.value < 1e5:
        back = there.to(unit, MAGNESIUM).to(given_amount.unit, MAGNESIUM)
        assert back.value == pytest.approx(given_amount.value, rel=1e-12)
        assert type(back) is type(given_amount)
        assert back.of == given_amount.of


@given(amounts)
def test_json_round_trip(given_amount: Amount) -> None:
    assert msgspec.json.decode(msgspec.json.encode(given_amount), type=AnyAmount) == given_amount


@given(amounts, amounts)
def test_only_like_is_added_to_like(left: Amount, right: Amount) -> None:
    like = type(left) is type(right) and left.of == right.of
    convertible = left.unit == right.unit or {left.unit, right.unit} <= {"mg", "µg", "g"}
    if like and convertible:
        total = left + right
        assert total.value == pytest.approx(left.value + right.to(left.unit).value)
    else:
        with pytest.raises(AmountError):
            left + right


def test_the_same_mass_of_another_basis_or_substance_is_refused() -> None:
    mg = Elemental(value=200, unit="mg", of="magnesium")
    for other in (
        Compound(value=200, unit="mg", of="magnesium"),
        Free(value=200, unit="mg", of="magnesium"),
        Elemental(value=200, unit="mg", of="zinc"),
    ):
        for operation in (lambda: mg + other, lambda: mg - other, lambda: mg / other):  # noqa: B023
            with pytest.raises(AmountError):
                operation()


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -0.001, MAX_VALUE * 1.01, 1e308, True and "200"])
def test_what_is_no_amount_is_refused(value: float) -> None:
    with pytest.raises(AmountError) as caught:
        Elemental(value=value, unit="mg", of="magnesium")
    assert caught.value.field == "amount"


def test_json_from_outside_is_held_to_the_same() -> None:
    with pytest.raises(AmountError):
        msgspec.json.decode(b'{"basis":"free","value":-1,"unit":"mg","of":"x"}', type=AnyAmount)
    for broken in (b'{"basis":"salt","value":1,"unit":"mg","of":"x"}', b'{"value":1,"unit":"mg","of":"x"}',
                   b'{"basis":"free","value":1,"unit":"stone","of":"x"}'):  # fmt: skip
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(broken, type=AnyAmount)


def test_less_than_nothing_is_refused() -> None:
    with pytest.raises(AmountError):
        Free(value=1, unit="g", of="glycine") - Free(value=1001, unit="mg", of="glycine")


def test_moles_equivalents_and_international_units() -> None:
    """10 mmol of magnesium is 243 mg and 20 mEq (atomic mass 24.305, charge 2)."""
    ten = amount(10, "mmol", "magnesium", "elemental")
    assert ten.mg(MAGNESIUM) == pytest.approx(243.05)
    assert ten.to("mEq", MAGNESIUM).value == pytest.approx(20)
    # 1 IU of vitamin D is 25 ng by the definition of the unit
    assert amount(1000, "IU", "vitamin_d", "free").to("µg", Scale(mg_per_iu=2.5e-5)).value == pytest.approx(25)


@pytest.mark.parametrize("unit", ["mmol", "mEq", "IU"])
def test_without_a_factor_nothing_is_guessed(unit: Unit) -> None:
    with pytest.raises(AmountError):
        Elemental(value=1, unit=unit, of="magnesium").mg()
    with pytest.raises(AmountError):
        Elemental(value=1, unit="mg", of="magnesium").to(unit, Scale(molar_mass=None, valence=2))


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("200 mg", 200, "mg"), ("200MG", 200, "mg"), ("３３０ｍｇ", 330, "mg"), ("330㎎", 330, "mg"), ("3 g", 3, "g"),
        ("1,000 mg", 1000, "mg"), ("1,5 g", 1.5, "g"), ("500 mcg", 500, "µg"),
        ("500 μg", 500, "µg"), ("500 µg", 500, "µg"),
        ("200 毫克", 200, "mg"), ("3公克", 3, "g"), ("3克", 3, "g"), ("100微克", 100, "µg"),
        ("200ミリグラム", 200, "mg"),
        ("3グラム", 3, "g"), ("10 mmol", 10, "mmol"), ("20 mEq", 20, "mEq"), ("1000 IU", 1000, "IU"),
        ("1000國際單位", 1000, "IU"),
    ],
)  # fmt: skip
def test_quantities_as_written(text: str, value: float, unit: Unit) -> None:
    assert parse_quantity(text) == (value, unit)


@pytest.mark.parametrize(
    "text",
    ["", "200", "mg", "-200 mg", "200 mgs of", "200 stone", "1e400 mg", "9" * 12 + " mg", "x" * 1000, "200 mg 3"],
)
def test_what_is_no_quantity_is_refused(text: str) -> None:
    with pytest.raises(AmountError):
        parse_quantity(text)


def test_unit_words_reach_every_unit() -> None:
    assert set(UNIT_WORDS.values()) == set(UNITS)


def test_the_type_checker_refuses_to_add_elemental_to_compound(tmp_path: Path) -> None:
    probe = tmp_path / "probe.py"
    probe.write_text(
        "from anmin.units.amount import Compound, Elemental, Free\n"
        "e = Elemental(value=1, unit='mg', of='magnesium')\n"
        "c = Compound(value=1, unit='mg', of='oxide')\n"
        "ok: Elemental = e + e\n"
        "e + c\n"
        "c - Free(value=1, unit='mg', of='glycine')\n"
        "e / c\n"
    )
    out, _, _ = api.run(["--strict", "--cache-dir", str(tmp_path / "cache"), str(probe)])
    assert [line.split(":")[1] for line in out.splitlines() if ": error:" in line] == ["5", "6", "7"], out
