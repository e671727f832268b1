"""CSV and JSON out of members, bounded, with errors a person can act on."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator
from typing import Any

import msgspec

from anmin.errors import InputError
from anmin.imports.files import Member, guarded

MAX_ROWS = 1_000_000
MAX_VALUES = 8_000_000
"""Of one JSON file. Ten years of nights, heart beats and all, have some two million; each takes about sixty bytes."""

_FIELD = 4 << 20


def header(member: Member) -> list[str]:
    """The cells of the first line, lower case, without quotes; empty for what is no text table."""
    lines = head_text(member).splitlines()
    return cells(lines[0]) if lines else []


def head_text(member: Member) -> str:
    """The beginning of a member as text, whatever UTF it is in."""
    head = member.head
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return head[: len(head) // 2 * 2].decode("utf-16", "replace")
    return head.decode("utf-8-sig", "replace")


def cells(line: str) -> list[str]:
    """The cells of one line in lower case, split at its own separator."""
    try:
        return [cell.strip().lower() for cell in next(csv.reader([line], delimiter=separator(line)), [])]
    except csv.Error:
        return []


def separator(line: str) -> str:
    """Comma, semicolon or tab: whichever the line holds most of."""
    return max(",;\t", key=line.count)


def lines_of(member: Member) -> Iterator[list[str]]:
    """Rows of a CSV file as lists, a few at a time in memory; :class:`InputError` when it cannot be read as one."""
    csv.field_size_limit(_FIELD)
    first = head_text(member).partition("\n")[0]
    encoding = "utf-16" if member.head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    with guarded(member.name), member.open() as stream:
        try:
            text = io.TextIOWrapper(io.BufferedReader(stream), encoding, newline="")  # type: ignore[type-var]
            for count, row in enumerate(csv.reader(text, delimiter=separator(first))):
                if count >= MAX_ROWS:
                    raise InputError("file", member.name, f"at most {MAX_ROWS:,} rows")
                yield row
        except csv.Error as error:
            raise InputError("file", member.name, "a table of comma-separated values", str(error)) from None
        except UnicodeError:
            raise InputError("file", member.name, "text in UTF-8 or UTF-16") from None


def rows_of(member: Member) -> Iterator[dict[str, str]]:
    """Rows by the names of the first line (lower case); cells beyond the names are left out, missing ones empty."""
    lines = lines_of(member)
    names = [name.strip().lower() for name in next(lines, [])]
    for line in lines:
        if any(line):
            yield dict(zip(names, [cell.strip() for cell in line] + [""] * (len(names) - len(line)), strict=False))


def json_of(member: Member) -> Any:
    """The JSON value of a member; :class:`InputError` for anything else, or for more than a person's nights hold."""
    data = member.read()
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        data = member.text().encode()
    if sum(map(data.count, (b",", b"[", b"{"))) > MAX_VALUES:
        raise InputError("file", member.name, f"at most {MAX_VALUES:,} values")
    try:
        return msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
        raise InputError("file", member.name, "whole JSON", str(error)) from None


def records(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; a lone object counts as a list of one."""
    if isinstance(value, dict):
        return [value]
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def text_of(value: Any) -> str:
    """A text as it is, a number as its digits, anything else as nothing."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def number(value: Any) -> float | None:
    """A finite number out of a number or a text such as ``12``, ``12.5`` or ``12,5``; None for anything else."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        found = float(value.strip().replace(",", ".")) if isinstance(value, str) else float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return found if math.isfinite(found) and abs(found) < 1e15 else None


def whole(value: Any, unit: int = 1) -> int | None:
    """The nearest whole number of ``unit`` times the value."""
    found = number(value)
    return None if found is None else round(found * unit)


def bounded(amount: int | None) -> int:
    """A duration in seconds that a night can have: never negative, never over two days; missing is zero."""
    return min(max(amount or 0, 0), 2 * 86_400)
