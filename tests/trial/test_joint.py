"""Several contrasts together: the model is the two-arm one, the tests are exact, the family keeps its error."""

from __future__ import annotations

import collections
import itertools
import math

import msgspec
import numpy as np
import pytest

from anmin.trial.analysis import Nights, posterior, randomisation_p
from anmin.trial.contrasts import contrasts_of, held, judged, smallest_joint_p
from anmin.trial.joint import ArmNights, adjusted_p, fit, fit_built_up, joint_p, own_p
from anmin.trial.power import Spread, appraise
from anmin.trial.reference import reference
from anmin.trial.schedule import (
    Design,
    Schedule,
    Weekends,
    all_schedules,
    combined,
    count,
    draw,
    is_admissible,
    schedule_at,
    weekend_nights,
)

FACTORS = Design(arms=combined(("a", "b")), factors=("a", "b"), blocks=16, block_nights=4, dropped=1)
ARMS = Design(arms=("without", "a", "b"), blocks=18, block_nights=4, dropped=1, restriction="complete")


def nights_of(
    design: Design, schedule: Schedule, effects: dict[str, float], rng: np.random.Generator, shift: float = 0.0
) -> ArmNights:
    noise = rng.standard_normal(design.nights)
    for night in range(1, design.nights):
        noise[night] = 0.15 * noise[night - 1] + math.sqrt(1 - 0.15**2) * noise[night]
    noise += shift * np.repeat(rng.standard_normal(design.blocks), design.block_nights)
    index = [night for night in range(design.nights) if design.is_analysed(night) and rng.random() >= 0.1]
    arm = [schedule[night // design.block_nights] for night in index]
    gain = [sum(effects.get(thing, 0.0) for thing in name.split("+")) for name in design.arms]
    return ArmNights(
        index=tuple(index),
        outcome=tuple(float(45 + 20 * noise[night] + gain[which]) for night, which in zip(index, arm, strict=True)),
        arm=tuple(arm),
        weekend=tuple(int(design.is_weekend(night)) for night in index),
    )


def brute(design: Design) -> set[Schedule]:
    """Every schedule by going through all words over the arms."""
    k = len(design.arms)
    return {word for word in itertools.product(range(k), repeat=design.blocks) if is_admissible(design, word)}


X, XYZ, SQUARE = ("x", "y"), ("x", "y", "z"), combined(("a", "b"))


@pytest.mark.parametrize(
    "design",
    [
        Design(arms=X, blocks=8, block_nights=4, dropped=1, weekends=Weekends(first=2, tolerance=1)),
        Design(arms=X, blocks=10, block_nights=3, restriction="complete", weekends=Weekends(first=5, tolerance=2)),
        Design(arms=XYZ, blocks=9, block_nights=4, weekends=Weekends(first=0, tolerance=2)),
        Design(arms=XYZ, blocks=9, block_nights=4, restriction="complete", weekends=Weekends(first=3, tolerance=1)),
        Design(arms=SQUARE, factors=("a", "b"), blocks=8, block_nights=4, weekends=Weekends(first=1, tolerance=2)),
    ],
)
def test_balanced_schedules_are_counted_listed_and_ranked_as_brute_force_does(design: Design) -> None:
    every = list(all_schedules(design))
    assert set(every) == brute(design)
    assert count(design) == len(every) == len(set(every))
    assert [schedule_at(design, rank) for rank in range(count(design))] == every
    nights = weekend_nights(design)
    for schedule in every:
        sums = collections.Counter[int]()
        for block, arm in enumerate(schedule):
            sums[arm] += nights[block]
        assert design.weekends is not None
        assert (
            max(sums[arm] for arm in range(len(design.arms))) - min(sums[arm] for arm in range(len(design.arms)))
            <= design.weekends.tolerance
        )


def test_draws_of_balanced_schedules_are_uniform_by_chi_square() -> None:
    design = Design(arms=("x", "y", "z"), blocks=9, block_nights=4, dropped=1, weekends=Weekends(first=1, tolerance=1))
    cells, draws = count(design), 12_000
    assert 20 < cells < 216
    seen = collections.Counter(draw(design, seed) for seed in range(draws))
    statistic = sum((seen[each] - draws / cells) ** 2 / (draws / cells) for each in all_schedules(design))
    df = cells - 1
    assert statistic < df * (1 - 2 / (9 * df) + 3.09 * math.sqrt(2 / (9 * df))) ** 3


def test_every_cycle_is_randomised_in_a_factorial_design() -> None:
    design = msgspec.structs.replace(FACTORS, blocks=8)
    for cycle in (0, 4):
        assert len({schedule[cycle : cycle + 4] for schedule in all_schedules(design)}) == 24


@pytest.mark.parametrize("design", [FACTORS, ARMS, msgspec.structs.replace(ARMS, restriction="cycles", blocks=9)])
def test_the_reference_of_a_contrast_leaves_everything_else_where_it_was(design: Design) -> None:
    schedule = draw(design, 4)
    for contrast in judged(design):
        kept = held(design, (contrast,))
        found = reference(design, schedule, kept)
        assert tuple(schedule) in set(map(tuple, found.tolist()))
        assert len({tuple(row) for row in found.tolist()}) == len(found)
        for row in found.tolist():
            assert [kept(arm) for arm in row] == [kept(arm) for arm in schedule]
            assert is_admissible(design, tuple(row))


def test_a_reference_too_long_to_list_is_balanced_and_holds_the_drawn_one() -> None:
    design = Design(
        arms=("w", "x", "y", "z"), blocks=24, block_nights=4, dropped=1, weekends=Weekends(first=1, tolerance=1)
    )
    schedule = draw(design, 1)
    found = reference(design, schedule, most=300)
    assert len(found) == 301
    assert tuple(found[0]) == schedule
    assert all(is_admissible(design, tuple(row)) for row in found.tolist())


@pytest.mark.parametrize("seed", range(3))
def test_with_two_arms_it_is_the_analysis_of_two_arms(seed: int) -> None:
    design = Design(arms=("without", "with"), blocks=14, block_nights=4, dropped=1)
    schedule = draw(design, seed)
    made = nights_of(design, schedule, {"with": -12}, np.random.default_rng(seed))
    plain = Nights(index=made.index, outcome=made.outcome, treated=made.arm, weekend=made.weekend)
    (contrast,) = contrasts_of(design)
    mine, other = fit(made, 2).posterior(contrast), posterior(plain)
    assert mine.mean == pytest.approx(other.mean, abs=1e-9)
    assert mine.sd == pytest.approx(other.sd, abs=1e-9)
    sets = np.asarray(list(all_schedules(design)), dtype=float)[:, np.asarray(made.index) // 4]
    p = randomisation_p(plain, sets)
    assert own_p(made, design, schedule, contrast) == pytest.approx(p)
    assert adjusted_p(made, design, schedule) == {"with": pytest.approx(p)}


def test_contrasts_are_what_they_are_called() -> None:
    a, b, interaction = contrasts_of(FACTORS)
    means = {"without": 50.0, "a": 44.0, "b": 47.0, "a+b": 39.0}
    value = {
        one.id: sum(weight * means[arm] for weight, arm in zip(one.weights, FACTORS.arms, strict=True))
        for one in (a, b, interaction)
    }
    assert value == {"a": pytest.approx(-7.0), "b": pytest.approx(-4.0), "a*b": pytest.approx(-2.0)}
    assert [one.id for one in contrasts_of(Design(arms=("x", "y", "z"), blocks=6, block_nights=4))] == [
        "y/x", "z/x", "z/y",
    ]  # fmt: skip


def test_the_regression_gives_back_the_effects_of_both_factors() -> None:
    rng, found = np.random.default_rng(2), []
    for seed in range(60):
        schedule = draw(FACTORS, seed)
        together = fit(nights_of(FACTORS, schedule, {"a": -12.0, "b": 5.0}, rng), 4)
        found.append([together.posterior(one).mean for one in contrasts_of(FACTORS)])
    mean, error = np.mean(found, axis=0), np.std(found, axis=0) / math.sqrt(60)
    assert np.all(np.abs(mean - [-12.0, 5.0, 0.0]) < 3.5 * error)


def test_modelled_build_up_gives_back_the_steady_effect_that_plain_arms_miss() -> None:
    from anmin.trial.power import build_up

    design = msgspec.structs.replace(FACTORS, dropped=0)
    rng, plain, modelled = np.random.default_rng(5), [], []
    a = contrasts_of(design)[0]
    for seed in range(60):
        schedule = draw(design, seed)
        made = nights_of(design, schedule, {}, rng)
        has_a = np.repeat([float("a" in design.arms[arm].split("+")) for arm in schedule], design.block_nights)
        shown = build_up(has_a, 2.0)[list(made.index)] * -20
        made = msgspec.structs.replace(made, outcome=tuple((np.asarray(made.outcome) + shown).tolist()))
        plain.append(fit(made, 4).posterior(a).mean)
        modelled.append(fit_built_up(made, design, schedule, 2.0).posterior(a).mean)
    assert np.mean(plain) > -16
    assert abs(np.mean(modelled) + 20) < 3.5 * np.std(modelled) / math.sqrt(60)


RUNS = 250
SHORT = msgspec.structs.replace(FACTORS, blocks=12)


def wrong(
    design: Design, effects: dict[str, float], nulls: tuple[str, ...], shift: float = 0.0, runs: int = RUNS
) -> float:
    """Share of trials in which any of the contrasts without an effect is found."""
    rng, hits = np.random.default_rng(11), 0
    for seed in range(runs):
        schedule = draw(design, seed)
        p = adjusted_p(nights_of(design, schedule, effects, rng, shift), design, schedule)
        hits += any(p[name] <= 0.05 for name in nulls)
    return hits / runs


BOUND = 0.05 + 3 * math.sqrt(0.05 * 0.95 / RUNS)


@pytest.mark.parametrize("shift", [0.0, 0.6])
def test_no_effect_at_all_is_found_in_at_most_five_of_a_hundred(shift: float) -> None:
    """Of the whole family, bad weeks or not."""
    assert wrong(SHORT, {}, ("a", "b"), shift) <= BOUND


@pytest.mark.parametrize("size", [-8.0, -40.0])
def test_a_factor_that_works_does_not_make_the_other_look_as_if(size: float) -> None:
    assert wrong(SHORT, {"a": size}, ("b",)) <= BOUND


def test_of_several_arms_none_is_found_too_often() -> None:
    design = msgspec.structs.replace(ARMS, blocks=12)
    bound = 0.05 + 3 * math.sqrt(0.05 * 0.95 / 100)
    assert wrong(design, {}, ("a", "b"), runs=100) <= bound
    assert wrong(design, {"a": -25.0}, ("b",), runs=100) <= bound


def test_the_adjusted_p_is_never_below_the_contrast_alone_or_the_joint_test() -> None:
    rng = np.random.default_rng(3)
    for seed in range(10):
        schedule = draw(FACTORS, seed)
        made = nights_of(FACTORS, schedule, {"a": -20.0}, rng)
        adjusted = adjusted_p(made, FACTORS, schedule)
        joint = joint_p(made, FACTORS, reference(FACTORS, schedule), judged(FACTORS))
        for contrast in judged(FACTORS):
            assert adjusted[contrast.id] >= own_p(made, FACTORS, schedule, contrast) - 1e-12
        assert min(adjusted.values()) >= min(joint.values()) - 1e-12


def test_the_smallest_p_that_is_printed_can_be_reached_and_not_undercut() -> None:
    design = msgspec.structs.replace(FACTORS, blocks=8)
    told = smallest_joint_p(design)
    assert told == pytest.approx(2 / 16)
    reached = 1.0
    for seed in range(12):
        schedule = draw(design, seed)
        made = nights_of(design, schedule, {"a": -400.0, "b": -399.0}, np.random.default_rng(seed))
        reached = min(reached, *adjusted_p(made, design, schedule).values())
    assert reached == pytest.approx(told)


def test_two_factors_cost_hardly_more_nights_than_one() -> None:
    """A main effect uses every night: the same error as two arms of the same length, but for the stricter level."""
    spread = Spread(sd=20, phi=0.0, missing=0.0, tau_nights=0.0)
    two = Design(arms=("without", "with"), blocks=32, block_nights=4)
    four = Design(arms=combined(("a", "b")), factors=("a", "b"), blocks=32, block_nights=4)
    alone = appraise(two, spread, effects=(10.0,), alpha=0.05).power[10.0]
    both = appraise(four, spread, effects=(10.0,), alpha=0.0975).power[10.0]
    assert both == pytest.approx(alone, abs=0.03)


def test_too_few_nights_of_an_arm_are_an_input_error() -> None:
    from anmin.errors import InputError

    schedule = draw(FACTORS, 0)
    made = nights_of(FACTORS, schedule, {}, np.random.default_rng(0))
    few = [place for place, arm in enumerate(made.arm) if arm != 3]
    cut = ArmNights(
        **{name: tuple(getattr(made, name)[place] for place in few) for name in ("index", "outcome", "arm", "weekend")}
    )
    with pytest.raises(InputError, match="every arm"):
        fit(cut, 4)
