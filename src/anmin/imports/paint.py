"""Segments of one source → episodes of disjoint runs.

Where segments overlap, the stage that stands first in :data:`~anmin.imports.model.STAGES` wins, so that minutes are
counted once. Painting is a union: repeating a segment, or giving segments in another order, changes nothing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter

from anmin.imports.model import KNOWN, SLEEP, STAGES, Episode, Rules, Run, Segment

_RANK = {stage: rank for rank, stage in enumerate(STAGES)}


def paint(segments: Iterable[tuple[int, int, str]]) -> tuple[Run, ...]:
    """Disjoint runs in order; neighbours of one stage are one run.

    >>> paint([(0, 90, "light"), (30, 60, "rem"), (60, 120, "awake")])
    ((0, 30, 'light'), (30, 60, 'rem'), (60, 120, 'awake'))
    """
    edges = sorted(
        edge
        for start, end, stage in segments
        if start < end
        for edge in ((start, _RANK[stage], 1), (end, _RANK[stage], -1))  # type: ignore[index]
    )
    open_now = [0] * len(STAGES)
    runs: list[Run] = []
    since = 0
    for at, rank, step in edges:
        best = next((rank for rank, count in enumerate(open_now) if count), None)
        if best is not None and at > since:
            stage = STAGES[best]
            if runs and runs[-1][1] == since and runs[-1][2] == stage:
                runs[-1] = (runs[-1][0], at, stage)
            else:
                runs.append((since, at, stage))
        since = at
        open_now[rank] += step
    return tuple(runs)


def episodes_of(segments: Iterable[Segment], rules: Rules) -> list[Episode]:
    """The sleeps in bare segments: per source, a new one after a gap longer than ``session_gap``."""
    found: list[Episode] = []
    for _, group in groupby(sorted(set(segments)), key=attrgetter("source")):
        held = without_stale(list(group), rules)
        found.extend(_episode(block) for block in _blocks(held, rules.session_gap))
    return found


def without_stale(segments: list[Segment], rules: Rules) -> list[Segment]:
    """Leave out what a later writing of the same night left standing.

    An app that moves the onset replaces the night but not what lies outside it, so remnants of the earlier writing
    stay beside the new one. A remnant was written after the moment at which the later writing begins, by then already
    describing it; parts that follow each other as a night goes on were not.
    """
    if not any(segment.written for segment in segments):
        return segments
    writes: dict[int, list[tuple[int, int]]] = {}
    for segment in segments:
        if segment.written and segment.stage != "in_bed":
            writes.setdefault(segment.written, []).append((segment.start, segment.end))
    blocks = sorted(
        (start, end, written) for written, spans in writes.items() for start, end in _spans(spans, rules.session_gap)
    )
    starts = [start for start, _, _ in blocks]

    def stale(segment: Segment) -> bool:
        if not segment.written or segment.stage == "in_bed":
            return False
        low = bisect_left(starts, segment.start - rules.longest)
        high = bisect_left(starts, segment.end + rules.split_gap + 1)
        for start, end, written in blocks[low:high]:
            rewritten = written > segment.written + rules.rewritten_after and start < segment.written
            apart = end <= segment.start or segment.end <= start
            if rewritten and apart and segment.start - end <= rules.split_gap:
                return True
        return False

    return [segment for segment in segments if not stale(segment)]


def _spans(spans: list[tuple[int, int]], gap: int) -> Iterator[tuple[int, int]]:
    """Covering spans of intervals that lie no further apart than ``gap``."""
    since, until = None, 0
    for start, end in sorted(spans):
        if since is not None and start - until <= gap:
            until = max(until, end)
            continue
        if since is not None:
            yield since, until
        since, until = start, end
    if since is not None:
        yield since, until


def _blocks(segments: list[Segment], gap: int) -> Iterator[list[Segment]]:
    block: list[Segment] = []
    until = 0
    for segment in sorted(segments, key=attrgetter("start", "end")):
        if block and segment.start - until > gap:
            yield block
            block = []
        until = max(until, segment.end) if block else segment.end
        block.append(segment)
    if block:
        yield block


def _episode(block: list[Segment]) -> Episode:
    first = min(block, key=lambda one: (one.start, KNOWN.index(one.known), one))
    last = min(block, key=lambda one: (-one.end, KNOWN.index(one.known), one))
    asleep = [one for one in block if one.stage in SLEEP]
    devices = sorted({one.device for one in asleep or block if one.device})
    return Episode(
        source=first.source,
        start=first.start,
        end=last.end,
        offset_start=first.offset_start,
        offset_end=last.offset_end,
        known=max((first.known, last.known), key=KNOWN.index),
        zone=last.zone or first.zone,
        device=devices[0] if devices else "",
        raw_id=first.raw_id,
        runs=paint((one.start, one.end, one.stage) for one in block),
        written=max(one.written for one in block),
    )
