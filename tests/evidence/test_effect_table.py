"""The table says what the papers printed, in the person's direction, and no more."""

from __future__ import annotations

import msgspec
import pytest

from anmin.evidence.model import Effect
from anmin.evidence.rows import lopsided
from anmin.evidence.table import effects
from anmin.knowledge.load import Knowledge

Table = dict[tuple[str, str], Effect]


@pytest.mark.parametrize(
    ("component", "outcome", "gain", "low", "high"),
    [
        ("magnesium", "sleep_onset_latency", 17.36, 7.44, 27.27),  # Mah & Pitre 2021
        ("magnesium", "total_sleep_time", 16.06, -5.99, 38.12),
        ("melatonin", "sleep_onset_latency", 7.06, 4.37, 9.75),  # Ferracioli-Oda 2013
        ("habits", "sleep_onset_latency", 19.03, 14.12, 23.93),  # Trauer 2015
        ("habits", "wake_after_sleep_onset", 26.0, 15.48, 36.52),
        ("z_drugs", "sleep_onset_latency", 22, 11, 33),  # Huedo-Medina 2012
        ("placebo", "sleep_onset_latency", 13.1, 9.2, 17.0),  # McCall 2003, what people notice
        ("l_theanine", "sleep_quality", 0.43, 0.04, 0.83),  # Bulman 2025, standard deviations
        ("chamomile", "psqi", 1.88, 0.31, 3.46),  # Kazemi 2024
        ("hot_bath", "wake_after_sleep_onset", 3.3, 1.0, 5.7),  # Tai 2025
    ],
)
def test_printed_effects_point_the_persons_way(
    table: Table, component: str, outcome: str, gain: float, low: float, high: float
) -> None:
    effect = table[component, outcome]
    assert (effect.gain, effect.low, effect.high) == pytest.approx((gain, low, high), abs=0.11)


def test_components_without_a_printed_size_have_a_direction_only(table: Table) -> None:
    for component in ("glycine", "gaba", "rafuma", "vitamin_b6"):
        for (name, _), effect in table.items():
            if name == component:
                assert (effect.gain, effect.low, effect.high) == (None, None, None)
    assert table["glycine", "sleep_onset_latency"].direction == "better"
    assert table["vitamin_b6", "sleep_quality"].direction == "none"
    assert table["l_tryptophan", "sleep_onset_latency"].direction == "mixed"
    assert table["magnesium", "psqi"].direction == "none"  # Nielsen 2010: both arms alike


def test_a_mixture_credits_nobody(table: Table) -> None:
    named = {study for effect in table.values() for study in effect.studies}
    assert not named & {"langan-evans-2023", "rondanelli-2011", "djokic-2019", "rlx2-2022"}


def test_conversions_are_stated(table: Table, knowledge: Knowledge) -> None:
    theanine = table["l_theanine", "sleep_onset_latency"]
    assert theanine.converted_with == "evidence.sd.sleep_onset_latency"
    assert theanine.gain == pytest.approx(0.15 * knowledge.value("evidence.sd.sleep_onset_latency"))
    bath = table["hot_bath", "sleep_onset_latency"]  # 14.8 % (2.0 to 25.9) shorter after a bath 61-120 min before bed
    start = knowledge.value("evidence.reference.sleep_onset_latency")
    assert bath.gain == pytest.approx(0.148 * start, abs=0.02)
    assert (bath.low, bath.high) == pytest.approx((0.02 * start, 0.259 * start), abs=0.05)
    for effect in table.values():
        assert (effect.converted_with is None) or effect.notes


def test_a_paper_that_contradicts_itself_gets_its_wider_figure(table: Table) -> None:
    # Schuster 2025 prints p 0.049, but the intervals of its arms allow no better than a standard error of 1.35.
    magnesium = table["magnesium", "isi"]
    assert magnesium.gain == pytest.approx(1.6)
    assert magnesium.low is not None
    assert magnesium.low < -1.0


def test_an_interval_that_is_not_centred_is_never_the_best(table: Table, knowledge: Knowledge) -> None:
    lian = knowledge.studies["lian-2022"]
    assert [outcome.outcome for outcome in lian.outcomes if lopsided(outcome)] == ["isi"]
    assert "lian-2022" not in table["saffron", "isi"].studies


def test_every_effect_with_a_size_has_an_interval_around_it(table: Table) -> None:
    for effect in table.values():
        if effect.gain is not None:
            assert effect.low is not None
            assert effect.high is not None
            assert effect.low < effect.gain < effect.high


def test_certainty_orders_what_reviews_agree_on(table: Table) -> None:
    order = ("very_low", "low", "moderate", "high")
    level = {
        name: order.index(table[name, "sleep_onset_latency"].certainty) for name in ("magnesium", "melatonin", "habits")
    }
    assert level["magnesium"] < level["melatonin"] <= level["habits"]
    assert table["hot_bath", "sleep_onset_latency"].certainty in ("very_low", "low")  # watched, not randomised


def test_every_sentence_exists_in_three_languages(table: Table) -> None:
    for effect in table.values():
        for text in (effect.text, *effect.notes, *(reason.why for reason in effect.reasons)):
            assert len({text.en, text.zh_hant, text.ja}) == 3
            assert "{" not in text.en + text.zh_hant + text.ja


def test_complaints_each_have_a_first_outcome(knowledge: Knowledge) -> None:
    for complaint in ("falling_asleep", "staying_asleep", "early_waking", "unrefreshing"):
        first = [outcome.id for outcome in knowledge.outcomes.values() if outcome.complaints.get(complaint) == 1]
        assert len(first) == 1


def test_single_trials_that_nobody_pooled_are_pooled_here(knowledge: Knowledge) -> None:
    first = knowledge.studies["saffron-2025"]
    again = msgspec.structs.replace(
        first,
        id="saffron-again",
        outcomes=(msgspec.structs.replace(first.outcomes[0], effect=-2.0, low=-3.0, high=-1.0),),
    )
    wider = msgspec.structs.replace(knowledge, studies={**knowledge.studies, again.id: again})
    made = next(effect for effect in effects(wider) if (effect.component, effect.outcome) == ("saffron", "ais"))
    assert (made.basis, made.k, made.n) == ("pooled", 2, 300)
    assert set(made.studies) == {"saffron-2025", "saffron-again"}
    assert made.gain is not None
    assert 0.95 < made.gain < 2.0
    assert made.low is not None
    assert made.low < 0.11  # two trials: one degree of freedom, a wide interval
