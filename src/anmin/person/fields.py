"""One value of a profile at a time: from a node of the file to what the answer means, or an error with its line."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from anmin.errors import InputError, ProfileError
from anmin.knowledge.load import Knowledge
from anmin.knowledge.plain import Node
from anmin.person.day_times import find_hours, with_clocks
from anmin.person.quantities import folded, number
from anmin.person.words import allowed, choose, is_nothing, is_unanswered, plain
from anmin.units.clock import show_clock

T = TypeVar("T")

_NOT_APPLICABLE = ("n/a", "na", "n.a")


class Reader:
    """Reads values of one file. Every method gives None for an absent answer, and for "I do not know"."""

    def __init__(self, knowledge: Knowledge, file: str) -> None:
        self.knowledge = knowledge
        self.file = file

    def error(self, field: str, node: Node, allowed: str, hint: str = "") -> ProfileError:
        """The error of a value, with its line."""
        value = node.value
        shown: object = value if isinstance(value, str) or value is None else type(value).__name__
        return ProfileError(field, shown, allowed, hint, file=self.file, line=node.line)

    def at_line(self, node: Node, read: Callable[..., T], *args: Any) -> T:
        """Call a reading function; an error it raises gets this node's line."""
        try:
            return read(*args)
        except InputError as error:
            raise ProfileError(error.field, error.value, error.allowed, error.hint, file=self.file,
                               line=node.line) from None  # fmt: skip

    def text(self, node: Node | None, field: str) -> str | None:
        """A single value as it was typed."""
        if node is None or node.value is None:
            return None
        if not isinstance(node.value, str):
            raise self.error(field, node, "a single value")
        return None if is_unanswered(node.value, self.knowledge) else node.value

    def number(self, node: Node | None, field: str, range_id: str, units: str = "") -> float | None:
        """A number within its range."""
        text = self.text(node, field)
        if text is None or node is None:
            return None
        return self.at_line(node, number, text, range_id, field, self.knowledge, units)

    def whole(self, node: Node | None, field: str, range_id: str, units: str = "") -> int | None:
        """A whole number within its range."""
        value = self.number(node, field, range_id, units)
        if value is None or node is None:
            return None
        if value != int(value):
            bounds = self.knowledge.ranges[range_id]
            raise self.error(field, node, f"a whole number, {bounds.low:g} to {bounds.high:g} {bounds.unit}")
        return int(value)

    def quantity(self, node: Node | None, field: str, read: Callable[..., T]) -> T | None:
        """What one of the functions of :mod:`anmin.person.quantities` makes of the text."""
        text = self.text(node, field)
        return None if text is None or node is None else self.at_line(node, read, text, field, self.knowledge)

    def kept(self, node: Node | None, field: str, read: Callable[..., object]) -> str | None:
        """The text itself, once ``read`` has found nothing wrong with it."""
        self.quantity(node, field, read)
        return self.text(node, field)

    def yes_no(self, node: Node | None, field: str) -> bool | None:
        """yes or no, in three languages."""
        answer = self.choice(node, field, "yes_no")
        return None if answer is None else answer == "yes"

    def choice(self, node: Node | None, field: str, words: str) -> str | None:
        """One of a closed set of words."""
        text = self.text(node, field)
        if text is None or node is None:
            return None
        value = choose(words, text, self.knowledge)
        if value is None:
            names = allowed(words, self.knowledge)
            raise self.error(field, node, ", ".join(names), nearest(text, names))
        return value

    def clock(self, node: Node | None, field: str) -> str | None:
        """A single time of day, written 23:30."""
        text = self.text(node, field)
        if text is None or node is None:
            return None
        hours = self.at_line(node, find_hours, text, self.knowledge, field)
        if len(hours.clocks) != 1 or hours.words or re.search(r"\w", hours.rest):
            raise self.error(field, node, "a time of day from 00:00 to 23:59, for example 22:30")
        return show_clock(hours.clocks[0])

    def hours(self, node: Node | None, field: str) -> tuple[str, ...] | None:
        """Clock times and words for hours, as typed."""
        if node is None or node.value is None:
            return None
        nodes = node.value if isinstance(node.value, list) else [node]
        made: list[str] = []
        for each in nodes:
            text = self.text(each, field)
            if text is None:
                continue
            hours = self.at_line(each, find_hours, text, self.knowledge, field)
            if not hours.found or re.search(r"\w", hours.rest):
                bare = re.fullmatch(r"\s*(\d{1,2})\s*", text)
                hint = f"If it is an hour, write {int(bare[1])}:00." if bare and int(bare[1]) < 24 else ""
                raise self.error(field, each, "clock times such as 08:00, or words such as bedtime, 朝食後, 睡前", hint)
            made.append(with_clocks(text))
        return tuple(made) or None

    def words(self, node: Node | None, field: str) -> tuple[str, ...] | None:
        """A list of words; a single line is split at commas, and "none" is the empty list."""
        if node is None or node.value is None:
            return None
        if isinstance(node.value, str):
            if is_unanswered(node.value, self.knowledge):
                return None
            if is_nothing(node.value, self.knowledge):
                return ()
            return tuple(part for part in map(str.strip, re.split(r"[,，、;；]", node.value)) if part)
        if isinstance(node.value, dict):
            raise self.error(field, node, "a list, one entry a line")
        if self._says_none(node.value):
            return ()
        if node.value and all(self.text(each, f"{field}[]") is None for each in node.value):
            return None
        return tuple(text for each in node.value if (text := self.text(each, f"{field}[]")) is not None)

    def lines(self, node: Node | None, field: str) -> list[Node] | None:
        """The entries of a list, or of a mapping from names to hours; "none" is the empty list."""
        if node is None or node.value is None:
            return None
        if isinstance(node.value, str):
            if is_unanswered(node.value, self.knowledge):
                return None
            return [] if is_nothing(node.value, self.knowledge) else [node]
        if isinstance(node.value, dict):
            return [Node({name: each}, each.line) for name, each in node.value.items()]
        if self._says_none(node.value):
            return []
        told = [each for each in node.value if each.value is not None]
        unanswered = (isinstance(each.value, str) and is_unanswered(each.value, self.knowledge) for each in told)
        return None if told and all(unanswered) else told

    def _says_none(self, entries: list[Node]) -> bool:
        """Whether the only entry of a list is a word for nothing; "N/A" there is one as well."""
        only = entries[0].value if len(entries) == 1 else None
        return isinstance(only, str) and (
            is_nothing(only, self.knowledge) or plain(only).replace(" ", "") in _NOT_APPLICABLE
        )

    def mapping(self, node: Node | None, field: str, known: Iterable[str]) -> dict[str, Node]:
        """A block of fields; :class:`ProfileError` for one that does not exist, with the closest that does."""
        if node is None or node.value is None:
            return {}
        if not isinstance(node.value, dict):
            raise self.error(field, node, f"lines such as `{next(iter(known))}: ...` below `{field}:`")
        names = tuple(known)
        made: dict[str, Node] = {}
        for typed, value in node.value.items():
            name = self.key(typed, field, names, value)
            if name in made:
                raise ProfileError(f"{field}.{name}", typed, "every field once", file=self.file, line=value.line)
            made[name] = value
        return made

    def key(self, typed: str, field: str, names: tuple[str, ...], node: Node) -> str:
        """The field a typed key means."""
        key = plain(typed).replace("-", " ")
        for name in names:
            if key == name.replace("_", " "):
                return name
        inside = choose("key", typed, self.knowledge)
        if inside and (found := inside.rpartition(".")[2]) in names:
            return found
        where = f"{field}.{typed}" if field else typed
        raise ProfileError(where, typed, ", ".join(names), nearest(typed, names) or "Unknown field.",
                           file=self.file, line=node.line)  # fmt: skip


def nearest(typed: str, names: Iterable[str]) -> str:
    """``Did you mean age?``, or nothing when no name is near."""
    close = difflib.get_close_matches(folded(typed).lower().replace(" ", "_"), list(names), n=1, cutoff=0.5)
    return f"Did you mean {close[0]}?" if close else ""
