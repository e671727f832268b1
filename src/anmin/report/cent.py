"""The CENT 2015 checklist (doi 10.1136/bmj.h1738) answered by one finished trial: what, or why it does not apply."""

from __future__ import annotations

from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Lang, Struct
from anmin.knowledge.texts import Filling, fill
from anmin.report.trial_findings import Comparison, Findings, arm_name
from anmin.trial.blinding import Blindness
from anmin.trial.protocol import Protocol
from anmin.trial.result import unit_of, until
from anmin.trial.schedule import Schedule


class Item(Struct, frozen=True, kw_only=True):
    """One point: its number, what it asks for, and what this trial says; ``applies`` False: why not."""

    number: str
    asks: str
    applies: bool
    says: str


def cent_items(found: Findings, knowledge: Knowledge, lang: Lang) -> tuple[Item, ...]:
    """Every point of the checklist, in its order."""
    filling: dict[str, Filling] = dict(_filling(found, knowledge, lang))
    made = []
    for item in sorted(knowledge.trial_items.values(), key=lambda each: each.id):
        text = item.answer or item.missing
        assert text is not None
        said = fill(text, filling).get(lang)
        if item.answer is None:
            said = knowledge.say("trial_report.cent.not_applicable", lang, why=said)
        made.append(Item(number=item.number, asks=item.name.get(lang), applies=item.answer is not None, says=said))
    return tuple(made)


def sequence_words(schedule: Schedule, protocol: Protocol, knowledge: Knowledge, lang: Lang) -> str:
    """The arms of the blocks in their order."""
    names = [arm_name(arm, protocol, knowledge, lang) for arm in protocol.design.arms]
    return " – ".join(names[arm] for arm in schedule)


