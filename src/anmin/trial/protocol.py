"""The protocol: everything that is decided before night 1, frozen, and sealed together with the schedule."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Literal

import msgspec

from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Lang
from anmin.person.model import Bath, Dose
from anmin.plan.components import share_of
from anmin.trial.arms import Arm, amount
from anmin.trial.design import MEASURED, Proposal, outcome_for
from anmin.trial.schedule import Design, count
from anmin.trial.several import Several
from anmin.units.clock import show_clock


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One thing of a trial of several. ``pieces``: capsules of it for a night; ``open_because``: why it cannot be
    hidden, None if it is."""

    name: str
    component: str
    substance: str
    what: str
    doses: tuple[Dose, ...]
    bath: Bath | None
    share: float
    pieces: int
    open_because: str | None


class Protocol(msgspec.Struct, frozen=True, kw_only=True):
    """One trial as declared. ``first_evening``: of the first night; ``looks``: nights after which the data are looked
    at; ``share``: the part of a studied dose that the arm gives. Sentences are in the language it was declared in."""

    trial: str
    declared: date
    component: str
    substance: str
    what: str
    doses: tuple[Dose, ...]
    bath: Bath | None
    share: float
    design: Design
    schedules: int
    first_evening: date
    outcome: str
    measure: str
    unit: str
    better: Literal["lower", "higher"]
    matters: float
    planned_gain: float
    power: float
    alpha: float
    looks: tuple[int, ...]
    blinded: bool
    open_because: str | None
    estimand: str
    model: str
    exclusions: tuple[str, ...]
    planned_with: Mapping[str, float]
    knowledge: str
    measured: Literal["tst", "waso"] | None = None
    """What a tracker measures beside the answers, declared beforehand: minutes asleep, or awake in the night."""
    version: int = 1
    """Of this record. 1: one thing, one look at the end, weekends not balanced. 2: everything below may be there."""
    parts: tuple[Part, ...] = ()
    """The things of a trial of several arms or factors; empty where one thing is tried against nothing."""
    look_levels: tuple[float, ...] = ()
    """The level of the randomisation test at each of ``looks``; empty: ``alpha`` at the only one."""
    solo: bool = False
    """Packed alone: the envelopes were shuffled by hand, and their slips are the schedule."""

    def things_in(self, arm: str) -> tuple[Part, ...]:
        """The parts of an arm of a trial of several."""
        return tuple(part for part in self.parts if part.name in arm.split("+"))

    @property
    def last_morning(self) -> date:
        """The morning after the last night."""
        return self.first_evening + timedelta(days=self.design.nights)

    def night_of(self, morning: date) -> int | None:
        """The number of a night, from 0, by the date of its morning; None outside of the trial."""
        number = (morning - self.first_evening).days - 1
        return number if 0 <= number < self.design.nights else None


class Declared(msgspec.Struct, frozen=True, kw_only=True):
    """What is decided with the first evening. ``looks``: nights after which to look before the end."""

    first_evening: date
    today: date
    measured: Literal["tst", "waso"] | None = None
    looks: tuple[int, ...] = ()
    solo: bool = False


def protocol_for(
    arm: Arm,
    proposal: Proposal,
    first_evening: date,
    today: date,
    knowledge: Knowledge,
    lang: Lang,
    measured: Literal["tst", "waso"] | None = None,
) -> Protocol:
    """The protocol of a proposal for one thing, looked at once, at the end."""
    declared = Declared(first_evening=first_evening, today=today, measured=measured)
    return declare_one(arm, proposal, declared, knowledge, lang)


def declare_one(arm: Arm, proposal: Proposal, declared: Declared, knowledge: Knowledge, lang: Lang) -> Protocol:
    """The protocol of a trial of one thing against nothing."""
    what = describe(arm, knowledge, lang)
    frame = _frame(proposal, declared, (what,), knowledge, lang)
    return msgspec.structs.replace(
        frame,
        trial=f"{arm.fact.id}-{declared.first_evening.isoformat()}",
        component=arm.component.id,
        substance=arm.substance,
        what=what,
        doses=arm.doses,
        bath=arm.bath,
        share=share_of(arm.fact, amount(arm.component)),
        blinded=arm.open_because is None,
        open_because=arm.open_because.get(lang) if arm.open_because else None,
    )


def declare_several(
    several: Several, proposal: Proposal, declared: Declared, knowledge: Knowledge, lang: Lang
) -> Protocol:
    """The protocol of a trial of several arms or factors."""
    parts = tuple(
        Part(
            name=name,
            component=arm.component.id,
            substance=arm.substance,
            what=describe(arm, knowledge, lang),
            doses=arm.doses,
            bath=arm.bath,
            share=share_of(arm.fact, amount(arm.component)),
            pieces=capsules(arm, knowledge),
            open_because=arm.open_because.get(lang) if arm.open_because else None,
        )
        for name, arm in several.things.items()
    )
    joined = (" × " if several.factors else " / ").join(part.what for part in parts)
    named = ("-x-" if several.factors else "-or-").join(arm.fact.id for arm in several.things.values())
    open_parts = [part.open_because for part in parts if part.open_because is not None]
    return msgspec.structs.replace(
        _frame(proposal, declared, tuple(part.what for part in parts), knowledge, lang),
        trial=f"{named}-{declared.first_evening.isoformat()}",
        component="+".join(part.component for part in parts),
        substance="+".join(part.substance for part in parts),
        what=joined,
        doses=tuple(dose for part in parts for dose in part.doses) if several.factors else (),
        bath=next((part.bath for part in parts if part.bath is not None), None),
        blinded=several.blinded,
        open_because=" ".join(dict.fromkeys(open_parts)) or None,
        parts=parts,
    )


