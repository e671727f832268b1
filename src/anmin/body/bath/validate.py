"""The public error table of the bath model, as Markdown; ``make validate-body`` writes it to docs/body/bath.md."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec
import numpy as np

from anmin.body.bath.evenings import Season, evening
from anmin.body.bath.fit import Fit, fit
from anmin.body.bath.model import Body, Parameters, Phase
from anmin.body.bath.parameters import best, draws
from anmin.body.bath.simulate import simulate
from anmin.body.bath.sites import distal_proximal_gradient, rectal, wrist_gradient
from anmin.body.bath.studies import Run, number, read, run_of, runnable
from anmin.knowledge.body_bath import BathPoint
from anmin.knowledge.load import Knowledge

DRAWS = 400
_STATED = ("water_c", "minutes", "level", "age", "sex", "height_m", "weight_kg", "fat_percent")
_ELDER = Body(height_m=1.58, weight_kg=58, age=72, fat_percent=22)
_ADULT = Body(height_m=1.68, weight_kg=62, age=40, fat_percent=22)


def report(knowledge: Knowledge) -> str:
    """The whole page."""
    found, parameters = fit(knowledge), best(knowledge)
    spread = draws(knowledge, DRAWS)
    parts = [
        _head(found, knowledge, spread),
        _core(found, knowledge, spread),
        _others(knowledge, parameters, spread),
        _assumptions(found, knowledge, parameters),
        _numerics(knowledge, parameters),
        _findings(knowledge, parameters),
        _left(knowledge),
    ]
    return "\n".join(parts)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows), ""])


def interval(run: Run, spread: Sequence[Parameters], knowledge: Knowledge) -> tuple[float, float]:
    """The band that holds nine of ten draws at a point."""
    low, high = np.percentile(read(run, spread, knowledge), [5, 95])
    return float(low), float(high)


def assumed(point: BathPoint) -> str:
    """What nobody stated and we filled in."""
    names = [name for name in _STATED if name in point.assumed]
    return ", ".join(f"{name} {point.assumed[name]}" for name in names) or "nothing"


def _head(found: Fit, knowledge: Knowledge, spread: Sequence[Parameters]) -> str:
    chosen, one = found.candidates[found.chosen], _film_only(found)
    inside = sum(
        low <= (run.point.value or 0.0) <= high
        for run, (low, high) in ((run, interval(run, spread, knowledge)) for run in found.runs)
    )
    bath = {"water_c", "minutes", "level"}
    filled = sum(bool(bath & set(run.point.assumed)) for run in found.runs)
    return f"""# The body in the bath

Written by `make validate-body`. JOS-3 (doi 10.1016/j.enbuild.2020.110575) with water; without water it equals the
package jos3 0.5.0 to 1e-6 °C (tests/body/bath/test_bath_oracle.py).

