"""What trackers say, in one shape: segments and episodes as recorded, nights and naps as understood.

Instants are whole seconds since 1970 in UTC; offsets are seconds east of UTC. Where a file gives a wall clock and no
zone, the wall clock itself is counted as if it were UTC, the offset is 0 and ``known`` is ``unknown``: durations hold
(but for a clock change inside the night), dates and clock times hold, the instant does not.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Literal

import msgspec

from anmin.knowledge.load import Knowledge

Stage = Literal["awake", "rem", "deep", "light", "asleep", "in_bed"]
STAGES: tuple[Stage, ...] = ("awake", "rem", "deep", "light", "asleep", "in_bed")
"""Within one source the earlier stage wins where two overlap; ``asleep`` is sleep without a stage."""

SLEEP: frozenset[Stage] = frozenset(("rem", "deep", "light", "asleep"))

Known = Literal["true", "inferred", "unknown"]
KNOWN: tuple[Known, ...] = ("true", "inferred", "unknown")
"""How the offset from UTC is known: recorded with the night; concluded or told by the person; not at all."""

Basis = Literal["stages", "asleep", "totals", "in_bed"]
BASES: tuple[Basis, ...] = ("stages", "asleep", "totals", "in_bed")
"""What a night rests on, best first: a hypnogram; asleep or awake only; the maker's totals; time in bed only."""

Confidence = Literal["high", "medium", "low"]

Run = tuple[int, int, Stage]
"""A stretch of one stage: start, end, stage."""


class Segment(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """One stretch of one stage as a source recorded it. ``written``: when the source wrote it (0: not said)."""

    source: str
    start: int
    end: int
    stage: Stage
    offset_start: int = 0
    offset_end: int = 0
    known: Known = "unknown"
    zone: str = ""
    device: str = ""
    raw_id: str = ""
    written: int = 0


class Episode(msgspec.Struct, frozen=True, kw_only=True):
    """One sleep as a source recorded it: disjoint ``runs``, or only the maker's ``totals`` in seconds by stage.

    ``start`` and ``end`` bound the record (in bed, where the source knows that). ``onset`` and ``wake`` are given for
    totals only, where the maker names them. ``nap``: what the maker called it; None if it does not say.
    """

    source: str
    start: int
    end: int
    offset_start: int = 0
    offset_end: int = 0
    known: Known = "unknown"
    zone: str = ""
    device: str = ""
    raw_id: str = ""
    runs: tuple[Run, ...] = ()
    totals: tuple[tuple[Stage, int], ...] = ()
    onset: int | None = None
    wake: int | None = None
    awakenings: int | None = None
    nap: bool | None = None
    written: int = 0


class Sleep(msgspec.Struct, frozen=True, kw_only=True):
    """One sleep of one source after joining its parts. Times in seconds; no sleep measured: ``tst`` is None."""

    source: str
    start: int
    end: int
    onset: int
    wake: int
    offset_start: int
    offset_end: int
    known: Known
    zone: str
    device: str
    basis: Basis
    tst: int | None
    by_stage: tuple[tuple[Stage, int], ...]
    awakenings: int | None
    nap: bool | None
    parts: int = 1
    split: bool = False
    marks: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()

    def middle(self) -> int:
        """Local wall-clock middle of the record, in seconds."""
        return (self.start + self.offset_start + self.end + self.offset_end) // 2

    def woke_on(self) -> date:
        """The local date of the final awakening."""
        return (_EPOCH + timedelta(seconds=self.wake + self.offset_end)).date()


class Night(msgspec.Struct, frozen=True, kw_only=True):
    """One night from one source; durations in minutes of real time, clock times local to the sleeper.

    ``night`` is the local date of the final awakening. Clock times carry their offset unless it is unknown. ``tib`` is
    the recorded span, ``spt`` onset to final awakening, ``tst`` total sleep, ``waso`` their difference. There is no
    sleep onset latency: a wearable does not measure it. ``also`` names sources that saw the same night and were not
    used; nothing of them is added.
    """

    night: date
    source: str
    start: datetime
    onset: datetime | None
    wake: datetime
    end: datetime
    zone: str
    known: Known
    basis: Basis
    confidence: Confidence
    tib: float
    spt: float | None
    tst: float | None
    waso: float | None
    rem: float | None
    deep: float | None
    light: float | None
    awakenings: int | None
    parts: int
    device: str = ""
    also: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()


class Nights(msgspec.Struct, frozen=True, kw_only=True):
    """What all sources together say: nights by date, and naps apart from them in the same shape."""

    nights: tuple[Night, ...]
    naps: tuple[Night, ...]


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """Our choices, in seconds; their reasons stand in ``imports.yaml``."""

    session_gap: int
    split_gap: int
    split_half: int
    night_half: int
    usual_middle: int
    main_least: int
    second_after: int
    longest: int
    rewritten_after: int
    borrow_within: int


def rules_of(knowledge: Knowledge) -> Rules:
    """The choices out of the facts."""
    return Rules(**{name: round(60 * knowledge.value(f"imports.{name}")) for name in Rules.__struct_fields__})


_EPOCH = datetime(1970, 1, 1)


def local(instant: int, offset: int, known: Known) -> datetime:
    """The local clock of an instant; without an offset where none is known."""
    wall = _EPOCH + timedelta(seconds=instant + offset)
    return wall if known == "unknown" else wall.replace(tzinfo=timezone(timedelta(seconds=offset)))
