"""Samsung Health: ``com.samsung.shealth.sleep`` and ``com.samsung.health.sleep_stage`` tables.

Line 1 is about the file, line 2 the header, every row ends with a comma, UTF-8 or UTF-16. The times are UTC with
``time_offset`` beside them in some exports and local in others; epoch milliseconds in old ones. Nothing in the file
says which, so each reading is tried and the one that puts more sleeps into the night is taken, and said. The JSON of
``sleep_data`` beside the tables has the same sleeps in epoch milliseconds (its levels are nowhere documented): where it
fits one reading only, nothing is guessed.

``sleep_combined`` holds the sleeps of several devices once more, merged into one: used only where none of its own
sleeps is in the export.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from anmin.imports.files import Member
from anmin.imports.found import Ask, Format, Found
from anmin.imports.instants import plausible, read_iso, read_offset
from anmin.imports.model import Episode, Run, Stage
from anmin.imports.paint import paint
from anmin.imports.sleeps import DAY, apart
from anmin.imports.spans import of_instants, of_utc
from anmin.imports.tables import head_text, json_of, lines_of, records, whole

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
    """By the name in its first line; the JSON of its sleep data by what only that has."""
    return _sleeps(member) or _combined(member) or _stages(member) or _bins(member)


def _sleeps(member: Member) -> bool:
    return head_text(member).startswith(("com.samsung.shealth.sleep,", "com.samsung.health.sleep,"))


def _combined(member: Member) -> bool:
    return head_text(member).startswith("com.samsung.shealth.sleep_combined,")


def _bins(member: Member) -> bool:
    head = member.head.lstrip()[:400]
    return head.startswith(b"[") and all(name in head for name in (b'"binning_period"', b'"status"', b'"start_time"'))


def _stages(member: Member) -> bool:
    return head_text(member).startswith("com.samsung.health.sleep_stage,")


def read(members: Sequence[Member], ask: Ask) -> Found:
    """Sleeps with their stages, joined by the sleep's id."""
    found = Found()
    stages: dict[str, list[_Row]] = defaultdict(list)
    for member in filter(_stages, members):
        for row in _rows(member, found):
            stages[row.id].append(row)
    starts = {start for member in filter(_bins, members) for start in _bin_starts(member)}
    for member in filter(_sleeps, members):
        found.episodes.extend(_episodes(member, stages, starts, ask, found))
    merged = [one for member in filter(_combined, members) for one in _episodes(member, stages, starts, ask, found)]
    own = paint((one.start, one.end, "asleep") for one in found.episodes)
    found.episodes += [one for one in merged if not _overlaps(one, own)]
    return found


def _overlaps(episode: Episode, runs: Sequence[Run]) -> bool:
    at = bisect_left(runs, episode.end, key=lambda run: run[0])
    return at > 0 and runs[at - 1][1] > episode.start


def _episodes(
    member: Member, stages: dict[str, list[_Row]], starts: set[int], ask: Ask, found: Found
) -> Iterator[Episode]:
    rows = list(_rows(member, found))
    local = _are_local(rows, starts, ask, found)
    for row in rows:
        episode = _episode(row, stages.get(row.id, []), local, ask)
        if plausible(episode.start, episode.end):
            yield episode
        else:
            found.left_out["no_length"] += 1


def _bin_starts(member: Member) -> Iterator[int]:
    """The minutes in which bins begin, since 1970."""
    for one in records(json_of(member)):
        start = whole(one.get("start_time"))
        if start is not None:
            yield start // 60_000


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


def _are_local(rows: list[_Row], starts: set[int], ask: Ask, found: Found) -> bool:
    """Whether the written times are wall clocks: by the bins that begin with them, else by the sleeps in the night."""
    unsettled = [row for row in rows if row.offset and not row.start.settled]
    as_utc = sum(row.start.seconds // 60 in starts for row in unsettled)
    as_local = sum((row.start.seconds - (row.offset or 0)) // 60 in starts for row in unsettled)
    if (as_utc > 0) != (as_local > 0):
        return as_local > 0
    utc = local = 0
    for row in unsettled:
        middle = (row.start.seconds + row.end.seconds) // 2
        usual, within = ask.rules.usual_middle, ask.rules.split_half
        utc += apart((middle + (row.offset or 0)) % DAY, usual) <= within
        local += apart(middle % DAY, usual) <= within
    if unsettled:
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