**Mean absolute error of the core at nine published baths: {found.error(found.chosen):.2f} °C with one set of
parameters; {np.abs(found.left_out()).mean():.2f} °C when each is predicted by the fit to the other eight.**
Two numbers are fitted to the nine (film coefficient {chosen.water_h:g} W/m²K, sweat {chosen.sweat:g} times JOS-3's);
a third (shunts, {chosen.shunt:g}) was chosen for the gradient. With the film coefficient alone
({one[0]:g} W/m²K) the error is {one[1]:.2f} °C. Nine points are few:
the bath itself of {filled} has something filled in by us, and how it was filled in counts as much as the fit (see
*Assumptions*). That an unstated temperature is 40 °C, what mid-thorax covers and that one study starts asleep was
settled with the errors in view, so leaving a point out does not test it. The 90 % band of the parameters holds
{inside} of the {len(found.runs)} points.

The film coefficient is an effective number: it also holds what the model gets wrong inside the skin, and the skin
under water is too warm in it (see the two misses below). Read a core from it, and a gradient after the bath.
"""


def _film_only(found: Fit) -> tuple[float, float]:
    plain = [k for k, each in enumerate(found.candidates) if each.sweat == 1.0]
    at = min(plain, key=found.error)
    return found.candidates[at].water_h, found.error(at)


def _core(found: Fit, knowledge: Knowledge, spread: Sequence[Parameters]) -> str:
    rows = []
    left, errors = found.left_out(), found.errors[found.chosen]
    for k, run in enumerate(found.runs):
        point = run.point
        low, high = interval(run, spread, knowledge)
        value = point.value or 0.0
        rows.append(
            (
                point.label, f"{point.site}, {point.reading}", f"{value:.2f}", f"{value + errors[k]:.2f}",
                f"{errors[k]:+.2f}", f"{low:.2f} to {high:.2f}", f"{left[k]:+.2f}", assumed(point), point.note,
            )
        )  # fmt: skip
    rows.append(
        (
            "**mean absolute**", "", "", "", f"**{np.abs(errors).mean():.2f}**", "",
            f"**{np.abs(left).mean():.2f}**", "", "",
        )
    )  # fmt: skip
    head = ("bath", "site", "seen °C", "model", "error", "90 % band", "error left out", "assumed", "note")
    return "## Rise of the core\n\n" + table(head, rows)


def _others(knowledge: Knowledge, parameters: Parameters, spread: Sequence[Parameters]) -> str:
    rows = []
    for run in runnable(knowledge):
        point = run.point
        if point.fitted:
            continue
        value = float(read(run, [parameters], knowledge)[0])
        low, high = interval(run, spread, knowledge)
        seen = f"{point.value}" + (f" ({point.low} to {point.high})" if point.low is not None else "")
        rows.append(
            (
                point.label, str(point.quantity), seen, f"{value:.2f}", f"{low:.2f} to {high:.2f}",
                verdict(point, value), assumed(point), point.note,
            )
        )  # fmt: skip
    head = ("point", "what", "seen", "model", "90 % band", "", "assumed", "note")
    return "## Points that nothing was fitted to\n\nThe shunts were chosen with the two gradients in view.\n\n" + table(
        head, rows
    )


def verdict(point: BathPoint, value: float) -> str:
    """One word for a point: ``holds`` or ``a miss``."""
    if point.quantity == "core_at_most":
        good = value <= (point.value or 0.0)
    elif point.low is not None and point.high is not None:
        good = point.low <= value <= point.high
    else:
        good = abs(value - (point.value or 0.0)) <= 0.1
    return "holds" if good else "**a miss**"


def _assumptions(found: Fit, knowledge: Knowledge, parameters: Parameters) -> str:
    rows = []
    for run in found.runs:
        point = run.point
        for field, others in (("water_c", (-1.0, 1.0)), ("minutes", (-5.0, 5.0))):
            if field in point.assumed:
                base = number(point, field)
                for shift in others:
                    rows.append(_otherwise(run, {field: base + shift}, f"{field} {base + shift:g}", knowledge))
        if "level" in point.assumed:
            other = "mid_thorax" if point.assumed["level"] == "shoulders" else "shoulders"
            rows.append(_otherwise(run, {"level": other}, f"level {other}", knowledge))
    text = "## Assumptions\n\nThe same parameters, one filled-in value at a time.\n\n"
    gradients = [run for run in runnable(knowledge) if run.point.quantity == "gradient_gain"]
    warm = []
    for room in (18.0, 20.0, 22.0, 25.0, 28.0):
        values = [
            float(read(run_of(msgspec.structs.replace(run.point, room_c=room), knowledge), [parameters], knowledge)[0])
            for run in gradients
        ]
        warm.append((f"{room:g} °C", *(f"{value:.2f}" for value in values)))
    return (
        text
        + table(("bath", "if", "error °C"), rows)
        + "\nGain of the gradient by the room, in the same clothes:\n\n"
        + table(("room", *(run.point.label for run in gradients)), warm)
    )


def _otherwise(run: Run, change: dict[str, float | str], words: str, knowledge: Knowledge) -> tuple[str, str, str]:
    point = msgspec.structs.replace(run.point, assumed={**run.point.assumed, **change})
    value = float(read(run_of(point, knowledge), [best(knowledge)], knowledge)[0])
    return run.point.label, words, f"{value - (point.value or 0.0):+.2f}"


def _numerics(knowledge: Knowledge, parameters: Parameters) -> str:
    phases = evening(knowledge, water_c=40, bath_min=20, to_bed_min=120)
    ends = []
    for step in (120.0, 60.0, 30.0, 10.0, 5.0):
        course = simulate([_ADULT], [phases], [parameters], knowledge, step_s=step, every=max(1, round(60 / step)))
        core, gradient = rectal(course)[:, 0], distal_proximal_gradient(course)[:, 0]
        start, end, later = (course.index(minute) for minute in (60, 80, 140))
        rise, gain = core - core[start], gradient - gradient[start]
        ends.append((f"{step:g} s", f"{rise[start:].max():.3f}", f"{rise[later]:.3f}", f"{gain[end]:+.2f}"))
    head = ("step", "rectal peak over start", "an hour after the bath", "gradient at the end of the bath over start")
    text = (
        "40 °C, 20 min, to the shoulders. The parameters are fitted with 60 s; 120 s is twice as quick (`step_s=120`)."
    )
    return f"## Length of the step\n\n{text}\n\n" + table(head, ends)


def _findings(knowledge: Knowledge, parameters: Parameters) -> str:
    rows = []
    times = (60, 90, 120, 180)
    for name, body, phases, control in _cases(knowledge):
        course = simulate([body], [phases, control], [parameters], knowledge, every=1, start_hour=19.5)
        core, wrist, all_ = rectal(course), wrist_gradient(course, knowledge), distal_proximal_gradient(course)
        ends = round(phases[0].minutes + phases[1].minutes)
        rise = core[60:, 0].max() - core[60, 0]
        cells = [f"{(line[ends + t, 0] - line[ends + t, 1]):+.2f}" for line in (core, wrist, all_) for t in times]
        rows.append((name, f"{rise:.2f}", *(" / ".join(cells[k : k + 4]) for k in (0, 4, 8))))
    head = (
        "evening, against the same without", "rectal rise °C", "rectal after 60 / 90 / 120 / 180 min",
        "wrist gradient", "hands and feet gradient",
    )  # fmt: skip
    return "## What the model says\n\nIts own words, not measurements.\n\n" + table(head, rows)


def _cases(knowledge: Knowledge) -> Iterator[tuple[str, Body, tuple[Phase, ...], tuple[Phase, ...]]]:
    def case(
        name: str, water: float, minutes: float, body: Body = _ADULT, season: Season = "mild", **more: object
    ) -> tuple[str, Body, tuple[Phase, ...], tuple[Phase, ...]]:
        with_bath = evening(
            knowledge, water_c=water, bath_min=minutes, to_bed_min=180, season=season, **more  # type: ignore[arg-type]
        )  # fmt: skip
        return name, body, with_bath, evening(knowledge, bath_min=minutes, to_bed_min=180, season=season)

    yield case("38 °C 15 min, 40 years", 38, 15)
    yield case("40 °C 10 min", 40, 10)
    yield case("40 °C 15 min", 40, 15)
    yield case("39 °C 20 min", 39, 20)
    yield case("40 °C 15 min, 72 years", 40, 15, _ELDER)
    yield case("40 °C 15 min, winter room", 40, 15, season="winter")
    yield case("40 °C 15 min, summer room", 40, 15, season="summer")
    yield case("40 °C 15 min to mid-thorax", 40, 15, level="mid_thorax")
    yield case("footbath 41 °C 40 min", 41, 40, level="feet")
    yield case("shower 41 °C 10 min", 41, 10, level="shower")
    yield case("40 °C 15 min, badly dried (100 g)", 40, 15, film_g=100.0)
    yield case("40 °C 15 min, 30 min without evaporation (upper bound of a salt film)", 40, 15, coating_min=30.0)


def _left(knowledge: Knowledge) -> str:
    rows = [
        (point.label, point.sources[0].label, point.note)
        for point in knowledge.bath_points.values()
        if point.quantity is None
    ]
    return "## Published, but not enough is stated to run it\n\n" + table(("point", "source", "why"), rows)
