"""The best bath of average people under every cap, shipped as JSON, so that a plan needs no heat model and no NumPy.

    python -m anmin.plan.bath_table

A plan knows neither the room nor exactly the body, so the table holds decades of age, both sexes and three rooms. The
file carries a fingerprint of every number it rests on; when the facts are newer it is not used, and the plan goes back
to the mildest bath of the trials. The gate's caps hold whatever stands here.
"""

from __future__ import annotations

import hashlib
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from anmin.knowledge.load import Knowledge
from anmin.person.model import Person
from anmin.plan.bath_choice import Caps, bath_fact, bath_timing, beyond_model

if TYPE_CHECKING:
    from anmin.body.bath.evenings import Season
    from anmin.plan.bath_body import Sex

TABLE = Path(__file__).with_name("bath_table.json")

SEASONS: tuple[Season, ...] = ("summer", "mild", "winter")
AGES = (20, 30, 40, 50, 60, 70, 80, 90)
_SEXES: tuple[Sex, ...] = ("female", "male")
_BED_HOUR = 23.0


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """The best bath of an average person of this age and sex in this room, under these caps.

    ``near`` to ``far``: ends (minutes before lights out) that are as good. °C: ``gain`` of the gradient and
    ``core_left`` at the middle of these; ``sooner_by``: gain at the nearest end of the trials minus the farthest.
    """

    age: int
    sex: str
    season: str
    max_c: float
    max_minutes: float
    water_c: float
    minutes: float
    near: float
    far: float
    gain: float
    core_left: float
    sooner_by: float


class BathTable(msgspec.Struct, frozen=True, kw_only=True):
    """Every row, and the fingerprint of what they were made from."""

    version: str
    rows: tuple[Row, ...]


class Advised(msgspec.Struct, frozen=True, kw_only=True):
    """What the model says to somebody's bath: a row for the mild room, and the gain in the warm and the cold one."""

    row: Row
    gain_warm_room: float
    gain_cold_room: float


def advised(person: Person, caps: Caps, knowledge: Knowledge) -> Advised | None:
    """What the model may say of this person's bath; None also where it knows nothing of their state
    (``beyond_model``)."""
    return None if beyond_model(person, knowledge) else _found(person, caps, knowledge)


def mildest(person: Person, caps: Caps, knowledge: Knowledge) -> Row | None:
    """The mildest bath that is as good as any, also for somebody of whose state the model knows nothing."""
    found = _found(person, caps, knowledge)
    return found.row if found is not None else None


def _found(person: Person, caps: Caps, knowledge: Knowledge) -> Advised | None:
    """The row for this person under the largest caps of the table that lie within theirs.

    None where the age is not known, no row is mild enough, or the file is older than the facts. Where the sex is not
    known, that of the two rows with the smaller gain.
    """
    table = _shipped()
    if person.age is None or table is None or table.version != version_of(knowledge):
        return None
    age = min(AGES, key=lambda each: abs(each - (person.age or 0)))
    fitting = [
        row for row in table.rows
        if row.age == age and person.sex in (None, row.sex)
        and row.max_c <= caps.max_c and row.max_minutes <= caps.max_minutes
    ]  # fmt: skip
    if not fitting:
        return None
    largest = max((row.max_c, row.max_minutes) for row in fitting)
    same = [row for row in fitting if (row.max_c, row.max_minutes) == largest]
    mild = min((row for row in same if row.season == "mild"), key=lambda row: row.gain)
    gains = {row.season: row.gain for row in same if row.sex == mild.sex}
    return Advised(row=mild, gain_warm_room=gains["summer"], gain_cold_room=gains["winter"])


