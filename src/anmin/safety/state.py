"""What the rules need to know of a person today: which words of the rules are true, which medicines still count.

Decisions where the rules are silent, all on the safe side:

- ``alcohol_tonight`` not known but an hour of the last drink given: there is alcohol tonight. An alcoholic drink among
  the doses is alcohol tonight whatever the profile says. Alcohol counts as a medicine with code V03AZ01.
- A pregnancy week without an answer to "pregnant" means pregnant.
- A stopped medicine is no longer in the gut, but any medicine counts in the body for ``safety.washout_days``, the
  longest wait in anything read (that of MAO inhibitors). One that nobody knows is asked about however long ago.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from anmin.knowledge.model import Condition
from anmin.person.model import Dose, Person, TakenMedicine
from anmin.safety.atc import covers
from anmin.safety.bindings import Reach, reach
from anmin.safety.book import ALCOHOL, ALCOHOL_CODE, Rulebook

DRINK = Reach(atc=(ALCOHOL_CODE,), gut=False, body=True)
"""A drink, as the rules see it."""
_PRESSURE_ROW = "gaba-antihypertensive"
"""The row whose codes are the medicines that lower blood pressure."""


class Counted(NamedTuple):
    """A medicine that still counts today. ``clocks`` is None when every hour must be assumed."""

    typed: str
    status: str
    reach: Reach
    clocks: tuple[int, ...] | None
    as_needed: bool
    lasting: bool = False
    """A patch or an injection (a depot lasts for weeks): at work at every hour, whenever it was given."""


class State(NamedTuple):
    """A person and what is true of them today."""

    person: Person
    book: Rulebook
    keys: frozenset[str]
    medicines: tuple[Counted, ...]


def read_state(person: Person, doses: Iterable[Dose], book: Rulebook) -> State:
    """The person's state on a day on which they also take ``doses``."""
    medicines = [counted for each in person.medicines if (counted := _counted(each, book)) is not None]
    drinks = person.alcohol_tonight is True or (person.alcohol_tonight is None and person.alcohol_last is not None)
    drinks = drinks or any(dose.substance == ALCOHOL for dose in (*person.taking, *doses))
    drinks = drinks or any(covers((ALCOHOL_CODE,), code) for each in medicines for code in each.reach.atc)
    if drinks:
        medicines.append(Counted(ALCOHOL, "recognised", DRINK, None, False))
    return State(person, book, frozenset(_keys(person, medicines, drinks, book)), tuple(medicines))


def _counted(medicine: TakenMedicine, book: Rulebook) -> Counted | None:
    stopped = medicine.stopped_days_ago
    if stopped is not None and stopped >= max(book.washout_days(medicine.atc), 1) and medicine.status != "unknown":
        return None
    known = medicine.clocks_known and not medicine.as_needed and bool(medicine.clocks)
    return Counted(
        medicine.typed, medicine.status, reach(medicine, book), medicine.clocks if known else None,
        medicine.as_needed, medicine.route in ("patch", "injection"),
    )  # fmt: skip


def _keys(person: Person, medicines: Iterable[Counted], drinks: bool, book: Rulebook) -> Iterable[str]:
    yield from person.conditions
    yield from person.allergies
    if person.pregnant == "yes" or (person.pregnant is None and person.pregnancy_week is not None):
        yield "pregnant"
    if person.pregnant == "trying":
        yield "trying_to_conceive"
    if person.lactating:
        yield "lactating"
    if drinks:
        yield "alcohol_tonight"
    if person.bathes_alone:
        yield "living_alone"
    if any(lowers_pressure(each.reach, book) for each in medicines):
        yield "antihypertensive"


def lowers_pressure(medicine: Reach, book: Rulebook) -> bool:
    """Whether a medicine in the body lowers blood pressure, for the key ``antihypertensive``."""
    row = book.knowledge.interactions.get(_PRESSURE_ROW)
    return medicine.body and row is not None and any(covers(row.atc, code) for code in medicine.atc)


def holds(condition: Condition, state: State) -> bool:
    """Whether a condition row is true of the person: by one of its keys, or by its numbers.

    All numbers that a row gives must hold together. A number that is not known does not hold; what is not known is
    asked by :mod:`anmin.safety.unknown`.
    """
    if not state.keys.isdisjoint(condition.keys):
        return True
    bounds, person = condition.threshold, state.person
    if bounds is None:
        return False
    if bounds.egfr_unknown and person.egfr is not None:
        return False
    epworth = person.scores.get("epworth")
    surgery = person.surgery_in_days
    return (
        _inside(person.egfr, bounds.egfr_from, bounds.egfr_below)
        and _inside(person.age, bounds.age_from, bounds.age_below)
        and _inside(epworth, bounds.epworth_from, None)
        and (
            bounds.serum_mg_mmol_l_above is None
            or (person.serum_mg_mmol_l is not None and person.serum_mg_mmol_l > bounds.serum_mg_mmol_l_above)
        )
        and (bounds.surgery_within_days is None or (surgery is not None and surgery <= bounds.surgery_within_days))
    )


def _inside(value: float | None, lowest: float | None, below: float | None) -> bool:
    if lowest is None and below is None:
        return True
    return value is not None and (lowest is None or value >= lowest) and (below is None or value < below)
