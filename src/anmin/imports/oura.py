"""Oura: the API's sleep documents as JSON, and the account page's CSV with the same names.

Phases are codes, one for each five minutes (or thirty seconds): 1 deep, 2 light, 3 REM, 4 awake. One fixed offset is
written for the whole night, so a clock change inside it shows only at its end. Deleted sleeps are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from anmin.imports.files import Member
from anmin.imports.found import Ask, Format, Found
from anmin.imports.instants import plausible, read_iso
from anmin.imports.model import Episode, Run, Stage
from anmin.imports.paint import paint
from anmin.imports.spans import of_written
from anmin.imports.tables import bounded, header, json_of, records, rows_of, text_of, whole

CODE: dict[str, Stage] = {"1": "deep", "2": "light", "3": "rem", "4": "awake"}
_TOTALS: tuple[tuple[Stage, str], ...] = (
    ("light", "light_sleep_duration"), ("deep", "deep_sleep_duration"), ("rem", "rem_sleep_duration"),
)  # fmt: skip
_NAPS = ("late_nap", "rest")


def recognise(member: Member) -> bool:
    """By the names of the two bed times."""
    if b'"bedtime_start"' in member.head and b'"bedtime_end"' in member.head:
        return True
    return {"bedtime_start", "bedtime_end"} <= set(header(member))


def read(members: Sequence[Member], ask: Ask) -> Found:
    """One episode for each sleep document."""
    found = Found()
    for member in members:
        for document in _documents(member):
            episode = _episode(document, ask, found)
            if episode is not None:
                found.episodes.append(episode)
    return found


def _documents(member: Member) -> Iterable[Mapping[str, Any]]:
    if member.head.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] in (b"{", b"["):
        yield from _sleeps(json_of(member))
    else:
        yield from rows_of(member)


def _sleeps(value: Any) -> Iterator[dict[str, Any]]:
    """Documents wherever they lie: a list, ``{"data": []}``, ``{"sleep": []}``."""
    for one in records(value):
        if "bedtime_start" in one:
            yield one
        else:
            for inner in one.values():
                if isinstance(inner, list):
                    yield from (document for document in records(inner) if "bedtime_start" in document)


def _episode(document: Mapping[str, Any], ask: Ask, found: Found) -> Episode | None:
    if text_of(document.get("type")) == "deleted":
        found.left_out["deleted"] += 1
        return None
    start, end = read_iso(text_of(document.get("bedtime_start"))), read_iso(text_of(document.get("bedtime_end")))
    if start is None or end is None:
        found.left_out["no_times"] += 1
        return None
    span = of_written(start, end, ask.zone)
    if not plausible(span.start, span.end):
        found.left_out["no_length"] += 1
        return None
    totals: list[tuple[Stage, int]] = [(stage, bounded(whole(document.get(name)))) for stage, name in _TOTALS]
    if not any(seconds for _, seconds in totals):
        totals = [("asleep", bounded(whole(document.get("total_sleep_duration"))))]
    return Episode(
        **span.fields(),  # type: ignore[arg-type]
        source="Oura",
        device=text_of(document.get("ring_id")),
        raw_id=text_of(document.get("id")) or f"at {span.start}",
        runs=_runs(document, span.start, span.end),
        totals=tuple(totals),
        nap=True if text_of(document.get("type")) in _NAPS else None,
    )


def _runs(document: Mapping[str, Any], start: int, end: int) -> tuple[Run, ...]:
    for name, step in (("sleep_phase_30_sec", 30), ("sleep_phase_5_min", 300), ("app_sleep_phase_5_min", 300)):
        codes = text_of(document.get(name))
        if codes:
            return paint(
                (start + at * step, min(start + (at + 1) * step, end), CODE[code])
                for at, code in enumerate(codes)
                if code in CODE and start + at * step < end
            )
    return ()


FORMAT = Format("oura", "Oura", recognise, read)
