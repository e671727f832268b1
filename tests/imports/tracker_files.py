"""Synthetic exports for the tests of the formats."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from anmin.imports.files import Member, opened
from anmin.imports.found import Ask, Format, Found
from anmin.imports.instants import asked_zone
from anmin.imports.model import Nights, rules_of
from anmin.imports.night import nights_of
from anmin.knowledge.load import load

RULES = rules_of(load())


def put(folder: Path, files: Mapping[str, object]) -> list[str]:
    """Write files (bytes, text, or anything as JSON); their paths."""
    paths = []
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(packed(content))
        paths.append(str(path))
    return paths


def packed(content: object) -> bytes:
    if isinstance(content, bytes):
        return content
    return content.encode() if isinstance(content, str) else json.dumps(content).encode()


def zipped(files: Mapping[str, object]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, packed(content))
    return target.getvalue()


@contextmanager
def members(paths: Iterable[str]) -> Iterator[list[Member]]:
    with opened(list(paths)) as found:
        yield found


def found_by(format: Format, paths: Iterable[str], zone: str | None = None) -> Found:
    """What one format reads out of the files it recognises; all of them must be its own."""
    with members(paths) as every:
        own = [member for member in every if format.recognise(member)]
        assert own, "not recognised"
        return format.read(own, Ask(RULES, asked_zone(zone)))


def nights_by(format: Format, paths: Iterable[str], zone: str | None = None) -> Nights:
    found = found_by(format, paths, zone)
    return nights_of(found.segments, found.episodes, RULES)
