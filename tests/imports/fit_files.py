"""A tiny encoder of FIT files: just what a night has."""

from __future__ import annotations

import struct
from collections.abc import Iterable

EPOCH = 631_065_600
_NIBBLES = (
    0x0000, 0xCC01, 0xD801, 0x1400, 0xF001, 0x3C00, 0x2800, 0xE401, 0xA001, 0x6C00, 0x7800, 0xB401, 0x5000, 0x9C01,
    0x8801, 0x4400,
)  # fmt: skip
_SIZES = {0x00: "B", 0x02: "B", 0x86: "I"}

Message = tuple[int, dict[tuple[int, int], int]]
"""Global number, and values by field number and base type."""


def crc(data: bytes) -> int:
    """The FIT checksum, a nibble at a time."""
    value = 0
    for byte in data:
        for nibble in (byte & 15, byte >> 4):
            value = (value >> 4) ^ _NIBBLES[value & 15] ^ _NIBBLES[nibble]
    return value


def encode(messages: Iterable[Message]) -> bytes:
    body = bytearray()
    for number, fields in messages:
        body += struct.pack("<BBBHB", 0x40, 0, 0, number, len(fields))
        for field, base in fields:
            body += struct.pack("<BBB", field, struct.calcsize(_SIZES[base]), base)
        body += b"\x00" + b"".join(struct.pack(f"<{_SIZES[base]}", value) for (_, base), value in fields.items())
    head = struct.pack("<BBHI4s", 14, 0x10, 2132, len(body), b".FIT")
    head += struct.pack("<H", crc(head))
    return bytes(head + body + struct.pack("<H", crc(head + bytes(body))))


def file_id() -> Message:
    return 0, {(0, 0x00): 49}


def sleep_event(at: int, kind: int = 0) -> Message:
    return 21, {(253, 0x86): at - EPOCH, (0, 0x00): 74, (1, 0x00): kind}


def level(at: int, stage: int) -> Message:
    return 275, {(253, 0x86): at - EPOCH, (0, 0x00): stage}


def clock(at: int, offset: int) -> Message:
    return 162, {(253, 0x86): at - EPOCH, (3, 0x86): at + offset - EPOCH}
