"""What a fact is called in a list, and in half a line what it says."""

from __future__ import annotations

from anmin.knowledge.body_bath import BathPoint
from anmin.knowledge.claims import Claim, Record
from anmin.knowledge.combinations import ANY_SEDATING
from anmin.knowledge.components import ComponentFact
from anmin.knowledge.drugs import Drug
from anmin.knowledge.eating import Diet, Food, Intake, Price
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Form, Interaction, Limit, Names, Struct, Text, Timing
from anmin.knowledge.mr import Instrument, MrResult
from anmin.knowledge.studies import Study
from anmin.knowledge.texts import show_number

FACT_KINDS: tuple[str, ...] = tuple(
    kind for kind in Knowledge.__struct_fields__ if kind not in ("version", "messages")
)  # fmt: skip
"""Every kind of fact that can be asked for, in the order of :class:`~anmin.knowledge.load.Knowledge`."""


def same(text: str) -> Text:
    """A text that is the same in all three languages: a code, a number, a name in Latin letters."""
    return Text(en=text, zh_hant=text, ja=text)


def kind_name(kind: str, knowledge: Knowledge) -> Text:
    """What a kind of fact is called."""
    return _message(f"knowledge.kind.{kind}", kind, knowledge)


def word_for(field: str, value: str, knowledge: Knowledge) -> Text:
    """The word for a value of a closed vocabulary (``severity`` major), or the value itself."""
    return _message(f"knowledge.{field}.{value.lower()}", value, knowledge)


def name_of(substance: str, knowledge: Knowledge) -> Text:
    """The name of a substance or of a group that rules speak of."""
    if substance in knowledge.substances:
        return knowledge.substances[substance].name
    if substance == ANY_SEDATING:
        return knowledge.text("knowledge.any_sedating")
    for known in knowledge.substances.values():
        if substance in known.rule_ids:
            return known.name
    return word_for("group", substance, knowledge)


def title_of(fact: Struct, knowledge: Knowledge) -> Text:
    """The name under which a fact stands in a list."""
    if isinstance(fact, Interaction):
        return knowledge.text("knowledge.with", first=name_of(fact.substance, knowledge), second=fact.drugs)
    if isinstance(fact, Drug):
        return Text(en=_first(fact, "en"), zh_hant=_first(fact, "zh_hant"), ja=_first(fact, "ja"))
    if isinstance(fact, Study):
        return same(fact.label)
    if isinstance(fact, Instrument):
        return same(f"{fact.snp} {fact.gene}".strip())
    if isinstance(fact, MrResult | BathPoint):
        return same(fact.label)
    if isinstance(fact, Claim):
        return fact.text
    if isinstance(fact, Record):
        named = knowledge.studies.get(fact.study or "") or knowledge.mr_results.get(fact.mr_result or "")
        return same(fact.sources[0].label if fact.sources else named.label if named else fact.id)
    if isinstance(fact, Price):
        return same(fact.product)
    if isinstance(fact, Diet):
        return same(f"{fact.country}, {fact.population} ({fact.survey})")
    if isinstance(fact, Limit | Intake | Timing):
        return name_of(fact.substance, knowledge)
    if isinstance(fact, ComponentFact):
        return _component(fact, knowledge)
    first, second = getattr(fact, "first", None), getattr(fact, "second", None)
    if isinstance(first, str) and isinstance(second, str):
        return knowledge.text("knowledge.with", first=name_of(first, knowledge), second=name_of(second, knowledge))
    name = getattr(fact, "name", None)
    if isinstance(name, Text):
        return name
    substance = getattr(fact, "substance", None)
    if isinstance(substance, str):
        return name_of(substance, knowledge)
    return same(str(getattr(fact, "id", "")))


