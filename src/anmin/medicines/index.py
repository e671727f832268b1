"""All names by key, built in a few milliseconds when the first name is read and kept for the life of the process."""

from __future__ import annotations

import gc
import re
from typing import Any

import msgspec

from anmin.knowledge.drugs import Drug, MedicineWords
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Names, Route
from anmin.medicines.normalise import keys
from anmin.medicines.words import Words, words_of

Entry = tuple[str, Route | None]
"""Id of a row, and the route when the name is sold for one route only."""

_KANA = re.compile(r"[\u3040-\u30ff薬圧剤鉄亜塩歯銭]")
"""Kana, and character forms of medicine words that only Japanese uses."""

_HAN = re.compile(r"[\u3400-\u9fff]")


class Index(msgspec.Struct, frozen=True):
    """Names → rows."""

    drugs: dict[str, Drug]
    rows: dict[str, MedicineWords]
    exact: dict[str, Entry]
    shared: dict[str, tuple[Entry, ...]]
    """Keys that more than one row, or one row on several routes, goes by."""
    combinations: dict[frozenset[str], str]
    """Ingredients → the row that is exactly these."""
    kept: dict[str, Any] = msgspec.field(default_factory=dict)
    """What is worked out when first needed: most names need neither the vocabulary nor the codes of a class."""

    @property
    def words(self) -> Words:
        """The words that may stand beside a name."""
        if "words" not in self.kept:
            self.kept["words"] = words_of(self.rows)
        words: Words = self.kept["words"]
        return words

    @property
    def in_order(self) -> list[str]:
        """Every key, sorted, to find those that begin alike."""
        if "order" not in self.kept:
            self.kept["order"] = sorted(self.exact)
        order: list[str] = self.kept["order"]
        return order

    @property
    def by_ends(self) -> dict[tuple[int, str], list[str]]:
        """Keys by length and first letter, and by minus the length and last letter: one slip leaves one end whole."""
        if "ends" not in self.kept:
            ends: dict[tuple[int, str], list[str]] = {}
            for name in self.exact:
                ends.setdefault((len(name), name[0]), []).append(name)
                ends.setdefault((-len(name), name[-1]), []).append(name)
            self.kept["ends"] = ends
        found: dict[tuple[int, str], list[str]] = self.kept["ends"]
        return found

    def word_for(self, route: Route) -> Names:
        """The words that say a route, to show a medicine with."""
        return next(row.words for row in self.rows.values() if row.role == "route" and row.route == route)

    def entries(self, name_key: str) -> tuple[Entry, ...]:
        """Everything that goes by exactly this name."""
        if name_key in self.shared:
            return self.shared[name_key]
        found = self.exact.get(name_key)
        return (found,) if found else ()

    def codes(self, drug_id: str, route: Route) -> tuple[str, ...]:
        """The codes of a row on a route, those of its ingredients included; empty when it has no such route."""
        drug = self.drugs[drug_id]
        own = drug.atc if route == drug.route else drug.routes[route].atc if route in drug.routes else ()
        if not own:
            return ()
        parts = [
            self.codes(part, route) or self.codes(part, self.drugs[part].route)
            for part in drug.of
            if self.drugs[part].kind == "drug"
        ]
        return tuple(dict.fromkeys((*own, *(code for part in parts for code in part))))

    def prefixed(self, prefixes: tuple[str, ...]) -> tuple[str, ...]:
        """The prefixes themselves and every code of the table below them."""
        if "codes" not in self.kept:
            there = (route.atc for drug in self.drugs.values() for route in drug.routes.values())
            own = (drug.atc for drug in self.drugs.values() if drug.kind == "drug")
            self.kept["codes"] = sorted({code for codes in (*own, *there) for code in codes})
        codes: list[str] = self.kept["codes"]
        return (*prefixes, *(code for code in codes if code.startswith(prefixes) and code not in prefixes))


_built: list[Index] = []


def index_of(knowledge: Knowledge) -> Index:
    """The index of these facts; built once for a set of facts."""
    if not (_built and _built[0].drugs is knowledge.drugs):
        collecting = gc.isenabled()
        gc.disable()  # only new tuples, no cycle among them
        try:
            _built[:] = [build(knowledge)]
        finally:
            if collecting:
                gc.enable()
    return _built[0]


def build(knowledge: Knowledge) -> Index:
    """The index, from the rows."""
    drugs = knowledge.drugs
    names: list[str] = []
    entries: list[Entry] = []
    for drug_id, drug in drugs.items():
        own = _generic(drug)
        names += own
        entries += [(drug_id, None)] * len(own)
        if drug.brands is not None:
            brands = drug.brands.all()
            names += brands
            entries += [(drug_id, drug.route if "oral" in drug.routes else None)] * len(brands)
        for route, there in drug.routes.items():
            names += there.brands
            entries += [(drug_id, route)] * len(there.brands)
    exact: dict[str, Entry] = {}
    shared: dict[str, tuple[Entry, ...]] = {}
    for name_key, entry in zip(keys(names), entries, strict=True):
        first = exact.setdefault(name_key, entry)
        if first is not entry and first != entry:
            shared[name_key] = tuple(dict.fromkeys((*shared.get(name_key, (first,)), entry)))
    return Index(drugs, knowledge.medicine_words, exact, shared, _combinations(drugs))


def _generic(drug: Drug) -> tuple[str, ...]:
    """The generic names; "x and y" also as "x y", so that "x/y" finds it."""
    names = drug.names.all()
    if not drug.of:
        return names
    return names + tuple(name.replace(" and ", " ") for name in drug.names.en if " and " in name)


def _combinations(drugs: dict[str, Drug]) -> dict[frozenset[str], str]:
    found: dict[frozenset[str], str] = {}
    for drug_id, drug in drugs.items():
        if drug.kind == "drug" and len(drug.of) > 1:
            title = drug.names.en[0]
            if title.count(",") + title.count(" and ") + 1 == len(drug.of):
                found.setdefault(frozenset(drug.of), drug_id)
    return found


def label(drug: Drug, typed: str) -> str:
    """The name to show for a row to somebody who wrote like this: kana, Chinese characters or Latin letters."""
    names = drug.names
    if _KANA.search(typed):
        order = (names.ja, names.en, names.zh_hant)
    elif _HAN.search(typed):
        order = (names.zh_hant, names.ja, names.en)
    else:
        order = (names.en, names.ja, names.zh_hant)
    return next((some[0] for some in order if some), drug.id)


def all_names(drug: Drug) -> tuple[str, ...]:
    """Generic and trade names, those of single routes included."""
    brands = drug.brands.all() if drug.brands else ()
    return (*drug.names.all(), *brands, *(name for there in drug.routes.values() for name in there.brands))
