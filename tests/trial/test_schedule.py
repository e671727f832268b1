"""The set of schedules is counted exactly, drawn uniformly, and sealed."""

from __future__ import annotations

import collections
import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anmin.errors import InputError
from anmin.trial.schedule import (
    Design,
    Restriction,
    all_schedules,
    commit,
    count,
    draw,
    is_genuine,
    schedule_at,
    smallest_p,
)


def design(arms: int, blocks: int, restriction: Restriction) -> Design:
    return Design(arms=tuple("ABCD"[:arms]), blocks=blocks, block_nights=4, restriction=restriction)


@pytest.mark.parametrize(
    ("arms", "blocks", "restriction", "schedules"),
    [
        (2, 8, "cycles", 16),
        (2, 14, "cycles", 128),
        (2, 28, "cycles", 16384),
        (2, 4, "complete", 6),
        (2, 8, "complete", 70),
        (2, 10, "complete", 252),
        (3, 6, "cycles", 36),
        (4, 8, "cycles", 576),
        (3, 6, "complete", 90),
    ],
)
def test_the_count_is_the_number_of_different_schedules(
    arms: int, blocks: int, restriction: Restriction, schedules: int
) -> None:
    made = design(arms, blocks, restriction)
    assert count(made) == schedules
    assert len(set(all_schedules(made))) == schedules


@pytest.mark.parametrize(
    ("blocks", "restriction", "p"),
    [
        (4, "complete", 1 / 3),
        (6, "complete", 0.1),
        (8, "complete", 0.0286),
        (8, "cycles", 0.125),
        (14, "cycles", 0.0156),
    ],
)
def test_the_smallest_reachable_p_is_the_published_one(blocks: int, restriction: Restriction, p: float) -> None:
    assert smallest_p(design(2, blocks, restriction)) == pytest.approx(p, abs=5e-5)


def test_every_cycle_is_randomised_the_first_too() -> None:
    firsts = {schedule[:2] for schedule in all_schedules(design(2, 8, "cycles"))}
    assert firsts == {(0, 1), (1, 0)}


@pytest.mark.parametrize("restriction", ["cycles", "complete"])
def test_draws_are_uniform_by_chi_square(restriction: Restriction) -> None:
    made = design(2, 8, restriction)
    cells, draws = count(made), 20_000
    seen = collections.Counter(draw(made, seed) for seed in range(draws))
    expected = draws / cells
    statistic = sum((seen[schedule] - expected) ** 2 / expected for schedule in all_schedules(made))
    df = cells - 1
    # Wilson & Hilferty 1931: the upper 0.1 % point of χ²
    bound = df * (1 - 2 / (9 * df) + 3.09 * math.sqrt(2 / (9 * df))) ** 3
    assert statistic < bound


@given(st.integers(0, 2**64 - 1))
def test_a_seed_gives_the_same_schedule_and_balanced_arms(seed: int) -> None:
    made = design(3, 12, "complete")
    first, second = draw(made, seed), draw(made, seed)
    assert first == second
    assert collections.Counter(first) == {0: 4, 1: 4, 2: 4}


def test_the_seal_breaks_when_anything_is_changed() -> None:
    made = commit((0, 1, 1, 0), "protocol")
    assert is_genuine(made)
    for change in ({"schedule": (1, 0, 1, 0)}, {"nonce": "0" * 32}, {"protocol": "protocol "}):
        assert not is_genuine(msgspec.structs.replace(made, **change))


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("blocks", {"blocks": 7}),
        ("arms", {"arms": ("A", "A")}),
        ("dropped", {"dropped": 4}),
        ("block_nights", {"block_nights": 0}),
    ],
)
def test_an_impossible_design_names_the_field(field: str, values: dict[str, object]) -> None:
    with pytest.raises(InputError, match=field):
        Design(**{"arms": ("A", "B"), "blocks": 8, "block_nights": 4, **values})  # type: ignore[arg-type]


def test_a_rank_outside_is_refused() -> None:
    with pytest.raises(InputError, match="rank"):
        schedule_at(design(2, 8, "cycles"), 16)