def summary_of(fact: Struct, knowledge: Knowledge) -> Text:
    """In half a line what the fact says; empty where the title says it all."""
    if isinstance(fact, Interaction):
        return _interaction(fact, knowledge)
    if isinstance(fact, Limit):
        return _limit(fact, knowledge)
    if isinstance(fact, Intake):
        return _intake(fact, knowledge)
    if isinstance(fact, Form):
        share = fact.magnesium_fraction
        return same(f"{fact.formula or '?'}{f', {share:.1%} Mg' if share is not None else ''}")
    if isinstance(fact, Drug):
        return same(", ".join(fact.atc))
    if isinstance(fact, Study):
        return fact.population
    if isinstance(fact, Instrument):
        return fact.trait
    if isinstance(fact, MrResult):
        return _both(fact.exposure, fact.outcome)
    if isinstance(fact, Claim):
        return word_for("verdict", fact.verdict or "", knowledge)
    if isinstance(fact, Record):
        return fact.says
    if isinstance(fact, Diet):
        return same(f"{show_number(fact.mean_mg)} mg") if fact.mean_mg is not None else same("")
    if isinstance(fact, Food):
        amount = same(f"{show_number(fact.mg_per_portion or 0)} mg")
        return knowledge.text("knowledge.per", amount=amount, portion=fact.portion)
    if isinstance(fact, Price):
        return same(f"{show_number(fact.price_per_g or 0)} {fact.currency}/g")
    if isinstance(fact, Timing):
        return knowledge.text("knowledge.before_bed", near=fact.nearest_min, far=fact.farthest_min)
    return _plain(fact, knowledge)


def _plain(fact: Struct, knowledge: Knowledge) -> Text:
    severity, action = getattr(fact, "severity", None), getattr(fact, "action", None)
    if isinstance(severity, str) and isinstance(action, str):
        return _both(word_for("severity", severity, knowledge), word_for("action", action, knowledge))
    urgency = getattr(fact, "urgency", None)
    if isinstance(urgency, str):
        return word_for("urgency", urgency, knowledge)
    value, unit = getattr(fact, "value", None), getattr(fact, "unit", None)
    if isinstance(value, float | int) and isinstance(unit, str):
        return same(f"{show_number(value)} {unit}")
    return same("")


def _interaction(fact: Interaction, knowledge: Knowledge) -> Text:
    words = _both(word_for("severity", fact.severity, knowledge), word_for("action", fact.action, knowledge))
    if fact.strict_before_h is None and fact.strict_after_h is None:
        return words
    hours = knowledge.text(
        "knowledge.hours",
        after="?" if fact.strict_before_h is None else fact.strict_before_h,
        before="?" if fact.strict_after_h is None else fact.strict_after_h,
    )
    return _both(words, hours)


def _limit(fact: Limit, knowledge: Knowledge) -> Text:
    where = " ".join(part for part in (fact.jurisdiction, fact.body) if part)
    if fact.value_mg is not None:
        amount = f"{show_number(fact.value_mg)} mg"
    elif fact.value_mg_per_kg is not None:
        amount = f"{show_number(fact.value_mg_per_kg)} mg/kg"
    else:
        amount = ""
    words = same(", ".join(part for part in (amount, where, _ages(fact.age_from, fact.age_below)) if part))
    return words if fact.status is None else _both(words, word_for("status", fact.status, knowledge))


def _ages(age_from: float | None, age_below: float | None) -> str:
    """Ages in years, as ``19+`` or ``4-8``; empty when all."""
    if age_below is not None:
        return f"{show_number(age_from or 0)}-{show_number(age_below - 1)}"
    return f"{show_number(age_from)}+" if age_from else ""


def _intake(fact: Intake, knowledge: Knowledge) -> Text:
    words = same(f"{fact.kind} {'+' if fact.added else ''}{show_number(fact.value_mg)} mg, {fact.body}")
    for field in ("sex", "state"):
        value = getattr(fact, field)
        if value is not None:
            words = _both(words, word_for(field, value, knowledge))
    ages = _ages(fact.age_from, fact.age_below)
    return _both(words, same(ages)) if ages else words


def _component(fact: ComponentFact, knowledge: Knowledge) -> Text:
    forms = [knowledge.forms[form].name for form in fact.forms if form in knowledge.forms]
    if not forms:
        return name_of(fact.substance, knowledge)
    return Text(
        en=", ".join(form.en for form in forms),
        zh_hant="、".join(form.zh_hant for form in forms),
        ja="、".join(form.ja for form in forms),
    )


def _first(fact: Drug, lang: str) -> str:
    """The first name in a language, else in another one."""
    for names in (fact.names, fact.brands or Names()):
        found: tuple[str, ...] = getattr(names, lang) or names.all()
        if found:
            return found[0]
    return fact.id


def _both(first: Text, second: Text) -> Text:
    return Text(
        en=f"{first.en}, {second.en}", zh_hant=f"{first.zh_hant}、{second.zh_hant}", ja=f"{first.ja}、{second.ja}"
    )


def _message(message_id: str, fallback: str, knowledge: Knowledge) -> Text:
    message = knowledge.messages.get(message_id)
    return message.text if message else same(fallback)
