"""Samsung Health: ``com.samsung.shealth.sleep`` and ``com.samsung.health.sleep_stage`` tables.

Line 1 is about the file, line 2 the header, every row ends with a comma, UTF-8 or UTF-16. The times are UTC with
``time_offset`` beside them in some exports and local in others; epoch milliseconds in old ones. Nothing in the file
says which, so each reading is tried and the one that puts more sleeps into the night is taken, and said.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from anmin.imports.files import Member
from anmin.imports.found import Ask, Format, Found
from anmin.imports.instants import plausible, read_iso, read_offset
from anmin.imports.model import Episode, Stage
from anmin.imports.paint import paint
from anmin.imports.sleeps import DAY, apart
from anmin.imports.spans import of_instants, of_utc
from anmin.imports.tables import head_text, lines_of

STAGE: dict[str, Stage] = {"40001": "awake", "40002": "light", "40003": "deep", "40004": "rem"}


class _Time(NamedTuple):
    seconds: int
    settled: bool  # milliseconds since 1970 leave nothing open


class _Row(NamedTuple):
    start: _Time
    end: _Time
    offset: int | None
    id: str
    stage: str


def recognise(member: Member) -> bool:
    """By the name in its first line."""
    return head_text(member).startswith(("com.samsung.shealth.sleep,", "com.samsung.health.sleep,")) or _stages(member)


def _stages(member: Member) -> bool:
    return head_text(member).startswith("com.samsung.health.sleep_stage,")


def read(members: Sequence[Member], ask: Ask) -> Found:
    """Sleeps with their stages, joined by the sleep's id."""
    found = Found()
    stages: dict[str, list[_Row]] = defaultdict(list)
    for member in members:
        if _stages(member):
            for row in _rows(member, found):
                stages[row.id].append(row)
    for member in members:
        if not _stages(member):
            rows = list(_rows(member, found))
            local = _are_local(rows, ask, found)
            for row in rows:
                episode = _episode(row, stages.get(row.id, []), local, ask)
                if plausible(episode.start, episode.end):
                    found.episodes.append(episode)
                else:
                    found.left_out["no_length"] += 1
    return found


def _rows(member: Member, found: Found) -> Iterator[_Row]:
    lines = lines_of(member)
    next(lines, None)
    names = [name.strip().rpartition(".")[2] for name in next(lines, [])]
    for line in lines:
        row = dict(zip(names, line, strict=False))
        start, end = _time(row.get("start_time", "")), _time(row.get("end_time", ""))
        if start is None or end is None:
            found.left_out["no_times"] += bool("".join(line).strip())
            continue
        own = row.get("sleep_id") or row.get("datauuid") or ""
        yield _Row(start, end, read_offset(row.get("time_offset", "")), own, row.get("stage", "").strip())


def _time(text: str) -> _Time | None:
    if text.strip().isascii() and text.strip().isdigit() and len(text.strip()) in (12, 13):
        return _Time(int(text) // 1000, True)
    read = read_iso(text)
    return None if read is None else _Time(read[0] - (read[1] or 0), read[1] is not None)


def _are_local(rows: list[_Row], ask: Ask, found: Found) -> bool:
    """Whether the written times are wall clocks: by how many sleeps then lie in the night."""
    utc = local = 0
    for row in rows:
        if row.start.settled or not row.offset:
            continue
        middle = (row.start.seconds + row.end.seconds) // 2
        usual, within = ask.rules.usual_middle, ask.rules.split_half
        utc += apart((middle + row.offset) % DAY, usual) <= within
        local += apart(middle % DAY, usual) <= within
    if any(row.offset and not row.start.settled for row in rows):
        found.said.add("samsung_local" if local > utc else "samsung_utc")
    return local > utc


def _episode(row: _Row, stages: list[_Row], local: bool, ask: Ask) -> Episode:
    def instant(time: _Time) -> int:
        return time.seconds - (row.offset or 0) if local and not time.settled else time.seconds

    start, end = instant(row.start), instant(row.end)
    span = of_utc(start, end, ask.zone) if row.offset is None else of_instants(start, end, row.offset, row.offset)
    runs = paint(
        (max(instant(one.start), start), min(instant(one.end), end), STAGE[one.stage])
        for one in stages
        if one.stage in STAGE
    )
    return Episode(
        **span.fields(),  # type: ignore[arg-type]
        source="Samsung Health",
        raw_id=row.id or f"at {start}",
        runs=runs or ((start, end, "asleep"),),
    )


FORMAT = Format("samsung", "Samsung Health", recognise, read)
