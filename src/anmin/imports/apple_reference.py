"""The slow way through an Apple Health export: a real XML parser, element by element.

It reads what the quick way cannot (UTF-16 and other encodings) and is what the quick way is tested against. Entity
declarations and document types that point outside are refused; nothing is kept of an element that has ended.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO
from xml.parsers import expat

from anmin.errors import InputError
from anmin.imports.apple_rows import SLEEP_TYPE, ZONE_KEY, Row

_BLOCK = 1 << 16
_MAX_DEPTH = 64


def rows(stream: IO[bytes], name: str = "export.xml") -> Iterator[Row]:
    """The sleep records in order; :class:`InputError` when the file is not well-formed XML."""
    reading = _Reference(name)
    try:
        while data := stream.read(_BLOCK):
            reading.parser.Parse(data, False)
            yield from reading.taken()
        reading.parser.Parse(b"", True)
        yield from reading.taken()
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise InputError("file", name, "a whole, well-formed export", str(error)) from None


class _Reference:
    def __init__(self, name: str) -> None:
        self.name = name
        self.parser = expat.ParserCreate()
        self.parser.specified_attributes = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.EntityDeclHandler = self._entity
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.open: list[dict[str, str] | None] = []
        self.ready: list[Row] = []

    def taken(self) -> list[Row]:
        ready, self.ready = self.ready, []
        return ready

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if not self.open and tag != "HealthData":
            raise InputError("file", self.name, "an Apple Health export: its first element is HealthData")
        if len(self.open) > _MAX_DEPTH:
            raise InputError("file", self.name, f"at most {_MAX_DEPTH} elements inside each other")
        record = tag == "Record" and attributes.get("type") == SLEEP_TYPE
        parent = self.open[-1] if self.open else None
        if parent is not None and tag == "MetadataEntry" and attributes.get("key") == ZONE_KEY:
            parent.setdefault("zone", attributes.get("value", ""))
        self.open.append(attributes if record else None)

    def _end(self, tag: str) -> None:
        held = self.open.pop()
        if held is not None:
            get = held.get
            self.ready.append(
                Row(
                    get("startDate", ""), get("endDate", ""), get("value", ""), get("sourceName", ""),
                    get("device", ""), get("creationDate", ""), get("zone", ""),
                )
            )  # fmt: skip

    def _entity(self, *_: object) -> None:
        raise InputError("file", self.name, "an export without entity declarations")

    def _doctype(self, name: str, system: str | None, public: str | None, internal: int) -> None:
        if system or public:
            raise InputError("file", self.name, "an export whose document type does not point outside")
