"""`anmin body`: refusals first, figures that are well formed and speak three languages, two studies on two axes."""

from __future__ import annotations

import json
import math
import re
import time
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from msgspec.structs import replace

from anmin.cli.body import body_group
from anmin.errors import AnminError, InputError
from anmin.knowledge.load import load
from anmin.knowledge.model import LANGS, Lang, Text
from anmin.person.model import Person, Question
from anmin.report.body_clock import clock_run
from anmin.report.body_clock_chart import clock_chart
from anmin.report.body_magnesium import magnesium_answer
from anmin.report.body_magnesium_charts import stores_chart, two_studies, uptake_chart
from anmin.report.body_small import kinetics_answer, kinetics_chart, synapse_answer, synapse_chart
from anmin.report.chart import Chart, Line, Points
from anmin.report.svg import svg

SVG = "{http://www.w3.org/2000/svg}"
_MEDICINES = Text(en="Which medicines?", zh_hant="哪些藥？", ja="どの薬ですか。")


def somebody(**told: Any) -> Person:
    plain: dict[str, Any] = {
        "age": 34, "sex": "male", "country": "JP", "bed": 23 * 60, "rise": 7 * 60, "complaint": "falling_asleep",
        "dinner": 19 * 60, "alcohol_tonight": False, "egfr": 95.0, "pregnant": "no", "lactating": False,
    }  # fmt: skip
    return Person(**{**plain, **told})


def charts(lang: Lang) -> dict[str, Chart]:
    known = load()
    first, second = two_studies(known, lang)
    return {
        "uptake": uptake_chart(known, lang),
        "weeks": stores_chart(magnesium_answer(known), known, lang),
        "isotope": first,
        "urine": second,
        "clock": clock_chart(clock_run(somebody(), known), known, lang),
        "nmda": synapse_chart(synapse_answer(known), known, lang),
        "kinetics": kinetics_chart(kinetics_answer(known), known, lang),
    }


def run(*arguments: str) -> Result:
    return CliRunner().invoke(body_group, list(arguments))


@pytest.mark.parametrize("name", list(charts("en")))
def test_every_figure_is_well_formed_and_says_what_it_shows_in_three_languages(name: str) -> None:
    titles = set()
    for lang in LANGS:
        chart = charts(lang)[name]
        root = ET.fromstring(svg(chart))  # our own output
        assert root.tag == f"{SVG}svg"
        assert (root.findtext(f"{SVG}title") or "") == chart.title
        assert len(root.findtext(f"{SVG}desc") or "") > 20
        assert chart.table is not None
        assert len(chart.table.rows) >= 1
        assert not list(root.iter(f"{SVG}script"))
        titles.add(chart.title)
    assert len(titles) == 3


@pytest.mark.parametrize("name", list(charts("en")))
def test_every_point_of_a_figure_lies_on_its_sheet(name: str) -> None:
    chart = charts("en")[name]
    for mark in chart.marks:
        if isinstance(mark, Line | Points):
            for x, y in zip(mark.x, mark.y, strict=True):
                assert chart.x.low - 1e-9 <= x <= chart.x.high + 1e-9
                assert chart.y.rows or chart.y.low <= y <= chart.y.high
                assert math.isfinite(x)
                assert math.isfinite(y)


def test_the_two_studies_never_share_an_axis() -> None:
    """23.5 % (isotope, ileal resection) and 4 % (urine, volunteers) compare two studies."""
    for chart in charts("en").values():
        shown = {round(x, 3) for mark in chart.marks if isinstance(mark, Points) for x in mark.x}
        assert not ({23.5, 22.8} & shown and 4.0 in shown)
    first, second = two_studies(load(), "en")
    assert first.x.label != second.x.label
    assert "same 12 people" in first.title


@pytest.mark.parametrize("egfr", [5.0, 14.9, 29.9, 30.0, 45.0, 59.9])
def test_weak_kidneys_get_the_gates_refusal_and_no_curve(egfr: float) -> None:
    answer = magnesium_answer(load(), somebody(egfr=egfr), dose_mg=10)
    assert answer.refused
    assert any("idney" in finding.reason.en for finding in answer.refused)
    assert not answer.course
    assert answer.uptake_mg is None
    assert answer.plateau_mmol_l is None
    assert answer.times_higher is not None
    assert answer.times_higher > 1


@pytest.mark.parametrize("told", [{"pregnant": "yes"}, {"conditions": ("myasthenia_gravis",)}, {"age": 12}])
def test_whoever_the_gate_refuses_gets_no_curve(told: dict[str, Any]) -> None:
    answer = magnesium_answer(load(), somebody(**told), dose_mg=200)
    assert answer.refused
    assert not answer.course


