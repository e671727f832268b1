"""One row of a file as associations: the same reading of a cell, whichever way the row was found."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from anmin.evidence.mr.builds import chromosome_of
from anmin.evidence.mr.columns import Layout
from anmin.evidence.mr.model import Association
from anmin.evidence.mr.tails import neg_log10_p

Value: TypeAlias = str | float | int | None
Values: TypeAlias = Mapping[str, Value]
"""A row under our own column names."""

_ALLELE = frozenset("ACGTDI")
_CODES = frozenset("DI")
_COMPLEMENT = str.maketrans("ACGT", "TGCA")
_MISSING = frozenset(("", "NA", "NAN", ".", "NONE", "NULL", "#NA", "N/A"))
_MAX_ALTERNATIVES = 50
_VCF_FIELDS = {"ES": "beta", "SE": "se", "LP": "neg_log10_p", "AF": "eaf", "SS": "n"}


def associations(
    cells: Sequence[Value], layout: Layout, build: str | None, snp: str | None = None
) -> tuple[Association, ...]:
    """The associations of one row, named ``snp`` or as the row is; none where it cannot be read.

    Only a VCF may hold several (one for each alternative allele).
    """
    if len(cells) < layout.width:
        return ()
    values = {name: cells[column] for name, column in layout.at.items()}
    rows = _alternatives(values) if "format" in layout.at else [values]
    found = (_association(each, layout.offset, build, snp) for each in rows)
    return tuple(each for each in found if each is not None)


def cells_of(line: bytes, separator: bytes) -> list[str]:
    """The cells of a line of text."""
    return [cell.decode("utf-8", "replace").strip().strip('"') for cell in line.split(separator)]


def fit(row: Association, wanted: Association) -> int:
    """How well the alleles agree, whichever counts as the effect: 0 as written, 1 on the other strand or with an
    insertion or deletion written as I or D, 2 not at all.
    """
    pair, one = {row.effect_allele, row.other_allele}, {wanted.effect_allele, wanted.other_allele}
    if one == pair or (None in one and wanted.effect_allele in pair) or (None in pair and row.effect_allele in one):
        return 0
    if bool(pair & _CODES) != bool(one & _CODES):
        written = one if pair & _CODES else pair
        return 1 if None not in written and len({len(allele or "") for allele in written}) == 2 else 2
    return 1 if one == {allele.translate(_COMPLEMENT) if allele else None for allele in pair} else 2


def allele_of(value: Value) -> str | None:
    """A sequence of A, C, G, T, or I or D, in capitals."""
    if not isinstance(value, str):
        return None
    allele = value.upper()
    return allele if allele and len(allele) <= 1000 and set(allele) <= _ALLELE else None


def _alternatives(values: Values) -> list[Values]:
    """The rows of one line of a GWAS-VCF: the alternative allele is the one that counts."""
    keys = str(values["format"] or "").split(":")
    fields = dict(zip(keys, str(values["sample"] or "").split(":"), strict=False))
    alternatives = str(values["alt"] or "").split(",")[:_MAX_ALTERNATIVES]
    rows: list[Values] = []
    for number, allele in enumerate(alternatives):
        row: dict[str, Value] = {name: values[name] for name in ("snp", "chromosome", "position")}
        row |= {"effect_allele": allele, "other_allele": values["ref"]}
        for theirs, ours in _VCF_FIELDS.items():
            parts = fields.get(theirs, "").split(",")
            row[ours] = parts[number] if len(parts) == len(alternatives) else parts[0]
        rows.append(row)
    return rows


def _association(values: Values, offset: int, build: str | None, snp: str | None) -> Association | None:
    """``None`` for a row without name or usable effect allele, or of another test than the additive one."""

    def text(name: str) -> str | None:
        value = values.get(name)
        value = "" if value is None else str(value)
        return None if value.upper() in _MISSING else value

    def number(name: str) -> float | None:
        value = values.get(name)
        try:
            found = float(value) if value is not None else math.nan
        except ValueError:
            return None
        return found if math.isfinite(found) else None

    if (text("test") or "ADD").upper() != "ADD":
        return None
    effect, other = allele_of(text("effect_allele")), allele_of(text("other_allele"))
    if other is None and values.get("ref") is not None:
        pair = [allele_of(text("ref")), allele_of(text("alt"))]
        other = next((allele for allele in pair if allele and allele != effect), None) if effect in pair else None
    beta, se, eaf, position = (number(name) for name in ("beta", "se", "eaf", "position"))
    ratio = number("odds_ratio")
    if beta is None and ratio is not None and ratio > 0.0:
        beta = math.log(ratio)
    se = se if se is not None and se > 0.0 else None
    chromosome = text("chromosome")
    name = snp or text("snp") or (f"{chromosome}:{position:.0f}" if chromosome and position is not None else None)
    if effect is None or name is None:
        return None
    return Association(
        snp=name[:100], effect_allele=effect, other_allele=other, beta=beta, se=se,
        eaf=eaf if eaf is not None and 0.0 <= eaf <= 1.0 else None,
        neg_log10_p=_neg_log10(number, text("p"), beta, se), n=number("n"),
        chromosome=chromosome_of(chromosome) if chromosome else None,
        position=int(position) + offset if position is not None else None, build=build,
    )  # fmt: skip


def _neg_log10(
    number: Callable[[str], float | None], written: str | None, beta: float | None, se: float | None
) -> float | None:
    """As the file has it; from p, even where it is written too small for a float; from the effect where p is zero."""
    kept, p = number("neg_log10_p"), number("p")
    if kept is not None and kept >= 0.0:
        return kept
    if p is not None and 0.0 < p <= 1.0:
        return -math.log10(p)
    if p != 0.0:
        return None
    mantissa, e, exponent = (written or "").lower().partition("e")
    if e and float(mantissa) > 0.0:
        return -(math.log10(float(mantissa)) + int(exponent))
    return neg_log10_p(beta / se) if beta is not None and se is not None else None
