"""One fact, laid open: what it says, where that was read and how, what disagrees, and what it drives."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

import msgspec

from anmin.errors import UnknownId
from anmin.knowledge.claims import Claim, Record
from anmin.knowledge.drugs import Drug
from anmin.knowledge.fold import fold
from anmin.knowledge.load import Knowledge
from anmin.knowledge.lookup import linked_substances, names_of, touches
from anmin.knowledge.model import Form, Interaction, Limit, Source, Struct, Text, Timing
from anmin.knowledge.references import REFERENCES, named, parts
from anmin.knowledge.show import field_label, hours, show_value
from anmin.knowledge.studies import Study
from anmin.knowledge.titles import FACT_KINDS, summary_of, title_of

_SAYS = ("reason", "question", "go_to", "sedating_reason")
_ELSEWHERE = frozenset({"id", "name", "sources", "note", "readings", "doubts", "checks", "says", *_SAYS})
_RULES = ("interactions", "combinations", "conditions", "limits")
_CHECKED_AGAINST = (
    ("study", "studies"), ("checks.record", "records"), ("checks.study", "studies"), ("checks.limits", "limits"),
)  # fmt: skip
_NAMED_AS = {
    "substance": "substances", "condition key": "condition_keys", "study": "studies", "form": "forms",
    "judgment": "judgments", "outcome": "outcomes",
    "record": "records", "limit": "limits", "rule": "interactions",
}  # fmt: skip


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One field of a fact, in words."""

    field: str
    label: Text
    value: Text


