"""A trial of several arms or factors in words: the design, and the report with a verdict for each comparison."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Lang, Text
from anmin.report.trial import Say, blind_line, cost_lines, design_facts, percent, refusal_lines, show_p
from anmin.trial.contrasts import judged
from anmin.trial.design import ARMS, Proposal
from anmin.trial.finished import Started
from anmin.trial.items import Item
from anmin.trial.looks import Looks
from anmin.trial.protocol import Protocol, describe
from anmin.trial.result import Estimate, unit_of
from anmin.trial.schedule import count
from anmin.trial.several import Several
from anmin.trial.several_result import Compared, SeveralResult


def several_design_lines(several: Several, proposal: Proposal, knowledge: Knowledge, lang: Lang) -> list[str]:
    """What the design is and what it can answer, or that it cannot and what would."""
    say, design = Say(knowledge, lang), proposal.design
    size = {"nights": str(design.nights), "blocks": str(design.blocks), "length": str(design.block_nights)}
    if several.factors:
        lines = [say("design_factors_head", what=" × ".join(several.things), **size)]
    else:
        lines = [
            say("design_arms_head", arms=" / ".join(shown_arm(arm, knowledge, lang) for arm in several.arms), **size)
        ]
    for name, arm in several.things.items():
        lines.append(say("design_thing", name=name, what=describe(arm, knowledge, lang)))
    comparisons = len(judged(design))
    if comparisons > 1:
        alpha = percent(knowledge.value("trial.randomisation_p"))
        lines.append(say("design_family", count=str(comparisons), alpha=alpha))
    if several.factors:
        lines.append(say("design_interaction"))
    lines += design_facts(proposal, say)
    for name, arm in several.things.items():
        if arm.open_because is None:
            lines.append(say("design_part_blind", name=name))
        else:
            lines.append(say("design_part_open", name=name, why=arm.open_because))
    for name, arm in several.things.items():
        share = sum(name in each.split("+") for each in several.arms) / len(several.arms)
        lines += cost_lines(describe(arm, knowledge, lang), arm, round(design.nights * share), say)
    return lines if proposal.answers else [*refusal_lines(proposal, say), *lines]


def several_design_out(
    several: Several, proposal: Proposal, looks: Looks | None, lines: Sequence[str]
) -> dict[str, Any]:
    """The contract of ``anmin trial design --json`` for several things."""
    made: dict[str, Any] = msgspec.to_builtins(proposal, str_keys=True)
    return {
        "status": "design" if proposal.answers else "cannot_answer",
        "arms": several.arms,
        "factors": several.factors,
        "things": {
            name: {"component": arm.component.id, "doses": msgspec.to_builtins(arm.doses),
                   "bath": msgspec.to_builtins(arm.bath), "blindable": arm.open_because is None,
                   "cost": arm.component.cost, "currency": arm.currency}
            for name, arm in several.things.items()
        },
        "comparisons": [contrast.id for contrast in judged(proposal.design)],
        "nights": proposal.design.nights,
        "schedules": count(proposal.design),
        **made,
        "looks": msgspec.to_builtins(looks),
        "text": list(lines),
    }  # fmt: skip


def several_report_lines(started: Started, result: SeveralResult, knowledge: Knowledge, lang: Lang) -> list[str]:
    """The verdict of every comparison first, then what each rests on."""
    say, protocol = Say(knowledge, lang), started.protocol
    unit = unit_of(result.outcome, knowledge)
    lines = []
    for one in result.contrasts:
        head = _head(one, protocol, say)
        verdict = (
            one.verdict.text if one.withheld is None else knowledge.text("trial.report_withheld", why=one.withheld)
        )
        lines.append(f"{head}{' ' if lang == 'en' else ''}{verdict.get(lang)}")
    lines.append(say("report_family", alpha=f"{100 * result.alpha:g}"))
    if result.stopped_at is not None:
        lines.append(say("report_stopped", night=str(result.stopped_at)))
    for one in result.contrasts:
        lines += [_head(one, protocol, say), *(f"  {line}" for line in _ground(one, protocol, unit, say))]
    for each in result.interactions:
        lines.append(effect_line(say, "report_interaction", each.estimate, unit))
    for arm in result.arms:
        lines.append(
            say("report_arm", arm=shown_arm(arm.arm, knowledge, lang), written=str(arm.written),
                planned=str(arm.planned), late=str(arm.late), not_taken=str(arm.not_taken),
                mean="-" if arm.mean is None else f"{arm.mean:.1f}")
        )  # fmt: skip
    if result.opened_blocks:
        lines.append(say("report_opened", blocks=", ".join(str(block + 1) for block in result.opened_blocks)))
    return [*lines, say("report_seal", digest=started.digest)]


def several_report_out(started: Started, result: SeveralResult, lines: Sequence[str]) -> dict[str, Any]:
    """The contract of ``anmin trial report --json``, and the file that ``anmin plan --results`` reads."""
    return {"anmin_trial": 1, "protocol": msgspec.to_builtins(started.protocol), **msgspec.to_builtins(result),
            "text": list(lines)}  # fmt: skip


def item_lines(items: Sequence[Item], knowledge: Knowledge, lang: Lang) -> list[str]:
    """The items of a protocol, one a line, how many are answered first."""
    say = Say(knowledge, lang)
    filled = sum(item.applies for item in items)
    lines = [say("items_head", filled=str(filled), none=str(len(items) - filled))]
    for item in items:
        said = item.says if item.applies else knowledge.text("trial.items_none", why=item.says)
        lines.append(f"{item.number}  {item.name.get(lang)}: {said.get(lang)}")
    return lines


def effect_line(say: Say, message: str, found: Estimate, unit: Text, **more: str) -> str:
    """One estimate in words."""
    return say(message, gain=f"{found.gain:.1f}", low=f"{found.low:.1f}", high=f"{found.high:.1f}", unit=unit,
               nights=str(found.nights), **more)  # fmt: skip


def shown_arm(arm: str, knowledge: Knowledge, lang: Lang) -> str:
    """The name of an arm: as the person wrote it, "with" and "without" in their language."""
    return knowledge.say(f"trial.arm_{arm}", lang) if arm in ARMS else arm.replace("+", " + ")


def _head(one: Compared, protocol: Protocol, say: Say) -> str:
    return say(
        "report_contrast",
        what=shown_arm(one.what, say.knowledge, say.lang),
        against=shown_arm(one.against, say.knowledge, say.lang),
    )


def _ground(one: Compared, protocol: Protocol, unit: Text, say: Say) -> list[str]:
    lines = [
        effect_line(say, "report_contrast_p", one.as_randomised, unit, p=show_p(one.p), adjusted=show_p(one.adjusted_p))
    ]
    if one.as_taken is not None:
        lines.append(effect_line(say, "report_taken", one.as_taken, unit))
    if one.block_shift is not None:
        lines.append(effect_line(say, "report_blocks", one.block_shift, unit))
    if one.built_up is not None:
        tau = f"{protocol.planned_with['carry_over_nights']:g}"
        lines.append(effect_line(say, "report_built_up", one.built_up, unit, tau=tau))
    if one.ratio is not None:
        ratio = one.ratio
        lines.append(say("report_ratio", ratio=f"{ratio.gain:.2f}", low=f"{ratio.low:.2f}", high=f"{ratio.high:.2f}"))
    if one.measured is not None:
        lines.append(effect_line(say, f"report_measured_{protocol.measured}", one.measured, unit))
    elif protocol.measured is not None:
        lines.append(say("report_measured_none"))
    if one.blinded:
        lines.append(blind_line(one.blind, say))
    return lines
