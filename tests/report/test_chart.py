"""A figure carries its finding, its description and its numbers, and places every mark where the axes say."""

from __future__ import annotations

import math
import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anmin.knowledge.load import load
from anmin.report.chart import Axis, Bars, Chart, Line, Points, Region, Rule, Table, share, ticks
from anmin.report.html import figure
from anmin.report.plot import plot
from anmin.report.svg import svg
from anmin.report.wrap import cells

SVG = "{http://www.w3.org/2000/svg}"


def chart(**changes: object) -> Chart:
    base: dict[str, object] = {
        "title": "Less than <5 min & steady",
        "says": "Latency by night.",
        "x": Axis(label="night", low=0, high=10),
        "y": Axis(label="min", low=0, high=60),
        "marks": (Line(x=(0, 5, 10), y=(60, 30, 0), label="bath"), Rule(at=15, axis="y", label="matters")),
        "table": Table(heads=("night", "min"), rows=(("0", "60"), ("10", "0"))),
    }
    return Chart(**{**base, **changes})  # type: ignore[arg-type]


def test_title_description_and_table_travel_inside() -> None:
    root = ElementTree.fromstring(svg(chart()))
    assert root.findtext(f"{SVG}title") == "Less than <5 min & steady"
    assert root.findtext(f"{SVG}desc") == "Latency by night."
    assert root.findtext(f"{SVG}metadata") == "night\tmin\n0\t60\n10\t0"


def test_a_line_runs_from_corner_to_corner() -> None:
    root = ElementTree.fromstring(svg(chart()))
    box = root.find(f".//{SVG}clipPath/{SVG}rect")
    line = root.find(f".//{SVG}polyline")
    assert box is not None
    assert line is not None
    left, top, wide, high = (float(box.attrib[name]) for name in ("x", "y", "width", "height"))
    places = [tuple(map(float, pair.split(","))) for pair in line.attrib["points"].split()]
    assert places[0] == pytest.approx((left, top), abs=0.06)
    assert places[1] == pytest.approx((left + wide / 2, top + high / 2), abs=0.06)
    assert places[2] == pytest.approx((left + wide, top + high), abs=0.06)


def test_nan_breaks_a_line() -> None:
    broken = Line(x=(0, 1, 2, 3, 4), y=(1, 2, math.nan, 3, 4))
    assert svg(chart(marks=(broken,))).count("<polyline") == 2


def test_a_forest_has_a_row_for_each_label_in_order() -> None:
    forest = chart(
        y=Axis(label="", rows=("甘氨酸", "Abbasi"), figures=("1", "2")),
        marks=(Points(x=(2, 4), y=(0, 1), x_low=(1, 3), x_high=(3, 5), shape="square"), Region(low=0, high=1)),
    )
    root = ElementTree.fromstring(svg(forest))
    places = {text.text: float(text.attrib["y"]) for text in root.iter(f"{SVG}text")}
    assert places["甘氨酸"] < places["Abbasi"]
    lines = plot(forest)
    assert any("甘氨酸" in line and "■" in line and "─" in line for line in lines)


def test_a_log_axis_is_even_in_ratios() -> None:
    axis = Axis(label="OR", low=0.5, high=2, log=True)
    assert share(axis, 1.0) == pytest.approx(0.5)
    assert share(axis, 0.0) < 0
    with pytest.raises(ValueError, match="OR"):
        svg(chart(x=Axis(label="OR", low=0.0, high=2, log=True)))


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_ticks_are_round_few_and_inside(low: float, length: float) -> None:
    axis = Axis(label="", low=low, high=low + length)
    shown = ticks(axis)
    assert len(shown) <= 8
    assert all(low - 1e-6 * length <= tick.at <= low + length * (1 + 1e-6) for tick in shown)
    assert len({tick.label for tick in shown}) == len(shown)


@given(
    st.integers(40, 100),
    st.sampled_from(["Latency falls", "入睡變快了，而且持續整晚都是如此，沒有改變", "寝つきが早くなりました"]),
)
def test_a_terminal_line_is_never_wider_than_asked(width: int, title: str) -> None:
    bars = Bars(edges=(0, 2, 4), heights=(10, 40), label=title)
    for line in plot(chart(title=title, marks=(bars, Line(x=(0, 10), y=(0, 60), label="b"))), width=width):
        assert cells(line) <= width


def test_bars_stand_as_tall_as_they_are() -> None:
    root = ElementTree.fromstring(svg(chart(marks=(Bars(edges=(0, 5, 10), heights=(60, 30)),))))
    group = root.find(f"{SVG}g")
    assert group is not None
    tall = [float(bar.attrib["height"]) for bar in group]
    assert tall[0] == pytest.approx(2 * tall[1], abs=0.2)


def test_a_page_shows_the_table_unfolded_by_no_script() -> None:
    markup = "\n".join(figure(chart(), load()))
    assert "<details>" in markup
    assert "<script" not in markup
    assert re.search(r'<th scope="row">0</th><td>60</td>', markup)
