"""An effect in one sentence, in three languages."""

from __future__ import annotations

from anmin.evidence.model import Basis, Certainty, Unit
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Text
from anmin.knowledge.studies import Outcome

_SD = Text(en="standard deviations", zh_hant="個標準差", ja="標準偏差分")


def rounded(value: float) -> float:
    """As many digits as the evidence bears: whole from ten on, else one, below one two."""
    size = abs(value)
    return round(value) if size >= 10 else round(value, 1) if size >= 1 else round(value, 2)


def component_name(component: str, knowledge: Knowledge) -> Text:
    """What a component of a study is called; several of them joined by ``+``."""
    if "+" in component:
        parts = [component_name(part, knowledge) for part in component.split("+")]
        return Text(
            en=" + ".join(part.en for part in parts),
            zh_hant=" + ".join(part.zh_hant for part in parts),
            ja=" + ".join(part.ja for part in parts),
        )
    known = knowledge.substances.get(component)
    if known is not None:
        return known.name
    message = f"evidence.name.{component}"
    if message in knowledge.messages:
        return knowledge.text(message)
    plain = component.replace("_", " ")
    return Text(en=plain, zh_hant=plain, ja=plain)


def unit_name(outcome: Outcome, unit: Unit) -> Text:
    """The unit of an effect in words."""
    return outcome.unit if unit == outcome.unit_code else Text(en="SD", zh_hant="標準差", ja="標準偏差")


def basis_text(basis: Basis, k: int | None, n: int | None, label: str, knowledge: Knowledge) -> Text:
    """What stands behind an effect: how many trials and people, and which studies said so."""
    if basis == "cohort":
        return knowledge.text("evidence.basis.watched", n=n or 0, label=label)
    if basis == "pooled" and k is not None:
        if n is not None:
            return knowledge.text("evidence.basis.pooled_people", k=k, n=n, label=label)
        return knowledge.text("evidence.basis.pooled", k=k, label=label)
    if basis == "pooled":
        return knowledge.text("evidence.basis.review", label=label)
    if n is not None:
        return knowledge.text("evidence.basis.one_people", n=n, label=label)
    return knowledge.text("evidence.basis.one", label=label)


def describe(
    outcome: Outcome,
    unit: Unit,
    gain: float,
    low: float,
    high: float,
    level: Certainty,
    basis: Text,
    knowledge: Knowledge,
) -> Text:
    """One sentence with size, interval, ground and certainty."""
    words = {
        "name": outcome.name,
        "unit": _SD if unit == "SD" else outcome.unit,
        "basis": basis,
        "certainty": knowledge.text(f"evidence.certainty.{level}"),
    }
    if gain < 0.0:
        return knowledge.text("evidence.effect.worse", worse=rounded(-gain), **words)
    if low < 0.0:
        return knowledge.text(
            "evidence.effect.open", gain=rounded(gain), worse=rounded(-low), high=rounded(high), **words
        )
    return knowledge.text("evidence.effect.better", gain=rounded(gain), low=rounded(low), high=rounded(high), **words)
