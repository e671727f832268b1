"""What trackers recorded, kept in the log as it came: one record a sleep and source, never changed by a later import.

The records are a set: bringing the same file again adds nothing, and files may come in any order, because nights are
made of all records together each time they are asked for (:func:`anmin.imports.night.nights_of`) and not while they
come in. Sources are ranked there, never added. Which files a record came from stays beside it.

A record without a zone of its own can be placed anew by importing its file with another zone: the better known place
holds, and of two told by the person the one told last.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

import msgspec

from anmin.errors import InputError
from anmin.imports.files import Fingerprint
from anmin.imports.model import KNOWN, STAGES, Episode, Night, Nights, Rules, Run
from anmin.imports.night import nights_of
from anmin.store.log import Fold, Log

SLEEP, IMPORT = "sleep", "import"

MAX_FILES = 200
"""Fingerprints kept of one import; of more the number."""

_LETTERS = dict(zip(STAGES, "ARDLSB", strict=True))
_STAGES = {letter: stage for stage, letter in _LETTERS.items()}
_PIECE = re.compile(r"([ARDLSB_])(\d{1,6})")
_EPOCH = datetime(1970, 1, 1)


class Import(msgspec.Struct, frozen=True, kw_only=True):
    """One import: which files, how many more than are named, and the zone the person told for records without one."""

    files: tuple[Fingerprint, ...]
    more: int = 0
    zone: str = ""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """One sleep of one source. ``hypnogram``: its runs as letters and seconds, ``L1800R600``; ``_`` is a gap.
    ``of``: the key of the import that brought it."""

    episode: Episode
    hypnogram: str = ""
    of: str = ""


class Brought(msgspec.Struct, frozen=True, kw_only=True):
    """What an import did: sleeps that were new (or placed anew), and sleeps that were there already."""

    added: int
    same: int


class _Record(msgspec.Struct, frozen=True):
    key: str
    seq: int
    episode: Episode
    of: str


def keep(log: Log, episodes: Sequence[Episode], files: Sequence[Fingerprint], zone: str, rules: Rules) -> Brought:
    """Keep what an import read: all of it or nothing, in one step that one undo takes back."""
    named = tuple(sorted(files, key=lambda one: (one.sha256, one.name)))
    made = Import(files=named[:MAX_FILES], more=len(named[MAX_FILES:]), zone=zone)
    first = named[0].name if named else ""
    of = f"{_digest([one.sha256 for one in named])}/{first}"
    holding = {record.key for record in _holding(log.fold())}
    new: dict[str, Kept] = {}
    same = 0
    for episode in sorted(set(episodes), key=lambda one: (one.start, one.source, repr(one))):
        if not episode.start < episode.end <= episode.start + rules.longest:
            continue
        key = f"{_morning(episode)}/{_digest(episode)}"
        if key in holding:
            same += 1
        else:
            bare = msgspec.structs.replace(episode, runs=())
            new[key] = Kept(episode=bare, hypnogram=hypnogram(episode), of=of)
    if new:
        log.put_many([(IMPORT, of, made), *((SLEEP, key, kept) for key, kept in new.items())])
    return Brought(added=len(new), same=same)


def episodes(fold: Fold, rules: Rules) -> list[Episode]:
    """Every sleep that holds, without what a later import shows to have been rewritten."""
    return [record.episode for record in _without_stale(_holding(fold), rules)]


def nights(fold: Fold, rules: Rules, prefer: Sequence[str] = ()) -> Nights:
    """What all sources together say."""
    return nights_of((), episodes(fold, rules), rules, prefer)


def origins(fold: Fold, nights: Sequence[Night]) -> list[tuple[Fingerprint, ...]]:
    """The files that each night came from."""
    files = {key: event.read(Import).files for key, event in fold.current(IMPORT).items()}
    parts: dict[str, list[tuple[datetime, datetime, str]]] = defaultdict(list)
    for record in _holding(fold):
        held = record.episode
        span = _wall(held.start, held.offset_start), _wall(held.end, held.offset_end)
        parts[held.source].append((*span, record.of))
    for own in parts.values():
        own.sort()

    def of(night: Night) -> tuple[Fingerprint, ...]:
        start, end, own = night.start.replace(tzinfo=None), night.end.replace(tzinfo=None), parts[night.source]
        near = own[bisect_left(own, (start,)) : bisect_left(own, (end,))]
        found = {one for _, until, key in near if until <= end for one in files.get(key, ())}
        return tuple(sorted(found, key=lambda one: (one.name, one.sha256)))

    return [of(night) for night in nights]


def hypnogram(episode: Episode) -> str:
    """The runs as text, from the start of the episode."""
    parts: list[str] = []
    at = episode.start
    for start, end, stage in episode.runs:
        if start > at:
            parts.append(f"_{start - at}")
        parts.append(f"{_LETTERS[stage]}{end - start}")
        at = end
    return "".join(parts)


def runs_of(start: int, text: str) -> tuple[Run, ...]:
    """The reverse; :class:`InputError` for what is no hypnogram."""
    runs: list[Run] = []
    at = 0
    for match in _PIECE.finditer(text):
        if match.start() != at:
            break
        at, seconds = match.end(), int(match[2])
        if match[1] != "_":
            runs.append((start, start + seconds, _STAGES[match[1]]))
        start += seconds
    if at != len(text):
        raise InputError("hypnogram", text[:20], "letters and seconds, such as L1800R600")
    return tuple(runs)


def _holding(fold: Fold) -> list[_Record]:
    """The records in the place that holds for each, in order of their keys."""
    records = []
    for key, event in fold.current(SLEEP).items():
        kept = event.read(Kept)
        episode = msgspec.structs.replace(kept.episode, runs=runs_of(kept.episode.start, kept.hypnogram))
        records.append(_Record(key, event.seq, episode, kept.of))
    return sorted(_placed_once(records), key=lambda record: record.key)


def _placed_once(records: Iterable[_Record]) -> Iterable[_Record]:
    """Leave out a record that stands again in a better known, or later told, place.

    It is the same record if the source is, and either both wall clocks or both instants are; two records that each
    name their own zone are two.
    """
    claimed: dict[tuple[object, ...], tuple[object, ...]] = {}
    for record in sorted(records, key=lambda one: (KNOWN.index(one.episode.known), -one.seq)):
        held = record.episode
        place = (held.known, held.start, held.offset_start, held.end, held.offset_end)
        walls = (held.source, "wall", held.start + held.offset_start, held.end + held.offset_end)
        instants = (held.source, "instant", held.start, held.end)
        if held.known != "true" and any(claimed.get(name, place) != place for name in (walls, instants)):
            continue
        for name in (walls, instants):
            claimed.setdefault(name, place)
        yield record


def _without_stale(records: list[_Record], rules: Rules) -> list[_Record]:
    """The rule of :func:`anmin.imports.paint.without_stale` over imports: an earlier export may hold a remnant beside
    a night that a later one holds as rewritten since. Only what lies next to that night can be its remnant."""
    near = rules.longest + rules.split_gap
    by_source: dict[str, list[_Record]] = defaultdict(list)
    for record in sorted(records, key=lambda one: one.episode.start):
        if record.episode.written:
            by_source[record.episode.source].append(record)
    stale: set[str] = set()
    for own in by_source.values():
        starts = [one.episode.start for one in own]
        for record in own:
            held = record.episode
            around = own[bisect_left(starts, held.start - near) : bisect_left(starts, held.end + near)]
            if any(other.of != record.of and _rewrites(other.episode, held, rules) for other in around):
                stale.add(record.key)
    return [record for record in records if record.key not in stale]


def _rewrites(later: Episode, held: Episode, rules: Rules) -> bool:
    gap = max(later.start - held.end, held.start - later.end)
    written_anew = later.written > held.written + rules.rewritten_after and later.start < held.written
    return written_anew and 0 <= gap <= rules.split_gap


def _morning(episode: Episode) -> date:
    return _wall(episode.end, episode.offset_end).date()


def _wall(instant: int, offset: int) -> datetime:
    return _EPOCH + timedelta(seconds=instant + offset)


def _digest(value: object) -> str:
    return hashlib.sha256(msgspec.json.encode(value)).hexdigest()[:24]
