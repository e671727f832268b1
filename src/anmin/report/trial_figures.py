"""The figures of a finished trial: its nights, what the effect is, what the lot alone could do. Titles say the finding.

Gains are positive when better, whatever the outcome.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from statistics import fmean
from typing import Literal

from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Lang
from anmin.report.chart import Axis, Band, Bars, Chart, Line, Mark, Note, Points, Region, Rule, Table, Tick, Tone
from anmin.report.trial import show_p
from anmin.report.trial_findings import Comparison, Findings, arm_name
from anmin.trial.diary import Entry, derive
from anmin.trial.protocol import Protocol
from anmin.trial.result import unit_of
from anmin.trial.verdict import whole_percent

_TONES: tuple[Tone, ...] = ("main", "second", "third", "fourth")
_SHAPES: tuple[Literal["circle", "square", "diamond"], ...] = ("circle", "square", "diamond", "square")
_STEPS = 240
"""Points of a density."""

_BARS = 18
"""Bars of a randomisation distribution on either side, at most."""


def figures(found: Findings, knowledge: Knowledge, lang: Lang) -> dict[str, Chart]:
    """By name: the nights, what the tracker measured if anything, and for each comparison its effect and its lot."""
    made = {"nights": nights_chart(found, knowledge, lang)}
    if found.finished.measured:
        made["tracker"] = tracker_chart(found, knowledge, lang)
    for place, one in enumerate(found.comparisons, 1):
        number = f"-{place}" if len(found.comparisons) > 1 else ""
        made[f"effect{number}"] = effect_chart(one, found.protocol, knowledge, lang)
        made[f"lot{number}"] = lot_chart(one, found, knowledge, lang)
    return made


def nights_chart(found: Findings, knowledge: Knowledge, lang: Lang) -> Chart:
    """Every night in its block; first nights of a block hollow, nights written down late and missed ones marked."""
    protocol, say = found.protocol, knowledge.say
    named = knowledge.outcomes[protocol.outcome].name.get(lang)
    unit = unit_of(protocol.outcome, knowledge).get(lang)
    by_number: dict[int, Entry] = {
        number: entry for entry in found.finished.entries if (number := _night(entry.night, found)) is not None
    }
    values = {number: float(getattr(derive(entry), protocol.measure)) for number, entry in by_number.items()}
    means = _shown_means([(arm.arm, arm.mean) for arm in found.arms], found, knowledge, lang)
    top, foot = _room(list(values.values()))
    marks = [*_nights(values, found, knowledge, lang)]
    late = [number for number, entry in by_number.items() if derive(entry).late]
    skipped = [number for number, entry in by_number.items() if entry.taken is False]
    missed = [number for number in range(_last(found)) if number not in by_number]
    marks += _ringed(late, values, say("trial_report.nights.late", lang), "fourth", 8.0)
    marks += _ringed(skipped, values, say("trial_report.nights.not_taken", lang), "bad", 10.0)
    if missed:
        places = tuple(float(number + 1) for number in missed)
        marks.append(Points(x=places, y=(foot * 0.5,) * len(missed), sizes=(2.5,) * len(missed), tone="faint",
                            shape="square", label=say("trial_report.nights.missed", lang)))  # fmt: skip
    rows = tuple(_night_row(number, by_number, values, found, knowledge, lang) for number in range(_last(found)))
    heads = ("night", "arm", "value", "remark")
    label = f"{named} ({unit})"
    return Chart(
        title=say("trial_report.nights.title", lang, outcome=_sentence(named), means=means, unit=unit),
        says=say("trial_report.nights.says", lang, outcome=named, unit=unit),
        x=_across(found, knowledge, lang),
        y=Axis(label=label, low=foot, high=top),
        marks=tuple(marks),
        table=Table(heads=tuple(say(f"trial_report.head.{head}", lang, value=label) if head == "value"
                                else say(f"trial_report.head.{head}", lang) for head in heads), rows=rows),
        lang=lang,
    )  # fmt: skip


def tracker_chart(found: Findings, knowledge: Knowledge, lang: Lang) -> Chart:
    """What a tracker measured on the same nights."""
    protocol, say = found.protocol, knowledge.say
    named, unit = say(f"trial_report.tracker.{protocol.measured}", lang), say("trial_report.minutes", lang)
    values = {
        number: value
        for morning, value in found.finished.measured.items()
        if (number := _night(morning, found)) is not None
    }
    counted = [
        (arm, [value for number, value in values.items() if _arm(number, found) == place and _counts(number, found)])
        for place, arm in enumerate(protocol.design.arms)
    ]
    means = [(arm, fmean(those) if those else None) for arm, those in counted]
    means = means if protocol.parts else means[::-1]
    top, foot = _room(list(values.values()), from_zero=False)
    label = f"{named} ({unit})"
    return Chart(
        title=say("trial_report.tracker.title", lang, outcome=_sentence(named), unit=unit,
                  means=_shown_means(means, found, knowledge, lang)),
        says=say("trial_report.tracker.says", lang, outcome=named, unit=unit),
        x=_across(found, knowledge, lang),
        y=Axis(label=label, low=foot, high=top),
        marks=tuple(_nights(values, found, knowledge, lang)),
        table=Table(
            heads=(say("trial_report.head.night", lang), say("trial_report.head.arm", lang), label),
            rows=tuple(
                (str(number + 1), _arm_of(number, found, knowledge, lang), f"{values[number]:.0f}")
                for number in sorted(values)
            ),
        ),
        lang=lang,
    )  # fmt: skip


def effect_chart(one: Comparison, protocol: Protocol, knowledge: Knowledge, lang: Lang) -> Chart:
    """The posterior of a gain, with its chance to be worth it, nothing that matters, or worse."""
    say, unit = knowledge.say, unit_of(protocol.outcome, knowledge).get(lang)
    sign = -1.0 if protocol.better == "lower" else 1.0
    matters, half = protocol.matters, protocol.matters * knowledge.value("trial.nothing_share")
    ends = [sign * one.effect.quantile(share) for share in (0.001, 0.999)]
    low, high = min(*ends, -1.2 * matters), max(*ends, 1.6 * matters)
    x = tuple(low + (high - low) * step / _STEPS for step in range(_STEPS + 1))
    y = one.effect.density([sign * value for value in x])
    chances = one.regions

    def under(start: float, end: float, tone: Tone, label: str) -> Band:
        inside = sorted({max(start, low), *(value for value in x if start < value < end), min(end, high)})
        tall = one.effect.density([sign * value for value in inside])
        return Band(x=tuple(inside), low=(0.0,) * len(inside), high=tall, tone=tone, label=label)

    numbers = {"matters": f"{matters:g}", "half": f"{half:g}", "unit": unit}
    shown = {name: whole_percent(getattr(chances, name)) for name in ("better", "nothing", "worse")}
    labels = {name: say(f"trial_report.effect.{name}", lang, chance=shown[name], **numbers) for name in shown}
    word = "withheld" if one.withheld is not None else one.verdict.word
    title = say(f"trial_report.effect.title_{word}", lang, **shown, **numbers)
    return Chart(
        title=_of(one, title, knowledge, lang),
        says=say("trial_report.effect.says", lang, **numbers),
        x=Axis(label=say("trial_report.effect.x", lang, unit=unit), low=low, high=high),
        y=Axis(label=say("trial_report.effect.y", lang), low=0.0, high=1.15 * max(y), ticks=(Tick(at=0.0, label="0"),)),
        marks=(
            under(low, 0.0, "bad", labels["worse"]),
            under(-half, half, "plain", labels["nothing"]),
            under(matters, high, "good", labels["better"]),
            Line(x=x, y=y, tone="main"),
            Rule(at=0.0, label=say("trial_report.effect.none", lang)),
            Rule(at=matters, tone="good", dashed=True, label=say("trial_report.effect.matters", lang, **numbers)),
        ),
        table=Table(
            heads=(say("trial_report.head.region", lang), say("trial_report.head.chance", lang)),
            rows=tuple((say(f"trial_report.effect.row_{name}", lang, **numbers), shown[name]) for name in shown),
        ),
        lang=lang,
        height=340,
    )  # fmt: skip


def lot_chart(one: Comparison, found: Findings, knowledge: Knowledge, lang: Lang) -> Chart:
    """The differences that the lot alone could have given; those as large as the real one stand out."""
    say, lot = knowledge.say, one.lot
    unit = unit_of(found.protocol.outcome, knowledge).get(lang)
    real = found.sign * lot.observed
    edges, heights, far = _bars([found.sign * value for value in lot.differences], real)
    top = 1.15 * max(heights, default=1.0) or 1.0
    count, reached = f"{len(lot.differences):,}", f"{lot.reached:,}"
    numbers = {"count": count, "reached": reached, "p": show_p(one.p), "real": f"{real:.1f}", "unit": unit}
    title = say(f"trial_report.lot.title_{'all' if lot.complete else 'some'}", lang, **numbers)
    if one.adjusted_p is not None:
        title = say("trial_report.lot.title_with_others", lang, title=title, adjusted=show_p(one.adjusted_p))
    return Chart(
        title=_of(one, title, knowledge, lang),
        says=say("trial_report.lot.says", lang, **numbers),
        x=Axis(label=say("trial_report.lot.x", lang, unit=unit), low=edges[0], high=edges[-1]),
        y=Axis(label=say("trial_report.lot.y", lang), low=0.0, high=top),
        marks=(
            Bars(edges=edges, heights=heights, tones=tuple("second" if beyond else "faint" for beyond in far)),
            Rule(at=0.0),
            Rule(at=real, tone="main"),
            Note(x=real, y=0.94 * top, text=say("trial_report.lot.real", lang, **numbers), tone="main",
                 anchor="end" if real > 0 else "start"),
        ),
        table=Table(
            heads=(say("trial_report.lot.x", lang, unit=unit), say("trial_report.lot.y", lang)),
            rows=tuple(
                (f"{edges[i]:.1f} … {edges[i + 1]:.1f}", f"{heights[i]:.0f}") for i in range(len(heights))
            ),
        ),
        lang=lang,
        height=320,
    )  # fmt: skip


def _nights(values: dict[int, float], found: Findings, knowledge: Knowledge, lang: Lang) -> list[Mark]:
    """The blocks as stripes, a line for the mean of each, and a point for every night."""
    protocol, design = found.protocol, found.protocol.design
    marks: list[Mark] = []
    tones = _tones(protocol)
    for block, arm in enumerate(found.schedule):
        first = block * design.block_nights
        if design.arms[arm] != "without":
            marks.append(Region(low=first + 0.5, high=first + design.block_nights + 0.5, tone=tones[arm]))
    for block, arm in enumerate(found.schedule):
        first = block * design.block_nights
        inside = [values[n] for n in range(first, first + design.block_nights) if n in values and _counts(n, found)]
        if inside:
            mean = fmean(inside)
            start, end = first + design.dropped + 0.6, first + design.block_nights + 0.4
            marks.append(Line(x=(start, end), y=(mean, mean), tone=tones[arm], dashed=False, width=2.5))
    for place, arm_id in enumerate(design.arms):
        mine = [number for number in sorted(values) if _arm(number, found) == place and _counts(number, found)]
        label = arm_name(arm_id, protocol, knowledge, lang)
        if mine:
            marks.append(_at(mine, values, label, tones[place], _SHAPES[place % len(_SHAPES)], 4.0))
    dropped = [number for number in sorted(values) if not _counts(number, found)]
    if dropped:
        label = knowledge.say("trial_report.nights.dropped", lang)
        marks.append(_at(dropped, values, label, "faint", "ring", 3.0))
    return marks


def _at(
    numbers: Sequence[int], values: dict[int, float], label: str, tone: Tone,
    shape: Literal["circle", "ring", "square", "diamond"], size: float,
) -> Points:  # fmt: skip
    return Points(
        x=tuple(float(number + 1) for number in numbers), y=tuple(values[number] for number in numbers),
        sizes=(size,) * len(numbers), label=label, tone=tone, shape=shape,
    )  # fmt: skip


def _ringed(numbers: Sequence[int], values: dict[int, float], label: str, tone: Tone, reach: float) -> list[Mark]:
    """A short bar through each of these nights."""
    if not numbers:
        return []
    x = tuple(float(number + 1) for number in numbers)
    y = tuple(values[number] for number in numbers)
    half = reach / 10
    return [Points(x=x, y=y, x_low=tuple(at - half for at in x), x_high=tuple(at + half for at in x),
                   sizes=(2.0,) * len(x), label=label, tone=tone, shape="diamond")]  # fmt: skip


def _night_row(
    number: int, entries: dict[int, Entry], values: dict[int, float], found: Findings, knowledge: Knowledge, lang: Lang
) -> tuple[str, ...]:
    entry, remarks = entries.get(number), list[str]()
    if entry is None:
        remarks.append("missed")
    else:
        remarks += ["late"] if derive(entry).late else []
        remarks += ["not_taken"] if entry.taken is False else []
    remarks += [] if _counts(number, found) else ["dropped"]
    remarks += ["opened"] if number // found.protocol.design.block_nights in found.finished.opened else []
    comma = ", " if lang == "en" else "、"
    said = comma.join(knowledge.say(f"trial_report.nights.{remark}", lang) for remark in remarks)
    value = f"{values[number]:g}" if number in values else "–"
    return str(number + 1), _arm_of(number, found, knowledge, lang), value, said


def _across(found: Findings, knowledge: Knowledge, lang: Lang) -> Axis:
    """The nights, with a tick where a block begins, as many as fit."""
    length, nights = found.protocol.design.block_nights, _last(found)
    step = length * math.ceil(nights / length / 14)
    ticks = tuple(Tick(at=float(night + 1), label=str(night + 1)) for night in range(0, nights, step))
    return Axis(label=knowledge.say("trial_report.nights.x", lang), low=0.5, high=nights + 0.5, ticks=ticks)


def _last(found: Findings) -> int:
    """Nights until the trial ended: all, or those before the look or the opening that ended it."""
    protocol = found.protocol
    if found.result.stopped_at is not None:
        return found.result.stopped_at
    if not found.result.early:
        return protocol.design.nights
    mornings = [*(entry.night for entry in found.finished.entries), *found.finished.measured]
    slept = [number for morning in mornings if (number := protocol.night_of(morning)) is not None]
    return max(slept, default=0) + 1


def _night(morning: date, found: Findings) -> int | None:
    """The number of a night, from 0; None outside of the trial and after its end."""
    number = found.protocol.night_of(morning)
    return number if number is not None and number < _last(found) else None


def _room(values: Sequence[float], *, from_zero: bool = True) -> tuple[float, float]:
    """Top and foot of an axis that holds these values, with a little air."""
    high, low = max(values, default=1.0), min(values, default=0.0)
    air = 0.08 * (high - (0.0 if from_zero else low)) or 1.0
    return high + air, (-air if from_zero else low - air)


def _bars(differences: Sequence[float], real: float) -> tuple[tuple[float, ...], tuple[float, ...], tuple[bool, ...]]:
    """Edges, heights and whether each bar is as far from zero as the real difference, which always is an edge.

    A schedule that leaves an arm without a night has no difference; it is not drawn.
    """
    finite = [value for value in differences if math.isfinite(value)]
    widest = max((abs(value) for value in [*finite, real]), default=0.0) or 1.0
    near = max(1, round(_BARS * abs(real) / widest))
    width = abs(real) / near if abs(real) > 1e-9 * widest else widest / _BARS
    near = near if abs(real) > 1e-9 * widest else 0
    many = max(near + 1, math.ceil(widest / width + 1e-9))
    heights = [0.0] * (2 * many)
    for value in finite:
        distance = abs(value)
        place = min(many - 1, int(distance / width))
        if distance >= abs(real) - 1e-9 * max(1.0, abs(real)):
            place = max(place, near)
        elif place >= near:
            place = near - 1
        heights[many + place if value >= 0 else many - 1 - place] += 1
    edges = tuple(width * step for step in range(-many, many + 1))
    far = tuple(max(-1 - step, step) >= near for step in range(-many, many))
    return edges, tuple(heights), far


def _tones(protocol: Protocol) -> dict[int, Tone]:
    """A colour for each arm; nothing is grey."""
    tones, left = dict[int, Tone](), iter(_TONES * len(protocol.design.arms))
    for place, arm in enumerate(protocol.design.arms):
        tones[place] = "plain" if arm == "without" else next(left)
    return tones


def _arm(number: int, found: Findings) -> int:
    return found.schedule[number // found.protocol.design.block_nights]


def _arm_of(number: int, found: Findings, knowledge: Knowledge, lang: Lang) -> str:
    return arm_name(found.protocol.design.arms[_arm(number, found)], found.protocol, knowledge, lang)


def _counts(number: int, found: Findings) -> bool:
    """Whether a night is analysed: not among the first of its block."""
    return found.protocol.design.is_analysed(number)


def _shown_means(means: Sequence[tuple[str, float | None]], found: Findings, knowledge: Knowledge, lang: Lang) -> str:
    """``with 31, without 58``."""
    shown = [
        f"{arm_name(arm, found.protocol, knowledge, lang)} {'–' if mean is None else f'{mean:.0f}'}"
        for arm, mean in means
    ]
    return (", " if lang == "en" else "、").join(shown)


def _of(one: Comparison, title: str, knowledge: Knowledge, lang: Lang) -> str:
    """The title with the name of the comparison before it, if there is more than one."""
    return knowledge.say("trial_report.of", lang, name=one.name, title=title) if one.name else title


def _sentence(name: str) -> str:
    return name[:1].upper() + name[1:]
