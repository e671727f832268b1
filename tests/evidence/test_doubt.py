"""Papers that contradict themselves are found; papers that do not are left in peace."""

from __future__ import annotations

import statistics

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anmin.evidence.doubt import Verdict, doubts, grim, largest_spread, recompute, verdicts
from anmin.knowledge.load import Knowledge
from anmin.knowledge.studies import StudyOutcome


@pytest.fixture(scope="module")
def found(knowledge: Knowledge) -> dict[str, list[Verdict]]:
    by_study: dict[str, list[Verdict]] = {}
    for verdict in doubts(knowledge):
        by_study.setdefault(verdict.study, []).append(verdict)
    return by_study


def test_perez_pinero_end_values_do_not_give_its_p(found: dict[str, list[Verdict]]) -> None:
    kinds = {(verdict.measure, verdict.kind) for verdict in found["perez-pinero-2024"]}
    assert ("PSQI efficiency", "p_arms") in kinds  # t 1.49, p 0.14, printed 0.023
    assert ("nocturnal melatonin", "p_arms") in kinds  # t 0.8, p 0.4, printed 0.048
    assert ("sleep quality VAS, end", "p_arms") not in kinds  # 0.03 against 0.021: near enough


def test_lian_interval_is_not_centred(found: dict[str, list[Verdict]]) -> None:
    (verdict,) = found["lian-2022"]
    assert verdict.kind == "interval"
    assert verdict.text is not None
    assert "-3.125" in verdict.text.en


def test_cheah_is_surer_than_its_people_allow(found: dict[str, list[Verdict]]) -> None:
    (verdict,) = found["cheah-2021"]
    assert verdict.kind == "too_sure"


def test_sutanto_slope_goes_below_zero(found: dict[str, list[Verdict]]) -> None:
    (verdict,) = found["sutanto-2022"]
    assert verdict.kind == "slope"
    assert verdict.text is not None
    assert "0.698" in verdict.text.en


def test_abbasi_has_two_rows_called_sleep_time(found: dict[str, list[Verdict]]) -> None:
    (verdict,) = found["abbasi-2012"]
    assert verdict.kind == "two_rows"
    assert verdict.text is not None
    assert "0.002" in verdict.text.en
    assert "0.37" in verdict.text.en


def test_schuster_p_fits_neither_its_intervals_nor_its_effect_size(found: dict[str, list[Verdict]]) -> None:
    assert {verdict.kind for verdict in found["schuster-2025"]} == {"p_arms", "p_size"}


@pytest.mark.parametrize(("study", "figures"), [("langan-evans-2023", 3), ("ferracioli-oda-2013", 5)])
def test_consistent_papers_stay_clean(study: str, figures: int, knowledge: Knowledge) -> None:
    made = list(recompute(knowledge.studies[study], knowledge))
    assert len(made) >= figures  # they were looked at, not skipped
    assert all(verdict.ok for verdict in made)


def test_nothing_else_is_accused(found: dict[str, list[Verdict]]) -> None:
    assert set(found) == {
        "abbasi-2012", "schuster-2025", "perez-pinero-2024", "sutanto-2022", "cheah-2021", "lian-2022",
    }  # fmt: skip


@settings(deadline=None)
@given(st.lists(st.integers(0, 28), min_size=2, max_size=60))
def test_real_whole_numbers_pass_grim_and_the_spread_bound(scores: list[int]) -> None:
    mean, sd = statistics.fmean(scores), statistics.stdev(scores)
    assert grim(round(mean, 2), len(scores), 2)
    assert sd <= largest_spread(mean, len(scores), 0, 28) + 1e-9


def test_grim_finds_an_impossible_mean() -> None:
    assert not grim(5.19, 28, 2)  # the example of Brown & Heathers 2017


def test_each_kind_of_check_can_fail(knowledge: Knowledge) -> None:
    """A check that never fires would look like a clean literature."""
    base = knowledge.studies["di-pierro-2024"]
    isi = base.outcomes[0]
    arms = isi.arms
    broken: dict[str, StudyOutcome] = {
        "correlation": msgspec.structs.replace(isi, p=0.9),
        "grim": msgspec.structs.replace(isi, arms=(msgspec.structs.replace(arms[0], n=7, post_mean=6.8), arms[1])),
        "spread": msgspec.structs.replace(isi, arms=(msgspec.structs.replace(arms[0], post_sd=15.0), arms[1])),
        "p_interval": msgspec.structs.replace(isi, low=-3.9, high=-1.9, p=0.4),
    }
    for kind, outcome in broken.items():
        study = msgspec.structs.replace(base, outcomes=(outcome,))
        assert kind in {verdict.kind for verdict in recompute(study, knowledge) if not verdict.ok}


def test_doubts_speak_three_languages(knowledge: Knowledge) -> None:
    for verdict in verdicts(knowledge):
        assert verdict.ok == (verdict.text is None)
        if verdict.text is not None:
            assert len({verdict.text.en, verdict.text.zh_hant, verdict.text.ja}) == 3
