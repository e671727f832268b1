"""Episodes of one source → its sleeps, none overlapping another.

Of overlapping records of one sleep the best is kept, parts no further apart than ``session_gap`` are one sleep, and a
night in two parts is one night.
"""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

from anmin.imports.model import BASES, KNOWN, SLEEP, Basis, Episode, Rules, Sleep, Stage

DAY = 86_400


def sleeps_of(episodes: Iterable[Episode], rules: Rules) -> list[Sleep]:
    """The sleeps of one source in order, none overlapping another."""
    kept = _disjoint(sorted(set(episodes), key=_better))
    joined: list[list[Episode]] = []
    for episode in kept:
        if joined and episode.start - joined[-1][-1].end <= rules.session_gap:
            joined[-1].append(episode)
        else:
            joined.append([episode])
    sleeps = [_sleep(parts) for parts in joined]
    middle = usual_middle(sleeps, rules)
    whole: list[tuple[list[Episode], Sleep]] = []
    for parts, sleep in zip(joined, sleeps, strict=True):
        if whole and _one_night(whole[-1][1], sleep, middle, rules):
            both = whole[-1][0] + parts
            whole[-1] = (both, _sleep(both, split=True))
        else:
            whole.append((parts, sleep))
    return [sleep for _, sleep in whole]


def usual_middle(sleeps: Iterable[Sleep], rules: Rules) -> int:
    """Second of the day around which this person's nights lie: the circular mean of the middles of long sleeps."""
    middles = sorted(sleep.middle() % DAY for sleep in sleeps if sleep.end - sleep.start >= rules.main_least)
    east = math.fsum(math.sin(2 * math.pi * middle / DAY) for middle in middles)
    north = math.fsum(math.cos(2 * math.pi * middle / DAY) for middle in middles)
    if math.hypot(east, north) < 1e-6:
        return rules.usual_middle
    return round(math.atan2(east, north) / (2 * math.pi) * DAY / 60) * 60 % DAY


def _better(episode: Episode) -> tuple[int, int, int, int, int, str, str]:
    """Of records of one sleep by one source: the better basis, the latest writing, the longest, and so on."""
    basis = _basis(episode) or "in_bed"
    return (
        BASES.index(basis), -episode.written, -_asleep(episode), episode.start - episode.end, episode.start,
        episode.raw_id, repr(episode),
    )  # fmt: skip


def _disjoint(episodes: Iterable[Episode]) -> list[Episode]:
    """Of overlapping episodes the first given; in order of time."""
    kept: list[tuple[int, int, Episode]] = []
    for episode in episodes:
        if not _basis(episode):
            continue
        at = bisect_left(kept, episode.start, key=lambda held: held[0])
        before_ends = at and kept[at - 1][1] > episode.start
        after_begins = at < len(kept) and kept[at][0] < episode.end
        if not before_ends and not after_begins:
            insort(kept, (episode.start, episode.end, episode), key=lambda held: held[0])
    return [episode for _, _, episode in kept]


def _basis(episode: Episode) -> Basis | None:
    """What the record rests on; None if it holds neither sleep nor time in bed."""
    stages = {stage for _, _, stage in episode.runs}
    if stages & SLEEP:
        return "stages" if stages & SLEEP - {"asleep"} else "asleep"
    if any(seconds > 0 for stage, seconds in episode.totals if stage in SLEEP):
        return "totals"
    return "in_bed" if "in_bed" in stages else None


def _asleep(episode: Episode) -> int:
    if any(stage in SLEEP for _, _, stage in episode.runs):
        return sum(end - start for start, end, stage in episode.runs if stage in SLEEP)
    return sum(seconds for stage, seconds in episode.totals if stage in SLEEP)


def _bounds(episode: Episode) -> tuple[int, int]:
    """Sleep onset and final awakening as recorded; the bounds of the record where it has no sleep."""
    asleep = [(start, end) for start, end, stage in episode.runs if stage in SLEEP]
    if asleep:
        return asleep[0][0], asleep[-1][1]
    onset = episode.start if episode.onset is None else min(max(episode.onset, episode.start), episode.end)
    wake = episode.end if episode.wake is None else min(max(episode.wake, episode.start), episode.end)
    return (onset, wake) if onset < wake else (episode.start, episode.end)


def _sleep(parts: list[Episode], *, split: bool = False) -> Sleep:
    """Parts in order of time as one sleep; what lies between them counts as awake."""
    scored = [part for part in parts if _basis(part) != "in_bed"]
    counted = scored or parts
    bases = [_basis(part) or "in_bed" for part in counted]
    onset, wake = _bounds(counted[0])[0], _bounds(counted[-1])[1]
    by_stage: Counter[Stage] = Counter()
    marks = set()
    for part in scored:
        amounts = _amounts(part)
        room = _bounds(part)[1] - _bounds(part)[0]
        total = sum(amounts.values())
        if total > room + 60:
            marks.add("totals_do_not_fit")
        for stage, seconds in amounts.items():
            by_stage[stage] += seconds * room // total if total > room else seconds
    if parts[0].offset_start != parts[-1].offset_end:
        marks.add("clock_change")
    ids = tuple(sorted({part.raw_id for part in parts if part.raw_id}))
    return Sleep(
        source=parts[0].source,
        start=parts[0].start,
        end=parts[-1].end,
        onset=onset,
        wake=wake,
        offset_start=parts[0].offset_start,
        offset_end=parts[-1].offset_end,
        known=max((part.known for part in parts), key=KNOWN.index),
        zone=parts[-1].zone or parts[0].zone,
        device=next((part.device for part in parts if part.device), ""),
        basis=max(bases, key=BASES.index),
        tst=sum(by_stage.values()) if scored else None,
        by_stage=tuple(sorted(by_stage.items())),
        awakenings=_awakenings(scored),
        nap=parts[0].nap if len(parts) == 1 else None,
        parts=len(parts),
        split=split,
        marks=tuple(sorted(marks)),
        ids=ids,
    )


def _amounts(episode: Episode) -> Counter[Stage]:
    found: Counter[Stage] = Counter()
    for start, end, stage in episode.runs:
        if stage in SLEEP:
            found[stage] += end - start
    if not found:
        for stage, seconds in episode.totals:
            if stage in SLEEP:
                found[stage] += seconds
    return found


def _awakenings(parts: list[Episode]) -> int | None:
    """Stretches without sleep between onset and final awakening; None where a part gives totals without a count."""
    count = max(0, len(parts) - 1)
    for part in parts:
        asleep = [(start, end) for start, end, stage in part.runs if stage in SLEEP]
        if asleep:
            count += sum(later > end for (_, end), (later, _) in pairwise(asleep))
        elif part.awakenings is not None:
            count += part.awakenings
        else:
            return None
    return count if parts else None


def _one_night(earlier: Sleep, later: Sleep, middle: int, rules: Rules) -> bool:
    """Whether two sleeps of one source are the halves of one night."""
    return (
        later.start - earlier.end <= rules.split_gap
        and later.end - earlier.start <= rules.longest
        and all(
            sleep.nap is not True and sleep.tst is not None and apart(sleep.middle(), middle) <= rules.split_half
            for sleep in (earlier, later)
        )
    )


def apart(one: int, other: int) -> int:
    """Seconds between two times of day, the short way round."""
    gap = (one - other) % DAY
    return min(gap, DAY - gap)