class Driven(msgspec.Struct, frozen=True, kw_only=True):
    """Another fact that this one decides, or that rests on it."""

    kind: str
    id: str
    title: Text


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that can be said of one fact."""

    kind: str
    id: str
    title: Text
    summary: Text
    says: tuple[Text, ...]
    entries: tuple[Entry, ...]
    sources: tuple[Source, ...]
    disagrees: tuple[Text, ...]
    note: str
    drives: tuple[Driven, ...]


def explain(fact_id: str, knowledge: Knowledge) -> tuple[Explanation, ...]:
    """What is known by this id; more than one where kinds share it (a substance and the study arm of that name).

    :class:`UnknownId` with near ids otherwise.
    """
    wanted = fact_id.strip()
    found = [(kind, getattr(knowledge, kind)[wanted]) for kind in FACT_KINDS if wanted in getattr(knowledge, kind)]
    if not found:
        raise UnknownId("id", fact_id, "the id of a fact, rule, study or form", _near(wanted, knowledge))
    return tuple(_explain(kind, wanted, fact, knowledge) for kind, fact in found)


def _explain(kind: str, fact_id: str, fact: Struct, knowledge: Knowledge) -> Explanation:
    texts = (getattr(fact, field, None) for field in _SAYS)
    says = list(dict.fromkeys(text for text in texts if isinstance(text, Text)))
    drives = tuple(dict.fromkeys(_drives(kind, fact_id, fact, knowledge)))
    return Explanation(
        kind=kind,
        id=fact_id,
        title=title_of(fact, knowledge),
        summary=summary_of(fact, knowledge),
        says=tuple(says),
        entries=tuple(_entries(fact, knowledge)),
        sources=_sources(fact, knowledge),
        disagrees=tuple(_disagreements(fact, knowledge)),
        note=getattr(fact, "note", ""),
        drives=tuple(
            Driven(kind=where, id=id_, title=title_of(getattr(knowledge, where)[id_], knowledge))
            for where, id_ in drives
        ),
    )


def _sources(fact: Struct, knowledge: Knowledge) -> tuple[Source, ...]:
    """The sources of the fact and of its parts, each once; for a claim, those of all that it is checked against."""
    found = [source for _, part in parts(fact) for source in getattr(part, "sources", ())]
    if isinstance(fact, Claim | Record):
        for field, table in _CHECKED_AGAINST:
            for _, name in named(fact, field):
                found += _sources(getattr(knowledge, table)[name], knowledge)
    return tuple(dict.fromkeys(found))


def _entries(fact: Struct, knowledge: Knowledge) -> Iterator[Entry]:
    for info in msgspec.structs.fields(fact):
        value = getattr(fact, info.name)
        if info.name in _ELSEWHERE or value is None or value == () or value == "" or value == {}:
            continue
        if value is False and info.default is False:
            continue
        shown = show_value(info.name, value, knowledge)
        yield Entry(field=info.name, label=field_label(info.name, knowledge), value=shown)


def _disagreements(fact: Struct, knowledge: Knowledge) -> Iterator[Text]:
    if isinstance(fact, Interaction):
        for reading in fact.readings:
            yield knowledge.text(
                "knowledge.reading", source=reading.source, hours=hours(reading.before_h, reading.after_h, knowledge)
            )
    elif isinstance(fact, Study):
        yield from fact.doubts
    elif isinstance(fact, Limit):
        for other in knowledge.limits.values():
            if other.substance == fact.substance and other.id != fact.id and _apart(fact, other):
                yield summary_of(other, knowledge)


def _apart(limit: Limit, other: Limit) -> bool:
    """Whether another body gives another value for people of the same ages; all open-ended groups hold adults."""
    if other.value_mg is None or limit.value_mg is None or other.value_mg == limit.value_mg:
        return False
    both_open = limit.age_below is None and other.age_below is None
    return both_open or (limit.age_from, limit.age_below) == (other.age_from, other.age_below)


def _drives(kind: str, fact_id: str, fact: Struct, knowledge: Knowledge) -> Iterator[tuple[str, str]]:
    """Kind and id of what the fact decides: first what a plan may hold, then windows, then whatever names it."""
    substances = linked_substances(fact, knowledge) if kind in _RULES else frozenset()
    if kind == "bath_rules":
        substances = frozenset({"hot_bath"})
    if isinstance(fact, Timing):
        substances = frozenset({fact.substance})
    if isinstance(fact, Study):
        substances = frozenset(fact.components) if any(row.effect is not None for row in fact.outcomes) else frozenset()
    for component in knowledge.components.values():
        if component.substance in substances:
            yield "components", component.id
    if kind == "interactions" and _has_hours(fact):
        for timing in knowledge.timing.values():
            if timing.substance in substances:
                yield "timing", timing.id
    if isinstance(fact, Form):
        yield from _driven_by_form(fact, knowledge)
    if isinstance(fact, Drug):
        for where in ("interactions", "combinations", "red_flags"):
            for rule_id, rule in getattr(knowledge, where).items():
                if touches(rule, set(fact.atc)):
                    yield where, rule_id
    yield from _naming(kind, fact_id, knowledge)


def _has_hours(fact: Struct) -> bool:
    return isinstance(fact, Interaction) and (fact.strict_before_h, fact.strict_after_h) != (None, None)


def _driven_by_form(form: Form, knowledge: Knowledge) -> Iterator[tuple[str, str]]:
    named_forms = {name for component in knowledge.components.values() for name in component.forms}
    for component in knowledge.components.values():
        anything_else = component.kind == "magnesium" and not component.forms and form.id not in named_forms
        if anything_else and form.plannable:
            yield "components", component.id
    if form.alkaline:
        for rule in knowledge.interactions.values():
            if rule.salts == "alkaline":
                yield "interactions", rule.id


def _naming(kind: str, fact_id: str, knowledge: Knowledge) -> Iterator[tuple[str, str]]:
    """Every fact that names this one."""
    for where, field, what, _ in REFERENCES:
        if _NAMED_AS.get(what) == kind:
            for other_id, other in getattr(knowledge, where).items():
                if any(name == fact_id for _, name in named(other, field)):
                    yield where, other_id


def _near(wanted: str, knowledge: Knowledge) -> str:
    ids = {fact_id for kind in FACT_KINDS for fact_id in getattr(knowledge, kind)}
    near = get_close_matches(wanted.casefold(), ids, n=4, cutoff=0.6)
    if len(near) < 4:
        key = fold(wanted)
        for kind in ("substances", "forms", "drugs", "interactions", "conditions", "red_flags"):
            for fact_id, fact in getattr(knowledge, kind).items():
                if key and fact_id not in near and any(fold(name) == key for name in names_of(fact)):
                    near.append(fact_id)
    if not near:
        return "`anmin facts WORD` finds ids."
    return f"Did you mean: {', '.join(near[:6])}?"