def _frame(
    proposal: Proposal, declared: Declared, whats: tuple[str, ...], knowledge: Knowledge, lang: Lang
) -> Protocol:
    """What every protocol says, whatever is tried."""
    outcome = outcome_for("", proposal.outcome, knowledge)
    name, unit = outcome.name.get(lang), outcome.unit.get(lang)
    spread, design = proposal.baseline.spread, proposal.design
    looks = (*declared.looks, design.nights)

    def say(message: str, **params: object) -> str:
        return knowledge.text(f"trial.protocol_{message}", **{key: str(value) for key, value in params.items()}).get(
            lang
        )

    if design.factors:
        estimand = say("estimand_factors", outcome=name, unit=unit, first=whats[0], second=whats[1])
    elif len(whats) > 1 or len(design.arms) > 2:
        arms = " / ".join(design.arms)
        estimand = say("estimand_arms", outcome=name, unit=unit, arms=arms)
    else:
        estimand = say("estimand", outcome=name, what=whats[0], unit=unit)
    several = len(design.arms) > 2
    return Protocol(
        trial="", declared=declared.today, component="", substance="", what="", doses=(), bath=None, share=1.0,
        design=design,
        schedules=count(msgspec.structs.replace(design, weekends=None) if declared.solo else design),
        first_evening=declared.first_evening,
        outcome=proposal.outcome,
        measure=MEASURED[proposal.outcome],
        unit=proposal.unit,
        better=outcome.better,
        matters=proposal.matters,
        planned_gain=proposal.aim,
        power=round(proposal.appraisal.power[proposal.aim], 3),
        alpha=knowledge.value("trial.randomisation_p"),
        looks=looks,
        blinded=False,
        open_because=None,
        estimand=estimand,
        model=" ".join([say("model"), *([say("family")] if several else [])]),
        exclusions=(say("dropped", dropped=design.dropped), say("missing"), say("late")),
        planned_with={"sd": round(spread.sd, 3), "phi": round(spread.phi, 3), "missing": round(spread.missing, 3),
                      "carry_over_nights": spread.tau_nights, "own_nights": proposal.baseline.own_nights},
        knowledge=knowledge.version,
        measured=declared.measured,
        version=2,
        look_levels=levels(len(looks), knowledge) if declared.looks else (),
        solo=declared.solo,
    )  # fmt: skip


def levels(looks: int, knowledge: Knowledge) -> tuple[float, ...]:
    """The level of each look, the last at the end: what the earlier ones spend is taken off it (Bonferroni)."""
    early = knowledge.value("trial.look_level")
    return (*[early] * (looks - 1), knowledge.value("trial.randomisation_p") - early * (looks - 1))


def describe(arm: Arm, knowledge: Knowledge, lang: Lang) -> str:
    """``"Glycine 3000 mg, 22:30"``: what is tried, in one line."""
    if arm.bath is not None:
        return knowledge.say(
            "trial.described_bath", lang, name=knowledge.substances[arm.substance].name.get(lang),
            water=f"{arm.bath.water_c:g}", minutes=f"{arm.bath.minutes:g}", end=show_clock(arm.bath.end),
        )  # fmt: skip
    first = arm.doses[0]
    named = knowledge.forms[first.form].name if first.form else knowledge.substances[first.substance].name
    doses = [_dose(dose, knowledge, lang) for dose in arm.doses if dose.clock is not None]
    return f"{named.get(lang)} {(', ' if lang == 'en' else '、').join(doses)}"


def _dose(dose: Dose, knowledge: Knowledge, lang: Lang) -> str:
    """``"3000 mg 22:30"``; of a compound the element and, for whoever weighs it, the compound."""
    clock = show_clock(dose.clock or 0)
    weighed = _weighed(dose, knowledge)
    if weighed == dose.mg:
        return f"{dose.mg:g} mg {clock}"
    return knowledge.say("trial.dose_element", lang, mg=f"{dose.mg:g}", weighed=f"{weighed:.0f}", clock=clock)


def _weighed(dose: Dose, knowledge: Knowledge) -> float:
    """Milligrams on a scale: of the whole compound where the dose speaks of an element in it."""
    form = knowledge.forms[dose.form] if dose.form else None
    return dose.mg / form.magnesium_fraction if form and form.magnesium_fraction else dose.mg


def capsules(arm: Arm, knowledge: Knowledge) -> int:
    """Equal capsules for a night of a thing that is hidden: as it is sold, or more where no capsule holds so much."""
    full = knowledge.value("trial.capsule_mg")
    return max(arm.component.pieces, sum(math.ceil(_weighed(dose, knowledge) / full - 0.02) for dose in arm.doses), 1)


def protocol_text(protocol: Protocol) -> str:
    """The protocol as YAML for people; the same protocol gives the same text, which the seal covers.

    What later versions added is written only where it says something, so that an older seal still fits its protocol.
    """
    import yaml

    fields: Any = msgspec.to_builtins(protocol)
    _without_silence(fields, _ADDED)
    _without_silence(fields["design"], _ADDED_TO_DESIGN)
    return str(yaml.safe_dump(fields, sort_keys=False, allow_unicode=True, width=110))


_ADDED: dict[str, Any] = {"version": 1, "parts": [], "look_levels": [], "solo": False}
_ADDED_TO_DESIGN: dict[str, Any] = {"factors": [], "weekends": None}


def _without_silence(fields: dict[str, Any], silent: Mapping[str, Any]) -> None:
    for name, value in silent.items():
        if fields[name] == value or (value == [] and not fields[name]):
            del fields[name]
