"""What the figures of a finished trial draw is what the analysis found, and their titles say it."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest
from finished_trials import ARMS, FACTORS, LOOK, ONE, finished

from anmin.knowledge.load import load
from anmin.report.chart import Bars, Chart, Points, Region
from anmin.report.pool_figure import pool_chart, pool_page
from anmin.report.svg import svg
from anmin.report.trial_figures import figures
from anmin.report.trial_findings import Findings, findings
from anmin.trial.analysis import Posterior
from anmin.trial.pool import Bundle, pool_people

LANGS = ("en", "zh-Hant", "ja")


def found(asked: tuple[str, ...] = ONE, gain: float = 28, lang: str = "en", **how: object) -> Findings:
    return findings(finished(asked, gain, **how), load(), lang)  # type: ignore[arg-type]


def drawn(asked: tuple[str, ...] = ONE, gain: float = 28, lang: str = "en", **how: object) -> dict[str, Chart]:
    return figures(found(asked, gain, lang, **how), load(), lang)  # type: ignore[arg-type]


def points(chart: Chart, label: str = "") -> list[Points]:
    return [mark for mark in chart.marks if isinstance(mark, Points) and (not label or mark.label == label)]


def test_a_density_is_the_slope_of_its_distribution_and_holds_everything() -> None:
    effect = Posterior(phi=(0.0, 0.5), weight=(0.3, 0.7), centre=(-4.0, 2.0), scale=(3.0, 5.0), df=9)
    at = np.linspace(-80, 80, 4001)
    dense = np.asarray(effect.density(at.tolist()))
    assert np.trapezoid(dense, at) == pytest.approx(1, abs=1e-3)
    for value in (-6.0, 0.0, 3.5):
        slope = (effect.below(value + 1e-4) - effect.below(value - 1e-4)) / 2e-4
        assert effect.density([value])[0] == pytest.approx(slope, rel=1e-6)


def test_every_night_is_drawn_once_in_its_arm_or_marked_missing() -> None:
    case = found()
    chart, protocol = figures(case, load(), "en")["nights"], case.protocol
    nights = protocol.design.nights
    assert chart.table is not None
    assert [row[0] for row in chart.table.rows] == [str(number + 1) for number in range(nights)]
    counted = {label: len(points(chart, label)[0].x) for label in ("with", "without")}
    assert counted == {arm.arm: arm.written for arm in case.arms}
    missed = points(chart, "not written down")[0]
    dropped = points(chart, "first nights of a block, not analysed")[0]
    assert len(missed.x) + len(dropped.x) + sum(counted.values()) == nights
    assert len(points(chart, "not taken")[0].x) == 2
    stripes = [mark for mark in chart.marks if isinstance(mark, Region)]
    first = [int(stripe.low + 0.5) // protocol.design.block_nights for stripe in stripes]
    assert first == [block for block, arm in enumerate(case.schedule) if arm]
    assert any("opened in an emergency" in row[3] for row in chart.table.rows[8:12])


@pytest.mark.parametrize(("asked", "early", "most"), [(LOOK, False, 88), (ONE, True, 56)])
def test_a_trial_that_ended_sooner_is_drawn_to_its_end(asked: tuple[str, ...], early: bool, most: int) -> None:
    case = found(asked, gain=40, early=early)
    chart = figures(case, load(), "en")["nights"]
    assert case.result.stopped_at == (None if early else 88)
    assert chart.table is not None
    assert len(chart.table.rows) == round(chart.x.high - 0.5) <= most
    assert chart.table.rows[-1][2] != "–" or not early
    with_and_without = [len(points(chart, label)[0].x) for label in ("with", "without")]
    if not early:
        assert sum(arm.planned for arm in case.arms) == 88 - 88 // 4  # the first night of a block of four is left out
    assert sum(with_and_without) == case.comparisons[0].as_randomised.nights


def test_the_title_of_the_effect_is_the_verdict_and_changes_with_it() -> None:
    assert drawn()["effect"].title.startswith(">99 % sure of a gain above 10 min")
    assert re.match(r">?\d+ % sure that it makes things worse", drawn(gain=-28)["effect"].title)
    begins = {"not_enough": "Still open:", "no_effect": "sure that the difference is below 5 min"}
    for gain in (0.0, 6.0):
        assert begins[found(gain=gain).comparisons[0].verdict.word] in drawn(gain=gain)["effect"].title
    assert drawn(guessed="right", asked=FACTORS)["effect-1"].title.startswith("glycine: No verdict.")


def test_the_shaded_parts_hold_the_chances_they_are_labelled_with() -> None:
    case = found(gain=8)
    chart, one = figures(case, load(), "en")["effect"], case.comparisons[0]
    parts = [mark for mark in chart.marks if type(mark).__name__ == "Band"]
    shares = [float(np.trapezoid(part.high, part.x)) for part in parts]  # type: ignore[union-attr]
    assert shares == pytest.approx([one.regions.worse, one.regions.nothing, one.regions.better], abs=0.01)
    assert one.verdict.probability in (one.regions.worse, one.regions.nothing, one.regions.better)


@pytest.mark.parametrize(("asked", "name"), [(ONE, "lot"), (ARMS, "lot-1"), (FACTORS, "lot-2")])
def test_the_marked_bars_are_the_p(asked: tuple[str, ...], name: str) -> None:
    case = found(asked)
    chart = figures(case, load(), "en")[name]
    one = case.comparisons[int(name[-1]) - 1 if name[-1].isdigit() else 0]
    (bars,) = (mark for mark in chart.marks if isinstance(mark, Bars))
    marked = sum(height for height, tone in zip(bars.heights, bars.tones, strict=True) if tone == "second")
    assert marked / sum(bars.heights) == pytest.approx(one.p)
    assert marked == one.lot.reached
    assert f"p = {one.p:.2g}" in chart.title


def test_several_comparisons_have_a_figure_each_and_the_p_of_all_of_them() -> None:
    case = found(ARMS)
    charts = figures(case, load(), "en")
    assert [name for name in charts if name.startswith("effect")] == ["effect-1", "effect-2"]
    for place, one in enumerate(case.comparisons, 1):
        assert charts[f"effect-{place}"].title.startswith(f"{one.name}: ")
        assert f"with the other comparisons {one.adjusted_p:.2g}" in charts[f"lot-{place}"].title


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("asked", [ONE, ARMS, FACTORS])
def test_every_figure_is_whole_in_every_language(lang: str, asked: tuple[str, ...]) -> None:
    for name, chart in drawn(asked, lang=lang).items():
        root = ElementTree.fromstring(svg(chart))
        names = {child.tag.rpartition("}")[2]: child.text for child in root}
        assert names["title"] == chart.title
        assert names["desc"]
        assert chart.table is not None
        assert chart.table.rows, name
        if lang != "en":
            assert re.search(r"[\u3040-\u30ff\u4e00-\u9fff]", chart.title), chart.title


def people(count: int, gain: float = 8) -> list[Bundle]:
    rng = np.random.default_rng(3)
    return [
        Bundle(substance="glycine", outcome="sleep_onset_latency", unit="min", gain=float(rng.normal(gain, 6)),
               sd=float(rng.uniform(3, 9)), share=1.0, nights=40, firm=True)
        for _ in range(count)
    ]  # fmt: skip


def test_the_forest_has_everybody_the_mean_and_one_more_person() -> None:
    together = pool_people(people(12))
    chart = pool_chart(together, load(), "en")
    assert len(chart.y.rows) == 14
    assert chart.y.rows[-2:] == ("all together", "one more person")
    assert chart.title.startswith("12 people, ")
    assert "it helps on average" in chart.title
    assert together.expect_low is not None
    inner = points(chart)[-2]
    outer = points(chart)[-1]
    assert (inner.x_low, inner.x_high) == ((together.low,), (together.high,))
    assert outer.x_low[0] < inner.x_low[0] < inner.x_high[0] < outer.x_high[0]
    assert "is open" in pool_chart(pool_people(people(4, gain=0)), load(), "en").title


def test_a_crowd_is_cut_in_the_picture_and_whole_in_the_table() -> None:
    chart = pool_chart(pool_people(people(200)), load(), "ja")
    assert len(chart.y.rows) == 62
    assert chart.table is not None
    assert len(chart.table.rows) == 202
    assert ElementTree.fromstring(svg(chart)) is not None


@pytest.mark.parametrize("count", [1, 2])
def test_one_or_two_people_make_a_page_too(count: int) -> None:
    shown = pool_page(pool_people(people(count)), load(), "zh-Hant")
    assert shown.startswith("<!DOCTYPE html>")
    assert "<svg" in shown
