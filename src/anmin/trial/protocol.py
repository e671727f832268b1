"""The protocol: everything that is decided before night 1, frozen, and sealed together with the schedule."""

from __future__ import annotations

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
from anmin.units.clock import show_clock


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

    @property
    def last_morning(self) -> date:
        """The morning after the last night."""
        return self.first_evening + timedelta(days=self.design.nights)

    def night_of(self, morning: date) -> int | None:
        """The number of a night, from 0, by the date of its morning; None outside of the trial."""
        number = (morning - self.first_evening).days - 1
        return number if 0 <= number < self.design.nights else None


def protocol_for(
    arm: Arm,
    proposal: Proposal,
    first_evening: date,
    today: date,
    knowledge: Knowledge,
    lang: Lang,
    measured: Literal["tst", "waso"] | None = None,
) -> Protocol:
    """The protocol of a proposal."""
    outcome = outcome_for("", proposal.outcome, knowledge)
    what, name, unit = describe(arm, knowledge, lang), outcome.name.get(lang), outcome.unit.get(lang)
    spread, design = proposal.baseline.spread, proposal.design

    def say(message: str, **params: object) -> str:
        return knowledge.text(f"trial.protocol_{message}", **{key: str(value) for key, value in params.items()}).get(
            lang
        )

    return Protocol(
        trial=f"{arm.fact.id}-{first_evening.isoformat()}",
        declared=today,
        component=arm.component.id,
        substance=arm.substance,
        what=what,
        doses=arm.doses,
        bath=arm.bath,
        share=share_of(arm.fact, amount(arm.component)),
        design=design,
        schedules=count(design),
        first_evening=first_evening,
        outcome=proposal.outcome,
        measure=MEASURED[proposal.outcome],
        unit=proposal.unit,
        better=outcome.better,
        matters=proposal.matters,
        planned_gain=proposal.aim,
        power=round(proposal.appraisal.power[proposal.aim], 3),
        alpha=knowledge.value("trial.randomisation_p"),
        looks=(design.nights,),
        blinded=arm.open_because is None,
        open_because=arm.open_because.get(lang) if arm.open_because else None,
        estimand=say("estimand", outcome=name, what=what, unit=unit),
        model=say("model"),
        exclusions=(say("dropped", dropped=design.dropped), say("missing"), say("late")),
        planned_with={"sd": round(spread.sd, 3), "phi": round(spread.phi, 3), "missing": round(spread.missing, 3),
                      "carry_over_nights": spread.tau_nights, "own_nights": proposal.baseline.own_nights},
        knowledge=knowledge.version,
        measured=measured,
    )  # fmt: skip


def describe(arm: Arm, knowledge: Knowledge, lang: Lang) -> str:
    """``"Glycine 3000 mg, 22:30"``: what is tried, in one line."""
    if arm.bath is not None:
        name = knowledge.substances[arm.substance].name.get(lang)
        return f"{name} {arm.bath.water_c:g} °C, {arm.bath.minutes:g} min, {show_clock(arm.bath.end)}"
    first = arm.doses[0]
    named = knowledge.forms[first.form].name if first.form else knowledge.substances[first.substance].name
    clocks = ", ".join(f"{dose.mg:g} mg {show_clock(dose.clock)}" for dose in arm.doses if dose.clock is not None)
    return f"{named.get(lang)} {clocks}"


def protocol_text(protocol: Protocol) -> str:
    """The protocol as YAML for people; the same protocol gives the same text, which the seal covers."""
    import yaml

    fields: Any = msgspec.to_builtins(protocol)
    return str(yaml.safe_dump(fields, sort_keys=False, allow_unicode=True, width=110))