def _filling(found: Findings, knowledge: Knowledge, lang: Lang) -> dict[str, str]:
    protocol, design, result = found.protocol, found.protocol.design, found.result
    outcome = knowledge.outcomes[protocol.outcome]
    entries = until(protocol, found.finished.entries, result.stopped_at)
    written = [number for entry in entries if (number := protocol.night_of(entry.night)) is not None]
    completed = {number // design.block_nights for number in written if design.is_analysed(number)}
    per_arm = [sum(found.schedule[block] == arm for block in completed) for arm in range(len(design.arms))]
    semicolon = "; " if lang == "en" else "；"
    none = knowledge.say("trial_report.none", lang)
    return {
        "what": protocol.what,
        "whats": semicolon.join(part.what for part in protocol.parts) or protocol.what,
        "facts": protocol.knowledge[:12],
        "estimand": protocol.estimand,
        "model": protocol.model,
        "outcome": outcome.name.get(lang),
        "unit": unit_of(protocol.outcome, knowledge).get(lang),
        "matters": f"{protocol.matters:g}",
        "planned_gain": f"{protocol.planned_gain:g}",
        "power": f"{100 * protocol.power:.0f}",
        "sd": f"{protocol.planned_with['sd']:.0f}",
        "own_nights": f"{protocol.planned_with['own_nights']:g}",
        "blocks": str(design.blocks),
        "length": str(design.block_nights),
        "nights": str(design.nights),
        "dropped": str(design.dropped),
        "arms": " / ".join(arm_name(arm, protocol, knowledge, lang) for arm in design.arms),
        "first": protocol.first_evening.isoformat(),
        "last": protocol.last_morning.isoformat(),
        "completed": str(len(completed)),
        "analysed": semicolon.join(
            f"{arm_name(arm, protocol, knowledge, lang)} {many}" for arm, many in zip(design.arms, per_arm, strict=True)
        ),
        "written": str(sum(arm.written for arm in found.arms)),
        "planned": str(sum(arm.planned for arm in found.arms)),
        "late": str(sum(arm.late for arm in found.arms)),
        "not_taken": str(sum(arm.not_taken for arm in found.arms)),
        "opened": ", ".join(str(block + 1) for block in result.opened_blocks) or none,
        "digest": found.finished.started.digest[:16],
        "sequence": sequence_words(found.schedule, protocol, knowledge, lang),
        "verdict": semicolon.join(_verdict(one, knowledge, lang) for one in found.comparisons),
        "effects": semicolon.join(_effect(one, found, knowledge, lang) for one in found.comparisons),
        **_sentences(found, knowledge, lang),
    }


def _sentences(found: Findings, knowledge: Knowledge, lang: Lang) -> dict[str, str]:
    """What depends on how the trial was done."""
    protocol, design, result = found.protocol, found.protocol.design, found.result

    def say(name: str, **numbers: str) -> str:
        return knowledge.say(f"trial_report.cent.{name}", lang, **numbers)

    early = protocol.looks[:-1]
    looks = say("looks_none")
    if early:
        levels = ", ".join(f"{night} ({level:g})" for night, level in zip(early, protocol.look_levels, strict=False))
        looks = say("looks_declared", looks=levels)
    stopped = say("stopped_no")
    if result.early:
        stopped = say("stopped_early")
    elif result.stopped_at is not None:
        stopped = say("stopped_look", night=str(result.stopped_at))
    hidden = "open" if not protocol.blinded else "solo" if protocol.solo else "helper"
    some_open = protocol.blinded and any(part.open_because is not None for part in protocol.parts)
    blinding = say(f"blinding_{hidden}", why=protocol.open_because or "") if hidden == "open" else say(
        f"blinding_{hidden}"
    )  # fmt: skip
    if some_open:
        blinding = f"{blinding} {say('blinding_part', why=protocol.open_because or '')}"
    guessed = [one.blind for one in found.comparisons if one.blinded]
    if protocol.blinded:
        blinding = f"{blinding} {_guesses(guessed, knowledge, lang)}"
    weekends = design.weekends
    return {
        "looks": looks,
        "stopped": stopped,
        "blinding": blinding,
        "alike": say(f"alike_{'open' if hidden == 'open' else 'hidden'}"),
        "hidden": say(f"hidden_{hidden}"),
        "packed": say(f"packed_{hidden}"),
        "drawn": say("drawn_solo" if protocol.solo else "drawn", count=f"{protocol.schedules:,}"),
        "restriction": say(f"restriction_{design.restriction}", arms=str(len(design.arms))),
        "weekends": say("weekends_free") if weekends is None else say("weekends", tolerance=str(weekends.tolerance)),
        "tracker": say("tracker_none") if protocol.measured is None else say(f"tracker_{protocol.measured}"),
        "limits": " ".join(_limits(found, knowledge, lang)),
    }


def _limits(found: Findings, knowledge: Knowledge, lang: Lang) -> list[str]:
    protocol = found.protocol
    names = ["self_rated"]
    names += [] if protocol.blinded else ["open"]
    names += ["guessed"] if any(one.blinded and one.blind.broken for one in found.comparisons) else []
    names += ["slow"]
    return [knowledge.say(f"trial_report.cent.limit_{name}", lang) for name in names]


def _guesses(blind: list[Blindness], knowledge: Knowledge, lang: Lang) -> str:
    said, right = sum(each.said for each in blind), sum(each.right for each in blind)
    if not said + sum(each.unknown for each in blind):
        return knowledge.say("trial.report_no_guesses", lang)
    return knowledge.say("trial_report.cent.guesses", lang, right=str(right), said=str(said))


def _verdict(one: Comparison, knowledge: Knowledge, lang: Lang) -> str:
    text = one.verdict.text if one.withheld is None else knowledge.text("trial.report_withheld", why=one.withheld)
    said = text.get(lang)
    return knowledge.say("trial_report.of", lang, name=one.name, title=said) if one.name else said


def _effect(one: Comparison, found: Findings, knowledge: Knowledge, lang: Lang) -> str:
    each = one.as_randomised
    said = knowledge.say(
        "trial_report.estimate", lang, gain=f"{each.gain:.1f}", low=f"{each.low:.1f}", high=f"{each.high:.1f}",
        unit=unit_of(found.protocol.outcome, knowledge),
    )  # fmt: skip
    if one.measured is not None:
        measured = one.measured
        beside = knowledge.say(
            f"trial.report_measured_{found.protocol.measured}", lang, gain=f"{measured.gain:.1f}",
            low=f"{measured.low:.1f}", high=f"{measured.high:.1f}", nights=str(measured.nights),
            unit=knowledge.text("trial_report.minutes"),
        )  # fmt: skip
        said = f"{said}; {beside}" if lang == "en" else f"{said}；{beside}"
    return knowledge.say("trial_report.of", lang, name=one.name, title=said) if one.name else said
