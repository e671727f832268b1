"""A field of a fact as a person reads it, in the three languages."""

from __future__ import annotations

from collections.abc import Iterable

from anmin.knowledge.body_models import ModelValue
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Names, Struct, Text
from anmin.knowledge.studies import DomainJudgment, StudyDose, StudyOutcome
from anmin.knowledge.texts import show_number
from anmin.knowledge.titles import name_of, same, word_for

_SUBSTANCE_FIELDS = frozenset(
    {"substance", "applies_to", "components", "first", "second", "component", "ask_if_taking"}
)
_FORM_FIELDS = frozenset({"form", "forms", "powder_forms"})
_FINE = frozenset({"p", "p_threshold", "beta", "se", "magnesium_fraction", "molar_mass", "glycine_per_magnesium"})
"""Fields that need more than two decimals."""


def field_label(field: str, knowledge: Knowledge) -> Text:
    """What a field is called."""
    return word_for("field", field, knowledge)


def hours(after_drug: float | None, before_drug: float | None, knowledge: Knowledge) -> Text:
    """A window on both sides of a medicine; a question mark where no figure is known."""
    return knowledge.text(
        "knowledge.hours",
        after="?" if after_drug is None else after_drug,
        before="?" if before_drug is None else before_drug,
    )


def join(texts: Iterable[Text]) -> Text:
    """Several texts as one list."""
    every = tuple(texts)
    return Text(
        en=", ".join(text.en for text in every),
        zh_hant="、".join(text.zh_hant for text in every),
        ja="、".join(text.ja for text in every),
    )


def show_value(field: str, value: object, knowledge: Knowledge) -> Text:
    """The value of a field in words: names for ids, words for closed vocabularies, numbers without a tail."""
    if isinstance(value, Text):
        return value
    if isinstance(value, bool):
        return knowledge.text("knowledge.yes" if value else "knowledge.no")
    if isinstance(value, float | int):
        return same(f"{value:.4g}" if field in _FINE else show_number(value))
    if isinstance(value, str):
        return _word(field, value, knowledge)
    if isinstance(value, tuple):
        return join(show_value(field, item, knowledge) for item in value)
    if isinstance(value, dict):
        return join(same(f"{key}: {show_value(field, item, knowledge).en}") for key, item in value.items())
    if isinstance(value, Struct):
        return _part(value, knowledge)
    return same(str(value))


def _word(field: str, value: str, knowledge: Knowledge) -> Text:
    if field in _SUBSTANCE_FIELDS:
        return name_of(value, knowledge)
    if field in _FORM_FIELDS and value in knowledge.forms:
        return knowledge.forms[value].name
    if field == "keys" and value in knowledge.condition_keys:
        return knowledge.condition_keys[value].name
    if field == "reason" and value in knowledge.messages:
        return knowledge.messages[value].text
    return word_for(field, value, knowledge)


def _part(part: Struct, knowledge: Knowledge) -> Text:
    """A structure inside a fact: a threshold, a dose, a row of results."""
    if isinstance(part, Names):
        return Text(en=", ".join(part.en), zh_hant="、".join(part.zh_hant), ja="、".join(part.ja))
    if isinstance(part, StudyDose):
        amount = "?" if part.mg is None else f"{show_number(part.mg)} mg"
        return _spaced(name_of(part.substance, knowledge), same(amount))
    if isinstance(part, StudyOutcome):
        return _outcome(part, knowledge)
    if isinstance(part, ModelValue):
        return _model_value(part, knowledge)
    if isinstance(part, DomainJudgment):
        return show_value("reason", part.reason, knowledge)
    words = getattr(part, "text", None)
    if isinstance(words, Text):
        return words
    entries = []
    for field in part.__struct_fields__:
        value = getattr(part, field)
        if field != "sources" and value is not None and value is not False and value not in ((), ""):
            entries.append(_spaced(field_label(field, knowledge), show_value(field, value, knowledge)))
    return join(entries)


def _model_value(part: ModelValue, knowledge: Knowledge) -> Text:
    """``tau_wake 18.2 (14.1-26.4) h``, with how it was read; a question mark where it is not known."""
    number = "?" if part.value is None else f"{part.value:.6g}"
    if part.low is not None or part.high is not None:
        number += f" ({'' if part.low is None else f'{part.low:g}'}-{'' if part.high is None else f'{part.high:g}'})"
    unit = "" if part.unit == "1" else part.unit
    shown = same(" ".join(each for each in (part.name, number, unit) if each))
    return _spaced(shown, _bracket(knowledge.text(f"report.read_{part.read_in}")))


def _outcome(row: StudyOutcome, knowledge: Knowledge) -> Text:
    figures = "" if row.effect is None else f" {show_number(row.effect)}{f' {row.unit}' if row.unit else ''}"
    if row.low is not None and row.high is not None:
        figures += f" [{show_number(row.low)}, {show_number(row.high)}]"
    if row.p is not None:
        figures += f" p {row.p_bound} {row.p:g}"
    name = knowledge.outcomes[row.outcome].name if row.outcome in knowledge.outcomes else same(row.measure)
    return _spaced(name, _spaced(same(figures.strip()), _bracket(word_for("direction", row.direction, knowledge))))


def _spaced(first: Text, second: Text) -> Text:
    return Text(
        en=f"{first.en} {second.en}".strip(),
        zh_hant=f"{first.zh_hant} {second.zh_hant}".strip(),
        ja=f"{first.ja} {second.ja}".strip(),
    )


def _bracket(text: Text) -> Text:
    return Text(en=f"({text.en})", zh_hant=f"（{text.zh_hant}）", ja=f"（{text.ja}）")
