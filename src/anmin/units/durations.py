"""Minutes as people write them: ``30``, ``30分``, ``30 min``, ``1時間半``, ``1 h 20``, ``半小時``."""

from __future__ import annotations

import re
import unicodedata

from anmin.errors import InputError
from anmin.units.numbers import HAN_NUMBER, parse_number

_NUMBER = rf"\d{{1,5}}(?:[.,]\d{{1,2}})?|{HAN_NUMBER}"
_HOURS = r"hours?|hrs?|h|個?小時|个?小时|個?鐘頭|時間"
_MINUTES = r"minutes?|mins?|m|分鐘|分钟|分間|分"
_WRITTEN = re.compile(
    rf"(?:約|大約|大概|だいたい|about|ca\.?|~)?\s*"
    rf"(?:(?P<hours>{_NUMBER})\s*(?:{_HOURS})(?P<half>半)?)?\s*"
    rf"(?:(?P<minutes>{_NUMBER})\s*(?:{_MINUTES})?)?\.?\s*(?:くらい|ぐらい|ほど|左右)?",
    re.IGNORECASE,
)
_AN_HOUR = 60.0


def parse_minutes(text: str, field: str = "minutes") -> float:
    """Minutes; a number without a unit is minutes. :class:`InputError` for anything else.

    >>> parse_minutes("30"), parse_minutes("３０分"), parse_minutes("1時間半"), parse_minutes("半小時")
    (30.0, 30.0, 90.0, 30.0)
    """
    plain = unicodedata.normalize("NFKC", text).strip() if len(text) <= 40 else ""
    plain = re.sub(r"半個(?=小時|鐘頭)", "半", plain)
    match = _WRITTEN.fullmatch(plain)
    if match is None or not (match["hours"] or match["minutes"]):
        raise InputError(field, text, "minutes, such as 30, 30分 or 30 min")
    hours = parse_number(match["hours"], field) if match["hours"] else 0.0
    minutes = parse_number(match["minutes"], field) if match["minutes"] else 0.0
    return (hours + (0.5 if match["half"] else 0.0)) * _AN_HOUR + minutes
