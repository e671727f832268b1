"""A small table as aligned lines, also in Chinese and Japanese."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from anmin.report.wrap import cells, wrap

_NARROWEST = 12
"""Cells below which a heading is not broken."""


def columns(
    rows: Sequence[Sequence[str]], left: Collection[int] = (0,), heads: Sequence[str] | None = None
) -> list[str]:
    """The lines of a table: the columns in ``left`` to the left, all others to the right, two blanks between.

    A heading wider than its column breaks into several lines, all above the rows.

    >>> columns([["a", "10"], ["bbb", "9"]], heads=["x", "how many"])
    ['x    how many', 'a          10', 'bbb         9']
    """
    above: list[list[str]] = []
    if heads is not None:
        narrow = [max([_NARROWEST, *(cells(row[at]) for row in rows)]) for at in range(len(heads))]
        broken = [wrap(head, room) for head, room in zip(heads, narrow, strict=True)]
        above = [[head[at] if at < len(head) else "" for head in broken] for at in range(max(map(len, broken)))]
    table = [*above, *rows]
    widths = [max(map(cells, column)) for column in zip(*table, strict=True)]

    def padded(word: str, at: int) -> str:
        space = " " * (widths[at] - cells(word))
        return word + space if at in left else space + word

    return ["  ".join(padded(word, at) for at, word in enumerate(row)).rstrip() for row in table]
