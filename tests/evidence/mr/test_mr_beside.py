"""Zinc and vitamin D beside magnesium: only what follows from what was told, and never an estimate."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest

from anmin.evidence.mr.beside import SETS, Beside, beside, recompute
from anmin.evidence.mr.demo import published
from anmin.evidence.mr.power import power, se_of_log_odds
from anmin.knowledge.load import Knowledge
from anmin.knowledge.mr import MrResult
from anmin.report.mr_beside import beside_sentences


@pytest.fixture(scope="module")
def found(knowledge: Knowledge) -> Beside:
    return beside(knowledge, 408_074, 0.02)


def test_strength_follows_from_p_and_people(found: Beside, knowledge: Knowledge) -> None:
    zinc, vitamin_d = found.companions
    # By hand: z² / (z² + n − 2); the zinc betas over their errors give the same z as the p.
    by_hand = sum((b / s) ** 2 / ((b / s) ** 2 + 2601) for b, s in ((0.178, 0.026), (0.287, 0.033)))
    assert zinc.explained == pytest.approx(by_hand, rel=0.02)
    assert (zinc.variants, vitamin_d.variants) == (2, 3)
    assert vitamin_d.explained == pytest.approx(0.0203, abs=5e-4)
    assert zinc.weakest_f == pytest.approx((0.178 / 0.026) ** 2, rel=0.02)


def test_the_smallest_ratio_is_found_with_the_wanted_chance(found: Beside) -> None:
    for each in found.companions:
        se = se_of_log_odds(each.explained, 408_074, 0.02)
        assert power(each.smallest, se) == pytest.approx(0.8, abs=1e-3)
        assert power(each.smallest_among, se, 0.05 / 15) == pytest.approx(0.8, abs=1e-3)
        assert each.smallest_among > each.smallest > 0.1


def test_what_was_told_without_numbers_stays_without(knowledge: Knowledge) -> None:
    for name in SETS:
        row = knowledge.mr_results[name]
        assert (row.ratio, row.p) == (None, None)


def test_printed_p_lie_within_what_rounding_leaves_open(found: Beside) -> None:
    """Folate 0.02, vitamin B6 0.00105, vitamin D 0.03: none contradicts its own interval."""
    told = {each.result: each for each in found.recomputed}
    assert set(told) == {
        "mr-zhang-folate-chronotype-morning", "mr-zhang-vitamin-b6-chronotype", "mr-zhang-vitamin-d-chronotype"
    }  # fmt: skip
    for each in told.values():
        assert each.printed is not None
        assert each.p_low < each.p < each.p_high
        assert each.p_low <= each.printed <= each.p_high
    assert [each.passes for each in told.values()] == [False, True, False]
    assert told["mr-zhang-vitamin-d-chronotype"].p == pytest.approx(0.058, abs=5e-4)


def test_a_p_that_its_interval_cannot_give_is_outside() -> None:
    values: dict[str, Any] = {"en": "x", "zh_hant": "x", "ja": "x"}
    from anmin.knowledge.model import Text

    row = MrResult(
        id="x", exposure=Text(**values), outcome=Text(**values), label="x", sources=(), ratio=0.9, low=0.7, high=1.16,
        p=0.001, tests=1,
    )  # fmt: skip
    assert recompute(row).p_low > 0.1


def test_the_published_interval_could_only_find_large_effects(knowledge: Knowledge) -> None:
    verdict = published(knowledge)
    assert power(verdict.smallest_among, verdict.se, verdict.needed) == pytest.approx(0.8, abs=1e-3)
    assert math.exp(-verdict.smallest_among) < 0.8
    assert verdict.power_alone == pytest.approx(0.56, abs=0.01)


@pytest.mark.parametrize("lang", ["en", "zh-Hant", "ja"])
def test_the_sentences_in_three_languages(found: Beside, knowledge: Knowledge, lang: str) -> None:
    class _Demo:
        beside = found

    told = list(beside_sentences(_Demo(), knowledge, lang))  # type: ignore[arg-type]
    assert len(told) == 2 + len(found.companions) + len(found.recomputed)
    assert not re.search(r"\{\w+\}", "".join(told))
    assert "0.058" in told[-1]


def test_every_mendelian_randomization_we_know_of_is_in_the_data(knowledge: Knowledge) -> None:
    studies = {re.sub(r"\d", "", each.id).split("-")[1] for each in knowledge.mr_results.values()}
    assert studies == {"medicine", "zhang", "jiang", "larsson"}
    assert len(knowledge.mr_results) == 15
    for each in knowledge.mr_results.values():
        assert all(source.read_in in ("abstract", "secondary") for source in each.sources)
