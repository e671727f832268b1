"""The quick way through an Apple Health export: find the sleep records, read only those tags.

A general XML parser looks at every one of millions of records; sleep is one in fifty. This one searches the bytes for
the name of the sleep type and reads the tag round it, whatever the order of its attributes and over however many
lines. Comments, CDATA, processing instructions and the document type are found by their ``!`` and ``?`` and passed
over, so that a record in a comment is none. :mod:`anmin.imports.apple_reference` must agree on every file.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from typing import IO, Protocol

from anmin.errors import InputError
from anmin.imports.apple_rows import SLEEP_TYPE, ZONE_KEY, Row

CHUNK = 1 << 20
MAX_TAG = 1 << 20
"""Longest record with its children, and longest document type."""

_REMEMBERED = 2048
_NEEDLE = SLEEP_TYPE.encode()
_BEGINNINGS = (b"<Record ", b"<Record\n", b"<Record\t", b"<Record\r")
_PAIR = rb"\s+[^\s=/>\"'<]+\s*=\s*(?:\"[^\"<]*\"|'[^'<]*')"
_RECORD = re.compile(rb"<Record((?:" + _PAIR + rb")*)\s*(/?)>")
_USUAL = re.compile(
    rb"<Record type=\"" + SLEEP_TYPE.encode() + rb"\" sourceName=\"([^\"<]*+)\"(?: sourceVersion=\"[^\"<]*+\")?"
    rb"(?: device=\"([^\"<]*+)\")?(?: unit=\"[^\"<]*+\")? creationDate=\"([\d: +-]*+)\" startDate=\"([\d: +-]*+)\""
    rb" endDate=\"([\d: +-]*+)\" value=\"([^\"<]*+)\"(/?)>"
)
"""The tag as Apple itself writes it; any other order goes the general way."""

_METADATA = re.compile(rb"<MetadataEntry((?:" + _PAIR + rb")*)\s*/?>")
_ATTRIBUTE = re.compile(rb"([^\s=/>\"'<]+)\s*=\s*(?:\"([^\"<]*)\"|'([^'<]*)')")
_OTHER = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>|(</Record\s*>)|(<[!?])", re.DOTALL)
_DOCTYPE = re.compile(
    rb"<!DOCTYPE\s+[^\s\[>]+\s*+(\[(?>[^\]\"'<]++|\"[^\"]*+\"|'[^']*+'|<!--.*?-->|<\?.*?\?>|<)*+\])?\s*+>", re.DOTALL
)
_ENTITY = re.compile(r"&(#x[0-9A-Fa-f]+|#[0-9]+|lt|gt|amp|quot|apos|[^;&]*);?")
_SPACE = re.compile(r"\r\n|[\r\n\t]")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}


class _ReadInto(Protocol):
    def readinto(self, buffer: memoryview, /) -> int | None: ...


def rows(stream: IO[bytes], name: str = "export.xml") -> Iterator[Row]:
    """The sleep records in order, in memory that does not grow with the file; :class:`InputError` when it is broken."""
    return _Scan(name).rows(stream)  # type: ignore[arg-type]


class _Scan:
    def __init__(self, name: str) -> None:
        self.name = name
        self.buffer = bytearray(CHUNK + MAX_TAG + 4096)
        self.plain: dict[bytes, str] = {}
        self.zones: dict[bytes, str] = {}
        self.until = b""  # what ends the comment we are inside of

    def rows(self, stream: _ReadInto) -> Iterator[Row]:
        view = memoryview(self.buffer)
        held = 0
        root = False
        while True:
            count = stream.readinto(view[held : held + CHUNK]) or 0
            end, last = held + count, count == 0
            root = root or self.buffer.find(b"<HealthData", 0, end) >= 0
            keep = yield from self._part(end, last)
            if last:
                break
            held = end - keep
            if held > MAX_TAG:
                raise self._broken("a tag or record that ends")
            view[:held] = view[keep:end]
        if self.until or not root or self.buffer.rfind(b"</HealthData", 0, end) < 0:
            raise self._broken("a whole export: it has to end with </HealthData>")

    def _part(self, end: int, last: bool) -> Generator[Row, None, int]:
        """Read what is whole of the buffer; the place from which the rest has to be kept is its return value."""
        buffer, at = self.buffer, 0
        if self.until:
            at = buffer.find(self.until, 0, end)
            if at < 0:
                return max(0, end - 2)
            at, self.until = at + len(self.until), b""
        hit = mark = ask = -1
        while True:
            hit = self._next(_NEEDLE, hit, at, end)
            mark = self._markup(b"!", mark, at, end)
            ask = self._markup(b"?", ask, at, end)
            first = min(hit, mark, ask)
            if first >= end:
                break
            if first != hit:
                passed = self._pass(first, end)
                if passed < 0:
                    return self._rest(first, end, last)
                at = passed
                continue
            tag = buffer.rfind(b"<", at, hit)
            if tag < 0 or not buffer.startswith(_BEGINNINGS, tag):
                at = hit + 1
                continue
            usual = _USUAL.match(buffer, tag, end)
            match = usual or _RECORD.match(buffer, tag, end)
            if match is None:
                return self._rest(tag, end, last)
            if match.end() <= hit:
                at = hit + 1
                continue
            zone = ""
            if not match[match.re.groups]:
                found = self._zone(match.end(), end)
                if found is None:
                    return self._rest(tag, end, last)
                zone = found
            if usual is not None:
                source, device, created, start, finish, value, _ = usual.groups(b"")
                yield Row(
                    start.decode(), finish.decode(), self._text(value), self._text(source), self._text(device),
                    created.decode(), zone,
                )  # fmt: skip
            elif (row := self._row(match[1], zone)) is not None:
                yield row
            at = match.end()
        tail = buffer.rfind(b"<", at, end)
        long_text = tail >= 0 and end - tail > CHUNK // 2 and buffer.find(b">", tail, end) >= 0
        return max(at, end - len(_NEEDLE)) if tail < 0 or long_text else tail

    def _next(self, what: bytes, found: int, at: int, end: int) -> int:
        if found >= at:
            return found
        place = self.buffer.find(what, at, end)
        return place if place >= 0 else end

    def _markup(self, sign: bytes, found: int, at: int, end: int) -> int:
        """The next ``<!`` or ``<?``, by its second character: that is rare, ``<`` is not."""
        if found >= at:
            return found
        place = self.buffer.find(sign, at, end)
        while place >= 0:
            if place > at and self.buffer[place - 1] == 0x3C:
                return place - 1
            place = self.buffer.find(sign, place + 1, end)
        return end

    def _pass(self, at: int, end: int) -> int:
        """The place behind a comment, CDATA section, instruction or document type; -1 when it is not whole yet."""
        for begin, close in ((b"<!--", b"-->"), (b"<![CDATA[", b"]]>"), (b"<?", b"?>")):
            if self.buffer.startswith(begin, at, end):
                found = self.buffer.find(close, at + len(begin), end)
                if found < 0:
                    self.until = close
                return found + len(close) if found >= 0 else -1
        match = _DOCTYPE.match(self.buffer, at, end)
        if match is None:
            return -1
        if re.search(rb"<!ENTITY", match[0]):
            raise InputError("file", self.name, "an export without entity declarations")
        return match.end()

    def _rest(self, at: int, end: int, last: bool) -> int:
        if self.until:
            return max(at, end - 2)
        if last:
            raise self._broken("a whole export: a tag is cut off or malformed")
        return at

    def _zone(self, at: int, end: int) -> str | None:
        """``HKTimeZone`` among the children of a record; None when its end is not in the buffer."""
        close = self.buffer.find(b"</Record>", at, end)
        block = bytes(self.buffer[at:close]) if close >= 0 else b"<!"
        if block in self.zones:
            return self.zones[block]
        if b"<!" in block or b"<?" in block:
            return self._zone_anew(at, end)
        if len(self.zones) > _REMEMBERED:
            self.zones.clear()
        zone = self.zones[block] = self._zone_among(block)
        return zone

    def _zone_anew(self, at: int, end: int) -> str | None:
        """The same past comments, which may hold what looks like the end."""
        children = bytearray()
        for match in _OTHER.finditer(self.buffer, at, end):
            if match[2] is not None:  # a comment that is not whole yet
                return None
            children += self.buffer[at : match.start()]
            at = match.end()
            if match[1] is not None:
                break
        else:
            return None
        return self._zone_among(bytes(children))

    def _zone_among(self, children: bytes) -> str:
        if ZONE_KEY.encode() not in children:
            return ""
        for entry in _METADATA.finditer(children):
            held = self._attributes(entry[1])
            if held.get("key") == ZONE_KEY:
                return held.get("value", "")
        return ""

    def _row(self, written: bytes, zone: str) -> Row | None:
        held = self._attributes(written)
        if held.get("type") != SLEEP_TYPE:
            return None
        get = held.get
        return Row(
            get("startDate", ""), get("endDate", ""), get("value", ""), get("sourceName", ""), get("device", ""),
            get("creationDate", ""), zone,
        )  # fmt: skip

    def _attributes(self, written: bytes) -> dict[str, str]:
        held: dict[str, str] = {}
        try:
            for name, double, single in _ATTRIBUTE.findall(written):
                held[name.decode()] = self._text(double or single)
        except UnicodeDecodeError:
            raise self._broken("text in UTF-8") from None
        return held

    def _text(self, written: bytes) -> str:
        """A value as a parser gives it; most repeat."""
        if written in self.plain:
            return self.plain[written]
        if len(self.plain) > _REMEMBERED:
            self.plain.clear()
        try:
            text = self.plain[written] = _plain(written.decode())
        except UnicodeDecodeError:
            raise self._broken("text in UTF-8") from None
        except (KeyError, ValueError, OverflowError) as error:
            raise self._broken(f"characters and entities that exist, not {error}") from None
        return text

    def _broken(self, allowed: str) -> InputError:
        return InputError("file", self.name, allowed)


def _plain(text: str) -> str:
    """An attribute as a parser gives it: line ends and tabs as spaces, then entities resolved."""
    if "\n" in text or "\t" in text or "\r" in text:
        text = _SPACE.sub(" ", text)
    return _ENTITY.sub(_resolved, text) if "&" in text else text


def _resolved(match: re.Match[str]) -> str:
    name = match[1]
    if not match[0].endswith(";"):
        raise ValueError(match[0][:20])
    if not name.startswith("#"):
        return _NAMED[name]
    code = int(name[2:], 16) if name[1] == "x" else int(name[1:])
    if (code < 32 and code not in (9, 10, 13)) or 0xD800 <= code <= 0xDFFF or code in (0xFFFE, 0xFFFF):
        raise ValueError(name)
    return chr(code)
