"""The rules of one knowledge base, prepared once for looking up."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from anmin.knowledge.combinations import ANY_SEDATING, ANY_SLEEP_INGREDIENT
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Condition, Interaction, Limit
from anmin.safety.atc import AtcIndex, covers

MAGNESIUM = "magnesium"
HOT_BATH = "hot_bath"
ALCOHOL = "alcohol"
ALCOHOL_CODE = "V03AZ01"
"""What rules call a drink: alcohol counts as a medicine with this code."""
_KEPT = 4
_books: dict[int, Rulebook] = {}


class Rulebook:
    """Rules by what they speak of. Read only, but it remembers what it has looked up."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        substances = knowledge.substances.values()
        self.sedating = frozenset(each.id for each in substances if each.sedating)
        self.swallowed = frozenset(each.id for each in substances if each.kind in ("supplement", "nutrient"))
        self.sleep_ingredients = frozenset(each.id for each in substances if each.pathways) & self.swallowed
        self.interactions = {
            name: AtcIndex(rule for rule in knowledge.interactions.values() if rule.substance == name and rule.atc)
            for name in {rule.substance for rule in knowledge.interactions.values()}
        }
        self.fallback = _only(
            rule for rule in knowledge.interactions.values()
            if rule.substance == MAGNESIUM and rule.class_default and not rule.atc
        )  # fmt: skip
        """The row for every oral medicine that no other magnesium row with hours speaks of."""
        self.conditions = _by(knowledge.conditions.values(), lambda rule: rule.applies_to)
        self.limits = _by(knowledge.limits.values(), lambda rule: (rule.substance,))
        self.pairs = tuple(knowledge.combinations.values())
        self.bound: dict[Any, Any] = {}
        """What :mod:`anmin.safety.bindings` has looked up before."""
        self._names: dict[str, tuple[str, ...]] = {}
        self._judged: dict[str, bool] = {}

    def names(self, substance: str) -> tuple[str, ...]:
        """What rules may call a substance. One that nobody knows counts as sedating, the safer guess."""
        names = self._names.get(substance)
        if names is None:
            known = self.knowledge.substances.get(substance)
            own = (substance, *(known.rule_ids if known else ()))
            sedating = (ANY_SEDATING,) if known is None or known.sedating else ()
            names = self._names[substance] = (*own, *sedating)
        return names

    def is_sedating(self, substance: str) -> bool:
        """Whether a substance sedates; an unknown one does."""
        return ANY_SEDATING in self.names(substance)

    def in_group(self, substance: str, group: str) -> bool:
        """Whether a substance is, or belongs to, what a combination names."""
        if group == ANY_SEDATING:
            return self.is_sedating(substance)
        if group == ANY_SLEEP_INGREDIENT:
            return substance in self.sleep_ingredients
        return substance == group

    def conditions_of(self, substance: str) -> tuple[Condition, ...]:
        """The condition rows that speak of a substance, each once."""
        found = {rule.id: rule for name in self.names(substance) for rule in self.conditions.get(name, ())}
        return tuple(found.values())

    def limits_of(self, substance: str) -> tuple[Limit, ...]:
        """The limit rows of a substance."""
        return self.limits.get(substance, ())

    def judged(self, substance: str) -> bool:
        """Whether any rule about a medicine, a state or an amount speaks of something that is eaten or drunk.

        A silence of all of them is no permission. A pair of two ingredients alone judges neither of them.
        """
        known = self._judged.get(substance)
        if known is None:
            spoken = any(self.interactions.get(name) for name in self.names(substance))
            known = self._judged[substance] = (
                self.knowledge.substances[substance].kind == "practice"
                or spoken
                or bool(self.conditions_of(substance))
                or any(row.binding for row in self.limits_of(substance))
            )
        return known

    def sedative_codes(self) -> tuple[str, ...]:
        """Prefixes of the sedatives of the bath rules: the medicines that no sedating ingredient may be stacked on, and
        the code set ``bath-sedatives``.

        Without alcohol, which has a bath rule of its own.
        """
        stacked = tuple(
            code
            for rule in self.knowledge.interactions.values()
            if rule.substance == ANY_SEDATING and rule.action == "avoid"
            for code in rule.atc
            if code != ALCOHOL_CODE
        )
        return (*stacked, *self._codes("bath-sedatives"))

    def washout_days(self, codes: Iterable[str]) -> float:
        """How many days a stopped medicine still counts: of several codes, or possible members, the longest."""
        longest = self.knowledge.value("safety.washout_days")
        if any(covers(self._codes("long-washout-medicines"), code) for code in codes):
            longest = max(longest, self.knowledge.value("safety.long_washout_days"))
        return longest

    def reaches_blood_from_nose(self, codes: Iterable[str]) -> bool:
        """Whether a nasal spray is one that is meant for the whole body."""
        return any(covers(self._codes("nasal-systemic-medicines"), code) for code in codes)

    def _codes(self, name: str) -> tuple[str, ...]:
        known = self.knowledge.code_sets.get(name)
        return known.codes if known is not None else ()


def rulebook(knowledge: Knowledge) -> Rulebook:
    """The prepared rules of a knowledge base; made once and kept for the last few."""
    book = _books.get(id(knowledge))
    if book is None or book.knowledge is not knowledge:
        if len(_books) >= _KEPT:
            del _books[next(iter(_books))]
        book = _books[id(knowledge)] = Rulebook(knowledge)
    return book


def _only(rules: Iterable[Interaction]) -> Interaction | None:
    return next(iter(rules), None)


def _by(rules: Iterable[Any], names: Any) -> dict[str, tuple[Any, ...]]:
    found: dict[str, list[Any]] = {}
    for rule in rules:
        for name in names(rule):
            found.setdefault(name, []).append(rule)
    return {name: tuple(rows) for name, rows in found.items()}
