"""Apple Health export (``export.zip``, or the XML inside it under whatever name the phone's language gives it)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from anmin.imports import apple_reference, apple_scan
from anmin.imports.apple_rows import Reading, with_zones
from anmin.imports.files import Member
from anmin.imports.found import Ask, Format, Found

_ENCODING = re.compile(rb"<\?xml[^>]*encoding\s*=\s*[\"']([A-Za-z0-9._-]+)")


def recognise(member: Member) -> bool:
    """By the root element or its document type, in any encoding that XML may have; never by the file's name."""
    head = member.head.replace(b"\x00", b"")
    return b"<HealthData" in head or re.search(rb"<!DOCTYPE\s+HealthData", head) is not None


def read(members: Sequence[Member], ask: Ask) -> Found:
    """Every sleep record as a segment; the clinical document beside it (``export_cda.xml``) has another root."""
    found = Found()
    for member in members:
        reading = Reading()
        way = apple_scan if plain_utf8(member.head) else apple_reference
        with member.open() as stream:
            found.segments.extend(reading.segments(way.rows(stream, member.name)))
        found.left_out.update(reading.left_out)
    found.segments = with_zones(found.segments, ask)
    if any(segment.known == "inferred" for segment in found.segments):
        found.said.add("apple_zone_inferred")
    return found


def plain_utf8(head: bytes) -> bool:
    """Whether the quick way may read it: UTF-8 or ASCII, with or without a mark."""
    named = _ENCODING.search(head[:200])
    if head[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in head[:4]:
        return False
    return named is None or named[1].lower() in (b"utf-8", b"us-ascii", b"ascii")


FORMAT = Format("apple_health", "Apple Health", recognise, read)
