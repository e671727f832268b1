"""Write docs/body/bath.md and its figures: the bath model against every published point, with what was assumed.

python tools/validate_bath.py [DIRECTORY]
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from anmin.body.bath.evenings import evening
from anmin.body.bath.model import Body
from anmin.body.bath.parameters import best, draws
from anmin.body.bath.simulate import simulate
from anmin.body.bath.sites import rectal, wrist_gradient
from anmin.body.bath.studies import read, runnable
from anmin.body.bath.validate import DRAWS, interval, report
from anmin.knowledge.load import Knowledge, load
from anmin.report.chart import Axis, Band, Chart, Line, Points, Region, Rule, Table
from anmin.report.svg import svg

HERE = Path(__file__).resolve().parent.parent
ADULT = Body(height_m=1.68, weight_kg=62, age=40, fat_percent=22)


def main() -> None:
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "docs" / "body"
    target.mkdir(parents=True, exist_ok=True)
    knowledge = load()
    text = report(knowledge)
    for name, chart in (("bath-points", points(knowledge)), *evening_charts(knowledge)):
        (target / f"{name}.svg").write_text(svg(chart), encoding="utf-8")
        text += f"\n![{chart.title}]({name}.svg)\n"
    (target / "bath.md").write_text(text, encoding="utf-8")


def points(knowledge: Knowledge) -> Chart:
    """Seen and modelled rises of the nine baths."""
    spread, rows = draws(knowledge, DRAWS), []
    for run in runnable(knowledge):
        if run.point.fitted:
            value = float(read(run, [best(knowledge)], knowledge)[0])
            rows.append((run.point.label, run.point.value or 0.0, value, *interval(run, spread, knowledge)))
    error = float(np.mean([abs(value - seen) for _, seen, value, _, _ in rows]))
    places = tuple(float(k) for k in range(len(rows)))
    names, seen, value, low, high = zip(*rows, strict=True)
    return Chart(
        title=f"Nine baths: the model is off by {error:.2f} °C on average, and misses one badly",
        says="Rise of the core by study: seen, and modelled with the 90 % band of the parameters.",
        x=Axis(label="rise of the core (°C)", low=0, high=3),
        y=Axis(label="", rows=names, figures=tuple(f"{s:.2f} | {v:.2f}" for s, v in zip(seen, value, strict=True))),
        marks=(
            Points(x=value, y=places, x_low=low, x_high=high, label="model, 90 % band", shape="square"),
            Points(x=seen, y=places, label="seen", tone="second"),
        ),
        table=Table(
            heads=("bath", "seen °C", "model", "low", "high"),
            rows=tuple((row[0], *(f"{each:.2f}" for each in row[1:])) for row in rows),
        ),
    )


def evening_charts(knowledge: Knowledge) -> tuple[tuple[str, Chart], ...]:
    """Core and wrist gradient of one evening with a bath less the same evening without, with their bands."""
    spread = (best(knowledge), *draws(knowledge, DRAWS))
    count = len(spread)
    bath = evening(knowledge, before_min=30, water_c=40, bath_min=15, to_bed_min=180)
    stay = evening(knowledge, before_min=30, bath_min=15, to_bed_min=180)
    course = simulate([ADULT], [bath] * count + [stay] * count, spread * 2, knowledge, every=1, start_hour=20)
    minutes = course.minutes - 45
    made = []
    for name, title, label, values in (
        (
            "bath-core",
            "The core is {0} °C above the evening without, 60 minutes after the bath, and {1} after 120",
            "core (°C)",
            rectal(course),
        ),
        (
            "bath-gradient",
            "The wrist's gain falls slowly: {0} °C 60 minutes after the bath, {1} after 120",
            "wrist minus abdomen (°C)",
            wrist_gradient(course, knowledge),
        ),
    ):
        gain = values[:, :count] - values[:, count:]
        low, high = np.percentile(gain, [5, 95], axis=1)
        ends = [f"{gain[course.index(45 + after), 0]:.2f}" for after in (60, 120)]
        shown = [course.index(45 + after) for after in (-15, 0, 15, 30, 60, 90, 120, 180)]
        made.append(
            (
                name,
                Chart(
                    title=title.format(*ends),
                    says="15 minutes at 40 °C to the shoulders, 24 °C room, a resting adult of 40; "
                    "difference to no bath and 90 % band.",
                    x=Axis(label="minutes after the bath", low=-45, high=180),
                    y=Axis(label=f"gain, {label}", low=min(-0.1, float(low.min())), high=float(high.max()) * 1.05),
                    marks=(
                        Region(low=-15, high=0, label="bath"),
                        Rule(at=0, axis="y"),
                        Band(x=tuple(minutes), low=tuple(low), high=tuple(high), label="90 %"),
                        Line(x=tuple(minutes), y=tuple(gain[:, 0]), label="best"),
                    ),
                    table=Table(
                        heads=("minutes after the bath", "gain °C", "low", "high"),
                        rows=tuple(
                            (f"{minutes[k]:.0f}", f"{gain[k, 0]:+.2f}", f"{low[k]:+.2f}", f"{high[k]:+.2f}")
                            for k in shown
                        ),
                    ),
                ),
            )
        )
    return tuple(made)


if __name__ == "__main__":
    main()
