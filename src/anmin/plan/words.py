"""Names of things, amounts and lists, in three languages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from anmin.evidence.words import rounded
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Source, Text
from anmin.knowledge.studies import Outcome
from anmin.plan.model import Component

_GRAMS_FROM_MG = 1000


def amount(mg: float, knowledge: Knowledge, grams: bool = False) -> Text:
    """``250 mg``; with ``grams`` also ``1.5 g`` from a gram on."""
    if grams and mg >= _GRAMS_FROM_MG:
        return knowledge.text("plan.amount.g", value=round(mg / 1000, 1))
    return knowledge.text("plan.amount.mg", value=round(mg) if mg >= 10 else round(mg, 1))


def gain_text(gain: float, outcome: Outcome, knowledge: Knowledge) -> Text:
    """An expected gain in words: ``about 3.1 min``, or ``less than 1 minute`` instead of digits that nobody feels."""
    if gain < 1 and outcome.unit_code == "min":
        return knowledge.text("plan.gain.less_minute")
    if gain < 1 and outcome.unit_code != "SD":
        return knowledge.text("plan.gain.less", unit=outcome.unit)
    return knowledge.text("plan.gain.about", gain=rounded(gain), unit=outcome.unit)


def name_of(component: Component, knowledge: Knowledge) -> Text:
    """What a component is called in a list, with its amount of the whole day."""
    if component.bath is not None:
        bath = component.bath
        return knowledge.text("plan.name.bath_at", water=bath.water_c, minutes=bath.minutes)
    if not component.doses:
        return knowledge.text("plan.name.habits")
    whole = sum(dose.mg for dose in component.doses)
    dose = component.doses[0]
    if dose.form is not None:
        form = knowledge.forms[dose.form].name
        return knowledge.text("plan.name.magnesium", form=form, amount=amount(whole, knowledge))
    name = knowledge.substances[dose.substance].name
    return knowledge.text("plan.name.dose", name=name, amount=amount(whole, knowledge, grams=True))


def names_of(components: Sequence[Component], knowledge: Knowledge) -> Text:
    """The components as one list; without any, the habits."""
    return listed([name_of(each, knowledge) for each in components], knowledge) or knowledge.text("plan.name.habits")


def substance_name(substance: str, knowledge: Knowledge) -> Text:
    """The name of a substance, or its id where nobody named it."""
    known = knowledge.substances.get(substance)
    return known.name if known is not None else plain(substance)


def plain(text: str) -> Text:
    """The same words in every language: a brand, a medicine as it was typed."""
    return Text(en=text, zh_hant=text, ja=text)


def listed(texts: Iterable[Text], knowledge: Knowledge) -> Text | None:
    """``a, b and c``; None without any."""
    found = list(dict.fromkeys(texts))
    if not found:
        return None
    whole = found[0]
    for text in found[1:-1]:
        whole = knowledge.text("plan.join.more", one=whole, two=text)
    return knowledge.text("plan.join.two", one=whole, two=found[-1]) if len(found) > 1 else whole


def in_a_row(texts: Iterable[Text], knowledge: Knowledge) -> Text | None:
    """``a, b, c``: a list that goes on after a colon; None without any."""
    whole: Text | None = None
    for text in dict.fromkeys(texts):
        whole = text if whole is None else knowledge.text("plan.join.more", one=whole, two=text)
    return whole


def each_once(sources: Iterable[Source]) -> tuple[Source, ...]:
    """The sources in order, each place once, whatever it is called."""
    return tuple(_by_place(sources).values())


def _by_place(sources: Iterable[Source]) -> dict[str, Source]:
    found: dict[str, Source] = {}
    for source in sources:
        found.setdefault(source.doi or source.url or source.pmid or source.label, source)
    return found
