"""The evening of a bath as one figure: core, hands, feet and gradient, against the same evening without."""

from __future__ import annotations

from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Lang
from anmin.knowledge.texts import Filling
from anmin.person.model import Person
from anmin.plan.bath_search import BathAnswer, CourseLine, Proposed
from anmin.report.chart import Axis, Band, Chart, Line, Mark, Region, Rule, Table, Tick, Tone
from anmin.units.clock import show_clock

_LINES: tuple[tuple[str, Tone], ...] = (
    ("gradient", "main"), ("hands", "second"), ("feet", "third"), ("core", "bad"),
)  # fmt: skip
_BEFORE_MIN = 30.0
"""So long before the water the figure begins."""

_TOWEL_MIN = 15.0
"""The scale is that of the evening after it; in the water the skin has the water's temperature, off the sheet."""

_ROOM_C, _FOOT = 0.1, 0.12
"""Free above the lines (°C), and below them for the word at lights out (a share of their span)."""


def bath_chart(answer: BathAnswer, person: Person, knowledge: Knowledge, lang: Lang) -> Chart:
    """Differences from the same evening without a bath, until two hours after lights out; a bath must be proposed."""
    proposed = answer.proposed
    assert proposed is not None

    def say(message: str, **params: Filling) -> str:
        return knowledge.say(f"bath.{message}", lang, **params)

    course, bath = proposed.course, proposed.bath
    into, out = -(proposed.end_min + bath.minutes), -proposed.end_min
    kept = [at for at, minute in enumerate(course.minutes) if minute >= into - _BEFORE_MIN]
    minutes = tuple(course.minutes[at] for at in kept)

    def cut(values: tuple[float, ...]) -> tuple[float, ...]:
        return tuple(values[at] for at in kept)

    gradient = course.gradient
    marks: list[Mark] = [
        Region(low=into, high=out, label=say("chart.bath")),
        Rule(at=0, axis="y"),
        Rule(at=0, label=say("chart.lights"), dashed=True),
        Band(x=minutes, low=cut(gradient.gain_low), high=cut(gradient.gain_high), label=say("chart.band")),
    ]
    for name, tone in _LINES:
        marks.append(Line(x=minutes, y=cut(_of(proposed, name).gain), label=say(f"chart.{name}"), tone=tone))
    dry = [at for at in kept if course.minutes[at] >= out + _TOWEL_MIN]
    after = [_of(proposed, name).gain[at] for name, _ in _LINES for at in dry]
    after += [gradient.gain_low[at] for at in dry] + [gradient.gain_high[at] for at in dry]
    span = max(after) - min(0.0, *after)
    gain = shown(proposed.gain.mean, 2)
    now = course.minutes.index(0.0)
    return Chart(
        title=say("chart_nothing", water=bath.water_c, minutes=bath.minutes, room=answer.room_c)
        if is_nothing(proposed, knowledge)
        else say("chart", water=bath.water_c, minutes=bath.minutes, gain=gain),
        says=say(
            "chart_says", gain=gain, left=shown(proposed.core_left.mean, 2), hands=shown(course.hands.gain[now]),
            feet=shown(course.feet.gain[now]),
        ),
        x=_axis(minutes, person, say("chart.x" if person.bed_known else "chart.x_minutes")),
        y=Axis(label=say("chart.y"), low=min(0.0, *after) - _FOOT * span, high=max(after) + _ROOM_C),
        marks=tuple(marks),
        table=_table(proposed, person, knowledge, lang),
        lang=lang,
    )  # fmt: skip


def _of(proposed: Proposed, name: str) -> CourseLine:
    found: CourseLine = getattr(proposed.course, name)
    return found


def _axis(minutes: tuple[float, ...], person: Person, label: str) -> Axis:
    """Whole hours of the clock; minutes from lights out where bed is not known."""
    low, high = minutes[0], minutes[-1]
    if not person.bed_known:
        return Axis(label=label, low=low, high=high)
    first = -(person.bed % 60) + 60 * int((low + person.bed % 60) // 60)
    places = [float(at) for at in range(first, int(high) + 1, 60) if at >= low]
    return Axis(
        label=label, low=low, high=high,
        ticks=tuple(Tick(at=at, label=show_clock(round(person.bed + at))) for at in places),
    )  # fmt: skip


def _table(proposed: Proposed, person: Person, knowledge: Knowledge, lang: Lang) -> Table:
    """Temperatures with the bath and without, at the turns of the evening and every half hour after it."""

    def say(message: str, **params: Filling) -> str:
        return knowledge.say(f"bath.chart.{message}", lang, **params)

    course, bath = proposed.course, proposed.bath
    into, out = -(proposed.end_min + bath.minutes), -proposed.end_min
    wanted = sorted({into, out, *(float(at) for at in range(-90, 121, 30) if at > out)})
    rows = []
    for minute in wanted:
        at = max(place for place, each in enumerate(course.minutes) if each <= minute)
        clock = show_clock(round(person.bed + minute)) if person.bed_known else f"{minute:g}"
        cells = [f"{value:.2f}" for name, _ in _LINES for value in _pair(_of(proposed, name), at)]
        rows.append((clock, *cells))
    heads = [say(kind, what=say(name)) for name, _ in _LINES for kind in ("with", "without")]
    return Table(heads=(say("x" if person.bed_known else "x_minutes"), *heads), rows=tuple(rows))


def _pair(line: CourseLine, at: int) -> tuple[float, float]:
    return line.mean[at], line.none[at]


def is_nothing(proposed: Proposed, knowledge: Knowledge) -> bool:
    """Whether a thermometer could show nothing of the bath at lights out, whenever it ends."""
    return max(each.gain.mean for each in proposed.by_end) < knowledge.value("bath.least-difference")


def shown(value: float, places: int = 1) -> str:
    """Degrees with a true minus, and none before zero."""
    text = f"{value:.{places}f}"
    return text.removeprefix("-") if float(text) == 0 else text.replace("-", "−")
