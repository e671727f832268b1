"""Why this bath at this hour: what the heat model's shipped table says, in the words of the plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Source, Text
from anmin.person.model import Bath, Dose, Person
from anmin.plan.bath_choice import Caps, bath_timing, grid_ends
from anmin.plan.bath_table import Row, advised
from anmin.plan.timetable import before_bed
from anmin.safety.bath import meal_hours
from anmin.safety.model import BathPermission
from anmin.safety.windows import inside
from anmin.units.clock import DAY, show_clock

_MODEL = "bath-parameters"


class Reason(NamedTuple):
    """One reason of a line."""

    text: Text
    sources: tuple[Source, ...]
    rules: tuple[str, ...]


def bath_reasons(
    bath: Bath, doses: Iterable[Dose], permission: BathPermission, person: Person, knowledge: Knowledge
) -> Iterator[Reason]:
    """What is expected at lights out, and how free the hour is; nothing where the table says nothing of this bath."""
    model = advised(person, Caps(max_c=permission.max_c, max_minutes=permission.max_minutes), knowledge)
    if model is None or (bath.water_c, bath.minutes) != (model.row.water_c, model.row.minutes):
        return
    row, facts = knowledge.body_models[_MODEL], knowledge.body_models["bath-seasons"]
    text = knowledge.text(
        "bath.plan.gain", gain=_shown(model.row.gain), room=facts.number("mild_room_c"),
        cold=_shown(model.gain_cold_room), cold_room=facts.number("winter_room_c"),
        warm=_shown(model.gain_warm_room), warm_room=facts.number("summer_room_c"),
    )  # fmt: skip
    yield Reason(text, row.sources[:1], (row.id,))
    free = free_ends(bath, doses, permission, person, model.row, knowledge)
    if free and free[-1] - free[0] >= knowledge.value("bath.end-step"):  # a minute more is no freedom
        early, late = (show_clock(round(person.bed - end)) for end in (free[-1], free[0]))
        middle = bath_timing(knowledge).preferred_min
        yield Reason(knowledge.text("bath.plan.hours", early=early, late=late, middle=middle), (), (row.id,))


def free_ends(
    bath: Bath, doses: Iterable[Dose], permission: BathPermission, person: Person, row: Row, knowledge: Knowledge
) -> tuple[float, ...]:
    """Ends (minutes before bed) around the planned one that the model finds as good and that break no rule tonight.

    None may come after something that sedates, so the first such dose of the evening is the latest end.
    """
    planned = before_bed(bath.end, person.bed)
    if not row.near <= planned <= row.far:
        return ()
    sedating = [
        before_bed(dose.clock, person.bed)
        for dose in doses if dose.clock is not None and knowledge.substances[dose.substance].sedating
    ]  # fmt: skip
    latest = max([row.near, *(before for before in sedating if before <= planned)])
    wanted = sorted({*grid_ends(knowledge), float(planned)})
    shut = (*permission.forbidden, *meal_hours(person, bath.minutes, knowledge))
    return tuple(
        end for end in wanted
        if latest <= end <= row.far and not inside(round(person.bed - end) % DAY, shut)
    )  # fmt: skip


def _shown(gain: float) -> str:
    return f"{max(gain, 0.0):.1f}"
