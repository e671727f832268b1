"""Safety cases as written in ``tests/cases/*.yaml``, read once and run in the process.

A case is a person (what differs from a healthy man of 40 in the United States with good kidneys), their medicines, what
they take already (``taking``), what they would take (``take``, ``bath``), and what must come out: the verdict, every
rule that applies, and the findings with severity, action, hours or cap. A list in ``each`` runs the case once for
every code, or every word, of the list. ``also`` names rules that may apply as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from anmin.knowledge.load import Knowledge
from anmin.medicines.model import Candidate
from anmin.person.model import Bath, Dose, Person, TakenMedicine
from anmin.safety.assess import assess
from anmin.units.clock import parse_clock

CASES = Path(__file__).parents[1] / "cases"
_FIELDS = {
    "case", "person", "medicines", "taking", "take", "bath", "verdict", "findings", "also", "each", "because",
}  # fmt: skip


class Case(NamedTuple):
    """One run: a person and a regimen, ready, with what is expected."""

    name: str
    person: Person
    doses: tuple[Dose, ...]
    bath: Bath | None
    verdict: str
    findings: tuple[dict[str, Any], ...]
    also: frozenset[str]

    @property
    def rules(self) -> frozenset[str]:
        """The rules it expects something of."""
        return frozenset(each["rule"] for each in self.findings)


@cache
def all_cases() -> tuple[Case, ...]:
    """Every case of every file, spread out over its ``each``."""
    return tuple(
        case
        for path in sorted(CASES.glob("*.yaml"))
        for entry in yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        for case in _spread(entry, path.stem)
    )


def written() -> int:
    """How many cases somebody wrote down."""
    return sum(len(yaml.safe_load(path.read_text(encoding="utf-8"))) for path in CASES.glob("*.yaml"))


def _spread(entry: dict[str, Any], where: str) -> Iterator[Case]:
    assert not set(entry) - _FIELDS, f"{where}: {set(entry) - _FIELDS}"
    for one in entry.get("each", [None]):
        name = f"{where}: {entry['case']}" + (f" [{one}]" if one else "")
        bath = entry.get("bath")
        yield Case(
            name=name,
            person=_person(entry, one),
            doses=tuple(_dose(each, "plan", one) for each in entry.get("take", ())),
            bath=Bath(water_c=bath["water_c"], minutes=bath["minutes"], end=parse_clock(bath["end"])) if bath else None,
            verdict=entry["verdict"],
            findings=tuple(entry.get("findings", ())),
            also=frozenset(entry.get("also", ())),
        )


def _fill(value: Any, one: str | None) -> Any:
    """``EACH`` stands for the code or word that is run now."""
    if value == "EACH":
        return one
    if isinstance(value, list):
        return tuple(_fill(each, one) for each in value)
    return value


def _person(entry: dict[str, Any], one: str | None) -> Person:
    told = {name: _fill(value, one) for name, value in entry.get("person", {}).items()}
    for name in ("bed", "rise", "dinner", "alcohol_last"):
        if name in told:
            told[name] = parse_clock(told[name])
    plain = {
        "age": 40, "sex": "male", "country": "US", "egfr": 90.0, "bed": 23 * 60, "rise": 7 * 60,
        "complaint": "falling_asleep",
    }  # fmt: skip
    return Person(
        **{
            **plain,
            **told,
            "medicines": tuple(_medicine(each, one) for each in entry.get("medicines", ())),
            "taking": tuple(_dose(each, "product", one) for each in entry.get("taking", ())),
        }
    )


def _medicine(entry: dict[str, Any], one: str | None) -> TakenMedicine:
    given = _fill(entry.get("atc", []), one)
    hours = entry.get("at")
    return TakenMedicine(
        typed=entry["name"],
        status=entry.get("status", "recognised"),
        atc=given if isinstance(given, tuple) else (given,),
        route=_fill(entry.get("route", "oral"), one),
        clocks=tuple(parse_clock(hour) for hour in hours or ()),
        clocks_known=hours is not None,
        candidates=tuple(Candidate(name=route, atc=(), route=route) for route in entry.get("routes", ())),
        stopped_days_ago=entry.get("stopped_days_ago"),
        as_needed=entry.get("as_needed", False),
    )


def _dose(entry: dict[str, Any], origin: Any, one: str | None) -> Dose:
    return Dose(
        substance=_fill(entry["substance"], one),
        mg=float(entry["mg"]),
        form=entry.get("form"),
        clock=parse_clock(entry["at"]) if "at" in entry else None,
        origin=entry.get("origin", origin),
        alkaline=entry.get("alkaline"),
    )


def complaint(case: Case, knowledge: Knowledge) -> str | None:
    """What is wrong with what comes out; None when all is as written."""
    found = assess(case.person, case.doses, case.bath, knowledge)
    if found.verdict != case.verdict:
        return f"{case.name}: verdict {found.verdict}, not {case.verdict}: {[each.rule for each in found.findings]}"
    for expected in case.findings:
        fitting = [each for each in found.findings if _fits(each, expected)]
        if not fitting:
            return f"{case.name}: no finding like {expected}"
    applying = {each.rule for each in found.findings if each.applies and not each.beside}
    extra = applying - case.also - {each["rule"] for each in case.findings}
    return f"{case.name}: {sorted(extra)} apply as well" if extra else None


_NAMES = {"after_drug_h": "hours_after_drug", "before_drug_h": "hours_before_drug", "with": "with_"}


def _fits(finding: Any, expected: dict[str, Any]) -> bool:
    # What a case does not say of hours and caps must not be there either.
    full = {"after_drug_h": None, "before_drug_h": None, "cap_mg": None, "applies": True, "beside": False, **expected}
    return all(_same(getattr(finding, _NAMES.get(name, name)), value) for name, value in full.items())


def _same(one: Any, two: Any) -> bool:
    return one == two or (isinstance(one, float) and isinstance(two, int | float) and abs(one - two) < 1e-9)
