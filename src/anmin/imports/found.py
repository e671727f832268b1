"""What a format's reader gives back, and what it may ask."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from anmin.imports.files import Member
from anmin.imports.model import Episode, Rules, Segment


@dataclass(frozen=True)
class Ask:
    """What the person said: the zone for records that name none, the columns of a table of their own."""

    rules: Rules
    zone: ZoneInfo | None = None
    columns: dict[str, str] = field(default_factory=dict)


@dataclass
class Found:
    """Segments and episodes of one format, and what is to be said about them.

    ``left_out`` counts records by reason; ``said`` names messages about how the files had to be understood.
    """

    segments: list[Segment] = field(default_factory=list)
    episodes: list[Episode] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    said: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Format:
    """One tracker format: how a file of it is recognised by content, and how all files of it together are read."""

    id: str
    name: str
    recognise: Callable[[Member], bool]
    read: Callable[[Sequence[Member], Ask], Found]
