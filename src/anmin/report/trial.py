"""A trial in words: the design, the sheets, the state while it runs, and the report. Lists of sentences, no layout."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Lang, Text
from anmin.knowledge.texts import show_number
from anmin.store.trials import Status
from anmin.trial.arms import Arm
from anmin.trial.blinding import Blindness, Index
from anmin.trial.design import Proposal
from anmin.trial.finished import Started
from anmin.trial.looks import Looks
from anmin.trial.pool import Together
from anmin.trial.protocol import Protocol, describe
from anmin.trial.result import Estimate, Result, unit_of
from anmin.trial.schedule import count


class Say:
    """The messages of this room in one language."""

    def __init__(self, knowledge: Knowledge, lang: Lang) -> None:
        self.knowledge = knowledge
        self.lang = lang

    def __call__(self, message: str, **params: str | Text) -> str:
        """The message ``trial.…``, its places filled."""
        return self.knowledge.text(f"trial.{message}", **params).get(self.lang)


def design_lines(arm: Arm, proposal: Proposal, knowledge: Knowledge, lang: Lang) -> list[str]:
    """What the design is and what it can answer, or that it cannot and what would."""
    say, design = Say(knowledge, lang), proposal.design
    what = describe(arm, knowledge, lang)
    lines = [
        say("design_head", what=what, nights=str(design.nights), blocks=str(design.blocks),
            length=str(design.block_nights)),
        *design_facts(proposal, say),
        say("design_blind") if arm.open_because is None else say("design_open", why=arm.open_because),
        *cost_lines(what, arm, design.nights // 2, say),
    ]  # fmt: skip
    return lines if proposal.answers else [*refusal_lines(proposal, say), *lines]


def design_facts(proposal: Proposal, say: Say) -> list[str]:
    """What is the same for every design: nights that count, power, spread, orders, weekends, what lingers."""
    design, found, knowledge = proposal.design, proposal.appraisal, say.knowledge
    unit = unit_of(proposal.outcome, knowledge)
    lines = [say("design_dropped", dropped=str(design.dropped), analysed=str(found.analysed))]
    for gain, power in found.power.items():
        lines.append(
            say("design_power", gain=f"{gain:g}", unit=unit, power=percent(power),
                worth=percent(proposal.worth_it[gain]), target=percent(knowledge.value("trial.power")),
                needed=_needed(proposal.nights_needed[gain], say, knowledge))
        )  # fmt: skip
    base = proposal.baseline
    lines.append(
        say("design_spread_own" if base.own_nights else "design_spread_general", own=str(base.own_nights),
            sd=f"{base.spread.sd:.0f}", unit=unit, low=f"{base.low:.0f}", high=f"{base.high:.0f}",
            p_low=percent(proposal.power_high_sd), p_high=percent(proposal.power_low_sd), gain=f"{proposal.aim:g}")
    )  # fmt: skip
    lines.append(say("design_smallest_p", schedules=str(count(design)), p=show_p(found.smallest_p)))
    if design.weekends is not None:
        lines.append(say("design_weekends", tolerance=str(design.weekends.tolerance)))
    if round(100 * found.carry_over_bias):
        lines.append(say("design_bias", bias=percent(-found.carry_over_bias)))
    if proposal.slow_nights is not None:
        lines.append(say("design_slow", nights=str(proposal.slow_nights), length=str(design.block_nights)))
    return lines


def cost_lines(what: str, arm: Arm, nights: int, say: Say) -> list[str]:
    """What a thing costs a night, and on so many nights; that no price is known; nothing where it is free."""
    cost = arm.component.cost
    if cost is None or arm.currency is None:
        return [say("design_cost_unknown", what=what)]
    if not cost:
        return []
    return [say("design_cost_night", what=what, cost=show_number(cost), total=show_number(cost * nights),
                currency=arm.currency)]  # fmt: skip


def looks_line(looks: Looks, proposal: Proposal, knowledge: Knowledge, lang: Lang) -> str:
    """The declared looks with how often they are wrong and what they find."""
    say = Say(knowledge, lang)
    each = ("; " if lang == "en" else "；").join(
        say("design_look", night=str(look.nights), level=f"{look.level:g}", wrong=f"{100 * look.wrong:.1f}",
            found=percent(look.found))
        for look in looks.each
    )  # fmt: skip
    return say("design_looks", looks=each, wrong=f"{100 * looks.wrong:.1f}", at_most=f"{100 * looks.at_most:g}",
               gain=f"{proposal.aim:g}", unit=unit_of(proposal.outcome, knowledge), found=percent(looks.found),
               nights=f"{looks.nights:.0f}")  # fmt: skip


def refusal_lines(proposal: Proposal, say: Say) -> list[str]:
    """Why a design cannot answer, and what would."""
    found, unit = proposal.appraisal, unit_of(proposal.outcome, say.knowledge)
    if found.smallest_p > say.knowledge.value("trial.randomisation_p"):
        lines = [say("design_refused_p", schedules=str(count(proposal.design)), p=show_p(found.smallest_p))]
    elif -found.carry_over_bias > say.knowledge.value("trial.most_bias"):
        return [say("design_refused_bias", bias=percent(-found.carry_over_bias))]
    else:
        lines = [say("design_refused", gain=f"{proposal.aim:g}", unit=unit, power=percent(found.power[proposal.aim]))]
    needed = proposal.nights_needed[proposal.aim]
    if needed is not None and needed <= say.knowledge.value("trial.most_nights"):
        return [*lines, say("design_would", nights=str(needed))]
    if found.smallest_p > say.knowledge.value("trial.randomisation_p"):
        return [*lines, say("design_shorter")]
    large = max(found.power)
    return [*lines, say("design_pool", gain=f"{large:g}", unit=unit, power=percent(found.power[large]))]


def _needed(nights: int | None, say: Say, knowledge: Knowledge) -> str:
    if nights is None:
        return say("design_never", nights=f"{knowledge.value('trial.search_nights'):g}")
    return say("design_needed", nights=str(nights))


def design_out(arm: Arm, proposal: Proposal, looks: Looks | None, lines: Sequence[str]) -> dict[str, Any]:
    """The contract of ``anmin trial design --json``."""
    made: dict[str, Any] = msgspec.to_builtins(proposal, str_keys=True)
    return {
        "status": "design" if proposal.answers else "cannot_answer",
        "component": arm.component.id,
        "doses": msgspec.to_builtins(arm.doses),
        "bath": msgspec.to_builtins(arm.bath),
        "blindable": arm.open_because is None,
        "cost": arm.component.cost,
        "currency": arm.currency,
        "nights": proposal.design.nights,
        "schedules": count(proposal.design),
        **made,
        "looks": msgspec.to_builtins(looks),
        "text": list(lines),
    }


def status_lines(
    status: Status,
    tonight: str | None,
    protocol: Protocol,
    knowledge: Knowledge,
    lang: Lang,
    things: Sequence[str] | None = None,
) -> list[str]:
    """How a running trial goes; nothing about the outcome. ``things``: of a trial of several, what of this evening
    could not be hidden; None where everything is."""
    say = Say(knowledge, lang)
    if status.over:
        over = "status_over" if status.blinded else "status_over_open"
        lines = [say(over, trial=status.trial, nights=str(status.nights))]
    elif status.night is None or status.block is None:
        lines = [say("status_waiting", trial=status.trial)]
    else:
        lines = [say("status_night", trial=status.trial, night=str(status.night), nights=str(status.nights),
                     block=str(status.block), blocks=str(status.blocks))]  # fmt: skip
        if status.blinded:
            lines.append(say("status_bag", code=status.code or ""))
        elif tonight is not None:
            lines.append(say(f"status_{tonight}", what=protocol.what))
        if things is not None:
            where = "open" if status.blinded else "only"
            lines.append(say(f"status_{where}_things", things=", ".join(things)) if things
                         else say(f"status_{where}_nothing"))  # fmt: skip
    if status.settled:
        lines.append(say("status_settled"))
    elif status.next_look is not None:
        lines.append(say("status_look", day=status.next_look.isoformat()))
    lines.append(say("status_data", so_far=str(status.so_far), written=str(status.written), late=str(status.late),
                     not_taken=str(status.not_taken)))  # fmt: skip
    if status.to_guess:
        lines.append(say("status_guess", blocks=", ".join(map(str, status.to_guess))))
    return lines


def report_lines(started: Started, result: Result, knowledge: Knowledge, lang: Lang) -> list[str]:
    """The report, the answer first."""
    say, unit = Say(knowledge, lang), unit_of(result.outcome, knowledge)

    def effect(message: str, found: Estimate, **more: str) -> str:
        return say(message, gain=f"{found.gain:.1f}", low=f"{found.low:.1f}", high=f"{found.high:.1f}", unit=unit,
                   nights=str(found.nights), **more)  # fmt: skip

    verdict = result.verdict.text.get(lang)
    lines = [verdict if result.withheld is None else say("report_withheld", why=result.withheld)]
    if result.stopped_at is not None:
        lines.append(say("report_stopped", night=str(result.stopped_at)))
    lines.append(effect("report_randomised", result.as_randomised, p=show_p(result.randomisation_p)))
    if result.as_taken is not None:
        lines.append(effect("report_taken", result.as_taken))
    if result.block_shift is not None:
        lines.append(effect("report_blocks", result.block_shift))
    if result.built_up is not None:
        tau = f"{started.protocol.planned_with['carry_over_nights']:g}"
        lines.append(effect("report_built_up", result.built_up, tau=tau))
    if result.ratio is not None:
        ratio = result.ratio
        lines.append(say("report_ratio", ratio=f"{ratio.gain:.2f}", low=f"{ratio.low:.2f}", high=f"{ratio.high:.2f}"))
    if result.measured is not None:
        lines.append(effect(f"report_measured_{started.protocol.measured}", result.measured))
    elif started.protocol.measured is not None:
        lines.append(say("report_measured_none"))
    for arm in result.arms:
        lines.append(
            say(f"report_arm_{arm.arm}", written=str(arm.written), planned=str(arm.planned), late=str(arm.late),
                not_taken=str(arm.not_taken), mean="-" if arm.mean is None else f"{arm.mean:.1f}")
        )  # fmt: skip
    if result.blinded:
        lines.append(blind_line(result.blind, say))
    if result.opened_blocks:
        lines.append(say("report_opened", blocks=", ".join(str(block + 1) for block in result.opened_blocks)))
    return [*lines, say("report_seal", digest=started.digest)]


def blind_line(blind: Blindness, say: Say) -> str:
    """The guesses and the indices in words."""
    if not blind.said + blind.unknown:
        return say("report_no_guesses")
    return say(
        "report_blind", right=str(blind.right), said=str(blind.said), unknown=str(blind.unknown),
        p=percent(blind.p), bang_with=_index(blind.bang_with), bang_without=_index(blind.bang_without),
        james="-" if blind.james is None else f"{blind.james:.2f}",
    )  # fmt: skip


def _index(index: Index | None) -> str:
    return "-" if index is None else f"{index.value:+.2f} ± {1.96 * index.error:.2f}"


def pool_lines(together: Together, names: Sequence[str], knowledge: Knowledge, lang: Lang) -> list[str]:
    """Many people's results; ``names`` of those that count, in their order."""
    say, unit = Say(knowledge, lang), unit_of(together.outcome, knowledge)
    known = knowledge.substances.get(together.substance)
    lines = [
        say("pool_mean", people=str(together.people), what=known.name if known else together.substance, unit=unit,
            gain=f"{together.gain:.1f}", low=f"{together.low:.1f}", high=f"{together.high:.1f}")
    ]  # fmt: skip
    if together.spread is not None and together.expect_low is not None and together.expect_high is not None:
        lines.append(say("pool_spread", spread=f"{together.spread:.1f}", unit=unit, low=f"{together.expect_low:.1f}",
                         high=f"{together.expect_high:.1f}"))  # fmt: skip
    if together.left_out:
        lines.append(say("pool_left_out", count=str(together.left_out)))
    for name, each in zip(names, together.each, strict=True):
        lines.append(say("pool_each", file=name, gain=f"{each.gain:.1f}", error=f"{each.sd:.1f}",
                         pulled=f"{each.pulled:.1f}", pulled_error=f"{each.pulled_sd:.1f}"))  # fmt: skip
    return lines


def report_out(started: Started, result: Result, lines: Sequence[str]) -> dict[str, Any]:
    """The contract of ``anmin trial report --json``, and the file that ``anmin plan --results`` reads."""
    return {"anmin_trial": 1, "protocol": msgspec.to_builtins(started.protocol), **msgspec.to_builtins(result),
            "text": list(lines)}  # fmt: skip


def percent(share: float) -> str:
    """A share in whole per cent."""
    return f"{100 * share:.0f}"


def show_p(value: float) -> str:
    """A p with two digits."""
    return f"{value:.2g}"
