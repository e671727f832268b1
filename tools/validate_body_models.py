"""Write docs/body: for each small model what was seen, what it says, how far off, and its figures.

    python tools/validate_body_models.py [DIRECTORY]

``make validate-body`` runs it. The same facts give the same files.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from anmin.body.clock import MODELS, dlmo_after_rise, reading, usual_light
from anmin.body.kinetics import curve, peak_after
from anmin.body.magnesium import absorbed_mg, uptake
from anmin.body.magnesium_stores import Stores
from anmin.body.pressure import free_sleep
from anmin.body.synapse import change_percent
from anmin.knowledge.body_models import BodyPoint
from anmin.knowledge.load import Knowledge, load
from anmin.person import examples
from anmin.person.profile import parse_profile
from anmin.person.understand import understand
from anmin.report.body_clock import clock_run
from anmin.report.body_clock_chart import clock_chart
from anmin.report.body_magnesium import magnesium_answer
from anmin.report.body_magnesium_charts import stores_chart, two_studies, uptake_chart
from anmin.report.body_small import kinetics_answer, kinetics_chart, synapse_answer, synapse_chart
from anmin.report.chart import Chart
from anmin.report.svg import svg

Row = tuple[str, str, str, str]
_MAGNESIUM = ("absorption", "form-factor", "stores")
TARGET = Path(__file__).parent.parent / "docs" / "body"


def main() -> None:
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET
    target.mkdir(parents=True, exist_ok=True)
    knowledge = load()
    for name, page in (
        ("magnesium", magnesium_doc), ("clock", clock_doc), ("synapse", synapse_doc), ("kinetics", kinetics_doc),
    ):  # fmt: skip
        text, charts = page(knowledge)
        for label, chart in charts.items():
            (target / f"{label}.svg").write_text(svg(chart), encoding="utf-8")
        (target / f"{name}.md").write_text(text, encoding="utf-8")
        print(f"wrote {target / name}.md with {len(charts)} figure(s)")


def magnesium_doc(knowledge: Knowledge) -> tuple[str, dict[str, Chart]]:
    def extra(split: int) -> float:
        taken = uptake(365, "citrate", knowledge, split=split)
        assert taken is not None
        return taken.mmol(knowledge).best

    stores = Stores(knowledge)
    serum = stores.course(1.52, (1, 4, 8, 12, 20, 40)).serum
    low, best, high = (absorbed_mg(70, knowledge, km) / 70 for km in reversed(_span(knowledge, "km_mg")))
    rows = [
        _row(knowledge, "sabatier-2003-tracer", f"{best:.2f} ({low:.2f} to {high:.2f})", best),
        _row(
            knowledge,
            "zhang-2016-urine",
            f"{extra(1):.2f} / {extra(2):.2f} / {extra(3):.2f} in 1 / 2 / 3 doses",
            extra(1),
        ),
        _row(knowledge, "zhang-2016-serum", f"{stores.plateau(1.52):.3f} (sets the clearance: no test)", None),
        _row(
            knowledge, "zhang-2016-plateau", f"{serum[4]:.3f} of {stores.plateau(1.52):.3f} at 20 weeks (tuned)", None
        ),
        _row(knowledge, "sabatier-2002-meal", "lower than without a meal: **a known miss**", None),
        _row(knowledge, "sabatier-2002-water", "the dose is not in what was read", None),
        _row(knowledge, "mgo-ckd-year", "the dose is not known; an order of magnitude only", None),
    ]
    shares = ", ".join(
        f"{mg} mg {100 * absorbed_mg(mg, knowledge) / mg:.0f} %" for mg in (36, 70, 100, 200, 300, 400, 500)
    )
    weeks = ", ".join(f"{week}: {rise:.3f}" for week, rise in zip((1, 4, 8, 12, 20, 40), serum, strict=True))
    oxide = magnesium_answer(knowledge, dose_mg=500, form="oxide", weeks=8)
    end = oxide.course[-1]
    chelate, urine = two_studies(knowledge, "en")
    charts = {
        "magnesium-uptake": uptake_chart(knowledge, "en"),
        "magnesium-weeks": stores_chart(magnesium_answer(knowledge), knowledge, "en"),
        "magnesium-study-isotope": chelate,
        "magnesium-study-urine": urine,
    }
    text = [
        *_head("Magnesium: uptake and stores", knowledge, *(f"magnesium-{each}" for each in _MAGNESIUM)),
        *_table(rows),
        f"Share of a dose taken up alone: {shares}.",
        "",
        f"Rise in serum (mmol/L) by week at 1.52 mmol a day: {weeks}.",
        "",
        f"Half-lives: {', '.join(f'{each:.2g} d' for each in stores.half_lives_days())}.",
        "",
        f"**500 mg oxide for eight weeks**: serum +{end.serum_mmol_l.best:.3f} mmol/L "
        f"({end.serum_mmol_l.low:.3f} to {end.serum_mmol_l.high:.3f}; form and meal). It can begin to fill stores. It "
        "cannot lift a normal level out of its range, and nothing here speaks of sleep.",
        "",
        "**23.5 % against 4 %** are two studies and two methods, so they get two figures. Where 23.5 % was seen "
        "for the chelate, the oxide gave 22.8 % in the same people.",
        "",
        "No dose for weak kidneys comes out of these models: below the eGFR bounds of the safety rules the functions "
        "and the command refuse, and only a warning (how many times higher the same amount would end) is printed.",
        "",
        *_figures(charts),
    ]  # fmt: skip
    return "\n".join(text), charts


def clock_doc(knowledge: Knowledge) -> tuple[str, dict[str, Chart]]:
    dim, bright = usual_light(knowledge)
    later = {m: dlmo_after_rise(m, 8, bright, knowledge) - dlmo_after_rise(m, 8, dim, knowledge) for m in MODELS}
    span = reading(23, 7, knowledge)
    early, late = reading(22.5, 6.5, knowledge), reading(0.5, 8.5, knowledge)
    mean = sum(later.values()) / len(later)
    hours, after = free_sleep(knowledge)
    rows = [
        _row(knowledge, "home-light-dlmo", " / ".join(f"{value:.2f}" for value in later.values()), mean),
        _row(knowledge, "regular-sleepers-dlmo",
             f"{23 - span.dlmo.high:.1f} to {23 - span.dlmo.low:.1f} at 23:00 to 7:00", 23 - span.dlmo.middle),
        _row(knowledge, "sletten-2010-shift", f"{late.dlmo.middle - early.dlmo.middle:.2f} (light moved with sleep)",
             late.dlmo.middle - early.dlmo.middle),
        _row(knowledge, "control-angle", "not modelled: people, not light, differ here", None),
        _row(knowledge, "insomnia-angle", "not modelled; the rule of one hour after onset comes from this study", None),
    ]  # fmt: skip
    models = [
        f"- {knowledge.body_models[name].name.en}: melatonin onset {_clock(low)} to {_clock(high)}"
        for name, (low, high) in span.by_model.items()
    ]
    person = understand(parse_profile(examples.text("taiwan-34"), name="taiwan-34"), knowledge)
    charts = {"clock-day": clock_chart(clock_run(person, knowledge), knowledge, "en")}
    text = [
        *_head("The sleep clock and sleep pressure", knowledge, *MODELS, "clock-evening", "sleep-pressure"),
        *_table(rows),
        "For sleep from 23:00 to 7:00 with home light between 3 and 65 lux in the evening:",
        "",
        *models,
        "",
        "The three kernels equal the package circadian 1.0.3 to 1e-10 in every state over three days of changing light "
        "(tests/body/test_clock_oracle.py). The onset is printed as the span of the models and lights; people on "
        f"regular days lie another {span.error_h:g} h off on average. For night and shift work nothing is said.",
        "",
        f"The two processes alone sleep {hours:.1f} h a day and wake {after:.1f} h after the coldest hour.",
        "",
        *_figures(charts),
    ]
    return "\n".join(text), charts


def synapse_doc(knowledge: Knowledge) -> tuple[str, dict[str, Chart]]:
    rows = [
        _row(
            knowledge,
            name,
            f"open share {change_percent(knowledge.body_points[name].value or 0, knowledge):.1f} %",
            None,
        )
        for name in ("fuchs-buder-1997", "brewer-2001", "wong-2009")
    ]
    answer = synapse_answer(knowledge)
    charts = {"nmda-block": synapse_chart(answer, knowledge, "en")}
    text = [
        *_head("Magnesium in the NMDA receptor", knowledge, "nmda-block"),
        *_table(rows),
        f"A pill: brain magnesium at most +{answer.pill_brain_percent:g} % (derived), open share "
        f"{answer.pill_open_percent:.2f} %. No human measurement after a pill was found.",
        "",
        *_figures(charts),
    ]
    return "\n".join(text), charts


def kinetics_doc(knowledge: Knowledge) -> tuple[str, dict[str, Chart]]:
    theanine, melatonin = curve("l_theanine", knowledge), curve("melatonin", knowledge)
    assert theanine is not None
    assert melatonin is not None
    bare = peak_after(melatonin.absorption_half_life_min, melatonin.elimination_half_life_min)
    rows = [
        _row(knowledge, "theanine-peak", f"{theanine.peak_min:.1f}", theanine.peak_min),
        _row(knowledge, "melatonin-peak", f"{bare:.1f} from the half-lives alone: **a miss**; a lag of "
             f"{melatonin.lag_min:.0f} min is solved from the peak", None),
    ]  # fmt: skip
    charts = {"plasma-curves": kinetics_chart(kinetics_answer(knowledge), knowledge, "en")}
    text = [
        *_head("Plasma curves", knowledge, *(name for name in knowledge.body_models if name.startswith("kinetics-"))),
        *_table(rows),
        "Glycine: no human curve after a dose by mouth, so none is drawn. Tryptophan: the peak only.",
        "",
        *_figures(charts),
    ]
    return "\n".join(text), charts


def _head(title: str, knowledge: Knowledge, *models: str) -> Iterable[str]:
    yield f"# {title}"
    yield ""
    yield "Written by `make validate-body`. Points marked *tuned* set a parameter and test nothing."
    yield ""
    for name in models:
        row = knowledge.body_models[name]
        sources = "; ".join(
            f"{each.label}{f' (doi:{each.doi})' if each.doi else ''}, {each.read_in}" for each in row.sources
        )
        yield f"- **{row.name.en}** (`{name}`): {row.validity.en} Sources: {sources}."
    yield ""


def _table(rows: list[Row]) -> list[str]:
    lines = ["| published | seen | model | model minus seen |", "|---|---|---|---|"]
    return [*lines, *("| " + " | ".join(row) + " |" for row in rows), ""]


def _row(knowledge: Knowledge, point: str, says: str, value: float | None) -> Row:
    row: BodyPoint = knowledge.body_points[point]
    seen = "?" if row.value is None else f"{row.value:g}"
    if row.sd is not None:
        seen += f" ± {row.sd:g}"
    if row.low is not None and row.high is not None:
        seen += f" ({row.low:g} to {row.high:g})"
    off = "" if value is None or row.value is None else f"{value - row.value:+.2f}"
    tuned = " *tuned*" if row.tuned else ""
    return f"{row.what.en}: {row.sources[0].label}{tuned}", f"{seen} {row.unit}".removesuffix(" 1"), says, off


def _figures(charts: dict[str, Chart]) -> Iterable[str]:
    for name, chart in charts.items():
        yield f"![{chart.title}]({name}.svg)"
        yield ""


def _span(knowledge: Knowledge, name: str) -> tuple[float, float, float]:
    return knowledge.body_models["magnesium-absorption"].span(name)


def _clock(hours: float) -> str:
    return f"{int(hours) % 24:02d}:{round(hours % 1 * 60) % 60:02d}"


if __name__ == "__main__":
    main()
