"""An evening as phases: room, bath or shower or footbath, towel, room again, bed."""

from __future__ import annotations

from typing import Literal

from anmin.body.bath.model import Level, Phase
from anmin.body.bath.rows import SEGMENTS
from anmin.knowledge.load import Knowledge

Season = Literal["summer", "mild", "winter"]


def evening(
    knowledge: Knowledge,
    *,
    before_min: float = 60.0,
    water_c: float | None = None,
    bath_min: float = 0.0,
    level: Level = "shoulders",
    to_bed_min: float = 90.0,
    in_bed_min: float = 0.0,
    season: Season = "mild",
    room_c: float | None = None,
    clo: float | None = None,
    film_g: float | None = None,
    coating_min: float = 0.0,
    asleep: bool = False,
) -> tuple[Phase, ...]:
    """The phases of an evening, to be run beside the same evening without ``water_c`` (same minutes in all).

    ``to_bed_min``: from the end of the bath to lights out, with the towel; without a bath those minutes and the bath's
    are spent in the room. ``room_c``, ``clo``: instead of the season's. ``film_g``: water the towel leaves after a
    whole bath; less where less was wet. ``coating_min``: so long after the bath nothing evaporates at all, the *upper
    bound* of what a salt film could do; nobody measured that it does anything. ``asleep``: the set-point falls with
    lights out.

    >>> from anmin.knowledge.load import load
    >>> [round(phase.minutes) for phase in evening(load(), water_c=40, bath_min=15, to_bed_min=90, in_bed_min=120)]
    [60, 15, 5, 0, 85, 120]
    """
    c = knowledge.body_models["bath-conditions"].numbers()
    s = knowledge.body_models["bath-seasons"].numbers()
    room = s[f"{season}_room_c"] if room_c is None else room_c
    clothes = s[f"{season}_clo"] if clo is None else clo
    phases = [Phase(minutes=before_min, air_c=room, clo=clothes)]
    if water_c is None or bath_min <= 0:
        phases.append(Phase(minutes=bath_min + to_bed_min, air_c=room, clo=clothes))
    else:
        towel = min(c["towel_min"], to_bed_min)
        held = min(max(coating_min, 0.0), to_bed_min)
        phases += [
            Phase(
                minutes=bath_min, air_c=max(room, c["room_c"]), humidity=c["bath_humidity"], water_c=water_c,
                level=level, stir=c["shower_stir"] if level == "shower" else 1.0,
                posture="standing" if level == "shower" else "sitting",
            ),
            Phase(
                minutes=towel, air_c=room, posture="standing", evaporation=0.0 if held else 1.0,
                film_g=_left_by_towel(knowledge, level, c["film_g"] if film_g is None else film_g),
            ),
            Phase(minutes=max(held - towel, 0.0), air_c=room, clo=clothes, evaporation=0.0),
            Phase(minutes=to_bed_min - max(towel, held), air_c=room, clo=clothes),
        ]  # fmt: skip
    if in_bed_min > 0:
        phases.append(
            Phase(
                minutes=in_bed_min, air_c=room, clo=clothes, bedding_clo=s[f"{season}_quilt_clo"], posture="lying",
                activity=1.0, set_point_c=c["asleep_set_point_c"] if asleep else 0.0,
            )
        )  # fmt: skip
    return tuple(phases)


def _left_by_towel(knowledge: Knowledge, level: Level, film_g: float) -> dict[str, float]:
    """Grams on each segment: as on a wholly wet body, times the share that was in the water."""
    area = knowledge.body_tables["jos3-surface"].values["area"]
    wet = knowledge.body_tables["bath-levels"].values[level]
    return {name: film_g * part / sum(area) * share for name, part, share in zip(SEGMENTS, area, wet, strict=True)}
