"""How firm the ground is, and the bar: nothing grave stands on weak pages alone."""

import pytest

from anmin.knowledge.coverage import GRAVE, coverage, ground_of, ground_of_sources, weak_rows
from anmin.knowledge.load import load
from anmin.knowledge.model import Source


def test_no_contraindicated_or_major_row_stands_on_grade_c_alone() -> None:
    assert weak_rows(load()) == ()


def test_every_row_is_counted_once() -> None:
    knowledge = load()
    for topic in coverage(knowledge):
        table = getattr(knowledge, topic.kind)
        assert topic.rows == len(table) == sum(topic.grounds.values())
        assert sum(topic.read_in.values()) == sum(len(fact.sources) for fact in table.values())


@pytest.mark.parametrize(
    ("ways", "ground"),
    [(("label", "weak"), "A"), (("guideline",), "A"), (("abstract", "news"), "B"), (("secondary",), "B"),
     (("secondary_relayed", "news"), "C"), (("recalled",), "C"), (("design",), "own"),
     (("derived",), "own"), ((), "own")],
)  # fmt: skip
def test_the_best_source_counts(ways: tuple[str, ...], ground: str) -> None:
    sources = [Source(label="x", read_in=way) for way in ways]  # type: ignore[arg-type]
    assert ground_of_sources(sources) == ground


def test_a_grade_never_claims_more_than_the_sources_give() -> None:
    order = "ABC"
    for rule in load().interactions.values():
        given = ground_of_sources(rule.sources)
        assert order.index(rule.grade) >= order.index(given if given != "own" else "C"), rule.id
        assert ground_of(rule) == rule.grade
        assert rule.severity not in GRAVE or rule.grade != "C"
