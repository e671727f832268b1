"""The text of a plain or gzip file in blocks of whole lines, unpacked ahead in a thread of its own.

bgzip is gzip in many members. Files come from outside: their lines, bytes and the ratio of unpacked to packed are
bounded, a file that was cut is told as such, and no more than a few blocks are ever in memory.
"""

from __future__ import annotations

import itertools
import queue
import re
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from anmin.errors import InputError
from anmin.evidence.mr.builds import build_in
from anmin.evidence.mr.columns import Layout, layout_of

MAX_BYTES = 16 << 30
"""Unpacked; five times a whole-genome file of 21 million rows."""
MAX_LINE = 1 << 16
MAX_HEADER_LINES = 100_000
MAX_RATIO = 200
"""Unpacked to packed; tables of associations stay below 20."""
_RATIO_FROM = 64 << 20
_BLOCK = 1 << 20
_PIECE = 1 << 16
_AHEAD = 4
_BGZF_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")

Progress = Callable[[int], None]
"""Called with the packed bytes read so far."""


@dataclass(frozen=True)
class Text:
    """A table as text: what its header says, and its rows in blocks that end with a line.

    Runs of blanks between cells are one, and lines end in a line feed only.
    """

    layout: Layout
    separator: bytes
    build: str | None
    blocks: Iterator[bytes]


@contextmanager
def open_text(path: Path, limit: int = MAX_BYTES, progress: Progress | None = None) -> Iterator[Text]:
    """The file, read ahead while the context lasts; :class:`InputError` for whatever is wrong with it, also later."""
    ended = threading.Event()
    blocks = _ahead(_blocks(path, limit, progress), ended)
    try:
        yield _text(path, blocks)
    finally:
        ended.set()


def header_of(path: Path) -> tuple[Layout, bytes, str | None]:
    """Layout, separator and build of a file, from its first block only."""
    blocks = _blocks(path, MAX_BYTES, None)
    text = _text(path, blocks)
    return text.layout, text.separator, text.build


def first_row(path: Path) -> bytes:
    """The first row below the header; empty where there is none."""
    text = _text(path, _blocks(path, MAX_BYTES, None))
    return next(text.blocks, b"").partition(b"\n")[0]


def _text(path: Path, blocks: Iterator[bytes]) -> Text:
    comments: list[str] = []
    rest = b""
    while True:
        if not rest:
            rest = next(blocks, b"")
        line, _, rest = rest.partition(b"\n")
        if not line.startswith(b"##"):
            break
        comments.append(line[:1000].decode("utf-8", "replace"))
        if len(comments) > MAX_HEADER_LINES:
            raise InputError(path.name, f"{len(comments)} lines of header", f"at most {MAX_HEADER_LINES}")
    text = _decoded(line.rstrip(b"\r"), path.name)
    separator = "\t" if "\t" in text else "," if "," in text else " "
    cells = text.split() if separator == " " else text.split(separator)
    rows = (_squeezed(block, separator == " ") for block in itertools.chain((rest,), blocks))
    return Text(layout_of(cells, path.name), separator.encode(), build_in(comments), filter(None, rows))


def _squeezed(block: bytes, blanks: bool) -> bytes:
    if b"\r" in block:
        block = block.replace(b"\r\n", b"\n")
    if blanks and (b"  " in block or b"\n " in block or b" \n" in block or b"\t" in block or block[:1] == b" "):
        block = re.sub(rb"(?m)^ | $", b"", re.sub(rb"[ \t]+", b" ", block))
    if b"\n\n" in block or block[:1] == b"\n":
        block = re.sub(rb"(?m)^\n", b"", block)
    return block


def _blocks(path: Path, limit: int, progress: Progress | None) -> Iterator[bytes]:
    """Whole lines, each block ending with a line end."""
    rest, total = b"", 0
    for piece in _unpacked(path, progress):
        total += len(piece)
        if total > limit:
            raise InputError(path.name, f"more than {limit} bytes", "a smaller file")
        cut = piece.rfind(b"\n") + 1
        if not cut:
            rest += piece
        else:
            yield rest + piece[:cut]
            rest = piece[cut:]
        if len(rest) > MAX_LINE:
            raise endless(path.name)
    if rest:
        yield rest + b"\n"


