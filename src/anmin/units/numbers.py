"""Numbers as people write them: full-width, grouped, with a decimal comma, or in Chinese characters.

``1,000`` is a thousand and ``2,5`` is two and a half. ``1.500`` could be either; :func:`readings` returns both and
lets the caller, who knows what is plausible, decide or ask.
"""

from __future__ import annotations

import math
import re
import unicodedata

from anmin.errors import AmountError

MAX_DIGITS = 12
"""More digits than any amount needs; longer ones are refused before they are converted."""

NUMBER = r"(?:\d{1,3}(?:[,.' \u2009\u202f]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?|[.]\d+)"
"""A written number after NFKC (so full-width digits are plain ones); an apostrophe or thin space may group."""

HAN_NUMBER = r"[〇零一二三四五六七八九十百千兩两半]+"

_HAN_DIGITS = {
    mark: value for value, marks in enumerate(("〇零", "一", "二兩两", "三", *"四五六七八九")) for mark in marks
}
_HAN_TENS = {"十": 10, "百": 100, "千": 1000}


def readings(text: str, field: str = "number") -> tuple[float, ...]:
    """Every meaning of a written number, the usual one first.

    >>> readings("1,000"), readings("2,5"), readings("1.500")
    ((1000.0, 1.0), (2.5,), (1.5, 1500.0))

    :class:`AmountError` where it is no number, negative, or longer than any amount.
    """
    plain = unicodedata.normalize("NFKC", text).strip() if len(text) <= 4 * MAX_DIGITS else ""
    if re.fullmatch(HAN_NUMBER, plain):
        return (_han(plain, text, field),)
    plain = re.sub(r"(?<=\d)[' \u2009\u202f](?=\d{3})", "", plain)
    if sum(map(str.isdigit, plain)) > MAX_DIGITS or not re.fullmatch(r"\d*(?:[.,]\d+)*", plain) or not plain:
        raise AmountError(field, text, f"a number of at most {MAX_DIGITS} digits, for example 200 or 0.5")
    marks = [mark for mark in plain if mark in ".,"]
    if not marks:
        return (float(plain),)
    if len(marks) > 1:
        return (_grouped(plain, marks, text, field),)
    head, tail = re.split(r"[.,]", plain)
    decimal = float(f"{head or 0}.{tail}")
    if len(tail) != 3 or not 1 <= len(head) <= 3 or head.startswith("0"):
        return (decimal,)
    grouped = float(head + tail)
    return (grouped, decimal) if marks == [","] else (decimal, grouped)


def parse_number(text: str, field: str = "number") -> float:
    """The usual meaning of a written number: a comma before three digits groups, a single point is decimal.

    >>> parse_number("１，０００")
    1000.0
    """
    return readings(text, field)[0]


def show_number(value: float, decimals: int = 0) -> str:
    """``"1,419"``: grouped by thousands, without trailing zeros; small values keep three significant digits.

    >>> show_number(1418.6), show_number(485.7, 1), show_number(0.25)
    ('1,419', '485.7', '0.25')
    """
    if value and abs(value) < 10 and not decimals:
        decimals = 2 - math.floor(math.log10(abs(value)))
    shown = f"{value:,.{decimals}f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def _grouped(plain: str, marks: list[str], text: str, field: str) -> float:
    """Several marks: all but the last kind group, ``1,234,567`` ``1.234,5``; anything else is no number."""
    group, last = marks[0], marks[-1]
    if group == last:
        whole, decimals = plain, ""
    else:
        whole, decimals = plain.rsplit(last, 1)
    head, *rest = whole.split(group)
    if not head or len(head) > 3 or any(len(part) != 3 or not part.isdigit() for part in rest):
        raise AmountError(field, text, "a number such as 1,234.5")
    return float(f"{head}{''.join(rest)}.{decimals or 0}")


def _han(plain: str, text: str, field: str) -> float:
    """``三百五十`` is 350, ``半`` a half, ``二〇〇`` 200, ``一半`` a half as well."""
    if plain in ("半", "一半"):
        return 0.5
    if "半" in plain[:-1]:
        raise AmountError(field, text, "a number such as 三百五十")
    if plain.endswith("半"):
        return _han(plain[:-1], text, field) + 0.5
    if not any(mark in _HAN_TENS for mark in plain):
        return float("".join(str(_HAN_DIGITS[mark]) for mark in plain))
    total, digit = 0, 1
    for mark in plain:
        if mark in _HAN_TENS:
            total += digit * _HAN_TENS[mark]
            digit = 0
        else:
            digit = _HAN_DIGITS[mark]
    return float(total + (0 if plain[-1] in _HAN_TENS else digit))
