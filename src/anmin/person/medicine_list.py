"""Lines about medicines: name → codes and hours, or a question."""

from __future__ import annotations

import re
from typing import NamedTuple

import msgspec

from anmin.knowledge.load import Knowledge
from anmin.medicines.model import Reading, Route
from anmin.person.answers import Medicine
from anmin.person.asked import EVERYTHING, question
from anmin.person.contained import MAGNESIUM, contents_of
from anmin.person.day_times import clocks_of, find_hours
from anmin.person.how_often import clocks_of_all_doses, find_how_often
from anmin.person.model import Dose, Question, TakenMedicine
from anmin.person.quantities import days, within
from anmin.person.said_route import read_named

_AS_NEEDED = re.compile(
    r"\b(?:as needed|when needed|if needed|as required|p\.?r\.?n\.?)(?![a-z])|必要時|需要時|有需要時|頓服|頓用",
    re.IGNORECASE,
)
_STOPPED = re.compile(
    r"[,(（、]?\s*(?:stopped|quit|ended|since)\s+(?P<en>[\w .]+?)\s+ago\)?"
    r"|[,(（、]?\s*(?:已?停藥|已停|停用|停了)\s*(?P<zh>[\d一二三四五六七八九十兩]+\s*(?:天|週|個月|月|年))(?:前|了)?[)）]?"
    r"|[,(（、]?\s*(?P<ja>\d+\s*(?:日|週間|週|[かヶケ]月|年)前)に?(?:中止|やめた|終了)[)）]?",
    re.IGNORECASE,
)


class Anchors(NamedTuple):
    """The hours of a person that words such as "bedtime" stand for; None where not given."""

    bed: int | None
    rise: int | None
    dinner: int | None


class MedicineLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line understood: the medicine, what of it counts in the ledger, and what has to be asked."""

    medicine: TakenMedicine
    doses: tuple[Dose, ...] = ()
    questions: tuple[Question, ...] = ()


def understand_medicine(typed: str | Medicine, field: str, anchors: Anchors, knowledge: Knowledge) -> MedicineLine:
    """A line of the medicine list. Nothing is guessed: an unclear name or a missing hour becomes a question."""
    entry = typed if isinstance(typed, Medicine) else _entry(typed, field, knowledge)
    written = f"{entry.name} {entry.dose}" if entry.dose else entry.name
    often = find_how_often(written, knowledge)
    inside = find_hours(often.rest, knowledge, f"{field}.name")
    name = inside.rest or often.rest or written
    reading, said_route = read_named(name, entry.route, knowledge)
    times = find_hours(" ".join(entry.at), knowledge, f"{field}.at") if entry.at else inside
    clocks = clocks_of(times, knowledge, bed=anchors.bed, rise=anchors.rise, dinner=anchors.dinner)
    clocks, known = clocks_of_all_doses(often, times, clocks, knowledge)
    medicine = TakenMedicine(
        typed=name,
        status=reading.status,
        atc=reading.atc,
        route=said_route or entry.route or reading.route,
        clocks=clocks,
        clocks_known=known,
        candidates=reading.candidates,
        stopped_days_ago=entry.stopped_days_ago,
        as_needed=entry.as_needed,
    )
    asked = _questions(medicine, reading, knowledge)
    if said_route is not None:
        asked = (question(knowledge, "medicine_route", id=f"medicine-route:{name}", field="medicines",
                          blocks=EVERYTHING, name=name, route=str(entry.route), said=said_route),)  # fmt: skip
    if reading.status != "recognised" or medicine.stopped_days_ago:
        return MedicineLine(medicine=medicine, questions=asked)
    said = f"{' '.join(entry.at) if entry.at else inside.said} {often.said}".strip()
    contents = contents_of(reading, name, said, entry.contains, knowledge, bed=anchors.bed, dinner=anchors.dinner)
    return MedicineLine(medicine=medicine, doses=contents.doses, questions=(*asked, *contents.questions))


def _entry(line: str, field: str, knowledge: Knowledge) -> Medicine:
    """A plain line taken apart: what it says beside the name."""
    as_needed = _AS_NEEDED.search(line) is not None
    line = _AS_NEEDED.sub(" ", line)
    stopped = _STOPPED.search(line)
    ago: int | None = None
    if stopped:
        length = next(part for part in (stopped["en"], stopped["zh"], stopped["ja"]) if part)
        ago = int(within(round(days(length, field)), "stopped_days", length, field, knowledge))
        line = _STOPPED.sub(" ", line)
    return Medicine(name=" ".join(line.split()).strip(" ,、，;"), as_needed=as_needed, stopped_days_ago=ago)


def _questions(medicine: TakenMedicine, reading: Reading, knowledge: Knowledge) -> tuple[Question, ...]:
    name = medicine.typed
    if reading.status == "unknown":
        return (question(knowledge, "medicine_unknown", id=f"medicine:{name}", field="medicines", blocks=EVERYTHING,
                         name=name),)  # fmt: skip
    if reading.status == "question":
        candidates = tuple(dict.fromkeys(candidate.name for candidate in reading.candidates))
        shown = "; ".join(candidates) or name
        return (question(knowledge, "medicine_which", id=f"medicine:{name}", field="medicines", blocks=EVERYTHING,
                         options=candidates, name=name, candidates=shown),)  # fmt: skip
    stopped = medicine.stopped_days_ago is not None and medicine.stopped_days_ago > 0
    if medicine.clocks_known or medicine.as_needed or stopped:
        return ()
    blocks = spaced_substances(medicine.atc, medicine.route, knowledge)
    if not blocks:
        return ()
    return (question(knowledge, "medicine_time", id=f"medicine-hour:{name}", field="medicines", blocks=blocks,
                     name=name),)  # fmt: skip


def spaced_substances(atc: tuple[str, ...], route: Route, knowledge: Knowledge) -> tuple[str, ...]:
    """The substances that some rule keeps hours apart from a medicine with these codes, so that its hour matters."""
    if route != "oral":
        return ()
    found = {MAGNESIUM: None}  # the fallback for any swallowed medicine keeps magnesium apart
    for rule in knowledge.interactions.values():
        timed = rule.strict_before_h is not None or rule.strict_after_h is not None
        if timed and any(code.startswith(prefix) for code in atc for prefix in (*rule.atc, *rule.atc_aliases)):
            found[rule.substance] = None
    return tuple(found)
