"""The belief is shrunk, bounded, sub-additive, and says the same thing as a simulation of what it claims to be."""

from __future__ import annotations

import random
import time

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anmin.evidence.belief import MODES, Belief, Facts, Mode, belief_of, combine, pull_of
from anmin.evidence.model import CERTAINTIES, Certainty, Effect
from anmin.knowledge.load import Knowledge

Table = dict[tuple[str, str], Effect]
SOL = "sleep_onset_latency"


def of(table: Table, knowledge: Knowledge, component: str, mode: Mode = "pooled", **facts: float) -> Belief:
    made = belief_of(table[component, SOL], Facts(**facts), knowledge, mode)
    assert made is not None
    return made


def test_few_people_are_pulled_further_than_many(table: Table, knowledge: Knowledge) -> None:
    # 17.4 min from 55 people must not outrank 19 min from 1,162 or even 7 min from 1,683 by its printed size.
    magnesium, melatonin, habits = (of(table, knowledge, name) for name in ("magnesium", "melatonin", "habits"))
    assert magnesium.mean / 17.36 < 0.5 < melatonin.mean / 7.06
    assert habits.mean > 2 * magnesium.mean
    assert habits.chance() > 0.5 > magnesium.chance() > 0.05


def test_readings_are_ordered(table: Table, knowledge: Knowledge) -> None:
    for effect in table.values():
        made = [belief_of(effect, Facts(), knowledge, mode) for mode in MODES]
        if any(part is None for part in made) or not effect.gain or effect.gain < 0:
            continue
        means = [part.mean for part in made if part is not None]
        assert means == sorted(means)
        assert means[-1] == pytest.approx(effect.gain)


def test_direction_only_gives_no_belief(table: Table, knowledge: Knowledge) -> None:
    assert belief_of(table["glycine", SOL], Facts(dose_mg=3000), knowledge) is None


@settings(deadline=None)
@given(
    gain=st.floats(-40, 40),
    se=st.floats(0.1, 30),
    certainty=st.sampled_from(CERTAINTIES),
    mode=st.sampled_from(["sceptical", "pooled"]),
)
def test_pull_is_that_of_the_normal_model(
    gain: float, se: float, certainty: Certainty, mode: Mode, knowledge: Knowledge
) -> None:
    prior = knowledge.value(f"evidence.belief.prior_{mode}") * 10
    blur = se**2 + (knowledge.value(f"evidence.belief.doubt_{certainty}") * 10) ** 2
    posterior_mean = (gain / blur) / (1 / prior**2 + 1 / blur)
    assert pull_of(se, certainty, 10.0, knowledge, mode) * gain == pytest.approx(posterior_mean, rel=1e-9, abs=1e-12)


def test_ignorance_is_not_hope(table: Table, knowledge: Knowledge) -> None:
    """A chance of a difference that matters never rises because a figure is less certain."""
    for effect in table.values():
        chances = []
        for level in CERTAINTIES:
            made = belief_of(msgspec.structs.replace(effect, certainty=level), Facts(), knowledge)
            if made is not None and made.mean > 0:
                chances.append(made.chance())
        assert chances == sorted(chances)


def test_chances_rank_as_the_comparators_do(table: Table, knowledge: Knowledge) -> None:
    names = ("z_drugs", "habits", "melatonin", "magnesium", "l_theanine")
    chances = [of(table, knowledge, name).chance() for name in names]
    assert chances == sorted(chances, reverse=True)


def test_dose_below_the_studied_range_shrinks_and_above_adds_nothing(table: Table, knowledge: Knowledge) -> None:
    full = of(table, knowledge, "magnesium", dose_mg=320)
    assert of(table, knowledge, "magnesium", dose_mg=160).mean == pytest.approx(full.mean / 2)
    assert of(table, knowledge, "magnesium", dose_mg=5000) == full
    assert of(table, knowledge, "magnesium", dose_mg=0).chance() == 0.0


def test_status_and_age_move_magnesium_only_where_studies_support_it(table: Table, knowledge: Knowledge) -> None:
    short, enough = (of(table, knowledge, "magnesium", low_magnesium=chance) for chance in (1.0, 0.0))
    assert short.mean > of(table, knowledge, "magnesium").mean > enough.mean
    assert of(table, knowledge, "magnesium", age=30).mean < of(table, knowledge, "magnesium", age=70).mean
    for facts in ({"low_magnesium": 1.0}, {"age": 30.0}):
        assert of(table, knowledge, "melatonin", **facts) == of(table, knowledge, "melatonin")


def test_twelve_minutes_cannot_fall_by_twenty(table: Table, knowledge: Knowledge) -> None:
    made = of(table, knowledge, "habits", now=12)
    assert made.room == 12 - knowledge.value("evidence.best.sleep_onset_latency")
    assert made.chance(20) == 0.0
    assert made.chance() == 0.0  # not even the ten minutes that matter are left
    assert made.expected() < made.room
    assert made.interval()[1] <= made.room


def test_chance_and_expectation_agree_with_simulation(table: Table, knowledge: Knowledge) -> None:
    made = of(table, knowledge, "habits", now=25)
    draw = random.Random(7)
    values = [min(draw.gauss(made.mean, made.sd), made.room) for _ in range(100_000)]
    assert sum(values) / len(values) == pytest.approx(made.expected(), abs=0.1)
    assert sum(value >= made.threshold for value in values) / len(values) == pytest.approx(made.chance(), abs=0.006)


@settings(deadline=None)
@given(
    parts=st.lists(
        st.tuples(st.floats(0, 30), st.floats(0.5, 20), st.sets(st.sampled_from("abc"))), min_size=1, max_size=5
    )
)
def test_parts_together_are_correlated_and_sub_additive(
    parts: list[tuple[float, float, set[str]]], knowledge: Knowledge
) -> None:
    made = [
        Belief(
            component=str(i), outcome="sleep_onset_latency", unit="min", mean=mean, sd=sd, room=26.0, threshold=10.0,
            certainty="low",
        )
        for i, (mean, sd, _) in enumerate(parts)
    ]  # fmt: skip
    ways = [frozenset(way) for _, _, way in parts]
    whole = combine(made, ways, knowledge)
    assert max(part.mean for part in made) - 1e-9 <= whole.mean <= sum(part.mean for part in made) + 1e-9
    assert whole.sd <= sum(part.sd for part in made) + 1e-9
    assert whole.room == 26.0
    apart = combine(made, [frozenset({str(i)}) for i in range(len(made))], knowledge)
    assert whole.mean <= apart.mean + 1e-9  # sharing a pathway never adds


def test_combining_different_outcomes_is_refused(table: Table, knowledge: Knowledge) -> None:
    sleep = belief_of(table["melatonin", "total_sleep_time"], Facts(), knowledge)
    assert sleep is not None
    with pytest.raises(ValueError, match="different outcomes"):
        combine([of(table, knowledge, "melatonin"), sleep], [frozenset(), frozenset()], knowledge)


def test_round_trip(table: Table, knowledge: Knowledge) -> None:
    made = of(table, knowledge, "melatonin", now=40)
    assert msgspec.json.decode(msgspec.json.encode(made), type=Belief) == made


def test_a_belief_takes_microseconds(table: Table, knowledge: Knowledge) -> None:
    effect, facts = table["magnesium", SOL], Facts(dose_mg=250, age=40, low_magnesium=0.6, now=45)
    start = time.perf_counter()
    for _ in range(200):
        belief_of(effect, facts, knowledge)
    assert (time.perf_counter() - start) / 200 < 1e-3  # a ceiling far above the measured figure, not a race
