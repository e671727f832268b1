"""Sleeps of all sources → nights and naps.

Between sources one is used, by a declared order; nothing is ever added. Then each night gets the local date of its
final awakening, and what is not the night is a nap.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from anmin.imports.model import BASES, KNOWN, Confidence, Episode, Night, Nights, Rules, Segment, Sleep, local
from anmin.imports.paint import episodes_of
from anmin.imports.sleeps import DAY, apart, sleeps_of, usual_middle


def nights_of(
    segments: Iterable[Segment], episodes: Iterable[Episode], rules: Rules, prefer: Sequence[str] = ()
) -> Nights:
    """Everything that was read, as nights and naps; the order of what is given makes no difference.

    ``prefer`` names sources to be used first. Otherwise: the better basis, then the source that saw more sleeps (a
    series from one device is worth more than a mixture), then the better known clock, then the name.
    """
    every = [*episodes_of(segments, rules), *episodes]
    by_source: dict[str, list[Episode]] = defaultdict(list)
    for episode in every:
        if episode.start < episode.end <= episode.start + rules.longest:
            by_source[episode.source].append(episode)
    sleeps = [sleep for found in by_source.values() for sleep in sleeps_of(found, rules)]
    seen = Counter(sleep.source for sleep in sleeps)

    def order(sleep: Sleep) -> tuple[int, int, int, int, str]:
        place = prefer.index(sleep.source) if sleep.source in prefer else len(prefer)
        return (place, BASES.index(sleep.basis), -seen[sleep.source], KNOWN.index(sleep.known), sleep.source)

    used: list[tuple[Sleep, tuple[str, ...]]] = []
    for cluster in _clusters(sleeps):
        best = min(cluster, key=order).source
        also = tuple(sorted({sleep.source for sleep in cluster} - {best}))
        used.extend((sleep, also) for sleep in cluster if sleep.source == best)
    return _dated(used, rules)


def _clusters(sleeps: list[Sleep]) -> list[list[Sleep]]:
    """Sleeps that overlap, whatever their source.

    Where every instant is known they are compared as instants; a sleep whose zone is unknown by the wall clock.
    """
    clusters: list[list[Sleep]] = []
    until = 0
    placed = sorted((sleep for sleep in sleeps if sleep.known != "unknown"), key=lambda one: (one.start, one.source))
    for sleep in placed:
        if clusters and sleep.start < until:
            clusters[-1].append(sleep)
            until = max(until, sleep.end)
        else:
            clusters.append([sleep])
            until = sleep.end
    unplaced = sorted((one for one in sleeps if one.known == "unknown"), key=lambda one: (one.start, one.source))
    walls = sorted(
        (min(map(_wall_start, held)), max(map(_wall_end, held)), index) for index, held in enumerate(clusters)
    )
    loose: list[list[Sleep]] = []
    until = 0
    for sleep in unplaced:
        at = bisect_left(walls, (sleep.start - 2 * DAY,))
        near = next((index for start, end, index in _until(walls, at, sleep.end) if end > sleep.start), None)
        if near is not None:
            clusters[near].append(sleep)
        elif loose and sleep.start < until:
            loose[-1].append(sleep)
            until = max(until, sleep.end)
        else:
            loose.append([sleep])
            until = sleep.end
    return clusters + loose


def _until(walls: list[tuple[int, int, int]], at: int, end: int) -> Iterable[tuple[int, int, int]]:
    while at < len(walls) and walls[at][0] < end:
        yield walls[at]
        at += 1


def _wall_start(sleep: Sleep) -> int:
    return sleep.start + sleep.offset_start


def _wall_end(sleep: Sleep) -> int:
    return sleep.end + sleep.offset_end


def _dated(used: list[tuple[Sleep, tuple[str, ...]]], rules: Rules) -> Nights:
    """The night of each date, by the local date of the final awakening; the rest are naps."""
    middle = usual_middle([sleep for sleep, _ in used], rules)
    by_date: dict[date, list[tuple[Sleep, tuple[str, ...]]]] = defaultdict(list)
    for sleep, also in used:
        by_date[sleep.woke_on()].append((sleep, also))
    nights: list[Night] = []
    naps: list[Night] = []
    for day in sorted(by_date):
        ordered = sorted(by_date[day], key=lambda pair: _mainness(pair[0], middle, rules))
        mains: list[Sleep] = []
        for sleep, also in ordered:
            if _may_be_night(sleep, middle, rules) and all(_far(sleep, other, rules) for other in mains):
                mains.append(sleep)
                nights.append(_night(day, sleep, also))
            else:
                naps.append(_night(day, sleep, also))
    return Nights(
        nights=tuple(sorted(nights, key=lambda night: (night.night, night.wake.replace(tzinfo=None), night.source))),
        naps=tuple(sorted(naps, key=lambda night: (night.night, night.wake.replace(tzinfo=None), night.source))),
    )


def _mainness(sleep: Sleep, middle: int, rules: Rules) -> tuple[bool, bool, int, int, int, str]:
    usual = apart(sleep.middle(), middle) <= rules.night_half
    span = sleep.end - sleep.start
    return (sleep.nap is True, not usual, -(sleep.tst or 0), -span, sleep.start, sleep.source)


def _may_be_night(sleep: Sleep, middle: int, rules: Rules) -> bool:
    """In the usual night whatever its length; at another hour (shift work, travel) only a long sleep."""
    if sleep.end - sleep.start >= rules.main_least:
        return True
    return sleep.nap is not True and apart(sleep.middle(), middle) <= rules.night_half


def _far(sleep: Sleep, other: Sleep, rules: Rules) -> bool:
    """Whether two long sleeps that end on one date are two nights, as when flying east over the date line."""
    gap = max(sleep.start - other.end, other.start - sleep.end)
    return gap >= rules.second_after and min(sleep.end - sleep.start, other.end - other.start) >= rules.main_least


def _night(day: date, sleep: Sleep, also: tuple[str, ...]) -> Night:
    scored = sleep.tst is not None
    stages = dict(sleep.by_stage)
    staged = any(stage in stages for stage in ("rem", "deep", "light"))
    marks = set(sleep.marks) | ({"split"} if sleep.split else set())
    spt = (sleep.wake - sleep.onset) / 60 if scored else None

    def clock(instant: int) -> datetime:
        nearer_end = instant - sleep.start > sleep.end - instant
        return local(instant, sleep.offset_end if nearer_end else sleep.offset_start, sleep.known)

    return Night(
        night=day,
        source=sleep.source,
        start=clock(sleep.start),
        onset=clock(sleep.onset) if scored else None,
        wake=clock(sleep.wake),
        end=clock(sleep.end),
        zone=sleep.zone,
        known=sleep.known,
        basis=sleep.basis,
        confidence=_confidence(sleep),
        tib=(sleep.end - sleep.start) / 60,
        spt=spt,
        tst=None if sleep.tst is None else sleep.tst / 60,
        waso=None if sleep.tst is None else (sleep.wake - sleep.onset - sleep.tst) / 60,
        rem=stages.get("rem", 0) / 60 if staged else None,
        deep=stages.get("deep", 0) / 60 if staged else None,
        light=stages.get("light", 0) / 60 if staged else None,
        awakenings=sleep.awakenings,
        parts=sleep.parts,
        device=sleep.device,
        also=also,
        marks=tuple(sorted(marks)),
    )


def _confidence(sleep: Sleep) -> Confidence:
    if sleep.basis == "in_bed" or sleep.known == "unknown" or "totals_do_not_fit" in sleep.marks:
        return "low"
    return "high" if sleep.known == "true" and sleep.basis != "totals" else "medium"