def version_of(knowledge: Knowledge) -> str:
    """A fingerprint of every number the table rests on."""
    judged = sorted(name for name in knowledge.judgments if name.startswith("bath."))
    fact, timing = bath_fact(knowledge), bath_timing(knowledge)
    numbers = [
        {name: row.values for name, row in sorted(knowledge.body_models.items()) if name.startswith("bath-")},
        {name: row.values for name, row in sorted(knowledge.body_tables.items())},
        {name: row.coefficients for name, row in sorted(knowledge.equations.items()) if name.startswith("jos3-")},
        {name: knowledge.value(name) for name in judged},
        [fact.water_c, fact.minutes, timing.nearest_min, timing.preferred_min, timing.farthest_min],
        [[each.max_c, each.max_minutes] for each in caps_of(knowledge)],
    ]
    return hashlib.sha256(msgspec.json.encode(numbers)).hexdigest()[:16]


def caps_of(knowledge: Knowledge) -> tuple[Caps, ...]:
    """Every pair of caps that the bath rules can make."""
    rules = [rule for rule in knowledge.bath_rules.values() if rule.action == "cap"]
    waters = sorted({rule.max_c for rule in rules if rule.max_c is not None})
    minutes = sorted({rule.max_minutes for rule in rules if rule.max_minutes is not None})
    return tuple(Caps(max_c=water, max_minutes=long) for water in waters for long in minutes)


def rows_of(age: int, sex: Sex, season: Season, knowledge: Knowledge) -> tuple[Row, ...]:
    """The rows of one average person in one room, computed by the heat model under every pair of caps."""
    from anmin.body.bath.parameters import draws
    from anmin.body.bath.protocols import Protocol, Surroundings, nights
    from anmin.plan.bath_body import average_body
    from anmin.plan.bath_choice import choose, grid, grid_ends
    from anmin.plan.bath_search import SCREEN, cells_of

    body = average_body(age, sex, knowledge)
    ends = grid_ends(knowledge)
    found = []
    for caps in caps_of(knowledge):
        waters, minutes = grid(caps, knowledge)
        protocols = [
            Protocol(water_c=water, minutes=long, end_min=end)
            for water in waters for long in minutes for end in ends
        ]  # fmt: skip
        around = Surroundings(bed_hour=_BED_HOUR, season=season)
        cells = cells_of(protocols, nights(body, protocols, draws(knowledge, SCREEN), around, knowledge))
        choice = choose(cells, knowledge)
        best = choice.cell
        by_end = {each.end_min: each.gain for each in cells if each[:2] == best[:2]}
        found.append(
            Row(
                age=age, sex=sex, season=season, max_c=caps.max_c, max_minutes=caps.max_minutes,
                water_c=best.water_c, minutes=best.minutes, near=choice.ends[0], far=choice.ends[-1],
                gain=round(best.gain, 2), core_left=round(best.core_left, 2),
                sooner_by=round(by_end[ends[0]] - by_end[ends[-1]], 2),
            )
        )  # fmt: skip
    return tuple(found)


def build(knowledge: Knowledge) -> BathTable:
    """Every row; under a minute of computing with numba."""
    rows = [row for age in AGES for sex in _SEXES for season in SEASONS for row in rows_of(age, sex, season, knowledge)]
    return BathTable(version=version_of(knowledge), rows=tuple(rows))


@cache
def _shipped() -> BathTable | None:
    try:
        return msgspec.json.decode(TABLE.read_bytes(), type=BathTable)
    except (OSError, msgspec.MsgspecError):
        return None


def main() -> int:
    """Write the table anew, in one step, where the facts are newer than it (or with ``--force``)."""
    from anmin.knowledge.load import load

    knowledge = load()
    shipped = _shipped()
    if shipped is not None and shipped.version == version_of(knowledge) and "--force" not in sys.argv[1:]:
        print(f"{TABLE.name}: as the facts are")
        return 0
    rows = build(knowledge)
    lines = ",\n".join(msgspec.json.encode(row).decode() for row in rows.rows)
    beside = TABLE.with_suffix(".tmp")
    beside.write_text(f'{{"version":"{rows.version}","rows":[\n{lines}\n]}}\n', encoding="utf-8")
    beside.replace(TABLE)
    print(f"{TABLE.name}: {len(rows.rows)} rows, {TABLE.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
