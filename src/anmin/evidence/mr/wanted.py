"""Which rows of an outcome file answer to which wanted variants, and by what: a place, or a name and its alleles.

A place counts where both sides name the same genome build. Two builds that are known to differ are refused. Where one
is unknown, a variant with an rs number is found by it (also inside a list ``rs1,rs2``) and its position compared; one
without is found by its place and told as such. The alleles decide in every case.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, TypeAlias

import msgspec

from anmin.errors import InputError
from anmin.evidence.mr.builds import Place, chromosome_of
from anmin.evidence.mr.columns import Layout
from anmin.evidence.mr.model import Association
from anmin.evidence.mr.rows import Value, associations, fit

Route: TypeAlias = Literal["index", "parquet", "pass"]
By: TypeAlias = Literal["auto", "name"]
MAX_AT_ONE_PLACE = 50


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What was found: one association for each wanted variant that is there.

    ``rows`` counts the rows looked at: all of the file in one pass, those at the wanted places through an index.
    ``several`` lists variants with more than one row of fitting alleles (the one with the smallest error is used),
    ``unusable`` counts rows of wanted variants that could not be read. ``elsewhere`` lists variants found by name whose
    position in the file is another, a sign of another build; ``unsure`` those found by place without both builds known.
    """

    found: dict[str, Association]
    dialect: str
    build: str | None
    rows: int
    several: tuple[str, ...] = ()
    unusable: int = 0
    route: Route = "pass"
    elsewhere: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()


class Wanted:
    """The variants looked for in one file, by place or by name, and the rows gathered for them."""

    def __init__(
        self, rows: Iterable[Association], layout: Layout, build: str | None, file: str, by: By = "auto"
    ) -> None:
        self.rows = tuple(rows)
        self.layout, self.build = layout, build
        self.names: dict[str, list[int]] = defaultdict(list)
        self.places: dict[Place, list[int]] = defaultdict(list)
        self.unsure: list[str] = []
        self._hits: list[list[Association]] = [[] for _ in self.rows]
        self._unusable = 0
        for index, row in enumerate(self.rows):
            place = _place(row) if layout.places else None
            if place is not None and row.build and build and row.build != build and by == "auto":
                raise InputError(
                    file, build, f"positions of the same genome build as the instruments ({row.build})",
                    "Lift one of them over, or match by rs number with --by-name.",
                )  # fmt: skip
            if "snp" not in layout.at and place is None:
                raise InputError(file, f"{row.snp} without a position", "names or positions on both sides")
            known = place is not None and row.build is not None and row.build == build
            named = "snp" in layout.at and (by == "name" or place is None or row.snp.startswith("rs"))
            if place is not None and (known or not named) and not (by == "name" and named):
                self.places[place].append(index)
                if not known:
                    self.unsure.append(row.snp)
            else:
                self.names[row.snp].append(index)

    def take(self, cells: Sequence[Value]) -> None:
        """Keep a row if it answers to a wanted variant."""
        self.keep(self.answers(cells), cells)

    def keep(self, indices: Iterable[int], cells: Sequence[Value]) -> None:
        """Keep a row for these variants."""
        for index in indices:
            read = associations(cells, self.layout, self.build, self.rows[index].snp)
            if not read:
                self._unusable += 1
            elif len(self._hits[index]) < MAX_AT_ONE_PLACE:
                self._hits[index] += read

    def answers(self, cells: Sequence[Value]) -> list[int]:
        """The wanted variants that a row is about."""
        at = self.layout.at
        found: list[int] = []
        try:
            if self.names:
                for name in str(cells[at["snp"]]).replace(";", ",").split(","):
                    found += self.names.get(name.strip(), ())
            if self.places:
                position = int(float(str(cells[at["position"]]))) + self.layout.offset
                found += self.places.get((chromosome_of(str(cells[at["chromosome"]])), position), ())
        except (IndexError, ValueError, OverflowError):
            return found
        return found

    def reading(self, route: Route, rows: int) -> Reading:
        """The best row for each variant: fitting alleles first, then the smallest error."""
        found, several, elsewhere = {}, [], []
        for index, row in enumerate(self.rows):
            ranked = sorted(self._hits[index], key=lambda hit: _rank(hit, row))
            if not ranked:
                continue
            best = found[row.snp] = ranked[0]
            if sum(fit(hit, row) == fit(best, row) < 2 for hit in ranked) > 1:
                several.append(row.snp)
            if row.position and best.position and _place(row) != _place(best) and row.snp in self.names:
                elsewhere.append(row.snp)
        return Reading(
            found=found, dialect=self.layout.dialect, build=self.build, rows=rows, several=tuple(several),
            unusable=self._unusable, route=route, elsewhere=tuple(elsewhere),
            unsure=tuple(name for name in self.unsure if name in found),
        )  # fmt: skip

    def best(self) -> Mapping[int, Association]:
        """The same by the number of the wanted row."""
        return {
            index: min(hits, key=lambda hit: _rank(hit, self.rows[index]))
            for index, hits in enumerate(self._hits) if hits
        }  # fmt: skip


def _rank(hit: Association, wanted: Association) -> tuple[object, ...]:
    """A total order, so that every way of reading a file chooses the same row."""
    return (
        fit(hit, wanted), hit.beta is None or hit.se is None, hit.se or 0.0, hit.beta or 0.0, hit.chromosome or "",
        hit.position or 0, hit.effect_allele, hit.other_allele or "",
    )  # fmt: skip


def _place(row: Association) -> Place | None:
    if not row.chromosome or not row.position:
        return None
    return chromosome_of(row.chromosome), row.position
