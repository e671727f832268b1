"""The SPENT 2019 items of a declared protocol, each answered from the protocol or not applicable with its reason."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Text
from anmin.trial.protocol import Protocol


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One item with what the protocol says to it. ``applies`` false: ``says`` is why there is nothing to say."""

    number: str
    section: str
    name: Text
    applies: bool
    says: Text


def spent_items(protocol: Protocol, knowledge: Knowledge) -> tuple[Item, ...]:
    """Every item of SPENT 2019, in its order."""
    facts, holds = _facts(protocol, knowledge), _holds(protocol)
    made = []
    for item in knowledge.protocol_items.values():
        applies = holds[item.when] and item.answer is not None
        said = item.answer if applies else item.unless
        assert said is not None
        says = Text(**{lang: _filled(getattr(said, lang), facts, lang) for lang in ("en", "zh_hant", "ja")})
        made.append(Item(number=item.number, section=item.section, name=item.name, applies=applies, says=says))
    return tuple(made)


def _holds(protocol: Protocol) -> dict[str, bool]:
    return {
        "always": True,
        "never": False,
        "blinded": protocol.blinded,
        "looks": len(protocol.looks) > 1,
    }


def _filled(sentence: str, facts: Mapping[str, Text], lang: str) -> str:
    for name, text in facts.items():
        sentence = sentence.replace("{" + name + "}", getattr(text, lang))
    return sentence


def _facts(protocol: Protocol, knowledge: Knowledge) -> dict[str, Text]:
    """What may stand in a place of an answer."""
    design = protocol.design
    outcome = next(each for each in knowledge.outcomes.values() if each.id == protocol.outcome)

    def say(message: str, **params: str | Text) -> Text:
        return knowledge.text(f"trial.item_{message}", **params)

    plain = {
        "trial": protocol.trial,
        "what": protocol.what,
        "version": protocol.version,
        "declared": protocol.declared.isoformat(),
        "knowledge": protocol.knowledge[:12],
        "substance": protocol.parts[0].substance if protocol.parts else protocol.substance,
        "estimand": protocol.estimand,
        "arms": " / ".join(design.arms),
        "nights": design.nights,
        "blocks": design.blocks,
        "length": design.block_nights,
        "dropped": design.dropped,
        "own_nights": f"{protocol.planned_with['own_nights']:g}",
        "matters": f"{protocol.matters:g}",
        "first": protocol.first_evening.isoformat(),
        "last": protocol.last_morning.isoformat(),
        "looks": ", ".join(map(str, protocol.looks)),
        "early_looks": ", ".join(map(str, protocol.looks[:-1])),
        "look_levels": ", ".join(f"{level:g}" for level in protocol.look_levels),
        "gain": f"{protocol.planned_gain:g}",
        "power": f"{protocol.power:g}",
        "sd": f"{protocol.planned_with['sd']:g}",
        "phi": f"{protocol.planned_with['phi']:g}",
        "missing": f"{100 * protocol.planned_with['missing']:.0f}",
        "schedules": protocol.schedules,
        "model": protocol.model,
        "alpha": f"{protocol.alpha:g}",
        "exclusions": " ".join(protocol.exclusions),
        "interventions": "; ".join(f"{part.name}: {part.what}" for part in protocol.parts) or protocol.what,
        "open_because": protocol.open_because or "",
    }
    weekends = say("weekends_free")
    if design.weekends is not None:
        weekends = say("weekends", tolerance=str(design.weekends.tolerance))
    whats = [part.what for part in protocol.parts if part.open_because is not None]
    nothing = Text(en="", zh_hant="", ja="")
    return {
        **{name: Text(en=str(value), zh_hant=str(value), ja=str(value)) for name, value in plain.items()},
        "reason": say("reason"),
        "outcome": outcome.name,
        "unit": outcome.unit,
        "measured": say(f"measured_{protocol.measured}") if protocol.measured else nothing,
        "comparator": say("comparator_several" if protocol.parts else "comparator_one"),
        "restriction": say(f"restriction_{design.restriction}"),
        "weekends": weekends,
        "concealment": say("concealment_solo" if protocol.solo else "concealment"),
        "packer": say(_packer(protocol)),
        "open": say("open_things", things=", ".join(whats)) if whats else nothing,
        "interaction": say("interaction") if design.factors else nothing,
    }


def _packer(protocol: Protocol) -> str:
    if protocol.solo:
        return "packer_solo"
    return "packer_helper" if protocol.blinded else "packer_open"
