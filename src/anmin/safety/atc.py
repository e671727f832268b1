"""Finding rules by the code of a medicine.

The Anatomical Therapeutic Chemical classification (WHO) is a tree of prefixes: ``J01MA02`` ciprofloxacin is a
``J01MA`` fluoroquinolone is a ``J01`` antibacterial. A rule names prefixes; a longer one is more specific.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from anmin.knowledge.model import Interaction

SUBSTANCE_LEVEL = 7
"""Length of a complete code. A shorter one is a class: any of its members may be meant."""


class Match(NamedTuple):
    """A rule that speaks of a code."""

    rule: Interaction
    length: int
    """Length of the prefix that matched: longer is more specific."""
    certain: bool
    """False when only some members of the class that was given belong to the rule."""


def match_length(prefixes: Iterable[str], code: str) -> int:
    """Length of the longest prefix that covers ``code``; 0 when none does.

    >>> match_length(("J01MA", "J01MA02"), "J01MA02")
    7
    """
    return max((len(prefix) for prefix in prefixes if code.startswith(prefix)), default=0)


def may_mean(prefixes: Iterable[str], code: str) -> bool:
    """Whether a class code may mean something that one of the prefixes covers.

    >>> may_mean(("N05CF02",), "N05C"), may_mean(("N05CF02",), "N05CF01")
    (True, False)
    """
    return len(code) < SUBSTANCE_LEVEL and any(prefix.startswith(code) for prefix in prefixes)


def covers(prefixes: Iterable[str], code: str) -> bool:
    """Whether a code is, or may be, one that the prefixes cover."""
    prefixes = tuple(prefixes)
    return bool(match_length(prefixes, code)) or may_mean(prefixes, code)


class AtcIndex:
    """Rules by code, each code looked up once."""

    def __init__(self, rules: Iterable[Interaction]) -> None:
        self._rules = tuple((rule, (*rule.atc, *rule.atc_aliases)) for rule in rules)
        self._found: dict[str, tuple[Match, ...]] = {}

    def matches(self, code: str) -> tuple[Match, ...]:
        """Every rule that speaks of ``code``, in the order of the data."""
        found = self._found.get(code)
        if found is None:
            found = self._found[code] = tuple(self._match(code))
        return found

    def _match(self, code: str) -> Iterable[Match]:
        for rule, prefixes in self._rules:
            length = match_length(prefixes, code)
            if length:
                yield Match(rule, length, True)
            elif may_mean(prefixes, code):
                yield Match(rule, len(code), False)