@pytest.mark.parametrize("figure", ["weeks", "uptake", "chelate", "urine"])
def test_whoever_the_gate_refuses_gets_no_figure_and_no_amount_of_ours(tmp_path: Path, figure: str) -> None:
    person = tmp_path / "profile.yaml"
    person.write_text("age: 70\nsex: male\ncountry: US\nmedicines: []\nconditions: []\n")
    arguments = ["magnesium", str(person), "--svg", str(tmp_path / "out.svg"), "--figure", figure]
    found = CliRunner().invoke(body_group, arguments)
    assert isinstance(found.exception, InputError)
    assert not (tmp_path / "out.svg").exists()
    answer = magnesium_answer(load(), somebody(egfr=25.0))
    assert answer.refused
    assert answer.dose_mg == 0


def test_without_a_profile_the_lowest_limit_is_told() -> None:
    page = CliRunner().invoke(body_group, ["magnesium", "--dose", "871", "--lang", "en"]).output
    assert "begin at 250 mg" in " ".join(page.split())


def test_too_much_for_the_country_is_refused_and_what_is_left_is_drawn() -> None:
    known = load()
    assert magnesium_answer(known, somebody(), dose_mg=600).refused
    left = magnesium_answer(known, somebody())
    assert not left.refused
    assert left.dose_mg == 350
    assert left.course


def test_without_a_profile_the_textbook_is_drawn_with_its_bound() -> None:
    done = run("magnesium", "--lang", "en")
    assert done.exit_code == 0
    assert "healthy kidneys" in done.output
    assert "no amount ever comes" in " ".join(done.output.split())


def test_a_form_nobody_measured_has_no_number_in_any_place() -> None:
    answer = magnesium_answer(load(), form="threonate")
    assert answer.uptake_mg is None
    assert not answer.course
    assert "not known" in run("magnesium", "--form", "threonate", "--lang", "en").output


def test_splitting_is_explained_with_figures_that_grow() -> None:
    answer = magnesium_answer(load(), dose_mg=365)
    assert list(answer.by_split) == sorted(answer.by_split)
    assert answer.by_split[2] > 1.2 * answer.by_split[0]


def test_serum_starts_where_the_person_stands() -> None:
    assert magnesium_answer(load(), somebody(serum_mg_mmol_l=0.82)).serum_start_mmol_l == 0.82


@pytest.mark.parametrize(
    "wrong",
    [
        {"dose_mg": -1.0},
        {"dose_mg": math.nan},
        {"dose_mg": 1e9},
        {"form": "moonstone"},
        {"split": 0},
        {"weeks": math.nan},
        {"weeks": 0.0},
    ],
)
def test_impossible_requests_are_named(wrong: dict[str, Any]) -> None:
    with pytest.raises(AnminError):
        magnesium_answer(load(), **wrong)


@pytest.mark.parametrize("key", ["night_work", "shift_work_sleep"])
def test_the_clock_says_nothing_about_shift_workers(key: str) -> None:
    answer = clock_run(somebody(conditions=(key,)), load()).answer
    assert answer.refused == "shift"
    assert answer.melatonin is None


@pytest.mark.parametrize(("bed", "rise"), [(8, 16), (23, 1), (20, 10), (3, 13)])
def test_the_clock_says_nothing_about_other_nights(bed: int, rise: int) -> None:
    assert clock_run(somebody(bed=bed * 60, rise=rise * 60), load()).answer.refused == "night"


def test_the_clock_needs_a_bed_time() -> None:
    with pytest.raises(InputError, match="bed"):
        clock_run(somebody(bed_known=False), load())


def test_told_light_narrows_the_span_and_dimmer_is_earlier() -> None:
    known = load()
    home, dim = clock_run(somebody(), known).answer, clock_run(somebody(), known, evening_lux=3).answer
    assert home.melatonin is not None
    assert dim.melatonin is not None
    assert dim.melatonin.earliest == home.melatonin.earliest
    assert dim.melatonin.latest < home.melatonin.latest
    assert home.dim_evening is not None
    assert home.dim_evening.high_min < 0
    assert home.bright_morning is not None
    assert home.bright_morning.high_min < 0
    assert home.hour_later is not None
    assert home.hour_later.low_min > 0


@pytest.mark.parametrize("lux", [-1.0, math.nan, math.inf, 1e9])
def test_impossible_light_is_refused(lux: float) -> None:
    with pytest.raises(InputError, match="lux"):
        clock_run(somebody(), load(), evening_lux=lux)


@pytest.mark.parametrize(
    "arguments",
    [
        ("magnesium",),
        ("magnesium", "--example", "japan-72"),
        ("clock", "--example", "taiwan-34"),
        ("synapse",),
        ("kinetics",),
    ],
)
@pytest.mark.parametrize("lang", LANGS)
def test_every_page_and_its_json_twin(arguments: tuple[str, ...], lang: Lang, tmp_path: Path) -> None:
    page = run(*arguments, "--lang", lang)
    assert page.exit_code == 0, page.output
    assert not re.search(r"\{[a-z_]+\}|None|\bnan\b", page.output)
    json.loads(run(*arguments, "--lang", lang, "--json").stdout)


