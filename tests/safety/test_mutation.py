"""Take a rule away or loosen it a little, and a written case must notice.

Every row of every kind of rule is mutated in every way that would let something through: deleted, less severe, a milder
action, an hour shorter on either side, one side dropped, one medicine, word, ingredient or country dropped, a number
moved, a cap raised. A mutant survives when all cases still come out as written.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from gate_cases import Case, all_cases, complaint
from msgspec.structs import replace

from anmin.knowledge.load import Knowledge

MILDER = {
    "avoid": "consult", "separate": "monitor", "refer": "monitor", "consult": "monitor", "monitor": "none",
    "forbid": "advise", "cap": "advise",
}  # fmt: skip
LESS = {"contraindicated": "major", "major": "moderate", "moderate": "minor"}


class Mutant(NamedTuple):
    """One change of one row; ``row`` is None when the row is gone."""

    table: str
    id: str
    what: str
    row: Any


def mutants(knowledge: Knowledge) -> Iterator[Mutant]:
    """Every loosening of every row."""
    for table in ("interactions", "combinations", "conditions", "limits", "red_flags", "bath_rules"):
        for row in getattr(knowledge, table).values():
            if table == "limits" and not (row.binding or row.status in ("prescription_only", "unknown")):
                continue
            yield Mutant(table, row.id, "deleted", None)
            for what, changed in _MUTATE[table](row):
                yield Mutant(table, row.id, what, changed)


Change = Iterator[tuple[str, Any]]


def _graded(row: Any) -> Change:
    if row.action in MILDER:
        yield "milder", replace(row, action=MILDER[row.action])
    if row.severity in LESS:
        yield "less severe", replace(row, severity=LESS[row.severity])


def _without(row: Any, field: str) -> Change:
    for one in getattr(row, field):
        left = tuple(other for other in getattr(row, field) if other != one)
        if field == "atc" and any(one.startswith(other) for other in left):
            continue  # a longer code under a shorter one of the same row says nothing of its own
        if field in ("atc", "keys", "countries") and not left:
            continue  # no code, word or country left: that is the deleted row, or one for everybody
        yield f"{field} without {one}", replace(row, **{field: left})


def _moved(row: Any, field: str, by: float) -> Change:
    value = getattr(row, field)
    if value is not None:
        yield f"{field} {value} -> {value + by}", replace(row, **{field: value + by})


def _interaction(row: Any) -> Change:
    yield from _graded(row)
    yield from _without(row, "atc")
    yield from _without(row, "atc_aliases")
    for side in ("strict_before_h", "strict_after_h"):
        hours = getattr(row, side)
        if hours is not None:
            yield f"{side} an hour shorter", replace(row, **{side: max(0, hours - 1)})
            yield f"{side} dropped", replace(row, **{side: 0})
    if row.salts == "any":
        yield "alkaline salts only", replace(row, salts="alkaline")


def _combination(row: Any) -> Change:
    yield from _graded(row)
    yield from _moved(row, "apart_h", -1)
    yield from _moved(row, "from_mg", 1)
    for one in row.atc:
        yield f"atc without {one}", replace(row, atc=tuple(other for other in row.atc if other != one))


def _condition(row: Any) -> Change:
    asks = row.threshold is not None and row.threshold.egfr_unknown
    yield from (change for change in _graded(row) if not (asks and change[0] == "milder"))
    yield from _without(row, "keys")
    yield from _without(row, "applies_to")
    yield from _moved(row, "cap_mg", 10)
    if row.threshold is not None:
        for field, by in _NARROWER.items():
            for what, bounds in _moved(row.threshold, field, by):
                yield what, replace(row, threshold=bounds)
        yield "without its numbers", replace(row, threshold=None)


_NARROWER = {
    "egfr_from": 1, "egfr_below": -1, "age_from": 1, "age_below": -1, "serum_mg_mmol_l_above": 0.05,
    "epworth_from": 1, "surgery_within_days": -1,
}  # fmt: skip


def _limit(row: Any) -> Change:
    if row.binding and (row.value_mg is not None or row.value_mg_per_kg is not None):
        yield "not binding", replace(row, binding=False)
        yield from _moved(row, "value_mg", 1)
        yield from _moved(row, "value_mg_per_kg", 1)
        yield from _moved(row, "age_from", 1)
        yield from _moved(row, "age_below", -1)
        yield from _moved(row, "max_single_mg", 1)
        if row.scope == "all":
            yield "without food", replace(row, scope="supplements")
    if row.status in ("prescription_only", "unknown"):
        yield "sold freely", replace(row, status="supplement")
    yield from _without(row, "countries")


def _flag(row: Any) -> Change:
    if row.ends_plan:
        yield "ends no plan", replace(row, ends_plan=False)
    for one in row.keys:
        yield f"keys without {one}", replace(row, keys=tuple(other for other in row.keys if other != one))
    yield from _moved(row, "epworth_from", 1)
    if row.urgency != "routine":
        yield "routine", replace(row, urgency="routine")


def _bath(row: Any) -> Change:
    yield from _graded(row)
    yield from _without(row, "keys")
    yield from _moved(row, "max_c", 1)
    yield from _moved(row, "max_minutes", 1)
    yield from _moved(row, "age_from", 1)


_MUTATE = {
    "interactions": _interaction, "combinations": _combination, "conditions": _condition, "limits": _limit,
    "red_flags": _flag, "bath_rules": _bath,
}  # fmt: skip

_ONLY_ROW = "outside the ages of all rows the strictest row of the country holds, and that is this one"
_AS_TRYPTOPHAN = "the row also names tryptophan, whose rules hold for 5-HTP as well"
_AS_SEDATING = "the row also names every sedating ingredient, and this is one"
SAYS_NOTHING: dict[tuple[str, str], str] = {
    ("mg-any-oral-default", "alkaline salts only"): "the fallback holds for every salt whatever its row says",
    ("pregnancy-others", "applies_to without 5_htp"): _AS_TRYPTOPHAN,
    ("lactation", "applies_to without 5_htp"): _AS_TRYPTOPHAN,
    ("children", "applies_to without 5_htp"): _AS_TRYPTOPHAN,
    ("pku", "applies_to without 5_htp"): _AS_TRYPTOPHAN,
    ("surgery", "applies_to without lemon_balm"): _AS_SEDATING,
    ("driving-night-work", "applies_to without melatonin"): _AS_SEDATING,
    ("limit-magnesium-us-iom-1997-1-3-years", "age_from 1 -> 2"): _ONLY_ROW,
    ("limit-magnesium-us-iom-1997-1-3-years", "age_below 4 -> 3"): _ONLY_ROW,
    ("limit-magnesium-eu-scf-efsa-4-years-and-over-incl-pregnancy", "age_from 4 -> 5"): _ONLY_ROW,
    ("limit-magnesium-cn-samr-4-6-years", "age_from 4 -> 5"): _ONLY_ROW,
    ("limit-magnesium-cn-samr-4-6-years", "age_below 7 -> 6"): _ONLY_ROW,
    ("limit-magnesium-ca-health-canada-1-3-years", "age_from 1 -> 2"): _ONLY_ROW,
    ("limit-magnesium-ca-health-canada-1-3-years", "age_below 4 -> 3"): _ONLY_ROW,
    ("limit-vitamin-b6-eu-efsa-2023-1-6-years", "age_from 1 -> 2"): _ONLY_ROW,
    ("limit-vitamin-b6-eu-efsa-2023-1-6-years", "age_below 7 -> 6"): _ONLY_ROW,
    ("limit-gaba-cn-moh-notice-12-2009-not-infants", "age_from 1 -> 2"): _ONLY_ROW,
    ("limit-calcium-us-ca-iom-51-and-over", "age_from 51 -> 52"): _ONLY_ROW,
}
"""Mutants that change nothing for anybody, with the reason. Each must really survive."""


def survives(mutant: Mutant, cases: tuple[Case, ...], knowledge: Knowledge) -> bool:
    """Whether every case still comes out as written; the ones that name the rule are tried first."""
    table = dict(getattr(knowledge, mutant.table))
    if mutant.row is None:
        del table[mutant.id]
    else:
        table[mutant.id] = mutant.row
    loosened = replace(knowledge, **{mutant.table: table})
    ordered = sorted(cases, key=lambda case: mutant.id not in case.rules)
    return all(complaint(case, loosened) is None for case in ordered)


def test_no_loosened_rule_goes_unnoticed(knowledge: Knowledge) -> None:
    cases, alive, tried = all_cases(), [], 0
    for mutant in mutants(knowledge):
        tried += 1
        if survives(mutant, cases, knowledge) != ((mutant.id, mutant.what) in SAYS_NOTHING):
            alive.append(f"{mutant.table}/{mutant.id}: {mutant.what}")
    assert tried > 800
    assert not alive, f"{len(alive)} of {tried} survive or are wrongly excused:\n" + "\n".join(alive)
