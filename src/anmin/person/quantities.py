"""Quantities inside a profile's text: numbers with a unit, lab values, durations, money, how often.

Every function gives the quantity in the program's unit, or raises :class:`~anmin.errors.ProfileError` that names
the field, the value and what is possible (``ranges.yaml``).
"""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import date

import msgspec

from anmin.errors import ProfileError
from anmin.knowledge.load import Knowledge
from anmin.person.words import choose, plain

_NUMBER = r"[-+−]?\d{1,9}(?:[.,]\d{1,6})?"
_HAN = {mark: str(value) for value, mark in enumerate("〇一二三四五六七八九十")} | {"兩": "2", "两": "2", "半": "0.5"}
_DAYS_IN: tuple[tuple[str, float], ...] = (
    (r"(?:days?|d|天|日間?)", 1),
    (r"(?:weeks?|wks?|w|週間?|周|星期|禮拜)", 7),
    (r"(?:months?|mos?|個?月間?|[かヶケヵ]月間?)", 365.25 / 12),
    (r"(?:years?|yrs?|y|年間?)", 365.25),
)


class Money(msgspec.Struct, frozen=True):
    """An amount of money; ``currency`` is None while only the country could say which dollar or ¥ is meant."""

    amount: float
    currency: str | None


def folded(text: str) -> str:
    """Width folded, minus signs plain, spaces single."""
    return " ".join(unicodedata.normalize("NFKC", text).replace("−", "-").split())


def within(value: float, range_id: str, typed: object, field: str, knowledge: Knowledge) -> float:
    """``value``, if it is possible at all."""
    bounds = knowledge.ranges[range_id]
    if not (math.isfinite(value) and bounds.low <= value <= bounds.high):
        raise ProfileError(field, typed, f"{bounds.low:g} to {bounds.high:g} {bounds.unit}")
    return value


def number(text: str, range_id: str, field: str, knowledge: Knowledge, units: str = "") -> float:
    """A plain number, possibly followed by one of the ``units`` (a regular expression)."""
    match = re.fullmatch(rf"({_NUMBER})\s*(?:{units})?", folded(text), re.IGNORECASE)
    if match is None:
        bounds = knowledge.ranges[range_id]
        raise ProfileError(field, text, f"a number of {bounds.low:g} to {bounds.high:g} {bounds.unit}")
    return within(float(match[1].replace(",", ".")), range_id, text, field, knowledge)


def weight_kg(text: str, field: str, knowledge: Knowledge) -> float:
    """Body weight: ``70``, ``70 kg``, ``154 lb``."""
    match = re.fullmatch(rf"({_NUMBER})\s*(kg|kgs|公斤|キロ|lbs?|pounds?|磅)?", folded(text), re.IGNORECASE)
    if match is None:
        raise ProfileError(field, text, "a weight such as 70 kg or 154 lb")
    value = float(match[1].replace(",", "."))
    if (match[2] or "").lower() in ("lb", "lbs", "pound", "pounds", "磅"):
        value *= knowledge.equations["weight-units"].coefficients["kg_per_lb"]
    return within(value, "weight_kg", text, field, knowledge)


def height_cm(text: str, field: str, knowledge: Knowledge) -> float:
    """Height: ``170``, ``170 cm``, ``1.70 m``."""
    match = re.fullmatch(rf"({_NUMBER})\s*(cm|公分|センチ|m|公尺)?", folded(text), re.IGNORECASE)
    if match is None:
        raise ProfileError(field, text, "a height such as 170 cm or 1.70 m")
    value = float(match[1].replace(",", "."))
    return within(value * 100 if match[2] in ("m", "公尺") else value, "height_cm", text, field, knowledge)


def creatinine_mg_dl(text: str, field: str, knowledge: Knowledge) -> float:
    """Serum creatinine in mg/dL from ``0.9 mg/dL`` or ``80 µmol/L``; the unit has to be there."""
    match = re.fullmatch(rf"({_NUMBER})\s*(mg\s*/\s*dl|[uμ]mol\s*/\s*l)", folded(text), re.IGNORECASE)
    if match is None:
        raise ProfileError(field, text, "a number with its unit, 0.9 mg/dL or 80 µmol/L")
    value = float(match[1].replace(",", "."))
    if "mol" in match[2].lower():
        value /= knowledge.equations["creatinine-units"].coefficients["umol_l_per_mg_dl"]
    return within(value, "creatinine_mg_dl", text, field, knowledge)


def serum_magnesium_mmol_l(text: str, field: str, knowledge: Knowledge) -> float:
    """Serum magnesium in mmol/L from ``0.85 mmol/L``, ``2.0 mg/dL`` or ``1.7 mEq/L``; the unit has to be there."""
    match = re.fullmatch(rf"({_NUMBER})\s*(mmol\s*/\s*l|mg\s*/\s*dl|meq\s*/\s*l)", folded(text), re.IGNORECASE)
    if match is None:
        raise ProfileError(field, text, "a number with its unit, 0.85 mmol/L or 2.0 mg/dL")
    value, unit = float(match[1].replace(",", ".")), match[2].lower()
    units = knowledge.equations["serum-magnesium-units"].coefficients
    if unit.startswith("mg"):
        value /= units["mg_dl_per_mmol_l"]
    elif unit.startswith("meq"):
        value /= units["meq_l_per_mmol_l"]
    return within(value, "serum_magnesium_mmol_l", text, field, knowledge)


