"""A trial in words: the design, the sheets, the state while it runs, and the report. Lists of sentences, no layout."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec

from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Lang, Text
from anmin.store.trials import Started, Status
from anmin.trial.arms import Arm
from anmin.trial.blinding import Index, nights_of_block
from anmin.trial.design import Proposal
from anmin.trial.pool import Together
from anmin.trial.protocol import Protocol, describe
from anmin.trial.result import Estimate, Result, unit_of
from anmin.trial.schedule import Schedule, count


class _Say:
    """The messages of this room in one language."""

    def __init__(self, knowledge: Knowledge, lang: Lang) -> None:
        self.knowledge = knowledge
        self.lang = lang

    def __call__(self, message: str, **params: str | Text) -> str:
        return self.knowledge.text(f"trial.{message}", **params).get(self.lang)


def design_lines(arm: Arm, proposal: Proposal, knowledge: Knowledge, lang: Lang) -> list[str]:
    """What the design is and what it can answer, or that it cannot and what would."""
    say, design, found = _Say(knowledge, lang), proposal.design, proposal.appraisal
    unit = unit_of(proposal.outcome, knowledge)
    schedules, smallest = str(count(design)), _p(found.smallest_p)
    lines = [
        say("design_head", what=describe(arm, knowledge, lang), nights=str(design.nights), blocks=str(design.blocks),
            length=str(design.block_nights)),
        say("design_dropped", dropped=str(design.dropped), analysed=str(found.analysed)),
    ]  # fmt: skip
    for gain, power in found.power.items():
        lines.append(
            say("design_power", gain=f"{gain:g}", unit=unit, power=_percent(power),
                worth=_percent(proposal.worth_it[gain]), target=_percent(knowledge.value("trial.power")),
                needed=_needed(proposal.nights_needed[gain], say, knowledge))
        )  # fmt: skip
    base = proposal.baseline
    lines.append(
        say("design_spread_own" if base.own_nights else "design_spread_general", own=str(base.own_nights),
            sd=f"{base.spread.sd:.0f}", unit=unit, low=f"{base.low:.0f}", high=f"{base.high:.0f}",
            p_low=_percent(proposal.power_high_sd), p_high=_percent(proposal.power_low_sd), gain=f"{proposal.aim:g}")
    )  # fmt: skip
    lines.append(say("design_smallest_p", schedules=schedules, p=smallest))
    if round(100 * found.carry_over_bias):
        lines.append(say("design_bias", bias=_percent(-found.carry_over_bias)))
    if proposal.slow_nights is not None:
        lines.append(say("design_slow", nights=str(proposal.slow_nights), length=str(design.block_nights)))
    lines.append(say("design_blind") if arm.open_because is None else say("design_open", why=arm.open_because))
    return lines + (_verdict_lines(proposal, say) if not proposal.answers else [])


def _verdict_lines(proposal: Proposal, say: _Say) -> list[str]:
    found, unit = proposal.appraisal, unit_of(proposal.outcome, say.knowledge)
    if found.smallest_p > say.knowledge.value("trial.randomisation_p"):
        lines = [say("design_refused_p", schedules=str(count(proposal.design)), p=_p(found.smallest_p))]
    elif -found.carry_over_bias > say.knowledge.value("trial.most_bias"):
        return [say("design_refused_bias", bias=_percent(-found.carry_over_bias))]
    else:
        lines = [say("design_refused", gain=f"{proposal.aim:g}", unit=unit, power=_percent(found.power[proposal.aim]))]
    needed = proposal.nights_needed[proposal.aim]
    if needed is not None and needed <= say.knowledge.value("trial.most_nights"):
        return [*lines, say("design_would", nights=str(needed))]
    if found.smallest_p > say.knowledge.value("trial.randomisation_p"):
        return [*lines, say("design_shorter")]
    large = max(found.power)
    return [*lines, say("design_pool", gain=f"{large:g}", unit=unit, power=_percent(found.power[large]))]


def _needed(nights: int | None, say: _Say, knowledge: Knowledge) -> str:
    if nights is None:
        return say("design_never", nights=f"{knowledge.value('trial.search_nights'):g}")
    return say("design_needed", nights=str(nights))


def design_out(arm: Arm, proposal: Proposal, lines: Sequence[str]) -> dict[str, Any]:
    """The contract of ``anmin trial design --json``."""
    made: dict[str, Any] = msgspec.to_builtins(proposal, str_keys=True)
    return {
        "status": "design" if proposal.answers else "cannot_answer",
        "component": arm.component.id,
        "doses": msgspec.to_builtins(arm.doses),
        "bath": msgspec.to_builtins(arm.bath),
        "blindable": arm.open_because is None,
        "nights": proposal.design.nights,
        "schedules": count(proposal.design),
        **made,
        "text": list(lines),
    }


def packing_sheet(started: Started, schedule: Schedule, pieces: int, knowledge: Knowledge, lang: Lang) -> str:
    """For the helper: which bag holds what. Bags are in the order of their codes, so that the order says nothing."""
    protocol = started.protocol
    say = _Say(knowledge, lang)
    head = say("packing_head", what=protocol.what, pieces=str(pieces), nights=str(protocol.design.block_nights))
    bags = sorted(zip(started.codes, schedule, strict=True))
    rows = [f"  {code}   {protocol.design.arms[arm]}" for code, arm in bags]
    return "\n".join([protocol.trial, started.digest, "", head, "", *rows, ""])


def code_sheet(started: Started, knowledge: Knowledge, lang: Lang) -> str:
    """For the person: which bag on which evenings, and nothing of what is inside."""
    protocol, say = started.protocol, _Say(knowledge, lang)
    rows = []
    for block, code in enumerate(started.codes):
        first, last = nights_of_block(block, protocol.design)
        days = [(protocol.first_evening + timedelta(days=night - 1)).isoformat() for night in (first, last)]
        rows.append(
            say("block_line", block=str(block + 1), first=str(first), last=str(last), from_day=days[0],
                to_day=days[1], code=code)
        )  # fmt: skip
    head = [protocol.trial, started.digest, "", say("codes_head"), ""]
    return "\n".join([*head, *rows, "", say("codes_alone"), ""])


def status_lines(
    status: Status, tonight: str | None, protocol: Protocol, knowledge: Knowledge, lang: Lang
) -> list[str]:
    """How a running trial goes; nothing about the outcome."""
    say = _Say(knowledge, lang)
    if status.over:
        lines = [say("status_over", trial=status.trial, nights=str(status.nights))]
    elif status.night is None or status.block is None:
        lines = [say("status_waiting", trial=status.trial)]
    else:
        lines = [say("status_night", trial=status.trial, night=str(status.night), nights=str(status.nights),
                     block=str(status.block), blocks=str(status.blocks))]  # fmt: skip
        if status.blinded:
            lines.append(say("status_bag", code=status.code or ""))
        elif tonight is not None:
            lines.append(say(f"status_{tonight}", what=protocol.what))
    lines.append(say("status_data", so_far=str(status.so_far), written=str(status.written), late=str(status.late),
                     not_taken=str(status.not_taken)))  # fmt: skip
    if status.to_guess:
        lines.append(say("status_guess", blocks=", ".join(map(str, status.to_guess))))
    return lines


def report_lines(started: Started, result: Result, knowledge: Knowledge, lang: Lang) -> list[str]:
    """The report, the answer first."""
    say, unit = _Say(knowledge, lang), unit_of(result.outcome, knowledge)

    def effect(message: str, found: Estimate, **more: str) -> str:
        return say(message, gain=f"{found.gain:.1f}", low=f"{found.low:.1f}", high=f"{found.high:.1f}", unit=unit,
                   nights=str(found.nights), **more)  # fmt: skip

    verdict = result.verdict.text.get(lang)
    lines = [verdict if result.withheld is None else say("report_withheld", why=result.withheld)]
    lines.append(effect("report_randomised", result.as_randomised, p=_p(result.randomisation_p)))
    if result.as_taken is not None:
        lines.append(effect("report_taken", result.as_taken))
    if result.block_shift is not None:
        lines.append(effect("report_blocks", result.block_shift))
    if result.ratio is not None:
        ratio = result.ratio
        lines.append(say("report_ratio", ratio=f"{ratio.gain:.2f}", low=f"{ratio.low:.2f}", high=f"{ratio.high:.2f}"))
    if result.measured is not None:
        lines.append(effect(f"report_measured_{started.protocol.measured}", result.measured))
    for arm in result.arms:
        lines.append(
            say(f"report_arm_{arm.arm}", written=str(arm.written), planned=str(arm.planned), late=str(arm.late),
                not_taken=str(arm.not_taken), mean="-" if arm.mean is None else f"{arm.mean:.1f}")
        )  # fmt: skip
    if result.blinded:
        lines.append(_blind(result, say))
    if result.opened_blocks:
        lines.append(say("report_opened", blocks=", ".join(str(block + 1) for block in result.opened_blocks)))
    return [*lines, say("report_seal", digest=started.digest)]


def _blind(result: Result, say: _Say) -> str:
    blind = result.blind
    if not blind.said + blind.unknown:
        return say("report_no_guesses")
    return say(
        "report_blind", right=str(blind.right), said=str(blind.said), unknown=str(blind.unknown),
        p=_percent(blind.p), bang_with=_index(blind.bang_with), bang_without=_index(blind.bang_without),
        james="-" if blind.james is None else f"{blind.james:.2f}",
    )  # fmt: skip


def _index(index: Index | None) -> str:
    return "-" if index is None else f"{index.value:+.2f} ± {1.96 * index.error:.2f}"


def pool_lines(together: Together, names: Sequence[str], knowledge: Knowledge, lang: Lang) -> list[str]:
    """Many people's results; ``names`` of those that count, in their order."""
    say, unit = _Say(knowledge, lang), unit_of(together.outcome, knowledge)
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


def _percent(share: float) -> str:
    return f"{100 * share:.0f}"


def _p(value: float) -> str:
    return f"{value:.2g}"
