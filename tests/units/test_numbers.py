"""Numbers as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anmin.errors import AmountError, InputError
from anmin.units.numbers import parse_number, readings, show_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("200", 200), ("0.5", 0.5), (".5", 0.5), ("1,000", 1000), ("1,234,567.5", 1234567.5), ("2,5", 2.5),
        ("0,250", 0.25), ("1.234,5", 1234.5), ("1.234.567", 1234567), ("１，０００", 1000), ("３３０", 330),
        ("485.7", 485.7), ("1 000", 1000), ("1'000", 1000), ("1\u202f000", 1000), ("300.0", 300),
        ("三百", 300), ("三百五十", 350), ("十", 10), ("二十", 20), ("兩", 2), ("半", 0.5), ("一半", 0.5),
        ("兩半", 2.5),        ("二〇〇", 200), ("一千", 1000), ("一千零五", 1005),
    ],
)  # fmt: skip
def test_reads_what_people_write(text: str, value: float) -> None:
    assert parse_number(text) == pytest.approx(value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "-3",
        "nan",
        "inf",
        "1e9",
        "0x10",
        "1,2,3",
        "1..2",
        "12,34,567",
        "1" * 13,
        "१२x",
        "半半",
        "²³⁴⁵⁶⁷⁸⁹⁰¹²³⁴",
        "--1",
    ],
)
def test_refuses_what_is_no_number(text: str) -> None:
    with pytest.raises(AmountError) as caught:
        parse_number(text, "amount")
    assert caught.value.field == "amount"


def test_a_single_point_before_three_digits_has_two_meanings() -> None:
    assert readings("1.500") == (1.5, 1500.0)
    assert readings("1,500") == (1500.0, 1.5)
    assert readings("0.125") == (0.125,)
    assert readings("1.50") == (1.5,)


@given(st.integers(0, 10**9))
def test_grouping_changes_nothing(value: int) -> None:
    assert parse_number(f"{value:,}") == value
    wide = str(value).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert parse_number(wide) == value


@given(st.floats(0.01, 1e6))
def test_shown_numbers_read_back(value: float) -> None:
    assert parse_number(show_number(value)) == pytest.approx(value, rel=0.005, abs=0.5 if value >= 10 else 0.005)


@given(st.text(max_size=40))
def test_any_text_is_a_number_or_an_input_error(text: str) -> None:
    try:
        value = parse_number(text)
    except InputError:
        return
    assert 0 <= value < 1e13