def days(text: str, field: str) -> float:
    """A stretch of time in days: ``6 weeks``, ``3 個月``, ``半年``, ``2 年間``."""
    found = _duration(folded(text))
    if found is None:
        raise ProfileError(field, text, "a length of time such as 10 days, 6 weeks, 3 months or 2 years")
    return found


def weeks(text: str, field: str, knowledge: Knowledge) -> float:
    """A stretch of time in weeks."""
    return within(days(text, field) / 7, "sleep_weeks", text, field, knowledge)


def _duration(text: str) -> float | None:
    line = re.sub(r"^(?:for|about|since|in|約|大概|已經?|もう)\s*", "", text.strip(), flags=re.IGNORECASE)
    line = re.sub(r"\s*(?:ago|now|後|之後|以上|左右|くらい|ほど|前|了)$", "", line, flags=re.IGNORECASE)
    line = re.sub(r"^(?:an?|one)\s", "1 ", line, flags=re.IGNORECASE)
    line = re.sub(
        r"^[〇一二三四五六七八九十兩两半](?=\D)", lambda mark: _HAN[mark[0]] if mark[0] != "十" else "10", line
    )
    for unit, length in _DAYS_IN:
        match = re.fullmatch(rf"({_NUMBER})\s*{unit}", line, re.IGNORECASE)
        if match:
            return float(match[1].replace(",", ".")) * length
    return None


def surgery(text: str, field: str, knowledge: Knowledge) -> str:
    """A planned operation, in one spelling: ``no``, ``2027-03-01`` or ``in 10 days``."""
    line = folded(text)
    if choose("nothing", line, knowledge):
        return "no"
    match = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", line)
    try:
        if match:
            return date(int(match[1]), int(match[2]), int(match[3])).isoformat()
    except ValueError:
        match = None
    ahead = choose("days_ahead", line, knowledge)
    found = float(ahead) if ahead is not None else _duration(line)
    if found is None:
        raise ProfileError(field, text, "no, a date such as 2027-03-01, or `in 10 days`")
    return f"in {within(round(found), 'surgery_days', text, field, knowledge):g} days"


def surgery_in_days(spelled: str, today: date) -> int | None:
    """Days until the operation of :func:`surgery`; None for none, and for one that is over."""
    if spelled == "no":
        return None
    if spelled.startswith("in "):
        return int(spelled.split()[1])
    left = (date.fromisoformat(spelled) - today).days
    return left if left >= 0 else None


def money(text: str, range_id: str, field: str, knowledge: Knowledge, country: str | None) -> Money:
    """An amount of money: ``NT$600``, ``2 USD``, ``100円``. A bare ``$`` is the country's own."""
    line = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", folded(text))
    match = re.fullmatch(rf"(\D*?)\s*({_NUMBER})\s*(\D*)", line)
    home = choose("home_currency", country, knowledge) if country else None
    mark = f"{match[1]} {match[3]}".strip() if match else ""
    currency = choose("currency", mark, knowledge) if mark else "home"
    if match is None or currency is None:
        raise ProfileError(field, text, "an amount with its currency, such as NT$20, 2 USD or 100円")
    value = within(float(match[2].replace(",", ".")), range_id, text, field, knowledge)
    if currency == "home":
        currency = "JPY" if "¥" in mark and home not in ("JPY", "CNY", None) else home
    return Money(value, currency)


def money_per_day(text: str, field: str, knowledge: Knowledge, country: str | None) -> Money:
    """Money a day: ``NT$20``, ``2 USD a day``, ``600円/月``, ``每月 600 元``."""
    line, length = folded(text), 1.0
    for unit, stretch in _DAYS_IN:
        pattern = rf"(?:/\s*|\b(?:an?|per|each|every)\s+|[每毎一1])\s*{unit}(?![a-z])|\b{_LY.get(stretch, '-')}\b"
        shorter = re.sub(pattern, " ", line, count=1, flags=re.IGNORECASE)
        if shorter != line:
            line, length = shorter, stretch
            break
    found = money(line, "budget_per_day", field, knowledge, country)
    return Money(found.amount / length, found.currency)


_LY = {1: "daily", 7: "weekly", 365.25 / 12: "monthly", 365.25: "yearly"}


def per_week(text: str, field: str, knowledge: Knowledge) -> float:
    """How often in a week: ``2/week``, ``twice a week``, ``daily``, ``每週兩次``, ``週2回``, ``never``."""
    line = plain(text)
    if line in ("never", "no", "none", "0", "不吃", "沒有", "無", "食べない", "なし"):
        return 0.0
    line = re.sub(r"\bonce\b", "1", re.sub(r"\btwice\b", "2", re.sub(r"\bthree times\b", "3", line)))
    line = re.sub(
        r"[一二三四五六七八九十兩两](?=[次回份])", lambda mark: _HAN[mark[0]] if mark[0] != "十" else "10", line
    )
    count = re.search(rf"({_NUMBER})\s*(?:times?|x|×|次|回|份|servings?|portions?|handfuls?)?(?!\s*(?:日|天|週))", line)
    times = float(count[1].replace(",", ".")) if count else 1.0
    if re.search(r"day|daily|每天|每日|一天|毎日|1日|/日|天", line):
        times = (float(count[1].replace(",", ".")) if count else 1.0) * 7
    elif re.search(r"month|每月|個月|月", line):
        times /= 365.25 / 12 / 7
    elif not re.search(r"week|週|周|星期|禮拜", line):
        raise ProfileError(field, text, "how often, such as 2/week, daily or never")
    return within(times, "food_portions_per_week", text, field, knowledge)
