"""Every format, and the way from files to nights: recognise by content, read, rank, join."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from anmin.errors import InputError
from anmin.imports import (
    apple,
    edf,
    fitbit,
    gadgetbridge,
    garmin,
    garmin_fit,
    health_connect,
    open_mhealth,
    oura,
    plees,
    polar,
    samsung,
    sleep_as_android,
    sleepdiary,
    table,
    whoop,
    withings,
    xiaomi,
)  # fmt: skip
from anmin.imports.files import Fingerprint, Member, fingerprint, opened
from anmin.imports.found import Ask, Format, Found
from anmin.imports.model import Episode, Nights
from anmin.imports.night import nights_of
from anmin.imports.paint import episodes_of

FORMATS: tuple[Format, ...] = (
    apple.FORMAT,
    health_connect.FORMAT,
    fitbit.FORMAT,
    oura.FORMAT,
    garmin.FORMAT,
    garmin_fit.FORMAT,
    withings.FORMAT,
    whoop.FORMAT,
    samsung.FORMAT,
    xiaomi.FORMAT,
    gadgetbridge.FORMAT,
    sleep_as_android.FORMAT,
    polar.FORMAT,
    plees.FORMAT,
    sleepdiary.FORMAT,
    open_mhealth.FORMAT,
    edf.FORMAT,
    table.FORMAT,
)
"""In the order in which they are tried; the person's own table comes last."""


@dataclass(frozen=True)
class Imported:
    """Nights and naps, and the sleeps of each source they were made of. What is to be said: files by format, records
    left out by reason, messages by name."""

    nights: Nights
    episodes: tuple[Episode, ...]
    files: dict[str, int]
    left_out: dict[str, int]
    said: tuple[str, ...]


def read_files(paths: list[str], ask: Ask, prefer: Sequence[str] = ()) -> Imported:
    """Everything that the files hold, in whatever order they come; :class:`InputError` if none is known."""
    formats = _formats(ask)
    with opened(paths, lambda member: any(format.recognise(member) for format in formats)) as members:
        sorted_out = recognised(members, formats)
        if not sorted_out:
            names = ", ".join(format.name for format in FORMATS)
            raise InputError(
                "file", paths[0] if paths else "", f"an export of: {names}", "None of it was found inside."
            )
        found = [format.read(own, ask) for format, own in sorted_out.items()]
        files = {format.name: len(own) for format, own in sorted_out.items()}
    return _together(found, files, ask, prefer)


def recognised(members: Sequence[Member], formats: Sequence[Format] = FORMATS) -> dict[Format, list[Member]]:
    """Members by their format; what no format knows is left out. Sorted, so that order makes no difference."""
    by_format: dict[Format, list[Member]] = {}
    for format in formats:
        own = [member for member in members if format.recognise(member)]
        if own:
            by_format[format] = sorted(own, key=lambda member: (member.base, member.size, member.name))
            taken = set(map(id, own))
            members = [member for member in members if id(member) not in taken]
    return by_format


def fingerprints(paths: Sequence[str], ask: Ask) -> list[Fingerprint]:
    """Of every file named, and of the files of known formats in the folders named."""
    found = []
    for named in paths:
        if not Path(named).is_dir():
            found.append(fingerprint(Path(named)))
            continue
        with opened([named], lambda member: any(format.recognise(member) for format in _formats(ask))) as members:
            found.extend(fingerprint(member.path) for member in members if member.path is not None)
    return found


def _formats(ask: Ask) -> tuple[Format, ...]:
    return (*FORMATS[:-1], table.with_columns(ask.columns) if ask.columns else table.FORMAT)


def _together(found: list[Found], files: dict[str, int], ask: Ask, prefer: Sequence[str]) -> Imported:
    left_out: Counter[str] = Counter()
    said: set[str] = set()
    for one in found:
        left_out.update(one.left_out)
        said |= one.said
    episodes = episodes_of((segment for one in found for segment in one.segments), ask.rules)
    episodes += [episode for one in found for episode in one.episodes]
    nights = nights_of((), episodes, ask.rules, prefer)
    if any(night.known == "unknown" for night in (*nights.nights, *nights.naps)):
        said.add("zone_unknown")
    return Imported(nights, tuple(episodes), files, dict(sorted(left_out.items())), tuple(sorted(said)))