def test_svg_is_written_whole_and_refused_where_there_is_nothing_to_draw(tmp_path: Path) -> None:
    target = tmp_path / "c.svg"
    assert run("clock", "--example", "taiwan-34", "--svg", str(target)).exit_code == 0
    ET.parse(target)
    other = tmp_path / "m.svg"
    done = run("magnesium", "--example", "japan-72", "--svg", str(other))
    assert isinstance(done.exception, InputError)
    assert not other.exists()


def test_the_figures_of_the_models_cost_less_than_a_blink() -> None:
    """Everything but the imports in under 50 ms of processor time, best of five."""
    known = load()

    def best(work: Any) -> float:
        times = []
        for _ in range(5):
            start = time.process_time()
            work()
            times.append(time.process_time() - start)
        return min(times)

    assert best(lambda: clock_run(somebody(), known)) < 0.25  # 0.04 on a quiet machine; this one may be busy
    assert best(lambda: magnesium_answer(known)) < 0.1


def test_a_person_who_lies_awake_for_long_is_told_once_that_bed_may_be_early() -> None:
    from anmin.plan.early import bed_too_early
    from anmin.plan.explain import bed_line

    known = load()
    awake = somebody(bed=21 * 60, rise=7 * 60, scores={"latency_min": 80.0})
    found = bed_too_early(awake, known)
    assert found is not None
    assert 21 * 60 < found.easy_from < 22 * 60
    assert found.easy_from % 5 == 0
    line = bed_line(awake, known)
    told = [text for text in line.why if "body clock" in text.en]
    assert len(told) == 1
    assert "clock-evening" in line.rules


@pytest.mark.parametrize(
    "told",
    [
        {"scores": {}}, {"scores": {"latency_min": 20.0}}, {"complaint": "early_waking"}, {"bed_known": False},
        {"conditions": ("night_work",)}, {"bed": 23 * 60}, {"bed": 8 * 60, "rise": 16 * 60}, {"rise": 11 * 60 + 30},
    ],
)  # fmt: skip
def test_nobody_else_is_told_so(told: dict[str, Any]) -> None:
    from anmin.plan.early import bed_too_early

    awake = somebody(bed=21 * 60, rise=7 * 60, scores={"latency_min": 80.0})
    assert bed_too_early(awake, load()) is not None
    assert bed_too_early(replace(awake, **told), load()) is None


def test_later_bed_is_never_later_than_sleep_really_comes() -> None:
    from anmin.plan.early import bed_too_early

    for bed in range(20 * 60, 25 * 60, 30):
        for latency in range(30, 200, 15):
            awake = somebody(bed=bed % 1440, rise=7 * 60, scores={"latency_min": float(latency)})
            found = bed_too_early(awake, load())
            if found is not None:
                later = found.easy_from + (1440 if found.easy_from < 12 * 60 else 0)
                assert bed < later <= bed + latency


def test_every_sentence_of_the_room_is_used() -> None:
    import anmin

    root = Path(anmin.__file__).parent
    code = "\n".join(path.read_text(encoding="utf-8") for path in (root / "report").glob("body_*.py"))
    code += (root / "cli" / "body.py").read_text(encoding="utf-8")
    composed = ("clock.bed_", "kinetics.", "clock.refused", "sources", "svg_written")
    for name in load().messages:
        if name.startswith("body."):
            short = name.removeprefix("body.").removeprefix("chart.").removeprefix("mg.")
            assert f'{short}"' in code or short.startswith(composed), name


@pytest.mark.parametrize(("lang", "hours"), [("zh-Hant", "3 小時 26 分鐘"), ("ja", "3時間26分")])
def test_pages_hold_no_english_units_and_no_half_width_marks(lang: str, hours: str) -> None:
    curves = CliRunner().invoke(body_group, ["kinetics", "--lang", lang]).stdout
    assert hours in curves
    assert not re.search(r"\d h \d", curves)
    clock = CliRunner().invoke(body_group, ["clock", "--example", "taiwan-34", "--lang", lang]).stdout
    assert "; " not in clock
    assert not re.search(r"\d\d:\d\d-\d\d:\d\d|\d-\d+ ?(lux|ルクス)", clock)


def test_an_open_question_is_asked_and_not_called_a_refusal() -> None:
    unsure = somebody(age=70, egfr=None)
    answer = magnesium_answer(load(), unsure, dose_mg=200.0, form="oxide")
    assert answer.uptake_mg is None
    asking = somebody(
        questions=(Question(id="medicines", field="medicines", text=_MEDICINES, why=_MEDICINES, blocks=("*",)),)
    )
    told = magnesium_answer(load(), asking, dose_mg=100.0)
    assert told.uptake_mg is None
    assert told.asked == (_MEDICINES,)
    assert not told.refused
