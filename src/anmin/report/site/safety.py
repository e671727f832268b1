"""What an ingredient's page says about amounts, limits and dangers: straight from the rules that the gate uses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape
from typing import get_args

from anmin.knowledge.lookup import linked_substances
from anmin.knowledge.model import Severity, Struct
from anmin.knowledge.texts import show_number
from anmin.knowledge.titles import summary_of, title_of
from anmin.report.chart import Table
from anmin.report.html import items, table
from anmin.report.site.frame import Frame

_GRAVE: tuple[Severity, ...] = ("contraindicated", "major")


def doses(frame: Frame, name: str) -> Iterator[str]:
    """The amounts that a plan may hold, and the hour."""
    knowledge, lang = frame.knowledge, frame.lang
    lines = []
    for component in knowledge.components.values():
        if component.substance == name and component.levels_mg:
            amounts = ", ".join(show_number(mg) for mg in component.levels_mg)
            lines.append(f"{title_of(component, knowledge).get(lang)}: {amounts} mg")
            if component.full_from_mg is not None:
                lines[-1] += f" {knowledge.say('site.full_from', lang, mg=component.full_from_mg)}"
    for timing in knowledge.timing.values():
        if timing.substance == name:
            lines.append(f"{summary_of(timing, knowledge).get(lang)}. {timing.reason.get(lang)}")
    if lines:
        yield f"<h2>{frame.say('doses')}</h2>"
        yield from items(lines)


def limits(frame: Frame, name: str) -> Iterator[str]:
    """Upper limits; those that the gate holds stand first."""
    knowledge, lang = frame.knowledge, frame.lang
    found = sorted(
        (limit for limit in knowledge.limits.values() if limit.substance == name), key=lambda limit: not limit.binding
    )
    if not found:
        return
    rows = tuple(
        (
            summary_of(limit, knowledge).get(lang),
            knowledge.say(f"site.scope_{limit.scope}", lang),
            knowledge.say("site.held" if limit.binding else "site.not_held", lang),
        )
        for limit in found
    )
    heads = tuple(knowledge.say(f"site.column.{column}", lang) for column in ("limit", "scope", "held"))
    yield f"<h2>{frame.say('limits')}</h2>"
    yield from table(Table(heads=heads, rows=rows), knowledge.say("site.limits_caption", lang))


def dangers(frame: Frame, name: str) -> Iterator[str]:
    """How many rules speak of it by how grave they are, and the gravest in words."""
    knowledge, lang = frame.knowledge, frame.lang
    rules = [fact for table_ in _tables(frame) for fact in table_ if name in linked_substances(fact, knowledge)]
    if not rules:
        return
    counts = Counter(str(getattr(rule, "severity", "")) for rule in rules)
    told = [
        f"{knowledge.say(f'knowledge.severity.{severity}', lang)} {counts[severity]}"
        for severity in get_args(Severity)
        if counts[severity]
    ]
    yield f"<h2>{frame.say('dangers')}</h2>"
    yield f"<p>{frame.say('rules', count=len(rules))} {escape(' · '.join(told))}</p>"
    for severity in _GRAVE:
        grave = [rule for rule in rules if getattr(rule, "severity", "") == severity]
        if grave:
            opened = ' open="open"' if severity == "contraindicated" else ""
            label = f"{knowledge.say(f'knowledge.severity.{severity}', lang)} ({len(grave)})"
            yield f"<details{opened}><summary>{escape(label)}</summary>"
            yield from items([_rule(rule, frame) for rule in grave])
            yield "</details>"
    yield f'<p class="quiet">{frame.say("not_complete")}</p>'


def _tables(frame: Frame) -> Sequence[Sequence[Struct]]:
    knowledge = frame.knowledge
    return [
        tuple(knowledge.conditions.values()),
        tuple(knowledge.combinations.values()),
        tuple(knowledge.interactions.values()),
    ]


def _rule(rule: Struct, frame: Frame) -> str:
    title = title_of(rule, frame.knowledge).get(frame.lang)
    reason = getattr(rule, "reason", None)
    said = reason.get(frame.lang) if reason is not None else ""
    return f"{title} – {summary_of(rule, frame.knowledge).get(frame.lang)}. {said}"