def endless(name: str) -> InputError:
    """The refusal of a line that is too long."""
    return InputError(name, "a line without end", f"lines of at most {MAX_LINE} bytes")


def _unpacked(path: Path, progress: Progress | None) -> Iterator[bytes]:
    """Pieces of about a mebibyte."""
    try:
        with path.open("rb") as handle:
            start = handle.read(18)
            handle.seek(0)
            pieces = _members(handle, path.name, progress) if start[:2] == b"\x1f\x8b" else _plain(handle, progress)
            kept: list[bytes] = []
            size = 0
            for piece in pieces:
                kept.append(piece)
                size += len(piece)
                if size >= _BLOCK:
                    yield b"".join(kept)
                    kept, size = [], 0
            if start[:2] == b"\x1f\x8b" and start[12:14] == b"BC":
                _check_end(handle, path.name)
            yield b"".join(kept)
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError("file", str(path), "a readable text or gzip file", reason) from None


def _plain(handle: BinaryIO, progress: Progress | None) -> Iterator[bytes]:
    read = 0
    while data := handle.read(_BLOCK):
        read += len(data)
        if progress:
            progress(read)
        yield data


def _members(handle: BinaryIO, name: str, progress: Progress | None) -> Iterator[bytes]:
    """Every gzip member after the other; zlib checks each sum and length."""
    unpacker = zlib.decompressobj(31)
    begun = False
    packed = unpacked = 0
    while data := handle.read(_BLOCK):
        packed += len(data)
        if progress:
            progress(packed)
        view, at = memoryview(data), 0
        while at < len(data):
            if not begun and not any(view[at : at + 8]):
                at += 8  # padding after the last member
                continue
            begun = True
            taken = view[at : at + _PIECE]
            piece = unpacker.decompress(taken, _BLOCK)
            at += len(taken)
            while True:
                unpacked += len(piece)
                if unpacked > _RATIO_FROM and unpacked > MAX_RATIO * packed:
                    raise InputError(name, f"{unpacked} bytes out of {packed}", f"at most {MAX_RATIO} times as many")
                yield piece
                if unpacker.eof or not unpacker.unconsumed_tail:
                    break
                piece = unpacker.decompress(unpacker.unconsumed_tail, _BLOCK)
            if unpacker.eof:
                at -= len(unpacker.unused_data)
                unpacker, begun = zlib.decompressobj(31), False
    if begun:
        raise EOFError("the file was cut: its last block is not complete")


def _check_end(handle: BinaryIO, name: str) -> None:
    handle.seek(-len(_BGZF_END), 2)
    if handle.read() != _BGZF_END:
        raise InputError(name, "no end mark", "a whole bgzip file", "It was cut; fetch it again.")


def _ahead(blocks: Iterator[bytes], ended: threading.Event) -> Iterator[bytes]:
    """The same blocks, a few made in advance by a thread (zlib leaves the interpreter free) until ``ended``."""
    made: queue.Queue[bytes | BaseException | None] = queue.Queue(_AHEAD)

    def put(item: bytes | BaseException | None) -> bool:
        while not ended.is_set():
            try:
                made.put(item, timeout=0.1)
            except queue.Full:
                continue
            return True
        return False

    def work() -> None:
        try:
            for block in blocks:
                if not put(block):
                    return
            put(None)
        except BaseException as error:
            put(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    while True:
        item = made.get()
        if item is None:
            return
        if isinstance(item, BaseException):
            raise item
        yield item


def _decoded(line: bytes, name: str) -> str:
    try:
        text = line.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(name, shown(line), "a header in UTF-8") from None
    if not text.strip() or "\0" in text:
        raise InputError(name, shown(line), "a first line with the names of the columns")
    return text


def shown(line: bytes) -> str:
    """The beginning of a line, for an error."""
    return line[:60].decode("utf-8", "replace")
